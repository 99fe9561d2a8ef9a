"""A tiny APViT with seeded weights: the published architecture at a size that needs no GPU and no download."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import cast

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

from extractors.networks.apvit import APViT, Config, preprocess
from extractors.synthetic.rehearsal import rehearse, standardise

TINY = Config(
    stem=8,
    stage_blocks=(1, 1, 1, 1),
    stage_channels=(8, 16, 32, 64),
    dim=64,
    heads=8,
    hidden=128,
    keep_patches=40,
    keep_rates=(1.0, 1.0, 1.0, 1.0, 0.9, 0.9, 0.9, 0.9),
)
"""The published blocks, heads, rates and share of kept patches, with 7 x 7 patches and width 64."""


def write_visual_backbone(folder: Path, seed: int) -> None:
    """Write ``config.json`` and ``model.safetensors`` of a tiny APViT into an existing folder.

    The same seed gives the same bytes. The weights are drawn so that the feature depends on the look of a face: layers
    keep the magnitude of their input, patches have about the magnitude of their position embeddings, and batch norms
    are the identity.
    """
    network = APViT(TINY)
    generator = torch.Generator().manual_seed(seed)
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, a=0.25, generator=generator)
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=module.in_features**-0.5, generator=generator)
        if isinstance(module, nn.Conv2d | nn.Linear) and module.bias is not None:
            nn.init.zeros_(module.bias)
    # The residual sums of the stages grow to about four times the magnitude of a position embedding.
    projection = cast(nn.Conv2d, network.vit.projs[0])
    nn.init.normal_(projection.weight, std=0.25 * TINY.stage_channels[-1] ** -0.5, generator=generator)
    for embedding in (network.vit.cls_token, network.vit.cls_pos_embed, network.vit.patch_pos_embed):
        nn.init.normal_(embedding, generator=generator)
    faces = torch.from_numpy(np.stack([preprocess(sample.face) for sample in rehearse(seed)]))
    standardise(network.vit.norm, lambda: network.eval()(faces))
    (folder / "config.json").write_text(json.dumps(asdict(TINY), indent=2) + "\n", encoding="utf-8")
    save_file(network.state_dict(), folder / "model.safetensors")
