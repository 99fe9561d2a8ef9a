"""The page of faces shows what was extracted, and a line copied from it changes that clip's face and no other."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable
from fractions import Fraction
from html import unescape
from pathlib import Path
from types import ModuleType

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from helpers.drawn_faces import frame_with_face
from helpers.html_document import Page, decode
from helpers.visual import BLANK
from helpers.visual import SETTINGS as VISUAL

from extractors import extract_shard as extract
from extractors import index_features, read_release, show_faces
from extractors.faces.speaker import POLICIES, find_speaker
from extractors.faces.tracks import Track
from extractors.features import clip_extraction
from extractors.features.store import open_features
from extractors.modalities.visual import Visual
from extractors.pages.faces_of_clip import choose_frames, tracks_of, view_clip
from extractors.shared.files import read_table, write_table
from extractors.shared.program import UserError
from extractors.synthetic.media import write_video
from extractors.write_backbone import write_backbone

SETTINGS = {
    "frames": 8,
    "ambiguous": 2,
    "fewest": 2,
    "ordinary": 1,
    "decided": 9,
    "strip_frames": 3,
    "strip_tracks": 4,
    "close_rivalry": 0.5,
}
EXTRACTION = VISUAL | {"frames": 8, "face_policy": "largest_central", "window": 3, "min_face": 0.3}
LABELS = dict(zip(("alone", "blank", "gaps", "half", "pair"), ("sad", "happy", "angry", "neutral", "sad"), strict=True))


def two_people(left: int, right: int) -> np.ndarray:
    """A frame [200, 400, 3] with a person in each half, at these distances from the half's left border."""
    return np.concatenate([frame_with_face(left, 40, width=200), frame_with_face(right, 40, width=200)], axis=1)


MEDIA = {
    "alone": [frame_with_face(90 + step, 40) for step in range(8)],
    "blank": [BLANK] * 4,
    "gaps": [frame_with_face(90, 40)] * 3 + [BLANK] * 5,
    "half": [np.concatenate([BLANK[:, :200], frame_with_face(30, 50, width=200)], axis=1)] * 2,
    "pair": [two_people(40 + step, 36) for step in range(5)],
}


