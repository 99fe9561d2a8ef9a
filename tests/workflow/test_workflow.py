"""The workflow carried out on the smallest twins: whole runs, second runs, conda, kills, what depends on what."""

import os
import re
import shutil
import subprocess

import pandas as pd
import pytest
from helpers.audited_runs import audited_python, undeclared
from helpers.leaks import leaks, secrets
from helpers.workflow_runs import BIN, ROOT, SMALLEST, changed, jobs, snakemake


@pytest.fixture(scope="module")
def audit(tmp_path_factory):
    """The folder of a python that tells what the programs of the whole run open."""
    return audited_python(tmp_path_factory.mktemp("audit") / "bin")


@pytest.fixture(scope="module")
def finished(tmp_path_factory, audit):
    """A folder, with a blank in its name, in which the smallest run is complete."""
    folder = tmp_path_factory.mktemp("a whole run")
    result = snakemake(folder, path=[audit])
    logs = "".join(f"\n{path}:\n{path.read_text()}" for path in folder.rglob("*.log") if "error" in path.read_text())
    assert result.returncode == 0, result.stderr[-3000:] + logs
    return folder


@pytest.mark.slow
def test_a_whole_run_makes_the_table_and_says_that_it_is_synthetic(finished):
    table = pd.read_csv(finished / "results" / "table1.csv")
    assert list(table["n_seeds"]) == [2] * 6
    assert list(table["method"]) == ["direct_transfer", "amanda_p2", "in_domain"] * 2
    assert table["weighted_f1_mean"].between(0, 100).all()
    assert set(table["data"]) == {"SYNTHETIC twins and backbones"}
    for page in ("table1.md", "report.html"):
        assert "SYNTHETIC DATA" in (finished / "results" / page).read_text()


@pytest.mark.slow
def test_a_program_opens_no_file_that_its_command_line_does_not_name(finished, audit):
    """And a command line is made of inputs and parameters, so that an edit of any of them is seen."""
    assert (audit / "opened.jsonl").read_text().count("extractors.read_release") > 4
    assert undeclared(audit) == set()


@pytest.mark.slow
def test_every_clip_of_a_manifest_is_in_every_index(finished):
    for manifest in (finished / "results" / "manifests").glob("*.parquet"):
        clips = list(pd.read_parquet(manifest)["clip_id"])
        for modality in ("text", "audio", "visual"):
            index = pd.read_parquet(finished / "results" / "features" / manifest.stem / f"{modality}.parquet")
            assert list(index["clip_id"]) == clips
            assert set(index["status"]) <= {"ok", "degraded", "failed", "excluded"}
            assert (index.loc[index["status"] != "ok", "reason"] != "").all()


@pytest.mark.slow
def test_logs_and_benchmarks_mirror_the_outputs(finished):
    assert (finished / "results/benchmarks/runs/iemocap-meld.tsv").exists()
    assert "device: " in (finished / "logs/runs/iemocap-meld.log").read_text()


@pytest.mark.slow
def test_a_second_run_does_nothing(finished):
    again = snakemake(finished)
    assert "Nothing to be done" in again.stderr + again.stdout


@pytest.mark.slow
def test_a_new_time_stamp_does_nothing(finished):
    for path in [*finished.glob("results/manifests/*.parquet"), *finished.glob("results/features/**/*.*")]:
        path.touch()
    again = snakemake(finished)
    assert "Nothing to be done" in again.stderr + again.stdout


@pytest.mark.slow
def test_a_forgotten_clip_is_extracted_again_by_its_shard_alone(finished, tmp_path):
    folder = tmp_path / "again"
    shutil.copytree(finished, folder, symlinks=True)
    features = "results/features/meld/text"
    clip = pd.read_parquet(folder / f"{features}.parquet").query("status == 'ok'")["clip_id"].iloc[3]
    command = [BIN / "python", "-m", "extractors.forget_clips", "--features", features, "--clips", clip]
    search = os.environ | {"PYTHONPATH": str(ROOT)}
    shards = subprocess.run(command, check=True, cwd=folder, env=search, capture_output=True, text=True).stdout.split()
    assert shards == [f"{features}/1-of-1.npy"]
    result = snakemake(folder, f"{features}.parquet", "--forcerun", *shards)
    assert result.returncode == 0, result.stderr
    assert jobs(result) == {"extract_shard": 1, "index_features": 1}
    assert clip in set(pd.read_parquet(folder / f"{features}.parquet").query("status == 'ok'")["clip_id"])


