"""What the tests of several rooms share of page."""

from __future__ import annotations

import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from amanda import write_page as program

VOID = {"meta", "img", "br", "link", "input"}


class Document(HTMLParser):
    """Elements in order with their attributes and the text of each, and whether all tags are closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[tuple[str, dict]] = []
        self.elements: list[tuple[str, dict]] = []
        self.texts: list[str] = []
        self.words: dict[int, list[str]] = {}
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list) -> None:
        element = (tag, dict(attrs))
        assert len(element[1]) == len(attrs), f"{tag} has an attribute twice"
        self.elements.append(element)
        if tag not in VOID:
            self.open.append((tag, len(self.elements) - 1))

    def handle_startendtag(self, tag: str, attrs: list) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1][0] not in ("script", "style"):
            self.texts.append(data)
            for _, place in self.open:
                self.words.setdefault(place, []).append(data)

    def all(self, *tags: str) -> list[dict]:
        return [attributes for tag, attributes in self.elements if tag in tags]

    def text_of(self, *tags: str) -> list[str]:
        return ["".join(self.words.get(n, [])) for n, (tag, _) in enumerate(self.elements) if tag in tags]


def write(folder: Path, flags: list[str]) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(sys, "argv", ["amanda.write_page", *flags])
        patch.setattr(program, "versions", lambda *_: "these versions")
        program.main()
    return (folder / flags[flags.index("--page") + 1]).read_text()


def with_files(flags: list[str], name: str, *files: str) -> list[str]:
    """The flags with other files behind one of them."""
    start = flags.index(name) + 1
    end = next((n for n in range(start, len(flags)) if flags[n].startswith("--")), len(flags))
    return [*flags[:start], *files, *flags[end:]]
