"""Settings of the quality check of every clip of a corpus, and of the page that shows its findings."""

from __future__ import annotations

from extractors.faces.detection import FindingSettings
from extractors.shared.settings import Positive, Share, Size, key


class InspectionSettings(FindingSettings):
    """Bounds beyond which the check of a corpus calls a clip suspect, and the pictures that it keeps for the page."""

    duration_tolerance: float = key("largest accepted difference of durations", unit="seconds", ge=0)
    silence_db: float = key("a clip below this loudness is silent in every corpus", unit="dB of full scale", le=0)
    silence_below: Positive = key(
        "a clip that is this much below the median loudness of its corpus is silent", unit="dB"
    )
    black_luma: float = key("mean brightness, 0 to 255, below which a clip is black", ge=0)
    frozen_difference: float = key("a picture whose largest change, 0 to 255, is below this is frozen", ge=0)
    frozen_seconds: float = key("clips shorter than this are never called frozen", unit="seconds", ge=0)
    face_rate: bool = key("whether to detect faces, with OpenCV's cascade")
    min_face_rate: Share = key("share of the sampled frames that should show a face")
    face_frames: Size = key("sampled frames of a clip in which faces are detected", unit="frames")
    halves: int = key("split-screen clips shown with both halves", unit="clips", ge=0)
    strips: int = key("worst clips, each shown as a strip of frames", unit="clips", ge=0)
    strip_frames: Size = key("frames in a strip", unit="frames")


class QualitySettings(InspectionSettings):
    """Bounds beyond which the check of a corpus calls a clip suspect."""

    listed: int = key("findings listed on the page", ge=0)
