"""Every parser on mutated files: each line is parsed, skipped for a named reason, or refused with file and line.

``FUZZ_FILES=40000 pytest tests/extractors/corpora/test_fuzz.py`` looks longer.
"""

from __future__ import annotations

import csv
import io
import os
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers import releases
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.corpora import custom, iemocap, meld, mosei, mosei_folds, mosei_labels, msp_improv
from extractors.corpora.defects import parse_defects
from extractors.corpora.lines import decode, split_lines
from extractors.corpora.user_table import parse_csv
from extractors.shared.clip import MODALITIES
from extractors.shared.program import UserError

LABELS = (
    "% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]\n\n"
    + releases.turn("Ses01F_impro01_F000", "neu")
    + releases.turn("Ses05M_script01_1b_M012", "xxx")
).split("\n")
SPOKEN = [
    "Ses01F_impro01_F000 [006.2901-008.2357]: Excuse me.",
    "Ses01F_impro01_MXX0 [006.2901-008.2357]: off",
    "F: on her own",
    "Ses03M_impro05a_M001 [006.2901-008.2357]: caf\xe9 [LAUGHTER]",
    "",
]
EVALUATION = [
    "UTD-IMPROV-S01A-F01-S-FM01.avi; N; A:3.000000; V:3.500000; D:3.000000 ; N:4.0000;",
    "ADDS_12; Happy; Excited; Other (a; b); A:2.000000; V:4.000000; D:3.000000; N:4.000000;",
    "",
    "UTD-IMPROV-S20N-M06-P-MF112; X; A:NaN; V:3.500000; D:3.000000 ; N:4.0000;",
]
SEGMENTS = [
    "-bb___bbbbb___0___-0.03___2.5___first words",
    "-bb___bbbbb___10___12.5___14___then ___ more_words",
    "",
    "12345___3___1.0___2.5___so",
]
ROWS = [
    releases.MELD_HEADER,
    '1,"a, ""quoted"" word",Joey,neutral,neutral,0,0,8,21,"00:16:16,059","00:16:21,73"',
    '2,it\u2019s,"The Interviewer, too",joy,positive,0,1,8,21,"0:16:16,059","00:16:21,731"',
    "3,x,Ross,surprise,neutral,1,0,8,21,a,b",
]
ANSWERS = [
    "Input.VIDEO_ID,Input.CLIP,Answer.sentiment,Answer.happiness,Answer.sadness,Answer.anger,Answer.surprise,"
    "Answer.disgust,Answer.fear,Other",
    "folder/12345,3,1,0,2,0,0,0,0,x",
    '-bb___bbbbb,10,-3,0,1,0,,0,0,"x, y"',
]
COLUMNS = custom.columns_for(MODALITIES)
TABLE = [
    ",".join(COLUMNS.required + COLUMNS.optional),
    "a-1,media/a.mp4,media/a.wav,joy,hello there,Ann,1,d1,test,0.5,2,,,left",
    'b,a.mp4,a.mp4,sad,"one, two",,,,,,,,,',
]
DEFECTS = ["clip\tsymptom\tsource\taction", "a_1\tbroken\tus\texclude", "# note", "b*\tlong\tus\tcap 20"]
FOLDS = [
    "import os",
    'standard_train_fold = ["aaaaaaaaaaa", "12345"]',
    "standard_valid_fold = ['-bb___bbbbb']",
    "standard_test_fold = ['x']",
]
PIECES = (
    *("", "\t", ";", ",", '"', "'", "[", "]", "-", "___", "\0", "\x85", "\u2028", "é", "Ses", "XX", "UTD-IMPROV-"),
    *("1" * 400, "nan", "1e999", "../", "/", "*", "\r", "\n", "9", "(", "%", "F:", "𝟙", "٣", " ", "\\", "(" * 300),
)
FILES = int(os.environ.get("FUZZ_FILES", "3000"))


def mutated(seed: int, lines: list[str]) -> list[str]:
    """The lines after one to five changes: pieces put in or over characters, lines cut, doubled or dropped."""
    chance = random.Random(seed)
    lines = list(lines)
    for _ in range(chance.randint(1, 5)):
        n = chance.randrange(len(lines))
        change = chance.choice(("put", "put", "over", "over", "cut", "double", "drop"))
        at = chance.randint(0, len(lines[n]))
        piece = chance.choice((*PIECES, chr(chance.randrange(1, 0x300)), chr(chance.randrange(1, 0x300))))
        if change == "double":
            lines.insert(n, lines[n])
        elif change == "drop" and len(lines) > 1:
            del lines[n]
        elif change == "cut":
            lines[n] = lines[n][:at]
        else:
            lines[n] = lines[n][:at] + piece + lines[n][at + (change == "over") :]
    return split_lines("\n".join(lines))


def attempt(parse: Callable, *args: object) -> tuple[Any, str]:
    """What the parser returns and no refusal, or nothing and the words of its refusal."""
    try:
        return parse(*args), ""
    except UserError as error:
        return None, str(error)


