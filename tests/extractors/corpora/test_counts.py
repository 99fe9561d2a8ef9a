"""Published counts: the tables agree with themselves, hold for one reading, and explain what a release lacks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from helpers import releases

from extractors.corpora.counts import Published, load_published, published_difference
from extractors.read_release import check_counts
from extractors.shared.clip import CLASSES, Clip
from extractors.shared.program import UserError

MELD = releases.READING["meld"]
BLANK = Clip("", "meld", "", "", "", "", "", None, None, "", None, None, None, "full", "", "ok", "", "", "")


@pytest.mark.parametrize(
    ("corpus", "reading", "total"),
    [
        ("iemocap", {"merge_excited": True}, 5531),
        ("iemocap", {"merge_excited": False}, 4490),
        ("meld", {}, 11353),
        ("mosei", {"label_choice": "A"}, 17956),
        ("mosei", {"label_choice": "B"}, 20704),
        ("mosei", {"label_choice": "C"}, 13720),
        ("mosei", {"label_choice": "D"}, 20472),
        ("mosei", {"label_choice": "E"}, 10796),
        ("msp_improv", {}, 7798),
    ],
)
def test_every_table_adds_up_to_the_published_total(corpus: str, reading: dict, total: int) -> None:
    sums: dict[str, int] = {}
    for row in load_published(corpus, reading, CLASSES):
        inside = [row.counts[name][0] for name in (*CLASSES, "of the four classes") if name in row.counts]
        sums[row.group] = sums.get(row.group, 0) + sum(inside)
    sums.pop("emotion", None)  # as the raters say it, of any class
    if corpus == "msp_improv":
        assert sums.pop("session") == total - 11  # the public lists lack so many
        assert sums.pop("session, scenario S") == sums.pop("speaker, scenario S") == 3819 + 121
    assert sums
    assert set(sums.values()) == {total}


@pytest.mark.parametrize(("corpus", "clips"), [("iemocap", 10_039), ("meld", 13_708), ("msp_improv", 8_438)])
def test_every_table_adds_up_to_all_clips(corpus: str, clips: int) -> None:
    sums: dict[str, int] = {}
    for row in load_published(corpus, {"merge_excited": True}, CLASSES):
        if "clips of any emotion" in row.counts:
            sums[row.group] = sums.get(row.group, 0) + row.counts["clips of any emotion"][0]
    assert sums
    assert set(sums.values()) == {clips}


def test_speakers_add_up_to_their_session() -> None:
    rows = {row.value: row.counts for row in load_published("iemocap", {"merge_excited": True}, CLASSES)}
    for session in "12345":
        pair = [rows[f"Ses0{session}{letter}"] for letter in "FM"]
        assert all(sum(half[name][0] for half in pair) == rows[session][name][0] for name in CLASSES)
    assert sum(rows[session]["dialogues"][0] for session in "12345") == rows["all"]["dialogues"][0] == 151
    assert sum(rows[part]["dialogues"][0] for part in ("train", "validation", "test")) == 151


def test_the_public_lists_of_msp_improv_agree_with_each_other() -> None:
    rows = {(row.group, row.value): row.counts for row in load_published("msp_improv", {}, CLASSES)}
    for name in CLASSES:
        improvised = sum(rows["session, scenario S", session][name][0] for session in "123456")
        assert improvised == rows["scenario", "S"][name][0]
    for session in "123456":
        of_speakers = [rows["speaker, scenario S", f"{letter}0{session}"]["of the four classes"][0] for letter in "FM"]
        assert sum(of_speakers) == sum(rows["session, scenario S", session][name][0] for name in CLASSES)


def meld() -> list[Clip]:
    """Clips with exactly the published labels of MELD, all of them usable."""
    clips = []
    for row in load_published("meld", MELD, CLASSES):
        labels = [name for name in CLASSES for _ in range(row.counts[name][0])]
        labels += [""] * (row.counts["clips of any emotion"][0] - len(labels))
        for n, label in enumerate(labels):
            dialogue = f"{row.value}_dia{n % row.counts['dialogues'][0]}"
            names = {"clip_id": f"{row.value}{n}", "dialogue": dialogue, "official_split": row.value}
            clips.append(replace(BLANK, label=label, **names))
    return clips


def test_a_full_release_passes_with_its_known_defects_left_out() -> None:
    clips = meld()
    clips[0] = replace(clips[0], status="excluded", reason="known defect: the file is cut off")
    check_counts("meld", clips, MELD, "published", CLASSES)


def test_a_missing_label_is_named_with_its_group() -> None:
    with pytest.raises(UserError, match=r"split train: neutral 4710 published, 4709 found; clips of any emotion 9989"):
        check_counts("meld", meld()[1:], MELD, "published", CLASSES)


def test_missing_media_is_accepted_up_to_the_configured_share() -> None:
    clips = meld()
    for n in range(100):
        clips[n] = replace(clips[n], status="excluded", reason="no media file: clip")
    with pytest.raises(UserError, match=r"no media for 100 of 11353 labelled clips, 0 accepted: train0 \(no media"):
        check_counts("meld", clips, MELD, "published", CLASSES)
    check_counts("meld", clips, MELD | {"accept_missing_media": 0.01}, "published", CLASSES)
    with pytest.raises(UserError, match="57 accepted"):
        check_counts("meld", clips, MELD | {"accept_missing_media": 0.005}, "published", CLASSES)


def test_other_classes_are_compared_by_what_depends_on_none() -> None:
    """All of MELD's seven emotions are clips of any emotion, and a lost one is noticed."""
    seven = ("neutral", "joy", "sadness", "anger", "surprise", "disgust", "fear")
    clips = [replace(clip, label=seven[n % 7]) for n, clip in enumerate(meld())]
    check_counts("meld", clips, MELD, "published", seven)
    with pytest.raises(UserError, match=r"split train: clips of any emotion 9989 published, 9988 found"):
        check_counts("meld", clips[1:], MELD, "published", seven)


