"""Words of a tiny random Whisper: those of its most likely tokens, piece by piece, where there is sound alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from helpers.talking_film import voice
from helpers.tiny_whisper import SPECIAL, write_whisper
from helpers.wav_files import write_wav
from transformers import WhisperFeatureExtractor, WhisperForConditionalGeneration
from transformers.convert_slow_tokenizer import bytes_to_unicode

from extractors.clips.named import find_clips
from extractors.clips.transcript import PIECE, Transcriber
from extractors.media.sound import read_sound
from extractors.shared.clip import MANIFEST
from extractors.shared.files import write_table
from extractors.shared.program import UserError

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def whisper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whisper")
    write_whisper(folder)
    return folder


def plain(folder: Path, sound: np.ndarray) -> str:
    """Greedy decoding by hand: the most likely next token, one after another, from the bare network."""
    network = WhisperForConditionalGeneration.from_pretrained(folder).eval()
    prepare = WhisperFeatureExtractor.from_pretrained(folder)
    features = prepare(sound, sampling_rate=16_000, return_tensors="pt").input_features
    letters = len(bytes_to_unicode())
    tokens = [letters + SPECIAL.index("<|startoftranscript|>"), letters + SPECIAL.index("<|notimestamps|>")]
    first = len(tokens)
    with torch.inference_mode():
        while len(tokens) < first + network.generation_config.max_length and tokens[-1] != letters:
            logits = network(input_features=features, decoder_input_ids=torch.tensor([tokens])).logits
            tokens.append(int(logits[0, -1].argmax()))
    numbers = dict(enumerate(bytes_to_unicode().keys()))  # in the order in which the tokens were numbered
    said = bytes(numbers[token] for token in tokens[first:] if token < letters)
    return " ".join(said.decode("utf-8", "replace").split())


def test_words_are_the_most_likely_tokens(whisper: Path) -> None:
    sound = voice("a", "happy", 2.0)
    said = Transcriber(str(whisper), CPU).words(sound)
    assert said == plain(whisper, sound) != ""


def test_a_long_sound_is_heard_in_pieces(whisper: Path) -> None:
    sound = np.float32(0.1 * np.random.default_rng(0).normal(size=PIECE + 32_000))
    listening = Transcriber(str(whisper), CPU)
    parts = [listening.words(sound[:PIECE]), listening.words(sound[PIECE:])]
    assert listening.words(sound) == " ".join(" ".join(parts).split())
    assert listening.words(sound[:PIECE]) == listening.words(sound[: PIECE + 100]), "a click is no word"
    assert listening.words(np.zeros(0, np.float32)) == ""


@pytest.mark.parametrize("there", [True, False])
def test_what_is_no_whisper_is_refused(tmp_path: Path, there: bool) -> None:
    folder = tmp_path / "model"
    if there:
        folder.mkdir()
        (folder / "config.json").write_text("{}")
    with pytest.raises(UserError, match="no Whisper that can be loaded"):
        Transcriber(str(folder), CPU)


@pytest.mark.slow
def test_the_program(whisper: Path, tmp_path: Path) -> None:
    write_wav(tmp_path / "said.wav", voice("a", "happy", 1.0)[None])
    write_wav(tmp_path / "silent.wav", np.zeros((1, 16_000)))
    write_wav(tmp_path / "known.wav", voice("b", "sad", 1.0)[None])
    (tmp_path / "known.txt").write_text("I know")
    (tmp_path / "broken.wav").write_bytes(b"no sound" * 100)
    clips = find_clips([tmp_path], tmp_path, "")
    rows = [{field.name: getattr(clip, field.name) for field in MANIFEST} for clip in clips]
    write_table(tmp_path / "in.parquet", pa.Table.from_pylist(rows, schema=MANIFEST))
    flags = ["--clips", "in.parquet", "--release", ".", "--recogniser", whisper, "--silence-db", "-60"]
    flags += ["--manifest", "out.parquet", "--device", "cpu", "--threads", "1"]
    command = [sys.executable, "-m", "extractors.transcribe_clips", *map(str, flags)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "1 of 3 clips without words were transcribed" in done.stderr
    words = {row["clip_id"]: row["text"] for row in pq.read_table(tmp_path / "out.parquet").to_pylist()}
    expected = plain(whisper, read_sound(tmp_path / "said.wav", None, None))
    assert words == {"broken.wav": "", "known.wav": "I know", "said.wav": expected, "silent.wav": ""}
