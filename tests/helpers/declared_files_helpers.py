"""What the tests of several rooms share of declared_files."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from planning import outside

from extractors.read_release import read_clips
from extractors.shared.clip import CLASSES, MODALITIES, Clip
from extractors.shared.program import UserError
from helpers import releases

WORDS = releases.WORDS | {"mylab": {"joy": "happy"}}
HEADER = "clip_id,video,audio,label,text"


@dataclass
class Case:
    """A release in a folder, with a way of reading that reaches all that its reader reads."""

    corpus: str
    root: Path
    reading: dict = field(default_factory=dict)

    def clips(self) -> list[Clip] | str:
        """The clips, or the sentence that refuses the release."""
        try:
            return read_clips(self.corpus, self.root, self.reading, MODALITIES, WORDS[self.corpus], CLASSES)
        except UserError as error:
            return str(error)

    @property
    def reader(self) -> str:
        return str(self.reading.get("reader", self.corpus))

    def labels(self) -> str:
        outside._sources.cache_clear()
        outside._sizes.cache_clear()
        return outside.of_labels(str(self.root), self.reader, self.reading, MODALITIES)

    def media(self, *kinds: str) -> str:
        self.labels()
        return outside.of_media(str(self.root), self.reader, self.reading, MODALITIES, kinds)


def iemocap(root: Path) -> Case:
    turns = {"Ses01F_impro01_F000": "ang", "Ses01F_impro01_M000": "neu", "Ses02M_script01_1_F001": "sad"}
    return Case("iemocap", releases.iemocap(root, turns), releases.READING["iemocap"])


def meld(root: Path, policy: str = "plain") -> Case:
    rows = {split: [(0, 0, "joy", "Hey!"), (0, 1, "anger", "No.")] for split in releases.MELD_FOLDERS}
    releases.meld(root, rows)
    releases.write(root / "test/output_repeated_splits_test/final_videos_testdia0_utt0.mp4", b"again")
    releases.write(root / "copy/of/train_sent_emo.csv", "a copy that is not read")
    return Case("meld", root, releases.READING["meld"] | {"final_videos_test": policy})


def mosei(root: Path) -> Case:
    segments = {"abc": [(0.0, 2.0, [1, 1, 0, 0, 0, 0, 0])], "-d_": [(1.0, 4.0, [1, 0, 2, 0, 0, 0, 0])]}
    texts = {"abc": "abc___0___0.0___2.0___well\n", "-d_": "-d____0___1.0___4.0___so\n"}
    folds = {"train": ["abc"], "valid": ["-d_"], "test": []}
    return Case("mosei", releases.mosei(root, segments, texts, folds), releases.READING["mosei"])


def msp_improv(root: Path) -> Case:
    clips = {"S01A-F01-S-FM01": "A", "S01A-F01-S-FM02": "H"}
    releases.msp_improv(root, clips)
    listed = releases.write(root.parent / "no_face.txt", f"MSP-IMPROV-{next(iter(clips))} 0\n")
    return Case("msp_improv", root, releases.READING["msp_improv"] | {"no_face_list": str(listed)})


def custom(root: Path) -> Case:
    rows = ["a,m/a.mp4,m/a.wav,joy,Hey", "b,m/b.mp4,m/b.mp4,sad,No", "c,m/c.mp4,m/c.mp4,sad,gone"]
    releases.write(root / "clips.csv", "\n".join([HEADER, *rows]) + "\n")
    for name in ("a.mp4", "a.wav", "b.mp4"):
        releases.write(root / "m" / name, b"x")
    beside = root.parent
    releases.write(beside / "defects.tsv", "clip\tsymptom\tsource\taction\nb\tnoise\tme\tkeep\n")
    releases.write(beside / "faces.csv", "clip_id,x,y\na,0.5,0.25\n")
    tables = {"extra_defects": str(beside / "defects.tsv"), "face_choices": str(beside / "faces.csv")}
    return Case("mylab", root, {"reader": "custom", "table": "clips.csv"} | tables)
