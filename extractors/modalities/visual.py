"""Video clip -> one expression feature of the speaker's face for each of its uniformly sampled frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch

from extractors.faces.crops import CropSettings, make_crop
from extractors.faces.detection import (
    FILLS,
    DetectionSettings,
    Shrunk,
    find_in_shrunk,
    make_detector,
    shrink,
    speaker_part,
)
from extractors.faces.speaker import Speaker, SpeakerSettings, find_speaker
from extractors.faces.steps import searched_frames, with_frames_between
from extractors.media.container import TOLERATED_GAP
from extractors.media.pictures import Pictures, sample_frames
from extractors.modalities.base import TOO_LARGE, Extraction, ExtractionSettings, Faces, Outcome
from extractors.networks import apvit
from extractors.networks.passes import in_halves
from extractors.networks.weights import Sha256, check_sha256
from extractors.shared.clip import ClipError
from extractors.shared.compute import check_agreement, check_compute, inference
from extractors.shared.files import file_sha256, files_sha256
from extractors.shared.settings import Share, key

PROBE = 2
"""Pictures of noise in the test of a reduced number format."""


@dataclass(frozen=True, slots=True)
class SampledClip:
    """The sampled frames of a clip, read and ready for the detector.

    Attributes:
        frames: the distinct frames, uint8 RGB [H, W, 3], the speaker's part of each.
        shrunk: the frames that are searched for faces, in the detector's size.
        number: for each sampled frame the number of its picture in ``frames``.
        duration: seconds of the clip.
        missing: seconds of the clip without pictures in the file.
        face: the manifest's choice of the face, see :func:`extractors.faces.speaker.find_speaker`.
    """

    frames: list[np.ndarray]
    shrunk: list[Shrunk]
    number: np.ndarray
    duration: float
    missing: float
    face: str


class VisualSettings(DetectionSettings, SpeakerSettings, CropSettings, ExtractionSettings):
    """From sampled frames to face crops to APViT's features."""

    sha256: Sha256 = key(
        "SHA-256 of APViT's weights, at least its first 8 digits; empty accepts any and records what was found",
        counts=False,
    )
    frames: int = key("uniformly sampled frames per clip", unit="frames", ge=1)
    detection_step: int = key(
        "one of so many sampled frames is searched for faces; the boxes of the others come from the track",
        unit="frames",
        ge=1,
    )
    fill: Literal["nearest", "zeros"] = key("content of rows without a face, which stay masked")
    batch: int = key("pictures in one pass of the networks", unit="pictures", counts=False, ge=1)
    degraded_faceless_fraction: Share = key("share of frames without a face above which a clip is marked degraded")


