"""A table of the user's own, CSV or Parquet: cells stay what was typed, and each slip is refused with its place."""

from __future__ import annotations

import csv
import datetime
import decimal
import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from helpers import releases
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors.corpora.custom import TIMES
from extractors.corpora.face_choices import load_face_choices
from extractors.corpora.lines import repair
from extractors.read_release import read_clips, tables
from extractors.shared.clip import Clip
from extractors.shared.program import UserError
from extractors.split_corpus import split_clips

WORDS = ("NA", "null", "None", "nan", "0012", "1e5", "2024-01-01", "TRUE", "=1+1", "-", "1,5")
HEADER = "clip_id,video,audio,label,text,speaker"
LONG = pa.array(["a rather long text that no view holds inline"])
READING = {"reader": "custom", "table": "clips.csv", "classes": {"NA": "happy", "0012": "sad", "None": "other"}}


def read(root: Path, table: str, content: bytes | str = "", **reading: object) -> list[Clip]:
    """The clips of a table that names one file, in the order of their names."""
    if content:
        releases.write(root / table, content)
    releases.write(root / "a.mp4", b"x")
    return read_clips("mylab", root, READING | {"table": table} | reading)


def parquet(root: Path, **columns: object) -> list[Clip]:
    """The clips of a Parquet table with these columns, and plain ones where none is given."""
    count = len(next(iter(columns.values())))
    plain = {"clip_id": [f"c{n}" for n in range(count)], "video": ["a.mp4"] * count, "audio": ["a.mp4"] * count}
    plain |= {"label": ["sad"] * count, "text": ["x"] * count}
    pq.write_table(pa.table(plain | columns), root / "clips.parquet")
    return read(root, "clips.parquet")


def test_cells_that_look_like_something_else_stay_as_typed_in_csv_and_parquet(tmp_path: Path) -> None:
    for table, clips in {
        "csv": read(
            tmp_path,
            "clips.csv",
            HEADER + "\n" + "".join(f'c{n:02d},a.mp4,a.mp4,NA,"{word}","{word}"\n' for n, word in enumerate(WORDS)),
        ),
        "parquet": parquet(
            tmp_path,
            clip_id=[f"c{n:02d}" for n in range(len(WORDS))],
            label=["NA"] * len(WORDS),
            text=list(WORDS),
            speaker=list(WORDS),
        ),
    }.items():
        assert [clip.text for clip in clips] == [clip.speaker for clip in clips] == list(WORDS), table
        assert {(clip.label_raw, clip.label) for clip in clips} == {("NA", "happy")}
        manifest, labels = tables("mylab", clips)
        pq.write_table(manifest, tmp_path / "m.parquet")
        pq.write_table(labels, tmp_path / "l.parquet")
        rows = pq.read_table(tmp_path / "m.parquet").to_pylist()
        assert [row["text"] for row in rows] == list(WORDS)
        assert pq.read_table(tmp_path / "l.parquet").to_pandas()["label_raw"].tolist() == ["NA"] * len(WORDS)
        parts = split_clips(rows, {"by": "speaker", "validation": ["NA", "None"], "test": ["0012"]})
        assert [word for word, part in zip(WORDS, parts, strict=True) if part == "validation"] == ["NA", "None"]
        assert [word for word, part in zip(WORDS, parts, strict=True) if part == "test"] == ["0012"]


@pytest.mark.parametrize(
    ("column", "found"),
    [
        (pa.array(["é", None], pa.large_string()), ["é", ""]),
        (LONG.cast(pa.string_view()), LONG.to_pylist()),
        (pa.array(["don’t".encode(), None], pa.binary()), ["don’t", ""]),
        (LONG.cast(pa.large_binary()), LONG.to_pylist()),
        (LONG.cast(pa.binary()).cast(pa.binary_view()), LONG.to_pylist()),
        (pa.array([b"ab"], pa.binary(2)), ["ab"]),
        (pa.array(["b", None, "a", "b"]).dictionary_encode(), ["b", "", "a", "b"]),
        (pa.array([b"b", None], pa.binary()).dictionary_encode(), ["b", ""]),
        (pa.array([12, None, 7], pa.int16()).dictionary_encode(), ["12", "", "7"]),
        (pa.array([2**64 - 1], pa.uint64()), ["18446744073709551615"]),
        (pa.nulls(2), ["", ""]),
        (pa.nulls(2, pa.float64()), ["", ""]),
        (pa.nulls(1, pa.list_(pa.string())), [""]),
    ],
    ids=lambda value: str(value.type) if isinstance(value, pa.Array) else "",
)
def test_text_in_every_storage_is_read_as_text(tmp_path: Path, column: pa.Array, found: list[str]) -> None:
    clips = parquet(tmp_path, speaker=column)
    assert [clip.speaker for clip in clips] == found


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        (pa.array([1.0, None]), "double"),
        (pa.array([True]), "bool"),
        (pa.array([decimal.Decimal("1.50")]), r"decimal128\(3, 2\)"),
        (pa.array([datetime.datetime(2024, 1, 1)]), r"timestamp\[us\]"),
        (pa.array([datetime.date(2024, 1, 1)]), r"date32\[day\]"),
        (pa.array([datetime.time(1, 2)]), r"time64\[us\]"),
        (pa.array([datetime.timedelta(1)]), r"duration\[us\]"),
        (pa.array([["a"]]), "list<element: string>"),
        (pa.array([{"a": 1}]), "struct<a: int64>"),
        (pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int32())), "map<string, int32.*>"),
        (pa.array([b"0" * 16], pa.uuid()), "extension<arrow.uuid>"),
        (pa.array(["{}"], pa.json_()), "extension<arrow.json>"),
    ],
    ids=lambda value: str(value.type) if isinstance(value, pa.Array) else "",
)
def test_what_is_no_text_is_refused_by_column_and_type(tmp_path: Path, column: pa.Array, kind: str) -> None:
    with pytest.raises(UserError, match=rf"clips\.parquet: column 'text' holds {kind}; write it as text"):
        parquet(tmp_path, text=column)


