"""Files of the config that YAML would swallow or muddle are refused by file and line."""

import pytest
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
