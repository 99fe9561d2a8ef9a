"""The table that README shows is what the demo makes, within what differs between processors."""

import re

import pandas as pd
import pytest
import yaml
from helpers.places import ROOT
from helpers.workflow_runs import snakemake

TOLERANCE = 10.0
"""Points of weighted F1 by which README says that a cell may differ between kinds of processors."""


def sample() -> pd.DataFrame:
    """The means of README's table, [method, pair], with the labels that stand there."""
    text = (ROOT / "README.md").read_text()
    lines = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in re.findall(r"^\|.*\|$", text, re.MULTILINE)
    ]
    head = next(number for number, cells in enumerate(lines) if cells[0] == "Method")
    rows = {cells[0]: [float(cell.split()[0]) for cell in cells[1:]] for cells in lines[head + 2 :] if len(cells) == 8}
    return pd.DataFrame.from_dict(rows, orient="index", columns=lines[head][1:])


def test_readmes_sample_has_the_rows_and_columns_of_the_config():
    config = yaml.safe_load((ROOT / "config.yaml").read_text())
    labels = [config["method_settings"][name]["label"] for name in config["methods"]]
    shown = sample()
    assert list(shown.index) == [*labels, "In-domain (ceiling)", "Majority class", "Chance"]
    assert shown.shape[1] == 7


@pytest.mark.slow
def test_readmes_sample_is_what_the_demo_makes(tmp_path):
    """One column of two rows, of the twins in their full size."""
    config = tmp_path / "one_column.yaml"
    change = {"methods": ["direct_transfer"], "pairs": ["mosei-msp_improv"]}
    config.write_text(yaml.safe_dump(change))
    runs = ("mosei-msp_improv", "msp_improv-msp_improv")
    targets = [f"results/scores/{run}/direct_transfer.parquet" for run in runs]
    done = snakemake(tmp_path, *targets, config=config)
    assert done.returncode == 0, done.stderr[-3000:]
    for target, label in zip(targets, ("D.T.", "In-domain (ceiling)"), strict=True):
        scores = pd.read_parquet(tmp_path / target)
        mean = scores.loc[scores["selection"] == "source_validation_f1", "weighted_f1"].mean()
        assert abs(mean - sample().loc[label, "MO.→MS."]) < TOLERANCE
