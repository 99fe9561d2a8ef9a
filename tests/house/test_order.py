"""The order of the tests, on which the time of a parallel run depends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from helpers.places import ROOT

QUICK = "def test_one(): pass\ndef test_two(): pass\ndef test_three(): pass\n"
SLOW = "import pytest\n@pytest.mark.slow\ndef test_long(): pass\n"


def test_files_with_slow_tests_begin_first(tmp_path: Path) -> None:
    """In a parallel run as the Makefile starts it, with one process so that the order can be seen."""
    makefile = (ROOT / "Makefile").read_text()
    flags = makefile.split("PARALLEL = --numprocesses $(CORES) ")[1].split("\n")[0].split()
    (tmp_path / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text())
    for name, text in {"a": QUICK, "b": SLOW, "c": SLOW + SLOW.replace("long", "longer"), "d": QUICK}.items():
        (tmp_path / f"test_{name}.py").write_text(text)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = slow: takes long\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "--numprocesses", "1", *flags],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    ran = [line.split("PASSED ")[1][len("test_")] for line in done.stdout.splitlines() if "PASSED" in line]
    assert "".join(dict.fromkeys(ran)) == "cbad"
