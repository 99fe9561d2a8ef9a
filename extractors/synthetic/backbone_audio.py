"""A tiny wav2vec2 with seeded weights: the real convolutions with few channels, and 12 blocks of width 32."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import torch
from transformers import Wav2Vec2Config, Wav2Vec2FeatureExtractor, Wav2Vec2Model
from transformers.utils import logging

from extractors.synthetic.rehearsal import rehearse, standardise
from extractors.synthetic.voice import RATE

STEADY = 0.8
"""Share of each kernel that is constant over its taps."""


def write_audio_backbone(folder: Path, seed: int) -> None:
    """Write configuration, ``model.safetensors`` and preprocessing of a tiny wav2vec2 into an existing folder.

    Kernels and strides are those of wav2vec2-base, so a frame is 20 ms long and its receptive field has 400 samples.
    """
    logging.disable_progress_bar()
    config = Wav2Vec2Config(
        hidden_size=32,
        num_hidden_layers=12,
        num_attention_heads=4,
        intermediate_size=64,
        conv_dim=(32,) * 7,
        num_conv_pos_embeddings=16,
        num_conv_pos_embedding_groups=2,  # 16 channels each: torch 2.11 is wrong in bfloat16 on AMX otherwise
        initializer_range=0.1,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = Wav2Vec2Model(config).eval()
        _let_envelopes_pass(network)
    prepare = Wav2Vec2FeatureExtractor(return_attention_mask=False, do_normalize=True)
    prepare.save_pretrained(folder)
    seconds = [sample.sound[:RATE] for sample in rehearse(seed)]
    sounds = prepare(seconds, sampling_rate=RATE, return_tensors="pt")["input_values"]
    for block in network.encoder.layers:
        standardise(block.final_layer_norm, lambda: network(sounds))
    network.save_pretrained(folder)


@torch.no_grad()
def _let_envelopes_pass(network: Wav2Vec2Model) -> None:
    """Add a constant part to the kernels after the first convolution, so that they also average.

    After six purely random kernels, only noise is left that depends on the phase of the sound. The constant part keeps
    the energies in the rectified bands of the first convolution, and so keeps pitch, spectrum and loudness.
    """
    layers: list[Any] = list(network.feature_extractor.conv_layers)
    for layer in layers[1:]:
        weight = layer.conv.weight
        channels, taps = weight.shape[1:]
        moving = torch.randn_like(weight) * math.sqrt(2 / (channels * taps))
        steady = torch.randn_like(weight[:, :, :1]) * math.sqrt(2 / (channels * taps))
        weight.copy_((1 - STEADY) * moving + STEADY * steady)
