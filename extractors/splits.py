"""Split the usable clips of a manifest into train, validation and test, disjoint by what the split's rule names."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from extractors.clip import SPLITS
from extractors.files import read_table, write_table
from extractors.manifest import parse_object
from extractors.program import UserError, run

PARTS = ("train", "validation", "test")
GROUPS = ("session", "speaker", "dialogue")
"""Columns of the manifest that a rule may split by."""
Row = Mapping[str, Any]


def split_clips(rows: list[Row], rule: Mapping[str, Any]) -> list[str]:
    """The part of each clip.

    Args:
        rows: usable clips, as rows of a manifest.
        rule: ``{"by": "official"}``, or ``by`` one of :data:`GROUPS` with lists ``validation`` and ``test`` of its
            values; the rest is ``train``.

    Raises:
        UserError: the rule is not one of these or names a group that does not exist, or a part stays empty.
    """
    by = rule.get("by")
    if by == "official":
        _check_keys(rule, {"by"})
        parts = [row["official_split"] for row in rows]
        without = [row["clip_id"] for row, part in zip(rows, parts, strict=True) if part not in PARTS]
        if without:
            raise UserError(f"split rule: {len(without)} clips, {without[0]} the first, have no official split")
    elif by in GROUPS:
        _check_keys(rule, {"by", "validation", "test"})
        parts = _by_group(rows, by, rule)
    else:
        raise UserError(f"split rule: by is {by!r}; use official, {', '.join(GROUPS)}")
    check_parts(rows, parts, "dialogue" if by == "official" else by)
    return parts


def check_parts(rows: list[Row], parts: list[str], column: str) -> None:
    """Check that no part is empty and that no group of the named column lies in two parts; clips of no group may.

    Raises:
        UserError: naming the part or the group.
    """
    counts = Counter(parts)
    for part in PARTS:
        if not counts[part]:
            raise UserError(f"split rule: {part} would be empty; name other groups ({dict(counts)})")
    part_of: dict[str, str] = {}
    for row, part in zip(rows, parts, strict=True):
        first = part_of.setdefault(row[column], part) if row[column] else part
        if first != part:
            raise UserError(f"split rule: {column} {row[column]!r} would be in {first} and in {part}")


def _check_keys(rule: Mapping[str, Any], known: set[str]) -> None:
    wrong = known ^ rule.keys()
    if wrong:
        raise UserError(f"split rule: {', '.join(sorted(wrong))} is missing or unknown; the keys are {sorted(known)}")


def _by_group(rows: list[Row], column: str, rule: Mapping[str, Any]) -> list[str]:
    existing = {row[column] for row in rows}
    part_of: dict[str, str] = {}
    for part in ("validation", "test"):
        if not isinstance(rule[part], list):
            raise UserError(f"split rule: {part} must be a list of values of {column}")
        for name in map(str, rule[part]):
            if name not in existing:
                some = ", ".join(sorted(existing)[:12])
                raise UserError(f"split rule: no usable clip has {column} {name!r}; there are {some}")
            if part_of.setdefault(name, part) != part:
                raise UserError(f"split rule: {column} {name} is in validation and in test; leave it in one")
    return [part_of.get(row[column], "train") for row in rows]


def main() -> None:
    """Read a manifest, split its usable clips, write the table."""
    parser = argparse.ArgumentParser(prog="extractors.splits", description=__doc__)
    parser.add_argument("--manifest", required=True, type=Path, help="Parquet, from extractors.manifest")
    parser.add_argument("--rule", required=True, help="JSON: the config's corpora.<name>.split")
    parser.add_argument("--splits", required=True, type=Path, help="output, Parquet")
    args = parser.parse_args()
    rule = parse_object(args.rule, "--rule")
    rows = [row for row in read_table(args.manifest, "extractors.manifest").to_pylist() if row["status"] == "ok"]
    if not rows:
        raise UserError(f"{args.manifest}: no usable clip; read the release again with extractors.manifest")
    parts = split_clips(rows, rule)
    sys.stderr.write(", ".join(f"{part} {count}" for part, count in Counter(parts).items()) + "\n")
    write_table(args.splits, pa.table({"clip_id": [row["clip_id"] for row in rows], "split": parts}).cast(SPLITS))


if __name__ == "__main__":
    run(main)
