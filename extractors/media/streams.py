"""The streams of a media file -> the one that is read, and the words in which that choice is said.

A file can hold several tracks of sound (languages, comments, descriptions for the blind) and several of pictures (a
second camera, a preview). The order is that of players: the one marked default, then those that are meant for everyone,
then the file's own order. The cover of a song and the small pictures of chapters are never read.
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
"""Marks of pictures that are none of the film: covers, thumbnails of chapters."""

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
"""Kind of stream, which is also the manifest's column with the file -> what a person calls it."""


def ranked(streams: Sequence[AnyStream]) -> list[AnyStream]:
    """Those of a file's streams of one kind that can be read, the one to read first."""
    readable = [stream for stream in streams if stream.codec_context and not stream.disposition & NO_FILM]
    return sorted(readable, key=_rank)


def _rank(stream: Stream) -> tuple[bool, bool, int]:
    for_some = any(stream.disposition & mark for mark in FOR_SOME)
    return not stream.disposition & Disposition.default, for_some, stream.index


def choice(streams: Sequence[Stream], what: str) -> str:
    """Say which of the streams is read and which are not, as ``sound: stream 2 (default), not 1 (fra)``.

    Streams are numbered as in FFmpeg, from 0. Empty where there is only one, or none that can be read.

    Args:
        streams: those of one kind, in the file's order.
        what: its name.
    """
    order = ranked(streams)
    if not order or len(streams) == 1:
        return ""
    others = ", ".join(_described(stream) for stream in streams if stream.index != order[0].index)
    return f"{what}: stream {_described(order[0])}, not {others}"


@lru_cache(maxsize=32)
def choice_in(path: Path, kind: str) -> str:
    """:func:`choice` among the streams of a file, of the kind ``video`` or ``audio``; empty where it cannot be read.

    Remembered for the clips that are cut from one long file.
    """
    try:
        with av.open(str(path), metadata_errors="ignore") as container:
            return choice(getattr(container.streams, kind), WHAT[kind])
    except (av.FFmpegError, IndexError):  # whoever reads it says why
        return ""


def _described(stream: Stream) -> str:
    marks = ["default"] if stream.disposition & Disposition.default else []
    marks += [name for mark, name in FOR_SOME.items() if stream.disposition & mark]
    marks += ["cover"] if stream.disposition & NO_FILM else []
    marks += [stream.language] if stream.language not in (None, "und") else []
    marks += [] if stream.codec_context else ["no decoder"]
    return f"{stream.index} ({', '.join(marks)})" if marks else str(stream.index)
