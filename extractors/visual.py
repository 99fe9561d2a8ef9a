"""Video clip -> one expression feature of the speaker's face for each of its uniformly sampled frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from extractors import apvit
from extractors.contract import Extraction
from extractors.faces import FILLS, crop_face, find_faces, make_detector, speaker_part
from extractors.files import file_sha256
from extractors.media import sample_frames
from extractors.program import UserError
from extractors.tracks import POLICIES, link, rank
from extractors.weights import check_sha256


class Visual:
    """S3FD or a cascade, then APViT: 64 frames, the speaker's face in each, one row of features per frame.

    The settings are ``sha256`` (first 8 or more digits of the SHA-256 of the weights, empty for no check), ``frames``
    (rows per clip), those of :func:`extractors.faces.make_detector` and
    :func:`extractors.faces.find_faces`, ``track_overlap`` (see :func:`extractors.tracks.link`), ``face_policy`` (whose
    face: a name of ``POLICIES``), ``margin`` (see :func:`extractors.faces.crop_face`), ``fill`` (what stands in frames
    without a face: a name of ``FILLS``), ``batch`` (pictures a pass) and ``degraded_faceless_fraction`` (a larger share
    of frames without a face makes the clip degraded).
    """

    preprocessing = 1

    def __init__(self, backbone: str, settings: Mapping[str, Any], device: torch.device) -> None:
        for key, names in (("face_policy", POLICIES), ("fill", FILLS)):
            if settings[key] not in names:
                raise UserError(f"{key} {settings[key]}: unknown; use one of {', '.join(names)}")
        weights, config = apvit.find_weights(Path(backbone))
        if settings["sha256"]:
            check_sha256(weights, settings["sha256"])
        self.settings = settings
        self.device = device
        self.network = apvit.load(weights, config).to(device)
        self.detector = make_detector(settings, device)
        self.dim = config.dim
        self.provenance = {
            "weights": weights.name,
            "weights_sha256": check_sha256(weights, settings["sha256"]) if settings["sha256"] else file_sha256(weights),
            "revision": "",
            "blocks": [len(config.keep_rates)],
        }

    def extract(self, clip: Mapping[str, Any], release: Path) -> Extraction:
        """Extract the clip's video: ``frames`` rows of float32 [dim], True in ``valid`` where its face was found.

        Raises:
            ClipError: the video cannot be read.
        """
        sampled = sample_frames(
            release / clip["video"], clip["video_start"], clip["video_end"], self.settings["frames"]
        )
        distinct, number = without_repeats(sampled.frames)
        rows, valid = self.embed_speaker([speaker_part(frame, clip["crop"]) for frame in distinct])
        rows, valid = rows[number], valid[number]
        if valid.any():
            rows = FILLS[self.settings["fill"]](rows, valid)
        return Extraction(rows, valid, sampled.duration, int(valid.sum()), self.warning(valid))

    def embed_speaker(self, frames: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Features float32 [N, dim] of the speaker's face, zero where it is not found, and bool [N] where it is."""
        boxes = self.follow_face(frames)
        valid = np.array([box is not None for box in boxes])
        rows = np.zeros((len(frames), self.dim), np.float32)
        if valid.any():
            shown = [(frame, box) for frame, box in zip(frames, boxes, strict=True) if box is not None]
            rows[valid] = self.embed([crop_face(frame, box, self.settings["margin"]) for frame, box in shown])
        return rows, valid

    def follow_face(self, frames: Sequence[np.ndarray]) -> list[np.ndarray | None]:
        """The box (corners and score) of the speaker's face in each frame, None where it is not found."""
        tracks = link(find_faces(frames, self.detector, self.settings), self.settings["track_overlap"])
        ranked = rank(tracks, self.settings["face_policy"], [frame.shape[:2] for frame in frames])
        speaker = dict(zip(ranked[0].frames, ranked[0].boxes, strict=True)) if ranked else {}
        return [speaker.get(frame) for frame in range(len(frames))]

    def embed(self, faces: Sequence[np.ndarray]) -> np.ndarray:
        """Features float32 [N, dim] of faces uint8 RGB [side, side, 3], of any sides."""
        rows = []
        # Convolutions on a GPU would round to 10 bits by default.
        with torch.inference_mode(), torch.backends.cudnn.flags(allow_tf32=False):
            for start in range(0, len(faces), self.settings["batch"]):
                batch = np.stack([apvit.preprocess(face) for face in faces[start : start + self.settings["batch"]]])
                rows.append(self.network(torch.from_numpy(batch).to(self.device)).cpu().numpy())
        return np.concatenate(rows)

    def warning(self, valid: np.ndarray) -> str:
        """What makes the clip degraded: too many frames without a face. Empty if it is not."""
        missing = int((~valid).sum())
        if valid.any() and missing / len(valid) <= self.settings["degraded_faceless_fraction"]:
            return ""
        return f"no face in {missing} of {len(valid)} frames"


def without_repeats(frames: Sequence[np.ndarray]) -> tuple[list[np.ndarray], np.ndarray]:
    """The distinct arrays of ``frames`` in order, and for each frame the number of its array among them."""
    first = {id(frame): number for number, frame in reversed(list(enumerate(frames)))}
    kept = sorted(first.values())
    return [frames[number] for number in kept], np.searchsorted(kept, [first[id(frame)] for frame in frames])
