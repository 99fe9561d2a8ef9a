"""What no rule makes is refused in one sentence that says what the config has and what may have been meant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from helpers.workflow_runs import changed, snakemake
from planning import targets

KNOWN = {"corpus": ["iemocap", "meld", "msp_improv"], "method": ["dann", "amanda_p1"], "modality": ["text", "audio"]}


@dataclass
class Rule:
    """A rule as Snakemake tells of it."""

    name: str
    output: str

    def has_wildcards(self) -> bool:
        return "{" in self.output

    def products(self, include_logfiles: bool = True) -> list[str]:
        return [self.output]

    def is_producer(self, path: str) -> bool:
        words = {"source": "corpus", "target": "corpus", "corpus": "corpus", "method": "method", "modality": "modality"}
        expression = self.output
        for wildcard, noun in words.items():
            expression = expression.replace(f"{{{wildcard}}}", f"({'|'.join(KNOWN[noun])})")
        return re.fullmatch(expression, path) is not None


RULES = [
    Rule("tabulate", "results/table1.csv"),
    Rule("read_release", "results/manifests/{corpus}.parquet"),
    Rule("train_pair", "results/runs/{source}-{target}/{method}/history.parquet"),
    Rule("index_features", "results/features/{corpus}/{modality}.parquet"),
]


@pytest.mark.parametrize(
    "wanted",
    [
        "tabulate",
        "results/table1.csv",
        "./results/table1.csv",
        "results//table1.csv",
        "results/manifests/msp_improv.parquet",
        "results/runs/msp_improv-meld/amanda_p1/history.parquet",
        "results/runs/meld-meld/dann/history.parquet",
    ],
)
def test_what_a_rule_makes_is_taken(wanted):
    targets.check([wanted], RULES, KNOWN, "dann", own_config=False, results="results")


@pytest.mark.parametrize(
    ("wanted", "parts"),
    [
        ("results/manifests/medl.parquet", ["no corpus 'medl'", "iemocap, meld, msp_improv", "did you mean 'meld'?"]),
        ("results/manifests/My-Lab.parquet", ["no corpus 'My-Lab'", "--configfile"]),
        ("results/runs/iemocap-meld/dan/history.parquet", ["no method 'dan'", "did you mean 'dann'?"]),
        ("results/runs/iemocap-medl/dann/history.parquet", ["no corpus 'medl'", "did you mean 'meld'?"]),
        (
            "results/runs/meld-meld/amanda_p1/history.parquet",
            ["two different corpora", "the ceiling of one corpus is dann"],
        ),
        ("results/features/meld/vidio.parquet", ["no modality 'vidio'", "text, audio"]),
        ("results/runs/iemocap-meld/dann/histry.parquet", ["iemocap-meld/dann/history.parquet?"]),
        ("results/tabel1.csv", ["did you mean results/table1.csv?"]),
        ("table1.csv", ["did you mean results/table1.csv?"]),
        ("tabulat", ["did you mean tabulate?"]),
        ("config.yaml", ["after --configfile"]),
        ("qqqq", ["no rule makes this", "snakemake --list"]),
    ],
)
def test_what_no_rule_makes_is_refused_with_what_may_have_been_meant(wanted, parts):
    with pytest.raises(targets.TargetError) as refused:
        targets.check(["results/table1.csv", wanted], RULES, KNOWN, "dann", own_config=False, results="results")
    message = str(refused.value)
    assert message.startswith(f"{wanted}: ")
    assert [part for part in parts if part not in message] == []
    assert "\n" not in message


def test_a_config_that_was_given_is_not_asked_for():
    with pytest.raises(targets.TargetError) as refused:
        targets.check(["results/manifests/medl.parquet"], RULES, KNOWN, "dann", own_config=True, results="results")
    assert "--configfile" not in str(refused.value)


@pytest.mark.parametrize("wanted", ["results/table1.csv", "runs/other/table1.csv", "./results/table1.csv"])
def test_a_file_of_another_run_is_told_where_this_one_has_it(wanted):
    rules = [Rule("tabulate", "runs/mine/table1.csv")]
    targets.check(["runs/mine/table1.csv"], rules, KNOWN, "dann", own_config=True, results="runs/mine")
    with pytest.raises(targets.TargetError, match=r"are in runs/mine, because of its key run; ask for runs/mine/tab"):
        targets.check([wanted], rules, KNOWN, "dann", own_config=True, results="runs/mine")


def test_the_words_of_other_flags_are_no_targets():
    line = [
        "--cores",
        "2",
        "results/a.csv",
        "--configfile",
        "own.yaml",
        "--forcerun",
        "results/b.csv",
        "--quiet",
        "rules",
    ]
    assert targets.asked_for(line) == ["results/a.csv"]


def test_a_file_that_is_there_but_that_no_rule_makes_is_not_done(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("results/manifests").mkdir(parents=True)
    Path("results/manifests/mylab.parquet").touch()
    with pytest.raises(targets.TargetError, match="no corpus 'mylab'"):
        targets.check(["results/manifests/mylab.parquet"], RULES, KNOWN, "dann", own_config=False, results="results")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wanted", "part"),
    [
        ("results/manifests/medl.parquet", "no corpus 'medl'; it has iemocap, meld, mosei, msp_improv"),
        ("results/tabel1.csv", "did you mean results/table1.csv?"),
        ("results/sweeps/iemocap-meld/dan/history.parquet", "results/sweeps/iemocap-meld/dan/history.parquet: "),
    ],
)
def test_snakemake_says_so_in_place_of_a_missing_rule(tmp_path, wanted, part):
    result = snakemake(tmp_path, "--dry-run", wanted)
    assert result.returncode != 0
    assert part in result.stderr + result.stdout
    assert "MissingRule" not in result.stderr + result.stdout


@pytest.mark.slow
def test_a_key_given_twice_is_refused_by_file_and_line(tmp_path):
    twice = changed(tmp_path, {})
    twice.write_text(twice.read_text() + "seeds: [5]\n")
    last = len(twice.read_text().splitlines())
    result = snakemake(tmp_path, "--dry-run", "results/table1.csv", config=twice)
    assert result.returncode != 0
    assert f"changed.yaml, line {last}: the key 'seeds'" in result.stderr + result.stdout
