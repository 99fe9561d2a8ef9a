"""The repository keeps its own rules: style, layers, sizes, and environments that agree with the lock."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from helpers.places import ROOT
from helpers.sources import PACKAGES, SOURCES

from amanda.algorithms import ALGORITHMS
from extractors.modalities import EXTRACTORS
from extractors.shared.fingerprint import _closure

# What `amanda` may use of `extractors`: the ground floor, and the store of features.
SHARED = ("extractors.shared.", "extractors.features.store")

# The programs that run in each conda environment, with the modules they import by name while they run.
PROGRAMS = {
    "extract": (
        "extractors.write_twin",
        "extractors.write_backbone",
        "extractors.synthetic.backbone_visual",
        "extractors.read_release",
        "extractors.split_corpus",
        "extractors.check_source",
        "extractors.inspect_corpus",
        "extractors.show_quality",
        "extractors.extract_shard",
        *(module for module, _ in EXTRACTORS.values()),
        "extractors.index_features",
        "extractors.verify_features",
        "extractors.compare_canaries",
        "extractors.show_faces",
        "extractors.count_corpora",
        "extractors.count_states",
        "extractors.find_clips",
        "extractors.show_answers",
        "extractors.list_clips",
    ),
    "train": (
        "amanda.train_pair",
        "amanda.pack_capsule",
        "amanda.leave_out",
        "amanda.predict_clips",
        "amanda.share_model",
        "amanda.adapt_model",
        "amanda.compare_adaptations",
        *(module for module, _ in ALGORITHMS.values()),
    ),
    "report": (
        "amanda.score_pair",
        "amanda.compare_methods",
        "amanda.tabulate",
        "amanda.compare_recipes",
        "amanda.judge_claims",
        "amanda.write_bed",
        "amanda.judge_bed",
        "amanda.check_bed",
        "amanda.tabulate_contributions",
        "amanda.tabulate_shift",
        "amanda.draw_figure2",
        "amanda.draw_figure3",
        "amanda.write_page",
        "amanda.show_changes",
    ),
}
DISTRIBUTION = {
    "cv2": "opencv-python",
    "yaml": "pyyaml",
    "face_alignment": "face-alignment",
    "huggingface_hub": "huggingface-hub",
    "webrtcvad": "webrtcvad-wheels",
}

# No file of the repository is larger; arrays that tests need are cut or computed.
LARGEST = 1_000_000


def _run(*command):
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def _tool(name):
    return str(Path(sys.executable).parent / name)


@pytest.mark.parametrize(
    "command",
    [
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
        ("snakefmt", "--check", "Snakefile", "workflow"),
        ("snakemake", "--lint"),
        ("codespell",),
        ("deptry", ".", "workflow", "tests", "benchmarks"),
    ],
    ids=" ".join,
)
def test_formatters_and_linters_have_nothing_to_say(command):
    result = _run(_tool(command[0]), *command[1:])
    assert result.returncode == 0, result.stdout + result.stderr


def _imports(path):
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [f"{node.module}.{name.name}" for name in node.names]
            yield from names if node.module in PACKAGES else [node.module]


def test_dependencies_point_one_way():
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in SOURCES
        for name in _imports(path)
        if (path.is_relative_to(ROOT / "extractors") and name.startswith("amanda"))
        or (path.is_relative_to(ROOT / "amanda") and name.startswith("extractors") and not name.startswith(SHARED))
    ]
    assert wrong == []


@pytest.mark.parametrize("package", PACKAGES)
def test_at_the_root_of_a_package_stand_programs_and_nothing_else(package):
    loose = [path for path in (ROOT / package).glob("*.py") if path.name != "__init__.py"]
    assert [path.name for path in loose if 'if __name__ == "__main__":' not in path.read_text()] == []


def test_no_file_is_too_long_to_read_at_once():
    files = [
        *SOURCES,
        *(path for folder in ("workflow", "tests", "benchmarks") for path in (ROOT / folder).rglob("*.py")),
    ]
    lengths = {path: len(path.read_text().splitlines()) for path in files}
    assert {str(path.relative_to(ROOT)): n for path, n in lengths.items() if n > 250} == {}


def test_no_file_is_too_large_for_a_repository():
    listed = _run("git", "ls-files", "-z").stdout.split("\0")
    sizes = {name: (ROOT / name).stat().st_size for name in listed if name and (ROOT / name).is_file()}
    assert "config.yaml" in sizes
    assert {name: size for name, size in sizes.items() if size > LARGEST} == {}


def test_no_function_is_too_long_to_read_at_once():
    functions = [
        (path, node)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.FunctionDef)
    ]
    long = [f"{path.relative_to(ROOT)}: {node.name}" for path, node in functions if node.end_lineno - node.lineno >= 40]
    assert long == []


def test_every_module_opens_with_a_sentence():
    bare = [path for path in SOURCES if not ast.get_docstring(ast.parse(path.read_bytes()))]
    assert bare == []


def _locked():
    return dict(re.findall(r"^([a-z0-9-]+)==([^\s\\]+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE))


def _pinned(environment):
    dependencies = yaml.safe_load((ROOT / "envs" / f"{environment}.yaml").read_text())["dependencies"]
    return dict(line.split("==") for line in dependencies[-1]["pip"])


@pytest.mark.parametrize("environment", PROGRAMS)
def test_conda_environments_pin_the_versions_of_the_lock(environment):
    locked = _locked()
    assert {name: locked[name] for name in _pinned(environment)} == _pinned(environment)


@pytest.mark.parametrize("environment", PROGRAMS)
def test_conda_environments_hold_all_that_their_programs_import(environment):
    assert _needed(PROGRAMS[environment]) - set(_pinned(environment)) == set()


def _declared():
    """Names of the base dependencies under "", and of each extra under its own name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    parts = {"": project["dependencies"], **project["optional-dependencies"]}
    return {part: {re.match(r"[\w-]+", line).group().lower() for line in lines} for part, lines in parts.items()}


