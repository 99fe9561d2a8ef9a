"""Programs in processes of their own: their flags, refusals, and what ends them."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from types import ModuleType

import pytest

from amanda.command.steps import run_step, words_of
from extractors.shared.program import UserError


def program(monkeypatch: pytest.MonkeyPatch, main) -> str:
    module = ModuleType("a_program")
    module.main = main
    monkeypatch.setitem(sys.modules, "a_program", module)
    return "a_program"


def test_flags_become_words() -> None:
    flags = {"model": Path("a b"), "text": "", "threads": 2, "clips": ["-x.mp4", "y"], "one": ["--z"]}
    assert words_of(flags) == ["--model=a b", "--text=", "--threads=2", "--clips", "-x.mp4", "y", "--one=--z"]


def test_a_program_runs_with_its_flags(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = program(monkeypatch, lambda: (tmp_path / "told").write_text("|".join(sys.argv)))
    before = list(sys.argv)
    run_step(name, {"a": "b c"})
    assert (tmp_path / "told").read_text().endswith("|--a=b c")
    assert sys.argv == before


def test_a_refusal_is_one_sentence(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture) -> None:
    def refuse() -> None:
        raise UserError("a.txt: is wrong; mend it")

    with pytest.raises(SystemExit) as stopped:
        run_step(program(monkeypatch, refuse), {})
    assert stopped.value.code == 1
    assert capfd.readouterr().err == "error: a.txt: is wrong; mend it\n"


@pytest.mark.parametrize(("attempts", "deaths"), [(1, 1), (2, 1), (2, 2)])
def test_a_program_that_a_signal_ends_is_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, attempts: int, deaths: int
) -> None:
    def die() -> None:
        with (tmp_path / "started").open("a") as file:
            file.write("x")
        if len((tmp_path / "started").read_text()) <= deaths:
            os.kill(os.getpid(), signal.SIGKILL)

    if attempts > deaths:
        run_step(program(monkeypatch, die), {}, attempts)
    else:
        with pytest.raises(UserError, match="ended by signal 9, as when memory is short"):
            run_step(program(monkeypatch, die), {}, attempts)
    assert len((tmp_path / "started").read_text()) == min(attempts, deaths + 1)
