"""A recording over time: each answer where it belongs, and pictures and sound of the whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.page_document import Document
from helpers.talking_film import write_talk
from helpers.toy_extractor import make_clips

from extractors.pages.answers import answers_page
from extractors.pages.timeline import Timeline, clock_time, timed_parts, view_recording
from extractors.shared.answers import answers_schema
from extractors.shared.clip import CLASSES

ANSWERS = answers_schema(CLASSES)
NOTHING = dict.fromkeys(ANSWERS.names) | {"status": "unanswered", "heads": "", "reason": "all is missing"}


def part(begin: float | None, end: float | None, **shares: float) -> dict:
    emotion = max(shares, key=shares.__getitem__) if shares else None
    known = dict.fromkeys(CLASSES, 0.0) | shares if shares else {}
    return NOTHING | known | {"begin": begin, "end": end, "emotion": emotion}


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (61.9, "1:01"), (3600, "1:00:00"), (7325, "2:02:05")])
def test_times_as_people_write_them(seconds: float, text: str) -> None:
    assert clock_time(seconds) == text


def test_parts_of_recordings() -> None:
    whole, late, early, gone = make_clips([""] * 4)
    late, early = late | {"video": "a.mp4"}, early | {"video": "a.mp4"}
    answers = [part(None, None), part(3.0, 4.0), part(None, 1.0), part(0.0, 1.0)]
    found = timed_parts([whole, late, early, gone | {"status": "excluded"}], answers)
    assert [(clip["video"], [span["end"] for span in spans]) for clip, spans in found] == [("a.mp4", [1.0, 4.0])]


def test_what_a_recording_shows(tmp_path: Path) -> None:
    spoken = write_talk(tmp_path / "a.mp4", seconds=1.0, rest=2.0)
    (clip,) = make_clips([""])
    clip |= {"video": "a.mp4", "audio": "a.mp4"}
    line = view_recording(clip, [part(*times, sad=1.0) for times in spoken], tmp_path)
    assert (line.name, len(line.pictures), len(line.wave)) == ("a.mp4", 12, 600)
    assert line.seconds == pytest.approx(6.0, abs=0.2)
    for begin, end in spoken:
        first, last = round(600 * begin / line.seconds), round(600 * end / line.seconds)
        assert max(line.wave[first:last]) > 5 * max(line.wave[first - 150 : first - 10])
    (tmp_path / "a.mp4").write_bytes(b"no film" * 100)
    broken = view_recording(clip, [part(1.0, 2.0, sad=1.0)], tmp_path)
    assert (broken.seconds, broken.pictures, broken.wave) == (2.0, [], [])


def test_bars_are_as_high_as_probabilities(tmp_path: Path) -> None:
    spans = [part(None, 2.0, sad=0.75, angry=0.25), part(4.0, 5.0), part(6.0, 9.0, happy=1.0)]
    line = Timeline("<b>a.mp4", 10.0, spans, ["data:,"], [0.5])
    page = answers_page([], [line], {"clips": 3, "answered": 2}, "m", "", tmp_path)
    document = Document(page)
    bars = [(rect["x"], rect["y"], rect["width"], rect["height"]) for rect in document.all("rect")]
    nothing = [("0.000", "1.000", "2.000", "0.000"), ("6.000", "1.000", "3.000", "0.000")]
    assert bars[:2] == nothing  # neutral
    assert bars[3] == ("6.000", "0.000", "3.000", "1.000")  # happy
    assert bars[4] == ("0.000", "0.250", "2.000", "0.750")  # sad
    assert len(bars) == 8
    assert [rect.get("class") for rect in document.all("rect")].count("first") == 2
    assert [svg["viewbox"] for svg in document.all("svg")[1:]] == ["0 0 10.000 1"] * 4
    assert "<b>" not in page
    assert "0:00 0:02 0:05 0:07 0:10" in " ".join(" ".join(document.texts).split())
