"""The digest of a step's code follows what the step runs, and nothing else."""

import fingerprint
import pytest


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package ``amanda`` of three modules, of which ``top`` imports ``base`` and nobody imports ``other``."""
    folder = tmp_path / "amanda"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "top.py").write_text("from amanda import base\nprint(base.VALUE)\n")
    (folder / "base.py").write_text('"""One."""\nVALUE = 1\n')
    (folder / "other.py").write_text("VALUE = 1\n")
    monkeypatch.setattr(fingerprint, "ROOT", tmp_path)
    return folder


def test_a_changed_import_changes_the_digest(package):
    before = fingerprint.fingerprint("amanda.top")
    (package / "base.py").write_text('"""One."""\nVALUE = 2\n')
    assert fingerprint.fingerprint("amanda.top") != before


@pytest.mark.parametrize(
    ("name", "text"),
    [("other.py", "VALUE = 2\n"), ("base.py", '"""Two."""\n# a comment\nVALUE  =  1\n')],
    ids=["a module that is not imported", "a comment, a docstring and blanks"],
)
def test_what_the_step_does_not_run_leaves_the_digest(package, name, text):
    before = fingerprint.fingerprint("amanda.top")
    (package / name).write_text(text)
    assert fingerprint.fingerprint("amanda.top") == before


def test_a_package_that_is_run_is_its_main_module(package):
    (package / "__main__.py").write_text("from amanda import base\n")
    before = fingerprint.fingerprint("amanda")
    (package / "base.py").write_text('"""One."""\nVALUE = 2\n')
    assert fingerprint.fingerprint("amanda") != before


def test_data_files_of_an_imported_package_count(package):
    before = fingerprint.fingerprint("amanda")
    (package / "counts.csv").write_text("a,b\n")
    assert fingerprint.fingerprint("amanda") != before


def test_data_files_of_a_package_within_do_not(package):
    (package / "inner").mkdir()
    (package / "inner" / "__init__.py").write_text("")
    before = fingerprint.fingerprint("amanda"), fingerprint.fingerprint("amanda.inner")
    (package / "inner" / "counts.csv").write_text("a,b\n")
    assert fingerprint.fingerprint("amanda") == before[0]
    assert fingerprint.fingerprint("amanda.inner") != before[1]
