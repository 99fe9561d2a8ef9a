"""One corpus of the census in Markdown: its counts, the published ones, the choices in force, defects and reasons."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from extractors.corpora.counts import MEASURES, Published, measure, published_difference
from extractors.corpora.defects import Defect, met
from extractors.corpora.named_splits import promise
from extractors.shared.clip import Clip


def page(
    title: str,
    clips: Sequence[Clip],
    rows: Sequence[Mapping[str, Any]],
    choices: Mapping[str, Any],
    questions: Mapping[str, str],
    published: Sequence[Published],
    defects: Sequence[Defect],
) -> str:
    """The section of one corpus.

    Args:
        title: its name.
        clips: all clips of the release.
        rows: its counts per class, see :func:`extractors.count_corpora.count`; the keys without ``corpus`` are the
            columns.
        choices: key of the config -> value in force, ``split`` among them.
        questions: key -> why the choice is open.
        published: the published counts that hold under these choices.
        defects: the tables of known defects that were applied.
    """
    columns = [key for key in rows[0] if key != "corpus"]
    sections = [
        f"## {title}",
        f"{len(clips)} clips in the release, {sum(clip.status == 'ok' for clip in clips)} usable.",
        _table(columns, [[row[key] for key in columns] for row in rows]),
        _agreement(clips, published),
        "### Choices",
        _table(["choice", "value", "what is open"], _choices(choices, questions)),
        _promised(clips, promise(choices["split"])),
        "Frame rates, sizes, channels and lengths are no choices: every file is probed, and the quality page of the"
        " corpus lists what was found.",
        "### Known defects",
        _defects(clips, defects),
        "### Left out, and used with a remark",
        _reasons(clips),
    ]
    return "\n\n".join(sections) + "\n"


def _promised(clips: Sequence[Clip], group: str) -> str:
    without = sum(clip.status == "ok" and not getattr(clip, group) for clip in clips)
    told = f", apart from {without} usable clips for which the corpus names none" if without else ""
    return f"No {group} is in two parts of the split{told}."


def _choices(choices: Mapping[str, Any], questions: Mapping[str, str]) -> list[list[str]]:
    keys = dict.fromkeys([*choices, *questions])
    values = {key: f"`{json.dumps(choices[key])}`" if key in choices else "not set" for key in keys}
    return [[f"`{key}`", values[key], questions.get(key, "")] for key in keys]


def _agreement(clips: Sequence[Clip], published: Sequence[Published]) -> str:
    if not published:
        return "There is no published count to compare with."
    lines = published_difference(clips, published)
    told = f"The labels agree with all {len(published)} published counts."
    if lines:
        told = "Labels that differ from the published counts:\n\n" + "\n".join(f"- {line}" for line in lines)
    columns = [name for name in MEASURES if any(name in row.counts for row in published)]
    compared = [[f"{row.group}: {row.value}", *_compared(clips, row, columns)] for row in published]
    note = "Clips by their label, used or not; in brackets the published number where it is another one."
    return f"{told}\n\n{note}\n\n{_table(['group', *columns], compared)}"


def _compared(clips: Sequence[Clip], row: Published, columns: Sequence[str]) -> list[str]:
    found, cells = measure(clips, row), []
    for name in columns:
        least, most = row.counts.get(name, (None, None))
        told = "" if least is None else str(found[name])
        printed = "" if found.get(name) == least else f" ({least})" if least == most else f" ({least} and more)"
        cells.append(told + printed)
    return cells


def _defects(clips: Sequence[Clip], defects: Sequence[Defect]) -> str:
    if not defects:
        return "None is registered."
    rows = [[defect.clip, defect.symptom, defect.source, defect.action, met(defect, clips)] for defect in defects]
    return _table(["clip", "symptom", "reported by", "action", "here"], rows)


def _reasons(clips: Iterable[Clip]) -> str:
    told = Counter((clip.status, clip.reason) for clip in clips if clip.reason)
    words = {"excluded": "left out", "ok": "used all the same"}
    lines = [f"- {count} {words[status]}: {reason}" for (status, reason), count in sorted(told.items(), key=_order)]
    return "\n".join(lines) or "Nothing is left out."


def _order(item: tuple[tuple[str, str], int]) -> tuple[str, int, str]:
    (status, reason), count = item
    return status, -count, reason


def _table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _cell(value: object) -> str:
    return "" if value is None else str(value).replace("|", "\\|").replace("\n", " ")
