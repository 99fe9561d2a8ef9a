"""Media file -> measurements of each clip's sound by a full decode: channels, rate, duration, gaps, loudness."""

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
    """Measures the sound between ``start`` and ``end`` (None: the start of the file, the end of its sound)."""

    def __init__(self, start: float | None, end: float | None) -> None:
        self.start = max(start or 0.0, 0.0)
        self.end = math.inf if end is None else end
        self.loudness = Loudness()
        self.rate: int | None = None
        self.channels: int | None = None
        self.held = 0.0
        self._reached = 0.0

    def add(self, block: Block) -> None:
        """Add a block. It begins at the end of the previous block, or after a gap."""
        self._reached = max(self._reached, min(block.end, self.end))
        part = block.within(self.start, self.end)
        if part.samples.size:
            self.rate, self.channels = block.rate, len(block.samples)
            self.loudness.add(part.samples)
            self.held += part.end - part.begin

    def go_on(self, path: Path, stream: int) -> None:
        """Add the silence after the sound, while other streams of the file continue."""
        if self._reached and self.end < math.inf:
            self._reached = with_silence(path, stream, self._reached, self.end)

    def measured(self, damage: Sequence[float]) -> Measured:
        """The clip's columns; None if the sound ends before the clip begins."""
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
        clips: rows of the manifest for the clips in the file.

    Returns:
        For each clip ``channels``, ``sample_rate``, ``sound_seconds`` (from its start to its last sample),
        ``sound_gap`` (the seconds of these without sound in the file), ``rms_db`` (root mean square about the mean, of
        the average of the channels, in dB of full scale; NaN if samples are NaN or infinite), ``cancelled`` (whether
        the channels cancel each other) and ``sound_damage``.

    Raises:
        ClipError: the file is missing, is no media file, has no sound, or has invalid times or an invalid rate.
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
