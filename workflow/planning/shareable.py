"""A version of the config that can be shown to others: without the lab's folders and the names of people in a split."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

PEOPLE = ("speaker", "dialogue")
"""Groups of a split whose names are names of people, or can identify them."""


def shareable(value: Any) -> Any:
    """The same config; a path outside the working directory is reduced to its last part.

    The names in a split by speaker or dialogue are replaced by their number.
    """
    if isinstance(value, dict):
        shown = {key: shareable(each) for key, each in value.items()}
        if value.get("by") in PEOPLE:
            shown |= {part: f"{len(named)} named" for part, named in value.items() if isinstance(named, list)}
        return shown
    if isinstance(value, list):
        return [shareable(each) for each in value]
    if isinstance(value, str) and value.startswith(("/", "~", "..")):
        return PurePath(value).name
    return value
