"""The synthetic twins: the layouts and formats of the real releases, the ordered counts, faces that can be found."""

from __future__ import annotations

import ast
import csv
import itertools
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import av
import cv2
import h5py
import numpy as np
import pytest
from helpers.orders import CLIPS, HALF, LEAN
from helpers.written_twins import files, frames_of, sound_of_file

from extractors.shared.clip import CLASSES
from extractors.write_twin import TWINS, write_twin


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The twin of a corpus with every oddity, written once."""
    folder = tmp_path_factory.mktemp("twins")

    def of(corpus: str) -> Path:
        if not (folder / corpus).exists():
            write_twin(corpus, folder / corpus, CLIPS, HALF, LEAN, seed=0, oddities=True)
        return folder / corpus

    return of


def test_iemocap_has_the_labels_of_the_release(twin: Callable[[str], Path]) -> None:
    root = twin("iemocap")
    line = re.compile(r"^\[(\d+\.\d+) - (\d+\.\d+)\]\t(Ses\w+)\t([a-z]{3})\t\[(.+?), (.+?), (.+?)\]\s*$")
    name = re.compile(r"Ses(\d\d)([FM])_(impro|script)(\d\d)(?:_(\d)([a-z]?)|([a-z]))?_([FM])(\d{3})")
    labels, wearers, remarks = Counter(), Counter(), 0
    for path in files(root, "Session?/dialog/EmoEvaluation/Ses*.txt"):
        first, blank, *rest = path.read_text(encoding="latin-1").splitlines()
        remarks += rest.count("A-E3:\tval 3; act 2; dom  2;\t(clich\xe9)")
        assert first == "% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]"
        assert blank == ""
        for start, end, turn, label in (match.groups()[:4] for match in map(line.match, rest) if match):
            parts = name.fullmatch(turn)
            assert parts, turn
            assert float(start) < float(end)
            labels[label] += 1
            wearers[parts[2] == parts[8]] += 1
            session = path.parents[2]
            assert (session / "sentences" / "wav" / path.stem / f"{turn}.wav").is_file()
            assert (session / "dialog" / "avi" / "DivX" / f"{path.stem}.avi").is_file()
        assert any(row.startswith("C-E2:\t") for row in rest)
    merged = {"neutral": labels["neu"], "happy": labels["hap"] + labels["exc"]}
    assert merged | {"sad": labels["sad"], "angry": labels["ang"]} == CLIPS
    assert min(wearers.values()) >= 0.25 * wearers.total()
    assert files(root, "Session1/dialog/EmoEvaluation/Categorical/*.txt")
    assert files(root, "Session1/sentences/ForcedAlignment/*/*.txt")
    assert files(root, "Session1/dialog/EmoEvaluation/notes.txt")
    assert (root / "._IEMOCAP_full_release").is_file()
    assert remarks > 0


def test_iemocap_has_the_transcripts_of_the_release(twin: Callable[[str], Path]) -> None:
    line = re.compile(r"^(Ses\w+)\s\[(\d+\.\d+)-(\d+\.\d+)\]:\s?(.*)$")
    skipped = Counter()
    for path in files(twin("iemocap"), "Session?/dialog/transcriptions/*.txt"):
        for row in path.read_bytes().decode("latin-1").splitlines():
            found = line.match(row)
            skipped["bare" if found is None else "XX" if "XX" in found[1] else "turn"] += 1
            assert found or row[:3] in ("F: ", "M: ")
    assert min(skipped[kind] for kind in ("bare", "XX", "turn")) > 0


def test_iemocap_shows_the_marker_wearer_on_the_left(twin: Callable[[str], Path]) -> None:
    """The mouth of whoever speaks moves; it is in the left half where the turn's speaker wears the markers."""
    for path in files(twin("iemocap"), "Session?/dialog/EmoEvaluation/Ses*.txt"):
        video = path.parents[1] / "avi" / "DivX" / f"{path.stem}.avi"
        frames = np.stack(frames_of(video)).astype(float)
        for start, end, speaker in re.findall(
            r"^\[([\d.]+) - ([\d.]+)\]\t\S+_([FM])\d+\t", path.read_text("latin-1"), re.M
        ):
            turn = frames[round(float(start) * 15) + 1 : round(float(end) * 15) - 1]
            steps = [np.abs(np.diff(half, axis=0)).mean(axis=(1, 2, 3)) for half in np.split(turn, 2, axis=2)]
            moved = [np.median(step) for step in steps]  # key frames jump
            assert (moved[0] > moved[1]) == (speaker == path.stem[5]), (path.stem, speaker, moved)


