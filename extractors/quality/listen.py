"""Media file -> what a full decode of its sound tells of each clip in it: channels, rate, seconds, holes, loudness."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from extractors.media.clock import timed_frames
from extractors.media.container import first_stream, open_media
from extractors.media.loudness import Loudness
from extractors.media.samples import Block, sound_blocks
from extractors.media.sound import with_silence
from extractors.quality.measure import Measured, count_within


class Listener:
    """Gathers the sound between ``start`` and ``end`` (None: the start of the file, the end of its sound)."""

    def __init__(self, start: float | None, end: float | None) -> None:
        self.start = max(start or 0.0, 0.0)
        self.end = math.inf if end is None else end
        self.loudness = Loudness()
        self.rate: int | None = None
        self.channels: int | None = None
        self.held = 0.0
        self._reached = 0.0

    def add(self, block: Block) -> None:
        """Take in a block that begins where the one before it ended, or behind a hole."""
        self._reached = max(self._reached, min(block.end, self.end))
        part = block.within(self.start, self.end)
        if part.samples.size:
            self.rate, self.channels = block.rate, len(block.samples)
            self.loudness.add(part.samples)
            self.held += part.end - part.begin

    def go_on(self, path: Path, stream: int) -> None:
        """Add the silence behind the sound, for which other streams of the file go on."""
        if self._reached and self.end < math.inf:
            self._reached = with_silence(path, stream, self._reached, self.end)

    def measured(self, damage: Sequence[float]) -> Measured:
        """The clip's columns; None where the sound has ended before it."""
        lasting = self._reached - self.start
        heard = lasting > 0
        return {
            "channels": self.channels,
            "sample_rate": self.rate,
            "sound_seconds": lasting if heard else None,
            "sound_gap": max(lasting - self.held, 0.0) if heard else None,
            "rms_db": self.loudness.decibels if heard else None,
            "cancelled": self.loudness.cancelled if heard else None,
            "sound_damage": count_within(damage, self.start, self.end),
        }


def measure_sound(path: Path, clips: Sequence[Mapping[str, Any]]) -> list[Measured]:
    """Decode a file's sound once, from its beginning to the end of the last clip.

    Args:
        path: the file.
        clips: the rows of the manifest that are cut from it.

    Returns:
        For each clip ``channels``, ``sample_rate``, ``sound_seconds`` (from its start to its last sample),
        ``sound_gap`` (seconds of them for which the file has no sound), ``rms_db`` (root mean square about the mean, of
        the average of its channels, in dB of full scale; NaN where samples are no numbers), ``cancelled`` (whether its
        channels cancel each other out) and ``sound_damage``.

    Raises:
        ClipError: the file is missing, is no media file, has no sound or one whose times or rate cannot be.
    """
    listeners = [Listener(clip["audio_start"], clip["audio_end"]) for clip in clips]
    last, damage = max(listener.end for listener in listeners), list[float]()
    with open_media(path) as container:
        stream = first_stream(container, container.streams.audio, "sound")
        for block in sound_blocks(container, timed_frames(path, container, stream, damage), 0.0):
            for listener in listeners:
                listener.add(block)
            if block.begin >= last:
                break
        for listener in listeners:
            listener.go_on(path, stream.index)
    return [listener.measured(damage) for listener in listeners]
