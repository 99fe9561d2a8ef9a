"""CMU-MOSEI: segments of YouTube monologues with six emotion intensities (CMU MultiComp lab, on request).

Segments are cut from the full videos at the times in the label file. The release's own segments are not used: they are
often corrupt, and their numbers differ from the rows of the label file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

from extractors.corpora.lines import Ledger, Skipped, split_lines
from extractors.corpora.mosei_folds import fold_files, read_folds
from extractors.corpora.mosei_labels import LABEL_CHOICES, Intensities, average, label, means, parse_mturk, read_csd
from extractors.corpora.outcome import about_text, missing_media, outcome
from extractors.corpora.reading import Name, Reading, ReleaseReading, check_reading
from extractors.corpora.sources import Sources, below
from extractors.corpora.tree import by_stem, find_files
from extractors.shared.clip import Clip
from extractors.shared.program import UserError
from extractors.shared.settings import Positive, key, one_of

HOW_TO_GET = "request CMU_MOSEI.zip from the CMU MultiComp lab (github.com/CMU-MultiComp-Lab/CMU-MultimodalSDK)"

_LINE = re.compile(
    r"[A-Za-z0-9_-]+?___(?P<clip>\d{1,6})___(?P<start>-?\d{1,9}(?:\.\d{1,40})?)___(?P<end>-?\d{1,9}(?:\.\d{1,40})?)"
    r"___(?P<text>.*)",
    re.ASCII | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Said:
    """One line of a transcript: clip number, seconds in the full video, text."""

    clip: str
    start: float
    end: float
    text: str


def parse_transcript(lines: Iterable[str]) -> tuple[list[Said], list[Skipped]]:
    """Parse a file of ``Raw/Transcript/Segmented``: ``video___clip___start___end___text``. The text may contain ``_``.

    No line is an error. A segment whose line cannot be parsed has no text, and a remark in the manifest.
    """
    said: list[Said] = []
    skipped: list[Skipped] = []
    clips: set[str] = set()
    for count, line in enumerate(lines, start=1):
        match = _LINE.fullmatch(line)
        if match is None:
            skipped.append(Skipped(count, "unknown kind of line" if line.strip() else "blank"))
        elif match["clip"] in clips:
            skipped.append(Skipped(count, "clip given a second time"))
        else:
            clips.add(match["clip"])
            said.append(Said(match["clip"], float(match["start"]), float(match["end"]), match["text"].strip()))
    return said, skipped


def join(rows: list[Intensities], said: list[Said], tolerance: float) -> list[Said | None]:
    """Find each labelled segment's line in the transcript of its video.

    A label with a clip number is joined by that number, other labels by their times, with a tolerance of ``tolerance``
    seconds. The remaining rows are joined by rank if there are as many rows as lines: row i belongs to the i-th clip
    number in the order of strings. No line is used twice.
    """
    if rows[0].clip:
        of_clip = {line.clip: line for line in said}
        return [of_clip.get(row.clip) for row in rows]
    free = sorted(said, key=lambda line: line.start)
    found: list[Said | None] = []
    for row in rows:
        near = [line for line in free if max(abs(line.start - row.start), abs(line.end - row.end)) <= tolerance]
        best = min(near, key=lambda line: abs(line.start - row.start) + abs(line.end - row.end), default=None)
        if best:
            free.remove(best)
        found.append(best)
    ranked = sorted(said, key=lambda line: line.clip)
    if len(rows) == len(said):
        found = [line or (ranked[i] if ranked[i] in free else None) for i, line in enumerate(found)]
    return found


class MoseiReading(ReleaseReading):
    """How the CMU-MOSEI release is read."""

    label_choice: Annotated[str, *one_of(LABEL_CHOICES)] = key(
        "one label from six intensities, all zero being neutral. A: the unique maximum of the six; B: the first"
        " maximum; C: the only emotion present; D: the unique maximum among happy, sad and anger; E: A with a maximum"
        " of at least 1; sentiment: negative, neutral or positive, by the sign of the sentiment and not by an emotion"
    )
    labels: Literal["csd", "mturk"] = key("csd: the SDK's CMU_MOSEI_Labels.csd; mturk: the annotators' CSV files")
    folds: Name = key(
        "the SDK's standard folds file, or a folder of train.txt, validation.txt and test.txt, relative to the release;"
        " parsed and never executed"
    )
    time_tolerance: Positive = key(
        "largest difference between the times of a transcript's line and of its label", unit="seconds"
    )
    longest_segment: Positive = key("a longer segment is cut to this length", unit="seconds")


def read_release(root: Path, reading: Reading, modalities: Sequence[str]) -> Iterator[Clip]:
    """Yield every labelled segment, video by video.

    Args:
        root: a folder with, at any depth, the full videos, the segmented transcripts and the labels.
        reading: ``label_choice``: see :func:`extractors.corpora.mosei_labels.label`; ``folds``: the SDK's fold file or
            a folder of lists, relative to the release or absolute; ``labels``: ``csd`` (the SDK's file) or ``mturk``
            (the annotators' CSV files); ``time_tolerance``: see :func:`join`; ``longest_segment``: a longer segment is
            cut to this number of seconds.
        modalities: the modalities of the corpus. Media of other modalities are not needed.

    Raises:
        UserError: a part is missing or differs from the release.
    """
    chosen = check_reading(MoseiReading, "mosei", reading)
    split_of = read_folds(root / chosen.folds)
    files = _find(root)
    ledger = Ledger("mosei")
    segments = _segments(root, files, chosen.labels, ledger)
    videos, sounds, texts = _full(files, ".mp4"), _full(files, ".wav"), _transcripts(files)
    for video, rows in segments.items():
        said: list[Said] = []
        if video in texts:
            said, skipped = parse_transcript(split_lines(ledger.read(root, texts[video])))
            ledger.add(texts[video], skipped)
        picture = videos.get(video, "")
        for row, line in zip(rows, join(rows, said, chosen.time_tolerance), strict=True):
            yield _clip(row, line, picture, sounds.get(video, picture), split_of.get(video, ""), chosen, modalities)
    ledger.report()


def sources(root: Path, reading: Reading, modalities: Sequence[str]) -> Sources:
    """The folds, the labels in the configured form, the transcripts, and the full videos with their sounds."""
    chosen = check_reading(MoseiReading, "mosei", reading)
    files = _find(root)
    read = [*_label_files(root, files, chosen.labels), *_transcripts(files).values()]
    videos, sounds = [*_full(files, ".mp4").values()], [*_full(files, ".wav").values()]
    return Sources([*fold_files(root / chosen.folds), *below(root, read)], videos, [*sounds, *videos])


def _find(root: Path) -> list[str]:
    return find_files(root, (".mp4", ".wav", ".txt", ".csd", ".csv"), skip=("COVAREP", "P2FA"))


def _full(files: list[str], suffix: str) -> dict[str, str]:
    """Video -> its file with the ending ``suffix``. The release's own segments are not used."""
    return by_stem(files, suffix, lambda folders: "Segmented" not in folders)


def _transcripts(files: list[str]) -> dict[str, str]:
    """Video -> its segmented transcript, in ``Transcript/Segmented/Combined`` or, in some copies, one level higher."""

    def below(folders: list[str]) -> bool:
        return any("transcript" in name.lower() for name in folders) and "Full" not in folders

    segmented = by_stem(files, ".txt", lambda folders: below(folders) and "Segmented" in folders)
    return by_stem(files, ".txt", below) | segmented


def _segments(root: Path, files: list[str], form: str, ledger: Ledger) -> dict[str, list[Intensities]]:
    """The labelled segments of each video, from one form of the labels."""
    paths = _label_files(root, files, form)
    if form == "csd":
        rows = read_csd(root / paths[0])
    else:
        answers = []
        for name in paths:
            parsed, skipped = parse_mturk(ledger.read(root, name), str(root / name))
            ledger.add(name, skipped)
            answers += parsed
        rows = average(answers)
    segments: dict[str, list[Intensities]] = {}
    for row in rows:
        segments.setdefault(row.video, []).append(row)
    return segments


def _label_files(root: Path, files: list[str], form: str) -> list[str]:
    """The SDK's label file, or all files of the annotators."""
    suffix = ".csd" if form == "csd" else ".csv"
    paths = [name for name in files if name.lower().endswith(suffix) and "labels" in name.lower()]
    if not paths:
        wanted = "CMU_MOSEI_Labels.csd" if form == "csd" else "Raw/Labels/*.csv"
        raise UserError(f"{root}: no {wanted} below it; fetch it, or set corpora.mosei.reading.labels otherwise")
    return paths[:1] if form == "csd" else paths


def _clip(
    row: Intensities, line: Said | None, video: str, audio: str, split: str, reading: MoseiReading, has: Sequence[str]
) -> Clip:
    row = replace(row, start=line.start, end=line.end) if row.clip and line else row
    emotion, no_emotion = label(row.values, reading.label_choice)
    start, end = max(0.0, row.start), row.end
    known, long = start < end, end - start > reading.longest_segment
    status, reason = outcome(
        [
            no_emotion,
            "" if split else "its video is in no fold",
            missing_media(has, video=video, audio=audio),
            "" if known else f"no times, or none above zero ({row.start} to {row.end} s)",
        ],
        [
            about_text(has, line.text if line else ""),
            f"{end - start:.1f} s long; its first {reading.longest_segment:g} s are used" if long else "",
        ],
    )
    end = min(end, start + reading.longest_segment)
    return Clip(
        clip_id=f"{row.video}_{line.clip if line else row.clip or f'row{row.row}'}",
        corpus="mosei",
        **dict.fromkeys(("speaker", "session", "dialogue"), row.video),
        official_split=split,
        video=video,
        video_start=start if known else None,
        video_end=end if known else None,
        audio=audio,
        audio_start=start if known else None,
        audio_end=end if known else None,
        annotated_seconds=None,
        crop="full",
        text=line.text if line else "",
        status=status,
        reason=reason,
        label_raw=row.raw,
        label=emotion,
        votes=row.votes or means(row.values),
    )
