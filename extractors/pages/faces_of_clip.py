"""One clip -> its part of the gallery: some of the extracted frames, and each track with its middle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from extractors.faces.speaker import Sizes, middle
from extractors.faces.tracks import Track
from extractors.features.blame import blame
from extractors.modalities.visual import sample_speaker
from extractors.pages.settings import FacesPageSettings
from extractors.pages.thumbnail import data_uri, jpeg
from extractors.shared.clip import Row
from extractors.shared.evenly import evenly

HEIGHT = 120
"""Height in pixels of a picture on the page."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A frame: a data URI, and the width and height to which its boxes refer."""

    uri: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class View:
    """The gallery's content for a clip.

    Attributes:
        clip: its row, see :func:`extractors.show_faces.merge_rows`.
        problem: why there are no pictures; empty if there are pictures.
        tracks: the tracks shown, by number.
        total: number of all tracks.
        pictures: the frames shown, by their number among the distinct frames, in order of time.
        seen: for each track shown, the number of the clip's sampled frames with it.
        lines: for each track shown, the line ``clip_id,x,y`` that chooses it in a table of face_choices.
    """

    clip: Row
    problem: str
    tracks: dict[int, Track]
    total: int
    pictures: dict[int, Picture] = field(default_factory=dict)
    seen: dict[int, int] = field(default_factory=dict)
    lines: dict[int, str] = field(default_factory=dict)

    @property
    def roles(self) -> dict[int, str]:
        """Each track shown -> ``chosen``, ``runner-up`` (the highest rank of the others) or ``other``."""
        chosen = self.clip["track"]
        others = [number for number in self.tracks if number != chosen]
        second = others[0] if others and chosen in self.tracks else None
        return {n: "chosen" if n == chosen else "runner-up" if n == second else "other" for n in self.tracks}

    @property
    def nobody(self) -> str:
        """The line of a table of face_choices for a speaker who is not in the picture."""
        return f"{self.clip['clip_id']},,"


def view_clip(clip: Row, found: Sequence[Mapping[str, Any]], release: Path, settings: FacesPageSettings) -> View:
    """Read the extracted frames of a clip again.

    Args:
        clip: see :func:`extractors.show_faces.merge_rows`.
        found: its faces, see :class:`extractors.modalities.base.Faces`.
        release: the folder to which the manifest's paths are relative.
        settings: number of sampled frames, and numbers of frames and tracks to show.
    """
    every = tracks_of(found)
    kept = sorted({*list(every)[: settings.strip_tracks], clip["track"]} & every.keys())
    tracks = {number: every[number] for number in kept}
    if clip.get("status") == "failed":  # reading it again may end the process
        return View(clip, clip["reason"], tracks, len(every))
    try:
        return _seen(clip, every, tracks, release, settings)
    except Exception as error:
        return View(clip, str(blame(error, clip["clip_id"])), tracks, len(every))


def _seen(
    clip: Row, every: Mapping[int, Track], tracks: dict[int, Track], release: Path, settings: FacesPageSettings
) -> View:
    frames, number, _ = sample_speaker(clip, release, settings.frames)
    if any(track.frames[-1] >= len(frames) for track in every.values()):
        return View(clip, "its video is not the one that was extracted", tracks, len(every))
    sizes = [frame.shape[:2] for frame in frames]
    pictures = {shown: _picture(frames[shown]) for shown in choose_frames(len(frames), tracks, settings.strip_frames)}
    seen = {name: int(np.isin(number, track.frames).sum()) for name, track in tracks.items()}
    lines = {name: _line(clip["clip_id"], track, sizes) for name, track in tracks.items()}
    return View(clip, "", tracks, len(every), pictures, seen, lines)


def tracks_of(found: Sequence[Mapping[str, Any]]) -> dict[int, Track]:
    """The tracks of a clip, by number, from its faces in the index."""
    tracks: dict[int, Track] = {}
    for face in found:
        track = tracks.setdefault(face["track"], Track())
        track.frames.append(face["frame"])
        track.boxes.append(np.array([face[name] for name in ("x1", "y1", "x2", "y2", "score")]))
    return dict(sorted(tracks.items()))


def choose_frames(count: int, tracks: Mapping[int, Track], shown: int) -> list[int]:
    """``shown`` evenly spaced frames of ``count``, and one more frame for each track that is in none of them."""
    chosen = set(evenly(range(count), shown))
    for track in tracks.values():
        if chosen.isdisjoint(track.frames):
            chosen.add(track.frames[len(track.frames) // 2])
    return sorted(chosen)


def _picture(frame: np.ndarray) -> Picture:
    height, width = frame.shape[:2]
    return Picture(data_uri(jpeg(frame, HEIGHT)), width, height)


def _line(clip_id: str, track: Track, sizes: Sizes) -> str:
    x, y = np.clip(middle(track, sizes), 0, 1)
    return f"{clip_id},{x:.4f},{y:.4f}"
