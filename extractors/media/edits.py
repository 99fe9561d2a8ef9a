"""Correct FFmpeg's times of pictures in MP4 and QuickTime files whose edit list begins within a picture.

FFmpeg leaves out the picture that is cut, and shows the next one from the beginning of the edit. The next picture is
then too early by the remaining time of the cut picture. If the cut picture was held, this is several seconds, and
sound and pictures are no longer in step.
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
"""Boxes that contain the boxes that are read here."""


class Cut(NamedTuple):
    """The beginning of the only edit of a track of pictures.

    Attributes:
        track: number of the track.
        begin: time at which the edit begins, in ticks of the track's clock.
        first: time at which the first picture of the track is shown, in the same ticks.
    """

    track: int
    begin: int
    first: int


def early_pictures(path: Path, kinds: Collection[str]) -> dict[int, float]:
    """Number of a track -> seconds by which FFmpeg shows its pictures too early. Tracks with 0 seconds are left out.

    Tracks with several edits are not corrected.

    Args:
        path: the file.
        kinds: FFmpeg's names of its format.
    """
    cuts = [cut for cut in _cuts(path) if cut.begin > cut.first] if "mov" in kinds else []
    if not cuts:
        return {}
    found = {}
    with (
        suppress(av.FFmpegError, IndexError),  # the decoder meets the same error later and reports it
        av.open(str(path), metadata_errors="ignore", options={"ignore_editlist": "1"}) as container,
    ):
        found = {cut.track: _left_of_picture(container, cut) for cut in cuts}
    return {track: seconds for track, seconds in found.items() if seconds}


def _left_of_picture(container: av.container.InputContainer, cut: Cut) -> float:
    """Seconds from the beginning of an edit to the next picture; 0 if there is no next picture."""
    for stream in container.streams.video:
        if stream.id != cut.track or stream.time_base is None:
            continue
        container.seek(cut.begin, stream=stream)
        following = np.inf
        for packet in container.demux(stream):
            if packet.pts is not None and packet.pts >= cut.begin:
                following = min(following, packet.pts)
            if packet.dts is not None and packet.dts >= following:  # no picture is shown before it is decoded
                return float((following - cut.begin) * stream.time_base)
    return 0.0


def _cuts(path: Path) -> Iterator[Cut]:
    with path.open("rb") as file:
        for kind, place, size in file_boxes(file):
            if kind == b"moov":
                file.seek(place)
                index = list(boxes(file.read(size)))
                if not any(name == b"mvex" for name, _ in index):  # FFmpeg keeps all pictures of fragments
                    yield from (cut for name, track in index if name == b"trak" for cut in _cut(track))


def _cut(track: bytes) -> Iterator[Cut]:
    """The cut of a track of pictures with one edit. Edits that only delay the track do not count."""
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
