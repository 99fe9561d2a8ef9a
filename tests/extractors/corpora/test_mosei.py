"""CMU-MOSEI's reader on tiny releases written by hand, one oddity of the real release at a time."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers import releases
from helpers.releases import read

from extractors.corpora.counts import load_published
from extractors.corpora.mosei import Said, join
from extractors.corpora.mosei_folds import parse_folds, read_folds
from extractors.corpora.mosei_labels import Intensities, label
from extractors.shared.clip import CLASSES
from extractors.shared.program import UserError

HAPPY = [1.0, 2 / 3, 0, 0, 0, 0, 0]
FOLDS = {"train": ["aaaaaaaaaaa"], "valid": ["-bb___bbbbb"], "test": ["12345"]}


def one_each() -> dict:
    return {video: [(0.0, 2.0, HAPPY)] for (video,) in FOLDS.values()}


def test_mosei_rows_join_by_times_and_not_by_row(tmp_path: Path) -> None:
    segments = one_each() | {
        "aaaaaaaaaaa": [(-0.2, 2.0, HAPPY), (9.0, 11.0, [0] * 7), (4.0, 6.0, HAPPY)],  # clips 0, 10, 2: lexical order
    }
    said = ("0___-0.2___2.0___first", "2___4.001___6.0___a ___ b_c", "10___9.0___11.0___last")
    text = "".join(f"aaaaaaaaaaa___{line}\n" for line in said)
    clips = read("mosei", releases.mosei(tmp_path, segments, {"aaaaaaaaaaa": text}, FOLDS))
    assert clips["aaaaaaaaaaa_10"].text == "last"
    assert clips["aaaaaaaaaaa_10"].label == "neutral"
    assert clips["aaaaaaaaaaa_2"].text == "a ___ b_c"
    first = clips["aaaaaaaaaaa_0"]
    assert (first.video_start, first.video_end, first.audio_start) == (0.0, 2.0, 0.0)
    assert first.video == first.audio == "Raw/Videos/Full/Combined/aaaaaaaaaaa.mp4"
    assert clips["12345_row0"].reason == "no transcript"
    assert {clip.speaker for clip in clips.values()} == {"aaaaaaaaaaa", "-bb___bbbbb", "12345"}


@pytest.mark.parametrize("video", ["-bb___bbbbb", "-_0123456_-", "12345"])
def test_mosei_names_of_videos_may_begin_and_hold_anything_but_letters(tmp_path: Path, video: str) -> None:
    segments = {video: [(0.0, 2.0, HAPPY), (3.0, 5.0, HAPPY)]}
    said = {video: f"{video}___10___3.0___5.0___b___c\n{video}___2___0.0___2.0___a\n"}
    root = releases.mosei(tmp_path, segments, said, {"train": [video], "valid": [], "test": []})
    clips = {clip.clip_id: clip for clip in releases.clips_of("mosei", root)}
    assert {name: clip.text for name, clip in clips.items()} == {f"{video}_2": "a", f"{video}_10": "b___c"}
    assert all(clip.status == "ok" and not clip.reason for clip in clips.values())


def test_mosei_transcripts_in_both_layouts(tmp_path: Path) -> None:
    root = releases.mosei(tmp_path, one_each(), {}, FOLDS)
    for folder, text in (
        ("Raw/Transcript/Full/Combined", "whole"),
        ("Raw/Transcript/Full/Alignment/P2FA/Combined", "aligned"),
        ("Elsewhere", "stray"),
    ):
        releases.write(root / folder / "12345.txt", f"12345___0___0.0___2.0___{text}\n")
    assert read("mosei", root)["12345_row0"].text == ""
    for folder in ("Raw/Transcript/Combined", "Raw/Transcript/Segmented/Combined"):
        releases.write(root / folder / "12345.txt", f"12345___0___0.0___2.0___{folder}\n")
        assert read("mosei", root)["12345_0"].text == folder


def test_mosei_tolerance_is_the_rules(tmp_path: Path) -> None:
    text = "12345___7___0.02___2.0___so\n12345___8___50.0___52.0___other\n"
    root = releases.mosei(tmp_path, one_each(), {"12345": text}, FOLDS)
    assert "12345_row0" in read("mosei", root)
    assert read("mosei", root, time_tolerance=0.05)["12345_7"].text == "so"


def test_mosei_long_segments_are_cut_short(tmp_path: Path) -> None:
    segments = one_each() | {"12345": [(-0.03, 109.4, HAPPY), (5.0, 65.0, HAPPY)]}
    clips = read("mosei", releases.mosei(tmp_path, segments, {}, FOLDS))
    long, whole = clips["12345_row0"], clips["12345_row1"]
    assert (long.video_start, long.video_end, long.audio_start, long.audio_end) == (0.0, 60.0, 0.0, 60.0)
    assert (long.status, long.reason) == ("ok", "no transcript; 109.4 s long; its first 60 s are used")
    assert (whole.video_end, whole.reason) == (65.0, "no transcript")


def test_mosei_the_releases_own_segments_are_never_used(tmp_path: Path) -> None:
    video = "aaaaaaaaa_0"
    segments = {"aaaaaaaaa": [(0.0, 2.0, HAPPY)], video: [(0.0, 2.0, HAPPY)]}
    root = releases.mosei(tmp_path, segments, {}, FOLDS | {"train": [*segments]})
    assert (root / f"Raw/Videos/Segmented/Combined/{video}.mp4").is_file()
    (root / f"Raw/Videos/Full/Combined/{video}.mp4").unlink()
    clips = read("mosei", root)
    assert clips[f"{video}_row0"].reason == "no media file: video and audio"
    assert clips["aaaaaaaaa_row0"].status == "ok"


def test_mosei_every_known_defect_is_told(tmp_path: Path) -> None:
    videos = ("ZZzdvUdOTww", "hh04W3xXa5s", "9cxlcpbmrH0", "2cwNG0YuwtQ")
    folds = {"train": [*videos], "valid": [], "test": []}
    said = {video: f"{video}___0___0.0___2.0___so" for video in videos[:2]}
    root = releases.mosei(tmp_path, {video: [(0.0, 2.0, HAPPY)] for video in videos}, said, folds)
    clips = releases.clips_of("mosei", root)
    assert all(clip.status == "ok" and clip.reason.startswith("known defect: ") for clip in clips)
    assert len(clips) == 4


def test_mosei_takes_the_wav_where_there_is_one(tmp_path: Path) -> None:
    root = releases.mosei(tmp_path, one_each(), {}, FOLDS)
    wav = releases.write(root / "Raw/Audio/Full/WAV_16000/12345.wav", b"x")
    clips = read("mosei", root)
    assert clips["12345_row0"].audio == wav.relative_to(root).as_posix()
    assert clips["aaaaaaaaaaa_row0"].audio.endswith(".mp4")


def test_mosei_join_falls_back_on_rank_when_counts_match() -> None:
    rows = [Intensities("v", "", i, t, t + 1, ()) for i, t in enumerate((0.0, 50.0, 5.0))]
    said = [Said("0", 0.0, 1.0, "a"), Said("2", 7.0, 8.0, "c"), Said("10", 52.0, 53.0, "b")]
    assert [line and line.clip for line in join(rows, said, 0.01)] == ["0", "10", "2"]
    assert [line and line.clip for line in join(rows, said[:2], 0.01)] == ["0", None, None]


def test_mosei_folds_official_split_and_strangers(tmp_path: Path) -> None:
    segments = one_each() | {"stranger": [(0.0, 2.0, HAPPY)]}
    folds = FOLDS | {"train": [*FOLDS["train"], "7l3BNtSE0xc"]}  # in a fold of the release, yet without a label
    clips = read("mosei", releases.mosei(tmp_path, segments, {}, folds))
    assert len(clips) == 4
    assert clips["-bb___bbbbb_row0"].official_split == "validation"
    assert clips["12345_row0"].official_split == "test"
    assert (clips["stranger_row0"].status, clips["stranger_row0"].reason) == ("excluded", "its video is in no fold")


def test_mosei_folds_are_parsed_and_never_run(tmp_path: Path) -> None:
    bomb = "standard_train_fold = [__import__('os').abort()]\nstandard_valid_fold = []\nstandard_test_fold = []\n"
    with pytest.raises(UserError, match=r"folds:1: not a list of names"):
        parse_folds(bomb, "folds")
    lists = {"train.txt": "a\n\nb\n", "validation.txt": "c\r\n", "test.txt": "d"}
    for name, text in lists.items():
        releases.write(tmp_path / name, text)
    assert read_folds(tmp_path) == {"a": "train", "b": "train", "c": "validation", "d": "test"}
    releases.write(tmp_path / "test.txt", "a")
    with pytest.raises(UserError, match="video a is in train and in test"):
        read_folds(tmp_path)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        # sentiment, happy, sad, anger, surprise, disgust, fear  ->  A, B, C, D, E
        ([0, 0, 0, 0, 0, 0, 0], ["neutral"] * 5),
        ([3, 2 / 3, 0, 0, 0, 0, 0], ["happy", "happy", "happy", "happy", ""]),
        ([0, 1, 0, 0, 0, 0, 0], ["happy"] * 5),
        ([0, 2 / 3, 2 / 3, 0, 0, 0, 0], ["", "happy", "", "", ""]),
        ([0, 1 / 3, 0, 2, 0, 0, 0], ["anger", "anger", "", "anger", "anger"]),
        ([0, 0, 1, 0, 0, 2, 0], ["disgust", "disgust", "", "sad", "disgust"]),
        ([0, 0, 0, 0, 0, 2, 0], ["disgust", "disgust", "disgust", "", "disgust"]),
        ([0, 0, 1, 0, 1, 0, 0], ["", "sad", "", "sad", ""]),
    ],
)
def test_mosei_label_choices(values: list[float], expected: list[str]) -> None:
    found = [label(values, choice) for choice in "ABCDE"]
    assert [name for name, _ in found] == expected
    assert all(bool(name) != bool(reason) for name, reason in found)


def test_mosei_sentiment_is_told_by_its_sign() -> None:
    found = [label([value, *[0.0] * 6], "sentiment") for value in (-1 / 3, 0.0, 2.0, float("nan"))]
    assert found == [("negative", ""), ("neutral", ""), ("positive", ""), ("", "the sentiment is missing")]


def test_mosei_label_files_of_the_annotators(tmp_path: Path) -> None:
    root = releases.mosei(tmp_path, one_each(), {"12345": "12345___3___1.0___2.5___so\n"}, FOLDS)
    names = ("sentiment", "happiness", "sadness", "anger", "fear", "disgust", "surprise")
    header = "Input.VIDEO_ID,Input.CLIP," + ",".join(f"Answer.{name}" for name in names)
    rows = ["folder/12345,3,1,0,2,0,0,0,0", "12345,3,1,0,1,0,0,0,0", "12345,3,,0,1,0,0,0,0", "12345,4,0,0,0,0,0,0,0"]
    releases.write(root / "Raw/Labels/5000_batch_raw.csv", "\n".join([header, *rows]) + "\n")
    clips = read("mosei", root, labels="mturk")
    clip = clips["12345_3"]
    assert (clip.label, clip.status, clip.video_start, clip.video_end, clip.text) == ("sad", "ok", 1.0, 2.5, "so")
    assert "sad=1.5" in clip.label_raw
    assert clips["12345_4"].reason.startswith("no times")


def test_mosei_other_hdf5_files_are_refused(tmp_path: Path) -> None:
    root = releases.mosei(tmp_path, one_each(), {}, FOLDS)
    (root / "CMU_MOSEI_Labels.csd").write_bytes(b"no hdf5")
    with pytest.raises(UserError, match=r"CMU_MOSEI_Labels\.csd: not a label file"):
        read("mosei", root)


def test_mosei_published_rows_leave_399_in_no_fold() -> None:
    rows = load_published("mosei", releases.READING["mosei"], CLASSES)
    numbers = {(row.group, row.value): row.counts["clips of any emotion"][0] for row in rows}
    total = numbers.pop(("all", "all"))
    assert total - sum(numbers.values()) == 399
    assert len(rows) == 4
