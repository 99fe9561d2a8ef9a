"""What an edit of the repository reruns, measured with the digests of all programs over an edited copy."""

from __future__ import annotations

import ast
import importlib
import inspect
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from helpers.places import ROOT
from planning import fingerprint

from amanda.algorithms import ALGORITHMS
from amanda.algorithms.base import Algorithm
from extractors.modalities import EXTRACTORS

PROGRAMS = [
    f"{package}.{path.stem}"
    for package in fingerprint.PACKAGES
    for path in sorted((ROOT / package).glob("*.py"))
    if path.stem != "__init__"
]
Edit = Callable[[str, str, str], set[str]]


def digests() -> dict[str, str]:
    """Of each program by its name; of training and extraction as ``program of method`` or ``of modality``."""
    fingerprint.fingerprint.cache_clear()
    fingerprint._read.cache_clear()
    fingerprint._source.cache_clear()
    found = {program: fingerprint.fingerprint(program) for program in PROGRAMS}
    for program, registry in (("amanda.train_pair", ALGORITHMS), ("extractors.extract_shard", EXTRACTORS)):
        found |= {f"{program} of {name}": fingerprint.fingerprint(program, registry[name][0]) for name in registry}
    return found


@pytest.fixture
def edit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Edit]:
    """Replace a text in a file of a copy of the packages; returns what has another digest than before."""
    for package in fingerprint.PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package)
    monkeypatch.setattr(fingerprint, "ROOT", tmp_path)
    before = digests()

    def replaced(path: str, old: str, new: str) -> set[str]:
        text = (tmp_path / path).read_text()
        assert old in text
        (tmp_path / path).write_text(text.replace(old, new))
        after = digests()
        return {name.removeprefix("amanda.") for name in before if after[name] != before[name]}

    yield replaced
    monkeypatch.undo()
    importlib.reload(fingerprint)


@pytest.mark.parametrize(
    ("path", "old", "new", "reruns"),
    [
        ("amanda/algorithms/mada.py", "reduce(add, losses)", "2 * reduce(add, losses)", {"train_pair of mada"}),
        ("amanda/algorithms/source_only.py", "1.0", "2.0", {"train_pair of source_only"}),
        (
            "amanda/algorithms/adversarial.py",
            "1e-5",
            "1e-6",
            {f"train_pair of {name}" for name in ("dann", "cdan", "mada", "daln")},
        ),
        (
            "amanda/algorithms/__init__.py",
            "ALGORITHMS = {",
            'ALGORITHMS = {\n    "mcc": ("amanda.algorithms.mcc", "Mcc"),',
            set(),
        ),
        ("amanda/reporting/table1/table.py", "DECIMALS = 4", "DECIMALS = 3", {"tabulate"}),
        ("amanda/reporting/figures/style.py", "#D55E00", "#D55E01", {"draw_figure2", "draw_figure3"}),
        (
            "amanda/shared/names.py",
            "CMU-MOSEI",
            "MOSEI",
            {"draw_figure2", "draw_figure3", "judge_claims", "tabulate", "write_page"},
        ),
    ],
    ids=["a baseline", "direct transfer", "what four share", "a new method", "decimals", "a colour", "a name"],
)
def test_an_edit_reruns_what_it_is_about_alone(edit: Edit, path: str, old: str, new: str, reruns: set[str]) -> None:
    assert edit(path, old, new) == reruns


def test_another_column_of_the_scores_trains_nothing(edit: Edit) -> None:
    rerun = edit("amanda/shared/tables/scores.py", '"uar"', '"uar", "kappa"')
    assert {"score_pair", "compare_methods", "judge_claims", "tabulate", "write_page"} <= rerun
    assert not any(name.startswith(("train_pair", "leave_out", "extractors.")) for name in rerun)


def test_an_edit_of_the_loss_that_methods_share_reruns_every_training(edit: Edit) -> None:
    rerun = edit("amanda/losses/paper.py", "return ", "return 1 * ")
    assert {name for name in rerun if " of " in name} == {f"train_pair of {name}" for name in ALGORITHMS}
    assert "score_pair" not in rerun


@pytest.mark.parametrize("registry", fingerprint.REGISTRIES)
def test_a_registry_is_a_table_and_nothing_else(registry: str) -> None:
    """No digest counts it, so it may hold nothing that a result depends on but the names of modules."""
    tree = ast.parse((ROOT / registry.replace(".", "/") / "__init__.py").read_text())
    texts = [each for each in tree.body if isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant)]
    future, table = (each for each in tree.body if each not in texts)
    assert ast.unparse(future) == "from __future__ import annotations"
    entries = ast.literal_eval(table.value)
    assert all(module == f"{registry}.{Path(module).suffix[1:]}" for module, _ in entries.values())


@pytest.mark.parametrize("name", ALGORITHMS)
def test_a_module_of_a_method_holds_one_method(name: str) -> None:
    """The class that the registry names is no choice that a digest would have to count."""
    module = importlib.import_module(ALGORITHMS[name][0])
    own = [each for _, each in inspect.getmembers(module, inspect.isclass) if each.__module__ == module.__name__]
    assert [each.__name__ for each in own if issubclass(each, Algorithm)] == [ALGORITHMS[name][1]]
