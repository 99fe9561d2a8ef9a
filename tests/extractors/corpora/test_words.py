"""Words stay what was typed, in whatever encoding a release or a table of the user's own is stored."""

from __future__ import annotations

import ast
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers import releases

import extractors.corpora
from extractors.corpora.defects import COLUMNS, load_defects
from extractors.corpora.face_choices import load_face_choices
from extractors.corpora.lines import Ledger, decode, not_utf8, read_text
from extractors.corpora.mosei_folds import read_folds
from extractors.read_release import read_clips
from extractors.shared.clip import CLASSES, MODALITIES
from extractors.shared.program import UserError

GOOD = "I don’t – “not” at all… naïve 你好 😀"
SIGNS = {
    "composed": unicodedata.normalize("NFC", "Zoë à"),
    "decomposed": unicodedata.normalize("NFD", "Zoë à"),
    "line separator": "one\u2028two\u2029three",
    "no width": "zero\u200bwidth\u200djoiner\u2060here",
    "mark inside": "in\ufeffside",
    "hyphens": "non\u2011breaking soft\u00adhyphen",
    "right to left": "\u202eabc\u202c שלום",
    "typed marks": "‘a’ ´b` don't don’t",
    "decoded twice": "donâ€™t",
    "missing words": "NA null None nan NaN <NA> #N/A TRUE",
    "numbers": "0012 1e5 1,5 2024-01-01 1:30 1_000",
}
"""Texts that a reader might be tempted to change."""


def iemocap(root: Path, first: bytes, second: bytes) -> None:
    releases.iemocap(root, {"Ses01F_impro01_F000": "neu", "Ses01F_impro01_F001": "neu"})
    said = b"Ses01F_impro01_F00%d [001.5000-003.2500]: %b"
    lines = b"\n".join(said % (number, text) for number, text in enumerate((first, second)))
    releases.write(root / "Session1/dialog/transcriptions/Ses01F_impro01.txt", lines)


def meld(root: Path, first: bytes, second: bytes) -> None:
    releases.meld(root, {split: [(0, 0, "joy", "a"), (0, 1, "joy", "b")] for split in releases.MELD_FOLDERS})
    path = root / "train/train_sent_emo.csv"
    path.write_bytes(path.read_bytes().replace(b'"a"', b'"%b"' % first).replace(b'"b"', b'"%b"' % second))


def mosei(root: Path, first: bytes, second: bytes) -> None:
    segments = {"12345": [(0.0, 2.0, [0.0] * 7), (2.0, 4.0, [0.0] * 7)]}
    releases.mosei(root, segments, {}, {"train": ["12345"], "valid": ["v"], "test": ["t"]})
    said = b"12345___0___0___2___%b\n12345___1___2___4___%b" % (first, second)
    releases.write(root / "Raw/Transcript/Segmented/Combined/12345.txt", said)


def msp_improv(root: Path, first: bytes, second: bytes) -> None:
    clips = {"S01A-F01-S-FM01": first, "S01A-F01-S-FM02": second}
    releases.msp_improv(root, dict.fromkeys(clips, "N"), {})
    for clip, text in clips.items():
        releases.write(root / f"Human_transcriptions/MSP-IMPROV-{clip}.txt", text)


RELEASES = {"iemocap": iemocap, "meld": meld, "mosei": mosei, "msp_improv": msp_improv}


def texts(corpus: str, root: Path) -> list[str]:
    return [clip.text for clip in releases.clips_of(corpus, root)][-2:]


@pytest.mark.parametrize("corpus", RELEASES)
def test_a_byte_of_an_old_encoding_in_a_release_spoils_no_other_and_is_named(
    tmp_path: Path, corpus: str, capsys: pytest.CaptureFixture
) -> None:
    RELEASES[corpus](tmp_path, GOOD.encode(), "don’t, ".encode() + b"caf\xe9 \x93so\x94")
    assert texts(corpus, tmp_path) == [GOOD, "don’t, café “so”"]
    (told,) = [line for line in capsys.readouterr().err.splitlines() if "UTF-8" in line]
    assert told.startswith(f"{corpus}: 1 line(s) hold bytes that are not UTF-8, read as Windows-1252: ")
    place = {"iemocap": "Ses01F_impro01.txt:2", "meld": "train_sent_emo.csv:3", "mosei": "12345.txt:2"}
    assert told.endswith(place.get(corpus, "MSP-IMPROV-S01A-F01-S-FM02.txt:1"))


