"""Media files, folders and CSV tables that a user names -> clips with transcripts and without labels."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from extractors.clips.sidecars import find_sidecar, read_words
from extractors.corpora.custom import GROUPS, TIMES, clip_fields
from extractors.corpora.outcome import missing_media, outcome
from extractors.corpora.tree import find_files
from extractors.corpora.user_table import Columns, read_csv
from extractors.shared.clip import MODALITIES, Clip
from extractors.shared.program import UserError

VIDEO = (
    ".mp4",
    ".m4v",
    ".mov",
    ".mkv",
    ".webm",
    ".avi",
    ".mpg",
    ".mpeg",
    ".wmv",
    ".flv",
    ".ts",
    ".mts",
    ".3gp",
    ".ogv",
)
AUDIO = (".wav", ".flac", ".mp3", ".m4a", ".aac", ".ogg", ".opus", ".wma")
"""Endings of the media files that are taken from a folder. A single named file may have any ending."""

TABLE = Columns(("video",), ("clip_id", "audio", "text", *GROUPS, *TIMES, "crop"))
"""Columns of a table of clips. If ``audio`` is empty, the video's own sound is used."""


def find_clips(named: Sequence[Path], root: Path, text: str) -> list[Clip]:
    """All named clips, each once, in the order in which they are named; those of a folder are sorted by name.

    Args:
        named: media files, folders that are searched with all folders below them, and CSV tables.
        root: a folder above all of them, to which the clips' paths are relative.
        text: the transcript, if there is only one clip; otherwise empty. Then a clip has the words of its table or
            of the file beside it (:mod:`extractors.clips.sidecars`).

    Returns:
        The clips. A clip of a table whose media file is missing is excluded with the reason. A transcript file that
        cannot be read gives a remark on its clip.

    Raises:
        UserError: there is no usable clip, a table is invalid, or ``text`` is given for several clips.
    """
    clips: dict[str, Clip] = {}
    for path in named:
        for clip in _clips_of(path, root):
            clips.setdefault(clip.clip_id, clip)
    if text and len(clips) > 1:
        raise UserError(f"--text: given for {len(clips)} clips; name one clip, or put a text file beside each")
    if text:
        return [replace(clip, text=" ".join(text.split())) for clip in clips.values()]
    return list(clips.values())


def _clips_of(path: Path, root: Path) -> Iterator[Clip]:
    if path.is_dir():
        files = find_files(path, VIDEO + AUDIO)
        if not files:
            raise UserError(f"{path}: contains no video and no sound; name another folder, or the files themselves")
        yield from (_whole_file(path / file, root) for file in files)
    elif path.suffix.lower() == ".csv":
        if not path.is_file():
            raise UserError(f"{path}: no such file; correct the path")
        yield from _rows(path, root)
    else:
        yield _whole_file(path, root)


def _whole_file(path: Path, root: Path) -> Clip:
    name = _relative(path, root)
    there = name if path.is_file() else ""
    fields = dict.fromkeys(GROUPS, "") | dict.fromkeys(TIMES)
    return _clip(root, fields | {"clip_id": name, "video": there, "audio": there, "text": "", "crop": "full"})


def _rows(table: Path, root: Path) -> Iterator[Clip]:
    """The clips of a table, whose paths are relative to the folder of the table."""
    seen: dict[str, str] = {}
    for where, cells in read_csv(table, TABLE):
        cells = cells | {"audio": cells.get("audio") or cells["video"]}
        if cells["audio"] == cells["video"]:  # the same file has the same times
            for part in ("start", "end"):
                cells[f"audio_{part}"] = cells.get(f"audio_{part}") or cells.get(f"video_{part}", "")
        name = cells.get("clip_id") or f"row_{where.rpartition(':')[2]}"
        first = seen.setdefault(name, where)
        if first != where:
            raise UserError(f"{where}: clip_id {name!r} exists already ({first}); give each clip its own")
        fields = clip_fields(table.parent, where, cells | {"clip_id": name}, MODALITIES)
        for kind in ("video", "audio"):
            fields[kind] = fields[kind] and _relative(table.parent / fields[kind], root)
        yield _clip(root, fields | {"clip_id": f"{_relative(table, root)}#{name}"})


def _clip(root: Path, fields: dict) -> Clip:
    """A clip from a row's fields, with the words of the file beside it if the row has none."""
    remark = ""
    if not fields["text"] and fields["video"]:
        try:
            fields["text"] = _words(root / fields["video"], fields["video_start"], fields["video_end"])
        except UserError as error:
            remark = str(error)
    status, reason = outcome([missing_media(MODALITIES, video=fields["video"], audio=fields["audio"])], [remark])
    unlabelled = {"official_split": "", "annotated_seconds": None, "label_raw": "", "label": ""}
    return Clip(**(fields | unlabelled), corpus="clips", status=status, reason=reason)


def _words(media: Path, start: float | None, end: float | None) -> str:
    sidecar = find_sidecar(media)
    return read_words(sidecar, start, end) if sidecar else ""


def _relative(path: Path, root: Path) -> str:
    """A path relative to ``root``, with forward slashes.

    Raises:
        UserError: it is not below ``root``.
    """
    relative = os.path.relpath(os.path.abspath(path), os.path.abspath(root)).replace(os.sep, "/")
    if relative.startswith("../"):
        raise UserError(f"{path}: is not below {root}; name a folder above all clips")
    return relative
