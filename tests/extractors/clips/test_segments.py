"""Recordings cut at their speech: times, names and words of each segment, and what is said of those without any."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from helpers.clocked_media import write_clip
from helpers.talking_film import write_talk
from helpers.wav_files import write_wav

from extractors.clips.named import find_clips
from extractors.clips.segments import NO_SPEECH, UNTIMED, segment_clip, share_out
from extractors.clips.sidecars import Cue
from extractors.clips.speech import Speech
from extractors.shared.clip import MANIFEST
from extractors.shared.files import write_table

LOUD = -20.0


def row(folder: Path, **changes: object) -> dict:
    (folder / "a.mp4").touch()
    (clip,) = find_clips([folder / "a.mp4"], folder, "")
    return {field.name: getattr(clip, field.name) for field in MANIFEST} | changes


def test_segments_of_a_whole_file(tmp_path: Path) -> None:
    (tmp_path / "a.srt").write_text(
        "1\n00:00:01,000 --> 00:00:02,000\nOne.\n\n2\n00:00:02,000 --> 00:00:04,500\nTwo.\n\n"
        "3\n00:00:04,600 --> 00:00:04,900\nAside.\n\n4\n00:00:08,000 --> 00:00:09,000\nThree.\n"
    )
    found = segment_clip(row(tmp_path), Speech(((1.2, 4.2), (7.5, 8.4)), LOUD), tmp_path)
    assert [clip["clip_id"] for clip in found.rows] == ["a.mp4#t=1.20,4.20", "a.mp4#t=7.50,8.40"]
    assert [clip["text"] for clip in found.rows] == ["One. Two.", "Three."]
    for kind in ("video", "audio"):
        assert [(clip[f"{kind}_start"], clip[f"{kind}_end"]) for clip in found.rows] == [(1.2, 4.2), (7.5, 8.4)]
    assert found.remarks == ["1 of 4 cues lie outside all speech, and are left out"]
    pa.Table.from_pylist(found.rows, schema=MANIFEST)


def test_segments_within_a_part_of_a_file(tmp_path: Path) -> None:
    """Times of the pictures follow their own clock."""
    times = {"audio_start": 10.0, "audio_end": 20.0, "video_start": 110.0, "video_end": 120.0}
    clip = row(tmp_path, clip_id="x", audio="a.wav", **times)
    found = segment_clip(clip, Speech(((1, 5), (9, 11), (12, 13), (19, 21), (22, 23)), LOUD), tmp_path)
    assert [clip["clip_id"] for clip in found.rows] == ["x#t=10.00,11.00", "x#t=12.00,13.00", "x#t=19.00,20.00"]
    assert [(clip["video_start"], clip["video_end"]) for clip in found.rows] == [(110, 111), (112, 113), (119, 120)]


def test_words_without_times(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Hello")
    found = segment_clip(row(tmp_path), Speech(((1.0, 2.0),), LOUD), tmp_path)
    assert (found.rows[0]["text"], found.remarks) == ("", [UNTIMED])
    (tmp_path / "a.txt").unlink()
    (tmp_path / "a.vtt").write_text("no subtitles")
    found = segment_clip(row(tmp_path), Speech(((1.0, 2.0),), LOUD), tmp_path)
    assert "a.vtt: has no line such as" in found.remarks[0]


def test_quiet_and_speechless_recordings(tmp_path: Path) -> None:
    (silent,) = segment_clip(row(tmp_path), Speech((), LOUD), tmp_path).rows
    assert (silent["status"], silent["reason"]) == ("excluded", NO_SPEECH)
    quiet = segment_clip(row(tmp_path), Speech(((1.0, 2.0),), -61.4), tmp_path)
    assert quiet.remarks == ["its sound is quiet (-61 dBFS), where speech is missed; make it louder"]
    (mute,) = segment_clip(row(tmp_path), Speech((), -120.0), tmp_path).rows
    assert mute["reason"].startswith(f"{NO_SPEECH}; its sound is quiet (-120 dBFS)")


def test_a_cue_belongs_to_the_segment_with_which_it_shares_most() -> None:
    cues = [Cue(0.0, 3.0, "a"), Cue(1.0, 5.0, "b"), Cue(3.5, 5.0, "c"), Cue(8.0, 9.0, "d")]
    assert share_out(cues, [(0.5, 2.0), (3.0, 6.0)]) == (["a", "b c"], 1)


@pytest.mark.slow
def test_the_program(tmp_path: Path) -> None:
    spoken = write_talk(tmp_path / "talk.mp4")
    write_wav(tmp_path / "silent.wav", np.zeros((1, 48_000)))
    write_clip(tmp_path / "soundless.mp4", [number / 25 for number in range(25)])
    (tmp_path / "broken.mp4").write_bytes(b"no film" * 100)
    habits = ["--aggressiveness", "1", "--gap", "0.5", "--shortest", "0.5", "--longest", "10"]

    def run(*names: str) -> subprocess.CompletedProcess:
        clips = find_clips([tmp_path / name for name in names], tmp_path, "")
        rows = [{field.name: getattr(clip, field.name) for field in MANIFEST} for clip in clips]
        write_table(tmp_path / "in.parquet", pa.Table.from_pylist(rows, schema=MANIFEST))
        files = ["--recordings", "in.parquet", "--release", ".", "--manifest", "out.parquet"]
        command = [sys.executable, "-m", "extractors.find_speech", *files, *habits]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    done = run("talk.mp4", "silent.wav", "soundless.mp4", "broken.mp4", "gone.mp4")
    assert done.returncode == 0, done.stderr
    rows = pq.read_table(tmp_path / "out.parquet").to_pylist()
    talk = [(clip["audio_start"], clip["audio_end"]) for clip in rows if clip["status"] == "ok"]
    np.testing.assert_allclose(talk, spoken, atol=0.25)
    reasons = {clip["clip_id"]: clip["reason"] for clip in rows if clip["status"] == "excluded"}
    assert reasons["silent.wav"].startswith(NO_SPEECH)
    assert "soundless.mp4: has no sound" in reasons["soundless.mp4"]
    assert "broken.mp4: not readable as media" in reasons["broken.mp4"]
    assert "silent.wav: no speech was found in it" in done.stderr
    assert reasons["gone.mp4"] == "no media file: video and audio"
    failed = run("soundless.mp4")
    assert failed.returncode == 1
    assert "soundless.mp4: has no sound" in failed.stderr
    assert "ask about whole clips, without --segment" in failed.stderr
