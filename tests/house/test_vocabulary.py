"""One word per thing: a word that was given up does not come back as a key, a flag, a column, a folder or a name."""

from __future__ import annotations

import re
from functools import cache

import pytest
import yaml
from helpers.places import ROOT
from planning.config.renamed import KEYS, VALUES, first_old_word

from amanda.algorithms import ALGORITHMS
from amanda.shared.tables.history import HISTORY
from amanda.shared.tables.left_out import LEFT_OUT
from amanda.shared.tables.scores import SCORES
from extractors.corpora import READERS

CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
SCHEMA = (ROOT / "workflow" / "schemas" / "config.schema.yaml").read_text(encoding="utf-8")
GIVEN_UP = {
    "--row": "--method",
    "--rule": "--split",
    "--rules": "--reading",
    "METHODS": "ALGORITHMS",
    "load_method": "load_algorithm",
    "label_rule": "label_choice",
    "fidelity": "recipe differences",
    "release_view": "published_code_view",
    "uncentred_release": "uncentred_published_code",
    "log_exp_release": "log_exp_published_code",
    "log_determinant_release": "log_determinant_published_code",
}
"""Old word and new one, of flags and names."""


@cache
def texts() -> dict[str, str]:
    """What people write: code, config, documentation; not the list of old words and its tests."""
    found: dict[str, str] = {}
    for folder in ("amanda", "extractors", "workflow", "tests", "benchmarks", "docs", "."):
        for path in (ROOT / folder).glob("*" if folder == "." else "**/*"):
            own = path.stem in ("renamed", "test_renamed", "test_vocabulary", "targets", "CHANGELOG")
            if path.suffix in (".py", ".smk", ".md", ".rst", ".yaml") and not own:
                found[path.relative_to(ROOT).as_posix()] = path.read_text(encoding="utf-8")
    return found


def with_word(words: str, *folders: str) -> set[str]:
    """The files below some folders, or all, whose text has one of the words (a regular expression)."""
    wanted = re.compile(rf"(?<![\w-])(?:{words})(?![\w-])")
    return {path for path, text in texts().items() if path.startswith(folders or "") and wanted.search(text)}


def test_the_shipped_config_and_its_schema_have_no_old_word() -> None:
    assert first_old_word(CONFIG) == ""
    old = [word for words in VALUES.values() for word in words if word != "release"]
    assert [word for word in old if re.search(rf"\b{word}\b", SCHEMA)] == []
    sections = [path[0] for path in KEYS if len(path) == 1]
    assert [word for word in sections if re.search(rf"^  {word}:", SCHEMA, re.MULTILINE)] == []


@pytest.mark.parametrize("old", [path[0] for path in KEYS if len(path) == 1])
def test_no_text_names_a_key_by_its_old_section(old: str) -> None:
    """A message such as ``set report.missing_runs`` would send people to a key that is refused."""
    assert with_word(rf"{old}\.(?:{'|'.join(CONFIG[KEYS[old,]])})") == set()


def test_no_text_names_the_old_key_of_a_corpus() -> None:
    corpora = "|".join([r"\*", "<name>", *READERS])
    assert with_word(rf"corpora\.(?:{corpora})\.rules") == set()


@pytest.mark.parametrize("old", GIVEN_UP)
def test_no_text_has_an_old_flag_or_name(old: str) -> None:
    assert with_word(old) == set(), f"write {GIVEN_UP[old]}"


def test_rule_is_a_word_of_snakemake_alone() -> None:
    """The packages know of no workflow, so nothing in them is a rule."""
    assert with_word("[Rr]ules?", "amanda/", "extractors/") == set()


def test_no_folder_has_an_old_name() -> None:
    places = [path for package in ("amanda", "extractors", "tests/amanda") for path in (ROOT / package).iterdir()]
    # Git leaves a folder that was moved where Python's own notes lie in it.
    folders = {path.name for path in places if next(path.glob("*.py"), None)}
    assert {"algorithms", "corpora", "modalities"} <= folders
    assert {"methods", "rules", "validators"}.isdisjoint(folders)


def test_in_tables_a_method_is_a_row_and_no_class() -> None:
    for table in (HISTORY, SCORES, LEFT_OUT):
        assert "method" in table.schema.names
        assert {"row", "rule", "algorithm"}.isdisjoint(table.schema.names)
    assert {each["algorithm"] for each in CONFIG["method_settings"].values()} <= ALGORITHMS.keys()
