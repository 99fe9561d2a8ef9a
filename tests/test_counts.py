"""Published counts: the tables agree with themselves, hold under their rules, and explain what a release lacks."""

from __future__ import annotations

from dataclasses import replace

import pytest
import releases

from extractors.clip import CLASSES, Clip
from extractors.corpora.counts import Published, load_published, published_difference
from extractors.manifest import check_counts
from extractors.program import UserError

MELD = releases.RULES["meld"]
BLANK = Clip("", "meld", "", "", "", "", "", None, None, "", None, None, None, "full", "", "ok", "", "", "")


@pytest.mark.parametrize(
    ("corpus", "rules", "total"),
    [
        ("iemocap", {"merge_excited": True}, 5531),
        ("iemocap", {"merge_excited": False}, 4490),
        ("meld", {}, 11353),
        ("mosei", {"label_rule": "A"}, 17956),
        ("mosei", {"label_rule": "B"}, 20704),
        ("mosei", {"label_rule": "C"}, 13720),
        ("mosei", {"label_rule": "D"}, 20472),
        ("mosei", {"label_rule": "E"}, 10796),
        ("msp_improv", {}, 7798),
    ],
)
def test_every_table_adds_up_to_the_published_total(corpus: str, rules: dict, total: int) -> None:
    sums: dict[str, int] = {}
    for row in load_published(corpus, rules):
        sums[row.group] = sums.get(row.group, 0) + sum(row.classes.values())
    assert sums
    assert set(sums.values()) == {total}


def test_speakers_add_up_to_their_session() -> None:
    rows = {row.value: row for row in load_published("iemocap", {"merge_excited": True})}
    for session in "12345":
        pair = [rows[f"Ses0{session}{letter}"].classes for letter in "FM"]
        assert {name: sum(half[name] for half in pair) for name in CLASSES} == rows[session].classes


def meld() -> list[Clip]:
    """Clips with exactly the published labels of MELD, all of them usable."""
    clips = []
    for row in load_published("meld", MELD):
        labels = [name for name in CLASSES for _ in range(row.classes[name])]
        labels += [""] * (row.clips - len(labels))
        clips += [
            replace(BLANK, clip_id=f"{row.value}{n}", official_split=row.value, label=label)
            for n, label in enumerate(labels)
        ]
    return clips


def test_a_full_release_passes_with_its_known_defects_left_out() -> None:
    clips = meld()
    clips[0] = replace(clips[0], status="excluded", reason="known defect: the file is cut off")
    check_counts("meld", clips, MELD, "published")


def test_a_missing_label_is_named_with_its_group() -> None:
    with pytest.raises(UserError, match=r"split train: neutral 4710 published, 4709 found; clips of any emotion 9989"):
        check_counts("meld", meld()[1:], MELD, "published")


def test_missing_media_is_accepted_up_to_the_configured_share() -> None:
    clips = meld()
    for n in range(100):
        clips[n] = replace(clips[n], status="excluded", reason="no media file: clip")
    with pytest.raises(UserError, match=r"no media for 100 of 11353 labelled clips, 0 accepted: train0 \(no media"):
        check_counts("meld", clips, MELD, "published")
    check_counts("meld", clips, MELD | {"accept_missing_media": 0.01}, "published")
    with pytest.raises(UserError, match="57 accepted"):
        check_counts("meld", clips, MELD | {"accept_missing_media": 0.005}, "published")


def test_groups_are_those_of_the_clips() -> None:
    scripted = replace(BLANK, clip_id="Ses01F_script01_1_F000", session="1", speaker="Ses01F", label="sad")
    improvised = replace(scripted, clip_id="Ses01F_impro01_F000")
    scenario = replace(BLANK, clip_id="MSP-IMPROV-S01A-F01-P-FM01", label="sad")
    one = {"neutral": 0, "happy": 0, "sad": 1, "angry": 0}
    for clip, group, value in (
        (scripted, "style", "scripted"),
        (improvised, "style", "improvised"),
        (scripted, "session", "1"),
        (scripted, "speaker", "Ses01F"),
        (scripted, "all", "all"),
        (scenario, "scenario", "P"),
    ):
        assert published_difference([clip], [Published(group, value, one, 1)]) == []
        assert published_difference([clip], [Published(group, "other", one, 1)]) != []


def test_a_custom_corpus_has_nothing_published() -> None:
    with pytest.raises(UserError, match="nothing is published about mylab"):
        check_counts("mylab", [], {"reader": "custom"}, "published")
