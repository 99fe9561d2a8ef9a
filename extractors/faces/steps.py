"""Search faces only in every k-th picture, and interpolate the speaker's box in the pictures between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from extractors.faces.speaker import Sizes, Speaker


def searched_frames(count: int, step: int) -> list[int]:
    """Numbers of the frames that are searched: every ``step``-th of ``count`` frames, and the last one."""
    return sorted({*range(0, count, step), count - 1} - {-1})


def with_frames_between(speaker: Speaker, searched: Sequence[int], sizes: Sizes) -> Speaker:
    """The speaker in all frames of a clip.

    A frame that was not searched has a face if both searched frames around it have the speaker's face. Its box is
    interpolated linearly between theirs, in shares of the picture, because video calls change the resolution.

    Args:
        speaker: the speaker in the searched frames, which are counted from 0 there.
        searched: number of each searched frame in the clip, ascending.
        sizes: height and width of every frame of the clip.
    """
    boxes = {searched[frame]: box for frame, box in speaker.boxes.items()}
    for first, last in pairwise(searched):
        if first not in boxes or last not in boxes:
            continue
        begin, end = boxes[first] / _scale(sizes[first]), boxes[last] / _scale(sizes[last])
        for frame in range(first + 1, last):
            part = (frame - first) / (last - first)
            boxes[frame] = ((1 - part) * begin + part * end) * _scale(sizes[frame])
    found = [row | {"frame": searched[row["frame"]]} for row in speaker.found]
    return replace(speaker, boxes=dict(sorted(boxes.items())), found=found)


def _scale(size: tuple[int, int]) -> np.ndarray:
    """Factors [5] from shares of a picture of this height and width to pixels, for corners. The score's factor is 1."""
    height, width = size
    return np.array([width, height, width, height, 1.0])
