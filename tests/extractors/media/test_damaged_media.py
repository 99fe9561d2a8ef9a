"""Whatever a file is like, its clip ends in a status, and in a reason that names the file where nothing came of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers import audio as of_audio
from helpers import odd_media as odd
from helpers import visual as of_visual
from helpers.changed import changed
from helpers.odd_media import hum, pictures
from helpers.toy_extractor import make_clips

from extractors.features.clip_extraction import Task, build_extractor
from extractors.write_backbone import write_backbone

CPU = torch.device("cpu")
SETTINGS = {
    "audio": changed(of_audio.TYPED, window=1),
    "visual": changed(of_visual.TYPED, window=1, frames=8),
}

OK = ("ok", "^$")
NO_MEDIA = ("failed", r"^{name}: not readable as media \(")
NO_FILE = ("failed", "^{name}: no such file$")
DAMAGED = ("failed", "^{name}: its sound has samples that are NaN, infinite or impossibly loud$")
NO_SOUND = ("failed", "^{name}: has no sound$")
NO_PICTURES = ("failed", "^{name}: has no pictures$")
EMPTY = ("failed", "^{name}: no sound in"), ("failed", "^{name}: no pictures in")
HOLED = ("degraded", r"^0\.\d\d s of its 1\.\d\d s hold no sound$")
CUT_SHORT = ("degraded", r"^the (?:sound is|pictures are) \d\.\d\d s shorter than the clip$")
FACELESS = ("degraded", "^no face in 8 of 8 frames$")


@dataclass(frozen=True)
class Kind:
    """A kind of file: its name, who writes it, and what becomes of it: status and pattern of the reason."""

    name: str
    write: Callable[[Path], object]
    audio: tuple[str, str] = OK
    visual: tuple[str, str] = OK
    times: tuple[float | None, float | None] = (None, None)


def video(name: str, visual: tuple[str, str] = OK, **changes: object) -> Kind:
    """A kind of video without sound."""
    return Kind(name, partial(odd.write_media, **{"frames": pictures()} | changes), NO_SOUND, visual)


def sound(name: str, samples: np.ndarray, audio: tuple[str, str] = OK, **changes: object) -> Kind:
    """A kind of sound without pictures."""
    return Kind(name, partial(odd.write_sound, sound=samples, **changes), audio, NO_PICTURES)


def timed(name: str, start: float | None, end: float | None, audio: tuple[str, str], visual: tuple[str, str]) -> Kind:
    """A talk of one second, cut at odd times."""
    return Kind(name, odd.write_talk, audio, visual, (start, end))


KINDS = [
    Kind("whole.mp4", odd.write_talk),
    Kind("index_lost.mp4", partial(odd.write_cut, share=0.6), NO_MEDIA, NO_MEDIA),
    Kind(
        "index_kept.mp4", partial(odd.write_cut, share=0.6, muxer_options={"movflags": "faststart"}), *[CUT_SHORT] * 2
    ),
    Kind("index_lost.avi", partial(odd.write_cut, share=0.8, codec="mpeg4", sound_codec="mp2"), *[CUT_SHORT] * 2),
    Kind("header_only.mp4", partial(odd.write_cut, share=0.01), NO_MEDIA, NO_MEDIA),
    Kind("zero_bytes.mp4", Path.touch, NO_MEDIA, NO_MEDIA),
    Kind("text.mp4", lambda path: path.write_text("I am no film at all.\n" * 50), NO_MEDIA, NO_MEDIA),
    Kind("folder.mp4", Path.mkdir, NO_FILE, NO_FILE),
    Kind("absent.mp4", lambda path: None, NO_FILE, NO_FILE),
    Kind("an_mp4.avi", partial(odd.write_talk, muxer="mp4")),
    sound("a_wav.mp3", hum()),
    Kind("no_video_stream.mp4", partial(odd.write_talk, frames=None), OK, NO_PICTURES),
    video("no_audio_stream.mp4"),
    Kind("no_seconds.mkv", odd.write_without_content, NO_MEDIA, NO_MEDIA),
    Kind("no_seconds.avi", partial(odd.write_without_content, codec="mpeg4", sound_codec="mp2"), *EMPTY),
    Kind("no_samples.wav", partial(odd.write_claiming, samples=0, claimed=0), EMPTY[0], NO_PICTURES),
    Kind("one_frame.mp4", partial(odd.write_talk, frames=pictures(1))),
    video("odd_sides.mkv", codec="ffv1", pixels="bgr0", frames=[picture[:143, :159] for picture in pictures()]),
    video("odd_sides.mp4", pixels="yuv444p", frames=[picture[:143, :159] for picture in pictures()]),
    video("one_pixel.mkv", FACELESS, codec="ffv1", pixels="bgr0", frames=[np.zeros((1, 1, 3), "u1")] * 3),
    video("a_line.mkv", FACELESS, codec="ffv1", pixels="bgr0", frames=[np.zeros((2, 4000, 3), "u1")] * 2),
    Kind("turned.mp4", odd.write_turned),
    video("grey.mp4", pixels="gray"),
    video("grey.avi", codec="mjpeg", pixels="yuvj420p"),
    video("ten_bits.mp4", pixels="yuv420p10le"),
    video("alpha.mov", codec="png", pixels="rgba"),
    video("rgb.mov", codec="png", pixels="rgb24"),
    video("palette.gif", codec="gif", pixels="rgb8"),
    video("variable_rate.mp4", times=[0, 1, 3, 20, 21, 50, 51, 52, 90, 300]),
    video("interlaced.mp4", options={"flags": "+ilme+ildct", "x264-params": "tff=1"}),
    video("without_times.h264", muxer="h264"),
    Kind("times_begin_again.ts", odd.write_joined),
    Kind(
        "size_changes.ts", partial(odd.write_joined, frames=[np.pad(p, ((0, 16), (0, 32), (0, 0))) for p in pictures()])
    ),
    Kind("scratched.mp4", odd.write_scratched, HOLED),
    Kind("song_with_cover.m4a", odd.write_song, OK, NO_PICTURES),
    sound("eight_khz.wav", hum(8000), rate=8000),
    sound("mu_law.wav", hum(8000), codec="pcm_mulaw", rate=8000),
    sound("compact_disc.wav", hum(44_100, channels=2), rate=44_100, layout="stereo"),
    Kind("six_channels.mp4", partial(odd.write_talk, sound=hum(48_000, channels=6), rate=48_000, layout="5.1")),
    sound("24_bits.wav", hum(), codec="pcm_s24le"),
    Kind("cut.wav", odd.write_cut_sound, CUT_SHORT, NO_PICTURES),
    Kind("header_too_long.wav", partial(odd.write_claiming, claimed=2**31), OK, NO_PICTURES),
    Kind("header_too_short.wav", partial(odd.write_claiming, claimed=8000), OK, NO_PICTURES),
    Kind("header_of_zero.wav", partial(odd.write_claiming, claimed=0), OK, NO_PICTURES),
    sound("silent.wav", np.zeros((1, 16_000), "f4"), audio=("degraded", "^the sound is silent$")),
    Kind("nan.wav", partial(odd.write_bad_floats, value=np.nan), DAMAGED, NO_PICTURES),
    Kind("infinite.wav", partial(odd.write_bad_floats, value=-np.inf), DAMAGED, NO_PICTURES),
    Kind("enormous.wav", partial(odd.write_bad_floats, value=3e38), DAMAGED, NO_PICTURES),
    timed("inside.mp4", 0.2, 0.6, OK, OK),
    timed(
        "before_the_start.mp4",
        -0.5,
        0.5,
        ("degraded", r"^the sound is 0\.50 s shorter than the clip$"),
        ("degraded", r"^the pictures are 0\.50 s shorter than the clip$"),
    ),
    timed(
        "end_beyond.mp4",
        0.5,
        3.0,
        ("degraded", r"^the sound is 1\.98 s shorter than the clip$"),
        ("degraded", r"^the pictures are 1\.98 s shorter than the clip$"),  # the last one stays while the sound goes on
    ),
    timed(
        "all_beyond.mp4",
        5.0,
        6.0,
        ("failed", r"^{name}: no sound in its seconds 5\.0 to 6\.0$"),
        ("failed", r"^{name}: no pictures in its seconds 5\.0 to 6\.0$"),
    ),
    timed(
        "backwards.mp4",
        0.8,
        0.2,
        ("failed", r"^{name}: no sound in its seconds 0\.8 to 0\.2$"),
        ("failed", r"^{name}: no pictures in its seconds 0\.8 to 0\.2$"),
    ),
    timed("ends_at_zero.mp4", None, 0.0, *EMPTY),
    timed("nan_times.mp4", float("nan"), 0.5, ("failed", "^{name}: "), ("failed", "^{name}: ")),
]


@pytest.fixture(scope="module")
def tasks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Task]:
    folder, found = tmp_path_factory.mktemp("backbones"), {}
    for modality, settings in SETTINGS.items():
        write_backbone(modality, 0, folder / modality)
        extractor = build_extractor(modality, str(folder / modality), settings, CPU)
        found[modality] = Task(modality, folder, extractor, settings, "cpu")
    return found


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release")
    for kind in KINDS:
        kind.write(folder / kind.name)
    return folder


def clip_of(kind: Kind, release: Path) -> dict:
    (clip,) = make_clips(["text"])
    clip |= {"audio": str(release / kind.name), "video": str(release / kind.name)}
    times = dict.fromkeys(("audio_start", "video_start"), kind.times[0])
    return clip | times | dict.fromkeys(("audio_end", "video_end"), kind.times[1])


@pytest.mark.parametrize("modality", SETTINGS)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_each_kind_ends_in_a_status(kind: Kind, modality: str, release: Path, tasks: dict[str, Task]) -> None:
    status, reason = getattr(kind, modality)
    task, clip = tasks[modality], clip_of(kind, release)
    ((frames, row),) = task.finish([task.prepare(clip, task.identify(clip))])
    assert (row["status"], row["reason"]) == (status, row["reason"])
    assert re.search(reason.format(name=re.escape(kind.name)), row["reason"]), row["reason"]
    assert bool(len(frames)) == (status != "failed")
    assert np.isfinite(frames).all()


@pytest.mark.slow
@pytest.mark.parametrize("modality", SETTINGS)
def test_no_kind_harms_its_neighbours(modality: str, release: Path, tasks: dict[str, Task]) -> None:
    task = tasks[modality]
    clips = [clip_of(kind, release) for kind in KINDS]
    together = task.finish([task.prepare(clip, {}) for clip in clips])
    for clip, (frames, row) in zip(clips, together, strict=True):
        alone, row_alone = task.finish([task.prepare(clip, {})])[0]
        assert (row["status"], row["reason"]) == (row_alone["status"], row_alone["reason"])
        np.testing.assert_allclose(frames.astype("f4"), alone.astype("f4"), rtol=0, atol=1e-2)
