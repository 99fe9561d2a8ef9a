"""Programs in processes of their own: their flags, refusals, and what ends them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from amanda.command.steps import run_step, words_of
from extractors.shared.program import UserError


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Writes a program of one function and returns its module's name."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(body: str) -> str:
        (tmp_path / "a_program.py").write_text(f"import os, sys\nfrom pathlib import Path\n\ndef main():\n    {body}\n")
        return "a_program"

    return write


def test_flags_become_words() -> None:
    flags = {"model": Path("a b"), "text": "", "threads": 2, "clips": ["-x.mp4", "y"], "one": ["--z"], "none": []}
    assert words_of(flags) == ["--model=a b", "--text=", "--threads=2", "--clips", "-x.mp4", "y", "--one=--z", "--none"]


def test_a_program_runs_with_its_flags(tmp_path: Path, program: Callable[[str], str]) -> None:
    name, before = program(f"Path({str(tmp_path)!r}, 'told').write_text('|'.join(sys.argv))"), list(sys.argv)
    run_step(name, {"a": "b c"})
    assert (tmp_path / "told").read_text().endswith("|--a=b c")
    assert sys.argv == before


def test_the_exit_code_of_a_refusal_is_kept(program: Callable[[str], str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        run_step(program("sys.exit(5)"), {})
    assert stopped.value.code == 5


@pytest.mark.parametrize(("attempts", "deaths"), [(1, 1), (2, 1), (2, 2)])
def test_a_program_that_a_signal_ends_is_started_again(
    tmp_path: Path, program: Callable[[str], str], attempts: int, deaths: int
) -> None:
    started = tmp_path / "started"
    started.touch()
    name = program(
        f"path = Path({str(started)!r}); path.write_text(path.read_text() + 'x')\n"
        f"    if len(path.read_text()) <= {deaths}: os.kill(os.getpid(), 9)"
    )
    if attempts > deaths:
        run_step(name, {}, attempts)
    else:
        with pytest.raises(UserError, match="ended by signal 9, as when memory is short"):
            run_step(name, {}, attempts)
    assert len(started.read_text()) == min(attempts, deaths + 1)
