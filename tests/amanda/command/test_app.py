"""The command line itself: its help is light and teaches, its mistakes are one sentence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("torch", "transformers", "pandas", "numpy", "cv2", "av", "rich.console", "pyarrow")
"""What costs seconds, or what only an answer needs."""


def amanda(*words: object, folder: Path) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "amanda.command", *map(str, words)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_module_of_the_command_imports_nothing_that_computes() -> None:
    code = f"import sys, amanda.command.app; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("words", "sentences"),
    [
        ((), ("amanda demo", "amanda predict video.mp4", "predict", "demo")),
        (("predict",), ("[MODEL] CLIPS...", "--text", "--output", "--device", "The exit code is 3")),
        (("demo",), ("--model-only", "20 minutes on two cores")),
    ],
)
def test_help(tmp_path: Path, words: tuple[str, ...], sentences: tuple[str, ...]) -> None:
    done = amanda(*words, "--help", folder=tmp_path)
    assert done.returncode == 0
    text = " ".join(done.stdout.replace("│", " ").split())
    assert [sentence for sentence in sentences if sentence not in text] == []


def test_completion_is_offered(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "amanda.command"],
        env={"_AMANDA_COMPLETE": "complete_bash", "COMP_WORDS": "amanda pre", "COMP_CWORD": "1", "PATH": ""},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["predict"]


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("predict", "a.mp4"), 1, "error: a.mp4: not a model folder, and the demo's model is not in results/models/"),
        (("predict",), 2, "Missing argument"),
        (("predict", "a.mp4", "--colour"), 2, "No such option"),
        (("demo",), 1, "no Snakefile here; change to the folder of the repository"),
    ],
)
def test_mistakes(tmp_path: Path, words: tuple[str, ...], code: int, sentence: str) -> None:
    done = amanda(*words, folder=tmp_path)
    assert done.returncode == code
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
