"""The split program: parts by official split, session or speaker; checked groups; disjoint, none empty."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from extractors.corpora.named_splits import NAMED, NAMED_PROMISES, promise
from extractors.shared.clip import MANIFEST, SPLITS
from extractors.shared.files import write_table
from extractors.shared.program import UserError
from extractors.split_corpus import split_clips

ROWS = [
    {"clip_id": f"c{n}", "session": str(n % 5 + 1), "speaker": f"S{n % 5 + 1}{'FM'[n % 2]}", "dialogue": f"d{n // 2}"}
    | {"official_split": ("train", "validation", "test")[min(n // 2, 2)]}
    for n in range(20)
]


def test_by_session_the_rest_trains() -> None:
    parts = split_clips(ROWS, {"by": "session", "validation": ["4"], "test": [5]}, {})
    for row, part in zip(ROWS, parts, strict=True):
        assert part == {"4": "validation", "5": "test"}.get(row["session"], "train")


def test_official_is_taken_over() -> None:
    assert split_clips(ROWS, {"by": "official"}, {}) == [row["official_split"] for row in ROWS]


@pytest.mark.parametrize(
    ("split", "message"),
    [
        ({"by": "session", "validation": ["4"], "test": ["9"]}, r"no usable clip has session '9'; there are 1, 2"),
        ({"by": "session", "validation": ["4"], "test": []}, "test would be empty"),
        ({"by": "session", "validation": ["4"], "test": ["4"]}, "session 4 is in validation and in test"),
        ({"by": "session", "validation": ["1", "2", "3"], "test": ["4", "5"]}, "train would be empty"),
        ({"by": "session", "validation": "4", "test": ["5"]}, "validation must be a list"),
        ({"by": "session", "test": ["5"]}, "validation is missing"),
        ({"by": "official", "test": ["5"]}, "test is missing or unknown"),
        ({"by": "moon"}, "use one of official"),
        ({}, "use one of official"),
    ],
)
def test_bad_splits_are_refused(split: dict, message: str) -> None:
    with pytest.raises(UserError, match=message):
        split_clips(ROWS, split, {})


def test_official_without_a_split_or_across_dialogues_is_refused() -> None:
    with pytest.raises(UserError, match="c0 the first, have no official split"):
        split_clips([row | {"official_split": ""} for row in ROWS], {"by": "official"}, {})
    with pytest.raises(UserError, match="dialogue 'd' would be in train and in validation"):
        split_clips([row | {"dialogue": "d"} for row in ROWS], {"by": "official"}, {})


@pytest.mark.parametrize(
    ("speaker", "message"),
    [("P1", "all clips are of one speaker, P1, so no"), ("", "no clip names its speaker, so no")],
)
def test_one_speaker_or_none_is_told_what_that_means(speaker: str, message: str) -> None:
    rows = [row | {"speaker": speaker} for row in ROWS]
    with pytest.raises(UserError, match=f"{message} part can be of others; write by: stratified, and read the scores"):
        split_clips(rows, {"by": "speaker", "validation": ["P1"], "test": ["P2"]}, {})


def test_program_splits_usable_clips_only(tmp_path: Path) -> None:
    blank = {field.name: None if pa.types.is_floating(field.type) else "" for field in MANIFEST}
    rows = [blank | row | {"status": "excluded" if row["clip_id"] == "c3" else "ok"} for row in ROWS]
    write_table(tmp_path / "m.parquet", pa.Table.from_pylist(rows, schema=MANIFEST))
    command = [
        *(sys.executable, "-m", "extractors.split_corpus", "--manifest", str(tmp_path / "m.parquet")),
        *("--split", json.dumps({"by": "official"}), "--splits", str(tmp_path / "s.parquet"), "--labels"),
    ]
    assert subprocess.run(command, check=False).returncode == 0
    table = pq.read_table(tmp_path / "s.parquet")
    assert table.schema.equals(SPLITS)
    assert table["clip_id"].to_pylist() == [row["clip_id"] for row in ROWS if row["clip_id"] != "c3"]


def people(corpus: str, sizes: dict[str, int]) -> list[dict[str, str]]:
    """As many usable clips of each speaker as given, one dialogue per ten clips."""
    return [
        {"clip_id": f"{speaker}_{n}", "corpus": corpus, "speaker": speaker, "session": session_of(speaker)}
        | {"dialogue": f"{session_of(speaker)}-{n // 10}", "official_split": ""}
        for speaker, size in sizes.items()
        for n in range(size)
    ]


def session_of(speaker: str) -> str:
    return speaker[4] if speaker.startswith("Ses") else speaker[2]


# Usable clips per speaker, as published: IEMOCAP with excitement as happiness; MSP-IMPROV's improvised clips in which
# the detector of Zhao et al. found a face.
IEMOCAP = {"Ses01F": 528, "Ses01M": 557, "Ses02F": 481, "Ses02M": 542, "Ses03F": 522, "Ses03M": 629} | {
    "Ses04F": 528,
    "Ses04M": 503,
    "Ses05F": 590,
    "Ses05M": 651,
}
MSP_IMPROV = {"F01": 215, "F02": 312, "F03": 337, "F04": 234, "F05": 404, "F06": 425} | {
    "M01": 211,
    "M02": 266,
    "M03": 361,
    "M04": 203,
    "M05": 371,
    "M06": 480,
}


@pytest.mark.parametrize(
    ("corpus", "sizes", "split", "expected"),
    [
        ("iemocap", IEMOCAP, {"named": "leave_one_session", "fold": 5}, (3259, 1031, 1241)),
        ("iemocap", IEMOCAP, {"named": "leave_one_session", "fold": 1}, (3205, 1241, 1085)),
        ("iemocap", IEMOCAP, {"named": "mmin", "fold": 1}, (4446, 557, 528)),
        ("iemocap", IEMOCAP, {"named": "mmin", "fold": 10}, (4290, 590, 651)),
        ("msp_improv", MSP_IMPROV, {"named": "mmin", "fold": 1}, (3393, 211, 215)),
        ("msp_improv", MSP_IMPROV, {"named": "mmin", "fold": 2}, (3393, 215, 211)),
        ("msp_improv", MSP_IMPROV, {"named": "leave_one_session", "fold": 6}, (2139, 775, 905)),
        ("msp_improv", MSP_IMPROV, {"named": "fixed_speakers", "fold": 1}, (2691, 523, 605)),
    ],
)
def test_named_splits_have_the_published_sizes(
    corpus: str, sizes: dict[str, int], split: dict, expected: tuple[int, int, int]
) -> None:
    parts = split_clips(people(corpus, sizes), split, {})
    assert tuple(parts.count(part) for part in ("train", "validation", "test")) == expected


def test_the_split_of_dialogxl_is_by_the_names_of_dialogues() -> None:
    names = ["Ses01F_impro01", "Ses04F_impro08", "Ses04F_script01_2", "Ses04F_script01_3", "Ses04M_impro01"]
    names += ["Ses04M_script03_2", "Ses05F_impro01", "Ses05M_script03_2"]
    rows = [{"clip_id": name, "corpus": "iemocap", "speaker": "", "session": "", "dialogue": name} for name in names]
    parts = split_clips(rows, {"named": "dialogxl", "fold": 1}, {})
    assert parts == ["train"] * 3 + ["validation"] * 3 + ["test"] * 2


@pytest.mark.parametrize(
    ("split", "group"),
    [
        ({"by": "official"}, "dialogue"),
        ({"by": "session", "validation": ["4"], "test": ["5"]}, "session"),
        ({"by": "speaker", "validation": 0.1, "test": ["Ses05F"]}, "dialogue"),
        *(({"named": name, "fold": 1}, group) for name, group in NAMED_PROMISES.items()),
    ],
)
def test_every_split_promises_what_its_parts_do_not_share(split: dict, group: str) -> None:
    assert promise(split) == group


def test_a_broken_promise_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever writes the parts out, they are checked by the name of the split and not by the groups it stands for."""
    by_dialogue = {"by": "dialogue", "validation": ["1-0"], "test": ["2-0"]}
    monkeypatch.setitem(NAMED, ("iemocap", "mmin"), (lambda *_: by_dialogue, 10))
    with pytest.raises(UserError, match="speaker 'Ses01F' would be in validation and in train"):
        split_clips(people("iemocap", dict.fromkeys(IEMOCAP, 12)), {"named": "mmin", "fold": 1}, {})