class Visual:
    """S3FD or a cascade, then APViT: 64 frames, the speaker's face in each, one row of features per frame."""

    Settings = VisualSettings
    preprocessing = 4
    libraries = ("torch", "av", "opencv-python", "face-alignment")

    def __init__(self, backbone: str, settings: VisualSettings, device: torch.device) -> None:
        weights, config = apvit.find_weights(Path(backbone))
        digest = check_sha256(weights, settings.sha256) if settings.sha256 else file_sha256(weights)
        self.settings = settings
        self.device, self.compute = device, check_compute(settings.compute, device)
        self.network = apvit.load(weights, config).to(device)
        noise = np.random.default_rng(0).integers(0, 256, (PROBE, apvit.SIDE, apvit.SIDE, 3), np.uint8)
        check_agreement("APViT", self.compute, device, lambda compute: self._features(list(noise), compute))
        self.detector = make_detector(settings, device)
        self.crop = make_crop(settings, settings.batch, device)
        self.dim = config.dim
        self.provenance = {
            "weights": weights.name,
            "weights_sha256": digest,
            "config_sha256": files_sha256(filter(Path.exists, [Path(backbone) / "config.json"])),
            "revision": "",
            "blocks": [len(config.keep_rates)],
        }

    def read(self, clip: Mapping[str, Any], release: Path) -> SampledClip:
        """Sample the clip's video.

        Raises:
            ClipError: the video cannot be read.
        """
        frames, number, sampled = sample_speaker(clip, release, self.settings.frames)
        searched = searched_frames(len(frames), self.settings.detection_step)
        shrunk = [shrink(frames[place], self.settings.detection_side) for place in searched]
        return SampledClip(frames, shrunk, number, sampled.duration, sampled.missing, clip["face"])

    def embed(self, inputs: Sequence[SampledClip]) -> list[Outcome]:
        """Features float32 [frames, dim] of each clip, True in ``valid`` where the speaker's face was found."""
        try:
            return self._embed(inputs)
        except MemoryError:
            if len(inputs) == 1:
                return [ClipError(TOO_LARGE)]
        # One of them is too large; the others must not be lost with it.
        return [outcome for clip in inputs for outcome in self.embed([clip])]

    def _embed(self, inputs: Sequence[SampledClip]) -> list[Outcome]:
        speakers = self.find_speakers(inputs)
        shown = [
            (clip.frames[frame], box)
            for clip, speaker in zip(inputs, speakers, strict=True)
            for frame, box in speaker.boxes.items()
        ]
        rows = self.embed_faces(self.crop([frame for frame, _ in shown], [box for _, box in shown]))
        ends = np.cumsum([len(speaker.boxes) for speaker in speakers])[:-1]
        return [self._extraction(*found) for found in zip(inputs, speakers, np.split(rows, ends), strict=True)]

    def find_speakers(self, inputs: Sequence[SampledClip]) -> list[Speaker]:
        """The speaker's face in the distinct frames of each clip."""
        shrunk = [picture for clip in inputs for picture in clip.shrunk]
        found = iter(find_in_shrunk(shrunk, self.detector, self.settings, self.settings.batch))
        return [self._find_speaker(clip, [next(found) for _ in clip.shrunk]) for clip in inputs]

    def _find_speaker(self, clip: SampledClip, detections: Sequence[np.ndarray]) -> Speaker:
        searched = searched_frames(len(clip.frames), self.settings.detection_step)
        speaker = find_speaker(detections, [clip.frames[place] for place in searched], clip.face, self.settings)
        return with_frames_between(speaker, searched, [frame.shape[:2] for frame in clip.frames])

    def embed_faces(self, faces: Sequence[np.ndarray]) -> np.ndarray:
        """Features float32 [N, dim] of faces uint8 RGB [side, side, 3], of any sides."""
        rows = [np.empty((0, self.dim), np.float32)]
        for start in range(0, len(faces), self.settings.batch):
            rows += in_halves(self._pass, faces[start : start + self.settings.batch])
        return np.concatenate(rows)

    def _pass(self, faces: Sequence[np.ndarray]) -> list[np.ndarray]:
        return self._features(faces, self.compute)

    def _features(self, faces: Sequence[np.ndarray], compute: str) -> list[np.ndarray]:
        batch = torch.from_numpy(np.stack([apvit.preprocess(face) for face in faces]))
        with inference(self.device, compute):
            return [self.network(batch.to(self.device)).float().cpu().numpy()]

    def _extraction(self, clip: SampledClip, speaker: Speaker, rows: np.ndarray) -> Extraction:
        valid = np.zeros(len(clip.frames), dtype=bool)
        valid[list(speaker.boxes)] = True
        distinct = np.zeros((len(clip.frames), self.dim), np.float32)
        distinct[valid] = rows
        frames, valid = distinct[clip.number], valid[clip.number]
        if valid.any():
            frames = FILLS[self.settings.fill](frames, valid)
        faces = Faces(int(valid.sum()), speaker.rivalry, speaker.found, speaker.track)
        return Extraction(frames, valid, clip.duration, faces, self.warning(valid, clip.missing))

    def warning(self, valid: np.ndarray, missing: float) -> str:
        """The reason why the clip is degraded: too many frames without a face, or ``missing`` seconds; else empty."""
        faceless = int((~valid).sum())
        if not valid.any() or faceless / len(valid) > self.settings.degraded_faceless_fraction:
            return f"no face in {faceless} of {len(valid)} frames"
        return f"the pictures are {missing:.2f} s shorter than the clip" if missing > TOLERATED_GAP else ""


def sample_speaker(clip: Mapping[str, Any], release: Path, count: int) -> tuple[list[np.ndarray], np.ndarray, Pictures]:
    """The distinct sampled frames, the speaker's part of each; for each of ``count`` samples its frame; the samples.

    Raises:
        ClipError: the video cannot be read.
    """
    sampled = sample_frames(release / clip["video"], clip["video_start"], clip["video_end"], count)
    distinct, number = without_repeats(sampled.frames)
    return [speaker_part(frame, clip["crop"]) for frame in distinct], number, sampled


def without_repeats(frames: Sequence[np.ndarray]) -> tuple[list[np.ndarray], np.ndarray]:
    """The distinct arrays of ``frames`` in order, and for each frame the number of its array among them."""
    first = {id(frame): number for number, frame in reversed(list(enumerate(frames)))}
    kept = sorted(first.values())
    return [frames[number] for number in kept], np.searchsorted(kept, [first[id(frame)] for frame in frames])
