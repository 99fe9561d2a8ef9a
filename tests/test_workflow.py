"""The workflow as a user runs it: plans, whole runs on the smallest twins, second runs, conda, another folder."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml
from leaks import leaks, secrets

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
SMALLEST = ROOT / "tests" / "config.yaml"


def snakemake(folder, *flags, config=SMALLEST, path=(), root=ROOT):
    """Run the workflow with ``folder`` as working directory and return the finished process."""
    search = os.pathsep.join([*map(str, path), str(BIN), os.environ["PATH"]])
    command = [BIN / "snakemake", *flags, "--snakefile", root / "Snakefile", "--directory", folder, "--cores", "2"]
    command += ["--resources", "gpu=2", *(["--configfile", config] if config else [])]
    return subprocess.run(command, capture_output=True, text=True, env=os.environ | {"PATH": search})


def jobs(process):
    """The counts of the plan by name of the rule, without the target rule; a real run prints them as a log."""
    table = (process.stdout + process.stderr).split("Job stats:")[1].split("\ntotal")[0]
    return {name: int(n) for name, n in re.findall(r"^(\w+) +(\d+)$", table, re.MULTILINE) if name != "all"}


def changed(tmp_path, change):
    """The smallest config with one change, as a file."""
    config = yaml.safe_load(SMALLEST.read_text())
    path = tmp_path / "changed.yaml"
    path.write_text(yaml.safe_dump(config | change))
    return path


def test_the_plan_holds_the_papers_pairs_and_methods(tmp_path):
    plan = snakemake(tmp_path, "--dry-run", config=None)
    assert plan.returncode == 0, plan.stderr
    assert jobs(plan)["train_pair"] == jobs(plan)["score_pair"] == 7 * 10
    assert jobs(plan)["extract_shard"] == 4 * 3
    assert jobs(plan)["read_release"] == jobs(plan)["write_twin"] == 4


def test_the_recipes_are_compared_on_demand_alone(tmp_path):
    plan = snakemake(tmp_path, "results/fidelity.csv", "--dry-run", config=None)
    assert plan.returncode == 0, plan.stderr
    # One job for each of the 16 settings that differ on the twins, one for none of them and one for all.
    assert jobs(plan)["train_pair"] == jobs(plan)["score_pair"] == 18
    assert "compare_recipes" not in snakemake(tmp_path, "--dry-run").stdout


def test_figure_2_trains_a_sweep_for_each_method_and_nothing_twice(tmp_path):
    """The twins' grid has five values; that of Table 1 comes from its own run, as do the two lines to compare with."""
    plan = snakemake(tmp_path, "results/figure2.svg", "--dry-run", "--printshellcmds", config=None)
    assert plan.returncode == 0, plan.stderr
    assert {name: jobs(plan)[name] for name in ("train_sweep", "score_sweep", "train_pair", "score_pair")} == {
        "train_sweep": 4,
        "score_sweep": 4,
        "train_pair": 6,
        "score_pair": 6,
    }
    commands = [line for line in plan.stdout.splitlines() if "python -m amanda.train" in line and "/sweeps/" in line]
    assert [command.count('"alpha2": ') for command in commands] == [4] * 4
    assert all(re.findall(r"results/labels/(\w+)\.parquet", command) == ["iemocap"] for command in commands)


def test_the_figures_are_drawn_on_demand_alone(tmp_path):
    plan = snakemake(tmp_path, "--dry-run")
    assert "draw_figure" not in plan.stdout
    assert "train_sweep" not in plan.stdout