@pytest.mark.parametrize(
    "column",
    [
        pa.array([0.25, None], pa.float64()),
        pa.array([0.25, None], pa.float32()),
        pa.array(np.array([0.25, 0.5], np.float16)),
        pa.array([decimal.Decimal("0.25"), None]),
        pa.array(["0.25", None]),
    ],
    ids=lambda value: str(value.type),
)
def test_times_may_be_numbers_of_any_kind(tmp_path: Path, column: pa.Array) -> None:
    first, second = parquet(tmp_path, **dict.fromkeys(("video_start", "audio_start"), column))
    assert (first.video_start, first.audio_start) == (0.25, 0.25)
    assert second.video_start in (None, 0.5)
    assert parquet(tmp_path, **{name: [2 + name.endswith("end")] for name in TIMES})[0].audio_end == 3.0


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (
            pa.array([datetime.timedelta(seconds=1)]),
            r"'video_start' holds duration\[us\]; write it as numbers of seconds",
        ),
        (pa.array([True]), "'video_start' holds bool; write it as numbers of seconds"),
        (pa.array([float("nan")]), "row 1: video_start is 'nan'; give seconds"),
        (pa.array([float("inf")]), "row 1: video_start is 'inf'; give seconds"),
    ],
)
def test_times_that_are_no_numbers_are_refused(tmp_path: Path, column: pa.Array, message: str) -> None:
    with pytest.raises(UserError, match=message):
        parquet(tmp_path, video_start=column)


def test_cells_of_parquet_that_are_no_words_are_refused_by_row(tmp_path: Path) -> None:
    bad = pa.array([b"ok", b"caf\xe9"])
    for column in (bad, bad.view(pa.string())):
        with pytest.raises(UserError, match=r"clips\.parquet: row 2: text is b'caf\\xe9', which is not UTF-8"):
            parquet(tmp_path, text=column)
    with pytest.raises(UserError, match=r"clips\.parquet: row 2: text is '#NAME\?', what a spreadsheet program shows"):
        parquet(tmp_path, text=["x", "#NAME?"])
    with pytest.raises(UserError, match=r"clips\.parquet: row 1: text holds a zero byte"):
        parquet(tmp_path, text=["a\0b"])


def test_folders_named_like_columns_add_none(tmp_path: Path) -> None:
    (tmp_path / "speaker=P01").mkdir()
    (clip,) = parquet(tmp_path / "speaker=P01", text=["x"])
    assert clip.speaker == ""


def test_the_blanks_around_a_cell_do_not_count_in_either_form(tmp_path: Path) -> None:
    padded = [" c0 ", " a.mp4", "a.mp4 ", " sad ", " hello ", "P01\u00a0"]
    names = HEADER.split(",")
    csv = read(tmp_path, "clips.csv", HEADER + "\n" + ",".join(padded) + "\n")
    assert csv == parquet(tmp_path, **{name: [cell] for name, cell in zip(names, padded, strict=True)})
    assert (csv[0].clip_id, csv[0].text, csv[0].speaker) == ("c0", "hello", "P01")


ROW = "c0,a.mp4,a.mp4,sad,hello,P01"


