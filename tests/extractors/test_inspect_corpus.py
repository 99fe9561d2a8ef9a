"""Each defect of a clip is found by its name, and one bad clip stops nothing."""

from __future__ import annotations

import re
from pathlib import Path

import av
import numpy as np
import pytest
from helpers.beeps import beeping, write_sound
from helpers.changed import changed
from helpers.sound_helpers import HOLED
from helpers.spoiled_release import (
    LEFT_OUT,
    RATE,
    SETTINGS,
    moving,
    row,
    tone,
    write_release,
)

from extractors.inspect_corpus import inspect_clips
from extractors.media.sound import hear
from extractors.pages.quality_pictures import choose_worst
from extractors.quality.checks import closing_sentence, judge
from extractors.quality.listen import measure_sound
from extractors.quality.measure import measure_pictures
from extractors.quality.silence import judge_silence
from extractors.shared.clip import Row
from extractors.synthetic.media import write_wav


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_release(tmp_path_factory.mktemp("release"))


SPAN = {"video_start": 1.0, "video_end": 2.0, "audio_start": 1.0, "audio_end": 2.0}
CASES: dict[str, tuple[Row, str, list[str]]] = {
    "good": (row("good"), "ok", []),
    "silent": (row("silent"), "degraded", ["silent"]),
    "black": (row("black"), "degraded", ["black"]),
    "frozen": (row("frozen"), "degraded", ["frozen"]),
    "uneven": (row("uneven"), "degraded", ["uneven"]),
    "one frame of 6 ms": (row("blink"), "ok", []),
    "no sound": (row("mute", video="mute.mp4", audio="mute.mp4"), "quarantined", ["no sound"]),
    "truncated": (row("cut", video="truncated.mp4", audio="truncated.mp4"), "quarantined", ["undecodable"]),
    "missing": (row("gone"), "quarantined", ["missing file"]),
    "rubbish sound": (row("rubbish", video="good.avi"), "quarantined", ["undecodable"]),
    "a span": (row("span", video="both.avi", audio="both.wav", **SPAN), "ok", []),
    "a span beyond the end": (
        row("late", video="both.avi", audio="both.wav", **SPAN | {"video_end": 6.0, "audio_end": 6.0}),
        "degraded",
        ["too short"],
    ),
    "a span after the end": (
        row("after", video="both.avi", audio="both.wav", **{key: value + 8 for key, value in SPAN.items()}),
        "quarantined",
        ["no pictures", "no sound"],
    ),
    "sound longer than the span": (
        row("long", video="both.avi", audio="both.wav", video_start=1.0, video_end=2.0),
        "degraded",
        ["too long"],
    ),
    "an end that caps": (row("cap", video="both.avi", audio="both.wav", video_end=9.0, audio_end=9.0), "ok", []),
    "the annotated length": (row("as told", video="good.avi", audio="good.wav", annotated_seconds=1.2), "ok", []),
    "a file shorter than annotated": (
        row("stump", video="good.avi", audio="good.wav", annotated_seconds=3.0),
        "degraded",
        ["too short"],
    ),
    "a file longer than annotated": (
        row("overrun", video="both.avi", audio="both.wav", annotated_seconds=1.0),
        "degraded",
        ["too long"],
    ),
    "an end that caps what is annotated": (
        row("capped", video="both.avi", audio="both.wav", video_end=2.0, audio_end=2.0, annotated_seconds=4.0),
        "ok",
        [],
    ),
    "damaged": (row("damaged", video="damaged.mp4", audio="both.wav"), "degraded", ["damaged picture"]),
}
CLIPS = [clip for clip, _, _ in CASES.values()] + [LEFT_OUT]


@pytest.fixture(scope="module")
def found(release: Path) -> dict[str, Row]:
    return {told["clip_id"]: told for told in inspect_clips(CLIPS, release, SETTINGS, threads=1)}


