"""The digest of a step's code follows what the step runs, and nothing else."""

import ast
import importlib

import pytest

from extractors.shared import fingerprint


@pytest.fixture
def package(tmp_path):
    """A package ``amanda`` of three modules, of which ``top`` imports ``base`` and nobody imports ``other``."""
    folder = tmp_path / "amanda"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "top.py").write_text("from amanda import base\nprint(base.VALUE)\n")
    (folder / "base.py").write_text('"""One."""\nVALUE = 1\n')
    (folder / "other.py").write_text("VALUE = 1\n")
    return folder


@pytest.fixture
def digest(package, monkeypatch):
    """The digest that a start of the workflow computes, which remembers of the last what is on the disk alone."""

    def start(*modules):
        importlib.reload(fingerprint)
        monkeypatch.setattr(fingerprint, "ROOT", package.parent)
        return fingerprint.fingerprint(*modules)

    yield start
    monkeypatch.undo()
    importlib.reload(fingerprint)


@pytest.fixture
def parsed(monkeypatch):
    """The texts that were parsed, in order."""
    texts, parse = [], ast.parse
    monkeypatch.setattr(ast, "parse", lambda text: texts.append(text.decode()) or parse(text))
    return texts


def test_a_changed_import_changes_the_digest(package, digest):
    before = digest("amanda.top")
    (package / "base.py").write_text('"""One."""\nVALUE = 2\n')
    assert digest("amanda.top") != before


def test_a_new_import_counts_with_all_that_it_imports(package, digest):
    digest("amanda.top")
    (package / "base.py").write_text("from amanda import other\nVALUE = other.VALUE\n")
    before = digest("amanda.top")
    (package / "other.py").write_text("VALUE = 2\n")
    assert digest("amanda.top") != before


@pytest.mark.parametrize(
    ("name", "text"),
    [("other.py", "VALUE = 2\n"), ("base.py", '"""Two."""\n# a comment\nVALUE  =  1\n')],
    ids=["a module that is not imported", "a comment, a docstring and blanks"],
)
def test_what_the_step_does_not_run_leaves_the_digest(package, digest, name, text):
    before = digest("amanda.top")
    (package / name).write_text(text)
    assert digest("amanda.top") == before


def test_a_package_that_is_run_is_its_main_module(package, digest):
    (package / "__main__.py").write_text("from amanda import base\n")
    before = digest("amanda")
    (package / "base.py").write_text('"""One."""\nVALUE = 2\n')
    assert digest("amanda") != before


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("counts.csv", 'FILE = "counts.csv"'),
        ("tables/counts.tsv", 'FILE = "tables/counts.tsv"'),
        ("tables/counts.csv", 'FOLDER = "tables"\nname = "counts"\nFILE = f"{name}.csv"'),
    ],
    ids=["a file", "a file in a folder", "a folder"],
)
def test_a_data_file_counts_where_a_module_names_it(package, digest, name, code):
    (package / name).parent.mkdir(exist_ok=True)
    (package / name).write_text("a,b\n")
    (package / "base.py").write_text(f"{code}\nVALUE = 1\n")
    before = digest("amanda.top"), digest("amanda.other")
    (package / name).write_text("a,c\n")
    assert digest("amanda.top") != before[0]
    assert digest("amanda.other") == before[1]


def test_a_data_file_that_only_a_docstring_names_does_not_count(package, digest):
    (package / "counts.csv").write_text("a,b\n")
    (package / "base.py").write_text('"""counts.csv"""\nVALUE = 1\n')
    before = digest("amanda.top")
    (package / "counts.csv").write_text("a,c\n")
    assert digest("amanda.top") == before


def test_a_template_counts_with_what_it_names_and_a_circle_ends(package, digest):
    (package / "base.py").write_text('VALUE = "page.j2"\n')
    (package / "page.j2").write_text('{% extends "frame.j2" %}{{ file }}')
    (package / "frame.j2").write_text("<style>{% include 'style.css' %}</style>{% import \"page.j2\" as page %}")
    (package / "style.css").write_text("p { color: red }")
    (package / "other.css").write_text("p { color: red }")
    before = digest("amanda.top")
    (package / "other.css").write_text("p { color: green }")
    assert digest("amanda.top") == before
    (package / "style.css").write_text("p { color: green }")
    changed = digest("amanda.top")
    assert changed != before
    (package / "frame.j2").write_text("{% include 'style.css' %}")
    assert digest("amanda.top") not in (before, changed)


def test_a_name_in_one_package_stands_for_no_file_of_another(package, digest):
    (package / "inner").mkdir()
    (package / "inner" / "__init__.py").write_text("")
    (package / "inner" / "base.py").write_text('FILE = "counts.csv"\n')
    (package / "base.py").write_text('VALUE = ["counts.csv", "inner"]\n')
    (package / "inner" / "counts.csv").write_text("a,b\n")
    before = digest("amanda.top"), digest("amanda.inner.base")
    (package / "inner" / "counts.csv").write_text("a,c\n")
    assert digest("amanda.top") == before[0]
    assert digest("amanda.inner.base") != before[1]


def test_a_second_start_parses_what_was_changed_alone(package, digest, parsed):
    digest("amanda.top")
    assert len(parsed) == 3
    digest("amanda.top")
    assert len(parsed) == 3
    (package / "base.py").write_text("VALUE = 3\n")
    digest("amanda.top")
    assert parsed[3:] == ["VALUE = 3\n"]


def test_what_is_kept_of_another_version_is_parsed_again(digest, parsed, monkeypatch):
    before = digest("amanda.top")
    monkeypatch.setattr("sys.version", "another")
    assert digest("amanda.top") == before
    assert len(parsed) == 6


@pytest.mark.parametrize(
    "damage",
    [
        lambda kept: kept.write_bytes(b""),
        lambda kept: kept.write_bytes(kept.read_bytes()[:-1]),
        lambda kept: kept.write_bytes(kept.read_bytes().replace(b"value=1", b"value=2")),
        lambda kept: kept.write_bytes((kept.parent / "other.syntax").read_bytes()),
        lambda kept: (kept.unlink(), kept.mkdir()),
    ],
    ids=["empty", "cut off", "altered", "of another module", "no file"],
)
def test_what_is_damaged_is_parsed_again(package, digest, parsed, damage):
    before = digest("amanda.top", "amanda.other")
    damage(package / "__pycache__" / "base.syntax")
    assert digest("amanda.top", "amanda.other") == before
    assert parsed[4:] == ['"""One."""\nVALUE = 1\n']


def test_where_nothing_can_be_kept_the_digest_is_the_same(package, digest):
    before = digest("amanda.top")
    for kept in (package / "__pycache__").iterdir():
        kept.unlink()
    (package / "__pycache__").rmdir()
    (package / "__pycache__").touch()
    assert digest("amanda.top") == before


def test_no_package_holds_a_file_of_a_kind_that_no_digest_sees():
    kinds = {".py", ".typed", *fingerprint.DATA}  # py.typed is empty
    for package in fingerprint.PACKAGES:
        files = [path for path in (fingerprint.ROOT / package).rglob("*") if path.is_file()]
        assert {path.suffix for path in files if "__pycache__" not in path.parts} <= kinds
