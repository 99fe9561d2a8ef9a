"""A folder of media -> the rows of a table of clips, and a list of files that were not understood."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import av

from extractors.clips.named import AUDIO, VIDEO
from extractors.clips.pattern import Pattern
from extractors.clips.sidecars import find_sidecar, parse_cues, read_words
from extractors.corpora.lines import read_text, repair
from extractors.corpora.tree import find_files, is_safe
from extractors.corpora.user_table import Cells
from extractors.media.container import open_media
from extractors.media.streams import ranked
from extractors.shared.clip import ClipError
from extractors.shared.program import UserError, progress

SUBTITLES = (".srt", ".vtt")
"""Endings of transcript files with times."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A clip that was found.

    Attributes:
        cells: the clip's row of the table, by column.
        seconds: duration in seconds; None if the file does not tell it.
    """

    cells: Cells
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Listing:
    """The content of a folder.

    Attributes:
        clips: the clips, in the order of their files.
        left_out: file and reason for each file that is not used.
        remarks: file and remark for each file that is used but has a problem.
    """

    clips: list[Listed] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)


def list_folder(root: Path, pattern: Pattern | None, cues: bool) -> Listing:
    """Find the clips of a folder. A video and a sound with the same name are one clip.

    Args:
        root: the folder. All folders below it are searched, too.
        pattern: the pattern of file names from which fields are read; None for no fields.
        cues: whether each subtitle in the file beside a recording becomes a clip. Otherwise each recording is one clip.

    Raises:
        UserError: there is no video and no sound, or none of them gives a clip.
    """
    together: defaultdict[str, list[str]] = defaultdict(list)
    for file in find_files(root, VIDEO + AUDIO):
        together[os.path.splitext(file)[0]].append(file)
    if not together:
        raise UserError(f"{root}: holds no video and no sound; name another folder")
    listing, names = Listing(), _names(together)
    for stem, files in progress(together.items(), "files"):
        try:
            _check_name(stem)
            if len(names[name_of(stem)]) > 1:
                first, second, *_ = names[name_of(stem)]
                raise ClipError(f"{first} and {second} would both be clip {name_of(stem)}; rename one")
            fields = pattern.read(stem) if pattern else {}
            listing.clips.extend(_clips(root, stem, files, fields, cues, listing))
        except ClipError as error:
            listing.left_out.extend((_shown(file), str(error)) for file in files)
    if not listing.clips:
        file, reason = listing.left_out[0]
        raise UserError(f"{root}: none of {len(listing.left_out)} files gives a clip; {file}, the first: {reason}")
    return listing


def _check_name(stem: str) -> None:
    """Refuse a file name that cannot be written into a table of clips."""
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in stem):
        raise ClipError("its name holds signs that are no UTF-8 or cannot be printed; rename it")
    if "\\" in stem or stem != stem.lstrip():
        raise ClipError("its name begins with a blank or holds a backslash; rename it")


def _shown(file: str) -> str:
    """A file's name for a page. Bytes that are not UTF-8 are shown as numbers."""
    return file.encode("utf-8", "backslashreplace").decode()


def name_of(stem: str) -> str:
    """A clip's name from the path of its file without the ending. Folders and file are joined by ``_``.

    Characters other than letters, digits, ``_`` and ``-`` become ``_``. Paths with letters of other scripts would then
    look alike, so a digest of the path is added to their names.
    """
    name = re.sub(r"[^A-Za-z0-9_-]+", "_", stem, flags=re.ASCII)
    if stem.isascii() and is_safe(name):
        return name
    digest = hashlib.sha256(stem.encode("utf-8", "surrogateescape")).hexdigest()[:8]
    return f"{name.strip('_')[:180] or 'clip'}_{digest}"


def _names(stems: dict[str, list[str]]) -> dict[str, list[str]]:
    """Name of each clip -> its files."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for stem, files in stems.items():
        found[name_of(stem)].append(files[0])
    return found


def _clips(root: Path, stem: str, files: list[str], fields: Cells, cues: bool, listing: Listing) -> Iterator[Listed]:
    """The clips of the files with one name. Remarks are added to the listing."""
    video, audio, seconds = _media(root, files)
    cells = {"clip_id": name_of(stem), "video": video, "audio": audio, **fields, "text": ""}
    sidecar = next(filter(None, (find_sidecar(root / file) for file in files)), None)
    if cues:
        yield from _of_cues(cells, sidecar, video, audio)
        return
    try:
        cells["text"] = read_words(sidecar, None, None) if sidecar else ""
    except UserError as error:
        listing.remarks.append((files[0], str(error)))
    yield Listed(cells, seconds)


def _of_cues(cells: Cells, sidecar: Path | None, video: str, audio: str) -> Iterator[Listed]:
    """One clip for each subtitle."""
    if sidecar is None or sidecar.suffix.lower() not in SUBTITLES:
        raise ClipError(f"no {' or '.join(SUBTITLES)} lies beside it, which would say where its clips begin and end")
    try:
        found = parse_cues(repair(read_text(sidecar)), sidecar)
    except UserError as error:
        raise ClipError(str(error)) from None
    if not found:
        raise ClipError(f"{sidecar.name} holds no words")
    for number, cue in enumerate(found, start=1):
        times = {f"{kind}_{end}": f"{getattr(cue, end):.3f}" for kind in ("video", "audio") for end in ("start", "end")}
        times = {name: time for name, time in times.items() if (video if name.startswith("video") else audio)}
        own = {"clip_id": f"{cells['clip_id']}_{number:04d}", "text": cue.text}
        yield Listed(cells | times | own, cue.end - cue.start)


def _media(root: Path, files: list[str]) -> tuple[str, str, float | None]:
    """The file of the pictures and that of the sound ("" if there is none), and the longer duration in seconds."""
    kinds = {kind: [file for file in files if file.lower().endswith(kind)] for kind in (VIDEO, AUDIO)}
    for same in kinds.values():
        if len(same) > 1:
            raise ClipError(f"{same[0]} and {same[1]} have one name; keep one of them here")
    heard = [*kinds[AUDIO], *kinds[VIDEO]]  # a separate sound file is preferred to the video's sound
    facts = {file: _probe(root / file) for file in files}
    video = next((file for file in kinds[VIDEO] if facts[file][0]), "")
    audio = next((file for file in heard if facts[file][1]), "")
    if not (video or audio):
        raise ClipError("holds neither pictures nor sound")
    return video, audio, max((facts[file][2] for file in (video, audio) if file), default=0.0) or None


def _probe(path: Path) -> tuple[bool, bool, float]:
    """Whether a file has pictures, whether it has sound, and its duration in seconds by the header; 0 if unknown.

    Raises:
        ClipError: the file is no media file.
    """
    with open_media(path) as container:
        streams = container.streams
        return bool(ranked(streams.video)), bool(ranked(streams.audio)), (container.duration or 0) / av.time_base