@pytest.mark.parametrize(
    ("parse", "lines"),
    [
        (lambda lines: iemocap.parse_labels(lines, "here"), LABELS),
        (iemocap.parse_transcript, SPOKEN),
        (lambda lines: msp_improv.parse_evaluation(lines, "here"), EVALUATION),
        (mosei.parse_transcript, SEGMENTS),
    ],
    ids=["iemocap labels", "iemocap transcript", "msp_improv evaluation", "mosei transcript"],
)
def test_every_line_is_parsed_skipped_or_refused(parse: Callable, lines: list[str]) -> None:
    refused = 0
    for seed in range(FILES):
        changed = mutated(seed, lines)
        result, error = attempt(parse, changed)
        refused += bool(error)
        if error:
            assert re.search(r"here:\d+: ", error), (seed, error)
            continue
        records, skipped = result
        assert len(records) + len(skipped) == len(changed), seed
        assert len({line.line for line in skipped}) == len(skipped), seed
        assert all(line.reason and 1 <= line.line <= len(changed) for line in skipped), seed
    assert refused < FILES


@pytest.mark.parametrize(
    ("parse", "lines"),
    [(meld.parse_csv, ROWS), (mosei_labels.parse_mturk, ANSWERS)],
    ids=["meld", "mosei annotators"],
)
def test_every_csv_row_is_parsed_skipped_or_refused(parse: Callable, lines: list[str]) -> None:
    refused = 0
    for seed in range(FILES):
        text = "\n".join(mutated(seed, lines))
        result, error = attempt(parse, text, "here")
        refused += bool(error)
        if error:
            assert re.match(r"here(:\d+)?: ", error), (seed, error)
            continue
        records, skipped = result
        assert len(records) + len(skipped) == len(list(csv.reader(io.StringIO(text, newline="")))), seed
        assert len({line.line for line in skipped}) == len(skipped), seed
        assert all(getattr(record, "seconds", None) is None or record.seconds > 0 for record in records), seed
    assert refused < FILES


def test_custom_rows_never_lead_outside() -> None:
    for seed in range(FILES):
        rows, error = attempt(parse_csv, "\n".join(mutated(seed, TABLE)), "here", COLUMNS)
        for where, cells in rows or ():
            clip, error = attempt(custom.make_clip, Path("release"), where, cells, MODALITIES)
            assert error or not {"..", ""} & set(clip.video.split("/")) or not clip.video, seed
        assert not error or re.match(r"here(:\d+)?: ", error), (seed, error)


def test_defect_tables_lose_no_line() -> None:
    for seed in range(FILES):
        lines = mutated(seed, DEFECTS)
        found, error = attempt(parse_defects, lines, "here")
        rows = [line for line in lines if line.strip() and not line.startswith("#")]
        assert re.match(r"here:\d+: ", error) if error else len(found) == max(0, len(rows) - 1), (seed, error)


@pytest.mark.filterwarnings("ignore::SyntaxWarning", "ignore::DeprecationWarning")
def test_folds_are_all_three_or_refused() -> None:
    for seed in range(FILES):
        folds, error = attempt(mosei_folds.parse_folds, "\n".join(mutated(seed, FOLDS)), "here")
        assert error.startswith("here") if error else set(folds) == {"train", "validation", "test"}, (seed, error)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_decode(data: bytes) -> None:
    assert not {chr(code) for code in range(0x82, 0x8D)} & set(decode(data))


@pytest.mark.filterwarnings("ignore::SyntaxWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("corpus", ["iemocap", "meld", "mosei", "msp_improv"])
def test_whole_releases_with_mutated_files(tmp_path: Path, corpus: str) -> None:
    if corpus == "iemocap":
        releases.iemocap(tmp_path, {"Ses01F_impro01_F000": "neu", "Ses01F_impro01_M000": "sad"})
        names = ["dialog/EmoEvaluation", "dialog/transcriptions"]
        files = [tmp_path / "Session1" / name / "Ses01F_impro01.txt" for name in names]
    elif corpus == "meld":
        releases.meld(tmp_path, {split: [(0, 0, "joy", "a"), (0, 1, "fear", "b")] for split in releases.MELD_FOLDERS})
        files = [tmp_path / "train/train_sent_emo.csv"]
    elif corpus == "mosei":
        segments = {video: [(0.0, 2.0, [0.0] * 7), (12.5, 14.0, [0.0] * 7)] for video in ("-bb___bbbbb", "12345")}
        folds = {"train": ["12345"], "valid": ["-bb___bbbbb"], "test": ["x"]}
        releases.mosei(tmp_path, segments, {"12345": "12345___0___0___2___a\n12345___1___12.5___14___b"}, folds)
        said = "Raw/Transcript/Segmented/Combined/12345.txt"
        releases.write(tmp_path / said.replace("12345", "-bb___bbbbb"), "\n".join(SEGMENTS[:2]))
        files = [tmp_path / said, tmp_path / "cmu_mosei_std_folds.py"]
    else:
        releases.msp_improv(tmp_path, {"S01A-F01-S-FM01": "N", "S20H-M06-P-MF112": "X"})
        files = [tmp_path / "Evalution.txt"]
    good = {file: file.read_text(encoding="latin-1") for file in files}
    for seed in range(FILES // 15):
        for file, text in good.items():
            file.write_text("\n".join(mutated(seed, text.split("\n"))), encoding="utf-8", newline="")
        clips, error = attempt(releases.clips_of, corpus, tmp_path)
        assert str(tmp_path) in error if error else clips, (seed, error)
