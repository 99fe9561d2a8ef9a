"""A folder of media -> a table of its clips, counts of its content, and a page that shows the result."""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path

from extractors.clips.folder import Listing, list_folder
from extractors.clips.pattern import FIELDS, parse_pattern
from extractors.corpora.custom import TIMES
from extractors.pages.listed import counts_of, listed_page
from extractors.shared.files import atomic_file
from extractors.shared.program import UserError, run

COLUMNS = ("clip_id", "video", "audio", "text", *FIELDS, *TIMES)
"""The columns of the table in order. Columns of fields and times are left out if no clip has them."""


def write_listing(path: Path, listing: Listing) -> None:
    """Write the table for :mod:`extractors.corpora.custom`."""
    used = {name for clip in listing.clips for name in clip.cells}
    with atomic_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, [name for name in COLUMNS if name in used], restval="", lineterminator="\n")
        table.writeheader()
        table.writerows(clip.cells for clip in listing.clips)


def main() -> None:
    """List the clips of a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", required=True, type=Path, help="searched with all folders below it")
    parser.add_argument("--pattern", required=True, help="what the files' names tell; empty for nothing")
    parser.add_argument("--cues", required=True, choices=("yes", "no"), help="whether each subtitle is a clip")
    parser.add_argument("--shown", required=True, type=int, help="clips on the page")
    parser.add_argument("--seed", required=True, type=int, help="which ones are drawn by it")
    parser.add_argument("--table", required=True, type=Path, help="output: CSV, to lie in the folder")
    parser.add_argument("--counts", required=True, type=Path, help="output: JSON")
    parser.add_argument("--page", required=True, type=Path, help="output: HTML")
    flags = parser.parse_args()
    if not flags.folder.is_dir():
        raise UserError(f"{flags.folder}: no such folder; name the one that holds your media")
    listing = list_folder(flags.folder, parse_pattern(flags.pattern) if flags.pattern else None, flags.cues == "yes")
    write_listing(flags.table, listing)
    page = listed_page(listing, flags.folder, flags.shown, flags.seed)
    for path, text in ((flags.counts, json.dumps(counts_of(listing), indent=1)), (flags.page, page)):
        with atomic_file(path) as temporary:
            temporary.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    run(main)
