"""Audio frames: the outputs of wav2vec2's blocks every 20 ms, defined for the shortest and the longest clips."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.audio import TYPED
from helpers.beeps import beeping, tone, write_sound
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import Wav2Vec2Config, Wav2Vec2FeatureExtractor, Wav2Vec2Model
from transformers.models.wav2vec2.modeling_wav2vec2 import Wav2Vec2FeatureEncoder

from extractors.modalities.audio import Sound, Wav2Vec2
from extractors.modalities.base import extract
from extractors.networks.wav2vec2_front import FrontEnd
from extractors.shared.clip import ClipError
from extractors.shared.program import UserError
from extractors.write_backbone import write_backbone

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backbones") / "audio"
    write_backbone("audio", 0, folder)
    return folder


@pytest.fixture(scope="module")
def wav2vec2(folder: Path) -> Wav2Vec2:
    return Wav2Vec2(str(folder), TYPED, CPU)


def speech(seconds: float, pitch: float = 150.0, level: float = 0.2) -> np.ndarray:
    """A buzz with a rhythm, the simplest sound with a pitch and a loudness."""
    time = np.arange(round(16_000 * seconds)) / 16_000
    buzz = sum(np.sin(2 * np.pi * pitch * harmonic * time) / harmonic for harmonic in range(1, 20))
    return (level * buzz * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * time))).astype(np.float32)


def embed(network: Wav2Vec2, *sounds: np.ndarray) -> list[np.ndarray]:
    inputs = [Sound(network.prepare(sound), len(sound) / 16_000, "") for sound in sounds]
    return [extraction.frames for extraction in network.embed(inputs)]


def write_wav(path: Path, samples: np.ndarray) -> dict:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes((np.clip(samples, -1, 1) * 32767).round().astype("<i2").tobytes())
    return {"audio": path.name, "audio_start": None, "audio_end": None}


def test_blocks_are_what_forward_hooks_see(wav2vec2: Wav2Vec2) -> None:
    outputs = {}
    for number, layer in enumerate(wav2vec2.network.encoder.layers, start=1):
        layer.register_forward_hook(lambda module, inputs, output, number=number: outputs.update({number: output}))
    (frames,) = embed(wav2vec2, speech(0.5))
    seen = [outputs[number][0] if isinstance(outputs[number], tuple) else outputs[number] for number in (1, 7, 12)]
    np.testing.assert_array_equal(frames, torch.cat(seen, dim=-1)[0].numpy())


def test_frames_are_those_of_the_library(wav2vec2: Wav2Vec2, folder: Path, tmp_path: Path) -> None:
    clip = write_wav(tmp_path / "clip.wav", speech(1.0))
    extraction = extract(wav2vec2, clip, tmp_path)
    with wave.open(str(tmp_path / "clip.wav")) as file:
        samples = np.frombuffer(file.readframes(16_000), "<i2").astype(np.float32) / 32768
    inputs = Wav2Vec2FeatureExtractor.from_pretrained(folder)(samples, sampling_rate=16_000, return_tensors="pt")
    with torch.no_grad():
        network = Wav2Vec2Model.from_pretrained(folder).eval()
        states = network(inputs.input_values, output_hidden_states=True).hidden_states
    assert extraction.frames.shape == (49, wav2vec2.dim) == (49, 3 * 32)
    assert extraction.frames.dtype == np.float32
    assert (extraction.duration, extraction.warning, extraction.valid) == (1.0, "", None)
    expected = torch.cat([states[1], states[7], states[12]], dim=-1)[0].numpy()
    np.testing.assert_allclose(extraction.frames, expected, atol=1e-5)


@settings(max_examples=25, deadline=None)
@given(lengths=st.lists(st.integers(1, 24_000), min_size=1, max_size=7), seed=st.integers(0, 99))
def test_a_clip_does_not_depend_on_its_neighbours(wav2vec2: Wav2Vec2, lengths: list[int], seed: int) -> None:
    wav2vec2.batch = 300  # as on a GPU
    random = np.random.default_rng(seed)
    sounds = [random.standard_normal(length).astype(np.float32) for length in lengths]
    together = embed(wav2vec2, *sounds)
    for sound, frames in zip(sounds, together, strict=True):
        np.testing.assert_allclose(frames, embed(wav2vec2, sound)[0], atol=1e-4, rtol=0)


@pytest.mark.parametrize("norm", ["group", "layer"])
def test_a_long_sound_goes_through_the_convolutions_in_pieces(norm: str) -> None:
    torch.manual_seed(0)
    stack = Wav2Vec2FeatureEncoder(Wav2Vec2Config(conv_dim=[8] * 7, feat_extract_norm=norm)).requires_grad_(False)
    sound = torch.from_numpy(speech(4.0))
    whole = stack(sound[None])[0].T
    for piece in (1, 7, 199, 500):
        torch.testing.assert_close(FrontEnd(stack, piece)(sound), whole, atol=1e-5, rtol=1e-5)


def test_each_clip_is_normalised_by_itself(wav2vec2: Wav2Vec2) -> None:
    quiet, loud = embed(wav2vec2, speech(1.0, level=0.05), speech(1.0, level=0.3) + 0.1)
    np.testing.assert_allclose(quiet, loud, atol=0.02)


@pytest.mark.parametrize(("samples", "frames"), [(1, 1), (96, 1), (399, 1), (400, 1), (719, 1), (720, 2), (16_000, 49)])
def test_length(wav2vec2: Wav2Vec2, samples: int, frames: int) -> None:
    (embedded,) = embed(wav2vec2, speech(1.0)[:samples])
    assert embedded.shape == (frames, wav2vec2.dim)
    assert np.isfinite(embedded).all()


def test_a_clip_of_6_ms_is_filled_with_zeros_after_normalising(wav2vec2: Wav2Vec2, tmp_path: Path) -> None:
    sound = speech(0.006)
    extraction = extract(wav2vec2, write_wav(tmp_path / "clip.wav", sound), tmp_path)
    assert extraction.warning == "6 ms of sound, filled with zeros to 400 samples"
    normalised = np.zeros(400, np.float32)
    normalised[:96] = (sound - sound.mean()) / np.sqrt(sound.var() + 1e-7)
    with torch.no_grad():
        states = wav2vec2.network(torch.from_numpy(normalised)[None], output_hidden_states=True).hidden_states
    np.testing.assert_allclose(extraction.frames[:, :32], states[1][0].numpy(), atol=1e-2)


@pytest.mark.slow
def test_a_clip_of_109_s(wav2vec2: Wav2Vec2, tmp_path: Path) -> None:
    extraction = extract(wav2vec2, write_wav(tmp_path / "clip.wav", speech(109.0)), tmp_path)
    assert len(extraction.frames) == (109 * 16_000 - 400) // 320 + 1
    assert extraction.duration == 109.0


def test_a_segment_is_that_part_of_the_file(wav2vec2: Wav2Vec2, tmp_path: Path) -> None:
    samples = np.concatenate([speech(1.0, 100), speech(1.0, 250)])
    clip = write_wav(tmp_path / "whole.wav", samples)
    part = write_wav(tmp_path / "part.wav", samples[16_000:24_000])
    cut = extract(wav2vec2, clip | {"audio_start": 1.0, "audio_end": 1.5}, tmp_path)
    np.testing.assert_array_equal(cut.frames, extract(wav2vec2, part, tmp_path).frames)
    assert cut.warning == ""


def test_warnings(wav2vec2: Wav2Vec2, tmp_path: Path) -> None:
    clip = write_wav(tmp_path / "clip.wav", speech(1.0))
    short = extract(wav2vec2, clip | {"audio_start": 0.5, "audio_end": 2.0}, tmp_path)
    assert short.warning == "the sound is 1.00 s shorter than the clip"
    silence = extract(wav2vec2, write_wav(tmp_path / "silence.wav", np.zeros(8000)), tmp_path)
    assert silence.warning == "the sound is silent"
    assert np.isfinite(silence.frames).all()


NOISE = np.random.default_rng(0).choice([-1, 0, 1], (1, 16_000)).astype(np.float32) / 2**15
FAINT = np.random.default_rng(0).integers(-3, 4, (1, 16_000)).astype(np.float32) / 2**15
HUM = tone(16_000, 1, 200)
SILENT: list[tuple[np.ndarray, float, str]] = [
    (NOISE, -70, "the sound is silent"),
    (NOISE, -95, "the sound is silent"),  # one bit about a constant is no sound, whatever its depth
    (FAINT, -70, "the sound is silent"),  # -84 dBFS
    (FAINT, -95, ""),
    (HUM * 10 ** (-50 / 20), -70, ""),  # -63.5 dBFS
    (HUM * 10 ** (-50 / 20), -60, "the sound is silent"),
    (np.full((1, 16_000), 0.25), -70, "the sound is silent"),
    (np.concatenate([HUM, -HUM]), -70, "the sound is silent: its channels cancel out"),
    (np.concatenate([HUM, -0.95 * HUM]), -70, "its channels cancel out, -46 dBFS are left"),
    (np.concatenate([HUM, 0 * HUM]), -70, ""),
]


@pytest.mark.parametrize(("sound", "silence_db", "warning"), SILENT)
def test_silence_is_by_a_setting_and_says_why(
    wav2vec2: Wav2Vec2, sound: np.ndarray, silence_db: float, warning: str, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(wav2vec2, "silence_db", silence_db)
    layout = "mono" if len(sound) == 1 else "stereo"
    write_sound(tmp_path / "clip.wav", sound.astype(np.float32), 16_000, "pcm_s16le", layout=layout)
    clip = {"audio": "clip.wav", "audio_start": None, "audio_end": None}
    assert wav2vec2.read(clip, tmp_path).warning == warning


def test_a_clip_with_a_hole_says_how_much_of_it_holds_no_sound(wav2vec2: Wav2Vec2, tmp_path: Path) -> None:
    """Packets of 60 ms: those from 1.5 to 3.54 s are missing."""
    sound = beeping(16_000, 5, [1.0, 4.0])[None]
    write_sound(tmp_path / "clip.mkv", sound, 16_000, "pcm_s16le", dropped=(1.5, 3.5))
    clip = {"audio": "clip.mkv", "audio_start": 1.26, "audio_end": 3.72}
    extraction = extract(wav2vec2, clip, tmp_path)
    assert extraction.warning == "2.04 s of its 2.46 s hold no sound"
    assert extraction.duration == pytest.approx(2.46)
    inside = wav2vec2.read(clip | {"audio_start": 2.0, "audio_end": 3.0}, tmp_path)
    assert inside.warning == "the sound is silent; 1.00 s of its 1.00 s hold no sound"


def test_bad_sound(wav2vec2: Wav2Vec2, tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("no sound\n" * 100)
    with pytest.raises(ClipError, match=r"text\.wav: not readable as media"):
        extract(wav2vec2, {"audio": "text.wav", "audio_start": None, "audio_end": None}, tmp_path)
    with pytest.raises(ClipError, match=r"absent\.wav: no such file"):
        extract(wav2vec2, {"audio": "absent.wav", "audio_start": None, "audio_end": None}, tmp_path)


def test_receptive_field(wav2vec2: Wav2Vec2) -> None:
    assert (wav2vec2.front_end.receptive_field, wav2vec2.front_end.stride) == (400, 320)


@pytest.mark.parametrize("block", [0, 1, 2])
def test_pitch_survives_all_blocks(wav2vec2: Wav2Vec2, block: int) -> None:
    """In every block a voice is closer to one of nearly its pitch than to one an octave away."""
    low, near, high = embed(wav2vec2, *(speech(1.0, pitch) for pitch in (120, 123, 240)))
    columns = slice(block * 32, (block + 1) * 32)
    near_distance = np.linalg.norm(low[:, columns].mean(axis=0) - near[:, columns].mean(axis=0))
    assert near_distance < np.linalg.norm(low[:, columns].mean(axis=0) - high[:, columns].mean(axis=0)) / 1.5
    assert low[:, columns].std(axis=0).mean() > 0.1


def test_a_network_of_another_kind_is_refused(tmp_path: Path) -> None:
    write_backbone("text", 0, tmp_path / "text")
    with pytest.raises(UserError, match=r"model_type 'bert', and only 'wav2vec2' is computed"):
        Wav2Vec2(str(tmp_path / "text"), TYPED, CPU)


def test_preprocessing_must_be_there_and_for_16_khz(folder: Path, tmp_path: Path) -> None:
    for name in ("config.json", "model.safetensors"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    with pytest.raises(UserError, match=r"has no readable preprocessor_config\.json"):
        Wav2Vec2(str(tmp_path), TYPED, CPU)
    Wav2Vec2FeatureExtractor(sampling_rate=8000).save_pretrained(tmp_path)
    with pytest.raises(UserError, match="wants 8000 Hz"):
        Wav2Vec2(str(tmp_path), TYPED, CPU)
