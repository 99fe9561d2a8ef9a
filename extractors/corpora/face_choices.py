"""The user's choice of the speaker's face: a small table beside the release, which changes the manifest.

It is a CSV with the columns ``clip_id,x,y``: a point inside the speaker's face, in shares of the width and the height
of the speaker's part of the picture. Both are empty if the speaker is not visible. The faces page prints such lines,
and an active-speaker detector may write them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from extractors.corpora.user_table import Columns, read_csv, to_number
from extractors.shared.clip import NOBODY, Clip
from extractors.shared.program import UserError

COLUMNS = Columns(("clip_id", "x", "y"))


def load_face_choices(path: Path) -> dict[str, str]:
    """Clip -> the manifest's ``face``: ``x,y`` or ``none``.

    Raises:
        UserError: there is no such file, or a line is invalid.
    """
    if not path.is_file():
        raise UserError(f"{path}: no such file; correct reading.face_choices in the config")
    choices: dict[str, str] = {}
    for where, cells in read_csv(path, COLUMNS):
        clip_id, x, y = (cells[name] for name in COLUMNS.required)
        if clip_id in choices:
            raise UserError(f"{where}: clip {clip_id!r} has two lines; keep only one of them")
        choices[clip_id] = NOBODY if x == y == "" else f"{_share(x, where)},{_share(y, where)}"
    return choices


def apply_face_choices(clips: Iterable[Clip], choices: dict[str, str], source: Path) -> list[Clip]:
    """Set the face of each clip of the table.

    Raises:
        UserError: the table names a clip that the corpus does not have.
    """
    chosen = [replace(clip, face=choices.get(clip.clip_id, "")) for clip in clips]
    unknown = sorted(choices.keys() - {clip.clip_id for clip in chosen})
    if unknown:
        raise UserError(f"{source}: the corpus has no clip {unknown[0]}; correct or remove that line")
    return chosen


def _share(cell: str, where: str) -> str:
    value = to_number(cell)
    if not 0 <= value <= 1:
        raise UserError(
            f"{where}: {cell[:40]!r} is not a share of the picture from 0 to 1, such as 0.25; correct the line"
        )
    return f"{value:.4f}"