@pytest.mark.parametrize("case", CASES)
def test_each_defect_is_found_by_its_name(found: dict[str, Row], case: str) -> None:
    clip, status, findings = CASES[case]
    told = found[clip["clip_id"]]
    assert (told["status"], told["findings"]) == (status, findings), told["reason"]
    assert bool(told["reason"]) == bool(findings)


def test_a_reason_names_file_and_numbers(found: dict[str, Row]) -> None:
    assert found["cut"]["reason"] == (
        "undecodable: truncated.mp4: not readable as media (Invalid data found when processing input)"
    )
    assert "gone.avi" in found["gone"]["reason"]
    assert found["late"]["reason"].startswith("too short: pictures last 3.00 s, annotated are 5.00 s")
    assert re.match(r"silent: -8\d\.\d dBFS", found["silent"]["reason"])


def test_measurements_are_those_of_the_media(found: dict[str, Row]) -> None:
    good, span = found["good"], found["span"]
    assert (good["width"], good["height"], good["channels"], good["sample_rate"]) == (64, 48, 1, 8000)
    assert good["fps"] == pytest.approx(RATE)
    assert good["picture_seconds"] == good["sound_seconds"] == pytest.approx(1.0)
    assert good["rms_db"] == pytest.approx(20 * np.log10(0.1 / np.sqrt(2)), abs=0.1)
    assert good["luma"] == pytest.approx(np.mean(moving(10)), abs=4)
    assert span["picture_seconds"] == span["sound_seconds"] == span["annotated_seconds"] == pytest.approx(1.0)
    assert found["black"]["luma"] < 4


def test_light_is_measured_in_the_half_that_is_used(release: Path) -> None:
    left, right = measure_pictures(release / "good.avi", [row("l", crop="left"), row("r", crop="right")])
    assert right["luma"] - left["luma"] == pytest.approx(80, abs=10)
    assert left["width"] == 64


def test_times_attached_to_the_wrong_frames_do_not_stretch_a_clip(tmp_path: Path) -> None:
    path = tmp_path / "reordered.avi"  # H.264 with B-frames in AVI
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt, stream.codec_context.max_b_frames = 64, 48, "yuv420p", 2
        for picture in moving(30):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        container.mux(stream.encode())
    (measured,) = measure_pictures(path, [row("whole")])
    assert measured["picture_seconds"] == pytest.approx(3.0, abs=0.01)
    assert measured["fps"] == pytest.approx(RATE, rel=0.01)


def test_sound_is_judged_as_the_extractor_hears_it(tmp_path: Path) -> None:
    write_wav(tmp_path / "opposed.wav", np.stack([tone(1.0), -tone(1.0)]), 8000)
    (measured,) = measure_sound(tmp_path / "opposed.wav", [row("x")])
    assert measured["channels"] == 2
    assert measured["rms_db"] < -80
    told = judge(row("x") | {"annotated_seconds": None} | measured, [], SETTINGS)
    assert told["findings"] == ["cancelled"]
    told = judge(row("x") | {"annotated_seconds": None, "rms_db": float("nan")}, [], SETTINGS)
    assert told["status"] == "quarantined"


@pytest.mark.parametrize(
    ("others", "silent"),
    [
        ([-30.0] * 5 + [-47.0] * 10, [-73.0]),  # ordinary sad voices are not silent; 25 dB below -47 is
        ([-20.0] * 9, [-46.0, -53.0, -120.0]),
        ([-120.0] * 9 + [-65.0], [-120.0] * 9),  # a corpus without sound: the bound of all corpora
    ],
)
def test_silence_is_against_the_other_clips_of_the_corpus(others: list[float], silent: list[float]) -> None:
    rows = [
        row(f"{number}") | {"status": "ok", "findings": [], "reason": "", "rms_db": level}
        for number, level in enumerate([*others, *(level for level in silent if level not in others)])
    ]
    judged = judge_silence(rows, SETTINGS)
    assert sorted(told["rms_db"] for told in judged if "silent" in told["findings"]) == sorted(silent)
    assert all(told["status"] == ("degraded" if told["findings"] else "ok") for told in judged)


