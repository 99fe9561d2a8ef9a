"""How much memory a long clip takes: one case per process, which prints by how many MB its peak grew."""

from __future__ import annotations

import re
import sys
import tempfile
import wave
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import torch
from transformers import Wav2Vec2Config
from transformers.models.wav2vec2.modeling_wav2vec2 import Wav2Vec2FeatureEncoder

from extractors.clips.speech import PIECE, Habits, find_speech
from extractors.features.clip_extraction import build_extractor
from extractors.media.long_sound import sound_pieces
from extractors.modalities.base import extract
from extractors.networks.wav2vec2_front import FrontEnd
from extractors.shared.compute import inference
from extractors.write_backbone import write_backbone
from helpers import audio as of_audio
from helpers import visual as of_visual
from helpers.odd_media import pictures

CPU = torch.device("cpu")


def held(name: str) -> float:
    """MB that this process holds now (``VmRSS``), or has held at most since :func:`forget_peak` (``VmHWM``)."""
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found.group(1)) / 1024


def forget_peak() -> float:
    """Let the peak begin anew with what is held now, which is returned in MB."""
    Path("/proc/self/clear_refs").write_text("5")
    return held("VmRSS")


def write_sound(path: Path, minutes: float) -> None:
    """Noise at 48 kHz on two channels."""
    noise = np.random.default_rng(0).integers(-9999, 9999, 2 * 48_000).astype("<i2").tobytes()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(48_000)
        for _ in range(round(60 * minutes)):
            file.writeframes(noise)


def write_video(path: Path, minutes: float) -> None:
    """A face at 25 frames a second."""
    shown = [av.VideoFrame.from_ndarray(picture, "rgb24") for picture in pictures(5)]
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"preset": "ultrafast"})
        stream.height, stream.width, stream.pix_fmt = shown[0].height, shown[0].width, "yuv420p"
        for number in range(round(60 * 25 * minutes)):
            frame = shown[number % len(shown)]
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def extract_long(modality: str, minutes: float) -> float:
    """By how many MB the peak grew with a long clip after a short one."""
    column, suffix = {"audio": ("audio", ".wav"), "visual": ("video", ".mp4")}[modality]
    write = {"audio": write_sound, "visual": write_video}[modality]
    settings = {"audio": of_audio.TYPED, "visual": of_visual.TYPED}[modality]
    clip = {f"{column}_start": None, f"{column}_end": None, "crop": "full", "face": ""}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        write_backbone(modality, 0, place / "backbone")
        extractor = build_extractor(modality, str(place / "backbone"), settings, CPU)
        for name, length in (("short", 0.05), ("long", minutes)):
            write(place / f"{name}{suffix}", length)
            before = forget_peak()
            extract(extractor, clip | {column: f"{name}{suffix}"}, place)
        return held("VmHWM") - before


def convolve_long(minutes: float) -> float:
    """The same for the convolutions of wav2vec2 at their real width."""
    stack = Wav2Vec2FeatureEncoder(Wav2Vec2Config()).requires_grad_(False)
    assert stack.conv_layers[0].conv.out_channels == 512
    sound = torch.randn(round(60 * minutes * 16_000))
    before = forget_peak()
    with inference(CPU, "float32"):
        FrontEnd(stack)(sound)
    return held("VmHWM") - before


def listen_long(minutes: float) -> float:
    """The same for the search for speech in a recording."""
    with tempfile.TemporaryDirectory() as folder:
        for name, length in (("short", 0.05), ("long", minutes)):
            path = Path(folder) / f"{name}.wav"
            write_sound(path, length)
            before = forget_peak()
            find_speech(sound_pieces(path, PIECE), Habits(1, 0.5, 0.5, 10.0))
        return held("VmHWM") - before


if __name__ == "__main__":
    torch.set_num_threads(1)
    case, length = sys.argv[1], float(sys.argv[2])
    cases = {"convolutions": convolve_long, "speech": listen_long}
    print(cases[case](length) if case in cases else extract_long(case, length))