def test_the_capsule_is_packed_on_demand_alone_and_told_no_folder_of_the_lab(tmp_path):
    lab = tmp_path / "lab of somebody"
    lab.mkdir()
    (lab / "broken.tsv").touch()
    corpora = {"meld": {"release": str(lab / "MELD"), "rules": {"extra_defects": str(lab / "broken.tsv")}}}
    config = changed(tmp_path, {"releases": "licensed", "corpora": corpora})
    plan = snakemake(tmp_path, "results/capsule.zip", "--dry-run", "--printshellcmds", config=config)
    assert plan.returncode == 0, plan.stderr
    told = [line for line in plan.stdout.splitlines() if re.search(r"python -m amanda\.(report|capsule) ", line)]
    assert len(told) == 2
    assert all('"extra_defects": "broken.tsv"' in line and lab.name not in line for line in told)
    assert "pack_capsule" not in snakemake(tmp_path, "--dry-run").stdout


def test_programs_are_told_the_labels_of_the_methods_that_they_show_alone(tmp_path):
    """Another label reruns what shows the row: MADA's nothing here, where neither Table 1 nor a figure has it."""
    labels = {"mada": "MADA?", "amanda_p1": "p = 1?", "amanda_p2": "p = 2?"}
    config = changed(tmp_path, {"method_settings": {name: {"label": label} for name, label in labels.items()}})
    targets = [
        f"results/{name}" for name in ("contributions.csv", "table1.csv", "figure2.svg", "figure3.svg", "claims.md")
    ]
    plan = snakemake(tmp_path, *targets, "--dry-run", "--printshellcmds", config=config)
    assert plan.returncode == 0, plan.stderr
    shown = {
        name: {program for program, told in re.findall(r"python -m amanda\.(\S+) (.*)", plan.stdout) if label in told}
        for name, label in labels.items()
    }
    elsewhere = {"claims", "figures.figure2", "figures.figure3"}
    assert shown == {"mada": set(), "amanda_p1": elsewhere, "amanda_p2": elsewhere | {"contributions", "report"}}


