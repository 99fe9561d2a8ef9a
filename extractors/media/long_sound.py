"""Media file -> its whole sound at 16 kHz, in pieces, so that memory does not grow with the length of the sound."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from extractors.media.clock import timed_frames
from extractors.media.container import first_stream, open_media
from extractors.media.samples import Block, sound_blocks
from extractors.media.sound import check_hole, check_samples, joined


def sound_pieces(path: Path, length: int) -> Iterator[np.ndarray]:
    """The sound of a file from its start, in pieces of ``length`` seconds. The last piece may be shorter.

    Each piece is resampled on its own. Near its ends the samples therefore differ slightly from the result of
    :func:`extractors.media.sound.hear`.

    Yields:
        float32 [16000 length], the average of all channels, with zeros where the file has no sound.

    Raises:
        ClipError: the file is missing, damaged or has no sound.
    """
    kept: list[Block] = []
    begin = reached = 0.0
    with open_media(path) as container:
        stream = first_stream(container, container.streams.audio, "sound")
        for block in sound_blocks(container, timed_frames(path, container, stream), 0.0):
            check_hole(path, reached, block.begin)
            check_samples(path, block.samples)
            kept.append(block._replace(samples=block.samples.mean(axis=0)[None]))
            reached = block.end
            while reached >= begin + length:
                yield _between(path, kept, begin, begin + length)
                begin += length
                kept = [] if reached == begin else [kept[-1]]
    if reached > begin:
        yield _between(path, kept, begin, reached)


def _between(path: Path, blocks: list[Block], begin: float, end: float) -> np.ndarray:
    parts = [block.within(begin, end) for block in blocks]
    return joined(path, [part for part in parts if part.samples.size], begin, end)
