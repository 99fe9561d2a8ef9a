"""The census: what was read, beside what was published, and why the rest was left out."""

import json
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from helpers.places import ROOT

from extractors.corpora.base import load_reader
from extractors.corpora.counts import load_published
from extractors.corpora.defects import Defect, met
from extractors.corpora.questions import open_questions
from extractors.count_corpora import count, read_clips
from extractors.pages.census import census_parts
from extractors.pages.census_markdown import census_markdown
from extractors.read_release import tables
from extractors.shared.census import CorpusCensus, Part, Table, read_census, write_census
from extractors.shared.clip import CLASSES, NO_LABEL, Clip
from extractors.shared.files import write_table
from extractors.shared.labels import write_labels
from extractors.shared.program import UserError

SETTINGS = {"reading": {"reader": "custom", "table": "t.csv"}, "labels": {}, "split": {"by": "official"}}
SETTINGS |= {"synthetic": False}


def clip(number, label="sad", status="ok", reason=""):
    common = dict.fromkeys(("speaker", "session", "dialogue", "official_split", "video", "audio", "text"), "x")
    times = dict.fromkeys(("video_start", "video_end", "audio_start", "audio_end", "annotated_seconds"))
    return Clip(
        clip_id=f"c{number}",
        corpus="mylab",
        crop="full",
        status=status,
        reason=reason,
        label_raw=label,
        label=label,
        **common,
        **times,
    )


CLIPS = [clip(1), clip(2), clip(3, "angry"), clip(4, "sad", "excluded", "no sound"), clip(5, "", "excluded", "fear")]
SPLIT = {"c1": "train", "c2": "test", "c3": "train"}


def test_clips_are_counted_per_class_and_split():
    rows = {row["label"]: row for row in count("mylab", CLIPS, SPLIT, [], CLASSES)}
    assert rows["sad"] == {
        "corpus": "mylab",
        "label": "sad",
        "labelled": 3,
        "usable": 2,
        "train": 1,
        "validation": 0,
        "test": 1,
        "published": None,
    }
    assert rows["angry"]["usable"] == 1
    assert rows["neutral"]["labelled"] == 0


def test_usable_clips_without_a_label_have_a_row_of_their_own():
    rows = count("mylab", [*CLIPS, clip(6, "")], SPLIT | {"c6": "test"}, [], CLASSES)
    assert [row["label"] for row in rows] == [*CLASSES, NO_LABEL]
    assert (rows[-1]["labelled"], rows[-1]["usable"], rows[-1]["test"]) == (0, 1, 1)


def test_published_numbers_are_those_of_the_rules():
    published = load_published("meld", {}, CLASSES)
    rows = {row["label"]: row for row in count("meld", [], {}, published, CLASSES)}
    assert rows["sad"]["published"] == 683 + 111 + 208  # train, dev and test of MELD's own table


CHOICES = SETTINGS["reading"] | {"split": SETTINGS["split"]}
DEFECTS = [
    Defect("c4", "no | sound", "us", "exclude"),
    Defect("c9", "hum", "them", "keep"),
    Defect("c*", "mono", "all", "keep"),
]


def section(published, questions):
    parts = census_parts(CLIPS, count("mylab", CLIPS, SPLIT, [], CLASSES), CHOICES, questions, published, DEFECTS)
    return census_markdown([CorpusCensus("mylab", False, parts)])


def test_the_page_names_choices_reasons_and_differences():
    text = section([], {"table": "Which table?", "fold": "Which fold?"})
    assert "5 clips in the release, 3 usable." in text
    assert "- 1 left out: no sound" in text
    assert '| table | "t.csv" | Which table? |' in text
    assert "| fold | not set | Which fold? |" in text
    assert "No dialogue is in two parts of the split." in text
    assert "There is no published count to compare with." in text
    short = section(load_published("meld", {}, CLASSES), {})
    assert "Labels that differ from the published counts" in short
    assert "| split: train | 0 (4710) |" in short


def test_every_known_defect_is_shown_and_whether_it_met_a_clip():
    text = section([], {})
    assert "| c4 | no \\| sound | us | exclude | 1 left out anyway |" in text
    assert "| c9 | hum | them | keep | no such clip here |" in text
    assert r"| c\* | mono | all | keep | 2 left out anyway, 3 used |" in text
    told = [clip(4, "sad", "excluded", "known defect: no sound (us)")]
    assert met(DEFECTS[0], told) == "1 left out for it"


