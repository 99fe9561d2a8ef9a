"""What YAML makes of a word without quotes is never taken for what was typed."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from helpers.workflow_runs import ROOT, snakemake
from planning.config import check as checked_config

MYLAB = """corpora:
  mylab:
    release: data/mylab
    reading:
      reader: custom
      table: clips.csv
    labels: {joy: happy}
    split: {by: session, validation: ["04"], test: ["05"]}
    expected_counts: {neutral: 0, happy: 0, sad: 0, angry: 0}
    modalities: [text, audio, visual]
"""


def told(tmp_path: Path, text: str, *, from_file: bool = True) -> str:
    """What is said about the shipped config with this file laid over it; empty if nothing."""
    mine = tmp_path / "mylab.yaml"
    mine.write_text(text, encoding="utf-8")
    config = yaml.load((ROOT / "config.yaml").read_text(encoding="utf-8"), Loader=yaml.FullLoader)
    for key, value in yaml.load(text, Loader=yaml.FullLoader).items():
        config[key] = config[key] | value if isinstance(value, dict) else value
    try:
        checked_config.check(config, [mine, ROOT / "config.yaml"] if from_file else ())
    except checked_config.ConfigError as error:
        return str(error)
    return ""


def test_what_the_tests_begin_with_is_right(tmp_path: Path) -> None:
    assert told(tmp_path, MYLAB) == ""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("joy:", "no:", 'labels (mylab.yaml:7): YAML reads no without quotes as False; put quotes around it: "no"'),
        ("joy:", "Off:", 'YAML reads Off without quotes as False; put quotes around it: "Off"'),
        ("joy:", "YES:", 'YAML reads YES without quotes as True; put quotes around it: "YES"'),
        ("joy:", "null:", 'YAML reads null without quotes as None; put quotes around it: "null"'),
        ("joy:", "~:", 'YAML reads ~ without quotes as None; put quotes around it: "~"'),
        ("joy:", "012:", 'YAML reads 012 without quotes as the number 10; put quotes around it: "012"'),
        ("joy:", "1:30 :", 'YAML reads 1:30 without quotes as the number 90; put quotes around it: "1:30"'),
        ("joy:", "1_000:", 'YAML reads 1_000 without quotes as the number 1000; put quotes around it: "1_000"'),
        ("joy:", ".5:", 'YAML reads .5 without quotes as the number 0.5; put quotes around it: ".5"'),
        ("joy:", "2024-01-01:", "YAML reads 2024-01-01 without quotes as the date 2024-01-01; put quotes around it"),
        ("mylab:", "2024:", "corpora (mylab.yaml:2): YAML reads 2024 without quotes as the number 2024; put quotes"),
        ('["04"]', "[04]", "split.validation.0 (mylab.yaml:8): YAML reads 04 without quotes as the number 4; put"),
        ('["05"]', "[5]", "split.test.0 (mylab.yaml:8): YAML reads 5 without quotes as the number 5; put quotes"),
        ('["05"]', "[NO]", "split.test.0 (mylab.yaml:8): YAML reads NO without quotes as False; put quotes"),
        ('["05"]', "[1:30]", "split.test.0 (mylab.yaml:8): YAML reads 1:30 without quotes as the number 90; put"),
        ('["05"]', "[2024-01-01]", "split.test.0 (mylab.yaml:8): YAML reads 2024-01-01 without quotes as the date"),
        ("clips.csv", "on", "reading.table (mylab.yaml:6): YAML reads on without quotes as True; put quotes around it"),
        ("data/mylab", "12", "mylab.release (mylab.yaml:3): YAML reads 12 without quotes as the number 12; put"),
        ("data/mylab", "", 'mylab.release (mylab.yaml:3): nothing stands there; write "" for an empty text'),
        ("neutral: 0", "neutral: 060", "neutral (mylab.yaml:9): YAML reads 060 as 48; write the number plainly"),
        ("neutral: 0", "neutral: 1:30", "neutral (mylab.yaml:9): YAML reads 1:30 as 90; write the number plainly"),
    ],
)
def test_the_key_the_line_and_the_quotes_are_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in MYLAB
    found = told(tmp_path, MYLAB.replace(old, new))
    assert found.startswith("config: corpora")
    assert said in found
    assert "\n" not in found


@pytest.mark.parametrize(
    ("typed", "said"), [("1e-4", "1.0e-4"), ("2.5e3", "2.5e+3"), ("-3E2", "-3.0e+2"), ("1.e5", "1.0e+5")]
)
def test_a_power_of_ten_that_yaml_takes_for_a_text_is_told_how_to_be_written(
    tmp_path: Path, typed: str, said: str
) -> None:
    found = told(tmp_path, f"seeds: [{typed}]")
    assert found == f"config: seeds.0: {typed} is a text to YAML, not a number; write {said}"
    assert isinstance(yaml.safe_load(said), float)
    assert yaml.safe_load(said) == float(typed)


@pytest.mark.parametrize("word", ["no", "off", "yes", "null", "012", "1:30", "2024-01-01", "y", "n", "NA", "08"])
def test_quoted_words_and_those_that_yaml_leaves_alone_are_texts(tmp_path: Path, word: str) -> None:
    assert told(tmp_path, MYLAB.replace("joy", f'"{word}"').replace('"05"', f"'{word}'")) == ""
    if isinstance(yaml.safe_load(word), str):
        assert told(tmp_path, MYLAB.replace("joy", word)) == ""


def test_without_a_file_all_that_it_may_have_been_is_named(tmp_path: Path) -> None:
    found = told(tmp_path, MYLAB.replace("joy", "off"), from_file=False)
    assert found == (
        'config: corpora.mylab.labels: YAML reads no, off or false without quotes as False; put quotes around it: "no"'
    )


def test_numbers_and_flags_stay_what_they_are(tmp_path: Path) -> None:
    assert told(tmp_path, "seeds: [0, 1_000, 0x10]\nquality: {face_rate: yes}") == ""


def test_a_merged_mapping_is_followed(tmp_path: Path) -> None:
    text = MYLAB.replace("labels: {joy: happy}", "labels: {<<: {no: other}, joy: happy}")
    assert "labels (mylab.yaml:7): YAML reads no without quotes as False" in told(tmp_path, text)


@pytest.mark.slow
def test_snakemake_says_the_sentence(tmp_path: Path) -> None:
    mine = tmp_path / "mylab.yaml"
    mine.write_text(MYLAB.replace("joy", "no"), encoding="utf-8")
    done = snakemake(tmp_path, "-n", config=mine)
    assert done.returncode != 0
    said = 'mylab.labels (mylab.yaml:7): YAML reads no without quotes as False; put quotes around it: "no"'
    assert said in done.stdout + done.stderr
