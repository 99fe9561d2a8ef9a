"""Recordings joined end to end by ``cat``: read as one line where each is read by its own header, refused elsewhere."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from helpers.beeps import tone, write_sound
from helpers.clocked_media import beeping, beeps_in, joined, number_of, write_clip

from extractors.media.joins import check_joins
from extractors.media.pictures import sample_frames
from extractors.media.sound import hear
from extractors.quality.listen import measure_sound
from extractors.quality.measure import measure_pictures
from extractors.shared.clip import ClipError

TIMES = [number / 25 for number in range(50)]
FRAGMENTS = {"movflags": "frag_keyframe+empty_moov"}
WHOLE = {"video_start": None, "video_end": None, "audio_start": None, "audio_end": None, "crop": "full"}

REFUSED = {
    "three.mkv": ({}, {}, {}),
    "three.webm": ({"codec": "libvpx", "sound_codec": "libopus"},) * 3,
    "other_codec.mkv": ({}, {"codec": "mpeg4"}),
    "other_header.mkv": ({}, {"b_frames": 0}),
    "other_sound.mkv": ({}, {"sound_codec": "libmp3lame"}),
    "other_sound.avi": ({"codec": "mpeg4", "sound_codec": "mp2"}, {"codec": "mpeg4", "sound_codec": "pcm_s16le"}),
    "two.mp4": ({}, {}),
    "index_first.mp4": ({"options": {"movflags": "faststart"}},) * 2,
    "fragments.mp4": ({"options": FRAGMENTS},) * 2,
    "fragments_alone.mp4": ({"options": {"movflags": FRAGMENTS["movflags"] + "+default_base_moof"}},) * 2,
    "two.mov": ({}, {}),
    "two.3gp": ({}, {}),
    "two.flv": ({}, {}),
    "two.wmv": ({"codec": "wmv2", "sound_codec": "mp2", "b_frames": 0, "muxer": "asf"},) * 2,
    "two.mxf": ({"codec": "mpeg2video", "sound_codec": "pcm_s16le", "b_frames": 0},) * 2,
    "two.nut": ({}, {}),
}


def test_heads_are_found_wherever_they_lie_in_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extractors.media.joins.BLOCK", 256)
    head = b"RIFF1234WAVE"
    for place in range(100, 420):
        path = tmp_path / "a.wav"
        path.write_bytes(head + bytes(place - len(head)) + head + bytes(200))
        with pytest.raises(ClipError, match=rf"at byte {place} of"):
            check_joins(path, ["wav"], [])
    path.write_bytes(head + bytes(700))
    check_joins(path, ["wav"], [])


@pytest.mark.parametrize("name", REFUSED)
def test_a_recording_that_is_not_read_is_no_silent_loss(tmp_path: Path, name: str) -> None:
    parts = [
        write_clip(tmp_path / f"{part}{Path(name).suffix}", TIMES, beeping(2.0, 1.0), first=50 * part, **options)
        for part, options in enumerate(REFUSED[name])
    ]
    path = joined(tmp_path / name, *parts)
    reason = rf"^{name}: another recording begins within it, at byte \d+ of {path.stat().st_size}, which cannot be read"
    for read in (
        lambda: sample_frames(path, 0.2, 0.9, 4),
        lambda: hear(path, 0.2, 0.9),
        lambda: measure_pictures(path, [WHOLE]),
        lambda: measure_sound(path, [WHOLE]),
    ):
        with pytest.raises(ClipError, match=reason):
            read()
    assert [number_of(frame) for frame in sample_frames(parts[-1], None, None, 50).frames] == [
        50 * (len(parts) - 1) + number for number in range(50)
    ]


@pytest.mark.parametrize(
    ("suffix", "codec"), [("wav", "pcm_s16le"), ("aiff", "pcm_s16be"), ("caf", "pcm_s16be"), ("flac", "flac")]
)
def test_sounds_whose_header_counts_are_refused(tmp_path: Path, suffix: str, codec: str) -> None:
    part = write_sound(tmp_path / f"part.{suffix}", tone(16_000, 1.0, 300), 16_000, codec)
    with pytest.raises(ClipError, match=r"^both\.\w+: another recording begins within it"):
        hear(joined(tmp_path / f"both.{suffix}", part, part), None, None)
    assert hear(part, None, None).duration == pytest.approx(1.0, abs=0.001)


@pytest.mark.parametrize("codec", ["mpeg4", "libx264"])
def test_alike_parts_of_avi_are_one_line(tmp_path: Path, codec: str) -> None:
    parts = [
        write_clip(
            tmp_path / f"{part}.avi", TIMES, beeping(2.0, beep), first=50 * part, codec=codec, sound_codec="pcm_s16le"
        )
        for part, beep in enumerate((1.0, 0.52, 1.52))
    ]
    path = joined(tmp_path / "three.avi", *parts)
    sampled = sample_frames(path, None, None, 150)
    assert [number_of(frame) for frame in sampled.frames] == list(range(150))
    np.testing.assert_allclose(sampled.times, np.arange(150) / 25, atol=1e-9)
    assert beeps_in(hear(path, None, None).samples) == pytest.approx([1.0, 2.52, 5.52], abs=0.001)


def boxed(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + kind + content


def hidden_index(content: bytes) -> bytes:
    """An MP4 whose data box holds the index of another, as recorders leave it that mend their file at its end."""
    return content + boxed(b"mdat", content) + boxed(b"free", bytes(100))


TAILS: dict[str, Callable[[bytes], bytes]] = {
    "zeros.mp4": lambda content: content + bytes(100_000),
    "zeros.mkv": lambda content: content + bytes(100_000),
    "zeros.avi": lambda content: content + bytes(100_000),
    "zeros.flv": lambda content: content + bytes(100_000),
    "boxes.mp4": lambda content: (
        content + boxed(b"free", bytes(500)) + boxed(b"uuid", bytes(99)) + boxed(b"ftyp", bytes(8))
    ),
    "hidden_index.mp4": hidden_index,
    "large_box.mp4": lambda content: content + struct.pack(">I4sQ", 1, b"free", 116) + bytes(100),
    "second_riff.avi": lambda content: content + b"RIFF" + struct.pack("<I", 12) + b"AVIXJUNK" + bytes(4),
    "id3.mp4": lambda content: content + b"TAG" + bytes(125),
    "cut.mp4": lambda content: content + b"\0\0\0\x05moov",
}


@pytest.mark.parametrize("name", TAILS)
def test_what_ordinary_files_have_behind_their_packets(tmp_path: Path, name: str) -> None:
    path, codec = tmp_path / name, "mpeg4" if name.endswith("avi") else "libx264"
    write_clip(path, TIMES, beeping(2.0, 1.0), codec=codec)
    path.write_bytes(TAILS[name](path.read_bytes()))
    assert [number_of(frame) for frame in sample_frames(path, None, None, 50).frames] == list(range(50))
    assert len(beeps_in(hear(path, None, None).samples)) == 1


def test_attachments_and_an_index_behind_the_sound_of_matroska(tmp_path: Path) -> None:
    path = tmp_path / "attached.mkv"
    with av.open(str(path), "w") as container:
        sound = container.add_stream("aac", rate=16_000, layout="mono")
        container.add_attachment("letters.ttf", "font/ttf", bytes(range(256)) * 400)
        block = av.AudioFrame.from_ndarray(tone(16_000, 2.0, 300), "fltp", "mono")
        block.sample_rate, block.pts = 16_000, 0
        container.mux([*sound.encode(block), *sound.encode()])
    assert hear(path, None, None).duration == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize("tail", [b"TAG" + bytes(125), b"APETAGEX" + bytes(64), b"LIST\x04\0\0\0INFO", bytes(5000)])
@pytest.mark.parametrize(("suffix", "codec"), [("wav", "pcm_s16le"), ("flac", "flac")])
def test_tags_behind_a_sound(tmp_path: Path, suffix: str, codec: str, tail: bytes) -> None:
    path = write_sound(tmp_path / f"tagged.{suffix}", tone(16_000, 1.0, 300), 16_000, codec)
    path.write_bytes(path.read_bytes() + tail)
    assert hear(path, None, None).duration == pytest.approx(1.0, abs=0.001)
