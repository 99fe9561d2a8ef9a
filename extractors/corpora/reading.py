"""Checks of ``corpora.<name>.reading``, the choices about a corpus that the config makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from extractors.shared.program import UserError

Reading = Mapping[str, Any]


def flag(value: object) -> str:
    """Complain unless the value is true or false."""
    return "" if isinstance(value, bool) else "must be true or false"


def number(value: object) -> str:
    """Complain unless the value is a number."""
    return "" if isinstance(value, int | float) and not isinstance(value, bool) else "must be a number"


def positive(value: Any) -> str:
    """Complain unless the value is a number above 0."""
    return "" if not number(value) and value > 0 else "must be a number above 0"


def path(value: object) -> str:
    """Complain unless the value is a text that is not empty."""
    return "" if isinstance(value, str) and value else "must be a path"


def one_of(*choices: str) -> Callable[[object], str]:
    """Make a check that complains unless the value is one of ``choices``."""
    return lambda value: "" if value in choices else f"must be one of {', '.join(choices)}"


def some_of(*choices: str) -> Callable[[object], str]:
    """Make a check that complains unless the value is a list, not empty, of some of ``choices``."""

    def check(value: object) -> str:
        good = isinstance(value, list | tuple) and value and all(item in choices for item in value)
        return "" if good else f"must be a list of some of {', '.join(choices)}"

    return check


def mapping_to(*choices: str) -> Callable[[object], str]:
    """Make a check that complains unless the value maps words to some of ``choices``."""

    def check(value: object) -> str:
        good = isinstance(value, dict) and all(isinstance(k, str) and v in choices for k, v in value.items())
        return "" if good else f"must map words to {', '.join(choices)}"

    return check


def share(value: Any) -> str:
    """Complain unless the value is a number from 0 to 1."""
    return "" if not number(value) and 0 <= value <= 1 else "must be a number from 0 to 1"


COMMON = {"reader": path, "extra_defects": path, "face_choices": path, "accept_missing_media": share}
"""Keys that every corpus may have, which :mod:`extractors.read_release` applies: the reader's name, the user's table of
known defects and of whose face is the speaker's, the share of labelled clips that may lack a file."""


def check_reading(
    corpus: str,
    reading: Reading,
    required: Mapping[str, Callable[[object], str]],
    optional: Mapping[str, Callable[[object], str]] | None = None,
) -> None:
    """Check that ``reading`` has every required key, no unknown one, and values of the right kind.

    Args:
        corpus: name in the config, for the error message.
        reading: the choices of the config.
        required: for each key that must be there, a function value -> complaint (empty when the value is good).
        optional: the same for keys that may be absent.

    Raises:
        UserError: with the path of the key in the config.
    """
    checks = {**COMMON, **required, **(optional or {})}
    for key in required:
        if key not in reading:
            raise UserError(f"config: corpora.{corpus}.reading.{key} is missing; add it")
    for key, value in reading.items():
        if key not in checks:
            raise UserError(f"config: corpora.{corpus}.reading.{key} is unknown; known are {', '.join(sorted(checks))}")
        complaint = checks[key](value)
        if complaint:
            raise UserError(f"config: corpora.{corpus}.reading.{key} is {value!r} but {complaint}; correct it")
