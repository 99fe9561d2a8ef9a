"""Any algorithm on one or two of the modalities: what is built, trained, drawn and refused."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
import torch
import yaml
from helpers.jobs import make_job
from helpers.page_document import Document, with_files, write
from helpers.page_inputs import Plan, write_results
from helpers.pair import SETTINGS, Sizes, settings_for, typed, write_pair
from helpers.places import ROOT
from helpers.small_algorithms import DIMS, frames, make
from planning.config import check as checked_config
from planning.methods import complete_settings

from amanda import draw_figure3
from amanda.algorithms import ALGORITHMS
from amanda.algorithms.base import Algorithm, Labelled, Unlabelled, load_algorithm
from amanda.leave_out import Trained, leave_each_out, predictions
from amanda.network.model import Network, initialise
from amanda.reporting.settings import Figure3Settings
from amanda.training.engine import make_optimiser, run_epoch, start
from amanda.training.outputs import history_table
from amanda.training.steps import step
from extractors.shared.clip import MODALITIES
from extractors.shared.program import UserError
from extractors.shared.settings import settings_of

CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text())
SUBSETS = [["text"], ["audio"], ["visual"], ["text", "audio"], ["text", "visual"], ["audio", "visual"]]


def batch(clips: int, seed: int, modalities: list[str]) -> dict:
    """Frames of these modalities and no others: who asks for another fails."""
    return {name: packed for name, packed in frames(clips, seed).items() if name in modalities}


def steps(algorithm: Algorithm, modalities: list[str], count: int) -> dict[str, torch.Tensor]:
    source = Labelled(batch(8, 0, modalities), torch.arange(8) % 4)
    optimiser = make_optimiser(algorithm, algorithm.settings)
    for _ in range(count):
        terms = step(algorithm, optimiser, source, Unlabelled(batch(6, 1, modalities)), 0.5, 0.5)
    return terms


@pytest.mark.parametrize("modalities", [SUBSETS[0], SUBSETS[2], SUBSETS[3], SUBSETS[5]], ids="-".join)
@pytest.mark.parametrize("recipe", ["paper", "published_code"])
@pytest.mark.parametrize("row", CONFIG["method_settings"])
def test_every_row_trains_with_some_modalities(row: str, recipe: str, modalities: list[str]) -> None:
    row = CONFIG["method_settings"][row]
    changed = row | {"settings": row["settings"] | {"modalities": modalities, "representation": 8}}
    settings = complete_settings(CONFIG, recipe, changed)
    settings = typed(settings, load_algorithm(row["algorithm"]).Settings)
    stream = torch.Generator().manual_seed(0)
    algorithm = load_algorithm(row["algorithm"])(DIMS, settings, torch.full((4,), 0.25), stream)
    initialise(algorithm, settings.initialisation, stream)
    before = {name: value.clone() for name, value in algorithm.network.encoders.state_dict().items()}
    terms = steps(algorithm, modalities, 2)
    assert all(value.isfinite() for value in terms.values())
    named = {name.rsplit("_", 1)[-1] for name in terms} & {*MODALITIES, "joint"}
    assert named == {*modalities, "joint"}
    assert set(algorithm.network.encoders) == set(modalities)
    after = algorithm.network.encoders.state_dict()
    assert all(not torch.equal(before[name], after[name]) for name in before)


@pytest.mark.parametrize("modalities", SUBSETS, ids="-".join)
def test_the_network_has_what_it_is_told_and_joins_that(modalities: list[str]) -> None:
    network = Network(DIMS, typed(SETTINGS | {"modalities": modalities}), 4, torch.Generator()).eval()
    initialise(network, "torch", torch.Generator().manual_seed(1))
    outputs = network(batch(3, 0, modalities))
    assert network.modalities == tuple(modalities)
    assert list(outputs.representations) == list(outputs.logits) == [*modalities, "joint"]
    joint = torch.cat([outputs.representations[name] for name in modalities], dim=1)
    assert torch.equal(outputs.representations["joint"], joint)
    assert network.heads["joint"][0].in_features == len(modalities) * SETTINGS["representation"]
    assert len(network.parts()) == 2 * len(modalities) + 1


def test_one_modality_is_the_joint_one_too_and_each_has_a_head() -> None:
    """So a p-norm of the two alignment losses, which are one, is 2^(1/p) times that."""
    algorithm = make("amanda", modalities=["visual"])
    outputs = algorithm.eval().network(batch(8, 0, ["visual"]))
    assert torch.equal(outputs.representations["joint"], outputs.representations["visual"])
    assert not torch.equal(outputs.logits["joint"], outputs.logits["visual"])
    terms = algorithm.alignment(outputs, algorithm.network(batch(8, 1, ["visual"])))
    assert terms["alignment_joint"].item() == terms["alignment_visual"].item()
    assert terms["correlation_alignment"].item() == pytest.approx(2**0.5 * terms["alignment_visual"].item())
    assert terms["normalised_alignment_visual"].item() == 1


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_weights_of_a_subset_are_drawn_from_the_given_stream(algorithm: str) -> None:
    one, other = (make(algorithm, modalities=["audio", "visual"]).state_dict() for _ in range(2))
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert not any(re.search(r"\btext\b", name) for name in one)


def test_every_modality_is_left_out_of_those_that_are_there() -> None:
    """A head that weighs text and visual 1 and 100; averages are over the first two of three clips."""
    head = torch.nn.Linear(2, 1, bias=False)
    head.weight.data = torch.tensor([[1.0, 100.0]])
    columns = {"text": [1.0, 3.0, 7.0], "visual": [4.0, 4.0, 6.0]}
    representations = {name: torch.tensor(values)[:, None] for name, values in columns.items()}
    logits = leave_each_out(
        head, representations, torch.tensor([0, 1]), {name: torch.ones(3, dtype=bool) for name in columns}
    )
    assert {name: values.squeeze(1).tolist() for name, values in logits.items()} == {
        "text": [402.0, 402.0, 602.0],
        "visual": [401.0, 403.0, 407.0],
    }


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pair(tmp_path_factory.mktemp("pair"), Sizes())


def test_a_run_with_two_modalities_records_them_alone(pair: Path) -> None:
    """History, Figure 3's shares and distances from 1/2, and predictions without each."""
    job = make_job(pair, "amanda", modalities=["text", "visual"])
    run = start(job, 0)
    for _ in range(2):
        run_epoch(job, [run])
    assert not [name for name in run.history[0] if "audio" in name]
    for name in ("a_distance", "covariance_gap", "norm", "norm_target", "psi", "cross_entropy", "entropy"):
        assert {f"{name}_{each}" for each in ("text", "visual", "joint")} <= run.history[0].keys()
    history = history_table({"source": "one", "target": "other", "method": "amanda"}, [run]).to_pandas()
    shares = draw_figure3.shares(history, with_joint=False).set_index(["epoch", "term"])
    assert set(shares.index) == {(epoch, name) for epoch in (1, 2) for name in ("text", "visual")}
    losses = [run.history[0][f"alignment_{name}"] for name in ("text", "visual")]
    assert shares.loc[(1, "text"), "share"] == pytest.approx(losses[0] / sum(losses))
    assert shares.loc[(1, "text"), "distance"] == pytest.approx(abs(losses[0] / sum(losses) - 1 / 2))
    predicted = predictions(Trained(run.algorithm, {}), job.target, "test", job.device)
    assert list(predicted) == ["nothing", "text", "visual"]
    assert {len(classes) for classes in predicted.values()} == {len(job.target.clips("test"))}


