"""Answers as a table on the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from extractors.shared.answers import JOINT, classes_in, votes
from extractors.shared.clip import MODALITIES, Row

SHOWN = 50
"""Clips in the table; the files have all."""


def show_answers(answers: Sequence[Row], warning: str, console: Console) -> None:
    """Print what to know of the model before any number is read, and the first answers, a row each.

    A row has the emotion, its probability, the share of the networks that agree, and each modality's own vote.
    """
    if warning:
        console.print(warning, style="bold", markup=False)
    table = Table(show_edge=False, pad_edge=False)
    for heading in ("clip", "emotion", "sure", "agree", *MODALITIES, "remark"):
        table.add_column(heading, overflow="fold")
    for answer in answers[:SHOWN]:
        table.add_row(*map(escape, cells_of(answer)))
    console.print(table)
    if len(answers) > SHOWN:
        console.print(f"{SHOWN} of {len(answers)} clips; the files have all")


def cells_of(answer: Row) -> list[str]:
    """The cells of an answer, as texts; ``no answer`` where no modality has something to say."""
    remark = answer["reason"]
    if answer["emotion"] is None:
        return [answer["clip_id"], "no answer", "", "", *[""] * len(MODALITIES), remark]
    if answer["heads"] != JOINT:
        remark = f"only {answer['heads'].replace('+', ' and ')} voted; {remark}"
    shares = [answer["clip_id"], answer["emotion"], f"{answer['probability']:.0%}", f"{answer['agreement']:.0%}"]
    return [*shares, *(vote_of(answer, modality) for modality in MODALITIES), remark]


def vote_of(answer: Row, modality: str) -> str:
    """A modality's own class and its probability; empty where it has nothing to say."""
    classes = classes_in(list(answer))
    shares = [answer[column] for column in votes(modality, classes)]
    if None in shares:
        return ""
    best = max(range(len(classes)), key=shares.__getitem__)
    return f"{classes[best]} {shares[best]:.0%}"
