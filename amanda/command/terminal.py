"""Answers as a table on the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from extractors.shared.answers import JOINT, classes_in, votes
from extractors.shared.clip import MODALITIES, Row

SHOWN = 50
"""Largest number of clips in the table; the files have all."""


def show_answers(answers: Sequence[Row], warning: str, console: Console) -> None:
    """Print the warning about the model, and the first answers, a row each.

    A row has the emotion, its probability, the share of the networks that agree, and the own vote of each modality
    that votes on any clip.
    """
    if warning:
        console.print(warning, style="bold", markup=False)
    table = Table(show_edge=False, pad_edge=False)
    voting = [name for name in MODALITIES if any(vote_of(answer, name) for answer in answers)]
    for heading in ("clip", "emotion", "sure", "agree", *voting, "remark"):
        table.add_column(heading, overflow="fold")
    for answer in answers[:SHOWN]:
        table.add_row(*map(escape, cells_of(answer, voting)))
    console.print(table)
    if len(answers) > SHOWN:
        console.print(f"{SHOWN} of {len(answers)} clips; the files have all")


def cells_of(answer: Row, voting: Sequence[str]) -> list[str]:
    """The cells of an answer, as texts, with the votes of some modalities; ``no answer`` if there is none."""
    remark = answer["reason"]
    if answer["emotion"] is None:
        return [answer["clip_id"], "no answer", "", "", *[""] * len(voting), remark]
    if answer["heads"] != JOINT:
        remark = f"only {answer['heads'].replace('+', ' and ')} voted; {remark}"
    shares = [answer["clip_id"], answer["emotion"], f"{answer['probability']:.0%}", f"{answer['agreement']:.0%}"]
    return [*shares, *(vote_of(answer, modality) for modality in voting), remark]


def vote_of(answer: Row, modality: str) -> str:
    """A modality's own class and its probability; empty if it has no information."""
    classes = classes_in(list(answer))
    shares = [answer[column] for column in votes(modality, classes)]
    if None in shares:
        return ""
    best = max(range(len(classes)), key=shares.__getitem__)
    return f"{classes[best]} {shares[best]:.0%}"
