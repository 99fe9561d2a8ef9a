"""Files of the config that YAML would swallow or muddle are refused by file and line."""

import subprocess
import sys

import pytest
from helpers.places import ROOT
from planning.config import files as config_files


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"seeds: [1]\npairs: all\nseeds: [2]\n", "line 3: the key 'seeds' stands in line 1 too"),
        (b"page:\n  figures: all\n  figures: table1\n", "line 3: the key 'figures' stands in line 2 too"),
        (b"seeds:\n\t- 3\n", "line 2: a tab"),
        (b"seeds: [1\npairs: all\n", "not YAML"),
        (b"", "is empty"),
        (b"- seeds\n", "holds a list where keys belong"),
        ("a: 1\nname: Zoë\n".encode("latin-1"), "line 2: not in UTF-8"),
    ],
)
def test_a_muddled_file_is_refused(tmp_path, content, expected):
    path = tmp_path / "my.yaml"
    path.write_bytes(content)
    with pytest.raises(config_files.ConfigFileError) as caught:
        config_files.check_files([path])
    assert expected in str(caught.value)
    assert "my.yaml" in str(caught.value)


def test_a_key_that_overrides_an_anchors_is_no_double(tmp_path):
    path = tmp_path / "my.yaml"
    path.write_text("a: &a {x: 1}\nb:\n  <<: *a\n  x: 2\n")
    config_files.check_files([path])


@pytest.mark.parametrize("command", ["--configfile {own} {file}", "--configfile={own} --configfile {own} {file} -n"])
@pytest.mark.parametrize("content", [None, b"a,b\n1,2\n", b"PAR1\x15\x80", b"| a | b |\n- 1\n"])
def test_a_file_to_be_made_that_a_flag_took_for_a_config_is_told_where_it_belongs(tmp_path, command, content):
    own, file = tmp_path / "my.yaml", tmp_path / "table1.csv"
    own.write_text("seeds: [1]\n")
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SystemExit, match=r"table1\.csv.*; if it is to be made, write it before --configfile"):
        config_files.refuse(command.format(own=own, file=file).split())


def test_a_file_to_be_made_that_a_flag_took_for_a_setting_is_told_where_it_belongs():
    with pytest.raises(SystemExit, match=r"^error: results/table1\.csv: .* before it"):
        config_files.refuse(["--config", "seeds=[0]", "results/table1.csv"])


def test_a_home_that_takes_no_cache_is_named_with_the_way_out(tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.touch()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    with pytest.raises(SystemExit, match=rf"^error: {home}/\.cache/snakemake: .*; set XDG_CACHE_HOME"):
        config_files.refuse([])
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    config_files.refuse([])


def test_a_command_line_in_order_is_taken(tmp_path):
    own = tmp_path / "no_ending"
    own.write_text("seeds: [1]\n")
    config_files.refuse(
        [*["results/table1.csv", "--cores", "2", "--config", "recipe=published_code", "--configfile"], str(own)]
    )


@pytest.mark.parametrize(
    ("profile", "content", "expected"),
    [
        ("default", b"pairs:\n\t- all\n", ["my.yaml, line 2: a tab"]),
        ("default", None, ["my.yaml: the config file cannot be read", "correct the path"]),
        ("slurm", "seeds: [0]\n".encode("utf-16"), ["my.yaml, line 1: not in UTF-8"]),
    ],
)
def test_each_profile_says_so_before_snakemake_opens_the_file(tmp_path, profile, content, expected):
    path = tmp_path / "my.yaml"
    if content is not None:
        path.write_bytes(content)
    command = [sys.executable, "-m", "snakemake", "--dry-run", "--workflow-profile", f"profiles/{profile}"]
    result = subprocess.run([*command, "--configfile", path], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    last = result.stderr.strip().splitlines()[-1]
    assert last.startswith("error: ")
    assert [part for part in expected if part not in last] == []
