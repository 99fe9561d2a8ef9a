"""Media files as archives and recorders really leave them: whole, odd or damaged, each written by a small function."""

from __future__ import annotations

import random
import wave
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from helpers.drawn_faces import frame_with_face

RATE = 16_000
SIDES = (144, 160)
"""Height and width of the pictures, each with one face."""


def pictures(count: int = 10) -> list[np.ndarray]:
    """A face that moves to the right."""
    return [frame_with_face(8 + number, 8, *SIDES) for number in range(count)]


def hum(rate: int = RATE, seconds: float = 1.0, channels: int = 1) -> np.ndarray:
    """A tone in each channel, float32 [channels, samples]."""
    time = np.arange(round(rate * seconds)) / rate
    return np.stack([0.3 * np.sin(2 * np.pi * 150 * (1 + channel) * time) for channel in range(channels)], dtype="f4")


def write_media(
    path: Path,
    frames: list[np.ndarray] | None = None,
    sound: np.ndarray | None = None,
    *,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    times: list[int] | None = None,
    turned: int = 0,
    sound_codec: str = "aac",
    rate: int = RATE,
    layout: str = "mono",
    muxer: str | None = None,
    options: dict[str, str] | None = None,
    muxer_options: dict[str, str] | None = None,
) -> None:
    """Write frames uint8 RGB at 10 a second (or at ``times``, in hundredths) and sound float32 [channels, samples]."""
    with av.open(str(path), "w", format=muxer, options=muxer_options or {}) as container:
        video = audio = None
        if frames is not None:
            video = container.add_stream(codec, rate=10, options=options or {})
            video.height, video.width = frames[0].shape[:2]
            video.pix_fmt = pixels
            video.codec_context.time_base = Fraction(1, 100)
            if turned:
                video.set_display_rotation(turned)
        if sound is not None:
            audio = container.add_stream(sound_codec, rate=rate, layout=layout)
        for number, picture in enumerate(frames or ()):
            frame = av.VideoFrame.from_ndarray(picture, "rgb24")
            frame.pts, frame.time_base = times[number] if times else 10 * number, Fraction(1, 100)
            container.mux(video.encode(frame))
        if video is not None:
            container.mux(video.encode())
        if audio is not None:
            block = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound), "fltp", layout)
            block.sample_rate, block.pts = rate, 0
            container.mux(audio.encode(block))
            container.mux(audio.encode())


def write_talk(path: Path, **changes: Any) -> None:
    """One second of a face and a hum."""
    write_media(path, **{"frames": pictures(), "sound": hum()} | changes)


def write_cut(path: Path, share: float, **changes: Any) -> None:
    """A talk of which only the first ``share`` of the bytes arrived."""
    write_talk(path, **changes)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])


def write_scratched(path: Path) -> None:
    """A talk whose middle was overwritten with noise."""
    write_talk(path, muxer_options={"movflags": "faststart"})
    content = bytearray(path.read_bytes())
    begin, end = len(content) // 2, len(content) // 2 + 600
    content[begin:end] = random.Random(0).randbytes(end - begin)
    path.write_bytes(content)


def write_joined(path: Path, **changes: Any) -> None:
    """Two transport streams one after the other, so that the times begin again; the second one as ``changes`` say."""
    write_talk(path)
    first = path.read_bytes()
    write_talk(path, **changes)
    path.write_bytes(first + path.read_bytes())


def write_turned(path: Path) -> None:
    """Pictures that lie on their side, with the note in the header that turns them upright."""
    write_talk(path, frames=[np.ascontiguousarray(np.rot90(picture, -1)) for picture in pictures()], turned=90)


def write_song(path: Path) -> None:
    """A sound whose only pictures are its cover."""
    with av.open(str(path), "w", format="mp4") as container:
        audio = container.add_stream("aac", rate=RATE, layout="mono")
        cover = container.add_stream("png", rate=1)
        cover.height, cover.width, cover.pix_fmt = *SIDES, "rgb24"
        cover.disposition = av.stream.Disposition.attached_pic
        container.mux(cover.encode(av.VideoFrame.from_ndarray(pictures(1)[0], "rgb24")))
        container.mux(cover.encode())
        block = av.AudioFrame.from_ndarray(hum(), "fltp", "mono")
        block.sample_rate, block.pts = RATE, 0
        container.mux(audio.encode(block))
        container.mux(audio.encode())


def write_without_content(path: Path, codec: str = "libx264", sound_codec: str = "aac") -> None:
    """The header of a film that was never recorded."""
    with av.open(str(path), "w") as container:
        video = container.add_stream(codec, rate=10)
        video.height, video.width, video.pix_fmt = *SIDES, "yuv420p"
        container.add_stream(sound_codec, rate=RATE, layout="mono")
        container.start_encoding()


def write_sound(path: Path, sound: np.ndarray, codec: str = "pcm_s16le", **changes: Any) -> None:
    """A WAV file, whatever its name."""
    write_media(path, sound=sound, sound_codec=codec, muxer="wav", **changes)


def write_claiming(path: Path, claimed: int, samples: int = RATE) -> None:
    """A sound whose header claims ``claimed`` bytes, as a recorder that lost power leaves it."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((hum()[0, :samples] * 32767).astype("<i2").tobytes())
    content = bytearray(path.read_bytes())
    content[40:44] = claimed.to_bytes(4, "little")
    path.write_bytes(content)


def write_cut_sound(path: Path) -> None:
    """A sound whose second half did not arrive."""
    write_sound(path, hum())
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def write_bad_floats(path: Path, value: float) -> None:
    """Float samples of which one is no number that a sound can have."""
    sound = hum()
    sound[0, 5000] = value
    write_sound(path, sound, "pcm_f32le")
