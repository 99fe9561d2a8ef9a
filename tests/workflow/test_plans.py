"""What the workflow would run, and what it tells each program: plans, of which nothing is carried out."""

import re
import shutil

import pytest
from helpers.workflow_runs import ROOT, changed, jobs, snakemake


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """The plan of the config as it is shipped, with the commands."""
    plan = snakemake(tmp_path_factory.mktemp("shipped"), "--dry-run", "--printshellcmds", config=None)
    assert plan.returncode == 0, plan.stderr
    return plan


@pytest.fixture(scope="module")
def smallest(tmp_path_factory):
    """The plan of the smallest run."""
    plan = snakemake(tmp_path_factory.mktemp("smallest"), "--dry-run")
    assert plan.returncode == 0, plan.stderr
    return plan


def test_the_plan_holds_the_papers_pairs_and_methods(shipped):
    counts = jobs(shipped)
    assert counts["train_methods"] == counts["score_methods"] == 7
    # The ceiling, once for each of the three corpora that are targets.
    assert counts["train_pair"] == counts["score_pair"] == 3
    assert counts["extract_shard"] == 4 * 3
    assert counts["read_release"] == counts["write_twin"] == 4


def test_each_method_is_a_job_of_its_own_where_the_config_says_so(shipped, tmp_path):
    apart = snakemake(tmp_path, "--dry-run", "--printshellcmds", "--config", "methods_per_job=one", config=None)
    assert apart.returncode == 0, apart.stderr
    assert jobs(apart)["train_pair"] == jobs(apart)["score_pair"] == 7 * 10 + 3
    assert "train_methods" not in jobs(apart)
    outputs = [
        set(
            re.findall(
                r"results/runs/\S+|results/scores/\S+", " ".join(re.findall(r"python -m amanda\.\w+_pair .*", text))
            )
        )
        for text in (shipped.stdout, apart.stdout)
    ]
    assert outputs[0] == outputs[1]
    assert len(outputs[0]) == 73 * 6


def test_the_recipes_are_compared_on_demand_alone(smallest, tmp_path):
    plan = snakemake(tmp_path, "results/recipes.csv", "--dry-run", config=None)
    assert plan.returncode == 0, plan.stderr
    # One job for each of the 16 settings that differ on the twins, one for none of them and one for all.
    assert jobs(plan)["train_pair"] == jobs(plan)["score_pair"] == 18
    assert "compare_recipes" not in smallest.stdout


def test_figure_2_trains_a_sweep_for_each_method_and_nothing_twice(tmp_path):
    """The twins' grid has five values; that of Table 1 comes from its own run, as do the two lines to compare with."""
    plan = snakemake(tmp_path, "results/figure2.svg", "--dry-run", "--printshellcmds", config=None)
    assert plan.returncode == 0, plan.stderr
    assert {name: jobs(plan)[name] for name in ("train_sweep", "train_methods", "train_pair")} == {
        "train_sweep": 4,
        "train_methods": 1,  # the other five rows are among those of Table 1
        "train_pair": 1,
    }
    commands = [
        line for line in plan.stdout.splitlines() if "python -m amanda.train_pair" in line and "/sweeps/" in line
    ]
    assert [command.count('"alpha2": ') for command in commands] == [4] * 4
    assert all(re.findall(r"results/labels/(\w+)\.parquet", command) == ["iemocap"] for command in commands)


def test_the_figures_are_drawn_on_demand_alone(smallest):
    assert "draw_figure" not in smallest.stdout
    assert "train_sweep" not in smallest.stdout


def test_models_are_shared_and_adapted_on_demand_alone(smallest, tmp_path):
    assert not re.search("share_model|adapt_model|compare_adaptations", smallest.stdout)
    plan = snakemake(tmp_path, "results/without_source.md", "--dry-run")
    assert plan.returncode == 0, plan.stderr
    assert re.search(r"share_model +2\b", plan.stdout)


def test_the_capsule_is_packed_on_demand_alone_and_told_no_folder_of_the_lab(smallest, tmp_path):
    lab = tmp_path / "lab of somebody"
    lab.mkdir()
    (lab / "broken.tsv").touch()
    corpora = {"meld": {"release": str(lab / "MELD"), "reading": {"extra_defects": str(lab / "broken.tsv")}}}
    config = changed(tmp_path, {"releases": "licensed", "corpora": corpora})
    plan = snakemake(tmp_path, "results/capsule.zip", "--dry-run", "--printshellcmds", config=config)
    assert plan.returncode == 0, plan.stderr
    told = [line for line in plan.stdout.splitlines() if re.search(r"python -m amanda\.(tabulate|pack_capsule) ", line)]
    assert len(told) == 2
    assert all('"extra_defects": "broken.tsv"' in line and lab.name not in line for line in told)
    assert "pack_capsule" not in smallest.stdout


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
    elsewhere = {"judge_claims", "draw_figure2", "draw_figure3"}
    assert shown == {
        "mada": set(),
        "amanda_p1": elsewhere,
        "amanda_p2": elsewhere | {"tabulate_contributions", "tabulate"},
    }


