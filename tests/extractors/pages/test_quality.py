"""The page on the quality of a corpus stands alone and shows what a person must see; its programs do not judge."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from helpers.html_document import Page, decode
from helpers.spoiled_release import (
    LEFT_OUT,
    SETTINGS,
    row,
    write_release,
)

from extractors.corpora.defects import load_defects
from extractors.inspect_corpus import inspect_clips
from extractors.pages.quality import quality_page
from extractors.pages.quality_pictures import PICTURES, choose_halves, read_pictures
from extractors.quality.checks import QUALITY, closing_sentence
from extractors.quality.settings import InspectionSettings, QualitySettings
from extractors.shared.clip import CLASSES, LABELS, MANIFEST, Row
from extractors.shared.files import write_table
from extractors.shared.labels import Labels
from extractors.shared.labels import write_labels as write_label_table
from extractors.shared.program import UserError
from extractors.shared.settings import Settings
from extractors.show_quality import labels_of, read_found


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_release(tmp_path_factory.mktemp("release"))


def halved(number: int, speaker: str, crop: str) -> Row:
    return {"clip_id": f"{number}", "speaker": speaker, "crop": crop, "width": 64}


def test_halves_show_the_same_people_on_both_sides() -> None:
    rows = [halved(n, f"Ses0{n // 8}{'FM'[n % 2]}", ("left", "right")[(n // 2 + n) % 2]) for n in range(40)]
    chosen = choose_halves([halved(99, "nobody", "left"), *rows], 4)
    assert [told["crop"] for told in chosen] == ["left", "right"] * 2
    assert chosen[0]["speaker"] == chosen[1]["speaker"] != chosen[2]["speaker"] == chosen[3]["speaker"]
    assert choose_halves([told | {"crop": "full"} for told in rows], 4) == []
    assert choose_halves([told | {"width": None} for told in rows], 4) == []


def test_halves_of_people_seen_on_one_side_only() -> None:
    rows = [halved(0, "Ses01F", "left"), halved(1, "Ses01M", "right"), halved(2, "Ses01F", "left")]
    assert [told["clip_id"] for told in choose_halves(rows, 4)] == ["0", "1"]


def test_the_page_stands_alone_and_shows_both_halves(release: Path) -> None:
    clips = [
        row("one", video="good.avi", audio="good.wav", crop="left", dialogue="a", speaker="<Ses01F>"),
        row("two", video="good.avi", audio="good.wav", crop="right", dialogue="b"),
        row("dark", video="black.avi", audio="black.wav"),
        row("gone"),
    ]
    rows = inspect_clips(clips, release, SETTINGS, threads=1)
    labels = Labels(Path(), CLASSES, {"one": "sad", "two": "angry", "dark": "sad", "gone": ""})
    text = quality_page(rows, read_pictures(rows, clips, release, SETTINGS), labels, release, SETTINGS)
    page = Page(text)
    assert page.open == []
    assert page.links == []
    assert "http" not in text
    assert "url(" not in text
    assert {"table", "caption", "th", "h1", "h2"} <= set(page.tags)
    assert closing_sentence(rows) in text
    assert "<Ses01F>" not in text
    assert "&lt;Ses01F&gt;" in text
    assert "SYNTHETIC" not in text
    assert all(image["alt"] for image in page.images)
    assert [image["alt"].split()[0] for image in page.images] == ["left", "right", "left", "right", "3"]
    used = re.findall(r'<p class="(used|other)"><img src="([^"]+)" alt="(\w+)', text)
    assert [(mark, side) for mark, _, side in used] == [
        ("used", "left"),
        ("other", "right"),
        ("other", "left"),
        ("used", "right"),
    ]
    left, right = (decode(uri) for _, uri, _ in used[:2])
    assert left.shape[:2] == (48, 32)
    assert right.mean() - left.mean() > 50
    assert decode(page.images[-1]["src"]).shape[:2] == (48, 3 * 64)
    assert "missing file: gone.avi" in text


def write_labels(path: Path, *clip_ids: str) -> None:
    rows = [{"clip_id": clip_id, "label_raw": "s", "label": "sad"} for clip_id in clip_ids]
    write_label_table(path, pa.Table.from_pylist(rows, schema=LABELS), CLASSES)


def test_what_is_found_is_counted_for_each_class() -> None:
    """Three of five sad clips are quiet and one of two angry ones; one clip has a label of no class."""
    loudness = {"sad": (-60, -62, -64, -40, -40), "angry": (-30, -70), "": (-50,)}
    clips = [(label, level, f"{label}{number}") for label in loudness for number, level in enumerate(loudness[label])]
    rows = [
        row(name)
        | {"status": "ok", "findings": [] if level > -60 else ["silent"], "reason": "", "rms_db": level, "streams": ""}
        for _, level, name in clips
    ]
    labels = Labels(Path(), CLASSES, {name: label for label, _, name in clips})
    text = re.sub(r"<[^>]+>", "|", quality_page(rows, [], labels, Path(), SETTINGS))
    assert re.search(r"finding\|+neutral\|+happy\|+sad\|+angry\|+no class", text)
    assert re.search(r"all clips\|+0\|+0\|+5\|+2\|+1\|", text)
    assert re.search(r"silent\|+0\|+0\|+3\|+1\|+0\|", text)
    assert re.search(r"median loudness, dBFS\|+-60\.00\|+-50\.00\|+-50\.00\|", text)


def test_labels_of_another_reading_are_refused(tmp_path: Path) -> None:
    write_labels(tmp_path / "labels.parquet", "other")
    with pytest.raises(UserError, match=r"labels\.parquet: its clips differ from those of the quality table; read the"):
        labels_of(tmp_path / "labels.parquet", [row("good")])


def run_program(name: str, kind: type[Settings], *flags: object) -> subprocess.CompletedProcess:
    settings = json.dumps({key: getattr(SETTINGS, key) for key in kind.model_fields})
    command = [sys.executable, "-m", f"extractors.{name}", *map(str, flags), "--settings", settings]
    return subprocess.run(command, capture_output=True, text=True)


def test_the_programs_report_and_do_not_judge(tmp_path: Path, release: Path) -> None:
    manifest = tmp_path / "meld.parquet"
    write_table(manifest, pa.Table.from_pylist([row("good"), row("gone"), LEFT_OUT], schema=MANIFEST))
    write_labels(manifest.with_name("labels.parquet"), "good", "gone", LEFT_OUT["clip_id"])
    found = ["--quality", tmp_path / "out/meld.parquet", "--pictures", tmp_path / "out/pictures.parquet"]
    flags = ["--manifest", manifest, "--release", release, "--threads", 2, "--defects", tmp_path / "out/meld.tsv"]
    result = run_program("inspect_corpus", InspectionSettings, *flags, *found)
    assert (result.returncode, result.stderr) == (0, "")
    flags = ["--labels", manifest.with_name("labels.parquet"), "--release", release, "--page", tmp_path / "meld.html"]
    shown = run_program("show_quality", QualitySettings, *flags, *found)
    assert (shown.returncode, shown.stderr) == (0, "")
    table = pq.read_table(tmp_path / "out/meld.parquet")
    assert table.schema.equals(QUALITY)
    assert table["status"].to_pylist() == ["ok", "quarantined", "excluded"]
    (broken,) = load_defects("meld", str(tmp_path / "out/meld.tsv"))[len(load_defects("meld", None)) :]
    assert (broken.clip, broken.action) == ("gone", "exclude")
    assert "gone.avi" in broken.symptom
    assert table["reason"].to_pylist()[2] == LEFT_OUT["reason"]
    assert result.stdout.strip() == closing_sentence(table.to_pylist())
    assert result.stdout.strip() in unescape((tmp_path / "meld.html").read_text())


def test_tables_of_other_columns_are_refused(tmp_path: Path) -> None:
    write_labels(tmp_path / "meld.parquet", "good")
    with pytest.raises(UserError, match=r"meld\.parquet: has other columns; make it again with .*inspect_corpus"):
        read_found(tmp_path / "meld.parquet", QUALITY)


def test_a_picture_that_cannot_be_read_is_named_on_the_page(tmp_path: Path) -> None:
    clips = [row("one", crop="left", speaker="a"), row("two", crop="right", speaker="a")]
    measured = {"status": "degraded", "findings": ["black"], "reason": "black", "streams": "", "width": 64}
    rows = [clip | measured for clip in clips]
    pictures = read_pictures(rows, clips, tmp_path, SETTINGS)
    assert [(one["clip_id"], one["kind"], one["jpeg"]) for one in pictures] == [
        *(("one", side, None) for side in ("left", "right")),
        *(("two", side, None) for side in ("left", "right")),
        ("one", "strip", None),
        ("two", "strip", None),
    ]
    page = quality_page(rows, pictures, Labels(Path(), CLASSES, {"one": "sad", "two": "sad"}), tmp_path, SETTINGS)
    assert page.count("No frame can be read.") == 4
    assert Page(page).images == []


def test_pictures_outlive_their_table(tmp_path: Path, release: Path) -> None:
    """The page from the table is the page from memory, bytes and order of the pictures included."""
    clips = [row("left", video="good.avi", crop="left"), row("right", video="good.avi", crop="right"), row("gone")]
    rows = [clip | {"width": 64, "findings": ["black"]} for clip in clips]
    pictures = read_pictures(rows, clips, release, SETTINGS)
    write_table(tmp_path / "pictures.parquet", pa.Table.from_pylist(pictures, schema=PICTURES))
    assert read_found(tmp_path / "pictures.parquet", PICTURES) == pictures
    assert [one["jpeg"] is None for one in pictures] == [False] * 6 + [True]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"loudness": 3}, "unknown key 'loudness'"),
        ({"halves": None}, "key 'halves' is missing"),
        ({}, "no such folder"),
    ],
)
@pytest.mark.parametrize("name", ["inspect_corpus", "show_quality"])
def test_wrong_flags_are_told(
    name: str, tmp_path: Path, change: Row, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = {"inspect_corpus": InspectionSettings, "show_quality": QualitySettings}[name]
    told = {key: getattr(SETTINGS, key) for key in kind.model_fields} | change
    settings = json.dumps({key: value for key, value in told.items() if value is not None})
    outputs = {
        "inspect_corpus": ["--manifest", "m", "--defects", "d", "--threads", "1"],
        "show_quality": ["--labels", "l", "--page", "p"],
    }[name]
    flags = ["--quality", "q", "--pictures", "p", "--release", str(tmp_path / "none"), "--settings", settings]
    monkeypatch.setattr(sys, "argv", [name, *flags, *outputs])
    with pytest.raises(UserError, match=words):
        importlib.import_module(f"extractors.{name}").main()


def test_a_twin_says_synthetic(tmp_path: Path) -> None:
    (tmp_path / "SYNTHETIC.txt").write_text("no people")
    clips = [row("gone")]
    labels = Labels(Path(), CLASSES, {"gone": ""})
    text = quality_page(inspect_clips(clips, tmp_path, SETTINGS, 1), [], labels, tmp_path, SETTINGS)
    assert text.count("SYNTHETIC") >= 2
