"""The manifest program: two tables, checked names and counts, known defects, one clear sentence on an error."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from helpers import releases

from extractors.corpora.defects import COLUMNS, load_defects, parse_defects
from extractors.read_release import check_clips, check_counts
from extractors.shared.clip import CLASSES, LABELS, MANIFEST, MODALITIES, Clip
from extractors.shared.labels import read_labels
from extractors.shared.program import UserError

TURNS = {"Ses01F_impro01_F001": "neu", "Ses01F_impro01_F000": "exc", "Ses01M_impro01_M000": "fru"}


def manifest(tmp_path: Path, release: Path, expected: dict, reading: dict | None = None) -> subprocess.CompletedProcess:
    command = [
        *(sys.executable, "-m", "extractors.read_release", "--corpus", "iemocap", "--release", str(release)),
        *(
            "--modalities",
            *MODALITIES,
            "--reading",
            json.dumps(reading or releases.READING["iemocap"]),
            "--expected-counts",
            json.dumps(expected),
        ),
        *("--manifest", str(tmp_path / "m.parquet"), "--labels", str(tmp_path / "l.parquet")),
        *("--votes", str(tmp_path / "v.parquet")),
        *("--classes", *CLASSES, "--word-classes", json.dumps(releases.WORDS["iemocap"])),
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_program_writes_both_tables_sorted_and_labels_apart(tmp_path: Path) -> None:
    release = releases.iemocap(tmp_path / "a b", TURNS)
    done = manifest(tmp_path, release, {"neutral": 1, "happy": 1, "sad": 0})
    assert done.returncode == 0, done.stderr
    table, labels = pq.read_table(tmp_path / "m.parquet"), pq.read_table(tmp_path / "l.parquet")
    assert table.schema.equals(MANIFEST)
    assert labels.schema.equals(LABELS)
    assert read_labels(tmp_path / "l.parquet").classes == CLASSES
    assert table["clip_id"].to_pylist() == labels["clip_id"].to_pylist() == sorted(TURNS)
    assert labels["label"].to_pylist() == ["happy", "neutral", ""]
    assert "iemocap: 3 clips, 2 usable" in done.stderr
    assert "neutral: 1 labelled, 1 usable" in done.stderr
    assert "no class: 1 emotion 'fru' is none of the classes" in done.stderr


def test_program_fails_with_a_diff_and_writes_nothing(tmp_path: Path) -> None:
    release = releases.iemocap(tmp_path / "release", TURNS)
    (release / "Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_F001.wav").unlink()
    done = manifest(tmp_path, release, {"neutral": 1, "happy": 2})
    assert done.returncode == 1
    assert "neutral: 1 expected, 0 found (-1)" in done.stderr
    assert "left out: 1 (no media file: audio)" in done.stderr
    assert "happy: 2 expected, 1 found (-1)" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.glob("*.parquet"))


@pytest.mark.parametrize("corpus", releases.READING)
def test_missing_release_names_path_key_and_source(tmp_path: Path, corpus: str) -> None:
    with pytest.raises(UserError, match=rf"absent.*corpora\.{corpus}\.release.*(https|github)"):
        releases.clips_of(corpus, tmp_path / "absent")


def test_a_name_twice_or_unsafe_is_refused(tmp_path: Path) -> None:
    release = releases.iemocap(tmp_path, {"Ses01F_impro01_F000": "neu"})
    (clip,) = releases.clips_of("iemocap", release)
    with pytest.raises(UserError, match="Ses01F_impro01_F000 is there twice"):
        check_clips([clip, clip], release, MODALITIES)
    for name in ("../x", "a/b", "é", "", "a b", "x\n"):
        unsafe = type(clip)(**{field: getattr(clip, field) for field in clip.__slots__} | {"clip_id": name})
        with pytest.raises(UserError, match="is not made of letters"):
            check_clips([unsafe], release, MODALITIES)


def test_any_counts_are_compared_with_nothing() -> None:
    check_counts("mylab", [], {"reader": "custom", "table": "clips.csv"}, "any", CLASSES)


@pytest.mark.parametrize("expected", [{"joy": 3}, {"sad": "3"}, {"sad": True}, "publishd", 3, None])
def test_expected_counts_are_numbers_per_class_or_published(expected: object) -> None:
    with pytest.raises(UserError, match=r"corpora\.meld\.expected_counts: .* is neither"):
        check_counts("meld", [], {}, expected, CLASSES)


def read_meld(root: Path, **reading: str) -> dict[str, Clip]:
    clips = releases.clips_of("meld", root, **reading)
    return {clip.clip_id: clip for clip in clips}


def meld_with_defects(tmp_path: Path) -> Path:
    rows = {
        "train": [(125, 3, "neutral", "x"), (309, 0, "joy", "x"), (1, 1, "joy", "x"), (1, 2, "fear", "x")],
        "dev": [(110, 7, "neutral", "x")],
        "test": [(38, 4, "joy", "x")],
    }
    root = releases.meld(tmp_path, rows)
    (root / "dev/dev_splits_complete/dia110_utt7.mp4").rename(root / "dev/dev_splits_complete/dia9_utt9.mp4")
    return root


def test_known_defects_exclude_cap_or_tell(tmp_path: Path) -> None:
    clips = read_meld(meld_with_defects(tmp_path))
    assert clips["train_dia125_utt3"].status == "excluded"
    assert clips["train_dia125_utt3"].reason.startswith("known defect: the file is cut off")
    assert clips["dev_dia110_utt7"].reason.startswith("known defect: the file is absent")
    capped = clips["test_dia38_utt4"]
    assert (capped.status, capped.video_start, capped.video_end, capped.audio_end) == ("ok", None, 20.0, 20.0)
    assert clips["train_dia1_utt1"].reason == ""


def test_the_users_table_of_defects_comes_last(tmp_path: Path) -> None:
    lines = ["\t".join(COLUMNS), "# ours", "train_dia125_utt3\tfixed here\tus\tkeep", "train_dia1_*\tbad\tus\texclude"]
    table = releases.write(tmp_path / "ours.tsv", "\n".join(lines))
    clips = read_meld(meld_with_defects(tmp_path / "r"), extra_defects=str(table))
    assert clips["train_dia125_utt3"].status == "ok"
    assert clips["train_dia1_utt1"].reason == "known defect: bad (us)"
    assert clips["train_dia1_utt2"].reason == "emotion 'fear' is none of the classes"


@pytest.mark.parametrize("line", ["a b c delete", "a b c", "a/b b c keep", "a*b b c keep", "a b c cap", "a b c cap-1"])
def test_bad_tables_of_defects_are_refused(line: str) -> None:
    with pytest.raises(UserError, match="ours:2: "):
        parse_defects(["\t".join(COLUMNS), line.replace(" ", "\t")], "ours")


@pytest.mark.parametrize("corpus", releases.READING)
def test_the_shipped_tables_of_defects_are_sound(corpus: str) -> None:
    defects = load_defects(corpus, None)
    assert len({defect.clip for defect in defects}) == len(defects)


def test_a_home_folder_by_its_sign_is_told_as_a_shell_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/zoe")
    with pytest.raises(UserError, match=r"^~/MELD: no such folder.*write the whole path.*: /home/zoe/MELD$"):
        releases.clips_of("meld", Path("~/MELD"))