def test_a_network_of_one_modality_has_nothing_without_it(pair: Path) -> None:
    job = make_job(pair, "source_only", modalities=["audio"])
    run = start(job, 0)
    run_epoch(job, [run])
    predicted = predictions(Trained(run.algorithm, {}), job.target, "test", job.device)
    assert len(set(predicted["audio"].tolist())) == 1


def test_figure_3_draws_methods_of_different_modalities() -> None:
    def history(losses: dict[str, float]) -> pd.DataFrame:
        rows = [(0, epoch, f"alignment_{name}", value) for epoch in (1, 2) for name, value in losses.items()]
        return pd.DataFrame(rows, columns=["seed", "epoch", "name", "value"])

    settings = {"pair": "meld-mosei", "methods": ["two", "three"], "seeds": [0], "missing_runs": "refuse"}
    settings |= {"recipe": "paper", "releases": "licensed", "twins": [], "labels": {"two": "Two", "three": "Three"}}
    figure = settings_of(Figure3Settings, settings)
    two = history({"text": 3.0, "visual": 1.0, "joint": 6.0})
    three = history({"text": 3.0, "audio": 2.0, "visual": 1.0, "joint": 8.0})
    table = draw_figure3.shares_table({"two": two, "three": three}, figure)
    found = table[table["epoch"] == 1].set_index(["method", "among", "term"])["distance_to_balance"]
    assert found["two", "modalities", "text"] == pytest.approx(3 / 4 - 1 / 2)
    assert found["two", "all terms", "joint"] == pytest.approx(6 / 10 - 1 / 3)
    assert found["three", "modalities", "text"] == pytest.approx(3 / 6 - 1 / 3)
    first, second = draw_figure3.draw(table, figure).axes[:2]
    assert [text.get_text() for text in first.texts] == ["mean distance from 1/2: 0.250"]
    assert [text.get_text() for text in second.texts] == ["mean distance from 1/3: 0.111"]
    assert {line.get_label() for line in first.lines} == {"balance", "text", "visual"}


