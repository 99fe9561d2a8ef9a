"""Clips by name: files, folders and tables; one bad file among many is named and stops nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from extractors.clips.named import find_clips
from extractors.shared.clip import Clip
from extractors.shared.program import UserError


def touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def found(named: list[Path], root: Path, text: str = "") -> dict[str, Clip]:
    return {clip.clip_id: clip for clip in find_clips(named, root, text)}


def test_a_folder_with_words(tmp_path: Path) -> None:
    touch(tmp_path / "b.MP4", tmp_path / "in" / "a.wav", tmp_path / "notes.pdf", tmp_path / "._b.mp4")
    (tmp_path / "b.txt").write_text("I am\nfine")
    (tmp_path / "in" / "a.srt").write_bytes(b"f\xfcnf")
    clips = found([tmp_path], tmp_path)
    assert list(clips) == ["b.MP4", "in/a.wav"]
    assert (clips["b.MP4"].text, clips["b.MP4"].reason, clips["b.MP4"].label) == ("I am fine", "", "")
    assert (clips["b.MP4"].video, clips["b.MP4"].audio) == ("b.MP4", "b.MP4")
    assert (clips["in/a.wav"].status, clips["in/a.wav"].text) == ("ok", "")
    assert "a.srt:1: not UTF-8" in clips["in/a.wav"].reason


def test_a_clip_that_is_named_twice_is_there_once(tmp_path: Path) -> None:
    touch(tmp_path / "a.mp4", tmp_path / "b.mp4")
    assert list(found([tmp_path / "b.mp4", tmp_path], tmp_path)) == ["b.mp4", "a.mp4"]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    touch(tmp_path / "a.mp4")
    clips = found([tmp_path / "a.mp4", tmp_path / "gone.mp4"], tmp_path)
    assert clips["gone.mp4"].status == "excluded"
    assert clips["gone.mp4"].reason == "no media file: video and audio"


def test_a_table(tmp_path: Path) -> None:
    touch(tmp_path / "lab" / "a.mp4", tmp_path / "lab" / "sound" / "a.wav")
    (tmp_path / "lab" / "a.vtt").write_text(
        "WEBVTT\n\n00:00.000 --> 00:01.000\nOne.\n\n00:01.000 --> 00:02.000\nTwo.\n"
    )
    (tmp_path / "lab" / "clips.csv").write_text(
        "clip_id;video;audio;text;speaker;video_start;video_end;crop\nx;a.mp4;;;ann;1;2,0;\n".replace("2,0", "2.0")
        + ";a.mp4;sound/a.wav;Said;;;;left\n;gone.mp4;;;;;;\n"
    )
    clips = found([tmp_path / "lab" / "clips.csv"], tmp_path)
    assert list(clips) == ["lab/clips.csv#x", "lab/clips.csv#row_3", "lab/clips.csv#row_4"]
    part, whole, gone = clips.values()
    assert (part.video, part.audio, part.speaker, part.text) == ("lab/a.mp4", "lab/a.mp4", "ann", "Two.")
    assert (part.video_start, part.video_end, part.audio_start, part.audio_end) == (1.0, 2.0, 1.0, 2.0)
    assert (whole.audio, whole.audio_start, whole.text, whole.crop) == ("lab/sound/a.wav", None, "Said", "left")
    assert gone.status == "excluded"


def test_words_by_flag(tmp_path: Path) -> None:
    touch(tmp_path / "a.mp4", tmp_path / "b.mp4")
    assert found([tmp_path / "a.mp4"], tmp_path, " Hello  you ")["a.mp4"].text == "Hello you"
    with pytest.raises(UserError, match="--text: given for 2 clips"):
        found([tmp_path], tmp_path, "Hello")


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("video\n../a.mp4\n", r"clips\.csv:2: .*"),
        ("video,texts\na.mp4,red\n", "column 'texts' is unknown; did you mean text"),
        ("video,clip_id\na.mp4,x\na.mp4,x\n", r"clips\.csv:3: clip_id 'x' exists already"),
        ("video,video_start,video_end\na.mp4,2,1\n", "video_end is not after video_start"),
        ("clip_id\nx\n", "no column video"),
    ],
)
def test_refused_tables(tmp_path: Path, table: str, sentence: str) -> None:
    touch(tmp_path / "a.mp4")
    (tmp_path / "clips.csv").write_text(table)
    with pytest.raises(UserError, match=sentence):
        find_clips([tmp_path / "clips.csv"], tmp_path, "")


def test_refused_paths(tmp_path: Path) -> None:
    touch(tmp_path / "a.mp4", tmp_path / "empty" / "readme.txt")
    with pytest.raises(UserError, match="contains no video and no sound"):
        find_clips([tmp_path / "empty"], tmp_path, "")
    with pytest.raises(UserError, match=r"gone\.csv: no such file"):
        find_clips([tmp_path / "gone.csv"], tmp_path, "")
    with pytest.raises(UserError, match="is not below"):
        find_clips([tmp_path / "a.mp4"], tmp_path / "empty", "")


def test_the_program(tmp_path: Path) -> None:
    touch(tmp_path / "a.mp4")
    flags = ["--release", tmp_path, "--text", "", "--manifest", tmp_path / "out.parquet", "--clips"]

    def run(*names: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "extractors.find_clips", *map(str, flags), *(str(tmp_path / n) for n in names)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    done = run("a.mp4", "gone.mp4")
    assert (done.returncode, done.stderr) == (0, "gone.mp4: no media file: video and audio\n")
    assert pq.read_table(tmp_path / "out.parquet")["status"].to_pylist() == ["ok", "excluded"]
    failed = run("gone.mp4")
    assert failed.returncode == 1
    assert "none of the 1 clips exists (gone.mp4); correct the paths" in failed.stderr
