"""A timeline for players and for annotators: right times, nothing that acts as markup, nothing without its warning."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from helpers.toy_extractor import make_clips

from amanda.prediction.elan import elan
from amanda.prediction.timeline import NOT_EMOTIONS, Spoken, by_recording, in_lanes
from amanda.prediction.webvtt import webvtt
from extractors.shared.answers import answers_schema, votes
from extractors.shared.clip import CLASSES, MANIFEST

HOSTILE = "</c> & --> <b>\n\n1\x00\ud7ff"
ANSWERS = answers_schema(CLASSES)
NOTHING = dict.fromkeys(ANSWERS.names) | {
    "clip_id": "x",
    "status": "unanswered",
    "heads": "",
    "reason": "all is missing",
}
ANSWER = NOTHING | {"status": "answered", "emotion": "sad", "probability": 0.625, "agreement": 1.0, "heads": "audio"}
ANSWER |= dict(zip(CLASSES, (0.125, 0.125, 0.625, 0.125), strict=True))
ANSWER |= dict(zip(votes("audio", CLASSES), (0.5, 0.125, 0.25, 0.125), strict=True)) | {"reason": ""}


def spoken(begin: float, end: float, text: str = "", answer: dict = ANSWER) -> Spoken:
    return Spoken(begin, end, text, answer)


def test_subtitles() -> None:
    text = webvtt([spoken(0.0, 1.5, "Oh, no"), spoken(3725.0424, 3726.9996, answer=NOTHING)], "m", "")
    assert text == (
        "WEBVTT\n\nNOTE Emotions by m.\n\n"
        "1\n00:00:00.000 --> 00:00:01.500\nsad 62%\nOh, no\n\n"
        "2\n01:02:05.042 --> 01:02:07.000\nno answer: all is missing\n"
    )


def test_subtitles_say_what_a_model_of_generated_clips_shows() -> None:
    text = webvtt([spoken(0.0, 1.5, HOSTILE)], HOSTILE, "SYNTHETIC")
    assert f"sad 62% ({NOT_EMOTIONS})\n&lt;/c&gt; &amp; --&gt; &lt;b&gt; 1" in text
    assert text.count("-->") == 1
    assert "SYNTHETIC" in text.splitlines()[2]


def test_clips_that_overlap_stand_in_lanes() -> None:
    clips = [spoken(0, 2), spoken(1, 3), spoken(2, 4), spoken(2.5, 2.6), spoken(5, 6)]
    lanes = [[(clip.begin, clip.end) for clip in lane] for lane in in_lanes(clips)]
    assert lanes == [[(0, 2), (2, 4), (5, 6)], [(1, 3)], [(2.5, 2.6)]]
    assert in_lanes([]) == []


def annotations(text: bytes) -> dict[str, list[tuple[int, int, str]]]:
    """Tier -> begin and end in milliseconds, and value, of each annotation."""
    root = ElementTree.fromstring(text)
    slots = {slot.get("TIME_SLOT_ID"): int(slot.get("TIME_VALUE")) for slot in root.iter("TIME_SLOT")}
    names = [told.get("ANNOTATION_ID") for told in root.iter("ALIGNABLE_ANNOTATION")]
    assert len(set(names)) == len(names)
    (last,) = [each.text for each in root.iter("PROPERTY") if each.get("NAME") == "lastUsedAnnotationId"]
    assert int(last) == len(names)
    return {
        tier.get("TIER_ID"): [
            (slots[told.get("TIME_SLOT_REF1")], slots[told.get("TIME_SLOT_REF2")], told.findtext("ANNOTATION_VALUE"))
            for told in tier.iter("ALIGNABLE_ANNOTATION")
        ]
        for tier in root.iter("TIER")
    }


def test_tiers(tmp_path: Path) -> None:
    clips = [spoken(0.5, 2.0, "Oh, no"), spoken(1.0, 3.0), spoken(4.0, 5.0, "So", NOTHING)]
    file = tmp_path / "out" / "a b.eaf"
    text = elan(clips, tmp_path / "in" / "a b.mp4", file, "m", "")
    told = annotations(text)
    assert told["emotion"] == [(500, 2000, "sad"), (4000, 5000, "no answer: all is missing")]
    assert told["emotion 2"] == [(1000, 3000, "sad")]
    assert told["probability"] == [(500, 2000, "0.62")]
    assert told["words"] == [(500, 2000, "Oh, no"), (4000, 5000, "So")]
    assert told["vote of audio"] == [(500, 2000, "neutral 50%")]
    assert (told["vote of text"], told["vote of visual"], told["words 2"]) == ([], [], [])
    (media,) = ElementTree.fromstring(text).iter("MEDIA_DESCRIPTOR")
    assert media.get("RELATIVE_MEDIA_URL") == "../in/a b.mp4"
    assert media.get("MEDIA_URL") == (tmp_path / "in/a b.mp4").resolve().as_uri()
    assert media.get("MIME_TYPE") == "video/mp4"


def test_tiers_are_text_and_have_their_warning(tmp_path: Path) -> None:
    text = elan([spoken(0.0, 1.0, HOSTILE)], tmp_path / "a.mp4", tmp_path / "a.eaf", HOSTILE, HOSTILE)
    told = annotations(text)
    assert told[f"words ({NOT_EMOTIONS})"] == [(0, 1000, HOSTILE.replace("\x00", "\ufffd"))]
    assert all(name.endswith(f"({NOT_EMOTIONS})") for name in told)


@pytest.mark.slow
def test_the_program(tmp_path: Path) -> None:
    whole, first, second = make_clips(["", "one", "two"])
    clips = [whole, first | {"video": "in/a.mp4"}, second | {"video": "in/a.mp4"}]
    times: list[dict[str, float]] = [{}, {"begin": 2.0, "end": 3.0}, {"end": 1.0}]
    answers = [ANSWER | {"clip_id": clip["clip_id"]} | time for clip, time in zip(clips, times, strict=True)]
    assert [clip.text for clip in by_recording(clips, answers)["in/a.mp4"]] == ["two", "one"]
    pq.write_table(pa.Table.from_pylist(clips, schema=MANIFEST), tmp_path / "manifest.parquet")
    pq.write_table(pa.Table.from_pylist(answers, schema=ANSWERS), tmp_path / "answers.parquet")
    (tmp_path / "out").mkdir()
    (tmp_path / "out/old.vtt").touch()
    flags = {"manifest": "manifest.parquet", "release": ".", "answers": "answers.parquet"}
    flags |= {"model": "m", "warning": "", "folder": "out"}
    command = [sys.executable, "-m", "amanda.write_timelines"]
    command += [word for name, value in flags.items() for word in (f"--{name}", value)]
    subprocess.run(command, cwd=tmp_path, check=True)
    written = sorted(path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.*"))
    assert written == ["in/a.mp4.eaf", "in/a.mp4.vtt"]
    assert "00:00:02.000 --> 00:00:03.000\nsad 62%\none\n" in (tmp_path / "out/in/a.mp4.vtt").read_text("utf-8")
    assert annotations((tmp_path / "out/in/a.mp4.eaf").read_bytes())["words"] == [(0, 1000, "two"), (2000, 3000, "one")]
    pq.write_table(pa.Table.from_pylist(answers[::-1], schema=ANSWERS), tmp_path / "answers.parquet")
    refused = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert refused.returncode == 1
    assert "its clips differ from those of the manifest" in refused.stderr
    assert (tmp_path / "out/in/a.mp4.vtt").exists(), "what was there stays"
