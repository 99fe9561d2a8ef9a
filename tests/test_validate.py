"""Each defect of a clip is found by its name, one bad clip stops nothing, and the page holds what a person must see."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from extractors.clip import MANIFEST
from extractors.corpora.defects import load_defects
from extractors.files import write_table
from extractors.page import check_inputs
from extractors.program import UserError
from extractors.quality.checks import QUALITY, closing_sentence, judge
from extractors.quality.measure import measure_pictures, measure_sound
from extractors.quality.page import quality_page
from extractors.quality.pictures import choose_halves, choose_worst
from extractors.synthetic.media import write_video, write_wav
from extractors.validate import SETTINGS as KEYS
from extractors.validate import validate

SETTINGS = {
    "duration_tolerance": 0.25,
    "silence_db": -50,
    "black_luma": 16,
    "frozen_difference": 0.5,
    "frozen_seconds": 0.5,
    "face_rate": False,
    "min_face_rate": 0.5,
    "face_frames": 2,
    "cascade_scale": 1.2,
    "cascade_neighbours": 3,
    "detection_side": 120,
    "min_face": 0.3,
    "halves": 4,
    "strips": 6,
    "strip_frames": 3,
    "listed": 50,
}
RATE = 10
SIZE = (48, 64)
Row = dict[str, Any]


def moving(frames: int, level: int = 120) -> list[np.ndarray]:
    """Pictures whose left half is dark and right half bright, with a bar that moves through both."""
    pictures = []
    for number in range(frames):
        picture = np.full((*SIZE, 3), level, np.uint8)
        picture[:, 32:] += 100
        picture[4 * number % 40 : 4 * number % 40 + 8] = 30
        pictures.append(picture)
    return pictures


def tone(seconds: float, level: float = 0.1) -> np.ndarray:
    return (level * np.sin(np.arange(round(seconds * 8000)) * 0.3)).astype(np.float32)


def write_clip(release: Path, name: str, frames: list[np.ndarray], sound: np.ndarray | None) -> None:
    write_video(release / f"{name}.avi", frames, Fraction(RATE), "mpeg4")
    if sound is not None:
        write_wav(release / f"{name}.wav", sound, 8000)


def row(name: str, **columns: object) -> Row:
    """A row of the manifest for a clip that is the whole of ``name``.avi and ``name``.wav."""
    empty = dict.fromkeys(("video_start", "video_end", "audio_start", "audio_end", "annotated_seconds"))
    texts = {
        "speaker": "Ses01F",
        "session": "1",
        "dialogue": name,
        "official_split": "",
        "text": "",
        "reason": "",
        "face": "",
    }
    media = {"video": f"{name}.avi", "audio": f"{name}.wav", "crop": "full", "status": "ok"}
    return {"clip_id": name, "corpus": "meld"} | texts | media | empty | columns


def spoil_packet(path: Path, number: int) -> None:
    with av.open(str(path)) as container:
        packet = [packet for packet in container.demux(video=0) if packet.size][number]
        place, size = packet.pos, packet.size
    with path.open("rb+") as file:
        file.seek(place)
        file.write(bytes(size))


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("release")
    write_clip(root, "good", moving(10), tone(1.0))
    write_clip(root, "silent", moving(10), tone(1.0, 0.0001))
    write_clip(root, "black", [np.full((*SIZE, 3), 2, np.uint8)] * 10, tone(1.0))
    write_clip(root, "frozen", moving(1) * 10, tone(1.0))
    write_clip(root, "uneven", moving(4), tone(1.0))
    write_clip(root, "blink", moving(1), tone(0.006))
    write_video(root / "mute.mp4", moving(10), Fraction(RATE), "libx264")
    whole = (root / "mute.mp4").read_bytes()
    (root / "truncated.mp4").write_bytes(whole[: whole.index(b"moov") - 4])
    (root / "rubbish.wav").write_bytes(b"RIFF, or so it says")
    write_clip(root, "both", moving(40), tone(4.0))
    write_video(root / "damaged.mp4", moving(40), Fraction(RATE), "libx264")
    spoil_packet(root / "damaged.mp4", 20)
    return root


SPAN = {"video_start": 1.0, "video_end": 2.0, "audio_start": 1.0, "audio_end": 2.0}
CASES: dict[str, tuple[Row, str, list[str]]] = {
    "good": (row("good"), "ok", []),
    "silent": (row("silent"), "degraded", ["silent"]),
    "black": (row("black"), "degraded", ["black"]),
    "frozen": (row("frozen"), "degraded", ["frozen"]),
    "uneven": (row("uneven"), "degraded", ["uneven"]),
    "one frame of 6 ms": (row("blink"), "ok", []),
    "no sound": (row("mute", video="mute.mp4", audio="mute.mp4"), "quarantined", ["no sound"]),
    "truncated": (row("cut", video="truncated.mp4", audio="truncated.mp4"), "quarantined", ["undecodable"]),
    "missing": (row("gone"), "quarantined", ["missing file"]),
    "rubbish sound": (row("rubbish", video="good.avi"), "quarantined", ["undecodable"]),
    "a span": (row("span", video="both.avi", audio="both.wav", **SPAN), "ok", []),
    "a span beyond the end": (
        row("late", video="both.avi", audio="both.wav", **SPAN | {"video_end": 6.0, "audio_end": 6.0}),
        "degraded",
        ["too short"],
    ),
    "a span after the end": (
        row("after", video="both.avi", audio="both.wav", **{key: value + 8 for key, value in SPAN.items()}),
        "quarantined",
        ["no pictures", "no sound"],
    ),
    "sound longer than the span": (
        row("long", video="both.avi", audio="both.wav", video_start=1.0, video_end=2.0),
        "degraded",
        ["too long"],
    ),
    "an end that caps": (row("cap", video="both.avi", audio="both.wav", video_end=9.0, audio_end=9.0), "ok", []),
    "the annotated length": (row("as told", video="good.avi", audio="good.wav", annotated_seconds=1.2), "ok", []),
    "a file shorter than annotated": (
        row("stump", video="good.avi", audio="good.wav", annotated_seconds=3.0),
        "degraded",
        ["too short"],
    ),
    "a file longer than annotated": (
        row("overrun", video="both.avi", audio="both.wav", annotated_seconds=1.0),
        "degraded",
        ["too long"],
    ),
    "an end that caps what is annotated": (
        row("capped", video="both.avi", audio="both.wav", video_end=2.0, audio_end=2.0, annotated_seconds=4.0),
        "ok",
        [],
    ),
    "damaged": (row("damaged", video="damaged.mp4", audio="both.wav"), "degraded", ["damaged picture"]),
}
LEFT_OUT = row("fear", status="excluded", reason="emotion 'fear' is none of the four classes", video="", audio="")
CLIPS = [clip for clip, _, _ in CASES.values()] + [LEFT_OUT]


@pytest.fixture(scope="module")
def found(release: Path) -> dict[str, Row]:
    return {told["clip_id"]: told for told in validate(CLIPS, release, SETTINGS, threads=1)}


@pytest.mark.parametrize("case", CASES)
def test_each_defect_is_found_by_its_name(found: dict[str, Row], case: str) -> None:
    clip, status, findings = CASES[case]
    told = found[clip["clip_id"]]
    assert (told["status"], told["findings"]) == (status, findings), told["reason"]
    assert bool(told["reason"]) == bool(findings)


def test_a_reason_names_file_and_numbers(found: dict[str, Row]) -> None:
    assert found["cut"]["reason"] == (
        "undecodable: truncated.mp4: not readable as media (Invalid data found when processing input)"
    )
    assert "gone.avi" in found["gone"]["reason"]
    assert found["late"]["reason"].startswith("too short: pictures last 3.00 s, annotated are 5.00 s")
    assert re.match(r"silent: -8\d\.\d dBFS", found["silent"]["reason"])


def test_measurements_are_those_of_the_media(found: dict[str, Row]) -> None:
    good, span = found["good"], found["span"]
    assert (good["width"], good["height"], good["channels"], good["sample_rate"]) == (64, 48, 1, 8000)
    assert good["fps"] == pytest.approx(RATE)
    assert good["picture_seconds"] == good["sound_seconds"] == pytest.approx(1.0)
    assert good["rms_db"] == pytest.approx(20 * np.log10(0.1 / np.sqrt(2)), abs=0.1)
    assert good["luma"] == pytest.approx(np.mean(moving(10)), abs=4)
    assert span["picture_seconds"] == span["sound_seconds"] == span["annotated_seconds"] == pytest.approx(1.0)
    assert found["black"]["luma"] < 4


def test_light_is_measured_in_the_half_that_is_used(release: Path) -> None:
    left, right = measure_pictures(release / "good.avi", [row("l", crop="left"), row("r", crop="right")])
    assert right["luma"] - left["luma"] == pytest.approx(80, abs=10)
    assert left["width"] == 64


def test_times_attached_to_the_wrong_frames_do_not_stretch_a_clip(tmp_path: Path) -> None:
    path = tmp_path / "reordered.avi"  # H.264 with B-frames in AVI
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt, stream.codec_context.max_b_frames = 64, 48, "yuv420p", 2
        for picture in moving(30):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        container.mux(stream.encode())
    (measured,) = measure_pictures(path, [row("whole")])
    assert measured["picture_seconds"] == pytest.approx(3.0, abs=0.01)
    assert measured["fps"] == pytest.approx(RATE, rel=0.01)


def test_sound_is_judged_as_the_extractor_hears_it(tmp_path: Path) -> None:
    write_wav(tmp_path / "opposed.wav", np.stack([tone(1.0), -tone(1.0)]), 8000)
    (measured,) = measure_sound(tmp_path / "opposed.wav", [row("x")])
    assert measured["channels"] == 2
    assert measured["rms_db"] < -80
    told = judge(row("x") | {"annotated_seconds": None, "rms_db": float("nan")}, [], SETTINGS)
    assert told["status"] == "quarantined"


def test_threads_change_nothing(release: Path, found: dict[str, Row]) -> None:
    assert validate(CLIPS, release, SETTINGS, threads=3) == list(found.values())


def test_faces_are_looked_for_when_asked(release: Path) -> None:
    good, gone = validate([row("good"), row("gone")], release, SETTINGS | {"face_rate": True}, threads=2)
    assert good["face_rate"] == 0.0
    assert good["findings"] == ["few faces"]
    assert gone.get("face_rate") is None


def test_the_closing_sentence_adds_up(found: dict[str, Row]) -> None:
    sentence = closing_sentence(list(found.values()))
    usable, degraded, excluded = map(int, re.findall(r"(\d+) (?:clips usable|of them degraded|excluded)", sentence))
    statuses = [told["status"] for told in found.values()]
    assert usable + excluded == len(CLIPS)
    assert degraded == statuses.count("degraded") == 9
    assert excluded == statuses.count("quarantined") + 1
    assert "2 × undecodable" in sentence
    assert "for other reasons" in sentence
    assert closing_sentence([found["good"]]) == "meld: 1 clips usable, 0 of them degraded, 0 excluded."


def test_worst_clips_are_of_every_kind(found: dict[str, Row]) -> None:
    with_pictures = [told for told in found.values() if told["findings"] and told.get("width")]
    kinds = {told["findings"][0] for told in with_pictures}
    chosen = choose_worst(list(found.values()), len(kinds))
    assert {told["findings"][0] for told in chosen} == kinds >= {"silent", "black", "frozen", "no sound"}
    assert len(choose_worst(list(found.values()), 99)) == len(with_pictures)
    assert choose_worst([found["good"], found["gone"]], 7) == []


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


class Page(HTMLParser):
    """Gathers what a page holds, and whether its elements close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.images: list[dict[str, str]] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("href", "src") and not value.startswith("data:")]
        if tag == "img":
            self.images.append(dict(attrs))
        elif tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def decode(uri: str) -> np.ndarray:
    kind, data = uri.split(",")
    assert kind == "data:image/jpeg;base64"
    return cv2.imdecode(np.frombuffer(base64.b64decode(data), np.uint8), cv2.IMREAD_COLOR)


