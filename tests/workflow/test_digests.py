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

from amanda.algorithms import ALGORITHMS
from amanda.algorithms.base import Algorithm
from extractors.corpora import READERS
from extractors.modalities import EXTRACTORS
from extractors.shared import fingerprint

PROGRAMS = [
    f"{package}.{path.stem}"
    for package in fingerprint.PACKAGES
    for path in sorted((ROOT / package).glob("*.py"))
    if path.stem != "__init__"
]
REGISTRIES = {
    "amanda.train_pair": ALGORITHMS,
    "extractors.extract_shard": EXTRACTORS,
    "extractors.read_release": READERS,
}
Edit = Callable[[str, str, str], set[str]]


def digests() -> dict[str, str]:
    """Of each program by its name; of those in ``REGISTRIES`` as ``program of name`` too."""
    fingerprint.fingerprint.cache_clear()
    fingerprint._read.cache_clear()
    fingerprint._source.cache_clear()
    fingerprint._data.cache_clear()
    found = {program: fingerprint.fingerprint(program) for program in PROGRAMS}
    for program, registry in REGISTRIES.items():
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
        ("amanda/algorithms/cdan.py", "Annotated[int, Field(ge=1)] | None", "int | None", {"train_pair of cdan"}),
        ("amanda/algorithms/cdan.py", "none: CDAN; ", "none: the original; ", set()),
        (
            "extractors/modalities/text.py",
            "counts=False, ge=1",
            "ge=1",
            {"extractors.extract_shard of text"},
        ),
        ("extractors/corpora/meld.py", "prefer", "choose", {"extractors.read_release of meld"}),
        ("extractors/modalities/text.py", "word pieces in one pass", "pieces in a pass", set()),
        ("amanda/reporting/table1/table.py", "DECIMALS = 4", "DECIMALS = 3", {"tabulate"}),
        ("amanda/reporting/figures/style.py", "#D55E00", "#D55E01", {"draw_figure2", "draw_figure3"}),
        ("amanda/reporting/page/templates/style.css", "--c0", "--c9", {"write_page"}),
        ("amanda/reporting/page/templates/script.js", "focusin", "focus", {"write_page"}),
        ("amanda/reporting/page/templates/costs.html.j2", "Elapsed time", "Time", {"write_page"}),
        ("amanda/reporting/page/drawing.py", "#b34701", "#b34702", {"write_page"}),
        ("amanda/reporting/table1/templates/style.css", "68rem", "60rem", {"tabulate"}),
        (
            "amanda/shared/names.py",
            "CMU-MOSEI",
            "MOSEI",
            {
                *("compare_adaptations", "draw_figure2", "draw_figure3", "judge_claims", "share_model", "tabulate"),
                *("tabulate_shift", "write_page"),
            },
        ),
        ("extractors/pages/faces.css", "#3ee08f", "#3ee08e", {"extractors.show_faces"}),
        ("extractors/pages/faces.js", '"Copied"', '"Done"', {"extractors.show_faces"}),
        ("extractors/pages/quality.html.j2", "Which half", "Halves", {"extractors.show_quality"}),
        ("extractors/pages/table.html.j2", "tabindex", "class", {"extractors.show_faces", "extractors.show_quality"}),
        (
            "extractors/pages/style.css",
            "#c8c8c8",
            "#c8c8c9",
            {f"extractors.{name}" for name in ("list_clips", "show_answers", "show_faces", "show_quality")},
        ),
    ],
    ids=[
        *("a baseline", "direct transfer", "what four share", "a new method", "a method's setting", "its meaning"),
        *("an extractor's setting", "a reader", "the extractor's meaning", "decimals", "a colour"),
        *("the page's style", "its script", "a template", "a colour of its drawings", "the style of Table 1 alone"),
        *("a name", "the style of faces", "their script", "the template of quality", "tables of both", "style of both"),
    ],
)
def test_an_edit_reruns_what_it_is_about_alone(edit: Edit, path: str, old: str, new: str, reruns: set[str]) -> None:
    assert edit(path, old, new) == reruns


@pytest.mark.parametrize("table", ["data/iemocap.csv", "defects/meld.tsv", "questions.csv"])
def test_a_table_of_the_corpora_extracts_and_trains_nothing(edit: Edit, table: str) -> None:
    readers = {"extractors.count_corpora"} | ({"extractors.read_release"} if table != "questions.csv" else set())
    rerun = edit(f"extractors/corpora/{table}", "\n", "\nx\n")
    assert readers <= rerun
    assert not any(name.startswith(("train_pair", "extractors.extract_shard")) for name in rerun)


def test_another_column_of_the_scores_trains_nothing(edit: Edit) -> None:
    rerun = edit("amanda/shared/tables/scores.py", '"uar"', '"uar", "kappa"')
    assert {"score_pair", "compare_methods", "judge_claims", "tabulate", "write_page"} <= rerun
    assert not any(name.startswith(("train_pair", "leave_out", "extractors.")) for name in rerun)


def test_an_edit_of_the_loss_that_methods_share_reruns_every_training(edit: Edit) -> None:
    rerun = edit("amanda/losses/paper.py", "return ", "return 1 * ")
    assert {name for name in rerun if " of " in name} == {f"train_pair of {name}" for name in ALGORITHMS}
    assert "score_pair" not in rerun


def test_every_data_file_counts_for_some_program() -> None:
    """A template that no digest counted could be edited and the page would stay as it was."""
    counted = set().union(*(fingerprint._closure((program,)) for program in PROGRAMS))
    modules = [module for registry in REGISTRIES.values() for module, _ in registry.values()]
    counted |= fingerprint._closure(tuple(modules))
    files = {path for package in fingerprint.PACKAGES for path in (ROOT / package).rglob("*") if path.is_file()}
    code = {path for path in files if path.suffix in (".py", ".pyc", ".syntax") or path.name == "py.typed"}
    assert sorted(files - code - counted) == []


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
