"""Edit lists of MP4 and QuickTime files that begin within a picture: by how much FFmpeg has the pictures too early.

FFmpeg leaves out a picture that is cut, and shows the next one from the beginning of the edit on: too early by what was
left of the cut picture, which is seconds where that was held. So sound and pictures would part.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np

from extractors.media.boxes import boxes, file_boxes

HOLDERS = (b"trak", b"edts", b"mdia", b"minf", b"stbl")
"""Boxes that hold others on the way to what is read here."""


class Cut(NamedTuple):
    """Where the only edit of a track of pictures begins.

    Attributes:
        track: number of the track.
        begin: ticks of the track's clock at which the edit begins.
        first: ticks at which the first picture of the track is shown.
    """

    track: int
    begin: int
    first: int


def early_pictures(path: Path, kinds: Collection[str]) -> dict[int, float]:
    """Seconds by which FFmpeg has the pictures of a track too early, by the number of the track; only those above 0.

    Of a track with several edits nothing is known.

    Args:
        path: the file.
        kinds: the names of its format, as FFmpeg has them.
    """
    cuts = [cut for cut in _cuts(path) if cut.begin > cut.first] if "mov" in kinds else []
    if not cuts:
        return {}
    found = {}
    with (
        suppress(av.FFmpegError, IndexError),  # whoever decodes the stream meets it again, and says it
        av.open(str(path), metadata_errors="ignore", options={"ignore_editlist": "1"}) as container,
    ):
        found = {cut.track: _left_of_picture(container, cut) for cut in cuts}
    return {track: seconds for track, seconds in found.items() if seconds}


def _left_of_picture(container: av.container.InputContainer, cut: Cut) -> float:
    """Seconds from the beginning of an edit to the next picture; 0 where there is none."""
    for stream in container.streams.video:
        if stream.id != cut.track or stream.time_base is None:
            continue
        container.seek(cut.begin, stream=stream)
        following = np.inf
        for packet in container.demux(stream):
            if packet.pts is not None and packet.pts >= cut.begin:
                following = min(following, packet.pts)
            if packet.dts is not None and packet.dts >= following:  # none is shown before it is decoded
                return float((following - cut.begin) * stream.time_base)
    return 0.0


def _cuts(path: Path) -> Iterator[Cut]:
    with path.open("rb") as file:
        for kind, place, size in file_boxes(file):
            if kind == b"moov":
                file.seek(place)
                index = list(boxes(file.read(size)))
                if not any(name == b"mvex" for name, _ in index):  # FFmpeg leaves no picture of a fragment out
                    yield from (cut for name, track in index if name == b"trak" for cut in _cut(track))


def _cut(track: bytes) -> Iterator[Cut]:
    """The cut of a track of pictures that has one edit, apart from those that only delay it."""
    leaves = dict(_leaves(track))
    head, edits = leaves.get(b"tkhd", b""), leaves.get(b"elst", b"")
    if b"vmhd" not in leaves or not edits:
        return
    wide, count = edits[0] == 1, int.from_bytes(edits[4:8])
    width, size = (8, 20) if wide else (4, 12)
    rows = [edits[8 + size * number :][width : 2 * width] for number in range(min(count, len(edits) // size))]
    begins = [begin for begin in (int.from_bytes(row, signed=True) for row in rows) if begin >= 0]
    if len(begins) == 1:
        number = int.from_bytes(head[20:24] if head[:1] == b"\1" else head[12:16])
        yield Cut(number, begins[0], int.from_bytes(leaves.get(b"ctts", b"")[12:16], signed=True))


def _leaves(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    for kind, body in boxes(content):
        if kind in HOLDERS:
            yield from _leaves(body)
        else:
            yield kind, body
