"""What an adaptation changed (JSON) and its predictions -> a page for people."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pandas as pd

from amanda.sharing.changes_page import changes_page
from extractors.shared.files import atomic_file
from extractors.shared.program import run


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", required=True, type=Path, help="JSON, of amanda.adapt_model")
    parser.add_argument("--predictions", required=True, type=Path, help="CSV, of amanda.adapt_model")
    parser.add_argument("--model", required=True, help="name of the model, for people")
    parser.add_argument("--adapted", required=True, type=Path, help="folder of the adapted model")
    parser.add_argument("--page", required=True, type=Path, help="output, HTML")
    flags = parser.parse_args()
    unknown = {f"probability_{when}": [""] for when in ("before", "after")}
    table = pd.read_csv(flags.predictions, dtype={"clip_id": str}, keep_default_na=False, na_values=unknown)
    story = json.loads(flags.changes.read_text("utf-8"))
    page = changes_page(story, table.to_dict("records"), flags.model, repr(str(flags.adapted)))
    with atomic_file(flags.page) as temporary:
        temporary.write_text(page, "utf-8")


if __name__ == "__main__":
    run(main)