def test_the_page_shows_no_number_where_a_network_lacks_a_modality(tmp_path: Path) -> None:
    plan = Plan(pairs=("iemocap-meld",), methods=("direct_transfer", "amanda_p2"))
    flags = write_results(tmp_path, plan)
    lacks = tmp_path / "results/runs/iemocap-meld/amanda_p2/history.parquet"
    history = pd.read_parquet(lacks)
    history[~history["name"].str.endswith("_visual")].to_parquet(lacks)
    rows = [
        ("iemocap", "meld", method, name, 40.0, 1.0, 12.34, 0.5)
        for method in plan.methods
        for name in ("nothing", "text", "audio", "visual")
        if (method, name) != ("amanda_p2", "visual")
    ]
    columns = ["source", "target", "method", "left_out", "weighted_f1_mean", "weighted_f1_std"]
    table = pd.DataFrame(rows, columns=[*columns, "contribution_mean", "contribution_std"])
    table.to_csv(tmp_path / "results/contributions.csv", index=False)
    page = Document(write(tmp_path, with_files(flags, "--contributions", "results/contributions.csv")))
    labels = [svg.get("aria-label", "") for svg in page.all("svg")]
    assert any("amanda p2: text 12.3, audio 12.3, visual none" in label for label in labels)
    assert not [each for each in page.all("rect") if "nan" in each.values()]
    (psi,) = [label for label in labels if label.startswith("amanda p2: psi")]
    assert "audio from" in psi
    assert "visual" not in psi
    # Distance of the domains in visual; score without visual, and its contribution.
    assert page.text_of("td").count("–") >= 3


BROKEN = [[], ["text", "text"], ["smell"], ["audio", "text"], "text", None, [["text"]]]


@pytest.mark.parametrize("modalities", BROKEN, ids=str)
def test_what_is_no_choice_of_modalities_is_refused(modalities: object) -> None:
    with pytest.raises(UserError, match=r"modalities.* is .*; it must be"):
        settings_for("source_only", modalities=modalities)
    config = yaml.safe_load((ROOT / "config.yaml").read_text())
    config["method_settings"]["dann"]["settings"]["modalities"] = modalities
    with pytest.raises(
        checked_config.ConfigError, match=r"method_settings\.dann\.settings\.modalities: .* in this order"
    ):
        checked_config.check(config)


def test_the_schema_takes_every_choice() -> None:
    config = yaml.safe_load((ROOT / "config.yaml").read_text())
    for modalities in [*SUBSETS, list(MODALITIES)]:
        config["method_settings"]["dann"]["settings"]["modalities"] = modalities
        checked_config.check(config)


def test_the_rows_that_the_readme_shows_are_rows() -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    config, rows = yaml.safe_load((ROOT / "config.yaml").read_text()), yaml.safe_load(text)
    config["method_settings"] |= rows
    config["methods"] += list(rows)
    checked_config.check(config)
    for row in rows.values():
        settings = complete_settings(config, "paper", row)
        assert typed(settings, load_algorithm(row["algorithm"]).Settings).modalities != MODALITIES
