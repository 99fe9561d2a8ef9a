"""The words of a media file from the file beside it: plain text, SubRip (``.srt``) or WebVTT (``.vtt``)."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from extractors.corpora.lines import read_text, repair, split_lines
from extractors.shared.program import UserError

SUFFIXES = (".txt", ".srt", ".vtt")
"""Endings of files with words; if several exist beside a media file, the first in this list is read."""

_TIME = r"(?:(\d+):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?")
_MARKUP = re.compile(r"<[^<>]*>|\{\\[^{}]*\}")


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that are spoken from ``start`` to ``end``, in seconds of the media file."""

    start: float
    end: float
    text: str


def find_sidecar(media: Path) -> Path | None:
    """The file of words beside a media file, such as ``talk.srt`` or ``talk.mp4.srt`` beside ``talk.mp4``."""
    beside = [path for suffix in SUFFIXES for path in (media.with_suffix(suffix), Path(f"{media}{suffix}"))]
    return next((path for path in beside if path.is_file() and path != media), None)


def read_words(sidecar: Path, start: float | None, end: float | None) -> str:
    """The words of a clip.

    Args:
        sidecar: the file of words of the clip's media file.
        start: second at which the clip begins; None for the beginning of the file.
        end: second at which it ends; None for the end of the file.

    Returns:
        All words, or those of the cues whose middle lies in the clip. A plain text has no times, so a clip that is only
        a part of its file gets no words.

    Raises:
        UserError: the file is not UTF-8, or does not contain subtitles although its name says so.
    """
    if sidecar.suffix.lower() == ".txt":
        return " ".join(repair(read_text(sidecar)).split()) if start is None and end is None else ""
    low, high = start or 0.0, float("inf") if end is None else end
    return " ".join(cue.text for cue in timed_cues(sidecar) if low <= (cue.start + cue.end) / 2 < high)


def timed_cues(sidecar: Path) -> list[Cue]:
    """The cues of a file of words; none in a plain text, which has no times.

    Raises:
        UserError: as :func:`read_words`.
    """
    return [] if sidecar.suffix.lower() == ".txt" else parse_cues(repair(read_text(sidecar)), sidecar)


def parse_cues(text: str, source: Path) -> list[Cue]:
    """The cues of a SubRip or WebVTT file, without markup, in the order of the file.

    Raises:
        UserError: the text is not empty and contains no line of times, or a cue ends before it begins.
    """
    cues: list[Cue] = []
    lines = split_lines(text)
    for number, line in enumerate(lines):
        timing = _TIMING.fullmatch(line)
        if not timing:
            continue
        start, end = _seconds(timing.groups()[:4]), _seconds(timing.groups()[4:])
        if end < start:
            raise UserError(f"{source}:{number + 1}: the cue ends before it begins; correct its times")
        cues.append(Cue(start, end, _words(lines[number + 1 :])))
    if not cues and text.strip().removeprefix("WEBVTT").strip():
        raise UserError(f"{source}: has no line such as 00:00:01,000 --> 00:00:02,500; save it as subtitles again")
    return [cue for cue in cues if cue.text]


def _words(lines: Sequence[str]) -> str:
    """The text of a cue: the lines up to the first blank one."""
    stop = next((number for number, line in enumerate(lines) if not line.strip()), len(lines))
    return " ".join(html.unescape(_MARKUP.sub("", " ".join(lines[:stop]))).split())


def _seconds(parts: Sequence[str | None]) -> float:
    hours, minutes, whole, fraction = parts
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(whole or 0) + float(f"0.{fraction}")
