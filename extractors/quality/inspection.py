"""The clips of one video file -> their rows of the quality table, whatever state the file is in."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from extractors.contract import ClipError
from extractors.faces import Cascade, find_faces, speaker_part
from extractors.pictures import sample_frames
from extractors.quality.checks import Finding, Row, annotated_seconds, judge
from extractors.quality.listen import measure_sound
from extractors.quality.measure import Measured, measure_pictures
from extractors.streams import choice_in

MEDIA = {
    "video": ("pictures", measure_pictures, "picture_seconds"),
    "audio": ("sound", measure_sound, "sound_seconds"),
}
"""Column of the manifest -> what it names, how that is measured, and a measurement that is None where there is none."""

COPIED = ("clip_id", "corpus", "speaker", "dialogue", "crop")
"""Columns that the quality table takes from the manifest."""


class FaceCounter(threading.local):
    """Counts faces with OpenCV's cascade, one for each thread because it may not be shared.

    The settings are ``face_frames`` (frames sampled from a clip) and those of :class:`extractors.faces.Cascade` and
    :func:`extractors.faces.find_faces`.
    """

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.settings = dict(settings) | {"batch": settings["face_frames"]}
        self.cascade = Cascade(settings, torch.device("cpu"))

    def rate(self, clip: Row, release: Path) -> float:
        """Share of the clip's sampled frames with a face in the speaker's part.

        Raises:
            ClipError: the video cannot be read.
        """
        count = self.settings["face_frames"]
        frames = sample_frames(release / clip["video"], clip["video_start"], clip["video_end"], count).frames
        parts = [speaker_part(frame, clip["crop"]) for frame in frames]
        return sum(len(boxes) > 0 for boxes in find_faces(parts, self.cascade, self.settings)) / count


def left_out(clip: Row) -> Row:
    """The row of a clip that the manifest excludes."""
    return _identity(clip) | {
        "status": "excluded",
        "findings": [],
        "reason": clip["reason"],
        "remark": "",
        "streams": "",
    }


def inspect(clips: Sequence[Row], release: Path, settings: Mapping[str, Any], faces: FaceCounter | None) -> list[Row]:
    """Measure and judge the clips of a video file; the sound of each is in that file or in another.

    Args:
        clips: usable rows of the manifest.
        release: the folder that their paths start from.
        settings: see :func:`extractors.quality.checks.judge`.
        faces: what counts faces, or None for no face rate.

    Returns:
        Their rows in the same order.
    """
    measured: list[Measured] = [{} for _ in clips]
    failures: list[list[Finding]] = [[] for _ in clips]
    streams: list[list[str]] = [[] for _ in clips]
    for column in MEDIA:
        for path in dict.fromkeys(clip[column] for clip in clips):
            members = [number for number, clip in enumerate(clips) if clip[column] == path]
            outcomes = _measure(column, release / path, [clips[number] for number in members])
            chosen = choice_in(release / path, column)
            for number, (columns, found) in zip(members, outcomes, strict=True):
                measured[number] |= columns
                failures[number] += found
                streams[number] += [chosen] if chosen else []
    rows = []
    for clip, columns, found, chosen in zip(clips, measured, failures, streams, strict=True):
        if faces and columns.get("width"):
            columns["face_rate"] = _face_rate(faces, clip, release)
        said = {"remark": clip["reason"], "streams": "; ".join(chosen)}
        rows.append(judge(_identity(clip) | said | columns, found, settings))
    return rows


def _identity(clip: Row) -> Row:
    return {key: clip[key] for key in COPIED} | {"annotated_seconds": annotated_seconds(clip)}


def _measure(column: str, path: Path, clips: Sequence[Row]) -> list[tuple[Measured, list[Finding]]]:
    """For each of the clips in a file, its measurements and the findings that take this modality from it."""
    what, measure, lasting = MEDIA[column]
    if not path.is_file():
        return [({}, [("missing file", f"missing file: {path.name}")])] * len(clips)
    try:
        results = measure(path, clips)
    except Exception as error:  # decoders fail in many ways, and one file must not stop the run
        told = str(error) if isinstance(error, ClipError) else f"{path.name}: {type(error).__name__}: {error}"
        kind = f"no {what}" if told.endswith(f"has no {what}") else "undecodable"
        return [({}, [(kind, f"{kind}: {told}")])] * len(clips)
    return [
        (columns, [] if columns[lasting] is not None else [_absence(column, path, clip)])
        for clip, columns in zip(clips, results, strict=True)
    ]


def _absence(column: str, path: Path, clip: Row) -> Finding:
    what, start, end = MEDIA[column][0], clip[f"{column}_start"] or 0.0, clip[f"{column}_end"]
    until = "the end" if end is None else f"{end:.2f}"
    return f"no {what}", f"no {what}: none in seconds {start:.2f} to {until} of {path.name}"


def _face_rate(faces: FaceCounter, clip: Row, release: Path) -> float | None:
    try:
        return faces.rate(clip, release)
    except ClipError:
        return None
