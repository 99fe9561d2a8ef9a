"""MSP-IMPROV: twelve actors in six sessions, one actor per clip, four scenarios (UT Dallas MSP lab, on request).

Scenarios: P natural interaction, R target read, S other improvised, T target improvised. Zhao et al. 2021 (MMIN), which
the paper follows, use S only.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

from extractors.corpora.lines import RATER, Ledger, Skipped, read_text, split_lines
from extractors.corpora.outcome import about_text, missing_media, outcome
from extractors.corpora.reading import Name, Reading, ReleaseReading, check_reading
from extractors.corpora.sources import Sources, below
from extractors.corpora.tree import by_stem, find_files
from extractors.shared.clip import TOGETHER, Clip, Vote
from extractors.shared.program import UserError
from extractors.shared.settings import EACH_ONCE, key, optional

HOW_TO_GET = "request MSP-IMPROV at https://ecs.utdallas.edu/research/researchlabs/msp-lab/MSP-Improv.html"

WORD_OF = {"N": "N", "H": "H", "S": "S", "A": "A", "O": "other", "X": "no agreement"}
"""Consensus letter -> the label word that ``labels`` in the config maps to a class."""

_ID = re.compile(
    r"S\d\d[AHNS]-(?P<speaker>[FM]0(?P<session>[1-6]))-(?P<scenario>[PRST])-(?P<take>[FM]{2})\d{2,3}", re.ASCII
)
_CONSENSUS = re.compile(
    r"\s*(?:UTD|MSP)-IMPROV-([A-Z0-9-]+?)(?:\.avi|\.wav)?\s*;\s*([A-Z])\s*;.*", re.ASCII | re.DOTALL
)
_RATER = re.compile(r"\s*[\w -]+;\s*(?:Sad|Angry|Happy|Neutral|Other)\s*;.*", re.ASCII | re.DOTALL)
_VOTE = re.compile(
    r"\s*(?P<rater>[\w -]+);\s*(?P<emotion>Sad|Angry|Happy|Neutral|Other)\s*;(?P<further>.*?)(?:[AVDN]:[^;]*;?\s*)*",
    re.ASCII | re.DOTALL,
)
_DIMENSION = re.compile(r"\b([AVDN]):\s*([^;\s]+)")
DIMENSIONS = {"A": "activation", "V": "valence", "D": "dominance", "N": "naturalness"}
_PREFIX = "MSP-IMPROV-"
_LABEL_FILES = ("evalution.txt", "evaluation.txt")


def parse_evaluation(lines: Iterable[str], source: str) -> tuple[dict[str, str], list[Skipped]]:
    """Parse ``Evalution.txt`` (sic) into clip -> consensus letter. :func:`parse_votes` reads the lines of raters.

    The name of a clip is its name on disk, which begins with ``MSP-IMPROV-``. The label file has ``UTD`` instead.

    Raises:
        UserError: a line names a clip but has another form than in the release, or contradicts an earlier line.
    """
    letters: dict[str, str] = {}
    skipped: list[Skipped] = []
    for count, line in enumerate(lines, start=1):
        match = _CONSENSUS.fullmatch(line)
        where = f"{source}:{count}"
        if match and _ID.fullmatch(match[1]):
            if match[2] not in WORD_OF:
                raise UserError(f"{where}: unknown consensus {match[2]!r}; restore the file from the release")
            clip = _PREFIX + match[1]
            if letters.get(clip, match[2]) != match[2]:
                raise UserError(f"{where}: {clip} was {letters[clip]} further up; restore the file from the release")
            if clip in letters:
                skipped.append(Skipped(count, "clip given a second time"))
            letters[clip] = match[2]
        elif "-IMPROV-" in line:
            raise UserError(f"{where}: not a clip as MSP-IMPROV names it: {line[:80]!r}; restore the file")
        elif _RATER.fullmatch(line):
            skipped.append(Skipped(count, RATER))
        else:
            skipped.append(Skipped(count, "unknown kind of line" if line.strip() else "blank"))
    return letters, skipped


def parse_votes(lines: Iterable[str]) -> dict[str, tuple[Vote, ...]]:
    """The answers of the raters for each clip in ``Evalution.txt``, and the means of their dimensions.

    A rater's line belongs to the clip above it. It contains an emotion, further emotions in the rater's own words, and
    activation, valence, dominance and naturalness from 1 to 5 (for activation, 1 is high).
    """
    votes: dict[str, list[Vote]] = {}
    clip: list[Vote] = []
    for line in lines:
        if match := _CONSENSUS.fullmatch(line):
            clip = votes.setdefault(_PREFIX + match[1], [])
            clip += _dimensions(TOGETHER, line)
        elif match := _VOTE.fullmatch(line):
            rater, further = match["rater"].strip(), match["further"].strip(" ;")
            clip.append(Vote(rater, "emotion", match["emotion"]))
            clip += [Vote(rater, "further", further)] * bool(further)
            clip += _dimensions(rater, line)
    return {name: tuple(said) for name, said in votes.items()}


def _dimensions(annotator: str, line: str) -> list[Vote]:
    return [Vote(annotator, DIMENSIONS[name], value) for name, value in _DIMENSION.findall(line)]


def parse_no_face_list(lines: Iterable[str], source: str) -> set[str]:
    """Parse a list of clips without a face, such as MMIN's ``no_face_check.txt``. The first word of a line is a clip.

    Raises:
        UserError: the first word of a line is not a clip.
    """
    names = set()
    for count, line in enumerate(lines, start=1):
        name = line.split()[0] if line.strip() else ""
        if name and not (name.startswith(_PREFIX) and _ID.fullmatch(name.removeprefix(_PREFIX))):
            raise UserError(f"{source}:{count}: {name[:80]!r} is not a clip of MSP-IMPROV; correct the line")
        names.add(name)
    return names - {""}


class MspImprovReading(ReleaseReading):
    """How the MSP-IMPROV release is read."""

    scenarios: Annotated[tuple[Literal["P", "R", "S", "T"], ...], *EACH_ONCE] = key(
        "recording conditions to use: P natural, R read, S improvised, T target sentence improvised", min_length=1
    )
    transcript_folder: Name = key("a word that the name of a folder above the transcripts holds")
    no_face_list: Name = optional(
        "a list of clips to leave out, such as MMIN's no_face_check.txt (AIM3-RUC/MEmoBert: preprocess/msp), relative"
        " to the working directory",
        absent="",
    )


def read_release(root: Path, reading: Reading, modalities: Sequence[str]) -> Iterator[Clip]:
    """Yield every clip of the label file, in its order.

    Args:
        root: a folder with, at any depth, the label file, the media and the folder of transcripts.
        reading: ``scenarios``: the scenarios that are used (``["S"]`` is MMIN's choice); ``transcript_folder``: a word
            in the name of a folder above the transcripts (default ``transcription``; case is ignored);
            ``no_face_list``: a file with clips to leave out, see :func:`parse_no_face_list`.
        modalities: the modalities of the corpus. Media of other modalities are not needed.

    Raises:
        UserError: the label file is missing or differs from the release, or the list of clips is missing or invalid.
    """
    chosen = check_reading(MspImprovReading, "msp_improv", reading)
    faceless = _faceless(chosen.no_face_list)
    labels, texts, videos, sounds = _find(root, chosen)
    if len(labels) > 1:
        sys.stderr.write(f"msp_improv: the label file is there {len(labels)} times; {labels[0]} is read\n")
    ledger = Ledger("msp_improv")
    lines = split_lines(ledger.read(root, labels[0]))
    letters, skipped = parse_evaluation(lines, str(root / labels[0]))
    ledger.add(labels[0], skipped)
    votes = parse_votes(lines)
    for name, letter in letters.items():
        text = " ".join(ledger.read(root, texts[name]).split()) if name in texts else ""
        no_face = f"named in {chosen.no_face_list} as a clip without a face" if name in faceless else ""
        clip = _clip(name, letter, text, videos.get(name, ""), sounds.get(name, ""), no_face, chosen, modalities)
        yield replace(clip, votes=votes[name])
    ledger.report()


def sources(root: Path, reading: Reading, modalities: Sequence[str]) -> Sources:
    """The label file, the transcripts and the list of clips without a face, and the media of the clips."""
    chosen = check_reading(MspImprovReading, "msp_improv", reading)
    labels, texts, videos, sounds = _find(root, chosen)
    lists = [Path(chosen.no_face_list)] if chosen.no_face_list else []
    return Sources([*lists, *below(root, [labels[0], *texts.values()])], [*videos.values()], [*sounds.values()])


def _find(root: Path, reading: MspImprovReading) -> tuple[list[str], dict[str, str], dict[str, str], dict[str, str]]:
    """The label files, and the transcript, video and sound of each clip. Only the first label file is read."""
    files = find_files(root, (".avi", ".wav", ".txt"))
    labels = [name for name in files if name.rpartition("/")[2].lower() in _LABEL_FILES]
    if not labels:
        raise UserError(f"{root}: no Evalution.txt below it; point corpora.msp_improv.release to the unpacked release")
    word = reading.transcript_folder.lower()
    texts = _of_clips(files, ".txt", lambda folders: any(word in name.lower() for name in folders))
    videos, sounds = (_of_clips(files, ending, lambda folders: True) for ending in (".avi", ".wav"))
    return labels, texts, videos, sounds


def _of_clips(files: list[str], ending: str, where: Callable[[list[str]], bool]) -> dict[str, str]:
    """Name of a clip -> its file with the ending ``ending``. The older prefix UTD counts as MSP."""
    found = by_stem(files, ending, where).items()
    return {stem.replace("UTD-IMPROV-", _PREFIX): file for stem, file in reversed(found)}


def _faceless(listed: str) -> set[str]:
    if not listed:
        return set()
    file = Path(listed)
    if not file.is_file():
        raise UserError(f"{file}: no such file; correct corpora.msp_improv.reading.no_face_list in the config")
    return parse_no_face_list(split_lines(read_text(file)), str(file))


def _clip(
    name: str, letter: str, text: str, video: str, audio: str, gone: str, reading: MspImprovReading, has: Sequence[str]
) -> Clip:
    match = _ID.fullmatch(name.removeprefix(_PREFIX))
    assert match, "only names of this form come here"
    scenario = match["scenario"]
    status, reason = outcome(
        [
            "" if scenario in reading.scenarios else f"scenario {scenario} is not among the chosen ones",
            gone,
            missing_media(has, video=video, audio=audio),
        ],
        [about_text(has, text)],
    )
    sentence = name.split("-")[2]
    return Clip(
        clip_id=name,
        corpus="msp_improv",
        speaker=match["speaker"],
        session=match["session"],
        dialogue=f"session{match['session']}-{sentence}-{scenario}-{match['take']}",
        official_split="",
        video=video,
        video_start=None,
        video_end=None,
        audio=audio,
        audio_start=None,
        audio_end=None,
        annotated_seconds=None,
        crop="full",
        text=text,
        status=status,
        reason=reason,
        label_raw=letter,
        label=WORD_OF[letter],
    )
