"""Group names that look the same but differ, so that a split would treat them as two people."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from extractors.shared.program import UserError

_BLANKS = re.compile(r"\s+")


def refuse_lookalikes(column: str, names: Iterable[tuple[str, str]]) -> None:
    """Check that no two different names of a column look the same.

    Args:
        column: its name, for the error message.
        names: the place of each name, and the name.

    Raises:
        UserError: two names differ only by the kind of spaces, by zero-width characters, or by how accents are stored.
    """
    first: dict[str, tuple[str, str]] = {}
    for where, name in names:
        place, other = first.setdefault(_visible(name), (where, name))
        if other != name:
            raise UserError(
                f"{where}: {column} {name!a} looks like {other!a} ({place}) but differs; write both the same way"
            )


def _visible(name: str) -> str:
    """The visible form of a name."""
    shown = "".join(sign for sign in name if unicodedata.category(sign) not in ("Cf", "Cc") or sign.isspace())
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", shown)).strip()
