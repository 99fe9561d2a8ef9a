"""Templates take every value as plain text, lack none, and stand in files and not in strings of Python."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import numpy as np
import pytest
from helpers.faces_corpus import TYPED
from helpers.page_document import Document
from helpers.places import ROOT
from helpers.spoiled_release import SETTINGS, row
from jinja2 import UndefinedError

from extractors.faces.tracks import Track
from extractors.pages.answers import View as Seen
from extractors.pages.answers import answers_page
from extractors.pages.faces import gallery_page
from extractors.pages.faces_of_clip import Picture, View
from extractors.pages.quality import quality_page
from extractors.pages.quality_pictures import read_pictures
from extractors.pages.template import render
from extractors.shared.answers import answers_schema
from extractors.shared.clip import CLASSES
from extractors.shared.labels import Labels

ANSWERS = answers_schema(CLASSES)

HOSTILE = "</title></style><script>alert(1)</script><img src=x onerror=alert(2)> \"' onload='a(3)' &lt; {{ 7 * 6 }} é"
FACE = Track([0], [np.array([10.0, 5, 30, 25, 1])])


def quality(name: str, release: Path) -> Document:
    """The page of one clip in which every text is the name."""
    clip = row(name, corpus=name, speaker=name, reason=name, crop="left", video="none.avi")
    found = clip | {"status": "degraded", "findings": [name], "streams": name, "width": 64, "height": 48, "fps": 10.0}
    found |= {"channels": 1, "sample_rate": 8000, "rms_db": -20.0}
    labels = Labels(release / "labels.parquet", CLASSES, {name: name})
    return Document(quality_page([found], read_pictures([found], [clip], release, SETTINGS), labels, release, SETTINGS))


def faces(name: str, release: Path) -> Document:
    """The gallery of two clips in which every text is the name: one with pictures, one without."""
    clip = {"clip_id": name, "length": 1, "faces": 1, "rivalry": 0.5, "face": name, "reason": name, "track": 0}
    picture = {0: Picture("data:image/jpeg;base64,", 64, 48)}
    seen = View(clip, "", {0: FACE, 1: FACE}, 2, picture, {0: 8, 1: 8}, {0: name, 1: name})
    lost = View(clip | {"length": 0}, name, {}, 0)
    groups = {"ambiguous": [seen], "fewest": [lost], "ordinary": [], "decided": []}
    counts = dict.fromkeys(("all", "some", "none"), (1, 1, 1))
    return Document(gallery_page(name, name, counts, groups, release, TYPED))


def answers(name: str, release: Path) -> Document:
    """The page of two clips in which every text is the name: one with an answer, one without."""
    clip = {"clip_id": name, "text": name}
    said = dict.fromkeys(ANSWERS.names) | {"reason": name, "heads": name}
    shares = {"emotion": "sad", "probability": 0.5, "agreement": 1.0} | dict.fromkeys(CLASSES, 0.25)
    views = [Seen(clip, said | shares, ["data:image/jpeg;base64,"], [0.5]), Seen(clip, said)]
    return Document(answers_page(views, [], {"clips": 3, "answered": 1}, name, name, release))


@pytest.mark.parametrize("page", [quality, faces, answers])
def test_hostile_names_are_text_and_nothing_else(page, tmp_path: Path) -> None:
    """The page of a hostile name has the elements of the page of a plain one, and says the name as it is."""
    plain, hostile = page("plain", tmp_path), page(HOSTILE, tmp_path)
    assert [(tag, list(attributes)) for tag, attributes in hostile.elements] == [
        (tag, list(attributes)) for tag, attributes in plain.elements
    ]
    assert [text.replace("plain", HOSTILE) for text in plain.texts] == hostile.texts
    values = [[value for value in attributes.values() if value] for _, attributes in plain.elements]
    assert [[value.replace("plain", HOSTILE) for value in found] for found in values] == [
        [value for value in attributes.values() if value] for _, attributes in hostile.elements
    ]
    assert sum("plain" in text for text in plain.texts) > 5


def test_the_marks_of_a_track_stand_around_the_face(tmp_path: Path) -> None:
    page = faces("plain", tmp_path)
    under, chosen, *_ = page.all("rect")
    place = {"x": "10.0", "y": "5.0", "width": "20.0", "height": "20.0"}
    assert (under, chosen) == ({"class": "under"} | place, {"class": "chosen"} | place)
    number, _ = page.all("text")  # in the box, for above it there is no place: 5 + 0.14 * 48
    assert number == {"x": "10.0", "y": "11.7", "font-size": "6.7"}


@pytest.mark.parametrize("page", [quality, faces, answers])
def test_a_page_says_once_on_top_and_in_its_title_what_a_twin_is(page, tmp_path: Path) -> None:
    assert not any("SYNTHETIC" in text for text in page("plain", tmp_path).texts)
    (tmp_path / "SYNTHETIC.txt").touch()
    twin = page("plain", tmp_path)
    assert [tag for tag in ("title", "h1", "p") if "SYNTHETIC" in twin.text_of(tag)[0]] == ["title", "h1", "p"]


def test_a_value_that_a_template_lacks_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UndefinedError, match="'sentence' is undefined"):
        render("quality.html.j2", tmp_path, corpus="meld")


def test_no_markup_style_or_script_stands_in_a_string_of_the_pages() -> None:
    marks = re.compile(r"</?[a-z][a-z0-9]*[\s/>]|\bon[a-z]+\s*=|[;{]\s*[a-z-]+:[^;]*;|\bdocument\.")
    for path in sorted((ROOT / "extractors/pages").glob("*.py")):
        tree = ast.parse(path.read_text())
        bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
        texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in bare]
        assert [text for text in texts if isinstance(text, str) and marks.search(text)] == [], path
