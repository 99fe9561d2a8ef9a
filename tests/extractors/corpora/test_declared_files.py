"""What a reader's clips depend on is what it says: it opens no other file, and no other file changes a clip."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from helpers import releases
from helpers.declared_files_helpers import Case, custom, iemocap, meld, mosei, msp_improv
from helpers.opened_files import opened
from planning import outside

from extractors.corpora import READERS
from extractors.corpora.base import load_reader

TURN = "MSP-IMPROV-S01A-F01-S-FM01"


def mosei_in_text(root: Path) -> Case:
    """The other two forms: the annotators' CSV files, and folds as lists."""
    case = mosei(root)
    columns = ["happiness", "sadness", "anger", "surprise", "disgust", "fear"]
    header = ["Input.VIDEO_ID", "Input.CLIP", "Answer.sentiment", *(f"Answer.{name}" for name in columns)]
    for number in range(2):
        rows = [f"abc,0,1,{number + 1},0,0,0,0,0", "-d_,0,1,0,0,2,0,0,0"]
        releases.write(root / f"Raw/Labels/batch{number}.csv", "\n".join([",".join(header), *rows]) + "\n")
    for fold, videos in {"train": "abc", "validation": "-d_", "test": ""}.items():
        releases.write(root / f"folds/{fold}.txt", videos + "\n")
    return Case("mosei", case.root, case.reading | {"labels": "mturk", "folds": "folds"})


CASES: dict[str, Callable[[Path], Case]] = {
    "iemocap": iemocap,
    "meld": meld,
    "mosei": mosei,
    "mosei_in_text": mosei_in_text,
    "msp_improv": msp_improv,
    "custom": custom,
}


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    monkeypatch.chdir(tmp_path)
    made = CASES[request.param](tmp_path / "release")
    assert isinstance(made.clips(), list)
    return made


def declared(case: Case) -> set[Path]:
    tables = {Path(case.reading[key]) for key in outside.TABLES if key in case.reading}
    return tables | set(load_reader(case.reader).sources(case.root, case.reading).read)


def test_every_reader_is_a_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert {make(tmp_path / name).reader for name, make in CASES.items()} == READERS.keys()


def test_a_reader_opens_no_file_that_it_did_not_declare(case: Case) -> None:
    read = opened(case.clips, below=case.root.parent)
    assert read
    assert read <= declared(case)
    assert all(path.suffix == ".csd" for path in declared(case) - read)  # opened by a library in C


def test_every_file_that_is_declared_is_in_the_digest(case: Case) -> None:
    seen = {case.labels()}
    for path in sorted(declared(case)):
        path.write_bytes(path.read_bytes() + b"\n\n")
        assert case.labels() not in seen, path
        seen.add(case.labels())


def test_no_other_file_changes_a_clip(case: Case) -> None:
    """Each file that is not declared is spoiled, then taken away; media count by being there."""
    clips, labels = case.clips(), case.labels()
    sources = load_reader(case.reader).sources(case.root, case.reading)
    media = {case.root / name for name in (*sources.video, *sources.audio)}
    others = [path for path in case.root.parent.rglob("*") if path.is_file() and path not in declared(case)]
    assert len(others) > 2
    for path in others:
        path.write_bytes(b"\xff nonsense")
        assert (case.clips(), case.labels()) == (clips, labels), path
    for path in set(others) - media:
        path.unlink()
        assert (case.clips(), case.labels()) == (clips, labels), path


def test_a_file_of_media_that_goes_or_comes_is_seen_where_clips_change(case: Case) -> None:
    sources = load_reader(case.reader).sources(case.root, case.reading)
    for name in sorted({*sources.video, *sources.audio}):
        path, clips, labels = case.root / name, case.clips(), case.labels()
        if path.exists():
            content = path.read_bytes()
            path.unlink()
            assert case.clips() == clips or case.labels() != labels, name
            path.write_bytes(content)
        else:
            path.write_bytes(b"there at last")
            assert case.labels() != labels
        assert isinstance(case.clips(), list)


def test_media_that_were_replaced_are_seen_by_their_size_and_kind(case: Case) -> None:
    sources = load_reader(case.reader).sources(case.root, case.reading)
    labels, both = case.labels(), case.media("video", "audio")
    (case.root / sources.video[0]).write_bytes(b"another recording")
    assert case.labels() == labels
    assert case.media("video", "audio") != both
    audio = case.media("audio")
    (case.root / sources.video[0]).write_bytes(b"and another one of it")
    alone = sources.video[0] not in sources.audio
    assert (case.media("audio") == audio) == alone


def test_lengths_that_decide_between_two_cuts_are_read(tmp_path: Path) -> None:
    case = meld(tmp_path / "release", "nearest")
    labels = case.labels()
    (tmp_path / "release/test/output_repeated_splits_test/final_videos_testdia0_utt0.mp4").write_bytes(b"AGAIN")
    assert case.labels() != labels


def test_a_release_that_is_refused_has_the_sentence_for_a_digest(tmp_path: Path) -> None:
    case = Case("meld", tmp_path / "absent", releases.READING["meld"])
    assert case.labels() == case.media("video") == f"{tmp_path / 'absent'}: no such folder"
    (tmp_path / "absent").mkdir()
    assert "no train_sent_emo.csv" in case.labels()
    meld(tmp_path / "absent")
    assert len(case.labels()) == 16
