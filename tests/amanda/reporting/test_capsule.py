"""The capsule: the same numbers without any corpus, nothing of a corpus in it, and no stranger's zip believed."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from helpers.capsule_inputs import PLAN, ROOT, call, forged, members, names, parquet, write_capsule
from helpers.leaks import leaks, secrets
from planning.shareable import shareable

from amanda import tabulate as report_program
from amanda.reporting.capsule.anonymous import digest, secret, shared_numbers
from amanda.reporting.capsule.recompute import recompute
from extractors.shared.files import write_table
from extractors.shared.program import UserError


@pytest.fixture(scope="module")
def capsule(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_capsule(tmp_path_factory.mktemp("lab"))


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


def test_runs_that_are_not_there_are_named_again(capsule: Path, tmp_path: Path) -> None:
    absent = "iemocap-meld/amanda_p2.parquet"
    list(recompute(forged(capsule, {f"scores/{absent}": None, f"predictions/{absent}": None}), tmp_path))
    assert "amanda p2 on IE.→ME. (seeds 0, 1)" in (tmp_path / "table1.md").read_text()


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


@pytest.mark.parametrize("plain", [str, lambda name: hashlib.sha256(name.encode()).hexdigest()[:32]])
def test_a_capsule_with_names_or_their_plain_hashes_would_be_found(
    plain: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("amanda.reporting.capsule.anonymous.digest", lambda key, corpus, clip_id: plain(clip_id))
    capsule = write_capsule(tmp_path)
    found = leaks(capsule, secrets(tmp_path.glob("results/manifests/*"), [tmp_path, ROOT]))
    assert len({name for name, _ in found if name.startswith("predictions/")}) == 9


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
    assert "python -m amanda.tabulate --capsule" in told
    assert "weights of 18 of 18 runs" in told
    assert all(f"`{name.split('/')[0]}" in told for name in found if name != "README.md")
    listed = {line.split("`")[1].split("{")[0] for line in told.splitlines() if line.startswith("| `")}
    assert [name for name in listed if not any(each.startswith(name) for each in found)] == []
    assert {"environment/train.yaml", "environment/installed.txt"} <= found.keys()
    assert f"numpy=={np.__version__}" in found["environment/installed.txt"].decode()
    kinds = Counter(Path(name).suffix[1:] for name in found)
    assert kinds == Counter(md=5, json=5, csv=6, tex=1, parquet=22, safetensors=18, yaml=3, txt=1)
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
    monkeypatch.setattr("helpers.capsule_inputs._write_weights", lambda *_: None)
    found = members(write_capsule(tmp_path))
    assert "weights of 0 of 18 runs" in found["README.md"].decode()
    assert "None were kept." in found["model_cards/amanda_p1.md"].decode()


def test_a_column_that_nobody_knows_is_not_given_away(tmp_path: Path) -> None:
    write_table(tmp_path / "scores.parquet", pa.table({"seed": [1], "transcript": ["Hello"]}))
    with pytest.raises(UserError, match="column transcript is neither a number nor a known text"):
        shared_numbers(tmp_path / "scores.parquet", "a test")


def test_paths_and_people_are_left_out_of_the_config() -> None:
    split = {"by": "speaker", "validation": ["Anna"], "test": ["Boris", "Clara"]}
    config = {
        "release": "/lab/secret/MELD",
        "reading": ["~/x.tsv", "../y.tsv", "data/z.tsv"],
        "split": split,
        "seed": 0,
    }
    shown = {"release": "MELD", "reading": ["x.tsv", "y.tsv", "data/z.tsv"], "seed": 0}
    assert shareable(config) == shown | {"split": {"by": "speaker", "validation": "1 named", "test": "2 named"}}
    session = {"by": "session", "validation": ["4"], "test": ["5"]}
    assert shareable(session) == session
