"""Read a release into its manifest (one row per clip, without labels) and its label table, with checked counts."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from extractors.corpora import CORPORA, HOW_TO_GET, reader_of
from extractors.corpora.counts import difference, excluded, load_published, published_difference, usable, without_media
from extractors.corpora.defects import apply_defects, load_defects
from extractors.corpora.face_choices import apply_face_choices, load_face_choices
from extractors.corpora.tree import is_safe
from extractors.shared.clip import CLASSES, CROPS, LABELS, MANIFEST, Clip
from extractors.shared.files import write_table
from extractors.shared.program import UserError, run

PUBLISHED = "published"
"""The value of ``--expected-counts`` that asks for the comparison with the published tables."""

ANY = "any"
"""The value that asks for none: the numbers of one's own corpus, which still grows."""


def read_clips(corpus: str, release: Path, reading: Mapping[str, Any]) -> list[Clip]:
    """All clips of a release, the known defects applied, sorted by their names.

    Args:
        corpus: the corpus's name in the config; also the reader's, unless ``reading["reader"]`` names another.
        release: root of the release.
        reading: how the corpus is read, with ``extra_defects`` and ``face_choices`` (tables) if wished.

    Raises:
        UserError: the release is not there or not as its reader expects, or a clip's name is unsafe or there twice.
    """
    reader = reader_of(corpus, reading)
    if not release.is_dir():
        fix = HOW_TO_GET.get(reader, "correct the path")
        if str(release).startswith("~"):
            fix = f"write the whole path, as a shell does of ~: {os.path.expanduser(release)}"
        raise UserError(f"{release}: no such folder, though corpora.{corpus}.release of the config names it; {fix}")
    clips = apply_defects(CORPORA[reader](release, reading), load_defects(reader, reading.get("extra_defects")))
    if "face_choices" in reading:
        table = Path(str(reading["face_choices"]))
        clips = apply_face_choices(clips, load_face_choices(table), table)
    check_clips(clips, release)
    return sorted(clips, key=lambda clip: clip.clip_id)


def check_clips(clips: list[Clip], release: Path) -> None:
    """Check what every later step relies on: safe and unique names, known words elsewhere, clips to use, and texts.

    Raises:
        UserError: naming the first clip that fails, or what all of them lack.
    """
    seen: set[str] = set()
    for clip in clips:
        if not is_safe(clip.clip_id):
            raise UserError(
                f"{release}: clip name {clip.clip_id[:80]!r} is not made of letters, digits, _ and - alone; rename it"
            )
        if clip.clip_id in seen:
            raise UserError(f"{release}: clip {clip.clip_id} is there twice; keep one copy of the label files")
        if clip.label not in ("", *CLASSES) or clip.crop not in CROPS or clip.status not in ("ok", "excluded"):
            raise UserError(f"{release}: clip {clip.clip_id} has an unknown label, crop or status; correct its table")
        seen.add(clip.clip_id)
    used = [clip for clip in clips if clip.status == "ok"]
    if not used:
        first = {clip.reason: clip.clip_id for clip in reversed(clips)}
        reasons = Counter(clip.reason for clip in clips).most_common(3)
        told = "; ".join(f"{count}: {reason}, {first[reason]} the first" for reason, count in reasons)
        raise UserError(f"{release}: no usable clip among {len(clips)}; complete the release ({told})")
    if not any(clip.text for clip in used):
        raise UserError(f"{release}: no usable clip has a text; unpack the transcripts there")


