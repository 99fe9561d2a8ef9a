"""The census of one corpus: its counts, published counts, configured choices, known defects and reasons."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from extractors.corpora.counts import MEASURES, Published, measure, published_difference
from extractors.corpora.defects import Defect, met
from extractors.corpora.named_splits import promise
from extractors.shared.census import Cell, Part, Table
from extractors.shared.clip import Clip


def census_parts(
    clips: Sequence[Clip],
    rows: Sequence[Mapping[str, Any]],
    choices: Mapping[str, Any],
    questions: Mapping[str, str],
    published: Sequence[Published],
    defects: Sequence[Defect],
) -> list[Part]:
    """The parts of the census of one corpus.

    Args:
        clips: all clips of the release.
        rows: its counts per class, see :func:`extractors.count_corpora.count`. Their keys except ``corpus`` are the
            columns.
        choices: key of the config -> its value, including ``split``.
        questions: key -> why the choice is open.
        published: the published counts that are valid for these choices.
        defects: the tables of known defects that were applied.
    """
    return [
        _counts(clips, rows, published),
        _choices(clips, choices, questions),
        _defects(clips, defects),
        _reasons(clips),
    ]


def _counts(clips: Sequence[Clip], rows: Sequence[Mapping[str, Any]], published: Sequence[Published]) -> Part:
    columns = [key for key in rows[0] if key != "corpus"]
    found = f"{len(clips)} clips in the release, {sum(clip.status == 'ok' for clip in clips)} usable."
    tables = [Table("Clips per class.", columns, [[row[key] for key in columns] for row in rows])]
    if not published:
        return Part("Counts", [found, "There is no published count to compare with."], [], tables)
    lines = published_difference(clips, published)
    agreement = f"The labels agree with all {len(published)} published counts."
    if lines:
        agreement = "Labels that differ from the published counts:"
    measures = [name for name in MEASURES if any(name in row.counts for row in published)]
    compared: list[list[Cell]] = [[f"{row.group}: {row.value}", *_compared(clips, row, measures)] for row in published]
    note = "Clips by their label, used or not; in brackets the published number where it is another one."
    return Part("Counts", [found, agreement], lines, [*tables, Table(note, ["group", *measures], compared)])


def _compared(clips: Sequence[Clip], row: Published, columns: Sequence[str]) -> list[str]:
    found, cells = measure(clips, row), []
    for name in columns:
        least, most = row.counts.get(name, (None, None))
        told = "" if least is None else str(found[name])
        printed = "" if found.get(name) == least else f" ({least})" if least == most else f" ({least} and more)"
        cells.append(told + printed)
    return cells


def _choices(clips: Sequence[Clip], choices: Mapping[str, Any], questions: Mapping[str, str]) -> Part:
    sentences = [
        *independence([clip for clip in clips if clip.status == "ok"], choices["split"]),
        "Frame rates, sizes, channels and lengths are no choices: every file is probed, and the quality page of the"
        " corpus lists what was found.",
    ]
    keys = dict.fromkeys([*choices, *questions])
    values = {key: json.dumps(choices[key], ensure_ascii=False) if key in choices else "not set" for key in keys}
    rows: list[list[Cell]] = [[key, values[key], questions.get(key, "")] for key in keys]
    caption = "Keys of the config, and what the paper leaves open."
    return Part("Choices", sentences, [], [Table(caption, ["choice", "value", "what is open"], rows)])


def independence(usable: Sequence[Clip], split: Mapping[str, Any]) -> Iterable[str]:
    """Sentences about the groups that no two parts of the split share, and the meaning for the scores."""
    group = promise(split)
    if split.get("by") == "none":
        yield "There is no split: all clips are adapted to and predicted, and none is scored."
    elif group == "clip_id":
        yield (
            "Clips were drawn one by one, so people may be in several parts: the scores are those of people that were"
            " heard in training, and are lower for others."
        )
    else:
        without = sum(not getattr(clip, group) for clip in usable)
        told = f", apart from {without} usable clips for which the corpus names none" if without else ""
        yield f"No {group} is in two parts of the split{told}."
    speakers = {clip.speaker for clip in usable}
    if speakers == {""}:
        yield "No clip names its speaker, so nobody can say whether the parts share people."
    elif len(speakers) == 1:
        yield f"All clips are of one speaker, {min(speakers)}: the scores say nothing of other people."


def _defects(clips: Sequence[Clip], defects: Sequence[Defect]) -> Part:
    if not defects:
        return Part("Known defects", ["None is registered."])
    rows: list[list[Cell]] = [
        [defect.clip, defect.symptom, defect.source, defect.action, met(defect, clips)] for defect in defects
    ]
    columns = ["clip", "symptom", "reported by", "action", "here"]
    return Part("Known defects", [], [], [Table("What is done about each.", columns, rows)])


def _reasons(clips: Iterable[Clip]) -> Part:
    told = Counter((clip.status, clip.reason) for clip in clips if clip.reason)
    words = {"excluded": "left out", "ok": "used all the same"}
    lines = [f"{count} {words[status]}: {reason}" for (status, reason), count in sorted(told.items(), key=_order)]
    return Part("Left out, and used with a remark", [] if lines else ["Nothing is left out."], lines)


def _order(item: tuple[tuple[str, str], int]) -> tuple[str, int, str]:
    (status, reason), count = item
    return status, -count, reason
