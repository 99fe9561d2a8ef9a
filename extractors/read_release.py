"""Read a release into its manifest (one row per clip, without labels) and its label table, with checked counts.

The config's classes enter here; the label table carries them to every later step.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from extractors.corpora.base import load_reader, reader_of
from extractors.corpora.classes import classify, meanings
from extractors.corpora.counts import difference, excluded, load_published, published_difference, usable, without_media
from extractors.corpora.defects import apply_defects, load_defects
from extractors.corpora.face_choices import apply_face_choices, load_face_choices
from extractors.corpora.tree import is_safe
from extractors.shared.clip import CROPS, LABELS, MANIFEST, MODALITIES, VOTES, Clip
from extractors.shared.files import write_table
from extractors.shared.labels import write_labels
from extractors.shared.program import UserError, run

PUBLISHED = "published"
"""The value of ``--expected-counts`` for the comparison with the published tables."""

ANY = "any"
"""The value of ``--expected-counts`` for no comparison, as for a user's own corpus that still grows."""


def read_clips(
    corpus: str,
    release: Path,
    reading: Mapping[str, Any],
    modalities: Sequence[str],
    labels: Mapping[str, str],
    classes: Sequence[str],
) -> list[Clip]:
    """All clips of a release with their classes and with known defects applied, sorted by name.

    Args:
        corpus: the corpus's name in the config. It is also the reader's, unless ``reading["reader"]`` names another.
        release: root of the release.
        reading: the choices for reading the corpus, with the optional tables ``extra_defects`` and ``face_choices``.
        modalities: the modalities of the corpus. Media of other modalities are not needed.
        labels: label word -> a class or ``other``.
        classes: the classes of the study.

    Raises:
        UserError: the release is missing or differs from the expected form, or a name is unsafe or occurs twice.
    """
    name = reader_of(corpus, reading)
    reader = load_reader(name)
    if not release.is_dir():
        fix = reader.HOW_TO_GET
        if str(release).startswith("~"):
            fix = f"write the whole path, as a shell does of ~: {os.path.expanduser(release)}"
        raise UserError(f"{release}: no such folder, though corpora.{corpus}.release of the config names it; {fix}")
    read = reader.read_release(release, reading, modalities)
    clips = classify(read, corpus, name, meanings(corpus, labels, classes))
    clips = apply_defects(clips, load_defects(name, reading.get("extra_defects")))
    if "face_choices" in reading:
        table = Path(str(reading["face_choices"]))
        clips = apply_face_choices(clips, load_face_choices(table), table)
    check_clips(clips, release, modalities)
    return sorted((reduced(clip, modalities) for clip in clips), key=lambda clip: clip.clip_id)


def reduced(clip: Clip, modalities: Sequence[str]) -> Clip:
    """A clip without the text, or the file and times, of each modality that its corpus does not have."""
    if "text" not in modalities:
        clip = replace(clip, text="")
    if "audio" not in modalities:
        clip = replace(clip, audio="", audio_start=None, audio_end=None)
    if "visual" not in modalities:
        clip = replace(clip, video="", video_start=None, video_end=None)
    return clip


def check_clips(clips: list[Clip], release: Path, modalities: Sequence[str]) -> None:
    """Check the conditions of all later steps: safe and unique names, known values in other columns, clips, and texts.

    Raises:
        UserError: a condition fails; with the first clip, or with what all clips lack.
    """
    seen: set[str] = set()
    for clip in clips:
        if not is_safe(clip.clip_id):
            raise UserError(
                f"{release}: clip name {clip.clip_id[:80]!r} is not made of letters, digits, _ and - alone; rename it"
            )
        if clip.clip_id in seen:
            raise UserError(f"{release}: clip {clip.clip_id} is there twice; keep one copy of the label files")
        if clip.crop not in CROPS or clip.status not in ("ok", "excluded"):
            raise UserError(f"{release}: clip {clip.clip_id} has an unknown crop or status; correct its table")
        seen.add(clip.clip_id)
    used = [clip for clip in clips if clip.status == "ok"]
    if not used:
        first = {clip.reason: clip.clip_id for clip in reversed(clips)}
        reasons = Counter(clip.reason for clip in clips).most_common(3)
        told = "; ".join(f"{count}: {reason}, {first[reason]} the first" for reason, count in reasons)
        raise UserError(f"{release}: no usable clip among {len(clips)}; complete the release ({told})")
    if "text" in modalities and not any(clip.text for clip in used):
        raise UserError(f"{release}: no usable clip has a text; unpack the transcripts there")


