"""The gallery of faces as HTML: counts, and for each clip a strip of frames with boxes and lines for face_choices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from extractors.pages.faces_of_clip import View
from extractors.pages.settings import FacesSettings
from extractors.pages.template import render
from extractors.shared.clip import NOBODY

HEADINGS = {
    "ambiguous": ("The closest choices", "highest rivalry first"),
    "fewest": ("The fewest faces", "the smallest share of frames with the speaker's face first"),
    "ordinary": ("Ordinary clips", "some of the others, from all over the corpus"),
    "decided": ("Decided by face_choices", "clips of which the table has a word, from all over it"),
}
"""Kind of clips -> the heading of their section, and which clips these are."""

EXTENTS = {"all": "in all frames", "some": "in some frames", "none": "in no frame"}
ROLES = {"chosen": "chosen", "runner-up": "runner-up", "other": "another face"}

LETTERS = 0.14
"""Height of a track's number, as a share of the picture's height."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box around a face and the position of its number, in the units of the picture's width and height."""

    track: int
    role: str
    x: float
    y: float
    width: float
    height: float
    text_x: float
    text_y: float
    text_size: float


def gallery_page(
    corpus: str,
    sentence: str,
    counts: Mapping[str, Sequence[int]],
    groups: Mapping[str, Sequence[View]],
    release: Path,
    settings: FacesSettings,
) -> str:
    """The page of a corpus.

    Args:
        corpus: name of the corpus.
        sentence: the summary.
        counts: see :func:`extractors.show_faces.count_clips`.
        groups: kind of clips, as in ``HEADINGS`` -> clips to show.
        release: the folder of the release.
        settings: the rivalry that counts as close, and the largest number of clips of each kind.
    """
    return render(
        "faces.html.j2",
        release,
        corpus=corpus,
        sentence=sentence,
        counts=[(EXTENTS[extent], *numbers) for extent, numbers in counts.items()],
        close=settings.close_rivalry,
        roles=ROLES,
        groups=[
            {"heading": HEADINGS[kind][0], "about": HEADINGS[kind][1], "most": getattr(settings, kind), "views": views}
            for kind, views in groups.items()
        ],
        facts=facts,
        boxes=boxes,
    )


def facts(view: View) -> Iterator[str]:
    """Short texts about a clip and the choice of its face."""
    clip = view.clip
    if clip["length"]:
        share = clip["faces"] / clip["length"]
        yield f"The speaker's face in {clip['faces']} of {clip['length']} frames ({share:.0%})"
        yield f"rivalry {clip['rivalry']:.2f}"
    else:
        yield f"No features: {clip['reason']}"
    yield "1 track" if view.total == 1 else f"{view.total} tracks"
    if len(view.tracks) < view.total:
        yield f"those of highest rank shown: {len(view.tracks)}"
    if not clip["face"]:
        yield "the choice is the policy's"
    else:
        place = "the speaker is not to be seen" if clip["face"] == NOBODY else f"the face nearest to {clip['face']}"
        yield f"face_choices says: {place}"


def boxes(view: View, number: int) -> Iterator[Box]:
    """The boxes of the tracks shown in a frame, by its number."""
    for track, faces in view.tracks.items():
        if number in faces.frames:
            left, top, right, bottom = map(float, faces.boxes[faces.frames.index(number)][:4])
            size = LETTERS * view.pictures[number].height
            baseline = top - 0.25 * size if top > 1.1 * size else top + size  # inside a box at the upper border
            yield Box(track, view.roles[track], left, top, right - left, bottom - top, max(left, 0), baseline, size)
