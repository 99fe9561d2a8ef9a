"""Splits that are drawn at random, over all clips or class by class, with a seed; and the split ``none``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from extractors.shared.clip import PARTS, Row
from extractors.shared.program import UserError

DRAWN = ("random", "stratified", "none")
"""The values of ``by`` that this module handles."""


def drawn_split(rows: Sequence[Row], split: Mapping[str, Any], labels: Mapping[str, str]) -> list[str]:
    """The part of each clip.

    The part of a clip, or of a group that stays together, depends on a digest of its name and the seed. So a clip that
    is added later changes the parts of few others.

    Args:
        rows: usable clips, as rows of a manifest.
        split: ``{"by": "random", "together": ..., "seed": k, "validation": share, "test": share}``, the same without
            ``together`` and with ``by`` ``stratified``, or ``{"by": "none"}``.
        labels: clip_id -> class, empty if it has none. Only a stratified split uses it. A clip without a label goes to
            the part train, because it cannot be scored.

    Raises:
        UserError: the part train would be empty, there are fewer than three clips or groups, or a clip has no group.
    """
    if split["by"] == "none":
        return ["train"] * len(rows)
    if split["validation"] + split["test"] >= 1:
        raise UserError("split: validation and test take all clips; make their shares smaller, so that some train")
    if split["by"] == "stratified":
        dealt = {at: part for group in _by_class(rows, labels) for at, part in _dealt(rows, group, split)}
        return [dealt.get(at, "train") for at in range(len(rows))]
    column = "clip_id" if split["together"] == "clip" else split["together"]
    _check_groups(rows, column)
    part_of = dict(zip(*_parts(sorted({row[column] for row in rows}), split), strict=True))
    return [part_of[row[column]] for row in rows]


def _check_groups(rows: Sequence[Row], column: str) -> None:
    without = [row["clip_id"] for row in rows if not row[column]]
    if without:
        raise UserError(
            f"split: {len(without)} clips, {without[0]} the first, have no {column}; name it in the table of clips, or"
            " write together: clip"
        )
    groups = sorted({row[column] for row in rows})
    if len(groups) < len(PARTS):
        raise UserError(
            f"split: a part each needs three of {column}, and there {'is' if len(groups) == 1 else 'are'} only"
            f" {', '.join(groups)}; write together: clip, and read the scores as those of people that were heard before"
        )


def _by_class(rows: Sequence[Row], labels: Mapping[str, str]) -> list[list[int]]:
    """The positions of the labelled clips of each class."""
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        if row["clip_id"] not in labels:
            raise UserError(f"split: {row['clip_id']} is not among the labels, which by: stratified needs; give them")
        if label := labels[row["clip_id"]]:
            groups[label].append(at)
    few = [label for label, group in groups.items() if len(group) < len(PARTS)]
    if few:
        raise UserError(
            f"split: a part each needs three clips of a class, and {min(few)!r} has {len(groups[min(few)])}; record"
            " more, leave the class out, or use by: random"
        )
    return list(groups.values())


def _dealt(rows: Sequence[Row], group: Sequence[int], split: Mapping[str, Any]) -> list[tuple[int, str]]:
    """Position and part of the clips of one class."""
    at = {rows[place]["clip_id"]: place for place in group}
    names, parts = _parts(sorted(at), split)
    return [(at[name], part) for name, part in zip(names, parts, strict=True)]


def _parts(names: Sequence[str], split: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """The names in the order of the draw, and the part of each. Each part gets at least one of three or more names."""
    order = sorted(names, key=lambda name: sha256(f"{split['seed']} {name}".encode()).digest())
    counts = {part: max(1, round(split[part] * len(order))) for part in ("test", "validation")}
    counts["train"] = len(order) - sum(counts.values())
    if counts["train"] < 1:
        raise UserError(f"split: of {len(order)}, none would train ({counts}); make the shares smaller")
    return order, [part for part, count in counts.items() for _ in range(count)]