@pytest.mark.slow
def test_a_methods_weight_reruns_its_own_trainings_and_what_follows(finished, tmp_path):
    settings = {"method_settings": {"amanda_p2": {"settings": {"alpha2": 0.2}}}}
    config = changed(tmp_path, settings)
    plan = jobs(snakemake(finished, "--dry-run", config=config))
    page = {"leave_out": 2, "tabulate_contributions": 1, "write_page": 1}
    assert plan == {"train_methods": 2, "score_methods": 2, "compare_methods": 1, "tabulate": 1} | page
    folder = tmp_path / "again"
    shutil.copytree(finished, folder, symlinks=True)
    runs = folder / "results/runs/iemocap-meld"
    before = {
        method: (runs / method / "predictions.parquet").read_bytes() for method in ("direct_transfer", "amanda_p2")
    }
    result = snakemake(folder, "results/runs/iemocap-meld/amanda_p2/weights", config=config)
    assert result.returncode == 0, result.stderr
    kept = {method: (runs / method / "predictions.parquet").read_bytes() == old for method, old in before.items()}
    assert kept == {"direct_transfer": True, "amanda_p2": False}
    assert "source_only" not in (folder / "logs/runs/iemocap-meld.log").read_text()


@pytest.mark.slow
def test_how_methods_share_jobs_trains_nothing_again(finished, tmp_path):
    folder = tmp_path / "apart"
    shutil.copytree(finished, folder, symlinks=True)
    runs = folder / "results/runs"
    before = {path: path.read_bytes() for path in runs.rglob("*") if path.is_file()}
    assert len(before) > 20
    result = snakemake(folder, "results/table1.csv", config=changed(tmp_path, {"methods_per_job": "one"}))
    assert result.returncode == 0, result.stderr
    assert jobs(result)["train_pair"] == 4
    assert all(path.read_bytes() == content for path, content in before.items())


@pytest.mark.slow
def test_a_label_of_a_row_that_is_not_in_the_table_changes_the_config_on_the_page_alone(finished, tmp_path):
    config = changed(tmp_path, {"method_settings": {"mada": {"label": "MADA?"}}})
    assert jobs(snakemake(finished, "--dry-run", config=config)) == {"write_page": 1}


@pytest.mark.slow
def test_figure_3_is_drawn_from_the_runs_that_are_there(finished, tmp_path):
    config = changed(tmp_path, {"figure3": {"pair": "iemocap-meld", "methods": ["amanda_p2"]}})
    assert jobs(snakemake(finished, "results/figure3.svg", "--dry-run", config=config)) == {"draw_figure3": 1}
    result = snakemake(finished, "results/figure3.svg", config=config)
    assert result.returncode == 0, result.stderr
    table = pd.read_csv(finished / "results" / "figure3.csv")
    assert table.groupby(["among", "epoch"])["share_mean"].sum().round(4).tolist() == [1.0] * 4
    assert set(table["n_seeds"]) == {2}
    for ending in ("svg", "pdf", "png", "md"):
        assert (finished / "results" / f"figure3.{ending}").stat().st_size > 0
    assert "SYNTHETIC DATA" in (finished / "results" / "figure3.svg").read_text()


@pytest.mark.slow
def test_figures_of_the_runs_that_are_there_train_nothing_and_name_the_others(finished, tmp_path):
    figure2 = {"pairs": ["iemocap-meld"], "methods": ["amanda_p2"], "references": ["direct_transfer"]}
    figure3 = {"pair": "iemocap-meld", "methods": ["amanda_p1", "amanda_p2"]}
    config = changed(tmp_path, {"table1": {"missing_runs": "name"}, "figure2": figure2, "figure3": figure3})
    folder = tmp_path / "partial"
    shutil.copytree(finished, folder, symlinks=True)
    result = snakemake(folder, "results/figure2.svg", "results/figure3.svg", config=config)
    assert result.returncode == 0, result.stderr
    assert jobs(result) == {"draw_figure2": 1, "draw_figure3": 1}
    assert "4 of 6 points are not drawn" in (folder / "results" / "figure2.md").read_text()
    assert (
        "Not shown, because runs of some seeds are missing: A-N(p = 1)" in (folder / "results/figure3.md").read_text()
    )
    assert "write_page" in jobs(snakemake(folder, "--dry-run", config=config))


