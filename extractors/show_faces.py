"""Manifest, release and visual index -> a page that shows which face was chosen as the speaker's, for corrections.

It shows a small selection of clips: those with the closest choices, those with the fewest faces, some ordinary ones,
and those that a table of face_choices decides. Decided clips leave the other groups, so the work on a corpus is finite.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from extractors.features.store import CORPUS_INDEX, USABLE
from extractors.pages.faces import gallery_page
from extractors.pages.faces_of_clip import View, view_clip
from extractors.pages.inputs import check_release
from extractors.pages.settings import FacesPageSettings, FacesSettings
from extractors.shared.clip import Row
from extractors.shared.evenly import evenly
from extractors.shared.files import atomic_file, read_table
from extractors.shared.program import UserError, progress, run
from extractors.shared.settings import read_settings

EXTENTS = ("all", "some", "none")
"""The share of a clip's frames that show the speaker's face: all, some or none."""


def read_index(path: Path, clips: Sequence[Row]) -> pa.Table:
    """The index of a corpus's visual features, which must list these clips of the manifest in this order.

    Raises:
        UserError: it is missing, is not such an index, or lists other clips.
    """
    index = read_table(path, "extractors.index_features")
    if index.schema.names != CORPUS_INDEX.names or index["found"].null_count == index.num_rows:
        raise UserError(f"{path}: has no faces; give the index of visual features, made with extractors.index_features")
    if index["clip_id"].to_pylist() != [clip["clip_id"] for clip in clips]:
        raise UserError(f"{path}: lists other clips than the manifest; make it again with extractors.index_features")
    return index


def merge_rows(clips: Sequence[Row], index: pa.Table) -> list[Row]:
    """Each clip of the manifest with its row of the index, without ``found``, which is large."""
    columns = index.select(["status", "reason", "length", "faces", "rivalry", "track"]).to_pylist()
    return [clip | outcome for clip, outcome in zip(clips, columns, strict=True)]


def choose_clips(rows: Sequence[Row], settings: FacesSettings) -> dict[str, list[Row]]:
    """The clips to show, none of them twice.

    Args:
        rows: see :func:`merge_rows`.
        settings: the largest number of clips of each kind.

    Returns:
        Kind -> clips. The kinds are: clips with the highest rivalry; clips with the smallest share of frames with the
        speaker's face; evenly spaced other clips; evenly spaced clips that the user decided.
    """
    open_clips = [row for row in rows if row["status"] in USABLE and not row["face"]]
    rivals = sorted((row for row in open_clips if row["rivalry"] > 0), key=lambda row: -row["rivalry"])
    ambiguous = rivals[: settings.ambiguous]
    gaps = [row for row in open_clips if extent(row) != "all" and row not in ambiguous]
    fewest = sorted(gaps, key=lambda row: row["faces"] / row["length"])[: settings.fewest]
    others = [row for row in open_clips if row not in ambiguous and row not in fewest]
    decided = [row for row in rows if row["face"] and row["status"] != "excluded"]
    return {
        "ambiguous": ambiguous,
        "fewest": fewest,
        "ordinary": evenly(others, settings.ordinary),
        "decided": evenly(decided, settings.decided),
    }


def extent(row: Row) -> str:
    """The element of :data:`EXTENTS` for a clip with features."""
    return "none" if row["faces"] == 0 else "all" if row["faces"] == row["length"] else "some"


def count_clips(rows: Sequence[Row], close: float) -> dict[str, tuple[int, int, int]]:
    """For each of :data:`EXTENTS`, the clips with features, with a rival, and with a rivalry of at least ``close``."""
    usable = [row for row in rows if row["status"] in USABLE]
    members = {name: [row["rivalry"] for row in usable if extent(row) == name] for name in EXTENTS}
    return {
        name: (len(found), sum(rivalry > 0 for rivalry in found), sum(rivalry >= close for rivalry in found))
        for name, found in members.items()
    }


def closing_sentence(corpus: str, counts: Mapping[str, tuple[int, int, int]], views: Sequence[View]) -> str:
    """A summary of the page in one sentence, and the shown clips whose pictures cannot be read."""
    clips, rivals, close = map(sum, zip(*counts.values(), strict=True))
    lost = [f"{view.clip['clip_id']} ({view.problem})" for view in views if view.problem]
    told = (
        f"{corpus}: of {clips} clips with features, {counts['all'][0]} show the speaker's face in all frames,"
        f" {counts['some'][0]} in some, {counts['none'][0]} in none;"
        f" {rivals} have a rival, {close} of them a close one."
    )
    return f"{told} Without pictures here: {'; '.join(lost)}." if lost else told


def main() -> None:
    """Choose the clips, read their pictures, write the page and print the closing sentence."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--manifest", required=True, type=Path)
    parser.add_argument("--release", required=True, type=Path, help="folder to which the manifest's paths are relative")
    parser.add_argument("--index", required=True, type=Path, help="the corpus index of the visual features")
    parser.add_argument("--settings", required=True, help=f"JSON: {', '.join(FacesPageSettings.model_fields)}")
    parser.add_argument("--corpus", required=True, help="its name in the config, for the page")
    parser.add_argument("--page", required=True, type=Path, help="output, one HTML file with all its pictures inside")
    flags = parser.parse_args()
    settings = read_settings(FacesPageSettings, flags.settings)
    check_release(flags.release)
    clips = read_table(flags.manifest, "python -m extractors.read_release").to_pylist()
    index = read_index(flags.index, clips)
    rows = merge_rows(clips, index)
    found = dict(zip((clip["clip_id"] for clip in clips), index["found"], strict=True))
    groups = {
        kind: [
            view_clip(row, found[row["clip_id"]].as_py() or [], flags.release, settings)
            for row in progress(chosen, kind)
        ]
        for kind, chosen in choose_clips(rows, settings).items()
    }
    counts = count_clips(rows, settings.close_rivalry)
    sentence = closing_sentence(flags.corpus, counts, [view for views in groups.values() for view in views])
    with atomic_file(flags.page) as temporary:
        page = gallery_page(flags.corpus, sentence, counts, groups, flags.release, settings)
        temporary.write_text(page, encoding="utf-8")
    sys.stdout.write(sentence + "\n")


if __name__ == "__main__":
    run(main)
