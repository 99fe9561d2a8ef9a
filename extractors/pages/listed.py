"""The listing of a folder of media as HTML: counts, durations, some clips to check, and files that are left out."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from extractors.clips.folder import Listed, Listing
from extractors.corpora.user_table import Cells
from extractors.features.blame import blame
from extractors.media.loudness import Loudness
from extractors.media.pictures import sample_frames
from extractors.media.sound import hear
from extractors.pages.answers import BARS, HEIGHT, PICTURES, envelope
from extractors.pages.template import render
from extractors.pages.thumbnail import data_uri, jpeg
from extractors.shared.program import progress

SHORT, LONG = 0.5, 60.0
"""A clip that is shorter or longer than these seconds is probably not one utterance."""

NAMED = 5
"""Largest number of labels in a sentence."""

ENDS = ("start", "end")


@dataclass(slots=True)
class View:
    """A clip on the page: its row, its duration in seconds, its pictures and its sound."""

    cells: Cells
    seconds: float | None
    pictures: list[str] = field(default_factory=list)
    wave: list[float] = field(default_factory=list)
    decibels: float | None = None
    trouble: list[str] = field(default_factory=list)


def counts_of(listing: Listing) -> dict[str, Any]:
    """Counts of a folder's content.

    Returns:
        The numbers of ``clips``, ``left_out`` files, ``remarks`` and ``speakers``; ``labels``: label -> clips, the most
        frequent label first; and the numbers of clips with ``video``, ``audio``, ``text``, ``speaker`` and ``split``.
    """
    clips = [clip.cells for clip in listing.clips]
    labels = Counter(cells["label"] for cells in clips if cells.get("label"))
    filled = {name: sum(bool(cells.get(name)) for cells in clips) for name in ("video", "audio", "text", "speaker")}
    return {
        "clips": len(clips),
        "left_out": len(listing.left_out),
        "remarks": len(listing.remarks),
        "labels": dict(sorted(labels.items(), key=lambda item: (-item[1], item[0]))),
        "speakers": len({cells["speaker"] for cells in clips if cells.get("speaker")}),
        "splits": sorted({cells.get("split", "") for cells in clips}),
        **filled,
    }


def doubts(listing: Listing) -> Iterator[str]:
    """Sentences about content that can be read but may be a mistake."""
    counts = counts_of(listing)
    once = [label for label, count in counts["labels"].items() if count == 1]
    if once:
        yield f"{_some(once)}: one clip alone has this label; is it a slip, or does the pattern read another part?"
    spoken: defaultdict[str, list[str]] = defaultdict(list)
    for label in counts["labels"]:
        spoken[label.casefold()].append(label)
    for same in spoken.values():
        if len(same) > 1:
            yield f"{_some(same)}: labels that differ in capitals alone count as one."
    if counts["speakers"] and counts["speakers"] == counts["clips"]:
        yield "Each clip has a speaker of its own; does the pattern read another part?"
    for name, what in (("video", "pictures"), ("audio", "sound"), ("text", "words")):
        if counts[name] < counts["clips"]:
            yield f"{counts['clips'] - counts[name]} of {counts['clips']} clips have no {what}."
    lengths = [clip.seconds for clip in listing.clips if clip.seconds is not None]
    for few, told in (
        (sum(each < SHORT for each in lengths), f"shorter than {SHORT:g} s"),
        (sum(each > LONG for each in lengths), f"longer than {LONG:g} s, and may be more than one utterance"),
        (len(listing.clips) - len(lengths), "in a file that does not tell how long it is"),
    ):
        if few:
            yield f"{few} {'clip is' if few == 1 else 'clips are'} {told}."


def lengths(clips: Iterable[Listed]) -> list[tuple[str, int, str, str]]:
    """For each label and for all clips: label, clips, minutes in total, and seconds (minimum, median, maximum)."""
    of_label: defaultdict[str, list[Listed]] = defaultdict(list)
    for clip in clips:
        of_label[clip.cells.get("label", "") or "no label"].append(clip)
    rows = sorted(of_label.items(), key=lambda item: (-len(item[1]), item[0]))
    everything = [clip for _, group in rows for clip in group]
    return [_length(label, group) for label, group in [*rows, ("all", everything)][: len(rows) + (len(rows) > 1)]]


def _length(label: str, clips: list[Listed]) -> tuple[str, int, str, str]:
    known = [clip.seconds for clip in clips if clip.seconds is not None]
    told = f"{min(known):.1f}, {median(known):.1f}, {max(known):.1f}" if known else "not told"
    return label, len(clips), f"{sum(known) / 60:.1f}", told


def drawn(listing: Listing, shown: int, seed: int) -> list[Listed]:
    """Some clips that are drawn at random, in the order of the table."""
    places = random.Random(seed).sample(range(len(listing.clips)), min(shown, len(listing.clips)))
    return [listing.clips[place] for place in sorted(places)]


def view_clip(clip: Listed, root: Path) -> View:
    """Read a clip's pictures and sound. The view names what cannot be read."""
    view = View(clip.cells, clip.seconds)
    for look, kind in ((_look, "video"), (_listen, "audio")):
        if clip.cells[kind]:
            times = [float(clip.cells[f"{kind}_{end}"]) if clip.cells.get(f"{kind}_{end}") else None for end in ENDS]
            try:
                look(view, root / clip.cells[kind], *times)
            except Exception as error:
                view.trouble.append(str(blame(error, clip.cells["clip_id"])))
    return view


def _look(view: View, path: Path, start: float | None, end: float | None) -> None:
    view.pictures = [data_uri(jpeg(frame, HEIGHT)) for frame in sample_frames(path, start, end, PICTURES).frames]


def _listen(view: View, path: Path, start: float | None, end: float | None) -> None:
    samples = hear(path, start, end).samples
    loudness = Loudness()
    loudness.add(samples[np.newaxis])
    view.wave, view.decibels = envelope(samples, BARS), loudness.decibels


def listed_page(listing: Listing, root: Path, shown: int, seed: int) -> str:
    """The page about a folder ``root``, with ``shown`` of its clips, drawn at random with ``seed``."""
    views = [view_clip(clip, root) for clip in progress(drawn(listing, shown, seed), "page")]
    counts = counts_of(listing)
    told = f"Clips that were read: {counts['clips']}. Files that were not understood: {counts['left_out']}."
    return render(
        "listed.html.j2",
        root,
        listing=listing,
        views=views,
        counts=counts,
        doubts=list(doubts(listing)),
        lengths=lengths(listing.clips),
        sentence=told,
    )


def _some(words: list[str]) -> str:
    return ", ".join(words[:NAMED]) + (f" and {len(words) - NAMED} more" if len(words) > NAMED else "")
