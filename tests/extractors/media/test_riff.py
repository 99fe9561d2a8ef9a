"""Headers of sound files whose sizes are wrong, unknown or too small to believe."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from helpers.beeps import tone, write_sound
from helpers.wav_files import RATE

from extractors.media.riff import counted_share
from extractors.media.sound import hear


def riff(samples: int = RATE, whole: int | None = None, data: int | None = None, kind: bytes = b"RIFF") -> bytes:
    """A WAV file of 16 bits with any sizes in its header; of RF64 and BW64 the true ones are in ``ds64``."""
    content = (tone(RATE, samples / RATE, 200)[0] * 2**15).astype("<i2").tobytes()
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, RATE, 2 * RATE, 2, 16)
    if kind != b"RIFF":
        form = struct.pack("<4sIQQQI", b"ds64", 28, len(content) + 72, len(content), samples, 0) + form
    sizes = (len(content) + len(form) + 12 if whole is None else whole, len(content) if data is None else data)
    return struct.pack("<4sI4s", kind, sizes[0], b"WAVE") + form + struct.pack("<4sI", b"data", sizes[1]) + content


UNKNOWN = [
    (0, 0),
    (0x7FFFF024, 0x7FFFF000),
    (0x7FFFFFFF, 0x7FFFFFFF),
    (0x80000024, 0x80000000),
    (0xFFFFFFF7, 0xFFFFFFD3),
    (0xFFFFFFFF, 0xFFFFFFFF),
    (0xFFFFFFFF, 0xFFFFFFDB),
]


@pytest.mark.parametrize(("whole", "data"), [*UNKNOWN, *((whole, None) for whole, _ in UNKNOWN), (None, 0xFFFFFFFF)])
def test_sizes_of_a_pipe_announce_nothing(whole: int | None, data: int | None, tmp_path: Path) -> None:
    path = tmp_path / "piped.wav"
    path.write_bytes(riff(whole=whole, data=data))
    heard = hear(path, None, None)
    assert (heard.duration, heard.missing) == (1.0, 0.0)


@pytest.mark.parametrize("kind", [b"RIFF", b"RF64", b"BW64"])
@pytest.mark.parametrize("whole", [None, 0, 0xFFFFFFFF])
def test_a_wav_that_was_cut_off_lacks_the_rest(kind: bytes, whole: int | None, tmp_path: Path) -> None:
    """The size of the data tells it where that of the file does not."""
    path = tmp_path / "cut.wav"
    path.write_bytes(riff(whole=whole, kind=kind)[:-RATE])
    heard = hear(path, None, None)
    assert heard.duration == pytest.approx(0.5, abs=0.01)
    assert heard.missing == pytest.approx(0.5, abs=0.01)


def test_three_of_a_real_four_gigabytes_are_cut_off_and_not_piped(tmp_path: Path) -> None:
    path = tmp_path / "large.wav"
    path.write_bytes(riff(whole=3 * 2**30 + 36, data=3 * 2**30))
    assert counted_share(path) == pytest.approx(3 * 2**30 / (2 * RATE))


def test_a_list_behind_the_sound_is_no_sound(tmp_path: Path) -> None:
    path = tmp_path / "listed.wav"
    path.write_bytes(riff(whole=2 * RATE + 36 + 20_000))
    assert hear(path, None, None).missing == 0


@pytest.mark.parametrize(("name", "codec"), [("a.aiff", "pcm_s16be"), ("a.flac", "flac")])
def test_other_headers_that_count_samples_tell_what_lacks(name: str, codec: str, tmp_path: Path) -> None:
    random = np.random.default_rng(0).uniform(-0.2, 0.2, (1, 4 * RATE)).astype(np.float32)
    path = write_sound(tmp_path / name, random, RATE, codec)
    assert hear(path, None, None).missing == 0
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    heard = hear(path, None, None)
    assert heard.missing == pytest.approx(2, abs=0.3)
    assert heard.missing + heard.duration == pytest.approx(4, abs=0.001)


@pytest.mark.parametrize("name", ["a.au", "a.caf", "a.aiff"])
def test_other_sizes_of_a_pipe_announce_nothing(name: str, tmp_path: Path) -> None:
    path = write_sound(tmp_path / name, tone(RATE, 1, 200), RATE, "pcm_s16be")
    content = bytearray(path.read_bytes())
    if name == "a.au":
        content[8:12] = b"\xff" * 4
    elif name == "a.caf":
        place = content.index(b"data", 20) + 4
        content[place : place + 8] = b"\xff" * 8
    else:
        for mark, offset in ((b"COMM", 10), (b"SSND", 4)):
            place = content.index(mark) + offset
            content[place : place + 4] = b"\x7f\xff\xff\xff"
    path.write_bytes(content)
    heard = hear(path, None, None)
    assert (heard.duration, heard.missing) == (1.0, 0.0)