def _needed(modules):
    """Distributions that the modules import, directly or through modules of the two packages."""
    names = {name.split(".")[0] for path in _closure(modules) if path.suffix == ".py" for name in _imports(path)}
    return {DISTRIBUTION.get(name, name) for name in names - set(PACKAGES) - set(sys.stdlib_module_names)}


@pytest.mark.parametrize("environment", PROGRAMS)
def test_an_extra_holds_what_its_programs_import_and_nothing_else(environment):
    declared, needed = _declared(), _needed(PROGRAMS[environment])
    assert needed - declared[""] == declared[environment]


def test_losses_and_methods_need_no_extra():
    folders = [ROOT / "amanda" / name for name in ("losses", "algorithms", "network")]
    modules = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in SOURCES if path.parent in folders]
    assert "amanda.algorithms.dann" in modules
    assert _needed((*modules, "extractors.features.store")) <= _declared()[""]


def test_the_lock_names_every_dependency():
    assert {name for names in _declared().values() for name in names} - set(_locked()) == set()


def test_every_rule_runs_one_module_in_its_environment_with_log_benchmark_and_resources():
    text = "\n".join(path.read_text() for path in sorted((ROOT / "workflow" / "rules").glob("*.smk")))
    rules = re.split(r"^rule ", text, flags=re.MULTILINE)[1:]
    assert len(rules) == 34
    for rule in rules:
        name = rule.split(":")[0]
        for directive in ("output", "log", "benchmark", "conda", "threads", "resources", "params", "message", "shell"):
            assert f"    {directive}:" in rule, f"{name} has no {directive}"
        (module,) = re.findall(r"python -m ([a-z_.0-9]+)", rule)
        environment = re.search(r"envs/(\w+)\.yaml", rule).group(1)
        assert module.partition(".")[2] == name, f"the program of {name} has another name"
        assert module in PROGRAMS[environment], name
        own = rf'(fingerprint|reader_code|extractor_code|algorithms_code)\(\s*"{module}"'
        assert re.search(own, rule), f"{name} does not follow its code"


def test_no_flag_of_a_program_has_a_default():
    with_default = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", "") == "add_argument"
        and any(keyword.arg == "default" for keyword in node.keywords)
    ]
    assert with_default == []
