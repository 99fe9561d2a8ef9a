"""Settings of the look at every clip of a corpus, and of the page that shows what it found."""

from __future__ import annotations

from extractors.faces.detection import FindingSettings
from extractors.shared.settings import Positive, Share, Size, key


class InspectionSettings(FindingSettings):
    """What the look at every clip of a corpus calls suspect, and which pictures it keeps for the page."""

    duration_tolerance: float = key("by how much durations may differ", unit="seconds", ge=0)
    silence_db: float = key("loudness below which a clip is silent whatever the corpus", unit="dB of full scale", le=0)
    silence_below: Positive = key("how far below the median loudness of the corpus a clip is silent", unit="dB")
    black_luma: float = key("mean brightness, 0 to 255, below which a clip is black", ge=0)
    frozen_difference: float = key("largest change of the picture, 0 to 255, below which it is frozen", ge=0)
    frozen_seconds: float = key("clips shorter than this are never called frozen", unit="seconds", ge=0)
    face_rate: bool = key("whether to look for faces, with OpenCV's cascade")
    min_face_rate: Share = key("share of the looked-at frames that should show a face")
    face_frames: Size = key("frames of a clip in which a face is looked for", unit="frames")
    halves: int = key("side-by-side clips shown with both halves", unit="clips", ge=0)
    strips: int = key("worst clips shown as contact strips", unit="clips", ge=0)
    strip_frames: Size = key("frames in a contact strip", unit="frames")


class QualitySettings(InspectionSettings):
    """What the look at every clip of a corpus calls suspect."""

    listed: int = key("findings listed on the page", ge=0)
