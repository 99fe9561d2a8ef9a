"""The streams of a media file -> the stream that is read, and a text that reports this choice.

A file can hold several tracks of sound (languages, comments, descriptions for the blind) and several tracks of pictures
(a second camera, a preview). The order is that of players: first the stream that is marked as default, then streams
without a special purpose, then the order of the file. Covers of songs and thumbnails of chapters are never read.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import av
from av.stream import Disposition, Stream

AnyStream = TypeVar("AnyStream", bound=Stream)
"""A stream of sound or of pictures."""

NO_FILM = Disposition.attached_pic | Disposition.timed_thumbnails
"""Marks of pictures that are not part of the film: covers and thumbnails of chapters."""

FOR_SOME = {
    Disposition.comment: "commentary",
    Disposition.visual_impaired: "for the visually impaired",
    Disposition.hearing_impaired: "for the hearing impaired",
    Disposition.dub: "dubbed",
    Disposition.karaoke: "karaoke",
    Disposition.clean_effects: "effects only",
    Disposition.non_diegetic: "non-diegetic",
    Disposition.dependent: "dependent",
    Disposition.still_image: "still picture",
}
"""Marks of streams that are not the recording itself, and their names."""

WHAT = {"video": "pictures", "audio": "sound"}
"""Kind of stream, which is also the name of the manifest's column for the file -> word for it in messages."""


def ranked(streams: Sequence[AnyStream]) -> list[AnyStream]:
    """The readable streams among a file's streams of one kind. The first one is the one to read."""
    readable = [stream for stream in streams if stream.codec_context and not stream.disposition & NO_FILM]
    return sorted(readable, key=_rank)


def _rank(stream: Stream) -> tuple[bool, bool, int]:
    for_some = any(stream.disposition & mark for mark in FOR_SOME)
    return not stream.disposition & Disposition.default, for_some, stream.index


def choice(streams: Sequence[Stream], what: str) -> str:
    """Report which stream is read and which are not, as ``sound: stream 2 (default), not 1 (fra)``.

    Streams are numbered from 0, as in FFmpeg. The text is empty if there is only one stream or no readable one.

    Args:
        streams: the streams of one kind, in the file's order.
        what: name of the kind.
    """
    order = ranked(streams)
    if not order or len(streams) == 1:
        return ""
    others = ", ".join(_described(stream) for stream in streams if stream.index != order[0].index)
    return f"{what}: stream {_described(order[0])}, not {others}"


@lru_cache(maxsize=32)
def choice_in(path: Path, kind: str) -> str:
    """:func:`choice` for the streams of kind ``video`` or ``audio`` of a file; empty if the file cannot be read.

    The result is cached for the clips that are cut from one long file.
    """
    try:
        with av.open(str(path), metadata_errors="ignore") as container:
            return choice(getattr(container.streams, kind), WHAT[kind])
    except (av.FFmpegError, IndexError):  # the reader of the file reports it
        return ""


def _described(stream: Stream) -> str:
    marks = ["default"] if stream.disposition & Disposition.default else []
    marks += [name for mark, name in FOR_SOME.items() if stream.disposition & mark]
    marks += ["cover"] if stream.disposition & NO_FILM else []
    marks += [stream.language] if stream.language not in (None, "und") else []
    marks += [] if stream.codec_context else ["no decoder"]
    return f"{stream.index} ({', '.join(marks)})" if marks else str(stream.index)