@pytest.mark.parametrize("corpus", ["iemocap", "meld", "mosei", "msp_improv"])
def test_every_open_question_is_a_key_of_the_config_with_a_value(corpus):
    config = yaml.safe_load((ROOT / "config.yaml").read_text())["corpora"][corpus]
    known = load_reader(corpus).settings.model_fields
    questions = open_questions(corpus)
    assert "split" in questions
    assert set(questions) - {"split"} <= set(known)
    parts = census_parts(CLIPS, count(corpus, CLIPS, SPLIT, [], CLASSES), config["reading"] | config, questions, [], [])
    (choices,) = (part.tables[0] for part in parts if part.heading == "Choices")
    asked = {key: question for key, _, question in choices.rows}
    assert {key: asked[key] for key in questions} == questions


@pytest.fixture
def files(tmp_path):
    manifest, labels = tables("mylab", CLIPS)
    write_table(tmp_path / "m.parquet", manifest)
    write_labels(tmp_path / "l.parquet", labels, CLASSES)
    return tmp_path


def test_tables_of_two_readings_are_refused(files):
    write_table(files / "l.parquet", pq.read_table(files / "l.parquet").slice(1))
    with pytest.raises(UserError, match="its clips differ from those of"):
        read_clips(files / "m.parquet", files / "l.parquet")


HOSTILE = "<img src=x onerror=alert(1)> a|b `c` *d* _e_ [f](javascript:g) &lt; \\ \n# h snake_case"


def test_the_census_comes_back_as_it_was_written(tmp_path):
    parts = [Part(HOSTILE, [HOSTILE], [HOSTILE], [Table(HOSTILE, ["a", HOSTILE], [[1, None], [HOSTILE, "é\u2028"]])])]
    census = [CorpusCensus("mylab", True, parts), CorpusCensus("other", False, [])]
    write_census(tmp_path / "c.json", census)
    assert read_census(tmp_path / "c.json") == census
    assert [each.title for each in census] == ["mylab (SYNTHETIC twin)", "other"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# Markdown",
        "[3]",
        '[{"corpus": "a"}]',
        '[{"corpus": "a", "synthetic": true, "parts": [{}]}]',
        "{}x",
        '"abc"',
    ],
)
def test_what_is_no_census_is_refused(tmp_path, text):
    with pytest.raises(UserError, match=r"c\.json: no such file; make it with python -m extractors\.count_corpora"):
        read_census(tmp_path / "c.json")
    (tmp_path / "c.json").write_text(text)
    with pytest.raises(UserError, match=r"c\.json: not a census of corpora; make it again with"):
        read_census(tmp_path / "c.json")


def test_markdown_takes_no_text_for_a_mark():
    parts = [Part("", [], []), Part(HOSTILE, [HOSTILE], [HOSTILE], [Table(HOSTILE, [HOSTILE], [[HOSTILE]])])]
    text = census_markdown([CorpusCensus("mylab", False, parts)])
    plain = r"\<img src=x onerror=alert(1)> a|b \`c\` \*d\* \_e\_ [f]\(javascript:g) \&lt; \\ # h snake_case"
    cell = plain.replace("|", r"\|")
    expected = ["# The corpora as they were read", "## mylab", f"### {plain}", plain, f"- {plain}", plain]
    assert text.split("\n\n") == [*expected, f"| {cell} |\n| --- |\n| {cell} |\n"]


def test_the_program_writes_both_and_says_what_is_synthetic(files):
    write_table(files / "s.parquet", pa.table({"clip_id": list(SPLIT), "split": list(SPLIT.values())}))
    settings = json.dumps({"mylab": SETTINGS | {"synthetic": True}})
    flags = {"manifests": "m.parquet", "labels": "l.parquet", "splits": "s.parquet"}
    flags |= {"table": "t.parquet", "census": "t.json", "markdown": "t.md"}
    command = [sys.executable, "-m", "extractors.count_corpora", "--settings", settings]
    for name, file in flags.items():
        command += [f"--{name}", str(files / file)]
    subprocess.run(command, check=True)
    assert set(pq.read_table(files / "t.parquet")["data"].to_pylist()) == {"SYNTHETIC twin"}
    (census,) = read_census(files / "t.json")
    assert (census.corpus, census.synthetic) == ("mylab", True)
    assert (files / "t.md").read_text() == census_markdown([census])
    assert "## mylab (SYNTHETIC twin)" in (files / "t.md").read_text()
