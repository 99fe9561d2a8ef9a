"""The tracks of a clip on the page of faces, and the frames that show them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
from helpers.changed import changed
from helpers.faces_corpus import TYPED
from helpers.visual import BLANK

from extractors.faces.speaker import SpeakerSettings, find_speaker
from extractors.faces.tracks import Track
from extractors.pages.faces_of_clip import choose_frames, tracks_of, view_clip
from extractors.synthetic.media import write_video


def face(frame: int, track: int) -> dict[str, float]:
    return {
        "frame": frame,
        "track": track,
        "x1": 10.0 * track,
        "y1": 5.0,
        "x2": 10.0 * track + 8,
        "y2": 13.0,
        "score": 1.0,
    }


def test_tracks_come_back_from_the_index() -> None:
    detections = [np.array([[0, 0, 40, 40, 1.0], [130, 0, 190, 60, 0.5]])] * 3
    settings = SpeakerSettings(track_overlap=0.3, face_policy="largest_track")
    speaker = find_speaker(detections, [np.zeros((100, 200, 3), np.uint8)] * 3, "", settings)
    tracks = tracks_of(speaker.found)
    assert [track.frames for track in tracks.values()] == [[0, 1, 2]] * 2
    assert all((tracks[speaker.track].boxes[n] == speaker.boxes[n]).all() for n in range(3))


def test_every_track_shown_is_in_a_frame_shown() -> None:
    tracks = {0: Track(list(range(64)), []), 1: Track([0, 1, 2], []), 2: Track([1, 2, 3], [])}
    assert choose_frames(64, {0: tracks[0]}, 4) == [8, 24, 40, 56]
    assert choose_frames(64, tracks, 4) == [1, 8, 24, 40, 56]
    assert choose_frames(2, {}, 4) == [0, 1]


def test_many_tracks_are_cut_down_to_the_first_and_the_chosen(tmp_path: Path) -> None:
    write_video(tmp_path / "one.mp4", [BLANK], Fraction(10), "libx264")
    clip = {"clip_id": "one", "video": "one.mp4", "video_start": None, "video_end": None, "crop": "full", "track": 7}
    found = [face(0, track) for track in range(9)]
    view = view_clip(clip, found, tmp_path, changed(TYPED, strip_tracks=3))
    assert view.roles == {0: "runner-up", 1: "other", 2: "other", 7: "chosen"}
    assert (view.total, view.lines[7]) == (9, "one,0.2313,0.0450")
