"""Finding files in a release: junk left out, links followed once, and no way out of the release."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers import releases

from extractors.corpora.lines import decode, repair, split_lines
from extractors.corpora.tree import by_stem, find_files, inside
from extractors.shared.program import UserError


def test_junk_is_left_out_and_the_order_is_stable(tmp_path: Path) -> None:
    junk = ("._y.wav", "__MACOSX/z.wav", ".hidden/z.wav", "a/x.txt", "raters/q.wav")
    for name in ("b/x.WAV", "a/x.wav", "y.wav", *junk):
        releases.write(tmp_path / name)
    assert find_files(tmp_path, (".wav",), skip=("raters",)) == ["y.wav", "a/x.wav", "b/x.WAV"]


def test_links_to_folders_are_followed_once(tmp_path: Path) -> None:
    releases.write(tmp_path / "disk/Session1/x.wav")
    root = tmp_path / "release"
    root.mkdir()
    (root / "Session1").symlink_to(tmp_path / "disk/Session1")
    (tmp_path / "disk/Session1/loop").symlink_to(root)
    assert find_files(root, (".wav",)) == ["Session1/x.wav"]


def test_the_shallowest_of_equal_names_wins() -> None:
    found = by_stem(["x.wav", "a/x.wav", "a/b/y.WAV", "a/y.avi"], ".wav", lambda folders: "a" in folders)
    assert found == {"x": "a/x.wav", "y": "a/b/y.WAV"}


@pytest.mark.parametrize("path", ["../x", "a/../../x", "/x", "C:/x", "C:x", "\\x", "a\\..\\x", "a\0b", ".."])
def test_paths_that_lead_outside_are_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(UserError, match=r"here:3: the path .* leads outside the release"):
        inside(tmp_path, path, "here:3")


def test_paths_inside_are_made_plain(tmp_path: Path) -> None:
    assert inside(tmp_path, "./a//b\\c.wav", "here") == "a/b/c.wav"


def test_text_is_decoded_as_utf8_or_byte_by_byte_and_repaired() -> None:
    assert decode("\ufeffcaf\xe9".encode()) == "café"
    assert decode(b"caf\xe9 \x93so\x94") == "café “so”"
    assert repair("it\u0092s\u00a0fine\u0085") == "it’s fine…"


def test_only_line_feeds_end_a_line() -> None:
    assert split_lines("a\u2028b\r\nc\rd\x0be") == ["a\u2028b", "c", "d\x0be"]