@pytest.mark.parametrize(
    "content",
    [
        "sep=;\n" + f"{HEADER}\n{ROW}\n".replace(",", ";"),
        "SEP=,\r\n" + f"{HEADER}\r\n{ROW}\r\n",
        "sep=\t\n" + f"{HEADER}\n{ROW}\n".replace(",", "\t"),
        f"{HEADER}\n{ROW}\n".replace(",", '";"').replace("clip_id", '"clip_id').replace("speaker", 'speaker"'),
        f"{HEADER}\r{ROW}\r",
        f"\n\n{HEADER}\n\n{ROW}\n\n",
        f"{HEADER},,\n{ROW},,\n,,,,,,,\n",
        'clip_id, "video",audio, label, "text",speaker\nc0, a.mp4, a.mp4, sad, "hello", "P01"\n',
    ],
    ids=[
        "sep semicolon",
        "sep comma",
        "sep tab",
        "all quoted",
        "carriage returns",
        "blank lines",
        "padded",
        "blanks before quotes",
    ],
)
def test_what_people_and_spreadsheet_programs_write_is_read(tmp_path: Path, content: str) -> None:
    if '";"' in content:
        content = content.replace("c0", '"c0').replace("P01", 'P01"')
    (clip,) = read(tmp_path, "clips.csv", content)
    assert (clip.clip_id, clip.video, clip.label, clip.text, clip.speaker) == ("c0", "a.mp4", "sad", "hello", "P01")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        # a comma without quotes before an empty last cell: the rest of the text would become the speaker
        (f"{HEADER}\nc0,a.mp4,a.mp4,sad,hello, there,\n", r":2: 7 cells, but the header has 6; put quotes"),
        (f"{HEADER},\nc0,a.mp4,a.mp4,sad,hello, there,,\n", r":2: 8 cells, but the header has 7; put quotes"),
        (f"{HEADER}\nc0,a.mp4,a.mp4,sad,“Well, no”,\n", r":2: 7 cells, but the header has 6; put quotes"),
        (f"{HEADER}\nc0,a.mp4,a.mp4,sad,'Well, no',\n", r":2: 7 cells, but the header has 6; put quotes"),
        (f'{HEADER}\nc0,a.mp4,a.mp4,sad,"he said \\"no\\"",P\n', r":2: not a CSV row"),
        (f"{HEADER}\nc0;a.mp4;a.mp4;sad;hi;P\n", r":2: 1 cells, but the header has 6; add the others, and ',' between"),
        (f"{HEADER}\nc0,a.mp4,a.mp4,s\u0430d,hi,P\n", r":2: label is '.*' \('s\\u0430d'\); use one of neutral"),
        (f"{HEADER}\nc0,a.mp4,a.mp4,No,hi,P\n", r":2: label is 'No'; use .* classes, such as \"No\": happy"),
        (f"{HEADER}\nc0,a.mp4,a.mp4,01,hi,P\n", r":2: label is '01'; use .* classes, such as \"01\": happy"),
        # two quotation marks that are not closed: the rows between would become one text
        (f'{HEADER}\nc0,a.mp4,a.mp4,sad,"Oh no\nc1,a.mp4,a.mp4,sad,he said stop",P\n', r":3: text goes over 2 lines"),
        (f"{HEADER}\n{ROW.replace('hello', '#NAME?')}\n", r":2: text is '#NAME\?', what a spreadsheet program shows"),
        (f"{HEADER}\n{ROW.replace('P01', '#WERT!')}\n", r":2: speaker is '#WERT!', what a spreadsheet"),
        (f"{HEADER}\n{ROW.replace('c0', 'c0.')}\n", r":2: clip_id is 'c0\.'; use letters"),
        (f"{HEADER}\n{ROW}\n\ufeff{HEADER}\n{ROW}\n", r":3: clip_id is '\\ufeffclip_id'; use letters"),
        (f"sep=|\n{HEADER}\n{ROW}\n", r"no column clip_id, video, audio, label among sep=\|"),
        (f"{HEADER}\n{ROW}\nc1,a.mp4,a.mp4,sad,x,P\u200b01\n", r":3: speaker 'P\\u200b01' looks like 'P01' \(.*:2\)"),
        (
            f"{HEADER}\n{ROW}\nc1,a.mp4,a.mp4,sad,x,Zoe\u0308\nc2,a.mp4,a.mp4,sad,x,Zoë\n",
            r":4: speaker 'Zo\\xeb' looks",
        ),
        (
            f"{HEADER}\n{ROW.replace('P01', 'P 1')}\nc1,a.mp4,a.mp4,sad,x,P\u00a01\n",
            r":3: speaker 'P\\xa01' looks like",
        ),
    ],
)
def test_slips_of_spreadsheet_programs_are_refused_with_their_line(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(UserError, match=r"clips\.csv(:\d+)?: ") as caught:
        read(tmp_path, "clips.csv", content)
    caught.match(message)
    assert "\n" not in str(caught.value)


def test_a_text_of_several_lines_is_a_text(tmp_path: Path) -> None:
    (clip,) = read(tmp_path, "clips.csv", f'{HEADER}\nc0,a.mp4,a.mp4,sad,"Oh,\nno, I say",P\n')
    assert clip.text == "Oh,\nno, I say"


@pytest.mark.parametrize(
    "typed", ["1,5", "0:01:30", "1:30", "1.234,5", "1,234.5", "1_000", "٣", "１", "1.5s", "0x1", "1e", "."]
)
def test_times_in_other_notations_are_refused(tmp_path: Path, typed: str) -> None:
    row = f'c0,a.mp4,a.mp4,sad,x,P,"{typed}"'
    with pytest.raises(UserError, match=r"clips\.csv:2: video_start is '.*'; give seconds such as 1\.5"):
        read(tmp_path, "clips.csv", f"{HEADER},video_start\n{row}\n")


@pytest.mark.parametrize(
    ("typed", "seconds"), [("1.5", 1.5), ("+2", 2.0), ("1e-2", 0.01), (".5", 0.5), ("3.", 3.0), ("007", 7.0)]
)
def test_times_in_plain_digits_are_read(tmp_path: Path, typed: str, seconds: float) -> None:
    (clip,) = read(tmp_path, "clips.csv", f"{HEADER},video_start\n{ROW},{typed}\n")
    assert clip.video_start == seconds


def test_no_break_spaces_of_a_file_name_stay(tmp_path: Path) -> None:
    releases.write(tmp_path / "a\u00a0b.mp4", b"x")
    (clip,) = read(tmp_path, "clips.csv", f"{HEADER}\nc0,a\u00a0b.mp4,a.mp4,sad,it\u0092s\u00a0so,P\n")
    assert (clip.video, clip.status, clip.text) == ("a\u00a0b.mp4", "ok", "it’s so")


def test_an_emotion_word_is_the_same_however_its_accents_are_stored(tmp_path: Path) -> None:
    row = ROW.replace("sad", "Mu\u0308de")
    (clip,) = read(tmp_path, "clips.csv", f"{HEADER}\n{row}\n", classes={"müde": "sad"})
    assert (clip.label_raw, clip.label) == ("Mu\u0308de", "sad")
    with pytest.raises(UserError, match="classes: 'MÜDE' stands for two classes"):
        read(tmp_path, "clips.csv", classes={"müde": "sad", "MÜDE": "angry"})


def test_face_choices_obey_the_same_rules(tmp_path: Path) -> None:
    path = releases.write(tmp_path / "faces.csv", "sep=;\nclip_id;x;y\n NA ;0.25;1\nb;;\n\nNone;.5;0;\n"[:-2])
    assert load_face_choices(path) == {"NA": "0.2500,1.0000", "b": "none", "None": "0.5000,0.0000"}
    for content, message in {
        "a,0,5,0,5": r":2: 5 cells, but the header has 3",
        "a,.5,.5\nb,,\na,,": r":4: clip 'a' is there already",
        'a,"0,5",1': r":2: '0,5' is no share of the picture",
        "a,,1": r":2: '' is no share",
        "a,1_0,1": r":2: '1_0' is no share",
        "a,50%,1": r":2: '50%' is no share",
        "a" * 140_000: r":2: not a CSV row",
    }.items():
        path.write_text(f"clip_id,x,y\n{content}\n")
        with pytest.raises(UserError, match=rf"faces\.csv{message}"):
            load_face_choices(path)
    for content in ("", "\n"):
        path.write_text(content)
        with pytest.raises(UserError, match=r"faces\.csv: has no rows; write a header, clip_id, x, y"):
            load_face_choices(path)
    path.write_text("clip_id,x\na,1\n")
    with pytest.raises(UserError, match=r"faces\.csv: no column y among clip_id, x; it needs clip_id, x, y$"):
        load_face_choices(path)


typed = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(typed, min_size=1, max_size=4), sign=st.sampled_from(",;\t"), end=st.sampled_from(["\r\n", "\n"]))
def test_any_words_come_back_from_csv_and_parquet(tmp_path: Path, texts: list[str], sign: str, end: str) -> None:
    texts = [text for text in texts if not any(row in text for row in ("\r", "\n"))] + ["x"]
    names = HEADER.split(",")
    rows = [[f"c{n}", "a.mp4", "a.mp4", "sad", text, f"P{n}"] for n, text in enumerate(texts)]
    written = io.StringIO()
    writer = csv.writer(written, delimiter=sign, lineterminator=end)
    writer.writerows([names, *rows])
    clips = read(tmp_path, "clips.csv", written.getvalue())
    assert [clip.text for clip in clips] == [repair(text.strip()).strip() for text in texts]
    assert parquet(tmp_path, **{name: [row[n] for row in rows] for n, name in enumerate(names)}) == clips