def test_a_quiet_clip_says_how_far_it_is_from_the_others() -> None:
    empty = {"status": "ok", "findings": [], "reason": ""}
    rows = [row(name) | empty | {"rms_db": level} for name, level in (("a", -20.0), ("b", -22.0), ("c", -60.0))]
    rows.append(row("no sound") | empty | {"rms_db": None})
    judged = judge_silence(rows, SETTINGS)
    assert judged[2]["reason"] == "silent: -60.0 dBFS, 38 dB below the median of the corpus"
    assert [told["status"] for told in judged] == ["ok", "ok", "degraded", "ok"]


@pytest.mark.parametrize("name", ["aac.mp4", "opus.webm"])
def test_holes_are_found_where_extraction_hears_them(name: str, tmp_path: Path) -> None:
    codec, pictures = HOLED[name]
    path = tmp_path / name
    write_sound(path, beeping(48_000)[None], 48_000, codec, pictures=pictures, dropped=(1.5, 3.5), picture_seconds=11)
    spans = [(None, None), (0.5, 3.0), (2.0, 3.0), (5.0, 10.0), (9.0, 10.0), (12.0, 13.0)]
    clips = [row(name) | {"audio_start": start, "audio_end": end} for start, end in spans]
    for clip, measured in zip(clips[:-1], measure_sound(path, clips), strict=False):
        heard = hear(path, clip["audio_start"], clip["audio_end"])
        assert measured["sound_seconds"] == pytest.approx(heard.duration, abs=1e-4)
        assert measured["sound_gap"] == pytest.approx(heard.duration - heard.held, abs=1e-4)
        assert measured["rms_db"] == heard.decibels
    assert measure_sound(path, clips)[-1]["sound_seconds"] is None
    told = judge(clips[0] | {"annotated_seconds": None} | measure_sound(path, clips[:1])[0], [], SETTINGS)
    assert told["findings"] == ["holes"]
    assert re.match(r"holes: (1\.9|2\.0)\d s of its 8\.0\d s hold no sound", told["reason"])


def test_threads_change_nothing(release: Path, found: dict[str, Row]) -> None:
    assert inspect_clips(CLIPS, release, SETTINGS, threads=3) == list(found.values())


def test_faces_are_looked_for_when_asked(release: Path) -> None:
    good, gone = inspect_clips([row("good"), row("gone")], release, changed(SETTINGS, face_rate=True), threads=2)
    assert good["face_rate"] == 0.0
    assert good["findings"] == ["few faces"]
    assert gone.get("face_rate") is None


def test_the_closing_sentence_adds_up(found: dict[str, Row]) -> None:
    sentence = closing_sentence(list(found.values()))
    usable, degraded, excluded = map(int, re.findall(r"(\d+) (?:clips usable|of them degraded|excluded)", sentence))
    statuses = [told["status"] for told in found.values()]
    assert usable + excluded == len(CLIPS)
    assert degraded == statuses.count("degraded") == 9
    assert excluded == statuses.count("quarantined") + 1
    assert "2 × undecodable" in sentence
    assert "for other reasons" in sentence
    assert closing_sentence([found["good"]]) == "meld: 1 clips usable, 0 of them degraded, 0 excluded."


def test_worst_clips_are_of_every_kind(found: dict[str, Row]) -> None:
    with_pictures = [told for told in found.values() if told["findings"] and told.get("width")]
    kinds = {told["findings"][0] for told in with_pictures}
    chosen = choose_worst(list(found.values()), len(kinds))
    assert {told["findings"][0] for told in chosen} == kinds >= {"silent", "black", "frozen", "no sound"}
    assert len(choose_worst(list(found.values()), 99)) == len(with_pictures)
    assert choose_worst([found["good"], found["gone"]], 7) == []
