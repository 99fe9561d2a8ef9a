"""Names of groups that differ by nothing one can see: a split would take them for two people."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from extractors.shared.program import UserError

_BLANKS = re.compile(r"\s+")


def refuse_lookalikes(column: str, names: Iterable[tuple[str, str]]) -> None:
    """Check that no two names of a column look the same and are not.

    Args:
        column: its name, for the error message.
        names: where each name stands, and the name.

    Raises:
        UserError: two names differ by the kind of their blanks, by signs of no width, or by how accents are stored.
    """
    first: dict[str, tuple[str, str]] = {}
    for where, name in names:
        place, other = first.setdefault(_visible(name), (where, name))
        if other != name:
            raise UserError(
                f"{where}: {column} {name!a} looks like {other!a} ({place}) and is another; write both alike"
            )


def _visible(name: str) -> str:
    """What one sees of a name."""
    shown = "".join(sign for sign in name if unicodedata.category(sign) not in ("Cf", "Cc") or sign.isspace())
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", shown)).strip()
