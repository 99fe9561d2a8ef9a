"""Digests of what lies outside: the content decides, whatever its time stamps, and is read again only if needed."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
import yaml
from helpers.places import ROOT
from planning import outside
from planning.config.check import CORPORA
from planning.config.words import SchemaWords

from extractors.write_backbone import write_backbone


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test has a working directory of its own, for what is kept."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files whose content was read."""
    seen: list[str] = []
    inner = outside._file_digest
    monkeypatch.setattr(outside, "_file_digest", lambda file: (seen.append(Path(file.name).name), inner(file))[1])
    return seen


def write(name: str, text: str) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_the_same_content_has_the_same_digest_and_another_has_not() -> None:
    path = write("a.csv", "joy")
    first = outside.of_files([path])
    path.write_text("sad")
    assert outside.of_files([path]) != first
    path.unlink()
    assert outside.of_files([path]) == [("a.csv", "")]
    write("a.csv", "joy")
    os.utime("a.csv", ns=(1, 1))
    assert outside.of_files([path]) == first


def test_an_edit_of_the_same_length_under_the_old_time_stamp_is_seen() -> None:
    path = write("a.csv", "joy")
    state = path.stat()
    first = outside.of_files([path])
    path.write_text("sad")
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert outside.of_files([path]) != first


def test_a_settled_file_is_read_once(reads: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("a.csv", "joy")
    later = time.time_ns() + 10 * outside.SETTLED
    monkeypatch.setattr(outside.time, "time_ns", lambda: later)
    digests = [outside.of_files([path]) for _ in range(3)]
    assert digests[0] == digests[1] == digests[2]
    assert reads == ["a.csv"]


def test_a_file_that_was_written_a_moment_ago_is_read_again(reads: list[str]) -> None:
    """It may have been written again within one tick of the clock of its file system."""
    path = write("a.csv", "joy")
    outside.of_files([path])
    outside.of_files([path])
    assert reads == ["a.csv", "a.csv"]


@pytest.mark.parametrize("damage", ["", "{", "[]", "null", '{"a": 1'])
def test_what_is_kept_may_be_damaged(damage: str) -> None:
    path = write("a.csv", "joy")
    first = outside.of_files([path])
    write(str(outside.KEPT), damage)
    assert outside.of_files([path]) == first
    assert len(json.loads(outside.KEPT.read_text())) == 1


def test_where_nothing_can_be_kept_contents_are_read_each_time(reads: list[str]) -> None:
    write(".snakemake", "a file where the folder should be")
    path = write("a.csv", "joy")
    assert outside.of_files([path]) == outside.of_files([path])
    assert len(reads) == 2


@pytest.mark.parametrize("modality", ["text", "audio", "visual"])
def test_each_file_of_a_backbone_is_in_its_digest(modality: str, folder: Path) -> None:
    write_backbone(modality, 0, folder / "backbone")
    seen = {outside.of_network(["backbone"])}
    for path in sorted((folder / "backbone").iterdir()):
        path.write_bytes(path.read_bytes() + b"\n")
        seen.add(outside.of_network(["backbone"]))
    assert len(seen) == 1 + len(list((folder / "backbone").iterdir()))
    (folder / "backbone" / "README.md").write_text("is not read")
    assert outside.of_network(["backbone"]) in seen


def test_files_of_weights_are_in_the_digest_by_path_and_by_folder() -> None:
    write("weights/APViT.pth", "one")
    write("s3fd.pth", "two")
    by_path, by_folder = (outside.of_network([name, "s3fd.pth"]) for name in ("weights/APViT.pth", "weights"))
    write("weights/APViT.pth", "ONE")
    assert outside.of_network(["weights/APViT.pth", "s3fd.pth"]) != by_path
    assert outside.of_network(["weights", "s3fd.pth"]) != by_folder
    write("weights/APViT.pth", "one")
    write("s3fd.pth", "TWO")
    assert outside.of_network(["weights/APViT.pth", "s3fd.pth"]) != by_path
    write("s3fd.pth", "two")
    assert outside.of_network(["weights/APViT.pth", "s3fd.pth"]) == by_path


def test_the_users_tables_are_those_that_the_schema_describes() -> None:
    schema = yaml.safe_load((ROOT / "workflow/schemas/config.schema.yaml").read_text())
    words = SchemaWords(schema)
    readings = [words.at(["corpora", corpus, "reading"]) for corpus in (*CORPORA, "one_of_your_own")]
    named = {
        key
        for reading in readings
        for key, choice in reading["properties"].items()
        if "relative to the working directory" in words.resolved(choice).get("description", "")
    }
    assert named == set(outside.TABLES)