def test_every_named_split_promises_something() -> None:
    assert {name for _, name in NAMED} == set(NAMED_PROMISES)


def test_every_fold_of_a_named_split_tests_each_clip_once() -> None:
    rows = people("iemocap", dict.fromkeys(IEMOCAP, 3))
    for name, folds in (("leave_one_session", 5), ("mmin", 10)):
        tested = [split_clips(rows, {"named": name, "fold": fold + 1}, {}) for fold in range(folds)]
        assert all(sum(parts[n] == "test" for parts in tested) == 1 for n in range(len(rows)))


@pytest.mark.parametrize(
    ("corpus", "split", "message"),
    [
        ("iemocap", {"named": "mmin", "fold": 11}, r"no mmin fold 11; it has leave_one_session \(folds 1 to 5\), mmin"),
        ("iemocap", {"named": "mmin", "fold": 0}, "no mmin fold 0"),
        ("iemocap", {"named": "mmin", "fold": "1"}, "no mmin fold 1"),
        ("iemocap", {"named": "moon", "fold": 1}, "no moon fold 1"),
        ("meld", {"named": "mmin", "fold": 1}, "meld has no mmin fold 1; it has none"),
        ("iemocap", {"named": "mmin"}, "fold is missing"),
    ],
)
def test_unknown_named_splits_are_refused(corpus: str, split: dict, message: str) -> None:
    with pytest.raises(UserError, match=message):
        split_clips(people(corpus, IEMOCAP), split, {})


def test_a_share_of_the_remaining_dialogues_validates() -> None:
    rows = people("iemocap", IEMOCAP)
    split = {"by": "session", "validation": 0.1, "test": ["5"]}
    parts = split_clips(rows, split, {})
    assert parts == split_clips(rows, split, {})
    dialogues = {
        part: {row["dialogue"] for row, p in zip(rows, parts, strict=True) if p == part} for part in set(parts)
    }
    assert not dialogues["train"] & dialogues["validation"]
    others = len(dialogues["train"] | dialogues["validation"])
    assert len(dialogues["validation"]) == round(0.1 * others)
    assert {row["session"] for row, part in zip(rows, parts, strict=True) if part == "test"} == {"5"}