@pytest.mark.parametrize("corpus", RELEASES)
@pytest.mark.parametrize("kind", SIGNS)
def test_a_release_keeps_every_sign(tmp_path: Path, corpus: str, kind: str, capsys: pytest.CaptureFixture) -> None:
    RELEASES[corpus](tmp_path, SIGNS[kind].encode(), b"x")
    wanted = SIGNS[kind]
    assert texts(corpus, tmp_path)[0] == (" ".join(wanted.split()) if corpus == "msp_improv" else wanted)
    assert "UTF-8" not in capsys.readouterr().err


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_says_the_encoding_of_a_release(tmp_path: Path, encoding: str) -> None:
    iemocap(tmp_path, GOOD.encode(), b"x")
    path = tmp_path / "Session1/dialog/transcriptions/Ses01F_impro01.txt"
    path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))
    assert texts("iemocap", tmp_path) == [GOOD, "x"]


def test_only_the_lines_that_are_not_utf8_are_named() -> None:
    data = b"\xef\xbb\xbfa \xe2\x80\x99\nb \x92\r\nc\rd \xe9\xe9\n\xed\xa0\x80"
    assert not_utf8(data) == [2, 4, 5]
    assert decode(data).splitlines()[:4] == ["a ’", "b ’", "c", "d éé"]
    assert not_utf8(GOOD.encode()) == []


def test_many_lines_that_are_not_utf8_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    releases.write(tmp_path / "a.txt", b"\xe9\n" * 40)
    ledger = Ledger("x")
    ledger.read(tmp_path, "a.txt")
    ledger.report()
    told = capsys.readouterr().err
    assert told.startswith("x: 40 line(s)")
    assert told.endswith(" a.txt:9, a.txt:10 ...\n")


def clips_table(path: Path, data: bytes) -> str:
    root = path.parent
    releases.write(path, b"clip_id,video,audio,label,text\na,a.mp4,a.mp4,sad,%b\n" % data)
    releases.write(root / "a.mp4", b"x")
    (clip,) = read_clips("mylab", root, {"reader": "custom", "table": path.name}, MODALITIES, {}, CLASSES)
    return clip.text


def defects(path: Path, data: bytes) -> str:
    releases.write(path, "\t".join(COLUMNS).encode() + b"\na\t%b\tus\tkeep" % data)
    return load_defects("custom", str(path))[0].symptom


def face_choices(path: Path, data: bytes) -> str:
    releases.write(path, b"clip_id,x,y\n%b,,\n" % data)
    return next(iter(load_face_choices(path)))


def folds(path: Path, data: bytes) -> str:
    releases.write(path, b"# comment\n# %b\nstandard_train_fold = ['a']\n" % data)
    path.write_bytes(path.read_bytes() + b"standard_valid_fold = ['b']\nstandard_test_fold = ['c']\n")
    return "" if len(read_folds(path)) == 3 else "lost"


def no_faces(path: Path, data: bytes) -> str:
    name = "S01A-F01-S-FM01"
    releases.msp_improv(path.parent, {name: "N", "S20H-M06-P-MF112": "H"})
    releases.write(path, b"\nMSP-IMPROV-%b %b" % (name.encode(), data))
    clips = releases.read("msp_improv", path.parent, no_face_list=str(path))
    return "" if clips[f"MSP-IMPROV-{name}"].status == "excluded" else "lost"


OWN = {
    "clips": clips_table,
    "defects": defects,
    "face choices": face_choices,
    "folds": folds,
    "no faces": no_faces,
}


@pytest.mark.parametrize("kind", OWN)
def test_a_table_of_ones_own_with_a_byte_that_is_not_utf8_is_refused_with_its_line(tmp_path: Path, kind: str) -> None:
    table: Callable = OWN[kind]
    assert table(tmp_path / "own.csv", GOOD.encode()) in (GOOD, "")
    with pytest.raises(UserError, match=r"own\.csv:2: not UTF-8: '.*naïve.*; save the file as UTF-8"):
        table(tmp_path / "own.csv", b"na\xefve")