def check_counts(corpus: str, clips: list[Clip], reading: Mapping[str, Any], expected: Any) -> None:
    """Compare the clips of each class with the expected numbers.

    Args:
        corpus: the corpus's name in the config.
        clips: the clips of its release.
        reading: how it is read; ``accept_missing_media`` is the share of labelled clips that may lack a file (0 if
            absent).
        expected: class -> usable clips, exactly; or :data:`PUBLISHED`: labels as in the published tables, and every
            clip that is not used left out by its reading or as a known defect; or :data:`ANY`: whatever is there.

    Raises:
        UserError: with the differences.
    """
    key = f"corpora.{corpus}.expected_counts"
    if expected == ANY:
        return
    if expected == PUBLISHED:
        published = load_published(reader_of(corpus, reading), reading)
        if not published:
            raise UserError(f"{key}: nothing is published about {corpus} for this way of reading; give numbers instead")
        lines = published_difference(clips, published) + _too_little_media(clips, reading)
    elif isinstance(expected, dict) and all(name in CLASSES and type(n) is int for name, n in expected.items()):
        lines = difference(clips, expected)
    else:
        raise UserError(
            f"{key}: {json.dumps(expected)[:80]} is neither {PUBLISHED}, {ANY} nor whole numbers; give one of these"
        )
    if lines:
        table = "\n  ".join(lines)
        raise UserError(
            f"{corpus}: the release does not hold the expected clips; complete it, list clips that are known to be"
            f" broken in a table of extra_defects, or correct {key} if you mean it\n  {table}"
        )


def _too_little_media(clips: list[Clip], reading: Mapping[str, Any]) -> list[str]:
    """Lines about the clips without media, when they are more than the config accepts."""
    missing, labelled = without_media(clips), sum(bool(clip.label) for clip in clips)
    accepted = float(reading.get("accept_missing_media", 0.0)) * labelled
    if len(missing) <= accepted:
        return []
    examples = [f"{clip.clip_id} ({clip.reason})" for clip in missing[:3]]
    return [f"no media for {len(missing)} of {labelled} labelled clips, {accepted:.0f} accepted: {', '.join(examples)}"]


def summary(corpus: str, clips: list[Clip]) -> str:
    """What a release came to: the labelled and the usable clips of each class, and why the others are left out."""
    found = usable(clips)
    lines = [f"{corpus}: {len(clips)} clips, {sum(found.values())} usable"]
    for name in CLASSES:
        gone = [f"{count} left out: {reason}" for reason, count in excluded(clips, name)]
        labelled = sum(clip.label == name for clip in clips)
        lines.append("; ".join([f"  {name}: {labelled} labelled, {found[name]} usable", *gone]))
    other = [f"{count} {reason}" for reason, count in excluded(clips, "")]
    return "\n".join([*lines, f"  no class: {'; '.join(other) or 'none'}"]) + "\n"


def tables(corpus: str, clips: list[Clip]) -> tuple[pa.Table, pa.Table]:
    """The manifest and the label table of a list of clips, in its order."""
    columns = {field.name: [getattr(clip, field.name) for clip in clips] for field in (*MANIFEST, *LABELS)}
    columns["corpus"] = [corpus] * len(clips)
    return pa.Table.from_pydict(columns, schema=MANIFEST), pa.Table.from_pydict(columns, schema=LABELS)


def main() -> None:
    """Read a release, check it, write the two tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", required=True, help="name in the config's corpora")
    parser.add_argument("--release", required=True, type=Path, help="root of the release, read only")
    parser.add_argument("--reading", required=True, type=json.loads, help="JSON: the config's corpora.<name>.reading")
    parser.add_argument(
        "--expected-counts", required=True, type=json.loads, help='JSON: class -> usable clips, "published" or "any"'
    )
    parser.add_argument("--manifest", required=True, type=Path, help="output, Parquet")
    parser.add_argument("--labels", required=True, type=Path, help="output, Parquet")
    args = parser.parse_args()
    clips = read_clips(args.corpus, args.release, args.reading)
    sys.stderr.write(summary(args.corpus, clips))
    check_counts(args.corpus, clips, args.reading, args.expected_counts)
    manifest, labels = tables(args.corpus, clips)
    write_table(args.labels, labels)
    write_table(args.manifest, manifest)


if __name__ == "__main__":
    run(main)
