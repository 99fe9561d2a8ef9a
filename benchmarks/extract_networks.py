"""Batched extraction against the plain way, one clip at a time, with networks of the real size and random weights.

Run from the repository's root, ``python benchmarks/extract_networks.py --device auto --threads 2 --clips 16 --rounds
3``. For each modality both ways take turns in one process on the same clips; printed are the medians, their ratio, how
far the numbers are apart, and how far those of the 16-bit formats are.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from transformers import BertConfig, BertModel, Wav2Vec2Config, Wav2Vec2Model

from extractors.apvit import PUBLISHED, APViT
from extractors.bert import Bert
from extractors.compute import add_compute_flags, inference, prepare_compute
from extractors.s3fd import S3fd, detect
from extractors.synthetic.backbone import write_backbone
from extractors.visual import Visual
from extractors.wav2vec2 import Sound, Wav2Vec2

TRANSFORMER = {"blocks": [1, 7, 12], "revision": "", "sha256": "", "precision": "float16"}
FACES = {"sha256": "", "face_policy": "largest_track", "fill": "nearest", "detector": "cascade"} | {
    "cascade_scale": 1.2,
    "cascade_neighbours": 3,
}
RANDOM = np.random.default_rng(0)

Frames = list[np.ndarray]


def write_networks(folder: Path) -> None:
    """Networks of the real sizes with random weights, beside the preprocessing of the tiny ones."""
    torch.manual_seed(0)
    for modality in ("text", "audio", "visual"):
        write_backbone(modality, 0, folder / modality)
    pieces = json.loads((folder / "text/config.json").read_text())["vocab_size"]
    BertModel(BertConfig(vocab_size=pieces)).save_pretrained(folder / "text")
    Wav2Vec2Model(Wav2Vec2Config()).save_pretrained(folder / "audio")
    network = APViT(PUBLISHED)
    # Without trained batch norms the residual sums would grow beyond what 16 bits hold.
    for name, value in network.named_parameters():
        if name.endswith("res_layer.4.weight"):
            torch.nn.init.constant_(value, 0.2)
    (folder / "visual/config.json").write_text(json.dumps(asdict(PUBLISHED)))
    save_file(network.state_dict(), folder / "visual/model.safetensors")


def draw_texts(count: int) -> list[str]:
    """Transcripts of 3 to 60 words, 12 in the median, as the corpora have them."""
    lengths = np.clip(RANDOM.lognormal(np.log(12), 0.7, count), 3, 60).astype(int)
    words = ["so", "I", "did", "not", "know", "that", "you", "were", "going", "to", "be", "here", "today"]
    return [" ".join(RANDOM.choice(words, length)) for length in lengths]


def draw_sounds(count: int) -> list[np.ndarray]:
    """Noise of 0.5 to 30 seconds at 16 kHz, 4 in the median."""
    seconds = np.clip(RANDOM.lognormal(np.log(4), 0.6, count), 0.5, 30)
    return [RANDOM.standard_normal(int(16_000 * length)).astype(np.float32) for length in seconds]


def plain_bert(network: BertModel, inputs: Sequence[Any], device: torch.device) -> Frames:
    """One transcript at a time through the library, all hidden states asked for."""
    frames = []
    with inference(device, "float32"):
        for words in inputs:
            states = network(torch.tensor([words.pieces]).to(device), output_hidden_states=True).hidden_states
            frames.append(torch.cat([states[block] for block in TRANSFORMER["blocks"]], 2)[0].cpu().numpy())
    return frames


def plain_wav2vec2(network: Wav2Vec2Model, inputs: Sequence[Sound], device: torch.device) -> Frames:
    """One sound at a time through the library, all hidden states asked for."""
    frames = []
    with inference(device, "float32"):
        for sound in inputs:
            states = network(torch.from_numpy(sound.samples)[None].to(device), output_hidden_states=True).hidden_states
            frames.append(torch.cat([states[block] for block in TRANSFORMER["blocks"]], 2)[0].cpu().numpy())
    return frames


def compare(name: str, plain: Callable[[], Frames], ours: Callable[[], Frames], rounds: int) -> Frames:
    """Time both ways in turn and print medians, ratio and difference; returns our frames."""
    times: dict[str, list[float]] = {"plain": [], "ours": []}
    found: dict[str, Frames] = {}
    for _ in range(rounds):
        for way, run in (("plain", plain), ("ours", ours)):
            begin = time.perf_counter()
            found[way] = run()
            times[way].append(time.perf_counter() - begin)
    slow, fast = (statistics.median(times[way]) for way in ("plain", "ours"))
    count = len(found["ours"])
    apart = max(float(np.abs(a - b).max()) for a, b in zip(found["plain"], found["ours"], strict=True))
    print(
        f"{name}: one at a time {1000 * slow / count:.1f} ms, batched {1000 * fast / count:.1f} ms,"
        f" {count / fast:.1f} per second, {slow / fast:.2f} times as fast; largest difference {apart:.1e}"
    )
    return found["ours"]


def drift(name: str, exact: Frames, run: Callable[[str], Frames], formats: Sequence[str]) -> None:
    """Print how far the frames of other number formats are from those of float32, and their speed."""
    run(formats[0])
    for compute in formats:
        begin = time.perf_counter()
        found = run(compute)
        seconds = time.perf_counter() - begin
        apart = [np.linalg.norm(b - a) / np.linalg.norm(a) for a, b in zip(exact, found, strict=True)]
        print(
            f"{name} in {compute}: {1000 * seconds / len(exact):.1f} ms each; relative drift"
            f" median {np.median(apart):.1e}, largest {max(apart):.1e}"
        )


def embed(extractor: Any, inputs: Sequence[Any], compute: str) -> Frames:
    """Frames of an extractor in a number format."""
    extractor.compute = compute
    return [outcome.frames for outcome in extractor.embed(inputs)]


def embed_faces(extractor: Visual, faces: Sequence[np.ndarray], compute: str) -> Frames:
    """Rows of APViT in a number format."""
    extractor.compute = compute
    return list(extractor.embed_faces(faces))


def drift_of_boxes(device: torch.device, formats: Sequence[str], side: int) -> None:
    """Time of S3FD for a picture in each number format (its boxes need trained weights)."""
    network = S3fd().eval().requires_grad_(False).to(device)
    pictures = RANDOM.integers(0, 255, (4, side * 9 // 16, side, 3), np.uint8)
    for compute in ("float32", *formats):
        detect(network, pictures, device, compute)
        begin = time.perf_counter()
        detect(network, pictures, device, compute)
        print(
            f"S3FD, side {side}, in {compute}: {1000 * (time.perf_counter() - begin) / len(pictures):.0f} ms a picture"
        )


def main() -> None:
    """Parse the flags and compare modality by modality."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", required=True, type=int, help="sounds; four times as many texts and faces")
    parser.add_argument("--rounds", required=True, type=int)
    add_compute_flags(parser)
    flags = parser.parse_args()
    device = prepare_compute(flags.device, flags.threads)
    formats = ("bfloat16",) if device.type == "cpu" else ("bfloat16", "float16")
    with tempfile.TemporaryDirectory() as folder:
        write_networks(Path(folder))
        bert = Bert(f"{folder}/text", TRANSFORMER | {"batch": 2048, "compute": "float32"}, device)
        texts = [bert.read({"text": text}, Path()) for text in draw_texts(4 * flags.clips)]
        exact = compare(
            "BERT-base, a transcript",
            lambda: plain_bert(bert.network, texts, device),
            lambda: embed(bert, texts, "float32"),
            flags.rounds,
        )
        drift("BERT-base", exact, lambda compute: embed(bert, texts, compute), formats)
        audio = Wav2Vec2(f"{folder}/audio", TRANSFORMER | {"batch": 4000, "compute": "float32"}, device)
        sounds = [Sound(audio.prepare(sound), len(sound) / 16_000, "") for sound in draw_sounds(flags.clips)]
        exact = compare(
            "wav2vec2-base, a sound",
            lambda: plain_wav2vec2(audio.network, sounds, device),
            lambda: embed(audio, sounds, "float32"),
            flags.rounds,
        )
        drift("wav2vec2-base", exact, lambda compute: embed(audio, sounds, compute), formats)
        visual = Visual(f"{folder}/visual", FACES | {"batch": 64, "compute": "float32"}, device)
        faces = list(RANDOM.integers(0, 255, (4 * flags.clips, 112, 112, 3), np.uint8))
        exact = compare(
            "APViT, a face",
            lambda: [row for face in faces for row in embed_faces(visual, [face], "float32")],
            lambda: embed_faces(visual, faces, "float32"),
            flags.rounds,
        )
        drift("APViT", exact, lambda compute: embed_faces(visual, faces, compute), formats)
        drift_of_boxes(device, formats, 640)


if __name__ == "__main__":
    main()
