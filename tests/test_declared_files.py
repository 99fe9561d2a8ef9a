"""What a reader's clips depend on is what it says: it opens no other file, and no other file changes a clip."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import outside
import pytest
import releases
from opened_files import opened

from extractors.corpora import CORPORA, SOURCES
from extractors.read_release import read_clips
from extractors.shared.clip import Clip
from extractors.shared.program import UserError

HEADER = "clip_id,video,audio,label,text"
TURN = "MSP-IMPROV-S01A-F01-S-FM01"


@dataclass
class Case:
    """A release in a folder, with rules that reach all that its reader reads."""

    corpus: str
    root: Path
    rules: dict = field(default_factory=dict)

    def clips(self) -> list[Clip] | str:
        """The clips, or the sentence that refuses the release."""
        try:
            return read_clips(self.corpus, self.root, self.rules)
        except UserError as error:
            return str(error)

    @property
    def reader(self) -> str:
        return str(self.rules.get("reader", self.corpus))

    def labels(self) -> str:
        outside._sources.cache_clear()
        outside._sizes.cache_clear()
        return outside.of_labels(str(self.root), self.reader, self.rules)

    def media(self, *kinds: str) -> str:
        self.labels()
        return outside.of_media(str(self.root), self.reader, self.rules, kinds)


def iemocap(root: Path) -> Case:
    turns = {"Ses01F_impro01_F000": "ang", "Ses01F_impro01_M000": "neu", "Ses02M_script01_1_F001": "sad"}
    return Case("iemocap", releases.iemocap(root, turns), releases.RULES["iemocap"])


def meld(root: Path, policy: str = "plain") -> Case:
    rows = {split: [(0, 0, "joy", "Hey!"), (0, 1, "anger", "No.")] for split in releases.MELD_FOLDERS}
    releases.meld(root, rows)
    releases.write(root / "test/output_repeated_splits_test/final_videos_testdia0_utt0.mp4", b"again")
    releases.write(root / "copy/of/train_sent_emo.csv", "a copy that is not read")
    return Case("meld", root, {"final_videos_test": policy})


def mosei(root: Path) -> Case:
    segments = {"abc": [(0.0, 2.0, [1, 1, 0, 0, 0, 0, 0])], "-d_": [(1.0, 4.0, [1, 0, 2, 0, 0, 0, 0])]}
    texts = {"abc": "abc___0___0.0___2.0___well\n", "-d_": "-d____0___1.0___4.0___so\n"}
    folds = {"train": ["abc"], "valid": ["-d_"], "test": []}
    return Case("mosei", releases.mosei(root, segments, texts, folds), releases.RULES["mosei"])


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
    return Case("mosei", case.root, case.rules | {"labels": "mturk", "folds": "folds"})


def msp_improv(root: Path) -> Case:
    clips = {"S01A-F01-S-FM01": "A", "S01A-F01-S-FM02": "H"}
    releases.msp_improv(root, clips)
    listed = releases.write(root.parent / "no_face.txt", f"MSP-IMPROV-{next(iter(clips))} 0\n")
    return Case("msp_improv", root, releases.RULES["msp_improv"] | {"no_face_list": str(listed)})


def custom(root: Path) -> Case:
    rows = ["a,m/a.mp4,m/a.wav,joy,Hey", "b,m/b.mp4,m/b.mp4,sad,No", "c,m/c.mp4,m/c.mp4,sad,gone"]
    releases.write(root / "clips.csv", "\n".join([HEADER, *rows]) + "\n")
    for name in ("a.mp4", "a.wav", "b.mp4"):
        releases.write(root / "m" / name, b"x")
    beside = root.parent
    releases.write(beside / "defects.tsv", "clip\tsymptom\tsource\taction\nb\tnoise\tme\tkeep\n")
    releases.write(beside / "faces.csv", "clip_id,x,y\na,0.5,0.25\n")
    tables = {"extra_defects": str(beside / "defects.tsv"), "face_choices": str(beside / "faces.csv")}
    return Case("mylab", root, {"reader": "custom", "table": "clips.csv", "classes": {"joy": "happy"}} | tables)


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
    tables = {Path(case.rules[key]) for key in outside.TABLES if key in case.rules}
    return tables | set(SOURCES[case.reader](case.root, case.rules).read)


def test_every_reader_says_what_it_reads() -> None:
    assert SOURCES.keys() == CORPORA.keys()


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
    sources = SOURCES[case.reader](case.root, case.rules)
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
    sources = SOURCES[case.reader](case.root, case.rules)
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
    sources = SOURCES[case.reader](case.root, case.rules)
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
    case = Case("meld", tmp_path / "absent", {"final_videos_test": "plain"})
    assert case.labels() == case.media("video") == f"{tmp_path / 'absent'}: no such folder"
    (tmp_path / "absent").mkdir()
    assert "no train_sent_emo.csv" in case.labels()
    meld(tmp_path / "absent")
    assert len(case.labels()) == 16
