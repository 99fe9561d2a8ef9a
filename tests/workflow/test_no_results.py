"""How a run of the workflow ends or starts before it has results."""

import pytest
from helpers.workflow_runs import ROOT, changed, snakemake


@pytest.mark.slow
def test_a_missing_licensed_release_is_one_sentence(tmp_path):
    config = changed(tmp_path, {"releases": "licensed"})
    result = snakemake(tmp_path, "results/manifests/meld.parquet", config=config)
    assert result.returncode != 0
    log = (tmp_path / "logs" / "manifests" / "meld.log").read_text()
    assert log.startswith("error: ")
    assert "data/MELD.Raw" in log
    assert "corpora.meld.release" in log
    assert log.count("\n") == 1
    assert not (tmp_path / "results" / "manifests" / "meld.parquet").exists()


@pytest.mark.slow
def test_the_conda_way_builds_the_environment_and_runs_in_it(tmp_path):
    flags = ("--use-conda", "results/splits/msp_improv.parquet")
    result = snakemake(tmp_path, *flags, path=[ROOT / "tests" / "stand_in_conda" / "bin"])
    assert result.returncode == 0, result.stderr
    assert "envs/extract.yaml" in result.stdout + result.stderr
    assert (tmp_path / "results" / "splits" / "msp_improv.parquet").exists()
