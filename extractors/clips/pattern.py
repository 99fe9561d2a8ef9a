"""What the name of a media file says: a pattern such as ``{speaker}_*_{label}_*``, and what it finds."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extractors.shared.clip import ClipError
from extractors.shared.program import UserError

FIELDS = ("label", "speaker", "session", "dialogue", "split")
"""The columns of a table of clips that a name may tell."""

_PIECE = re.compile(r"\{(?P<field>\w+)(?::(?P<width>[1-9]\d*))?\}|(?P<any>\*)|(?P<text>[^*{}]+)|(?P<stray>.)")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern, as :func:`parse_pattern` makes it.

    Attributes:
        text: as it was typed.
        depth: how many names it is about: the file's, and those of so many folders above it less one.
        short: its expression where each field and star takes as little as it can.
        long: the same where each takes as much as it can.
    """

    text: str
    depth: int
    short: re.Pattern[str]
    long: re.Pattern[str]

    def read(self, path: str) -> dict[str, str]:
        """The fields that a path tells.

        Args:
            path: of a file, with forward slashes and without its ending.

        Raises:
            ClipError: the path does not fit, or fits in two ways that tell different things.
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
    """A pattern of the names of files: ``{label}``, ``{speaker}`` and other fields, ``*`` for anything, and plain text.

    ``{label:2}`` takes two characters. Without a number a field takes one or more, up to the character that follows it
    in the pattern: ``{label}_*`` takes what stands before the first ``_``. A field or star never crosses a slash. The
    ending of the files does not belong to the pattern.

    Raises:
        UserError: a field is unknown or there twice, there is none, or a brace stands alone.
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
    """A piece of a pattern as a regular expression that takes as little or as much as it can; ``after`` follows it."""
    if piece["text"]:
        return re.escape(piece["text"])
    if piece["any"]:
        return "[^/]*?" if least else "[^/]*"
    if piece["width"]:
        return f"(?P<{piece['field']}>[^/]{{{piece['width']}}})"
    return f"(?P<{piece['field']}>[^/{re.escape(after[:1])}]+{'?' if least else ''})"
