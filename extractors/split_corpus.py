"""Split the usable clips of a manifest into train, validation and test, without a common group.

A split is one of

* ``{"by": "official"}``: the corpus's own parts, which share no dialogue;
* ``{"by": "session"|"speaker"|"dialogue", "validation": [...], "test": [...]}``: these groups, the rest is ``train``;
* the same with a number such as 0.1 as ``validation``: this share of the other dialogues, chosen by their names;
* ``{"named": "leave_one_session"|"mmin"|"dialogxl"|..., "fold": k}``: see :mod:`extractors.corpora.named_splits`;
* ``{"by": "random"|"stratified"|"none", ...}``: see :mod:`extractors.corpora.drawn_splits`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from extractors.corpora.drawn_splits import DRAWN, drawn_split
from extractors.corpora.named_splits import is_share, named_split, promise
from extractors.shared.clip import PARTS, SPLITS, Row
from extractors.shared.files import read_table, write_table
from extractors.shared.program import UserError, run

GROUPS = ("session", "speaker", "dialogue")
"""Columns of the manifest that a split may use."""


KEYS = {
    "official": {"by"},
    "none": {"by"},
    "random": {"by", "together", "seed", "validation", "test"},
    "stratified": {"by", "seed", "validation", "test"},
    **{name: {"by", "validation", "test"} for name in GROUPS},
}
"""The keys of a split by its ``by``."""


def split_clips(rows: list[Row], split: Mapping[str, Any], labels: Mapping[str, str]) -> list[str]:
    """The part of each clip.

    Args:
        rows: usable clips, as rows of a manifest.
        split: see the module.
        labels: clip_id -> class. Only a stratified split uses it.

    Raises:
        UserError: the split is unknown or names a group that does not exist, a part is empty, or the parts have a
            common group.
    """
    asked = split
    if "named" in split:
        _check_keys(split, {"named", "fold"})
        dialogues = sorted({row["dialogue"] for row in rows})
        split = named_split(rows[0]["corpus"], split["named"], split["fold"], dialogues)
    by = split.get("by")
    if by not in KEYS:
        raise UserError(f"split: by is {by!r}; use one of {', '.join(KEYS)}, or name a split")
    _check_keys(split, KEYS[by])
    if by == "official":
        parts = [row["official_split"] for row in rows]
        without = [row["clip_id"] for row, part in zip(rows, parts, strict=True) if part not in PARTS]
        if without:
            raise UserError(
                f"split: {len(without)} clips, {without[0]} the first, have no official split; use another split"
            )
    elif by in DRAWN:
        parts = drawn_split(rows, split, labels)
    else:
        parts = _by_share(rows, by, split) if is_share(split["validation"]) else _by_group(rows, by, split)
    check_disjoint(rows, parts, promise(asked))
    counts = Counter(parts)
    for part in PARTS:
        if not counts[part] and by != "none":
            raise UserError(f"split: {part} would be empty; name other groups ({dict(counts)})")
    return parts


def check_disjoint(rows: list[Row], parts: list[str], column: str) -> None:
    """Check that no group of the column is in two parts. Clips without a group (an empty value) may be in any part.

    Raises:
        UserError: a group is in two parts; with the group.
    """
    part_of: dict[str, str] = {}
    for row, part in zip(rows, parts, strict=True):
        first = part_of.setdefault(row[column], part) if row[column] else part
        if first != part:
            raise UserError(
                f"split: {column} {row[column]!r} would be in {first} and in {part}; put all of it into one"
            )


def _check_keys(split: Mapping[str, Any], known: set[str]) -> None:
    wrong = known ^ split.keys()
    if wrong:
        raise UserError(f"split: {', '.join(sorted(wrong))} is missing or unknown; the keys are {sorted(known)}")


def _named_groups(rows: list[Row], column: str, split: Mapping[str, Any], part: str) -> set[str]:
    """The existing groups that the split lists for a part."""
    existing = {row[column] for row in rows}
    if len(existing) == 1:
        only = f"all clips are of one {column}, {min(existing)}" if any(existing) else f"no clip names its {column}"
        raise UserError(
            f"split: {only}, so no part can be of others; write by: stratified, and read the scores as those of people"
            " that were heard in training"
        )
    if not isinstance(split[part], list):
        raise UserError(f"split: {part} must be a list of values of {column}; put it in brackets")
    names = {str(name) for name in split[part]}
    for name in sorted(names - existing):
        some = ", ".join(sorted(existing)[:12])
        raise UserError(f"split: no usable clip has {column} {name!r}; there are {some}")
    return names


def _by_group(rows: list[Row], column: str, split: Mapping[str, Any]) -> list[str]:
    validation, test = (_named_groups(rows, column, split, part) for part in ("validation", "test"))
    both = validation & test
    if both:
        raise UserError(f"split: {column} {min(both)} is in validation and in test; keep it in only one")
    part_of = dict.fromkeys(validation, "validation") | dict.fromkeys(test, "test")
    return [part_of.get(row[column], "train") for row in rows]


def _by_share(rows: list[Row], column: str, split: Mapping[str, Any]) -> list[str]:
    """Test on the listed groups. Validate on the given share of other dialogues: those with the smallest digests."""
    test = _named_groups(rows, column, split, "test")
    others = {row["dialogue"] for row in rows if row[column] not in test}
    order = sorted(others, key=lambda name: hashlib.sha256(name.encode()).digest())
    validation = set(order[: round(split["validation"] * len(order))])
    parts = []
    for row in rows:
        rest = "validation" if row["dialogue"] in validation else "train"
        parts.append("test" if row[column] in test else rest)
    return parts


def main() -> None:
    """Read a manifest, split its usable clips, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--manifest", required=True, type=Path, help="Parquet, from extractors.read_release")
    parser.add_argument(
        "--labels", required=True, nargs="*", type=Path, help="Parquet; none but for a stratified split"
    )
    parser.add_argument("--split", required=True, type=json.loads, help="JSON: the config's corpora.<name>.split")
    parser.add_argument("--splits", required=True, type=Path, help="output, Parquet")
    args = parser.parse_args()
    rows = [row for row in read_table(args.manifest, "extractors.read_release").to_pylist() if row["status"] == "ok"]
    if not rows:
        raise UserError(f"{args.manifest}: no usable clip; read the release again with extractors.read_release")
    tables = [read_table(path, "extractors.read_release") for path in args.labels]
    labels = {row["clip_id"]: row["label"] for table in tables for row in table.to_pylist()}
    parts = split_clips(rows, args.split, labels)
    sys.stderr.write(", ".join(f"{part} {count}" for part, count in Counter(parts).items()) + "\n")
    table = {"clip_id": [row["clip_id"] for row in rows], "split": parts}
    write_table(args.splits, pa.Table.from_pydict(table, schema=SPLITS))


if __name__ == "__main__":
    run(main)