def test_groups_are_those_of_the_clips() -> None:
    names = {"clip_id": "Ses01F_script01_1_F000", "session": "1", "speaker": "Ses01F", "dialogue": "Ses04F_script01_3"}
    scripted = replace(BLANK, label="sad", label_raw="ang", **names)
    improvised = replace(scripted, clip_id="Ses01F_impro01_F000")
    scenario = replace(BLANK, clip_id="MSP-IMPROV-S01A-F01-P-FM01", session="1", speaker="F01", label="sad")
    improvising = replace(scenario, clip_id="MSP-IMPROV-S01A-F01-S-FM01")
    one = {"neutral": (0, 0), "sad": (1, 1), "of the four classes": (0, 2), "clips of any emotion": (1, 1)}
    one["dialogues"] = (1, 1)
    for clip, group, value in (
        (scripted, "style", "scripted"),
        (improvised, "style", "improvised"),
        (scripted, "session", "1"),
        (scripted, "speaker", "Ses01F"),
        (scripted, "all", "all"),
        (scripted, "emotion", "ang"),
        (scripted, "dialogxl", "validation"),
        (scenario, "scenario", "P"),
        (improvising, "session, scenario S", "1"),
        (improvising, "speaker, scenario S", "F01"),
    ):
        assert published_difference([clip], [Published(group, value, one)]) == []
        assert published_difference([clip], [Published(group, "other", one)]) != []


def test_a_custom_corpus_has_nothing_published() -> None:
    with pytest.raises(UserError, match="there are no published counts of mylab"):
        check_counts("mylab", [], {"reader": "custom"}, "published", CLASSES)


def test_a_list_that_lacks_some_clips_tells_where_the_rest_may_be() -> None:
    row = next(row for row in load_published("msp_improv", {}, CLASSES) if (row.group, row.value) == ("session", "1"))
    assert row.counts == {"neutral": (502, 509), "happy": (181, 185), "sad": (105, 105), "angry": (128, 128)}
    clip = replace(BLANK, clip_id="MSP-IMPROV-S01A-F01-P-FM01", session="1", label="neutral")
    few = Published("session", "1", {"neutral": (2, 4)})
    assert published_difference([clip] * 2, [few]) == published_difference([clip] * 4, [few]) == []
    assert published_difference([clip], [few]) == ["session 1: neutral 2 to 4 published, 1 found"]