def test_no_input_is_named_by_the_place_of_a_repository_that_holds_its_results(tmp_path):
    """A repository that is moved runs nothing again."""
    for name in ("Snakefile", "config.yaml", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    for name in ("workflow", "extractors", "amanda", "envs", "profiles"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    targets = [f"results/{name}" for name in ("capsule.zip", "report.html", "recipes.csv", "claims.md", "figure2.svg")]
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
    assert "config: (top level): the key 'sedes' was unexpected; known are " in said
    assert "did you mean 'seeds'?" in said
    assert "Traceback" not in said


def test_no_training_depends_on_a_target_label(shipped):
    """The firewall in the graph: of all label files, a training reads its source's alone, and of no other training.

    The ceiling's source is the target. No other row is made of what it leaves.
    """
    commands = re.findall(r"python -m amanda\.train_pair .*", shipped.stdout)
    ceilings = []
    for command in commands:
        source, target = re.search(r"--source (\w+) --target (\w+)", command).groups()
        assert re.search(r"--source-features results/features/(\w+)/", command).group(1) == source
        assert re.findall(r"results/labels/(\w+)\.parquet", command) == [source]
        outputs = command.index("--weights")
        assert "results/runs" not in command[:outputs]
        ceilings += [(source, re.search(r"results/runs/\S+/(\w+)/weights", command).group(1))] * (source == target)
    assert len(commands) == 7 + 3
    assert sorted(ceilings) == [(target, "direct_transfer") for target in ("iemocap", "mosei", "msp_improv")]
    read = [
        line for line in shipped.stdout.splitlines() if "results/scores/mosei-mosei" in line and "python -m" in line
    ]
    assert {re.search(r"python -m amanda\.(\w+)", line).group(1) for line in read} == {"score_pair", "tabulate"}


def test_a_ceiling_is_trained_for_the_targets_that_the_config_names(tmp_path):
    for targets, trained in (([], 0), (["mosei", "meld"], 1)):  # meld is no target of these pairs
        config = changed(tmp_path, {"pairs": "paper", "in_domain": {"method": "direct_transfer", "targets": targets}})
        plan = snakemake(tmp_path, "--dry-run", "results/table1.csv", config=config)
        assert plan.returncode == 0, plan.stderr
        assert jobs(plan).get("train_pair", 0) == trained


def test_a_study_of_sound_alone_plans_and_asks_for_nothing_else(tmp_path):
    """Neither video, transcript, face network nor any of the licensed releases is there."""
    for name in ("wavs", "tapes"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.wav").write_bytes(b"x")
        (tmp_path / name / "clips.csv").write_text("clip_id,audio,label\na,a.wav,sad\n")
    own = {"modalities": ["audio"], "reading": {"reader": "custom", "table": "clips.csv"}, "split": {"by": "official"}}
    own |= {"expected_counts": {"neutral": 0, "happy": 0, "sad": 1, "angry": 0}}
    study = {
        "releases": "licensed",
        "corpora": {name: own | {"release": name} for name in ("wavs", "tapes")},
        "pairs": ["wavs-tapes"],
        "methods": ["direct_transfer", "dann"],
        "missing_modality": "mask",
        "extraction": {"shards": 1},
    }
    plan = snakemake(tmp_path, "--dry-run", "--printshellcmds", config=changed(tmp_path, study))
    assert plan.returncode == 0, plan.stdout + plan.stderr
    told = re.findall(r"amanda\.(\w+) .*--missing-modality (\w+)", plan.stdout)
    assert set(told) == {("train_pair", "mask"), ("leave_out", "mask")}
    assert jobs(plan)["extract_shard"] == jobs(plan)["index_features"] == jobs(plan)["read_release"] == 2
    assert set(re.findall(r"results/features/\w+/(\w+)[./]", plan.stdout)) == {"audio"}
    assert set(re.findall(r"--modalities ([a-z ]+) --", plan.stdout)) == {"audio", "audio audio"}
    refused = snakemake(tmp_path, "results/features/wavs/visual.parquet", "--dry-run", config=changed(tmp_path, study))
    assert refused.returncode != 0
    assert "corpora.wavs.modalities: has no visual, which is asked for; add it there" in refused.stdout + refused.stderr