def test_no_input_is_named_by_the_place_of_a_repository_that_holds_its_results(tmp_path):
    """A repository that is moved runs nothing again."""
    for name in ("Snakefile", "config.yaml", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    for name in ("workflow", "extractors", "amanda", "envs", "profiles"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    targets = [f"results/{name}" for name in ("capsule.zip", "report.html", "fidelity.csv", "claims.md", "figure2.svg")]
    plan = snakemake(tmp_path, *targets, "--dry-run", "--printshellcmds", root=tmp_path)
    assert plan.returncode == 0, plan.stderr
    assert "--paper workflow/resources/paper_table1.csv" in plan.stdout
    assert str(tmp_path) not in plan.stdout.split("Building DAG")[1]


def test_licensed_releases_make_no_twin(tmp_path):
    plan = snakemake(tmp_path, "--dry-run", config=changed(tmp_path, {"releases": "licensed"}))
    assert plan.returncode == 0, plan.stderr
    assert "write_twin" not in jobs(plan)
    assert jobs(plan)["extract_shard"] == 4 * 3 * 8


def test_the_slurm_profile_plans(tmp_path):
    plan = snakemake(tmp_path, "--dry-run", "--workflow-profile", ROOT / "profiles" / "slurm")
    assert plan.returncode == 0, plan.stderr
    assert re.search(r"Training amanda_p2.*", plan.stdout)


def test_a_mistake_in_the_config_is_one_sentence_and_no_traceback(tmp_path):
    result = snakemake(tmp_path, "--dry-run", config=changed(tmp_path, {"sedes": [1]}))
    assert result.returncode != 0
    said = result.stdout + result.stderr
    assert "config: (top level): Additional properties are not allowed ('sedes' was unexpected)" in said
    assert "Traceback" not in said


def test_no_training_depends_on_a_target_label(tmp_path):
    """The firewall in the graph: of all label files, a training reads its source's alone."""
    plan = snakemake(tmp_path, "--dry-run", "--printshellcmds", config=None)
    commands = re.findall(r"python -m amanda\.train .*", plan.stdout)
    assert len(commands) == 70
    for command in commands:
        source = re.search(r"--source-text results/features/(\w+)/", command).group(1)
        assert re.findall(r"results/labels/(\w+)\.parquet", command) == [source]


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


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A folder, with a blank in its name, in which the smallest run is complete."""
    folder = tmp_path_factory.mktemp("a whole run")
    result = snakemake(folder)
    logs = "".join(f"\n{path}:\n{path.read_text()}" for path in folder.rglob("*.log") if "error" in path.read_text())
    assert result.returncode == 0, result.stderr[-3000:] + logs
    return folder


@pytest.mark.slow
def test_a_whole_run_makes_the_table_and_says_that_it_is_synthetic(finished):
    table = pd.read_csv(finished / "results" / "table1.csv")
    assert list(table["n_seeds"]) == [2] * 4
    assert table["weighted_f1_mean"].between(0, 100).all()
    assert set(table["data"]) == {"SYNTHETIC twins"}
    for page in ("table1.md", "report.html"):
        assert "SYNTHETIC DATA" in (finished / "results" / page).read_text()


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
    assert (finished / "logs/runs/iemocap-meld/amanda_p2.log").exists()
    assert (finished / "results/benchmarks/runs/iemocap-meld/amanda_p2.tsv").exists()
    assert "device: " in (finished / "logs/runs/iemocap-meld/amanda_p2.log").read_text()


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
    command = [BIN / "python", "-m", "extractors.forget", "--features", features, "--clips", clip]
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
    plan = jobs(snakemake(finished, "--dry-run", config=changed(tmp_path, settings)))
    page = {"leave_out": 2, "tabulate_contributions": 1, "write_page": 1}
    assert plan == {"train_pair": 2, "score_pair": 2, "compare_methods": 1, "tabulate": 1} | page


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
    config = changed(tmp_path, {"report": {"missing_runs": "name"}, "figure2": figure2, "figure3": figure3})
    folder = tmp_path / "partial"
    shutil.copytree(finished, folder, symlinks=True)
    result = snakemake(folder, "results/figure2.svg", "results/figure3.svg", config=config)
    assert result.returncode == 0, result.stderr
    assert jobs(result) == {"draw_figure2": 1, "draw_figure3": 1}
    assert "4 of 6 points are not drawn" in (folder / "results" / "figure2.md").read_text()
    assert "Not shown, because not every seed's run is there: A-N(p = 1)" in (folder / "results/figure3.md").read_text()
    assert "write_page" in jobs(snakemake(folder, "--dry-run", config=config))


@pytest.mark.slow
def test_a_table_of_the_runs_that_are_there_trains_nothing(finished, tmp_path):
    folder = tmp_path / "partial"
    shutil.copytree(finished, folder, symlinks=True)
    for file in (folder / "results" / "scores" / "mosei-msp_improv").glob("amanda_p2*"):
        file.unlink()
    config = changed(tmp_path, {"report": {"missing_runs": "name"}})
    result = snakemake(folder, "results/table1.csv", config=config)
    assert result.returncode == 0, result.stderr
    assert jobs(result) == {"compare_methods": 1, "tabulate": 1}
    assert list(pd.read_csv(folder / "results" / "table1.csv")["missing"].fillna("")) == ["", "", "", "seeds 0, 1"]
    assert "1 of 4 cells have no number" in (folder / "results" / "table1.md").read_text()


@pytest.mark.slow
def test_the_capsule_holds_nothing_of_a_corpus_and_gives_the_same_numbers(finished, tmp_path):
    result = snakemake(finished, "results/capsule.zip")
    assert result.returncode == 0, result.stderr
    assert jobs(result) == {"pack_capsule": 1}
    words = secrets((finished / "results" / "manifests").glob("*"), [finished, ROOT])
    assert len(words) > 1000
    shutil.copy(finished / "results" / "capsule.zip", tmp_path)
    assert leaks(tmp_path / "capsule.zip", words) == set()
    command = [BIN / "python", "-m", "amanda.report", "--capsule", "capsule.zip", "--output-folder", "again"]
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
        "train_pair": 2,
        "score_pair": 2,
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
