"""A tiny APViT with seeded weights: the published architecture at a size that needs no GPU and no download."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

from extractors.apvit import APViT, Config

TINY = Config(
    stem=8,
    stage_blocks=(1, 2, 2),
    stage_channels=(8, 16, 32),
    dim=64,
    heads=8,
    hidden=128,
    keep_patches=160,
    keep_rates=(1.0, 1.0, 1.0, 1.0, 0.9, 0.9, 0.9, 0.9),
)
"""As the published model with the same patches, blocks, heads and pooling, but 64 wide."""


def write_visual_backbone(folder: Path, seed: int) -> None:
    """Write ``config.json`` and ``model.safetensors`` of a tiny APViT into an existing folder.

    The same seed gives the same bytes. The weights are drawn so that what a face looks like survives into the feature:
    convolutions keep the variance, positions and content of the patches weigh alike, and attention is far from uniform.
    """
    network = APViT(TINY)
    generator = torch.Generator().manual_seed(seed)
    for module in network.modules():
        _draw(module, generator)
    for name, gain in (("cls_token", 1.0), ("cls_pos_embed", 1.0), ("patch_pos_embed", 1.0)):
        nn.init.normal_(getattr(network.vit, name), std=gain, generator=generator)
    (folder / "config.json").write_text(json.dumps(asdict(TINY), indent=2) + "\n", encoding="utf-8")
    save_file(network.state_dict(), folder / "model.safetensors")


def _draw(module: nn.Module, generator: torch.Generator) -> None:
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, a=0.25, generator=generator)
    if isinstance(module, nn.Linear):
        nn.init.normal_(module.weight, std=module.in_features**-0.5, generator=generator)
    if isinstance(module, nn.Conv2d | nn.Linear) and module.bias is not None:
        nn.init.zeros_(module.bias)
