"""What all programs share: clear errors, the device flag, files that are whole or absent."""

import errno
import os
import subprocess
import sys
import tempfile

import pytest
from pyarrow import parquet

from extractors.shared.files import atomic_file, atomic_folder, file_sha256, read_table
from extractors.shared.program import UserError, progress, run


def test_a_user_error_is_one_sentence_and_exit_code_1(capsys):
    def main():
        raise UserError("a.csv: no such file; make it")

    with pytest.raises(SystemExit) as ended:
        run(main)
    assert ended.value.code == 1
    assert capsys.readouterr().err == "error: a.csv: no such file; make it\n"


@pytest.mark.parametrize("module", ["extractors.index_features", "amanda.compare_methods"])
def test_help_names_the_command_that_was_given(module):
    result = subprocess.run([sys.executable, "-m", module, "--help"], capture_output=True, text=True, check=True)
    assert result.stdout.startswith(f"usage: python -m {module} [-h] ")


def test_a_bug_keeps_its_traceback():
    def main():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(main)


def test_progress_is_silent_without_a_terminal():
    code = "from extractors.shared.program import progress\nassert list(progress(range(3), 'x')) == [0, 1, 2]"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stderr == result.stdout == ""


def test_progress_keeps_the_items():
    assert list(progress(iter("ab"), "letters", total=2)) == ["a", "b"]


def test_a_file_is_whole_or_absent(tmp_path):
    path = tmp_path / "new" / "out.txt"

    def stop_half_way():
        with atomic_file(path) as temporary:
            temporary.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop_half_way()
    assert list(path.parent.iterdir()) == []
    with atomic_file(path) as temporary:
        temporary.write_text("whole")
        assert not path.exists()
    assert path.read_text() == "whole"
    assert list(path.parent.iterdir()) == [path]


def test_an_existing_file_survives_a_failed_rewrite(tmp_path):
    path = tmp_path / "out.txt"
    path.write_text("old")

    def fail():
        with atomic_file(path) as temporary:
            temporary.write_text("new")
            raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        fail()
    assert path.read_text() == "old"


def test_what_a_killed_program_left_goes_after_a_day(tmp_path):
    path = tmp_path / "out.txt"
    left = {name: tmp_path / name for name in (".out.txt.abcd1234.txt", ".out.txt.fresh_12.txt", ".out.txt.work")}
    for name, file in left.items():
        file.touch()
        if "fresh" not in name:
            os.utime(file, (0, 0))
    with atomic_file(path) as temporary:
        temporary.touch()
    assert sorted(tmp_path.iterdir()) == sorted([path, left[".out.txt.fresh_12.txt"], left[".out.txt.work"]])


def test_a_full_disk_is_one_sentence(tmp_path, capsys):
    def main():
        with atomic_file(tmp_path / "out.txt"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(SystemExit, match="1"):
        run(main)
    said = capsys.readouterr().err
    assert said == f"error: {tmp_path / 'out.txt'}: No space left on device; correct this and start again\n"


def test_what_may_not_be_written_is_one_sentence_that_names_the_file_and_no_temporary_one(
    tmp_path, capsys, monkeypatch
):
    path = tmp_path / "out.txt"

    def forbid(prefix, suffix, dir):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), os.path.join(dir, f"{prefix}x{suffix}"))

    monkeypatch.setattr(tempfile, "mkstemp", forbid)
    with pytest.raises(SystemExit, match="1"):
        run(lambda: atomic_file(path).__enter__())
    assert capsys.readouterr().err == f"error: {path}: Permission denied; correct this and start again\n"


def test_a_table_that_may_not_be_read_is_one_sentence(tmp_path, monkeypatch):
    def forbid(path):
        raise PermissionError(errno.EACCES, f"Failed to open local file '{path}'. Detail: [errno 13]")

    monkeypatch.setattr(parquet, "read_schema", forbid)
    with pytest.raises(UserError, match=r"clips\.parquet: no permission to read it; change its permissions$"):
        read_table(tmp_path / "clips.parquet", "python -m extractors.index_features")


def test_a_folder_is_whole_or_absent(tmp_path):
    path = tmp_path / "out"
    path.mkdir()
    (path / "stale").touch()
    with atomic_folder(path) as temporary:
        (temporary / "fresh").touch()
    assert [child.name for child in path.iterdir()] == ["fresh"]
    assert list(tmp_path.iterdir()) == [path]


def test_reading_says_which_program_makes_a_missing_table(tmp_path):
    with pytest.raises(
        UserError, match=r"gone.parquet: no such file; make it with python -m extractors.index_features"
    ):
        read_table(tmp_path / "gone.parquet", "python -m extractors.index_features")
    (tmp_path / "text.parquet").write_text("no table")
    with pytest.raises(UserError, match=r"text.parquet: not a Parquet table"):
        read_table(tmp_path / "text.parquet", "python -m extractors.index_features")


def test_the_checksum_is_sha256s(tmp_path):
    (tmp_path / "abc").write_bytes(b"abc")
    assert file_sha256(tmp_path / "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
