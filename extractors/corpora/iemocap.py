"""IEMOCAP: ten actors in five sessions, each dialogue filmed side by side (USC SAIL, on request).

Folders and formats are those of the release ``IEMOCAP_full_release``. Labels are those of Zhao et al. 2021 (MMIN), as
in the paper: excitement counts as happiness, and the five sessions have 5531 turns of the four classes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from extractors.corpora.lines import RATER, Ledger, Skipped, split_lines
from extractors.corpora.outcome import about_text, missing_media, outcome
from extractors.corpora.reading import Reading, ReleaseReading, check_reading
from extractors.corpora.sources import Sources, below
from extractors.corpora.tree import by_stem, find_files
from extractors.shared.clip import TOGETHER, Clip, Vote
from extractors.shared.program import UserError
from extractors.shared.settings import key

HOW_TO_GET = "request IEMOCAP_full_release at https://sail.usc.edu/iemocap/iemocap_release.htm"

EMOTIONS = ("neu", "hap", "sad", "ang", "exc", "fru", "sur", "fea", "dis", "oth", "xxx")
"""The majority labels; ``xxx`` if there is no majority."""

_ID = re.compile(
    r"Ses(?P<session>\d\d)(?P<markers>[FM])_(?:impro|script)\d\d(?:_\d[a-z]?|[a-z])?_(?P<speaker>[FM])\d{3}",
    re.ASCII,
)
_TURN = re.compile(r"\[(\d{1,9}\.\d{1,40}) - (\d{1,9}\.\d{1,40})\]\s+(Ses\w+)\s+([a-z]{3})\s+\[[^\]]*\]\s*", re.ASCII)
_VOTE = re.compile(r"(?P<kind>[AC])-(?P<rater>\w+):\s*(?P<said>[^()]*)(?:\((?P<remark>.*)\))?\s*", re.ASCII | re.DOTALL)
_DIMENSIONS = ("val", "act", "dom")
"""The names of valence, activation and dominance in the lines of raters, in the order of the means."""
_RATER = re.compile(r"[AC]-\w+:.*", re.ASCII | re.DOTALL)
_SAID = re.compile(r"(Ses\w+)\s+\[\d+\.\d+\s*-\s*\d+\.\d+\]\s*:\s?(.*)", re.ASCII | re.DOTALL)
_STRAY = re.compile(r"[FM]\s*:.*", re.DOTALL)
_SKIP = ("Attribute", "Categorical", "ForcedAlignment", "MOCAP_hand", "MOCAP_head", "MOCAP_rotated", "Self-evaluation")


@dataclass(frozen=True, slots=True)
class Turn:
    """One line of a label file: a turn, its seconds in the dialogue, the majority label."""

    clip_id: str
    start: float
    end: float
    label: str


def crop_side(clip_id: str, marker_side: str = "left") -> str:
    """The half of the picture that shows the speaker. The actor with the markers sits on ``marker_side``.

    The letter after the session names the actor with the markers in this recording, and the letter before the turn
    number names the speaker. MEmoBert's ``cut_video.sh`` and four other public preprocessors assume the left side.
    """
    match = _ID.fullmatch(clip_id)
    if match is None:
        raise ValueError(f"{clip_id} is not a turn of IEMOCAP")
    other_side = {"left": "right", "right": "left"}[marker_side]
    return marker_side if match["speaker"] == match["markers"] else other_side


def parse_labels(lines: Iterable[str], source: str) -> tuple[list[Turn], list[Skipped]]:
    """Parse a file of ``dialog/EmoEvaluation``. :func:`parse_votes` reads the lines of single raters.

    Raises:
        UserError: a line names a turn but has another form than in the release, or names an unknown emotion.
    """
    turns: list[Turn] = []
    skipped: list[Skipped] = []
    for count, line in enumerate(lines, start=1):
        match = _TURN.fullmatch(line)
        where = f"{source}:{count}"
        if match and _ID.fullmatch(match[3]):
            if match[4] not in EMOTIONS:
                raise UserError(f"{where}: unknown emotion {match[4]!r}; restore the file from the release")
            turns.append(Turn(match[3], float(match[1]), float(match[2]), match[4]))
        elif match and "XX" in match[3]:
            skipped.append(Skipped(count, "turn of somebody off camera (XX)"))
        elif line.startswith("%"):
            skipped.append(Skipped(count, "header"))
        elif _RATER.fullmatch(line):
            skipped.append(Skipped(count, RATER))
        elif "Ses" in line or line.lstrip().startswith("["):
            raise UserError(f"{where}: not in IEMOCAP's form of a turn: {line[:80]!r}; restore the file")
        else:
            skipped.append(Skipped(count, "unknown kind of line" if line.strip() else "blank"))
    return turns, skipped


def parse_votes(lines: Iterable[str]) -> dict[str, tuple[Vote, ...]]:
    """The raters' answers for each turn in a file of ``dialog/EmoEvaluation``, and the means of their dimensions.

    A rater's line belongs to the turn above it. ``C-`` lines name emotions, separated by semicolons; ``A-`` lines give
    valence, activation and dominance from 1 to 5. A remark in brackets is a separate vote.
    """
    votes: dict[str, list[Vote]] = {}
    turn: list[Vote] = []
    for line in lines:
        if match := _TURN.fullmatch(line):
            means = line[line.rindex("[") + 1 :].rpartition("]")[0].split(",")
            turn = [Vote(TOGETHER, name, mean.strip()) for name, mean in zip(_DIMENSIONS, means, strict=False)]
            votes[match[3]] = turn
        elif match := _VOTE.fullmatch(line):
            kind, rater, said, remark = match["kind"], match["rater"], match["said"].strip(" \t;"), match["remark"]
            if kind == "C":
                turn.append(Vote(rater, "emotion", said))
            else:
                turn += [Vote(rater, *part.split(maxsplit=1)) for part in said.split(";") if len(part.split()) > 1]
            turn += [Vote(rater, "remark", remark)] * bool(remark)
    return {name: tuple(said) for name, said in votes.items()}


def parse_transcript(lines: Iterable[str]) -> tuple[dict[str, str], list[Skipped]]:
    """Parse a file of ``dialog/transcriptions`` into turn -> text. Lines without a turn and its times are skipped.

    No line is an error. A turn whose line cannot be parsed has no text, and a remark in the manifest.
    """
    texts: dict[str, str] = {}
    skipped: list[Skipped] = []
    for count, line in enumerate(lines, start=1):
        match = _SAID.fullmatch(line)
        if match and _ID.fullmatch(match[1]) and match[1] not in texts:
            texts[match[1]] = match[2].strip()
        elif match and match[1] in texts:
            skipped.append(Skipped(count, "turn said a second time"))
        elif match and "XX" in match[1]:
            skipped.append(Skipped(count, "turn of somebody off camera (XX)"))
        elif _STRAY.fullmatch(line):
            skipped.append(Skipped(count, "bare F: or M: without turn and times"))
        else:
            skipped.append(Skipped(count, "unknown kind of line" if line.strip() else "blank"))
    return texts, skipped


class IemocapReading(ReleaseReading):
    """How the IEMOCAP release is read."""

    merge_excited: bool = key("count the label excited as happy, as Zhao et al. (2021) do")
    audio_video_offset: float = key(
        "added to a turn's times when its video is cut from the dialogue's video", unit="seconds"
    )
    marker_side: Literal["left", "right"] = key("the half of the picture that shows the actor who wears the markers")


def read_release(root: Path, reading: Reading, modalities: Sequence[str]) -> Iterator[Clip]:
    """Yield every turn of the release, in the order of the label files.

    Args:
        root: the folder with ``Session1`` to ``Session5``, or a folder above it.
        reading: ``merge_excited``: excitement counts as happy (MMIN); ``audio_video_offset``: seconds added to the
            times at which the video is cut (one public preprocessor subtracts 5 frames); ``marker_side``: the half of
            the picture that shows the actor with the markers (default ``left``).
        modalities: the modalities of the corpus. Media of other modalities are not needed.

    Raises:
        UserError: the folders or a label file differ from the release.
    """
    chosen = check_reading(IemocapReading, "iemocap", reading)
    label_files, transcripts, videos, sounds = _find(root)
    ledger = Ledger("iemocap")
    texts: dict[str, str] = {}
    for path in transcripts:
        said, skipped = parse_transcript(split_lines(ledger.read(root, path)))
        ledger.add(path, skipped)
        texts |= said
    for path in label_files:
        lines = split_lines(ledger.read(root, path))
        turns, skipped = parse_labels(lines, str(root / path))
        ledger.add(path, skipped)
        votes = parse_votes(lines)
        for turn in turns:
            video = videos.get(turn.clip_id.rsplit("_", 1)[0], "")
            clip = _clip(turn, texts.get(turn.clip_id), video, sounds.get(turn.clip_id, ""), chosen, modalities)
            yield replace(clip, votes=votes[turn.clip_id])
    ledger.report()


def sources(root: Path, reading: Reading, modalities: Sequence[str]) -> Sources:
    """The label files and transcripts, and the media of the dialogues and turns."""
    check_reading(IemocapReading, "iemocap", reading)
    label_files, transcripts, videos, sounds = _find(root)
    return Sources(below(root, [*label_files, *transcripts]), [*videos.values()], [*sounds.values()])


def _find(root: Path) -> tuple[list[str], list[str], dict[str, str], dict[str, str]]:
    """The label files and transcripts, the videos of the dialogues and the sounds of the turns."""
    files = find_files(root, (".avi", ".wav", ".txt"), _SKIP)
    label_files = _dialogues(files, "EmoEvaluation")
    if not label_files:
        raise UserError(
            f"{root}: no Session*/dialog/EmoEvaluation/*.txt below it; point corpora.iemocap.release to the unpacked"
            " IEMOCAP_full_release"
        )
    videos = by_stem(files, ".avi", lambda folders: "dialog" in folders)
    sounds = by_stem(files, ".wav", lambda folders: "sentences" in folders)
    return label_files, _dialogues(files, "transcriptions"), videos, sounds


def _dialogues(files: list[str], folder: str) -> list[str]:
    """The text files of ``dialog/<folder>`` that have the name of a dialogue."""
    found = by_stem(files, ".txt", lambda folders: folders[-2:] == ["dialog", folder])
    return [path for name, path in found.items() if name.startswith("Ses")]


def _clip(turn: Turn, text: str | None, video: str, audio: str, reading: IemocapReading, has: Sequence[str]) -> Clip:
    match = _ID.fullmatch(turn.clip_id)
    assert match, "only names of this form come here"
    dialogue = turn.clip_id.rsplit("_", 1)[0]
    offset = reading.audio_video_offset
    status, reason = outcome(
        [
            missing_media(has, video=video, audio=audio),
            "" if turn.start < turn.end else f"ends at {turn.end} s, before its start at {turn.start} s",
        ],
        [about_text(has, text or "")],
    )
    return Clip(
        clip_id=turn.clip_id,
        corpus="iemocap",
        speaker=f"Ses{match['session']}{match['speaker']}",
        session=str(int(match["session"])),
        dialogue=dialogue,
        official_split="",
        video=video,
        video_start=max(0.0, turn.start + offset),
        video_end=max(0.0, turn.end + offset),
        audio=audio,
        audio_start=None,
        audio_end=None,
        annotated_seconds=None,
        crop=crop_side(turn.clip_id, reading.marker_side),
        text=text or "",
        status=status,
        reason=reason,
        label_raw=turn.label,
        label="hap" if turn.label == "exc" and reading.merge_excited else turn.label,
    )