def call(program: ModuleType, monkeypatch: pytest.MonkeyPatch, **flags: object) -> None:
    words = [word for name, value in flags.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    with monkeypatch.context() as patched:
        patched.setattr(sys, "argv", [program.__name__, *words])
        program.main()


class Corpus:
    """A corpus of five clips in a folder, and the steps from its release to its page of faces."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.release, self.monkeypatch = folder, folder / "release", monkeypatch

    def make(self) -> None:
        """Write the release and a backbone."""
        for name, frames in MEDIA.items():
            write_video(self.release / f"{name}.mp4", frames, Fraction(10), "libx264")
        rows = [f"{n},{n}.mp4,{n}.mp4,{label},{'right' * (n == 'half')},Yes." for n, label in LABELS.items()]
        (self.release / "clips.csv").write_text("\n".join(["clip_id,video,audio,label,crop,text", *rows]))
        write_backbone("visual", 0, self.folder / "backbone")

    def extract(self, choices: str = "") -> list[str]:
        """Read the release and extract it; returns the clips that were embedded."""
        reading = {"reader": "custom", "table": "clips.csv"}
        if choices:
            (self.folder / "choices.csv").write_text(choices)
            reading |= {"face_choices": str(self.folder / "choices.csv")}
        counts = {label: list(LABELS.values()).count(label) for label in ("neutral", "happy", "sad", "angry")}
        paths = {"release": self.release, "manifest": self.folder / "manifest.parquet"}
        read = {
            "reading": json.dumps(reading),
            "expected_counts": json.dumps(counts),
            "labels": self.folder / "l.parquet",
        }
        call(read_release, self.monkeypatch, corpus="mylab", **paths, **read)
        embedded: list[str] = []
        finish = clip_extraction.Task.finish
        with self.monkeypatch.context() as patched:
            patched.setattr(
                clip_extraction.Task,
                "finish",
                lambda own, ready: embedded.extend(one.clip["clip_id"] for one in ready) or finish(own, ready),
            )
            outputs = {"frames": self.folder / "visual/1-of-1.npy", "index": self.folder / "visual/1-of-1.parquet"}
            settings = {"settings": json.dumps(EXTRACTION), "backbone": self.folder / "backbone", "modality": "visual"}
            ways = {"shard": "1-of-1", "device": "cpu", "threads": 1}
            call(extract, self.monkeypatch, **paths, **outputs, **settings, **ways)
        limits = json.dumps({"max_failed_fraction": 0.5, "max_faceless_fraction": 0.5})
        tables = {"shards": outputs["index"], "index": self.folder / "visual.parquet"}
        call(index_features, self.monkeypatch, manifest=paths["manifest"], limits=limits, **tables)
        return embedded

    def page(self, **changes: object) -> str:
        flags = {"manifest": self.folder / "manifest.parquet", "index": self.folder / "visual.parquet"}
        settings = json.dumps(SETTINGS | changes)
        page = self.folder / "page.html"
        call(show_faces, self.monkeypatch, release=self.release, settings=settings, corpus="mylab", page=page, **flags)
        return page.read_text()

    def frames(self) -> dict[str, np.ndarray]:
        """A copy of the frames [8, dim] of each clip."""
        features = open_features(self.folder / "visual.parquet")
        return {clip: np.array(features.frames(clip)) for clip in features.table.index}

    def row(self, clip_id: str) -> dict:
        rows = read_table(self.folder / "visual.parquet", "").to_pylist()
        return next(row for row in rows if row["clip_id"] == clip_id)


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a corpus that is extracted."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        corpus = Corpus(tmp_path_factory.mktemp("extracted"), monkeypatch)
        corpus.make()
        assert corpus.extract() == sorted(LABELS)
    return corpus.folder


@pytest.fixture
def corpus(extracted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Corpus:
    """A copy of that corpus."""
    shutil.copytree(extracted, tmp_path / "copy")
    return Corpus(tmp_path / "copy", monkeypatch)


def clip_of(page: str, clip_id: str) -> str:
    """The part of the page about a clip."""
    return re.search(rf"<h3>{clip_id}</h3>.*?</article>", page, re.DOTALL).group()


def lines_of(clip: str) -> dict[str, str]:
    """What the page calls each track, or nobody -> the line to copy."""
    return dict(re.findall(r'<span class="key ([\w-]+)"></span>.*?<code>(.*?)</code>', clip))


def test_a_copied_line_changes_that_clip_and_no_other(corpus: Corpus, capsys: pytest.CaptureFixture[str]) -> None:
    before, page = corpus.row("pair"), corpus.page()
    assert (before["track"], before["faces"]) == (0, 8)
    assert before["rivalry"] > 0.5
    lines = lines_of(clip_of(page, "pair"))
    assert set(lines) == {"chosen", "runner-up", "nobody"}
    frames = corpus.frames()

    assert corpus.extract(f"clip_id,x,y\n{lines['chosen']}\n") == ["pair"]
    assert corpus.row("pair")["track"] == 0
    again = corpus.frames()
    assert all(np.array_equal(again[clip], frames[clip]) for clip in frames if clip != "pair")
    # It was embedded without its former neighbours; a batch of another size may be summed in another order, by up to
    # 1e-4 of the frames' size, and the last bit of what is stored may then be rounded the other way.
    most = 1e-4 * np.abs(frames["pair"]).max()
    np.testing.assert_allclose(again["pair"], frames["pair"], rtol=np.finfo(np.float16).eps, atol=most)

    assert corpus.extract(f"clip_id,x,y\n{lines['runner-up']}\n") == ["pair"]
    after = corpus.row("pair")
    assert (after["track"], after["faces"], after["found"]) == (1, 8, before["found"])
    assert np.abs(corpus.frames()["pair"] - frames["pair"]).max() > 0.01 * np.abs(frames["pair"]).max()
    capsys.readouterr()
    page = corpus.page()
    assert lines_of(clip_of(page, "pair")) == {
        "chosen": lines["runner-up"],
        "runner-up": lines["chosen"],
        "nobody": "pair,,",
    }
    assert f"face_choices says: the face nearest to {lines['runner-up'][5:]}" in clip_of(page, "pair")
    decided = page.index("Decided by face_choices")
    assert page.index("<h3>pair</h3>") > decided > page.index("<h3>gaps</h3>")

    assert corpus.extract(f"clip_id,x,y\n{lines['nobody']}\n") == ["pair"]
    assert (corpus.row("pair")["track"], corpus.row("pair")["faces"]) == (-1, 0)
    clip = clip_of(corpus.page(), "pair")
    assert "the speaker is not to be seen" in clip
    assert clip.count('rect class="other"') == 2 * SETTINGS["strip_frames"]


def test_the_page_stands_alone(corpus: Corpus, capsys: pytest.CaptureFixture[str]) -> None:
    text = corpus.page()
    said = capsys.readouterr().out
    assert said == (
        "mylab: of 5 clips with features, 3 show the speaker's face in all frames, 1 in some, 1 in none;"
        " 1 have a rival, 1 of them a close one.\n"
    )
    assert said.strip() in unescape(text)
    page = Page(text)
    assert page.open == []
    assert page.links == []
    assert "http" not in text
    assert [unescape(name) for name in re.findall("<h3>(.*?)</h3>", text)] == ["pair", "blank", "gaps", "half"]
    assert len(re.findall('role="img" aria-label="[^"]+"', text)) == 4
    assert "SYNTHETIC" not in text


def test_boxes_fit_the_frames_that_were_extracted(corpus: Corpus) -> None:
    """The frames shown are those that the extractor reads, and the box lies around the face that is drawn there."""
    row = corpus.row("half")
    clip = next(
        clip for clip in read_table(corpus.folder / "manifest.parquet", "").to_pylist() if clip["crop"] == "right"
    )
    view = view_clip(clip | row, row["found"], corpus.release, SETTINGS)
    read = Visual(str(corpus.folder / "backbone"), EXTRACTION, torch.device("cpu")).read(clip, corpus.release)
    assert list(view.pictures) == list(range(len(read.frames))) == [0, 1]
    for number, picture in view.pictures.items():
        shown, extracted = decode(picture.uri)[..., ::-1], read.frames[number]
        assert (picture.height, picture.width) == extracted.shape[:2] == (200, 200)
        assert shown.shape == (120, 120, 3)
        assert abs(shown.mean() - extracted.mean()) < 2
    assert view.seen == {0: 8}
    place = [float(share) for share in view.lines[0].split(",")[1:]]
    np.testing.assert_allclose(place, [(30 + 64) / 200, (50 + 68) / 200], atol=0.05)
    clip_html = clip_of(corpus.page(ordinary=9), "half")
    (x, y, width, height) = map(
        float, re.search('class="chosen" x="(.*?)" y="(.*?)" width="(.*?)" height="(.*?)"', clip_html).groups()
    )
    assert (x, y, width, height) == pytest.approx(
        [row["found"][0]["x1"], row["found"][0]["y1"]]
        + [row["found"][0][f"{axis}2"] - row["found"][0][f"{axis}1"] for axis in "xy"],
        abs=0.1,
    )


def test_lost_media_are_named(corpus: Corpus, capsys: pytest.CaptureFixture[str]) -> None:
    (corpus.release / "pair.mp4").unlink()
    write_video(corpus.release / "gaps.mp4", MEDIA["gaps"][:1], Fraction(10), "libx264")
    page = corpus.page()
    assert "No pictures: pair.mp4: no such file." in clip_of(page, "pair")
    assert lines_of(clip_of(page, "pair")) == {"nobody": "pair,,"}
    assert "its video is not the one that was extracted" in clip_of(page, "gaps")
    assert "Without pictures here: pair (pair.mp4: no such file); gaps (its video" in capsys.readouterr().out


def test_a_decided_clip_that_failed_is_shown_too(corpus: Corpus) -> None:
    (corpus.release / "pair.mp4").write_bytes(b"no video")
    clip_extraction._media_sha256.cache_clear()
    assert "pair" in corpus.extract("clip_id,x,y\npair,0.5,0.5\n")
    clip = clip_of(corpus.page(), "pair")
    assert "No features: pair.mp4: not readable as media" in clip
    assert "0 tracks" in clip


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
    settings = {"track_overlap": 0.3, "face_policy": next(iter(POLICIES))}
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
    view = view_clip(clip, found, tmp_path, SETTINGS | {"strip_tracks": 3})
    assert view.roles == {0: "runner-up", 1: "other", 2: "other", 7: "chosen"}
    assert (view.total, view.lines[7]) == (9, "one,0.2313,0.0450")


def counted(clip_id: str, faces: int, rivalry: float, face: str = "", status: str = "ok") -> dict[str, object]:
    return {"clip_id": clip_id, "faces": faces, "length": 8, "rivalry": rivalry, "face": face, "status": status}


ROWS = [
    counted("a", 8, 0.2),
    counted("b", 8, 0.9),
    counted("c", 0, 0.0),
    counted("d", 3, 0.95),
    counted("e", 8, 1.4, "0.1,0.2"),
    counted("f", 5, 0.0),
    counted("g", 8, 0.0),
    counted("h", 0, 0.0, status="failed"),
    counted("i", 0, 0.0, "none", "excluded"),
]


def test_the_clips_to_show_by_hand() -> None:
    chosen = show_faces.choose_clips(ROWS, SETTINGS | {"ordinary": 9})
    assert {kind: [row["clip_id"] for row in rows] for kind, rows in chosen.items()} == {
        "ambiguous": ["d", "b"],
        "fewest": ["c", "f"],
        "ordinary": ["a", "g"],
        "decided": ["e"],
    }


def test_the_counts_by_hand() -> None:
    counts = show_faces.count_clips(ROWS, 0.9)
    assert counts == {"all": (4, 3, 2), "some": (2, 1, 1), "none": (1, 0, 0)}
    assert show_faces.closing_sentence("x", counts, []) == (
        "x: of 7 clips with features, 4 show the speaker's face in all frames, 2 in some, 1 in none;"
        " 4 have a rival, 3 of them a close one."
    )


def reverse(table: pa.Table) -> pa.Table:
    return table.take(list(range(table.num_rows))[::-1])


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (reverse, "lists other clips than the manifest"),
        (lambda table: table.drop_columns(["found"]), "has no faces; give the index of visual features"),
    ],
)
def test_a_wrong_index_is_told(corpus: Corpus, damage: Callable[[pa.Table], pa.Table], words: str) -> None:
    write_table(corpus.folder / "visual.parquet", damage(pq.read_table(corpus.folder / "visual.parquet")))
    with pytest.raises(UserError, match=words):
        corpus.page()


def test_wrong_settings_are_told(corpus: Corpus) -> None:
    with pytest.raises(UserError, match="--settings: rows unknown; give each of ambiguous"):
        corpus.page(rows=3)