def check_counts(
    corpus: str, clips: list[Clip], reading: Mapping[str, Any], expected: Any, classes: Sequence[str]
) -> None:
    """Compare the clips of each class with the expected numbers.

    Args:
        corpus: the corpus's name in the config.
        clips: the clips of its release.
        reading: its choices; ``accept_missing_media`` is the share of labelled clips that may lack a file (default 0).
        expected: class -> exact number of usable clips. Or :data:`PUBLISHED`: labels must agree with the published
            tables, and a clip may be left out only by its reading or as a known defect. Or :data:`ANY`: no comparison.
        classes: the classes of the study.

    Raises:
        UserError: the numbers differ; with the differences.
    """
    key = f"corpora.{corpus}.expected_counts"
    if expected == ANY:
        return
    if expected == PUBLISHED:
        published = load_published(reader_of(corpus, reading), reading, classes)
        if not published:
            raise UserError(f"{key}: there are no published counts of {corpus} for this reading; give numbers instead")
        lines = published_difference(clips, published) + _too_little_media(clips, reading)
    elif isinstance(expected, dict) and all(name in classes and type(n) is int for name, n in expected.items()):
        lines = difference(clips, expected)
    else:
        raise UserError(
            f"{key}: {json.dumps(expected)[:80]} is neither {PUBLISHED}, {ANY} nor whole numbers of"
            f" {', '.join(classes)}; give one of these"
        )
    if lines:
        table = "\n  ".join(lines)
        raise UserError(
            f"{corpus}: the release does not hold the expected clips; complete it, list clips that are known to be"
            f" broken in a table of extra_defects, or correct {key} if you mean it\n  {table}"
        )


def _too_little_media(clips: list[Clip], reading: Mapping[str, Any]) -> list[str]:
    """Lines about clips without media, if there are more than the config accepts."""
    missing, labelled = without_media(clips), sum(bool(clip.label) for clip in clips)
    accepted = float(reading.get("accept_missing_media", 0.0)) * labelled
    if len(missing) <= accepted:
        return []
    examples = [f"{clip.clip_id} ({clip.reason})" for clip in missing[:3]]
    return [f"no media for {len(missing)} of {labelled} labelled clips, {accepted:.0f} accepted: {', '.join(examples)}"]


def summary(corpus: str, clips: list[Clip], classes: Sequence[str]) -> str:
    """A summary of a release: labelled and usable clips of each class, and why the others are left out."""
    found = usable(clips, classes)
    lines = [f"{corpus}: {len(clips)} clips, {sum(clip.status == 'ok' for clip in clips)} usable"]
    for name in classes:
        gone = [f"{count} left out: {reason}" for reason, count in excluded(clips, name)]
        labelled = sum(clip.label == name for clip in clips)
        lines.append("; ".join([f"  {name}: {labelled} labelled, {found[name]} usable", *gone]))
    other = [f"{count} {reason}" for reason, count in excluded(clips, "")]
    unlabelled = usable(clips, [""])[""]
    lines += [f"  without a label: {unlabelled} usable"] * bool(unlabelled)
    return "\n".join([*lines, f"  no class: {'; '.join(other) or 'none'}"]) + "\n"


def tables(corpus: str, clips: list[Clip]) -> tuple[pa.Table, pa.Table]:
    """The manifest and the label table of a list of clips, in its order."""
    columns = {field.name: [getattr(clip, field.name) for clip in clips] for field in (*MANIFEST, *LABELS)}
    columns["corpus"] = [corpus] * len(clips)
    return pa.Table.from_pydict(columns, schema=MANIFEST), pa.Table.from_pydict(columns, schema=LABELS)


def votes_table(clips: Iterable[Clip]) -> pa.Table:
    """The annotators' answers: one row per clip, annotator and question. No step reads this table."""
    rows = [(clip.clip_id, *vote) for clip in clips for vote in clip.votes]
    columns = zip(*rows, strict=True) if rows else [[] for _ in VOTES]
    return pa.Table.from_arrays([pa.array(column, pa.string()) for column in columns], schema=VOTES)


def main() -> None:
    """Read a release, check it, and write the three tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", required=True, help="name in the config's corpora")
    parser.add_argument("--release", required=True, type=Path, help="root of the release, read only")
    parser.add_argument(
        "--modalities", required=True, nargs="+", choices=MODALITIES, help="the config's corpora.<name>.modalities"
    )
    parser.add_argument("--reading", required=True, type=json.loads, help="JSON: the config's corpora.<name>.reading")
    parser.add_argument(
        "--classes", required=True, nargs="+", help="the config's classes, in the order of every logit and table"
    )
    parser.add_argument(
        "--word-classes", required=True, type=json.loads, help="JSON: the config's corpora.<name>.labels"
    )
    parser.add_argument(
        "--expected-counts", required=True, type=json.loads, help='JSON: class -> usable clips, "published" or "any"'
    )
    parser.add_argument("--manifest", required=True, type=Path, help="output, Parquet")
    parser.add_argument("--labels", required=True, type=Path, help="output, Parquet")
    parser.add_argument("--votes", required=True, type=Path, help="output, Parquet: what annotators said")
    args = parser.parse_args()
    clips = read_clips(args.corpus, args.release, args.reading, args.modalities, args.word_classes, args.classes)
    sys.stderr.write(summary(args.corpus, clips, args.classes))
    check_counts(args.corpus, clips, args.reading, args.expected_counts, args.classes)
    manifest, labels = tables(args.corpus, clips)
    write_table(args.votes, votes_table(clips))
    write_labels(args.labels, labels, args.classes)
    write_table(args.manifest, manifest)


if __name__ == "__main__":
    run(main)
