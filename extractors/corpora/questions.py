"""The open questions about a corpus, and the key of the config that decides each."""

from __future__ import annotations

import csv
from pathlib import Path

_TABLE = Path(__file__).parent / "questions.csv"


def open_questions(reader: str) -> dict[str, str]:
    """Key of the config -> what is not known about a corpus and this key decides; nothing for a corpus of one's own."""
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return {row["key"]: row["question"] for row in csv.DictReader(file) if row["reader"] == reader}