def test_the_page_stands_alone_and_shows_both_halves(release: Path) -> None:
    clips = [
        row("one", video="good.avi", audio="good.wav", crop="left", dialogue="a", speaker="<Ses01F>"),
        row("two", video="good.avi", audio="good.wav", crop="right", dialogue="b"),
        row("dark", video="black.avi", audio="black.wav"),
        row("gone"),
    ]
    rows = validate(clips, release, SETTINGS, threads=1)
    text = quality_page(rows, clips, release, SETTINGS)
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


def run_program(tmp_path: Path, release: Path, manifest: Path, settings: Row) -> subprocess.CompletedProcess:
    flags = ["--manifest", manifest, "--release", release, "--settings", json.dumps(settings), "--threads", "2"]
    outputs = ["--quality", tmp_path / "out/meld.parquet", "--page", tmp_path / "out/meld.html"]
    outputs += ["--defects", tmp_path / "out/meld.tsv"]
    command = [sys.executable, "-m", "extractors.validate", *map(str, [*flags, *outputs])]
    return subprocess.run(command, capture_output=True, text=True)


def test_the_program_reports_and_does_not_judge(tmp_path: Path, release: Path) -> None:
    manifest = tmp_path / "meld.parquet"
    write_table(manifest, pa.Table.from_pylist([row("good"), row("gone"), LEFT_OUT], schema=MANIFEST))
    result = run_program(tmp_path, release, manifest, SETTINGS)
    assert (result.returncode, result.stderr) == (0, "")
    table = pq.read_table(tmp_path / "out/meld.parquet")
    assert table.schema.equals(QUALITY)
    assert table["status"].to_pylist() == ["ok", "quarantined", "excluded"]
    (broken,) = load_defects("meld", str(tmp_path / "out/meld.tsv"))[len(load_defects("meld", None)) :]
    assert (broken.clip, broken.action) == ("gone", "exclude")
    assert "gone.avi" in broken.symptom
    assert table["reason"].to_pylist()[2] == LEFT_OUT["reason"]
    assert result.stdout.strip() == closing_sentence(table.to_pylist())
    assert result.stdout.strip() in (tmp_path / "out/meld.html").read_text().replace("&#x27;", "'")


@pytest.mark.parametrize(
    ("change", "words"),
    [({"loudness": 3}, "loudness unknown"), ({"halves": None}, "halves missing"), (None, "no such folder")],
)
def test_wrong_flags_are_told(tmp_path: Path, release: Path, change: Row | None, words: str) -> None:
    settings = {key: value for key, value in (SETTINGS | (change or {})).items() if value is not None}
    with pytest.raises(UserError, match=words):
        check_inputs(release if change else tmp_path / "none", settings, KEYS)


def test_a_twin_says_synthetic(tmp_path: Path) -> None:
    (tmp_path / "SYNTHETIC.txt").write_text("no people")
    clips = [row("gone")]
    text = quality_page(validate(clips, tmp_path, SETTINGS, 1), clips, tmp_path, SETTINGS)
    assert text.count("SYNTHETIC") >= 2
