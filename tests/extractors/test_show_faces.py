"""The page of faces shows what was extracted, and a line copied from it changes that clip's face and no other."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from fractions import Fraction
from html import unescape
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from helpers.changed import changed
from helpers.faces_corpus import EXTRACTION, LABELS, MEDIA, TYPED, Corpus
from helpers.html_document import Page, decode

from extractors import show_faces
from extractors.features import clip_extraction
from extractors.modalities.visual import Visual, VisualSettings
from extractors.pages.faces_of_clip import view_clip
from extractors.shared.files import read_table, write_table
from extractors.shared.program import UserError
from extractors.shared.settings import settings_of
from extractors.synthetic.media import write_video


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
    assert clip.count('rect class="other"') == 2 * TYPED.strip_frames


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
    view = view_clip(clip | row, row["found"], corpus.release, TYPED)
    read = Visual(str(corpus.folder / "backbone"), settings_of(VisualSettings, EXTRACTION), torch.device("cpu")).read(
        clip, corpus.release
    )
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
    chosen = show_faces.choose_clips(ROWS, changed(TYPED, ordinary=9))
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
    with pytest.raises(UserError, match="--settings: unknown key 'rows'; the keys are ambiguous"):
        corpus.page(rows=3)
