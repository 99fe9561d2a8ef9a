"""A file of the config that YAML would swallow or muddle is refused by file and line."""

from __future__ import annotations

from pathlib import Path

import pytest
from config_files import ConfigFileError, check_files

ROOT = Path(__file__).resolve().parent.parent


def refusal(tmp_path, content, name="own.yaml"):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ConfigFileError) as refused:
        check_files([ROOT / "config.yaml", path])
    message = str(refused.value)
    assert message.startswith(str(path))
    assert "\n" not in message
    return message.removeprefix(str(path))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"recipe: paper\nseeds:\n\t- 1\n", ", line 3: a tab"),
        (b"recipe: paper\nseeds: [1\nmethods: [dann]\n", ", line 3: not YAML"),
        (b"seeds: [1]\nrecipe: paper\nseeds: [2]\n", ", line 3: the key 'seeds' stands in line 1 too"),
        (b"corpora:\n  meld: {release: a, release: b}\n", ", line 2: the key 'release' stands in line 2 too"),
        (b"claims:\n- {a: 1}\n- {b: 1, b: 2}\n", ", line 3: the key 'b'"),
        (b"", ": the config file is empty"),
        (b"# nothing yet\n", ": the config file is empty"),
        (b"- seeds\n", ": holds a list"),
        (b"seeds\n", ": holds one value"),
        (b"recipe: paper\nlabel: \xe9\n", ", line 2: not in UTF-8"),
    ],
)
def test_what_is_muddled_is_named_by_file_and_line(tmp_path, content, said):
    assert refusal(tmp_path, content).startswith(said)


def test_a_target_that_is_taken_for_a_config_is_told_where_to_stand(tmp_path):
    assert "write it before --configfile" in refusal(tmp_path, b"corpus,f1\n", name="table1.csv")
    with pytest.raises(ConfigFileError, match=r"table2\.csv: no such config file.*before it"):
        check_files([tmp_path / "table2.csv"])


@pytest.mark.parametrize(
    "content", [b'{\n\t"seeds": [1]\n}\n', b"a: &x {b: 1}\nc: *x\nd: *x\n", b"\xef\xbb\xbfseeds: [1]\n"]
)
def test_json_anchors_and_a_byte_order_mark_are_taken(tmp_path, content):
    path = tmp_path / "own.yaml"
    path.write_bytes(content)
    check_files([path])
