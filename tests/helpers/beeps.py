"""Sounds with beeps at known seconds or tones of known height, written with holes, delays and odd time stamps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

BEEPS = (1.0, 4.0, 6.0)
"""Seconds at which :func:`beeping` beeps."""

SECONDS = 8.0


def beeping(rate: int, seconds: float = SECONDS, at: Sequence[float] = BEEPS, pitch: float = 1000.0) -> np.ndarray:
    """Beeps of a tenth of a second in a soft hum, float32 [n]: a digital silence would hide what is left out."""
    time = np.arange(round(rate * seconds)) / rate
    sound = 0.005 * np.sin(2 * np.pi * 200 * time)
    for begin in at:
        on = (time >= begin) & (time < begin + 0.1)
        sound[on] += 0.5 * np.sin(2 * np.pi * pitch * time[on])
    return sound.astype(np.float32)


def tone(rate: int, seconds: float, pitch: float, channels: int = 1) -> np.ndarray:
    """The same tone in every channel, float32 [channels, n]."""
    wave = 0.3 * np.sin(2 * np.pi * pitch * np.arange(round(rate * seconds)) / rate)
    return np.repeat(wave[None].astype(np.float32), channels, axis=0)


def beeps_in(sound: np.ndarray, rate: int = 16_000) -> list[float]:
    """Seconds at which the beeps of a sound [n] begin."""
    loud = np.flatnonzero(np.abs(sound) > 0.1)
    return [] if not len(loud) else (loud[np.diff(loud, prepend=-rate) > rate // 5] / rate).tolist()


def pitch_of(sound: np.ndarray, rate: int = 16_000) -> float:
    """Hertz of the strongest tone of a sound [n]."""
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    return float(spectrum.argmax() * rate / len(sound))


def encode(
    container: av.container.OutputContainer,
    codec: str,
    sound: np.ndarray,
    rate: int,
    layout: str = "mono",
    **options: str,
) -> list[av.Packet]:
    """Add a stream to a file and encode float32 [channels, n] into packets, which are not yet written."""
    stream = container.add_stream(codec, rate=rate, layout=layout, options=options)
    fit = av.AudioResampler(format=stream.codec_context.format, layout=layout, rate=rate)
    packets = []
    for begin in range(0, sound.shape[1], 960):
        block = np.ascontiguousarray(sound[:, begin : begin + 960].T.reshape(1, -1))
        frame = av.AudioFrame.from_ndarray(block, "flt", layout)
        frame.sample_rate, frame.pts, frame.time_base = rate, begin, Fraction(1, rate)
        for part in fit.resample(frame):
            packets += stream.encode(part)
    return packets + stream.encode()


def still(container: av.container.OutputContainer, codec: str, seconds: float) -> list[av.Packet]:
    """Add grey pictures at 25 a second to a file."""
    stream = container.add_stream(codec, rate=25)
    stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
    packets = []
    for number in range(round(25 * seconds)):
        frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), number % 200, np.uint8), "rgb24")
        frame.pts, frame.time_base = number, Fraction(1, 25)
        packets += stream.encode(frame)
    return packets + stream.encode()


def write_sound(
    path: Path,
    sound: np.ndarray,
    rate: int,
    codec: str,
    *,
    layout: str = "mono",
    pictures: str = "",
    picture_seconds: float = SECONDS,
    muxer: str | None = None,
    dropped: tuple[float, float] | None = None,
    moved: Callable[[float], float] = lambda time: time,
    delay: float = 0.0,
    picture_delay: float = 0.0,
) -> Path:
    """Write a sound float32 [channels, n].

    Args:
        path: of the file.
        sound: its samples.
        rate: of the samples.
        codec: of the sound.
        layout: of its channels.
        pictures: the codec of grey pictures to go with it, if any.
        picture_seconds: how long those go on.
        muxer: of the container, if the name does not say it.
        dropped: packets that begin between these two times are left out.
        moved: gives a packet's time stamp for its true time.
        delay: seconds by which the sound is late.
        picture_delay: seconds by which the pictures are late.
    """
    with av.open(str(path), "w", format=muxer) as container:
        packets = encode(container, codec, sound, rate, layout)
        packets = [packet for packet in packets if not (dropped and dropped[0] <= _time(packet) < dropped[1])]
        for packet in packets:
            _move(packet, moved(_time(packet)) + delay)
        if pictures:
            shown = still(container, pictures, picture_seconds)
            for packet in shown:
                _move(packet, _time(packet) + picture_delay)
            packets += shown
        for packet in sorted(packets, key=lambda packet: float(packet.dts * packet.time_base)):
            container.mux(packet)
    return path


def _time(packet: av.Packet) -> float:
    return float(packet.pts * packet.time_base)


def _move(packet: av.Packet, time: float) -> None:
    shift = round((time - _time(packet)) / packet.time_base)
    packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
