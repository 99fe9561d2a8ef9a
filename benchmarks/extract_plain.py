"""Common parts of the benchmarks of extraction: networks of the real size with random weights, and the plain ways.

The plain way takes one clip or picture at a time through the libraries' own functions, as published extractors do.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from face_alignment.detection.sfd.bbox import nms
from face_alignment.detection.sfd.detect import batch_detect, get_predictions
from safetensors.torch import save_file
from torch import Tensor, nn
from transformers import BertConfig, BertModel, Wav2Vec2Config, Wav2Vec2Model

from extractors.modalities.audio import AudioSettings, Sound
from extractors.modalities.text import TextSettings
from extractors.modalities.visual import VisualSettings
from extractors.networks.apvit import PUBLISHED, APViT
from extractors.networks.s3fd import make_network
from extractors.shared.compute import inference
from extractors.shared.settings import settings_of
from extractors.write_backbone import write_backbone

BLOCKS = [1, 7, 12]
RANDOM = np.random.default_rng(0)
FACES_PER_LEVEL = 5
"""Number of positions in each level at which the detector with random weights finds a face."""

SURENESS = 8.0
"""Standard deviation of the detector's logits over the positions."""

Frames = list[np.ndarray]

COMMON = {"sha256": "", "precision": "float16", "compute": "float32", "window": 8}
TRANSFORMER = COMMON | {"blocks": BLOCKS, "revision": ""}


def text_settings() -> TextSettings:
    """The settings of the paper for text."""
    return settings_of(TextSettings, TRANSFORMER | {"batch": 2048, "window": 256})


def audio_settings() -> AudioSettings:
    """The settings of the paper for audio."""
    return settings_of(AudioSettings, TRANSFORMER | {"batch": 4000, "window": 32, "silence_db": -70})


def visual_settings(**changes: object) -> VisualSettings:
    """The settings of the paper for visual, with S3FD and some changed keys."""
    values = {
        "frames": 64,
        "detector": "s3fd",
        "detector_weights": "",
        "detector_sha256": "",
        "detector_compute": "float32",
        "detection_side": 640,
        "min_face": 0.1,
        "cascade_scale": 1.2,
        "cascade_neighbours": 3,
        "track_overlap": 0.3,
        "face_policy": "largest_track",
        "face_crop": "box",
        "margin": 0.1,
        "landmark_weights": "",
        "landmark_sha256": "",
        "fill": "nearest",
        "degraded_faceless_fraction": 0.1,
        "batch": 64,
    }
    return settings_of(VisualSettings, COMMON | values | changes)


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


def random_detector(side: int) -> nn.Module:
    """S3FD with random weights that finds only a few faces in a picture of noise with this longer side."""
    torch.manual_seed(0)
    network = make_network().eval().requires_grad_(False)
    picture = torch.from_numpy(draw_pictures(1, side)).permute(0, 3, 1, 2).float() - 110
    with torch.inference_mode():
        scores = network(picture)[::2]
    layers = [layer for name, layer in network.named_modules() if name.endswith("_mbox_conf")]
    for logits, layer in zip(scores, layers, strict=True):
        margin = (logits[:, 1] - logits[:, 0]).flatten().sort().values
        layer.bias[:-1] += margin[-min(FACES_PER_LEVEL, len(margin))]
        # As in a trained network, hardly any position has a probability near one half.
        sureness = SURENESS / margin.std()
        layer.weight *= sureness
        layer.bias *= sureness
    return network


def draw_pictures(count: int, side: int) -> np.ndarray:
    """Noise uint8 RGB [count, H, W, 3] with an aspect ratio of 16 to 9."""
    return RANDOM.integers(0, 255, (count, side * 9 // 16, side, 3), np.uint8)


def draw_texts(count: int) -> list[str]:
    """Transcripts of 3 to 60 words, with a median of 12, similar to those of the corpora."""
    lengths = np.clip(RANDOM.lognormal(np.log(12), 0.7, count), 3, 60).astype(int)
    words = ["so", "I", "did", "not", "know", "that", "you", "were", "going", "to", "be", "here", "today"]
    return [" ".join(RANDOM.choice(words, length)) for length in lengths]


def draw_sounds(count: int) -> list[np.ndarray]:
    """Noise of 0.5 to 30 seconds at 16 kHz, with a median of 4 seconds."""
    seconds = np.clip(RANDOM.lognormal(np.log(4), 0.6, count), 0.5, 30)
    return [RANDOM.standard_normal(int(16_000 * length)).astype(np.float32) for length in seconds]


def plain_bert(network: BertModel, inputs: Sequence[Any], device: torch.device) -> Frames:
    """One transcript at a time through the library, with all hidden states."""
    frames = []
    with inference(device, "float32"):
        for words in inputs:
            states = network(torch.tensor([words.pieces]).to(device), output_hidden_states=True).hidden_states
            frames.append(torch.cat([states[block] for block in BLOCKS], 2)[0].cpu().numpy())
    return frames


def plain_wav2vec2(network: Wav2Vec2Model, inputs: Sequence[Sound], device: torch.device) -> Frames:
    """One sound at a time through the library, with all hidden states."""
    frames = []
    with inference(device, "float32"):
        for sound in inputs:
            states = network(torch.from_numpy(sound.samples)[None].to(device), output_hidden_states=True).hidden_states
            frames.append(torch.cat([states[block] for block in BLOCKS], 2)[0].cpu().numpy())
    return frames


def plain_s3fd(network: nn.Module, pictures: np.ndarray, device: torch.device) -> Frames:
    """One picture at a time through the package's detection, suppression and filter: [K, 5] each."""
    images = (torch.from_numpy(picture[None]).permute(0, 3, 1, 2) for picture in pictures)
    with inference(device, "float32"):
        return [filtered(batch_detect(network, image, str(device))[0]) for image in images]


def plain_boxes(output: Sequence[Tensor]) -> Frames:
    """The package's boxes of a batch, from the maps of the network."""
    maps = [(each.softmax(1) if index % 2 == 0 else each).numpy() for index, each in enumerate(output)]
    return [filtered(boxes) for boxes in get_predictions(maps, len(maps[0]))]


def filtered(boxes: np.ndarray) -> np.ndarray:
    """The package's suppression and filter."""
    kept = boxes[nms(boxes, 0.3)] if len(boxes) else np.empty((0, 5))
    return kept[kept[:, 4] > 0.5]
