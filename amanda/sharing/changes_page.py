"""What an adaptation changed, as one HTML file that needs no other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from amanda.reporting.template import render, source

TEMPLATES = Path(__file__).parent / "templates"

SHOWN = 200
"""Clips on the page; the table of predictions has all."""

FROM = {
    "stored": "the label shares of the model's source, since none were given",
    "expected": "the shares that were expected",
    "labelled": "the shares of the clips that were labelled",
}
"""Description of each value of ``shares_from`` of an adaptation, for readers of the page."""


def changes_page(story: Mapping[str, Any], clips: Sequence[Mapping[str, Any]], model: str, adapted: str) -> str:
    """The page.

    Args:
        story: ``changes.json`` of :mod:`amanda.adapt_model`.
        clips: rows of its table of predictions.
        model: the model's display name.
        adapted: the folder of the adapted model, as it is shown in the Python example.
    """
    moved = [clip for clip in clips if clip["predicted_before"] != clip["predicted_after"]]
    values = {
        "style": source(TEMPLATES, "changes.css"),
        "story": story,
        "sentence": _sentence(story, len(clips), len(moved)),
        "shares_from": FROM[story["adaptation"]["shares_from"]],
        "classes": list(story["predicted_before"]),
        "moved": moved[:SHOWN],
        "moved_count": len(moved),
        "model": model,
        "adapted": adapted,
    }
    return render(TEMPLATES, "changes.html.j2", values)


def _sentence(story: Mapping[str, Any], clips: int, moved: int) -> str:
    if story["changed"]:
        return f"The model was adapted to {clips} clips; {moved} of them have another emotion now."
    return f"Nothing was changed. Adapted to {clips} clips, the model would give {moved} of them another emotion."
