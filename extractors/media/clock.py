"""The clock of a media file: one continuous time line for all its streams, from one pass over their packets.

In files that were joined end to end (``cat a.ts b.ts``, the parts of a camcorder, chained Ogg), the clock starts again
at each part, see :mod:`extractors.media.hands`. As in players, each part begins where the longest stream of the part
before it ended. The sound and the pictures of a part are moved by the same seconds. Joined sounds without time stamps
(MP3, ADTS, WAV) are one part, because their times are counted from the samples that were read.

Seconds count from the start of the container: its first sample or its first picture, whichever is earlier.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import cast, overload

import av
import numpy as np
from av.stream import Disposition

from extractors.media.container import frame_rate, open_media, origin, seconds
from extractors.media.edits import early_pictures
from extractors.media.hands import JOINABLE, parts_of
from extractors.media.joins import check_joins
from extractors.media.tracks import Stamps, Track, read_packets, shifts_of


@dataclass(frozen=True, slots=True)
class Clock:
    """The continuous time line of a file.

    Attributes:
        origin: time in seconds that the container's own clock shows at its start.
        shifts: seconds that are added to the times of each part. A file of one part has the single value 0.
        tracks: the streams of sound and pictures, by their numbers in the file.
    """

    origin: float
    shifts: tuple[float, ...]
    tracks: Mapping[int, Track]

    def seconds(self, stamped: av.Packet | av.frame.Frame) -> float:
        """Presentation time of a frame, or of a packet after :func:`retime`, in seconds from the container's start."""
        return seconds(cast(int, stamped.pts), stamped.time_base) - self.origin

    @property
    def end(self) -> float:
        """Second at which the last stream ends; NaN if the file does not tell."""
        return float(np.fmax.reduce([track.end for track in self.tracks.values()], initial=np.nan))


def file_clock(path: Path) -> Clock:
    """The clock of a file. It is cached for the clips that are cut from the file and for threads that read other files.

    Raises:
        ClipError: the file is missing or is no media file; or the times of one stream start again while other streams
            continue; or the file holds a second recording, see :func:`extractors.media.joins.check_joins`.
    """
    found = path.stat() if path.is_file() else None
    return _read_clock(path, (found.st_mtime_ns, found.st_size) if found else (0, 0))


@overload
def timed_frames(
    path: Path, container: av.container.InputContainer, stream: av.VideoStream, damage: list[float] | None = None
) -> Iterator[tuple[float | None, av.VideoFrame]]: ...


@overload
def timed_frames(
    path: Path, container: av.container.InputContainer, stream: av.AudioStream, damage: list[float] | None = None
) -> Iterator[tuple[float | None, av.AudioFrame]]: ...


def timed_frames(
    path: Path,
    container: av.container.InputContainer,
    stream: av.VideoStream | av.AudioStream,
    damage: list[float] | None = None,
) -> Iterator[tuple[float | None, av.frame.Frame]]:
    """Decode a stream to its end. Each frame comes with its time in seconds, or None if the file does not tell it.

    Frames come in the order in which they are shown. In AVI, a frame may carry the time of a neighbouring frame; the
    sorted times are correct. Damaged packets are left out.

    Args:
        path: the file.
        container: the same file, opened. It is at its beginning; in a file of one part it may be at any place.
        stream: one of the file's streams of sound or pictures.
        damage: receives the seconds of damaged packets and frames; a read error then ends the frames silently.

    Raises:
        av.FFmpegError: the file cannot be read further, and ``damage`` is None.
    """
    clock, noted, now = file_clock(path), [] if damage is None else damage, 0.0
    guessed, following = clock.tracks[stream.index].guessed, 0.0
    for packet in _packets(clock, container, stream, damage):
        try:
            frames = packet.decode()
        except av.FFmpegError as error:
            if damage is None and not isinstance(error, av.error.InvalidDataError):
                raise
            noted.append(now if packet.pts is None else clock.seconds(packet))
            continue
        for frame in frames:
            time = None if frame.pts is None else clock.seconds(frame)
            if guessed:
                length = seconds(frame.duration, frame.time_base) or 1 / frame_rate(cast(av.VideoStream, stream))
                time = following if time is None or time < following - length / 2 else time
                following = time + length
            now = now if time is None else time
            if frame.is_corrupt:
                noted.append(now)
            yield time, frame


def _packets(
    clock: Clock, container: av.container.InputContainer, stream: av.stream.Stream, damage: list[float] | None
) -> Iterator[av.Packet]:
    """The packets of a stream on the continuous time line, up to the last readable one."""
    packets, now = enumerate(container.demux(stream)), 0.0
    while True:
        try:
            number, packet = next(packets, (0, None))
        except av.FFmpegError:
            if damage is None:
                raise
            damage.append(now)
            return
        if packet is None:
            return
        if not packet.size and packet.dts is not None:
            continue  # an empty packet: decoders refuse it or treat it as the end
        retime(packet, clock, number)
        now = now if packet.pts is None else clock.seconds(packet)
        yield packet


def retime(packet: av.Packet, clock: Clock, number: int) -> None:
    """Put a packet on the continuous time line.

    Args:
        packet: a packet that was just read from the container.
        clock: the clock of its file.
        number: number of packets of the same stream that came before it; not used in a file of one part.
    """
    track = clock.tracks.get(packet.stream_index)
    if track is None:
        return
    if track.by_chunk:
        packet.pts = packet.dts
    shift = clock.shifts[track.parts[number] if number < len(track.parts) else -1] - track.lag
    if shift and packet.pts is not None:
        packet.pts += round(shift / packet.time_base)


@lru_cache(maxsize=32)
def _read_clock(path: Path, version: tuple[int, int]) -> Clock:
    with open_media(path) as container:
        kinds = set(container.format.name.split(","))
        streams = [
            stream
            for stream in (*container.streams.video, *container.streams.audio)
            if not stream.disposition & Disposition.attached_pic
        ]
        shown = {stream.index for stream in container.streams.video}
        numbers = {stream.index: stream.id for stream in streams}
        packets = read_packets(container, streams)
        begin = origin(container)
    check_joins(path, kinds, packets.places)
    parts, count = parts_of(path.name, packets.streams, packets.dts, bool(kinds & set(JOINABLE)))
    early, stamps = early_pictures(path, kinds), {}
    for index, number in numbers.items():
        own = parts[packets.streams == index]
        stamps[index] = Stamps(packets.of(index), own, kinds, index in shown, early.get(number, 0.0))
    shifts = shifts_of(list(stamps.values()), count)
    return Clock(begin, shifts, {index: stamp.track(begin, shifts) for index, stamp in stamps.items()})
