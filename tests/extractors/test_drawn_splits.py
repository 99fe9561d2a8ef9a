"""Splits that are drawn: shares, seeds, what stays together, classes; and what cannot be drawn."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from extractors import split_corpus
from extractors.corpora.named_splits import promise
from extractors.pages.census import independence
from extractors.shared.clip import LABELS, MANIFEST, Clip
from extractors.shared.files import write_table
from extractors.shared.program import UserError
from extractors.split_corpus import split_clips

ROWS = [{"clip_id": f"c{n}", "speaker": f"P{n % 10}", "session": "", "dialogue": ""} for n in range(100)]
RARE = {row["clip_id"]: "sad" if n < 10 else "happy" for n, row in enumerate(ROWS)}
RANDOM = {"by": "random", "together": "clip", "seed": 0, "validation": 0.1, "test": 0.2}
STRATIFIED = {"by": "stratified", "seed": 0, "validation": 0.1, "test": 0.2}


def test_shares_are_met_and_a_seed_is_a_draw() -> None:
    parts = split_clips(ROWS, RANDOM, {})
    assert Counter(parts) == {"train": 70, "validation": 10, "test": 20}
    assert parts == split_clips(ROWS, RANDOM, {})
    assert parts != split_clips(ROWS, RANDOM | {"seed": 1}, {})


def test_the_order_of_the_table_does_not_count() -> None:
    there = dict(zip([row["clip_id"] for row in ROWS], split_clips(ROWS, RANDOM, {}), strict=True))
    back = split_clips(ROWS[::-1], RANDOM, {})
    assert [there[row["clip_id"]] for row in ROWS[::-1]] == back


def test_people_stay_together() -> None:
    parts = split_clips(ROWS, RANDOM | {"together": "speaker"}, {})
    of_person = {row["speaker"]: part for row, part in zip(ROWS, parts, strict=True)}
    assert all(of_person[row["speaker"]] == part for row, part in zip(ROWS, parts, strict=True))
    assert Counter(of_person.values()) == {"train": 7, "validation": 1, "test": 2}


def test_each_class_has_its_share_in_each_part() -> None:
    parts = split_clips(ROWS, STRATIFIED, RARE)
    counts = Counter(zip(RARE.values(), parts, strict=True))
    assert counts == {
        ("sad", "train"): 7,
        ("sad", "validation"): 1,
        ("sad", "test"): 2,
        ("happy", "train"): 63,
        ("happy", "validation"): 9,
        ("happy", "test"): 18,
    }


def test_without_a_split_every_clip_is_adapted_to() -> None:
    assert split_clips(ROWS, {"by": "none"}, {}) == ["train"] * len(ROWS)


@pytest.mark.parametrize(
    ("rows", "split", "labels", "message"),
    [
        (ROWS, RANDOM | {"validation": 0.5, "test": 0.5}, {}, "take all clips"),
        (ROWS[:2], RANDOM, {}, "three of clip_id, and there are only c0, c1"),
        ([row | {"speaker": "P1"} for row in ROWS], RANDOM | {"together": "speaker"}, {}, "there is only P1; write"),
        (ROWS, RANDOM | {"together": "session"}, {}, "100 clips, c0 the first, have no session"),
        (ROWS[:4], RANDOM | {"validation": 0.49, "test": 0.5}, {}, "of 4, none would train"),
        (ROWS, STRATIFIED, {"c0": "sad"}, "c1 is not among the labels, which by: stratified needs"),
        (ROWS[:11], STRATIFIED, RARE, "three clips of a class, and 'happy' has 1"),
        (ROWS, {"by": "random", "seed": 0, "validation": 0.1, "test": 0.2}, {}, "together is missing"),
        (ROWS, {"by": "none", "seed": 0}, {}, "seed is missing or unknown"),
    ],
)
def test_what_cannot_be_drawn_is_said(rows: list, split: dict, labels: dict, message: str) -> None:
    with pytest.raises(UserError, match=message):
        split_clips(rows, split, labels)


def clip(speaker: str) -> Clip:
    empty = dict.fromkeys([field.name for field in (*MANIFEST, *LABELS)], "")
    return Clip(**(empty | {"speaker": speaker, "status": "ok"}))


@pytest.mark.parametrize(
    ("speakers", "split", "told"),
    [
        (["A", "B"], RANDOM, ["were heard in training"]),
        (["A", "B"], RANDOM | {"together": "speaker"}, ["No speaker is in two parts"]),
        (["A", "A"], STRATIFIED, ["were heard in training", "All clips are of one speaker, A"]),
        (["", ""], STRATIFIED, ["were heard in training", "No clip names its speaker"]),
        (["A", "B"], {"by": "none"}, ["no split: all clips are adapted to"]),
    ],
)
def test_the_census_says_what_a_split_means(speakers: list[str], split: dict, told: list[str]) -> None:
    sentences = list(independence([clip(speaker) for speaker in speakers], split))
    assert len(sentences) == len(told)
    assert all(words in sentence for words, sentence in zip(told, sentences, strict=True))
    assert promise(split) in ("clip_id", "speaker")


def test_the_program_reads_labels_for_classes_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blank = {field.name: None if pa.types.is_floating(field.type) else "" for field in MANIFEST}
    rows = [blank | row | {"status": "ok"} for row in ROWS]
    write_table(tmp_path / "m.parquet", pa.Table.from_pylist(rows, schema=MANIFEST))
    labels = [{"clip_id": name, "label": label, "label_raw": label} for name, label in RARE.items()]
    write_table(tmp_path / "l.parquet", pa.Table.from_pylist(labels, schema=LABELS))
    flags = ["--manifest", str(tmp_path / "m.parquet"), "--labels", str(tmp_path / "l.parquet")]
    flags += ["--split", json.dumps(STRATIFIED), "--splits", str(tmp_path / "s.parquet")]
    monkeypatch.setattr(sys, "argv", ["extractors.split_corpus", *flags])
    split_corpus.main()
    assert pq.read_table(tmp_path / "s.parquet")["split"].to_pylist() == split_clips(ROWS, STRATIFIED, RARE)