def test_meld_has_the_tables_of_the_release(twin: Callable[[str], Path]) -> None:
    root, time = twin("meld"), re.compile(r"\d{1,2}:\d\d:\d\d,\d{2,3}")
    emotions, holes, characters = Counter(), 0, ""
    leaves = {"train": "train/train_splits", "dev": "dev/dev_splits_complete"}
    leaves["test"] = "test/output_repeated_splits_test"
    for split, leaf in leaves.items():
        (path,) = root.rglob(f"{split}_sent_emo.csv")
        content = path.read_bytes()
        assert content.count(b"\r\n") == content.count(b"\n") > 1
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert len({(row["Dialogue_ID"], row["Utterance_ID"]) for row in rows}) == len(rows)
        for row in rows:
            assert time.fullmatch(row["StartTime"])
            assert time.fullmatch(row["EndTime"])
            emotions[row["Emotion"]] += 1
            characters += row["Utterance"]
            clip = root / leaf / f"dia{row['Dialogue_ID']}_utt{row['Utterance_ID']}.mp4"
            holes += not clip.is_file()
        assert {"neutral", "joy", "sadness", "anger"} <= {row["Emotion"] for row in rows} or split == "dev"
    assert holes == 1  # dev dia110_utt7
    assert {"joy": 3, "sadness": 3, "anger": 4}.items() <= emotions.items()
    assert emotions["neutral"] == CLIPS["neutral"] + 2  # the two defects are neutral
    assert files(root, "test/*/final_videos_testdia*.mp4")
    assert "  " in characters
    with pytest.raises(av.FFmpegError):
        frames_of(root / leaves["train"] / "dia125_utt3.mp4")


def test_mosei_has_the_labels_of_the_release(twin: Callable[[str], Path]) -> None:
    root = twin("mosei")
    line = re.compile(r"^(?P<vid>.+?)___(?P<clip>\d+)___(?P<s>-?\d+(?:\.\d+)?)___(?P<e>-?\d+(?:\.\d+)?)___(?P<t>.*)$")
    tree = ast.parse((root / "cmu_mosei_std_folds.py").read_text())
    folds = {node.targets[0].id: ast.literal_eval(node.value) for node in tree.body}
    assert list(folds) == ["standard_train_fold", "standard_valid_fold", "standard_test_fold"]
    named = [*itertools.chain.from_iterable(folds.values())]
    classes, sorted_by_time, negative = Counter(), [], 0
    with h5py.File(root / "CMU_MOSEI_Labels.csd") as file:
        assert json.loads(file["All Labels/metadata/dimension names"][0]) == [
            "sentiment", "happy", "sad", "anger", "surprise", "disgust", "fear",
        ]  # fmt: skip
        for vid, group in file["All Labels/data"].items():
            assert (root / "Raw" / "Videos" / "Full" / "Combined" / f"{vid}.mp4").is_file()
            transcript = (root / "Raw" / "Transcript" / "Segmented" / "Combined" / f"{vid}.txt").read_text()
            said = {match["clip"]: match for match in map(line.match, transcript.splitlines())}
            spans = group["intervals"][:]
            labelled = sorted(said, key=str)[: len(spans)] if len(said) == len(spans) else None
            if labelled:
                starts = [float(said[clip]["s"]) for clip in labelled]
                np.testing.assert_allclose(spans[:, 0], starts, atol=1e-3)
            sorted_by_time.append(bool((np.diff(spans[:, 0]) > 0).all()))
            negative += int((spans[:, 0] < 0).sum())
            if vid in named:
                classes += Counter(rule_a(row) for row in group["features"][:, 1:])
    assert {name: classes[name] for name in CLASSES} == CLIPS
    assert classes["dropped"] > 0
    assert not all(sorted_by_time)
    assert negative > 0
    videos = {path.stem for path in files(root, "Raw/Videos/Full/Combined/*.mp4")}
    assert len(videos - set(named)) == 1
    assert len(set(named) - videos) == 1
    assert len(files(root, "Raw/Audio/Full/WAV_16000/*.wav")) < len(videos)


def rule_a(row: np.ndarray) -> str:
    """The unique strongest of the six emotions, neutral where all are zero."""
    if not row.any():
        return "neutral"
    top = np.flatnonzero(row == row.max())
    return ("happy", "sad", "angry")[top[0]] if len(top) == 1 and top[0] < 3 else "dropped"


