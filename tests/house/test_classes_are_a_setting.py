"""The paper's four classes are named where twins, beds and published counts are made of them, and nowhere else."""

from __future__ import annotations

import re

from helpers.places import ROOT

OF_FOUR = ("extractors/synthetic/", "extractors/write_twin.py", "extractors/corpora/counts.py", "amanda/bed/")
OF_FOUR += ("extractors/shared/clip.py", "workflow/planning/programs.py", "amanda/command/corpus.py")
"""Programs and folders that are about the paper's four classes; `amanda corpus` writes others into a config."""


def test_no_other_program_knows_the_papers_classes() -> None:
    folders = ("extractors", "amanda", "workflow")
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    users = {path.relative_to(ROOT).as_posix() for path in paths if re.search(r"\bCLASSES\b", path.read_text("utf-8"))}
    assert users, "the pattern finds something"
    assert sorted(name for name in users if not name.startswith(OF_FOUR)) == []
