"""The documents: each has a title, and each link between them leads to a file, and to a heading if it names one."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from helpers.places import ROOT

LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def documents() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "*.md"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    return [name for name in listed.split("\0") if name and not name.startswith((".github/", "tests/"))]


def anchors(text: str) -> set[str]:
    """The anchors that GitHub makes of headings: small letters, no punctuation, hyphens for blanks."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", documents())
def test_a_document_has_a_title_and_its_links_lead_somewhere(name: str) -> None:
    text = FENCE.sub("", (ROOT / name).read_text(encoding="utf-8"))
    assert text.startswith("# "), "its first line is a title"
    for path, anchor in LINK.findall(text):
        target = (ROOT / name).parent / path if path else ROOT / name
        assert target.exists(), f"{path} does not exist"
        if anchor:
            assert anchor in anchors(target.read_text(encoding="utf-8")), f"{path or name} has no heading #{anchor}"


def test_what_is_looked_for() -> None:
    assert anchors("# One: two!\n```\n# no heading\n```\n## Clips that lack a modality") == {
        "one-two",
        "clips-that-lack-a-modality",
    }
    assert LINK.findall("[a](b.md#c) [d](#e) [f](https://x.y/z)") == [("b.md", "c"), ("", "e")]
    assert Path("README.md").name in documents()
