"""Manifests, labels and splits -> a census: clips per class and split, published counts, choices, reasons."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from extractors.corpora.base import reader_of
from extractors.corpora.counts import Published, load_published
from extractors.corpora.defects import load_defects
from extractors.corpora.questions import open_questions
from extractors.pages.census import census_parts
from extractors.pages.census_markdown import census_markdown
from extractors.shared.census import CorpusCensus, write_census
from extractors.shared.clip import NO_LABEL, PARTS, Clip
from extractors.shared.files import atomic_file, read_table, write_table
from extractors.shared.labels import read_labels
from extractors.shared.program import UserError, run


def read_clips(manifest: Path, labels: Path) -> list[Clip]:
    """The clips of one corpus as its reader returned them, in the order of the manifest.

    Raises:
        UserError: a table is missing, or the two come from different readings.
    """
    clips, told = (read_table(path, "python -m extractors.read_release").to_pylist() for path in (manifest, labels))
    if [row["clip_id"] for row in clips] != [row["clip_id"] for row in told]:
        raise UserError(f"{labels}: its clips differ from those of {manifest}; read the release again")
    return [Clip(**(row | label)) for row, label in zip(clips, told, strict=True)]


def count(
    corpus: str,
    clips: list[Clip],
    split: Mapping[str, str],
    published: list[Published],
    classes: Sequence[str],
) -> list[dict[str, Any]]:
    """One row per class: labelled and usable clips, usable clips per split, and the published number.

    If there are usable clips without a label, they have a last row.

    Args:
        corpus: its name.
        clips: all clips of the release.
        split: clip_id -> split of the usable clips.
        published: the published counts for this way of reading. Without them, the column ``published`` is None.
        classes: the classes of the study.
    """
    group = published[0].group if published else ""
    rows = []
    for name in classes:
        members = [clip for clip in clips if clip.label == name]
        parts = Counter(split[clip.clip_id] for clip in members if clip.status == "ok")
        row = {"corpus": corpus, "label": name, "labelled": len(members), "usable": parts.total()}
        row |= {part: parts[part] for part in PARTS}
        printed = [entry.counts[name][0] for entry in published if entry.group == group and name in entry.counts]
        rows.append(row | {"published": sum(printed) if printed else None})
    without = [clip for clip in clips if not clip.label and clip.status == "ok"]
    if without:
        parts = Counter(split[clip.clip_id] for clip in without)
        row = {"corpus": corpus, "label": NO_LABEL, "labelled": 0, "usable": len(without)}
        rows.append(row | {part: parts[part] for part in PARTS} | {"published": None})
    return rows


def main() -> None:
    """Count every corpus; write the counts as a table, and the whole census as data and as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--manifests", required=True, nargs="+", type=Path, help="one per corpus")
    parser.add_argument("--labels", required=True, nargs="+", type=Path, help="in the same order")
    parser.add_argument("--splits", required=True, nargs="+", type=Path, help="in the same order")
    parser.add_argument(
        "--settings",
        required=True,
        type=json.loads,
        help="JSON: corpus -> reading, labels, split and synthetic, in the same order",
    )
    parser.add_argument("--table", required=True, type=Path, help="output: the counts per class, Parquet")
    parser.add_argument("--census", required=True, type=Path, help="output: the whole census, JSON")
    parser.add_argument("--markdown", required=True, type=Path, help="output: the same as Markdown")
    flags = parser.parse_args()
    rows, census = [], []
    files = zip(flags.manifests, flags.labels, flags.splits, strict=True)
    for (corpus, settings), (manifest, labels, splits) in zip(flags.settings.items(), files, strict=True):
        clips, classes = read_clips(manifest, labels), read_labels(labels).classes
        split = {
            row["clip_id"]: row["split"] for row in read_table(splits, "python -m extractors.split_corpus").to_pylist()
        }
        reading, synthetic = settings["reading"], settings["synthetic"]
        reader = reader_of(corpus, reading)
        published = [] if synthetic else load_published(reader, reading, classes)
        counted = count(corpus, clips, split, published, classes)
        rows += [row | {"data": "SYNTHETIC twin" if synthetic else "release"} for row in counted]
        choices = reading | {"words": settings["labels"], "split": settings["split"]}
        defects = load_defects(reader, reading.get("extra_defects"))
        parts = census_parts(clips, counted, choices, open_questions(reader), published, defects)
        census.append(CorpusCensus(corpus, synthetic, parts))
    write_table(flags.table, pa.Table.from_pylist(rows))
    write_census(flags.census, census)
    with atomic_file(flags.markdown) as temporary:
        temporary.write_text(census_markdown(census), encoding="utf-8")


if __name__ == "__main__":
    run(main)
