"""The capsule: the same numbers without any corpus, nothing of a corpus in it, and no stranger's zip believed."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from capsule_inputs import PLAN, ROOT, call, names, write_capsule
from leaks import leaks, secrets
from shareable import shareable

from amanda.capsule import archive as archive_module
from amanda.capsule.anonymous import digest, secret, shared_numbers
from amanda.capsule.archive import MANIFEST, open_capsule, write_archive
from amanda.report import __main__ as report_program
from amanda.report.recompute import recompute
from extractors.files import write_table
from extractors.program import UserError


@pytest.fixture(scope="module")
def capsule(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_capsule(tmp_path_factory.mktemp("lab"))


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewritten(path: Path, changed: dict[str, bytes | None], **options: int) -> Path:
    """A copy with other members, the manifest as it was; None takes one out."""
    contents = {name: content for name, content in (members(path) | changed).items() if content is not None}
    copy = path.with_name("changed.zip")
    with zipfile.ZipFile(copy, "w", **options) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return copy


def forged(path: Path, changed: dict[str, bytes | None]) -> Path:
    """A copy with other members and a manifest that fits them, as a forger would make it."""
    contents = {name: content for name, content in (members(path) | changed).items() if content is not None}
    write_archive(path.with_name("forged.zip"), {name: each for name, each in contents.items() if name != MANIFEST})
    return path.with_name("forged.zip")


def test_the_same_numbers_come_out_of_it_without_anything_else(
    capsule: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    copy = tmp_path / "elsewhere.zip"
    copy.write_bytes(capsule.read_bytes())
    monkeypatch.chdir(tmp_path)
    call(report_program, ["--capsule", "elsewhere.zip", "--output-folder", "again"])
    told = capsys.readouterr().out
    assert told.count("as in the capsule") == 7
    assert "DIFFERS" not in told
    for name in ("table1.csv", "table1.md", "table1.tex", *(f"statistics/{path.name}" for path in statistics(capsule))):
        assert (tmp_path / "again" / name).read_bytes() == (capsule.parent / name).read_bytes()
    page = (tmp_path / "again" / "table1.html").read_text()
    assert page.startswith("<!doctype html>")
    assert "SYNTHETIC DATA" in page
    assert f"{pd.read_csv(capsule.parent / 'table1.csv')['weighted_f1_mean'].iloc[0]:.2f}" in page


def statistics(capsule: Path) -> list[Path]:
    found = sorted((capsule.parent / "statistics").glob("*.csv"))
    assert len(found) == 4
    return found


def test_a_table_that_does_not_come_out_again_is_told(capsule: Path, tmp_path: Path) -> None:
    told = list(recompute(forged(capsule, {"results/table1.csv": b"invented"}), tmp_path))
    assert [line.split(": ")[1] for line in told if "table1.csv" in line] == ["DIFFERS from the capsule's"]


def test_nothing_of_a_corpus_is_in_it(capsule: Path) -> None:
    words = secrets(capsule.parent.glob("manifests/*"), [capsule.parent, ROOT])
    assert len(words) > 3 * PLAN.clips * 5
    assert leaks(capsule, words) == set()


@pytest.mark.parametrize("where", ["text", "table", "metadata", "raw", "name"])
def test_a_leak_would_be_found(capsule: Path, where: str) -> None:
    """The search above can fail: one word in any of the places is found."""
    word, table = names("meld")[7], pa.table({"seed": [1], "note": [names("meld")[7]]})
    told = pa.table({"seed": [1]}).replace_schema_metadata({"path": names("meld")[7]})
    content = {
        "text": {"notes.md": f"as in {word}.".encode()},
        "table": {"more.parquet": parquet(table)},
        "metadata": {"more.parquet": parquet(told)},
        "raw": {"weights/x.safetensors": (2).to_bytes(8, "little") + b"{}" + f"\0{word}\0".encode()},
        "name": {f"predictions/{word}/y.txt": b"nothing"},
    }[where]
    words = secrets(capsule.parent.glob("manifests/*"), [capsule.parent, ROOT])
    (name,) = content
    assert (name, word) in leaks(forged(capsule, content), words)


def parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def test_a_name_is_told_by_no_plain_hash_and_one_clip_has_one_digest(capsule: Path) -> None:
    found: dict[str, set[str]] = {}
    for name, content in members(capsule).items():
        if name.startswith("predictions/"):
            table = pd.read_parquet(io.BytesIO(content))
            assert table.groupby(["seed", "selection"])["clip_id"].apply(lambda ids: ids.is_monotonic_increasing).all()
            found.setdefault(name.split("/")[1].split("-")[1], set()).update(table["clip_id"])
    assert {corpus: len(digests) for corpus, digests in found.items()} == dict.fromkeys(("meld", "iemocap"), PLAN.clips)
    for corpus, digests in found.items():
        for salt in ("", corpus, f"{corpus}\0"):
            plain = {hashlib.sha256(f"{salt}{name}".encode()).hexdigest()[:32] for name in names(corpus)}
            assert not plain & digests
    tables = [*capsule.parent.glob("manifests/*"), *capsule.parent.glob("labels/*")]
    key = secret(tables)
    assert {digest(key, "meld", name) for name in names("meld")} == found["meld"]
    assert key not in capsule.read_bytes()
    assert key.hex().encode() not in capsule.read_bytes()


def test_the_key_follows_from_the_transcripts(capsule: Path, tmp_path: Path) -> None:
    tables = sorted(capsule.parent.glob("manifests/*"))
    other = tmp_path / tables[0].name
    table = pq.read_table(tables[0])
    place = table.column_names.index("text")
    write_table(other, table.set_column(place, "text", [["Another word."] * len(table)]))
    assert secret([other, *tables[1:]]) != secret(tables) == secret(tables[::-1])


def test_the_same_results_give_the_same_bytes(capsule: Path, tmp_path: Path) -> None:
    (tmp_path / "lab").mkdir()
    assert write_capsule(tmp_path / "lab").read_bytes() == capsule.read_bytes()
    with zipfile.ZipFile(capsule) as archive:
        assert archive.namelist() == sorted(archive.namelist())
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_it_holds_what_its_readme_names(capsule: Path) -> None:
    found = members(capsule)
    told = found["README.md"].decode()
    assert "python -m amanda.report --capsule" in told
    assert "weights of 18 of 18 runs" in told
    assert all(f"`{name.split('/')[0]}" in told for name in found if name != "README.md")
    listed = {line.split("`")[1].split("{")[0] for line in told.splitlines() if line.startswith("| `")}
    assert [name for name in listed if not any(each.startswith(name) for each in found)] == []
    assert {"environment/train.yaml", "environment/installed.txt"} <= found.keys()
    assert f"numpy=={np.__version__}" in found["environment/installed.txt"].decode()
    kinds = Counter(Path(name).suffix[1:] for name in found)
    assert kinds == Counter(md=5, json=5, csv=6, tex=1, parquet=19, safetensors=18, yaml=3, txt=1)
    assert all(json.loads(each[8 : 8 + each[0]])["__metadata__"] for name, each in found.items() if "weights/" in name)


def test_a_card_tells_what_the_data_says(capsule: Path) -> None:
    told = members(capsule)["model_cards/amanda_p2.md"].decode()
    table = pd.read_csv(capsule.parent / "table1.csv").set_index(["method", "source", "target"])
    row = table.loc["amanda_p2", "mosei", "meld"]
    assert f"| mosei-meld | 0, 1 | {row['weighted_f1_mean']:.2f} ± {row['weighted_f1_std']:.2f} |" in told
    for words in ("SYNTHETIC DATA", "(Eq. 10)", "Recipe: paper", "chosen by last_epoch", '"epochs": 3', "torch 2"):
        assert words in told
    assert told.count("-last_epoch.safetensors") == 6


def test_runs_without_weights_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("capsule_inputs._write_weights", lambda folder: None)
    found = members(write_capsule(tmp_path))
    assert "weights of 0 of 18 runs" in found["README.md"].decode()
    assert "None were kept." in found["model_cards/amanda_p1.md"].decode()


def test_a_column_that_nobody_knows_is_not_given_away(tmp_path: Path) -> None:
    write_table(tmp_path / "scores.parquet", pa.table({"seed": [1], "transcript": ["Hello"]}))
    with pytest.raises(UserError, match="column transcript is no number and not known to be harmless"):
        shared_numbers(tmp_path / "scores.parquet", "a test")


def test_paths_and_people_are_left_out_of_the_config() -> None:
    split = {"by": "speaker", "validation": ["Anna"], "test": ["Boris", "Clara"]}
    config = {"release": "/lab/secret/MELD", "rules": ["~/x.tsv", "../y.tsv", "data/z.tsv"], "split": split, "seed": 0}
    shown = {"release": "MELD", "rules": ["x.tsv", "y.tsv", "data/z.tsv"], "seed": 0}
    assert shareable(config) == shown | {"split": {"by": "speaker", "validation": "1 named", "test": "2 named"}}
    session = {"by": "session", "validation": ["4"], "test": ["5"]}
    assert shareable(session) == session


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
        "member extra.txt is not told of in its manifest": {"extra.txt": b"Hello"},
        r"member '\.\./evil' is compressed or leads out of the zip": {"../evil": b"Hello"},
        r"member '/etc/evil' is compressed or leads out of the zip": {"/etc/evil": b"Hello"},
        "capsule of version 2, and this program reads version 1": {
            MANIFEST: b'{"format":"amanda capsule","version":2}'
        },
        "does not say that it is a capsule": {MANIFEST: b"[1]"},
        "has no list of members": {MANIFEST: b'{"format": "amanda capsule", "version": 1, "members": [1]}'},
        r"manifest\.json is no JSON": {MANIFEST: b"{" * 100_000},
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
        r"settings\.json has no pairs of kind list": {"settings.json": json.dumps(settings | {"pairs": 3}).encode()},
        "asks for 1000000000 resamples": {"settings.json": json.dumps(settings | {"resamples": 10**9}).encode()},
        r"settings\.json is no JSON": {"settings.json": b"\xff"},
        "has no predictions": predictions,
        f"{name} is no Parquet table": {name: b"\x80\x04K\x01."},
        f"{name} has no column clip_id": {name: parquet(pa.table({"seed": [1]}))},
        r"paper_table1\.csv is no CSV": {"paper_table1.csv": b""},
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
