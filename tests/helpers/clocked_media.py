"""Media whose moments are known: a number drawn into every picture, a flash and a beep at given seconds."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

SOUND_RATE = 48_000
BITS = 8
"""Columns of a picture that tell its number, one bit each."""


def numbered(number: int) -> np.ndarray:
    """A picture, uint8 RGB [32, 64, 3], of eight bars that are white where its number has a bit."""
    bars = [255 * (number >> bit & 1) for bit in range(BITS)]
    return np.broadcast_to(np.repeat(np.uint8(bars), 8)[None, :, None], (32, 64, 3)).copy()


def number_of(picture: np.ndarray) -> int:
    """The number drawn into a picture, of any size."""
    bars = picture[..., 0].mean(axis=0).reshape(BITS, -1).mean(axis=1) > 127
    return int(sum(1 << bit for bit in range(BITS) if bars[bit]))


def beeping(seconds: float, *beeps: float) -> np.ndarray:
    """A sound, float32 [1, samples], of 1 kHz for 50 ms from each second in ``beeps``."""
    time = np.arange(round(seconds * SOUND_RATE)) / SOUND_RATE
    heard = sum((time >= beep) & (time < beep + 0.05) for beep in beeps)
    return np.float32(0.8 * np.sin(2 * np.pi * 1000 * time) * heard)[None]


def write_clip(
    path: Path,
    times: Sequence[float],
    sound: np.ndarray | None = None,
    *,
    first: int = 0,
    codec: str = "libx264",
    rate: int = 25,
    sound_codec: str = "aac",
    video_at: float = 0.0,
    sound_at: float = 0.0,
    b_frames: int = 2,
    gop: int = 12,
    muxer: str | None = None,
    options: dict[str, str] | None = None,
) -> Path:
    """Write numbered pictures at ``times`` and a sound, each stream moved by some seconds, interleaved by time."""
    with av.open(str(path), "w", format=muxer, options=options or {}) as container:
        unit = Fraction(1, rate if codec.startswith("mpeg") or path.suffix in (".avi", ".mpg") else 1000)
        video = container.add_stream(codec, rate=rate)
        video.width, video.height, video.pix_fmt = 64, 32, "yuv420p"
        video.codec_context.time_base = unit
        video.codec_context.gop_size, video.codec_context.max_b_frames = gop, b_frames
        audio = None if sound is None else container.add_stream(sound_codec, rate=SOUND_RATE, layout="mono")
        packets = []
        for number, time in enumerate(times):
            frame = av.VideoFrame.from_ndarray(numbered(first + number), "rgb24")
            frame.pts, frame.time_base = round((time + video_at) / unit), unit
            packets += video.encode(frame)
        packets += video.encode()
        if sound is not None:
            block = av.AudioFrame.from_ndarray(sound, "fltp", "mono")
            block.sample_rate, block.pts, block.time_base = (
                SOUND_RATE,
                round(sound_at * SOUND_RATE),
                Fraction(1, SOUND_RATE),
            )
            packets += [*audio.encode(block), *audio.encode()]
        for packet in sorted(packets, key=lambda packet: packet.dts * packet.time_base):
            container.mux(packet)
    return path


def joined(path: Path, *parts: Path) -> Path:
    """Files one after the other, as ``cat`` joins them."""
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    return path


def beeps_in(sound: np.ndarray, rate: int = 16_000) -> list[float]:
    """Seconds at which it becomes loud, at least 0.2 s after it was loud before."""
    loud = np.flatnonzero(np.abs(sound) > 0.3) / rate
    return [float(time) for number, time in enumerate(loud) if number == 0 or time - loud[number - 1] > 0.2]
