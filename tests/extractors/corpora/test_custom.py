"""The reader of a user's own table: the documented columns, CSV and Parquet alike, and a clear word on each mistake."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from helpers import releases

from extractors.corpora import custom
from extractors.read_release import read_clips, summary, tables
from extractors.shared.clip import CLASSES, MODALITIES, Clip
from extractors.shared.program import UserError

COLUMNS = custom.columns_for(MODALITIES)
HEADER = ",".join(COLUMNS.required + COLUMNS.optional)
ROW = "a-1,media/a.mp4,media/a.wav,joy,hello there,Ann,1,d1,test,0.5,2,,,left"
READING = {"reader": "custom", "table": "clips.csv"}
WORDS = {"joy": "happy"}


def read(root: Path, reading: dict, words: dict = WORDS) -> list[Clip]:
    return read_clips("mylab", root, reading, MODALITIES, words, CLASSES)


def lab(root: Path, *lines: str) -> Path:
    releases.write(root / "clips.csv", "\n".join(lines) + "\n")
    for name in ("a.mp4", "a.wav"):
        releases.write(root / "media" / name, b"x")
    return root


def test_a_full_row_becomes_a_clip(tmp_path: Path) -> None:
    (clip,) = read(lab(tmp_path, HEADER, "", ROW), READING)
    assert (clip.clip_id, clip.label_raw, clip.label, clip.status) == ("a-1", "joy", "happy", "ok")
    assert (clip.speaker, clip.session, clip.dialogue, clip.official_split) == ("Ann", "1", "d1", "test")
    assert (clip.video, clip.video_start, clip.video_end, clip.audio_start) == ("media/a.mp4", 0.5, 2.0, None)
    assert (clip.crop, clip.text) == ("left", "hello there")
    manifest, _ = tables("mylab", [clip])
    assert manifest["corpus"].to_pylist() == ["mylab"]


def test_the_required_columns_are_enough(tmp_path: Path) -> None:
    lines = ["label,audio,video,clip_id,text", "Sad,media/a.wav,./media//a.mp4,1,x", "bored,media/a.wav,media/a.mp4,2,"]
    first, second = read(lab(tmp_path, *lines), READING, {"Bored": "other"})
    assert (first.label_raw, first.label) == ("Sad", "sad")
    assert (first.status, first.video, first.crop, first.video_end) == ("ok", "media/a.mp4", "full", None)
    assert (second.status, second.reason) == ("excluded", "emotion 'bored' is none of the classes")


def test_clips_without_a_label_are_used_and_counted(tmp_path: Path) -> None:
    """An empty cell and an absent column are the same; a word that stands for nothing is neither."""
    some = read(lab(tmp_path, HEADER, ROW, ROW.replace("a-1", "b").replace("joy", "")), READING)
    assert [(clip.clip_id, clip.label, clip.status) for clip in some] == [("a-1", "happy", "ok"), ("b", "", "ok")]
    assert "2 usable\n" in summary("mylab", some, CLASSES)
    assert "without a label: 1 usable" in summary("mylab", some, CLASSES)
    columns = HEADER.replace("label,", "")
    (none,) = read(lab(tmp_path / "none", columns, ROW.replace("joy,", "")), READING)
    assert (none.label, none.label_raw, none.status) == ("", "", "ok")


def test_ten_classes_of_ones_own_keep_their_words(tmp_path: Path) -> None:
    words = [f"mood{number}" for number in range(10)]
    rows = [ROW.replace("a-1", f"c{number}").replace("joy", word.upper()) for number, word in enumerate(words)]
    clips = read_clips("mylab", lab(tmp_path, HEADER, *rows), READING, MODALITIES, {}, words)
    assert [clip.label for clip in clips] == words
    assert [clip.label_raw for clip in clips] == [word.upper() for word in words]


def test_parquet_reads_as_csv_does(tmp_path: Path) -> None:
    root = lab(tmp_path, HEADER, ROW)
    pd.read_csv(root / "clips.csv").to_parquet(root / "clips.parquet")
    assert read(root, READING | {"table": "clips.parquet"}) == read(root, READING)
    (root / "clips.parquet").write_bytes(b"no table")
    with pytest.raises(UserError, match=r"clips\.parquet: not a Parquet table"):
        read(root, READING | {"table": "clips.parquet"})


def test_missing_files_are_reasons(tmp_path: Path) -> None:
    root = lab(tmp_path, HEADER, ROW, ROW.replace("a-1", "b").replace("media/a.wav", "media/b.wav"))
    clips = read(root, READING)
    assert [(clip.status, clip.reason) for clip in clips] == [("ok", ""), ("excluded", "no media file: audio")]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([HEADER.replace("label", "lable"), ROW], r"column 'lable' is unknown; did you mean label\?"),
        ([HEADER.replace("crop", "corp"), ROW], r"column 'corp' is unknown; did you mean crop\?"),
        ([HEADER.replace("speaker", "Speaker"), ROW], r"column 'Speaker' is unknown; did you mean speaker\?"),
        ([HEADER.replace("video_end", "end"), ROW], r"column 'end' is unknown; did you mean video_end\?"),
        ([HEADER.replace("crop", "text"), ROW], r"column 'text' is there twice"),
        ([HEADER, ROW + ",x"], r"clips\.csv:2: 15 cells, but the header has 14; put quotes .* holds ','"),
        ([HEADER, ROW.replace(",left", "")], r"clips\.csv:2: 13 cells, but the header has 14"),
        (
            [HEADER, ROW.replace("joy", "hapy")],
            r"clips\.csv:2: label is 'hapy'; use one of neutral, .* hapy: neutral",
        ),
        ([HEADER.replace(",", ";"), ROW.replace(",", ";").replace("0.5", "0,5")], "video_start is '0,5'; .* as 1.5"),
        ([HEADER, ROW, "", ROW], r"clips\.csv:4: clip_id 'a-1' exists already \(.*clips\.csv:2\)"),
        ([HEADER, '"' + ROW], r"clips\.csv:\d: "),
        ([HEADER, ROW.replace("media/a.mp4", "../a.mp4")], r"clips\.csv:2: the path '../a.mp4' leads outside"),
        ([HEADER, ROW.replace("media/a.mp4", "/etc/passwd")], r"clips\.csv:2: the path '/etc/passwd' leads outside"),
        ([HEADER, ROW.replace("media/a.mp4", "C:\\a.mp4")], "leads outside"),
        ([HEADER, ROW.replace("media/a.mp4", "..\\a.mp4")], "leads outside"),
        ([HEADER, ROW.replace("media/a.mp4", "")], r"clips\.csv:2: video is empty"),
        ([HEADER, ROW.replace("0.5", "-1")], r"video_start is '-1'; give seconds"),
        ([HEADER, ROW.replace("0.5", "nan")], r"video_start is 'nan'"),
        ([HEADER, ROW.replace("0.5", "3")], r"clips\.csv:2: video_end is not after video_start"),
        ([HEADER, ROW.replace("test", "dev")], r"split is 'dev'; use one of train, validation, test"),
        ([HEADER, ROW.replace("left", "up")], r"crop is 'up'; use one of full, left, right"),
        ([HEADER, ROW.replace("a-1", "a/1")], r"clips\.csv:2: clip_id is 'a/1'; use only letters"),
        ([HEADER, ROW.replace("a-1", "")], r"clips\.csv:2: clip_id is ''; use only letters"),
        (
            [HEADER, ROW.replace("a.mp4", "b.mp4")],
            r"no usable clip among 1; .*\(1: no media file: video, a-1 the first",
        ),
        ([HEADER], r"clips\.csv: has no rows; write one per clip"),
        ([HEADER, ROW.replace("hello there", "")], "no usable clip has a text"),
        ([], r"clips\.csv: has no rows"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, lines: list[str], message: str) -> None:
    with pytest.raises(UserError, match=message):
        read(lab(tmp_path, *lines), READING)


def test_tables_of_spreadsheet_programs_are_read(tmp_path: Path) -> None:
    plain = read(lab(tmp_path, HEADER, ROW), READING)
    for sign in ";\t":
        assert read(lab(tmp_path, HEADER.replace(",", sign), ROW.replace(",", sign)), READING) == plain
    text = "\r\n".join((HEADER + ",,", ROW.replace("joy", "Joy").replace("test", "Test") + ",,", "," * 15))
    releases.write(tmp_path / "clips.csv", b"\xef\xbb\xbf" + text.encode())
    (clip,) = read(tmp_path, READING)
    assert (clip.label_raw, clip.label, clip.official_split) == ("Joy", "happy", "test")


def test_other_files_of_spreadsheet_programs_are_told(tmp_path: Path) -> None:
    for start in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        releases.write(tmp_path / "clips.csv", start)
        with pytest.raises(UserError, match="a spreadsheet file; save it"):
            read(tmp_path, READING)


def test_rules_are_checked(tmp_path: Path) -> None:
    root = lab(tmp_path, HEADER, ROW)
    with pytest.raises(UserError, match=r"corpora\.mylab\.labels: 'joy' stands for 'glad', .* neutral"):
        read(root, READING, {"joy": "glad"})
    with pytest.raises(UserError, match=r"'JOY' stands for two classes"):
        read(root, READING, {"joy": "happy", "JOY": "sad"})
    with pytest.raises(UserError, match=r"absent\.csv: no such file"):
        read(root, READING | {"table": "absent.csv"})
    with pytest.raises(UserError, match=r"corpora\.mylab: no reader 'mylab'; .* custom"):
        read(root, {"table": "clips.csv"})


def test_columns_of_ones_own_are_named_and_change_nothing(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    plain = read(lab(tmp_path, HEADER, ROW), READING)
    assert not capsys.readouterr().err
    assert read(lab(tmp_path, f"{HEADER},age,mood", f"{ROW},31,#NAME?"), READING) == plain
    assert "not used, since these columns are not known: age, mood" in capsys.readouterr().err
    table = pd.read_csv(tmp_path / "clips.csv").assign(age=[[3, 1]])
    table.to_parquet(tmp_path / "clips.parquet")
    assert read(tmp_path, READING | {"table": "clips.parquet"}) == plain
    assert "not known: age, mood" in capsys.readouterr().err


def test_every_column_is_documented() -> None:
    assert all(f"``{name}``" in custom.__doc__ for name in (*COLUMNS.required, *COLUMNS.optional))
