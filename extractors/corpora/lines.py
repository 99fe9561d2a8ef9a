"""The text files of a release: decoded, split into lines, and every line that is not used accounted for by a rule."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from extractors.program import UserError


def _cp1252_repairs() -> dict[int, str]:
    """C1 control characters, which no corpus means, mapped to the cp1252 punctuation they were decoded from."""
    repairs = {0xA0: " "}
    for code in range(0x80, 0xA0):
        character = bytes([code]).decode("cp1252", errors="ignore")
        repairs[code] = character or chr(code)
    return repairs


_REPAIRS = _cp1252_repairs()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line that a parser leaves out on purpose: its number (from 1) and the name of the rule that says so."""

    line: int
    rule: str


def repair(text: str) -> str:
    """Undo cp1252 punctuation that was decoded as C1 control characters, and make no-break spaces plain ones."""
    return text.translate(_REPAIRS)


def decode(data: bytes) -> str:
    """Decode UTF-8 (a byte-order mark is dropped), else latin-1; in both cases repaired as :func:`repair` does."""
    try:
        return repair(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return repair(data.decode("latin-1"))


def read_text(path: Path) -> str:
    """Read and decode a text file of a release.

    Raises:
        UserError: the file cannot be read.
    """
    try:
        return decode(path.read_bytes())
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}); check the release and its permissions") from None


def split_lines(text: str) -> list[str]:
    """Split at line feeds only (also after carriage returns): ``str.splitlines`` would split at rarer characters."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


@dataclass
class Ledger:
    """Counts the lines that the parsers of one corpus skipped, by rule, and says so once on stderr."""

    corpus: str
    counts: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)

    def add(self, path: str, skipped: Iterable[Skipped]) -> None:
        """Count the skipped lines of one file and remember the first place of each rule."""
        for line in skipped:
            self.counts[line.rule] += 1
            self.first.setdefault(line.rule, f"{path}:{line.line}")

    def report(self) -> None:
        """Write one line per rule to stderr; blank lines are not worth one."""
        for rule, count in sorted(self.counts.items()):
            if rule != "blank":
                sys.stderr.write(f"{self.corpus}: {count} line(s) skipped: {rule} (first: {self.first[rule]})\n")
