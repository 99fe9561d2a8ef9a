"""Media file -> measurements of each clip's pictures by a full decode: size, rate, duration, light, movement."""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.reformatter import VideoReformatter

from extractors.faces.detection import speaker_part
from extractors.media.clock import file_clock, timed_frames
from extractors.media.container import first_stream, frame_rate, open_media
from extractors.media.display import find_display

Measured = dict[str, Any]
"""Columns of the quality table for one clip."""

SIDE = 64
"""Light and movement are measured on grey pictures of SIDE x SIDE pixels, which average out the noise of single pixels.
"""

REORDERED = 16
"""Largest number of frames that a codec can hold back in order to reorder them, as in H.264 and its successors."""


class Watcher:
    """Measures the part ``crop`` of the pictures between ``start`` (None: the start of the file) and ``end``."""

    def __init__(self, start: float | None, end: float, crop: str) -> None:
        self.start, self.end = -math.inf if start is None else start, end
        self.crop = crop
        self.first: np.ndarray | None = None
        self.size: tuple[int | None, int | None] = (None, None)
        self.seen = (math.inf, -math.inf)
        self.luma = self.motion = 0.0
        self.frames = 0

    def add(self, begin: float, end: float, size: tuple[int, int], grey: np.ndarray) -> None:
        """Add a picture of ``size``, given small and grey [SIDE, SIDE], that is shown from ``begin`` to ``end``."""
        part = speaker_part(grey, self.crop).astype(np.float32)
        if self.first is None:
            self.first, self.size = part, size
        self.seen = (min(self.seen[0], max(begin, self.start)), max(self.seen[1], min(end, self.end)))
        self.luma += float(part.mean())
        self.motion = max(self.motion, float(np.abs(part - self.first).mean()))
        self.frames += 1

    def measured(self, damage: Sequence[float]) -> Measured:
        """The clip's columns; None if no frame was shown."""
        shown = self.frames > 0
        return {
            "width": self.size[0],
            "height": self.size[1],
            "picture_seconds": self.seen[1] - self.seen[0] if shown else None,
            "luma": self.luma / self.frames if shown else None,
            "motion": self.motion if shown else None,
            "picture_damage": count_within(damage, self.start, self.end),
        }


def measure_pictures(path: Path, clips: Sequence[Mapping[str, Any]]) -> list[Measured]:
    """Decode a file's pictures once, from its beginning to the end of the last clip.

    Args:
        path: the file.
        clips: rows of the manifest for the clips in the file.

    Returns:
        For each clip ``width`` and ``height`` of the whole picture as shown; ``fps`` of the decoded file;
        ``picture_seconds`` (the time for which its frames are shown; if a clip ends after the last frame, that frame is
        shown to the end of the file; a whole file is as long as its pictures); ``luma`` (mean grey, 0 to 255) and
        ``motion`` (largest mean difference between a picture and the first one, in grey levels), both in the clip's
        part of the picture; and ``picture_damage`` (number of damaged packets or frames).

    Raises:
        ClipError: the file is missing, is no media file or has no pictures.
    """
    clock, damage, begins, scaler = file_clock(path), list[float](), list[float](), VideoReformatter()
    with open_media(path) as container:
        stream = first_stream(container, container.streams.video, "pictures")
        whole = float(np.nan_to_num(clock.tracks[stream.index].end, nan=math.inf))
        ends = [whole if clip["video_end"] is None else clip["video_end"] for clip in clips]
        watchers = [Watcher(clip["video_start"], end, clip["crop"]) for clip, end in zip(clips, ends, strict=True)]
        last = max(ends)
        timed = timed_frames(path, container, stream, damage)
        for begin, end, frame in _on_display(timed, 1 / frame_rate(stream), clock.end):
            if begin >= last:
                break
            begins.append(begin)
            concerned = [watcher for watcher in watchers if watcher.start < end and begin < watcher.end]
            if concerned:
                display = find_display(frame, stream)
                small = scaler.reformat(frame, SIDE, SIDE, "gray", interpolation="AREA", threads=1).to_ndarray()
            for watcher in concerned:
                watcher.add(begin, end, display.size, display.turn(small))
    lasting = begins[-1] - begins[0] if begins else 0.0
    fps = (len(begins) - 1) / lasting if lasting > 0 else None
    return [watcher.measured(damage) | {"fps": fps} for watcher in watchers]


def _on_display(
    timed: Iterator[tuple[float | None, av.VideoFrame]], step: float, over: float
) -> Iterator[tuple[float, float, av.VideoFrame]]:
    """Give each frame the time from its own beginning to the next frame's. The last frame is shown until ``over``.

    Some containers attach the times to the wrong frames, within the range of the codec's reordering, so the times are
    sorted. A frame without a time comes ``step`` seconds after the previous one.
    """
    held = None
    for begin, frame in _in_order(timed, step):
        if held:
            step = begin - held[0]
            yield held[0], begin, held[1]
        held = (begin, frame)
    if held:
        yield held[0], float(np.fmax(held[0] + step, over)), held[1]


def _in_order(
    timed: Iterator[tuple[float | None, av.VideoFrame]], step: float
) -> Iterator[tuple[float, av.VideoFrame]]:
    times: list[float] = []
    frames: deque[av.VideoFrame] = deque()
    following = 0.0
    for time, frame in timed:
        heapq.heappush(times, following if time is None else time)
        following = step + (following if time is None else time)
        frames.append(frame)
        if len(frames) > REORDERED:
            yield heapq.heappop(times), frames.popleft()
    while frames:
        yield heapq.heappop(times), frames.popleft()


def count_within(times: Sequence[float], start: float, end: float) -> int:
    """Number of times between ``start`` and ``end``."""
    return sum(start <= time < end for time in times)
