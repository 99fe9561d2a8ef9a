"""Small tables of a lab with one word for each clip, such as its speaker or its label."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from extractors.shared.files import read_table
from extractors.shared.program import UserError


def words_of(path: Path, column: str) -> dict[str, str]:
    """A column of a table by its ``clip_id``.

    Args:
        path: CSV with a header, UTF-8, or Parquet such as a manifest.
        column: its other column; more columns are allowed.

    Raises:
        UserError: the file is missing or not such a table, or names a clip twice.
    """
    if path.suffix == ".parquet":
        table = read_table(path, "extractors.read_release", ["clip_id", column]).to_pandas()
    else:
        try:
            table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
        except FileNotFoundError:
            raise UserError(f"{path}: no such file; give a CSV with the columns clip_id,{column}") from None
        except (ValueError, pd.errors.ParserError) as error:
            raise UserError(f"{path}: not a CSV table ({error}); give one with the columns clip_id,{column}") from None
    if missing := [name for name in ("clip_id", column) if name not in table]:
        raise UserError(f"{path}: no column {missing[0]}; give a table with the columns clip_id,{column}")
    if len(twice := table.loc[table["clip_id"].duplicated(), "clip_id"]):
        raise UserError(f"{path}: clip {twice.iloc[0]} has two rows; remove one of them")
    return dict(zip(table["clip_id"], table[column], strict=True))


def labels_of(path: Path, clips: Collection[str], classes: Collection[str]) -> dict[str, str]:
    """Labels of some clips.

    Args:
        path: as for :func:`words_of`, with the column ``label``.
        clips: names of the existing clips.
        classes: classes of the model.

    Raises:
        UserError: as in :func:`words_of`, or a label is not a class, or a clip does not exist.
    """
    found = words_of(path, "label")
    if not found:
        raise UserError(f"{path}: has no clip; label some clips")
    for clip, label in found.items():
        if label not in classes:
            raise UserError(
                f"{path}: label {label!r} of {clip} is not a class of the model; use {', '.join(classes)} and leave out"
                " clips of any other emotion"
            )
        if clip not in clips:
            raise UserError(f"{path}: clip {clip} is not among the predicted clips; label some of these")
    return found


def parse_expected(text: str) -> dict[str, float]:
    """Shares such as ``neutral=.7,angry=.1``, by class.

    Raises:
        UserError: a part is not a class and a number.
    """
    found = {}
    for part in text.split(","):
        name, _, number = (each.strip() for each in part.partition("="))
        try:
            found[name] = float(number)
        except ValueError:
            raise UserError(
                f"--expect: {part.strip()!r} is not a share; write for example neutral=.7,angry=.1"
            ) from None
    return found
