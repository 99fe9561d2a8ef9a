"""Read fields from the names of media files by a pattern such as ``{speaker}_*_{label}_*``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extractors.shared.clip import ClipError
from extractors.shared.program import UserError

FIELDS = ("label", "speaker", "session", "dialogue", "split")
"""The columns of a table of clips that can be read from a name."""

_PIECE = re.compile(r"\{(?P<field>\w+)(?::(?P<width>[1-9]\d*))?\}|(?P<any>\*)|(?P<text>[^*{}]+)|(?P<stray>.)")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern that was parsed by :func:`parse_pattern`.

    Attributes:
        text: the pattern as typed.
        depth: number of names in it: the name of the file, and the names of ``depth - 1`` folders above it.
        short: regular expression in which each field and star matches as little as possible.
        long: regular expression in which each field and star matches as much as possible.
    """

    text: str
    depth: int
    short: re.Pattern[str]
    long: re.Pattern[str]

    def read(self, path: str) -> dict[str, str]:
        """The fields of a path.

        Args:
            path: path of a file, with forward slashes and without its ending.

        Raises:
            ClipError: the path does not match, or matches in two ways with different fields.
        """
        names = path.split("/")
        tail = "/".join(names[-self.depth :])
        short, long = self.short.fullmatch(tail), self.long.fullmatch(tail)
        if len(names) < self.depth or not short or not long:
            raise ClipError(f"its name does not fit the pattern {self.text}")
        for name, value in short.groupdict().items():
            if value != long[name]:
                raise ClipError(f"{name} of its name may be {value!r} or {long[name]!r}; make the pattern say which")
        told = {name: value.strip() for name, value in short.groupdict().items()}
        empty = [name for name, value in told.items() if not value]
        if empty:
            raise ClipError(f"{empty[0]} of its name is a blank")
        return told


def parse_pattern(text: str) -> Pattern:
    """Parse a pattern of file names: fields such as ``{label}`` and ``{speaker}``, ``*`` for any text, and plain text.

    ``{label:2}`` matches two characters. Without a number, a field matches one or more characters, up to the character
    that follows it in the pattern: ``{label}_*`` matches the text before the first ``_``. A field or star never matches
    a slash. The pattern does not contain the ending of the files.

    Raises:
        UserError: a field is unknown or occurs twice, there is no field, or a brace is not closed or opened.
    """
    pieces = list(_PIECE.finditer(text.strip("/")))
    fields = [piece["field"] for piece in pieces if piece["field"]]
    stray = next((piece[0] for piece in pieces if piece["stray"]), "")
    if stray:
        raise UserError(f"--pattern {text}: {stray!r} stands alone; write a field as {{label}}")
    for name in fields:
        if name not in FIELDS:
            raise UserError(f"--pattern {text}: no field {name!r}; there are {', '.join(FIELDS)}, and * for the rest")
        if fields.count(name) > 1:
            raise UserError(f"--pattern {text}: {{{name}}} stands there twice; write * for one of them")
    if not fields:
        raise UserError(
            f"--pattern {text}: names no field; write {{label}} where the emotion stands, such as {{label}}/*"
        )
    following = [piece["text"] or "" for piece in pieces[1:]] + [""]
    short, long = (
        "".join(_expression(piece, after, least) for piece, after in zip(pieces, following, strict=True))
        for least in (True, False)
    )
    return Pattern(text, text.strip("/").count("/") + 1, re.compile(short), re.compile(long))


def _expression(piece: re.Match[str], after: str, least: bool) -> str:
    """A piece of a pattern, before ``after``, as a regular expression: shortest match if ``least``, else longest."""
    if piece["text"]:
        return re.escape(piece["text"])
    if piece["any"]:
        return "[^/]*?" if least else "[^/]*"
    if piece["width"]:
        return f"(?P<{piece['field']}>[^/]{{{piece['width']}}})"
    return f"(?P<{piece['field']}>[^/{re.escape(after[:1])}]+{'?' if least else ''})"
