"""Write media files that are always the same for the same pictures and sounds, and the junk that archives add."""

from __future__ import annotations

import wave
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np

_LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1"}
_OPTIONS = {"libx264": {"preset": "ultrafast", "crf": "24"}, "mpeg4": {"qscale": "4"}}


def write_video(
    path: Path,
    frames: Iterable[np.ndarray],
    rate: Fraction,
    codec: str,
    sound: np.ndarray | None = None,
    sound_rate: int = 48_000,
) -> None:
    """Write RGB frames [H, W, 3] uint8 (even sizes) and, if given, AAC sound float32 [channels, samples].

    Args:
        path: the file. Its suffix chooses the container.
        frames: the pictures in order, at least one.
        rate: frames per second.
        codec: ``libx264`` or ``mpeg4``.
        sound: samples within -1..1, or None.
        sound_rate: samples per second.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as container:
        video = cast(av.VideoStream, container.add_stream(codec, rate=rate, options=_OPTIONS[codec]))
        video.pix_fmt = "yuv420p"
        video.codec_context.thread_count = 1
        if sound is not None:  # before the first picture, because the header names all streams
            audio = container.add_stream("aac", rate=sound_rate, options={"aac_coder": "fast"})
            audio.layout = _LAYOUTS[len(sound)]
        for frame in frames:
            if not video.width or video.width != frame.shape[1]:
                video.height, video.width = frame.shape[:2]
            container.mux(video.encode(av.VideoFrame.from_ndarray(frame, "rgb24")))
        container.mux(video.encode())
        if sound is not None:
            block = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound, np.float32), "fltp", audio.layout.name)
            block.sample_rate, block.pts = sound_rate, 0
            container.mux(audio.encode(block))
            container.mux(audio.encode())


def write_wav(path: Path, sound: np.ndarray, rate: int) -> None:
    """Write samples within -1..1, [samples] or [channels, samples], as 16-bit PCM."""
    path.parent.mkdir(parents=True, exist_ok=True)
    channels = np.atleast_2d(sound)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(channels))
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(channels.T, -1, 1) * 32767).round().astype("<i2").tobytes())


def write_apple_double(path: Path) -> None:
    """Write the ``._`` file that macOS archives put beside ``path``: 163 bytes that are neither media nor text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    header = bytes.fromhex("00051607000200004d6163204f5320582020202020202020")
    (path.parent / f"._{path.name}").write_bytes(header + bytes(163 - len(header)))
