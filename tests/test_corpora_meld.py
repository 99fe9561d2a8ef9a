"""MELD's reader on tiny releases written by hand, one oddity of the real release at a time."""

from __future__ import annotations

from pathlib import Path

import pytest
import releases
from releases import read

from extractors.program import UserError


def test_meld_ids_hold_the_split_and_times_stay_open(tmp_path: Path) -> None:
    rows = {split: [(0, 0, "joy", "a  b"), (0, 1, "surprise", "c")] for split in ("train", "dev", "test")}
    clips = read("meld", releases.meld(tmp_path, rows))
    assert set(clips) == {f"{split}_dia0_utt{n}" for split in ("train", "dev", "test") for n in (0, 1)}
    clip = clips["dev_dia0_utt0"]
    assert (clip.official_split, clip.dialogue, clip.session, clip.speaker) == (
        "validation",
        "dev_dia0",
        "s08e21",
        "Joey",
    )
    assert (clip.video_start, clip.video_end, clip.audio_start, clip.audio_end) == (None,) * 4
    assert clip.video == clip.audio == "dev/dev_splits_complete/dia0_utt0.mp4"
    assert clips["dev_dia0_utt1"].status == "excluded"


def test_meld_folders_may_lie_anywhere(tmp_path: Path) -> None:
    folders = {"train": "a/b/train_splits", "dev": "dev_splits_complete", "test": "c/output_repeated_splits_test"}
    rows = {split: [(3, 1, "anger", "x")] for split in folders}
    clips = read("meld", releases.meld(tmp_path, rows, folders))
    assert {clip.status for clip in clips.values()} == {"ok"}


def test_meld_old_copies_are_repaired(tmp_path: Path) -> None:
    rows = {
        split: [(0, 0, "joy", "it\u0092s\u00a0me\u0085"), (0, 1, "joy", "it\u2019s")]
        for split in ("train", "dev", "test")
    }
    clips = read("meld", releases.meld(tmp_path, rows))
    assert clips["train_dia0_utt0"].text == "it’s me…"
    assert clips["train_dia0_utt1"].text == "it’s"


def test_meld_recut_doubles_follow_the_policy(tmp_path: Path) -> None:
    rows = {split: [(0, 0, "joy", "x"), (0, 1, "joy", "x")] for split in ("train", "dev", "test")}
    root = releases.meld(tmp_path, rows)
    recut = releases.write(root / "test/output_repeated_splits_test/final_videos_testdia0_utt0.mp4", b"x")
    name = "test_dia0_utt0"
    assert read("meld", root)[name].video.endswith("/dia0_utt0.mp4")
    assert read("meld", root, final_videos_test="prefer")[name].video.endswith(recut.name)
    assert read("meld", root, final_videos_test="prefer")["test_dia0_utt1"].video.endswith("/dia0_utt1.mp4")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace("Emotion", "Feeling"), "no column Emotion"),
        (lambda text: text.replace(",joy,", ",bored,"), r"csv:2: unknown emotion 'bored'"),
        (lambda text: text.replace(",0,0,8,", ",x,0,8,"), r"csv:2: dialogue, utterance"),
        (lambda text: text + text.splitlines()[1] + "\n", r"csv:3: dialogue 0 utterance 0 is there a second time"),
        (lambda text: text.replace('"x"', '"x'), r"csv:2: "),
        (lambda text: "", "empty"),
    ],
)
def test_meld_bad_label_files_are_refused(tmp_path: Path, change, message: str) -> None:
    root = releases.meld(tmp_path, {split: [(0, 0, "joy", "x")] for split in ("train", "dev", "test")})
    labels = root / "train/train_sent_emo.csv"
    labels.write_text(change(labels.read_text()))
    with pytest.raises(UserError, match=message):
        read("meld", root)


def test_meld_clips_without_a_row_and_second_label_files_are_no_error(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    rows = {split: [(0, 0, "joy", "x")] for split in ("train", "dev", "test")}
    root = releases.meld(tmp_path, rows)
    releases.write(root / "dev/dev_splits_complete/dia49_utt4.mp4", b"x")
    releases.write(root / "github/data/MELD/dev_sent_emo.csv", "another generation")
    clips = read("meld", root)
    assert list(clips) == ["train_dia0_utt0", "dev_dia0_utt0", "test_dia0_utt0"]
    assert "dev_sent_emo.csv is there 2 times; dev/dev_sent_emo.csv is read" in capsys.readouterr().err
