"""MELD's reader on tiny releases written by hand, one oddity of the real release at a time."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from helpers import releases
from helpers.releases import read

from extractors.corpora.defects import apply_defects, load_defects
from extractors.corpora.meld import parse_csv
from extractors.features.clip_extraction import INPUTS
from extractors.shared.program import UserError
from extractors.synthetic.media import write_video

TEST_CLIPS = "test/output_repeated_splits_test"


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
    assert clip.text == "a  b"
    assert clips["dev_dia0_utt1"].status == "excluded"


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [
        ("00:16:16,059", "00:16:21,731", 5.672),
        ("0:16:16,059", "0:16:21,731", 5.672),
        ("0:59:59,5", "1:00:00,25", 0.75),
        ("00:00:01,73", "00:00:01,736", 0.006),
        ("00:10:00,000", "00:15:05,000", 305.0),
        ("00:16:16,059", "00:16:16,059", None),
        ("00:16:16,059", "00:16:15,059", None),
        ("", "00:16:15,059", None),
        ("00:16:16", "yesterday", None),
    ],
)
def test_meld_times_tell_a_length_and_nothing_else(start: str, end: str, seconds: float | None) -> None:
    text = f'{releases.MELD_HEADER}\r\n1,x,Joey,joy,neutral,0,0,8,21,"{start}","{end}"\r\n'
    (row,), _ = parse_csv(text, "here")
    assert row.seconds == seconds


def test_meld_lengths_reach_validation_and_no_extractor(tmp_path: Path) -> None:
    clips = read("meld", releases.meld(tmp_path, {split: [(0, 0, "joy", "x")] for split in releases.MELD_FOLDERS}))
    assert {clip.annotated_seconds for clip in clips.values()} == {5.681}
    used = {column for media, columns in INPUTS.values() for column in (media, *columns)}
    assert "video_end" in used
    assert "annotated_seconds" not in used


def test_meld_rows_may_repeat_all_but_their_numbers(tmp_path: Path) -> None:
    rows = {split: [(0, 0, "joy", "x"), (0, 3, "joy", "x"), (2, 0, "joy", "x")] for split in releases.MELD_FOLDERS}
    root = releases.meld(tmp_path, rows)
    labels = root / "train/train_sent_emo.csv"
    again = labels.read_text().replace('\n2,"', '\n1,"').replace("Joey", "The Interviewer and Ross")
    labels.write_bytes(b"\xef\xbb\xbf" + again.encode())
    clips = read("meld", root)
    assert len(clips) == 9
    assert clips["train_dia0_utt3"].speaker == "The Interviewer and Ross"


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
    (root / TEST_CLIPS / "dia0_utt0.mp4").unlink()
    assert read("meld", root)[name].video.endswith(recut.name)


def recut_test_clip(root: Path, plain: float, recut: float) -> str:
    """Write the two files of test clip dia0_utt0 with these lengths; the file that ``nearest`` takes."""
    for name, seconds in (("dia0_utt0.mp4", plain), ("final_videos_testdia0_utt0.mp4", recut)):
        frames = [np.zeros((32, 32, 3), np.uint8)] * round(10 * seconds)
        write_video(root / TEST_CLIPS / name, frames, Fraction(10), "libx264")
    return Path(read("meld", root, final_videos_test="nearest")["test_dia0_utt0"].video).name


def test_meld_nearest_recut_by_the_annotated_length(tmp_path: Path) -> None:
    root = releases.meld(tmp_path, {split: [(0, 0, "joy", "x")] for split in releases.MELD_FOLDERS})  # 5.681 s
    assert recut_test_clip(root, 5.6, 3.0) == "dia0_utt0.mp4"
    assert recut_test_clip(root, 5.6, 5.6) == "dia0_utt0.mp4"
    assert recut_test_clip(root, 12.0, 5.0) == "final_videos_testdia0_utt0.mp4"
    labels = root / "test/test_sent_emo.csv"
    labels.write_text(labels.read_text().replace("00:16:21,731", "0:16:16,05"))
    assert recut_test_clip(root, 12.0, 5.0) == "dia0_utt0.mp4"  # no length to compare with


def test_meld_nearest_passes_by_what_cannot_be_opened(tmp_path: Path) -> None:
    root = releases.meld(tmp_path, {split: [(0, 0, "joy", "x")] for split in releases.MELD_FOLDERS})
    recut_test_clip(root, 5.6, 3.0)
    releases.write(root / TEST_CLIPS / "dia0_utt0.mp4", b"cut off")
    video = "test_dia0_utt0"
    assert read("meld", root, final_videos_test="nearest")[video].video.endswith("final_videos_testdia0_utt0.mp4")
    releases.write(root / TEST_CLIPS / "final_videos_testdia0_utt0.mp4", b"too")
    assert read("meld", root, final_videos_test="nearest")[video].video.endswith("/dia0_utt0.mp4")


DEFECTS = {
    "train": {"125_3": "excluded", "309_0": "cap"}
    | dict.fromkeys(("71_0", "179_8", "312_9", "332_1", "338_3", "406_2", "523_10", "598_3"), "keep"),
    "dev": {"110_7": "excluded", "99_3": "keep", "108_5": "keep"},
    "test": {"38_4": "cap", "220_0": "cap", "155_3": "keep", "23_0": "keep"},
}


def test_meld_every_known_defect_is_acted_on(tmp_path: Path) -> None:
    rows = {split: [(*map(int, name.split("_")), "joy", "x") for name in of] for split, of in DEFECTS.items()}
    clips = read("meld", releases.meld(tmp_path, rows))
    for clip in apply_defects(clips.values(), load_defects("meld", None)):
        split, dialogue, utterance = clip.clip_id.replace("dia", "").replace("utt", "").split("_")
        action = DEFECTS[split][f"{dialogue}_{utterance}"]
        assert clip.status == ("excluded" if action == "excluded" else "ok")
        assert clip.video_end == clip.audio_end == (20 if action == "cap" else None)
        assert clip.reason.startswith("known defect: ")
    assert len(load_defects("meld", None)) == len(clips)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace("Emotion", "Feeling"), "no column Emotion"),
        (lambda text: text.replace("StartTime", "Begin"), "no column StartTime"),
        (lambda text: text.replace(",joy,", ",bored,"), r"csv:2: unknown emotion 'bored'"),
        (lambda text: text.replace(",0,0,8,", ",x,0,8,"), r"csv:2: dialogue, utterance"),
        (lambda text: text + text.splitlines()[1] + "\n", r"csv:3: dialogue 0 utterance 0 occurs a second time"),
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