def test_msp_improv_has_the_labels_of_the_release(twin: Callable[[str], Path]) -> None:
    root, number = twin("msp_improv"), r"(\d+\.\d+|NaN)"
    head = re.compile(
        rf"^(?:UTD|MSP)-IMPROV-([A-Z0-9-]+)(\.avi)?; ([A-Z]); A:{number}; V:{number}; D:{number} ; N:{number};$"
    )
    rater = re.compile(rf"^([\w-]+); (Sad|Angry|Happy|Neutral|Other); (.*); A:{number}; V:.*; D:.*; N:.*;$")
    name = re.compile(r"S(\d\d)([AHNS])-([FM]0([1-6]))-([PRST])-([FM]{2})(\d{2,3})")
    letters, silent, odd = Counter(), 0, Counter()
    blocks = re.split(r"\n\s*\n", (root / "Evalution.txt").read_bytes().decode().replace("\r", "").strip())
    for block in blocks:
        first, *votes = (line.rstrip() for line in block.splitlines())
        found = head.match(first)
        assert found, first
        assert votes
        assert all(rater.match(vote) for vote in votes), votes
        parts = name.fullmatch(found[1])
        assert parts, found[1]
        letters[found[3]] += 1
        below = Path(f"session{parts[4]}", f"S{parts[1]}{parts[2]}", parts[5], f"MSP-IMPROV-{found[1]}")
        folders = ("", "") if parts[4] == "6" else ("Video", "Audio")
        assert (root / folders[0] / f"{below}.avi").is_file()
        assert (root / folders[1] / f"{below}.wav").is_file()
        texts = root / "Human_transcriptions" / "All_human_transcriptions" / ("session1" if parts[4] == "1" else "")
        silent += not (texts / f"{below.name}.txt").is_file()
        odd["three digits"] += len(parts[7]) == 3
        odd["MSP"] += first.startswith("MSP")
        odd["bare"] += not found[2]
        odd["44.1 kHz"] += sound_of_file(root / folders[1] / f"{below}.wav")[0] == 44_100
    assert [letters[letter] for letter in "NHSA"] == [CLIPS[mood] for mood in CLASSES]
    assert set(letters) - set("NHSA") <= {"X", "O"}
    assert silent == 1
    assert {kind for kind, count in odd.items() if count} == {"three digits", "MSP", "bare", "44.1 kHz"}


@pytest.mark.parametrize("corpus", TWINS)
def test_every_medium_can_be_decoded_and_holds_findable_faces(twin: Callable[[str], Path], corpus: str) -> None:
    root = twin(corpus)
    cascade = cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalface_default.xml")
    videos = [path for path in files(root, "**/*") if path.suffix in (".avi", ".mp4")]
    # MELD hides faces on purpose in its train split alone; it holds the truncated file too.
    videos = [path for path in videos if not {"train", "Segmented"} & set(path.parts)]
    looked = found = 0
    for path in videos[-4:]:
        for frame in frames_of(path)[::12]:
            for part in np.split(frame, 2, axis=1) if corpus == "iemocap" else [frame]:
                looked += 1
                grey = cv2.cvtColor(np.ascontiguousarray(part), cv2.COLOR_RGB2GRAY)
                found += len(cascade.detectMultiScale(grey, 1.1, 3)) > 0
    assert found >= 0.95 * looked > 0
    for path in [*files(root, "**/*.wav")[:3], *(video for video in videos[:2] if video.suffix == ".mp4")]:
        rate, samples = sound_of_file(path)
        assert rate in (16_000, 44_100, 48_000)
        assert np.abs(samples.astype(float)).max() > 0


SLOW = [pytest.param(corpus, marks=pytest.mark.slow) for corpus in ("iemocap", "msp_improv")]


@pytest.mark.parametrize("corpus", ["meld", "mosei", *SLOW])
def test_the_same_order_gives_the_same_release(twin: Callable[[str], Path], tmp_path: Path, corpus: str) -> None:
    roots = [twin(corpus), tmp_path / "again"]
    write_twin(corpus, roots[1], CLIPS, HALF, LEAN, seed=0, oddities=True)
    first, second = ({path.relative_to(root): path for path in root.rglob("*") if path.is_file()} for root in roots)
    assert first.keys() == second.keys()
    for name, path in first.items():
        assert path.read_bytes() == second[name].read_bytes(), name


def test_a_twin_says_that_it_is_synthetic(twin: Callable[[str], Path]) -> None:
    note = (twin("meld") / "SYNTHETIC.txt").read_text()
    assert "SYNTHETIC" in note
    assert json.dumps(CLIPS) in note
