"""The text files of a release: decoding, lines, and a reason for every line that is not used.

Words stay as typed. A file is UTF-8, or UTF-16 or UTF-32 with a byte-order mark. In a release, which the user cannot
correct, a single byte that is not UTF-8 is read as Windows-1252 and its line is named; all other bytes are unchanged.
In a table of the user's own such a byte is refused, because old encodings have different letters for it, and nothing
says which one is meant.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from extractors.shared.program import UserError

BOM = "\ufeff"
RATER = "single rater"
"""The reason for skipping a rater's line as a label; it becomes votes."""
_MARKED = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""Byte-order marks; those of UTF-32 come first, because one of them begins like one of UTF-16."""
_NOT_UTF8 = re.compile("[\udc80-\udcff]")
"""What the error handler ``surrogateescape`` makes of each byte that is not UTF-8."""


def _cp1252(byte: int) -> str:
    """The character of a byte in Windows-1252, or in latin-1 for the five bytes that Windows-1252 does not define."""
    return bytes([byte]).decode("cp1252", errors="ignore") or chr(byte)


_REPAIRS = {code: _cp1252(code) for code in range(0x80, 0xA0)} | {0xA0: " "}
"""C1 control characters, which no corpus means, mapped to the cp1252 punctuation they were decoded from."""
_ALONE = {0xDC00 + byte: _cp1252(byte) for byte in range(0x80, 0x100)} | {0xDCA0: " "}


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line that a parser leaves out on purpose: its number (from 1) and the reason."""

    line: int
    reason: str


def repair(text: str) -> str:
    """Undo cp1252 punctuation that was decoded as C1 control characters, and make no-break spaces plain ones."""
    return text.translate(_REPAIRS)


def decode(data: bytes) -> str:
    """Decode UTF-8, with every other byte as Windows-1252; apply :func:`repair`, and remove byte-order marks."""
    return repair(_escaped(data).translate(_ALONE))


def not_utf8(data: bytes) -> list[int]:
    """The numbers, from 1, of the lines that hold a byte which is not UTF-8."""
    return [number for number, line in enumerate(split_lines(_escaped(data)), start=1) if _NOT_UTF8.search(line)]


def _escaped(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape").lstrip(BOM)


def read_bytes(path: Path) -> bytes:
    """The bytes of a text file, as UTF-8 if it was UTF-16 or UTF-32 by its mark.

    Raises:
        UserError: the file cannot be read, is not in the encoding of its mark, or contains a zero byte.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}); check the release and its permissions") from None
    encoding = next((name for mark, name in _MARKED.items() if data.startswith(mark)), "")
    if encoding:
        try:
            data = data.decode(encoding).encode()
        except UnicodeError:
            raise UserError(
                f"{path}: begins as {encoding.upper()} text, but has other characters further on; save it as UTF-8"
            ) from None
    if b"\0" in data:
        line = len(split_lines(data[: data.index(b"\0")].decode("latin-1")))
        raise UserError(
            f"{path}:{line}: contains a zero byte, so the file is damaged or UTF-16 without its mark; restore the file,"
            " or save it as UTF-8"
        )
    return data


def read_text(path: Path) -> str:
    """Read a text file that the user wrote, exactly as typed, without its byte-order mark.

    Raises:
        UserError: the file cannot be read or is not UTF-8, with the first line that is not.
    """
    data = read_bytes(path)
    lines = not_utf8(data)
    if lines:
        others = f" ({len(lines)} such lines)" if len(lines) > 1 else ""
        raise UserError(
            f"{path}:{lines[0]}: not UTF-8{others}: {split_lines(decode(data))[lines[0] - 1][:60]!r} if it were"
            " Windows-1252; save the file as UTF-8 ('CSV UTF-8' in a spreadsheet program)"
        )
    return data.decode().lstrip(BOM)


def split_lines(text: str) -> list[str]:
    """Split at line feeds only (also after carriage returns): ``str.splitlines`` would split at rarer characters."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


@dataclass
class Ledger:
    """Counts the lines of one corpus that were skipped, by reason, or are not UTF-8, and says so once on stderr."""

    corpus: str
    counts: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)
    not_utf8: list[str] = field(default_factory=list)

    def read(self, root: Path, path: str) -> str:
        """Read and decode a text file of a release, noting its lines that are not UTF-8.

        Args:
            root: the release.
            path: the file, relative to it.

        Raises:
            UserError: see :func:`read_bytes`.
        """
        data = read_bytes(root / path)
        self.not_utf8 += [f"{path}:{line}" for line in not_utf8(data)]
        return decode(data)

    def add(self, path: str, skipped: Iterable[Skipped]) -> None:
        """Count the skipped lines of one file and remember the first place of each reason."""
        for line in skipped:
            self.counts[line.reason] += 1
            self.first.setdefault(line.reason, f"{path}:{line.line}")

    def report(self) -> None:
        """Write one line per reason to stderr, except for blank lines and for lines that became votes."""
        for reason, count in sorted(self.counts.items()):
            if reason not in ("blank", RATER):
                sys.stderr.write(f"{self.corpus}: {count} line(s) skipped: {reason} (first: {self.first[reason]})\n")
        if self.not_utf8:
            shown = ", ".join(self.not_utf8[:10]) + " ..." * (len(self.not_utf8) > 10)
            sys.stderr.write(
                f"{self.corpus}: {len(self.not_utf8)} line(s) hold bytes that are not UTF-8, read as Windows-1252:"
                f" {shown}\n"
            )


def csv_rows(text: str, source: str, skipped: list[Skipped]) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV file that are not blank, each with the number of its last line; the first is the header.

    Args:
        text: the file.
        source: its name, for the error message.
        skipped: takes the header and the blank rows.

    Raises:
        UserError: a row is none of a CSV file.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begun = False
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                skipped.append(Skipped(reader.line_num, "blank"))
                continue
            if not begun:
                skipped.append(Skipped(reader.line_num, "header"))
            begun = True
            yield reader.line_num, cells
    except csv.Error as error:
        raise UserError(f"{source}:{reader.line_num}: not a CSV row ({error}); restore the file") from None
