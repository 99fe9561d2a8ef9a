"""A capsule that a stranger sent: what is damaged, changed or forged is one sentence, and nothing is written."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from helpers.capsule_inputs import call, forged, members, parquet, rewritten, write_capsule

from amanda import tabulate as report_program
from amanda.reporting.capsule import archive as archive_module
from amanda.reporting.capsule.archive import MANIFEST, open_capsule, write_archive
from amanda.reporting.capsule.recompute import recompute
from extractors.shared.program import UserError


@pytest.fixture(scope="module")
def capsule(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_capsule(tmp_path_factory.mktemp("lab"))


def test_a_file_that_is_none_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such file; make it with"):
        list(recompute(tmp_path / "absent.zip", tmp_path))
    (tmp_path / "text.zip").write_text("Hello")
    with pytest.raises(UserError, match="not a zip file"):
        list(recompute(tmp_path / "text.zip", tmp_path))
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("photo.txt", "Hello")
    with pytest.raises(UserError, match=r"has no member manifest\.json"):
        list(recompute(tmp_path / "other.zip", tmp_path))


def test_what_was_changed_since_is_refused(capsule: Path, tmp_path: Path) -> None:
    name = "scores/iemocap-meld/amanda_p2.parquet"
    better = pd.read_parquet(io.BytesIO(members(capsule)[name])).assign(weighted_f1=99.0)
    cases = {
        f"member {name} is not what its manifest says": {name: parquet(pa.Table.from_pandas(better))},
        f"member {name} is missing": {name: None},
        "member extra.txt is not listed in its manifest": {"extra.txt": b"Hello"},
        r"member '\.\./evil' is compressed or leads out of the zip": {"../evil": b"Hello"},
        r"member '/etc/evil' is compressed or leads out of the zip": {"/etc/evil": b"Hello"},
        "capsule of version 2, and this program reads version 1": {
            MANIFEST: b'{"format":"amanda capsule","version":2}'
        },
        "does not say that it is a capsule": {MANIFEST: b"[1]"},
        "has no list of members": {MANIFEST: b'{"format": "amanda capsule", "version": 1, "members": [1]}'},
        r"manifest\.json is not JSON": {MANIFEST: b"{" * 100_000},
    }
    for words, change in cases.items():
        with pytest.raises(UserError, match=words) as error:
            list(recompute(rewritten(capsule, change), tmp_path / "out"))
        assert "\n" not in str(error.value)
    with pytest.raises(UserError, match="is compressed or leads out"):
        list(recompute(rewritten(capsule, {}, compression=zipfile.ZIP_DEFLATED), tmp_path / "out"))
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "evil").exists()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_refused(capsule: Path, tmp_path: Path) -> None:
    copy = rewritten(capsule, {})
    with zipfile.ZipFile(copy, "a") as archive:
        archive.writestr("settings.json", "{}")
    with pytest.raises(UserError, match="two members have one name"):
        list(recompute(copy, tmp_path))


def test_a_forgers_contents_are_one_sentence_too(capsule: Path, tmp_path: Path) -> None:
    settings, name = json.loads(members(capsule)["settings.json"]), "predictions/iemocap-meld/amanda_p2.parquet"
    predictions = {each: None for each in members(capsule) if each.startswith("predictions/")}
    cases = {
        r"settings\.json: pairs is 3; it must be a list": {
            "settings.json": json.dumps(settings | {"pairs": 3}).encode()
        },
        "asks for 1000000000 resamples": {"settings.json": json.dumps(settings | {"resamples": 10**9}).encode()},
        r"settings\.json is not JSON": {"settings.json": b"\xff"},
        "has no predictions": predictions,
        f"{name} is not a Parquet table": {name: b"\x80\x04K\x01."},
        f"{name} has no column clip_id": {name: parquet(pa.table({"seed": [1]}))},
        r"paper_table1\.csv is not a CSV table": {"paper_table1.csv": b""},
        r"has no member corpora\.parquet": {"corpora.parquet": None},
    }
    for words, change in cases.items():
        with pytest.raises(UserError, match=words):
            list(recompute(forged(capsule, change), tmp_path))


def test_what_is_too_large_is_not_read(capsule: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_module, "ROWS", 10)
    with open_capsule(capsule) as opened, pytest.raises(UserError, match="more than 10 rows"):
        opened.table("corpora.parquet", {"corpus", "label"})
    monkeypatch.setattr(archive_module, "IN_MEMORY", 10)
    with pytest.raises(UserError, match=r"manifest\.json has more than 10 bytes"), open_capsule(capsule):
        pass
    monkeypatch.setattr(archive_module, "MEMBERS", 10)
    with pytest.raises(UserError, match="more or larger members"), open_capsule(capsule):
        pass


def test_no_damage_passes_for_contents(capsule: Path, tmp_path: Path) -> None:
    """One byte at a time, anywhere, and cut anywhere: a sentence, or every member is as it was."""
    raw, whole, draw = capsule.read_bytes(), members(capsule), np.random.default_rng(0)
    directory = raw.index(b"PK\x01\x02")
    places = [*draw.integers(len(raw), size=100), *draw.integers(directory, len(raw), size=100)]
    spoiled = [raw[:place] + bytes([raw[place] ^ (1 + draw.integers(255))]) + raw[place + 1 :] for place in places]
    spoiled += [raw[:place] for place in draw.integers(len(raw), size=20)]
    refused = 0
    for content in spoiled:
        (tmp_path / "spoiled.zip").write_bytes(content)
        try:
            with open_capsule(tmp_path / "spoiled.zip") as opened:
                assert {name: opened.archive.read(name) for name in whole} == whole
        except UserError:
            refused += 1
    assert refused > 150


def test_a_member_with_an_odd_name_is_not_written(tmp_path: Path) -> None:
    for name in ("../x", "a//b", ".hidden", "a b", "a\\b", "/a", ""):
        with pytest.raises(UserError, match="no name for a member"):
            write_archive(tmp_path / "x.zip", {name: b""})


def test_flags_of_both_ways_are_asked_for(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    for flags, wanted in (([], "--scores"), (["--capsule", "x.zip"], "--output-folder")):
        with pytest.raises(SystemExit):
            call(report_program, flags)
        assert wanted in capsys.readouterr().err
