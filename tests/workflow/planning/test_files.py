"""Which files a rule reads, and how missing runs and the folder of the repository change it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from helpers.places import ROOT
from planning import digests, files, programs
from planning.study import Study

CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text())


def study(**changes: object) -> Study:
    changed = {"pairs": ["iemocap-meld", "mosei-meld"], "methods": ["direct_transfer", "dann"]} | changes
    return Study(CONFIG | changed, ROOT)


@pytest.fixture(autouse=True)
def _in_a_folder_without_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_table_1_asks_for_every_method_of_the_first_pair_and_then_of_the_next() -> None:
    assert files.of_cells(study(), "{pair}/{method}") == [
        "iemocap-meld/direct_transfer",
        "iemocap-meld/dann",
        "mosei-meld/direct_transfer",
        "mosei-meld/dann",
    ]


def test_where_missing_runs_are_named_those_that_are_there_suffice() -> None:
    named = study(table1=CONFIG["table1"] | {"missing_runs": "name"})
    assert files.of_cells(named, "{pair}.{method}") == ["iemocap-meld.direct_transfer"]
    Path("mosei-meld.dann").touch()
    assert files.of_cells(named, "{pair}.{method}") == ["mosei-meld.dann"]


def test_each_index_comes_with_its_corpus_and_modality_also_where_some_are_missing() -> None:
    found = files.indexes_of_table(study())
    assert {path: f"<results>/features/{'/'.join(about)}.parquet" for path, about in found.items()} == {
        path: path for path in found
    }
    assert list(dict.fromkeys(corpus for corpus, _ in found.values())) == ["iemocap", "meld", "mosei"]
    named = study(table1=CONFIG["table1"] | {"missing_runs": "name"})
    there = Path("results/features/mosei/audio.parquet")
    there.parent.mkdir(parents=True)
    there.touch()
    assert files.indexes_of_table(named) == {"<results>/features/mosei/audio.parquet": ("mosei", "audio")}


def test_the_page_is_told_which_corpus_has_a_page_of_its_own() -> None:
    assert files.pages_there(study(), "quality") == {}
    for folder, corpus in (("quality", "meld"), ("faces", "mosei"), ("quality", "msp_improv")):
        Path(f"results/{folder}").mkdir(parents=True, exist_ok=True)
        Path(f"results/{folder}/{corpus}.html").touch()
    assert files.pages_there(study(), "quality") == {"meld": "results/quality/meld.html"}


def test_a_file_of_the_repository_is_named_by_its_place_from_other_folders_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert files.of_repository(study(), "requirements.lock") == f"{ROOT}/requirements.lock"
    monkeypatch.chdir(ROOT)
    assert files.of_repository(study(), "requirements.lock") == "requirements.lock"


def test_a_corpus_of_the_user_beside_the_twins_is_read_where_it_lies() -> None:
    mine = study(corpora=CONFIG["corpora"] | {"mylab": CONFIG["corpora"]["meld"] | {"release": "data/mylab"}})
    assert files.release(mine, "meld") == files.twin(mine, "meld") == "results/synthetic/releases/meld"
    assert files.release(mine, "mylab") == "data/mylab"
    assert files.twin(mine, "mylab") == []
    assert digests.media_files(mine, "meld", "video") == ""
    assert mine.releases_of(["meld-mylab"])["twins"] == ["meld"]


def test_a_target_alone_may_lack_a_class_unless_its_ceiling_is_trained() -> None:
    without = study(in_domain={"method": "direct_transfer", "targets": []})
    assert [programs.parts_with_every_class(without, corpus) for corpus in ("iemocap", "meld")] == [["train"], []]
    assert programs.parts_with_every_class(study(), "meld") == ["train"]


def test_the_ceiling_is_one_run_for_all_pairs_with_a_target() -> None:
    assert files.ceilings(study()) == ["<results>/scores/meld-meld/direct_transfer.parquet"]
    assert files.ceilings(study(in_domain={"method": "dann", "targets": ["iemocap"]})) == []
    named = study(table1=CONFIG["table1"] | {"missing_runs": "name"})
    assert files.ceilings(named) == []
    assert json.loads(programs.table1(named))["in_domain"] == {"method": "direct_transfer", "targets": ["meld"]}


@pytest.mark.parametrize("place", ["recipe_differences", "figure2", "figure3", "claims", "without_source"])
def test_a_source_of_any_list_of_pairs_needs_every_class(place: str) -> None:
    key, named = ("pair", "meld-iemocap") if place == "figure3" else ("pairs", ["iemocap-mosei", "meld-iemocap"])
    with_meld = study(**{place: CONFIG[place] | {key: named}})
    assert programs.parts_with_every_class(with_meld, "meld") == ["train"]
    assert programs.parts_with_every_class(with_meld, "msp_improv") == []


def test_an_extraction_is_told_the_face_policy_of_its_corpus_and_no_folder() -> None:
    told = {corpus: json.loads(programs.extraction(study(), corpus, "visual")) for corpus in ("iemocap", "meld")}
    policies = CONFIG["extraction"]["visual"]["face_policy"]
    assert {corpus: each["face_policy"] for corpus, each in told.items()} == {
        corpus: policies.get(corpus, policies["default"]) for corpus in told
    }
    assert all("backbone" not in each for each in told.values())
