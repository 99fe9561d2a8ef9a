"""The clips of media files -> their rows of the quality table, including clips of damaged files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from extractors.faces.detection import Cascade, find_faces, speaker_part
from extractors.features.blame import blame
from extractors.media.pictures import sample_frames
from extractors.media.streams import choice_in
from extractors.quality.checks import Finding, annotated_seconds, judge
from extractors.quality.listen import measure_sound
from extractors.quality.measure import Measured, measure_pictures
from extractors.quality.settings import InspectionSettings
from extractors.shared.children import Death
from extractors.shared.clip import ClipError, Row

MEDIA = {
    "video": ("pictures", measure_pictures, "picture_seconds"),
    "audio": ("sound", measure_sound, "sound_seconds"),
}
"""Column of the manifest -> the medium, the function that measures it, and a column that is None without the medium."""

CHOSEN = "chosen"
"""Name of the measurement with the text that tells which of several streams was read; empty if there is one stream."""

COPIED = ("clip_id", "corpus", "speaker", "dialogue", "crop")
"""Columns that the quality table takes from the manifest."""


Outcome = tuple[Measured, list[Finding]]
"""The measurements of a clip in one file, and the findings that make this modality unusable."""


@dataclass(frozen=True, slots=True)
class Media:
    """A media file, the column of the manifest that names it, and the numbers and rows of the clips in it."""

    column: str
    path: str
    numbers: tuple[int, ...]
    clips: tuple[Row, ...]


class FaceCounter:
    """Counts faces with OpenCV's cascade. Threads must not share it."""

    def __init__(self, settings: InspectionSettings) -> None:
        self.settings = settings
        self.cascade = Cascade(settings, torch.device("cpu"))

    def rate(self, clip: Row, release: Path) -> float:
        """Share of the clip's sampled frames with a face in the speaker's part.

        Raises:
            ClipError: the video cannot be read.
        """
        count = self.settings.face_frames
        frames = sample_frames(release / clip["video"], clip["video_start"], clip["video_end"], count).frames
        parts = [speaker_part(frame, clip["crop"]) for frame in frames]
        return sum(len(boxes) > 0 for boxes in find_faces(parts, self.cascade, self.settings, count)) / count


def excluded_row(clip: Row) -> Row:
    """The row of a clip that the manifest excludes."""
    return _identity(clip) | {
        "status": "excluded",
        "findings": [],
        "reason": clip["reason"],
        "remark": "",
        "streams": "",
    }


def media_files(clips: Sequence[Row]) -> list[Media]:
    """The media files of a manifest's usable clips. Video files come first, each followed by its sound files."""
    found: dict[tuple[str, str], list[int]] = {}
    for number, clip in enumerate(clips):
        if clip["status"] == "ok":
            for column in (name for name in MEDIA if clip[name]):
                found.setdefault((column, clip[column]), []).append(number)
    return [
        Media(column, path, tuple(numbers), tuple(clips[number] for number in numbers))
        for (column, path), numbers in found.items()
    ]


def inspect(media: Media, release: Path, faces: FaceCounter | None) -> list[Outcome]:
    """Measure the clips of a media file.

    Args:
        media: the file.
        release: the folder to which its path is relative.
        faces: the face counter, or None for no face rate.

    Returns:
        One outcome per clip, in the same order.
    """
    outcomes = _measure(media.column, release / media.path, media.clips)
    for clip, (columns, _) in zip(media.clips, outcomes, strict=True):
        if faces and columns.get("width"):
            columns["face_rate"] = _face_rate(faces, clip, release)
    chosen = choice_in(release / media.path, media.column)
    return [(columns | {CHOSEN: chosen}, found) for columns, found in outcomes]


def not_inspected(media: Media, death: Death) -> list[Outcome]:
    """The outcomes of the clips of a file whose decoding ended the process."""
    told = f"undecodable: {Path(media.path).name}: decoding it ended the process ({death})"
    return [({}, [("undecodable", told)])] * len(media.clips)


def judged(clip: Row, outcomes: Sequence[Outcome], settings: InspectionSettings) -> Row:
    """The row of a usable clip with the measurements of its files, see :func:`extractors.quality.checks.judge`."""
    row, failures = _identity(clip) | {"remark": clip["reason"]}, []
    for columns, found in outcomes:
        row |= columns
        failures += found
    streams = dict.fromkeys(columns[CHOSEN] for columns, _ in outcomes if columns.get(CHOSEN))
    row.pop(CHOSEN, None)
    return judge(row | {"streams": "; ".join(streams)}, failures, settings)


def _identity(clip: Row) -> Row:
    return {key: clip[key] for key in COPIED} | {"annotated_seconds": annotated_seconds(clip)}


def _measure(column: str, path: Path, clips: Sequence[Row]) -> list[Outcome]:
    what, measure, lasting = MEDIA[column]
    try:
        if not path.is_file():
            return [({}, [("missing file", f"missing file: {path.name}")])] * len(clips)
        results = measure(path, clips)
    except Exception as error:  # decoders fail in many ways, and one file must not stop the run
        failure = str(blame(error, path.name))
        told = failure if isinstance(error, ClipError) else f"{path.name}: {failure}"
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
    except Exception as error:
        blame(error, clip["clip_id"])
        return None