@pytest.mark.parametrize("kind", OWN)
def test_a_zero_byte_is_refused_with_its_line(tmp_path: Path, kind: str) -> None:
    with pytest.raises(UserError, match=r"own\.csv:2: contains a zero byte"):
        OWN[kind](tmp_path / "own.csv", b"a\0b")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le"])
def test_utf16_without_its_mark_is_refused(tmp_path: Path, encoding: str) -> None:
    path = releases.write(tmp_path / "own.csv", "clip_id,x,y\n".encode(encoding))
    with pytest.raises(UserError, match=r"own\.csv:1: contains a zero byte, .* UTF-16 without its mark"):
        load_face_choices(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_marked_table_is_read_in_its_encoding(tmp_path: Path, encoding: str) -> None:
    path = releases.write(tmp_path / "own.csv", GOOD.encode(encoding))
    assert read_text(path) == GOOD
    path.write_bytes(("\ufeff" + GOOD).encode(encoding))
    assert read_text(path) == GOOD


def test_a_file_that_breaks_off_in_utf16_is_refused(tmp_path: Path) -> None:
    path = releases.write(tmp_path / "own.csv", GOOD.encode("utf-16")[:-1])
    with pytest.raises(UserError, match=r"own\.csv: begins as UTF-16 text, but has other characters further on"):
        read_text(path)


def test_several_lines_that_are_not_utf8_are_counted_in_the_refusal(tmp_path: Path) -> None:
    path = releases.write(tmp_path / "own.csv", b"ok\n\xcf\xf0\xe8\xe2\xe5\xf2\n\xe9\n")
    with pytest.raises(UserError, match=r"own\.csv:2: not UTF-8 \(2 such lines\)"):
        read_text(path)


def remark(corpus: str, root: Path, text: str) -> str:
    """What the manifest says of a clip with this text."""
    if corpus == "custom":
        clips_table(root / "own.csv", text.encode())
        reading = {"reader": "custom", "table": "own.csv"}
        (clip,) = read_clips("mylab", root, reading, MODALITIES, {}, CLASSES)
    else:
        RELEASES[corpus](root, text.encode(), b"x")
        clip = releases.clips_of(corpus, root)[-2]
    assert (clip.text, clip.status) == (text, "ok")
    return clip.reason


@pytest.mark.parametrize("corpus", [*RELEASES, "custom"])
def test_a_text_that_was_spoilt_before_is_kept_and_marked(tmp_path: Path, corpus: str) -> None:
    assert remark(corpus, tmp_path, "caf\ufffd") == "letters of the text were lost when it was saved (U+FFFD)"
    twice = "don’t … café".encode().decode("cp1252")
    assert remark(corpus, tmp_path, twice) == "the text was decoded wrongly when it was saved (such as â€™ for ’)"


@pytest.mark.parametrize("text", [GOOD, "FIANCÉ… “SÃO” «IRMÃ» âge â € ß“ Ñ¿ Â°", *SIGNS.values()])
def test_words_of_any_language_are_not_marked(tmp_path: Path, text: str) -> None:
    said = remark("iemocap", tmp_path, text)
    assert said == "" or text == SIGNS["decoded twice"]


def test_every_reader_decodes_by_the_same_functions() -> None:
    folder = Path(extractors.corpora.__file__).parent
    calls = {
        (path.name, node.func.attr)
        for path in folder.glob("*.py")
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr in ("decode", "read_text", "read_bytes", "open")
    }
    assert calls == {
        ("counts.py", "open"),  # the published counts, which are ours
        ("lines.py", "decode"),
        ("lines.py", "read_bytes"),
        ("mosei_labels.py", "decode"),  # the names of HDF5's columns
        ("parquet_table.py", "decode"),  # strictly
        ("questions.py", "open"),  # the open questions, which are ours
        ("user_table.py", "open"),  # the first bytes, which tell spreadsheet files
    }
