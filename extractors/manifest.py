"""Read a release into its manifest (one row per clip, without labels) and its label table, with checked counts."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa

from extractors.clip import CLASSES, CROPS, LABELS, MANIFEST, Clip
from extractors.corpora import CORPORA, HOW_TO_GET
from extractors.corpora.counts import difference, usable
from extractors.corpora.defects import apply_defects, load_defects
from extractors.files import write_table
from extractors.program import UserError, run

_SAFE = re.compile(r"[A-Za-z0-9_-]{1,200}", re.ASCII)


def parse_object(text: str, flag: str) -> dict[str, Any]:
    """Parse the value of a flag that takes a JSON object.

    Raises:
        UserError: it is none.
    """
    try:
        value = json.loads(text)
    except ValueError as error:
        raise UserError(f"{flag}: not JSON ({error}); give an object such as '{{}}'") from None
    if not isinstance(value, dict):
        raise UserError(f"{flag}: {text[:40]} is no JSON object; give one such as '{{}}'")
    return value


def read_clips(corpus: str, release: Path, rules: Mapping[str, Any]) -> list[Clip]:
    """All clips of a release, the known defects applied, sorted by their names.

    Args:
        corpus: the corpus's name in the config; also the reader's, unless ``rules["reader"]`` names another.
        release: root of the release.
        rules: the corpus's rules, with ``extra_defects`` (a table) among them if wished.

    Raises:
        UserError: the release is not there or not as its reader expects, or a clip's name is unsafe or there twice.
    """
    reader = str(rules.get("reader", corpus))
    if reader not in CORPORA:
        raise UserError(f"{corpus}: no such reader; known are {', '.join(CORPORA)}")
    if not release.is_dir():
        raise UserError(
            f"{release}: no such folder, though corpora.{corpus}.release of the config names it;"
            f" {HOW_TO_GET.get(reader, 'correct the path')}"
        )
    extra = rules.get("extra_defects")
    clips = apply_defects(CORPORA[reader](release, rules), load_defects(reader, Path(extra) if extra else None))
    check_clips(clips, release)
    return sorted(clips, key=lambda clip: clip.clip_id)


def check_clips(clips: list[Clip], release: Path) -> None:
    """Check what every later step relies on: names that are unique and safe as file names, known words elsewhere.

    Raises:
        UserError: naming the first clip that fails.
    """
    seen: set[str] = set()
    for clip in clips:
        if not _SAFE.fullmatch(clip.clip_id):
            raise UserError(
                f"{release}: clip name {clip.clip_id[:80]!r} is not made of letters, digits, _ and - alone; rename it"
            )
        if clip.clip_id in seen:
            raise UserError(f"{release}: clip {clip.clip_id} is there twice; keep one copy of the label files")
        if clip.label not in ("", *CLASSES) or clip.crop not in CROPS or clip.status not in ("ok", "excluded"):
            raise UserError(f"{release}: clip {clip.clip_id} has an unknown label, crop or status; correct its table")
        seen.add(clip.clip_id)


def check_counts(corpus: str, clips: list[Clip], expected: Mapping[str, Any]) -> None:
    """Compare the usable clips of each class with the expected numbers.

    Raises:
        UserError: with a table of the differences.
    """
    for name, count in expected.items():
        if name not in CLASSES or not isinstance(count, int) or isinstance(count, bool):
            raise UserError(f"corpora.{corpus}.expected_counts: {name}: {count!r} is no class with a whole number")
    table = difference(clips, expected)
    if table:
        raise UserError(
            f"{corpus}: the release does not hold the expected clips; complete it, or correct"
            f" corpora.{corpus}.expected_counts if you mean it\n{table}"
        )


def summary(corpus: str, clips: list[Clip]) -> str:
    """What a release came to: the usable clips of each class, and how many were left out for each reason."""
    counts = ", ".join(f"{name} {count}" for name, count in usable(clips).items())
    reasons = Counter(clip.reason for clip in clips if clip.status == "excluded")
    lines = [f"{corpus}: {len(clips)} clips; {sum(usable(clips).values())} usable: {counts}"]
    lines += [f"  left out: {count} ({reason})" for reason, count in reasons.most_common()]
    return "\n".join(lines) + "\n"


def tables(corpus: str, clips: list[Clip]) -> tuple[pa.Table, pa.Table]:
    """The manifest and the label table of a list of clips, in its order."""
    rows = [asdict(clip) | {"corpus": corpus} for clip in clips]
    return pa.Table.from_pylist(rows, schema=MANIFEST), pa.Table.from_pylist(rows, schema=LABELS)


def main() -> None:
    """Read a release, check it, write the two tables."""
    parser = argparse.ArgumentParser(prog="extractors.manifest", description=__doc__)
    parser.add_argument("--corpus", required=True, help="name in the config's corpora")
    parser.add_argument("--release", required=True, type=Path, help="root of the release, read only")
    parser.add_argument("--rules", required=True, help="JSON: the config's corpora.<name>.rules")
    parser.add_argument("--expected-counts", required=True, help='JSON: class -> usable clips; "{}" checks nothing')
    parser.add_argument("--manifest", required=True, type=Path, help="output, Parquet")
    parser.add_argument("--labels", required=True, type=Path, help="output, Parquet")
    args = parser.parse_args()
    rules = parse_object(args.rules, "--rules")
    expected = parse_object(args.expected_counts, "--expected-counts")
    clips = read_clips(args.corpus, args.release, rules)
    sys.stderr.write(summary(args.corpus, clips))
    check_counts(args.corpus, clips, expected)
    manifest, labels = tables(args.corpus, clips)
    write_table(args.labels, labels)
    write_table(args.manifest, manifest)


if __name__ == "__main__":
    run(main)
