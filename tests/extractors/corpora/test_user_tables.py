"""A table of the user's own, CSV or Parquet: cells stay what was typed, and each slip is refused with its place."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from helpers import releases
from helpers.own_tables import parquet, read
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors.corpora.face_choices import load_face_choices
from extractors.corpora.lines import repair
from extractors.read_release import tables
from extractors.shared.program import UserError
from extractors.split_corpus import split_clips

WORDS = ("NA", "null", "None", "nan", "0012", "1e5", "2024-01-01", "TRUE", "=1+1", "-", "1,5")
HEADER = "clip_id,video,audio,label,text,speaker"


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
        parts = split_clips(rows, {"by": "speaker", "validation": ["NA", "None"], "test": ["0012"]}, {})
        assert [word for word, part in zip(WORDS, parts, strict=True) if part == "validation"] == ["NA", "None"]
        assert [word for word, part in zip(WORDS, parts, strict=True) if part == "test"] == ["0012"]


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
        (f"{HEADER}\nc0,a.mp4,a.mp4,No,hi,P\n", r":2: label is 'No'; use .*labels, such as \"No\": neutral"),
        (f"{HEADER}\nc0,a.mp4,a.mp4,01,hi,P\n", r":2: label is '01'; use .*labels, such as \"01\": neutral"),
        # two quotation marks that are not closed: the rows between would become one text
        (f'{HEADER}\nc0,a.mp4,a.mp4,sad,"Oh no\nc1,a.mp4,a.mp4,sad,he said stop",P\n', r":3: text goes over 2 lines"),
        (f"{HEADER}\n{ROW.replace('hello', '#NAME?')}\n", r":2: text is '#NAME\?', what a spreadsheet program shows"),
        (f"{HEADER}\n{ROW.replace('P01', '#WERT!')}\n", r":2: speaker is '#WERT!', what a spreadsheet"),
        (f"{HEADER}\n{ROW.replace('c0', 'c0.')}\n", r":2: clip_id is 'c0\.'; use only letters"),
        (f"{HEADER}\n{ROW}\n\ufeff{HEADER}\n{ROW}\n", r":3: clip_id is '\\ufeffclip_id'; use only letters"),
        (f"sep=|\n{HEADER}\n{ROW}\n", r"no column clip_id, video, audio among sep=\|"),
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
    (clip,) = read(tmp_path, "clips.csv", f"{HEADER}\n{row}\n", words={"müde": "sad"})
    assert (clip.label_raw, clip.label) == ("Mu\u0308de", "sad")
    with pytest.raises(UserError, match="labels: 'MÜDE' stands for two classes"):
        read(tmp_path, "clips.csv", words={"müde": "sad", "MÜDE": "angry"})


def test_face_choices_obey_the_same_rules(tmp_path: Path) -> None:
    path = releases.write(tmp_path / "faces.csv", "sep=;\nclip_id;x;y\n NA ;0.25;1\nb;;\n\nNone;.5;0;\n"[:-2])
    assert load_face_choices(path) == {"NA": "0.2500,1.0000", "b": "none", "None": "0.5000,0.0000"}
    for content, message in {
        "a,0,5,0,5": r":2: 5 cells, but the header has 3",
        "a,.5,.5\nb,,\na,,": r":4: clip 'a' has two lines",
        'a,"0,5",1': r":2: '0,5' is not a share of the picture",
        "a,,1": r":2: '' is not a share",
        "a,1_0,1": r":2: '1_0' is not a share",
        "a,50%,1": r":2: '50%' is not a share",
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