@pytest.mark.slow
def test_a_table_of_the_runs_that_are_there_trains_nothing(finished, tmp_path):
    folder = tmp_path / "partial"
    shutil.copytree(finished, folder, symlinks=True)
    for file in (folder / "results" / "scores" / "mosei-msp_improv").glob("amanda_p2*"):
        file.unlink()
    config = changed(tmp_path, {"table1": {"missing_runs": "name"}})
    result = snakemake(folder, "results/table1.csv", config=config)
    assert result.returncode == 0, result.stderr
    assert jobs(result) == {"compare_methods": 1, "tabulate": 1}
    missing = pd.read_csv(folder / "results" / "table1.csv")["missing"].fillna("")
    assert list(missing) == ["", "", "", "", "seeds 0, 1", ""]
    assert "1 of 6 cells have no number" in (folder / "results" / "table1.md").read_text()


@pytest.mark.slow
def test_the_capsule_holds_nothing_of_a_corpus_and_gives_the_same_numbers(finished, tmp_path):
    result = snakemake(finished, "results/capsule.zip")
    assert result.returncode == 0, result.stderr
    assert jobs(result) == {"pack_capsule": 1}
    words = secrets((finished / "results" / "manifests").glob("*"), [finished, ROOT])
    assert len(words) > 1000
    shutil.copy(finished / "results" / "capsule.zip", tmp_path)
    assert leaks(tmp_path / "capsule.zip", words) == set()
    command = [BIN / "python", "-m", "amanda.tabulate", "--capsule", "capsule.zip", "--output-folder", "again"]
    subprocess.run(command, check=True, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)})
    statistics = [f"statistics/{name}.csv" for name in ("cells", "comparisons", "ranks", "detectable")]
    for name in ("table1.csv", "table1.md", "table1.tex", *statistics):
        assert (tmp_path / "again" / name).read_bytes() == (finished / "results" / name).read_bytes(), name


@pytest.mark.slow
def test_one_corpus_and_modality_is_extracted_again_with_what_depends_on_it(finished):
    plan = jobs(snakemake(finished, "--dry-run", "--forcerun", "results/features/meld/audio/1-of-1.npy"))
    assert plan == {
        "extract_shard": 1,
        "index_features": 1,
        "count_states": 1,
        "train_methods": 1,
        "score_methods": 1,
        "train_pair": 1,  # the ceiling
        "score_pair": 1,
        "compare_methods": 1,
        "tabulate": 1,
        "leave_out": 1,
        "tabulate_contributions": 1,
        "write_page": 1,
    }


@pytest.mark.slow
def test_snakemakes_own_report_has_captions_in_categories_and_needs_no_network(finished):
    result = snakemake(finished, "--report", "results/workflow.html")
    assert result.returncode == 0, result.stderr
    text = (finished / "results" / "workflow.html").read_text()
    for category in ("Table 1", "Comparisons", "Modalities", "Corpora", "The page"):
        assert f'"{category}"' in text
    for words in ("on the test split of the target", "Nothing is trained again", "Nemenyi"):
        assert words in text
    assert "come from synthetic" in " ".join(text.split())
    assert not re.search(r"<script[^>]+src=|<link[^>]+href=.http", text)


@pytest.mark.slow
def test_a_run_that_was_killed_is_taken_up_again(finished, tmp_path):
    """Without a finished table and with the lock of a dead run in place, `make demo` goes on."""
    folder = tmp_path / "killed"
    shutil.copytree(finished, folder, symlinks=True)
    (folder / "results" / "table1.csv").unlink()
    locks = folder / ".snakemake" / "locks"
    locks.mkdir(exist_ok=True)
    (locks / "0.output.lock").write_text(f"{folder}/results/table1.csv\n")
    search = os.pathsep.join([str(BIN), os.environ["PATH"]])
    command = [ROOT / "workflow" / "resume.sh", "--snakefile", ROOT / "Snakefile", "--configfile", SMALLEST]
    result = subprocess.run(
        [*command, "--cores", "2", "--resources", "gpu=2"],
        cwd=folder,
        capture_output=True,
        text=True,
        env=os.environ | {"PATH": search},
    )
    assert result.returncode == 0, result.stderr[-2000:]
    assert (folder / "results" / "table1.csv").exists()
