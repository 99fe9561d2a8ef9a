"""APViT: face crop -> facial expression feature. For inference, with the layout of the published RAF-DB checkpoint.

Xue et al., "Vision Transformer with Attentive Pooling for Robust Facial Expression Recognition", IEEE Transactions on
Affective Computing, 2022; weights and original code: github.com/youqingxiaozhua/APViT (Apache-2.0).
Three stages of an IR-50 compute a map of patches. The patches with the weakest response are dropped before the
transformer (attentive patch pooling), and more patches inside it (attentive token pooling). The feature is the class
token.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from extractors.networks.ir50 import Ir50
from extractors.networks.weights import load_strictly, read_state
from extractors.shared.program import UserError

SIDE = 112
"""Side of the face crop, in pixels."""

EXPRESSIONS = ("anger", "disgust", "fear", "sadness", "happiness", "surprise", "neutral")
"""The classes of the columns of :meth:`APViT.probabilities`, in the order of the published head."""

MEAN = np.array([123.675, 116.28, 103.53], np.float32)
STD = np.array([58.395, 57.12, 57.375], np.float32)
EPSILON = 1e-6


@dataclass(frozen=True, slots=True)
class Config:
    """The sizes of a model.

    Attributes:
        stem: channels of the first convolution.
        stage_blocks: residual blocks of each convolutional stage; each stage halves the side of the map.
        stage_channels: channels of each stage.
        dim: width of the tokens and of the feature.
        heads: attention heads of a block.
        hidden: width inside a block's MLP.
        keep_patches: number of the ``(112 / 2**stages)**2`` patches that enter the transformer.
        keep_rates: share of its input patches that each transformer block keeps.
    """

    stem: int
    stage_blocks: tuple[int, ...]
    stage_channels: tuple[int, ...]
    dim: int
    heads: int
    hidden: int
    keep_patches: int
    keep_rates: tuple[float, ...]

    @property
    def patches(self) -> int:
        """Number of positions in the last stage's map."""
        return (SIDE // 2 ** len(self.stage_blocks)) ** 2


PUBLISHED = Config(
    stem=64,
    stage_blocks=(3, 4, 14),
    stage_channels=(64, 128, 256),
    dim=768,
    heads=8,
    hidden=2304,
    keep_patches=160,
    keep_rates=(1.0, 1.0, 1.0, 1.0, 0.9, 0.9, 0.9, 0.9),
)
"""The sizes of the published checkpoint (65,209,543 parameters)."""


def preprocess(face: np.ndarray) -> np.ndarray:
    """Turn an RGB picture of a face (uint8 [H, W, 3]) into the network's input (float32 [3, 112, 112])."""
    resized = cv2.resize(face, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
    return np.ascontiguousarray(((resized.astype(np.float32) - MEAN) / STD).transpose(2, 0, 1))


def strongest(scores: Tensor, count: int) -> Tensor:
    """Indices [B, count] of the highest ``scores`` [B, N] in each row, in ascending order."""
    return scores.topk(count, dim=1).indices.sort(dim=1).values


def gather_tokens(tokens: Tensor, indices: Tensor) -> Tensor:
    """Select the tokens ``indices`` [B, K] of each image from ``tokens`` [B, N, dim]."""
    return tokens.gather(1, indices.unsqueeze(2).expand(-1, -1, tokens.shape[2]))


class Attention(nn.Module):
    """Self-attention that also ranks the patches by the attention of the class token."""

    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(dim, 3 * dim, bias=False)
        self.proj = nn.Linear(dim, dim)

    def forward(self, tokens: Tensor, queries: int) -> tuple[Tensor, Tensor]:
        """Attend from the first ``queries`` tokens to all tokens.

        Returns:
            The attended tokens [B, queries, dim], and a score of each patch [B, N - 1]: the product of the class
            token's query and the patch's key, over all heads, signed, before the softmax.
        """
        batch, count, dim = tokens.shape
        parts = self.qkv(tokens).view(batch, count, 3, dim)
        query, key, value = (part.view(batch, count, self.heads, -1).transpose(1, 2) for part in parts.unbind(2))
        attended = functional.scaled_dot_product_attention(query[:, :, :queries], key, value)
        scores = parts[:, 1:, 1] @ parts[:, 0, 0].unsqueeze(2)
        return self.proj(attended.transpose(1, 2).reshape(batch, queries, dim)), scores.squeeze(2)


class Mlp(nn.Module):
    """Two linear maps with an exact GELU between them."""

    def __init__(self, dim: int, hidden: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(dim, hidden)
        self.fc2 = nn.Linear(hidden, dim)

    def forward(self, tokens: Tensor) -> Tensor:
        """Tokens [B, N, dim] -> tokens [B, N, dim]."""
        return self.fc2(functional.gelu(self.fc1(tokens)))


class Block(nn.Module):
    """A pre-norm transformer block. It drops the least attended patches between attention and MLP."""

    def __init__(self, config: Config, keep_rate: float) -> None:
        super().__init__()
        self.keep_rate = keep_rate
        self.norm1 = nn.LayerNorm(config.dim, eps=EPSILON)
        self.attn = Attention(config.dim, config.heads)
        self.norm2 = nn.LayerNorm(config.dim, eps=EPSILON)
        self.mlp = Mlp(config.dim, config.hidden)

    def forward(self, tokens: Tensor) -> Tensor:
        """Tokens [B, N, dim] -> tokens [B, 1 + kept, dim]. The attention uses all N tokens."""
        attended, scores = self.attn(self.norm1(tokens), queries=tokens.shape[1])
        tokens = tokens + attended
        keep = max(int(scores.shape[1] * self.keep_rate), 1)
        if keep < scores.shape[1]:
            tokens = torch.cat([tokens[:, :1], gather_tokens(tokens[:, 1:], strongest(scores, keep))], dim=1)
        return tokens + self.mlp(self.norm2(tokens))

    def class_token(self, tokens: Tensor) -> Tensor:
        """Only the class token [B, 1, dim]. The last block needs no more, because its patches are not used."""
        token = tokens[:, :1] + self.attn(self.norm1(tokens), queries=1)[0]
        return token + self.mlp(self.norm2(token))


class PoolingVit(nn.Module):
    """The transformer with both attentive pooling steps: maps [B, C, side, side] -> feature [B, dim]."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.keep_patches = config.keep_patches
        self.cls_token = nn.Parameter(torch.zeros(1, 1, config.dim))
        self.cls_pos_embed = nn.Parameter(torch.zeros(1, 1, config.dim))
        self.patch_pos_embed = nn.Parameter(torch.zeros(1, config.patches, config.dim))
        self.projs = nn.ModuleList([nn.Conv2d(config.stage_channels[-1], config.dim, 1)])
        self.blocks = nn.ModuleList([Block(config, rate) for rate in config.keep_rates])
        self.norm = nn.LayerNorm(config.dim, eps=EPSILON)

    def forward(self, maps: Tensor) -> Tensor:
        """Pool the patches, run the blocks, and return the normalised class token."""
        patches = self.projs[0](maps).flatten(2).transpose(1, 2)
        # The response is measured before the position embedding is added.
        indices = strongest(patches.abs().sum(dim=2), self.keep_patches)
        tokens = gather_tokens(patches + self.patch_pos_embed, indices)
        token = (self.cls_token + self.cls_pos_embed).expand(len(maps), -1, -1)
        tokens = torch.cat([token, tokens], dim=1)
        for block in self.blocks[:-1]:
            tokens = block(tokens)
        return self.norm(cast(Block, self.blocks[-1]).class_token(tokens))[:, 0]


class APViT(nn.Module):
    """Faces [B, 3, 112, 112] (see :func:`preprocess`) -> features [B, dim]."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.extractor = Ir50(config.stem, config.stage_blocks, config.stage_channels)
        self.vit = PoolingVit(config)
        self.head = nn.ModuleDict({"fc": nn.Linear(config.dim, len(EXPRESSIONS))})

    def forward(self, faces: Tensor) -> Tensor:
        """The features that the published head classifies."""
        return self.vit(self.extractor(faces))

    def probabilities(self, feature: Tensor) -> Tensor:
        """Probability of each of :data:`EXPRESSIONS` [B, 7] from features [B, dim]."""
        return self.head["fc"](feature).softmax(dim=1)


def find_weights(backbone: Path) -> tuple[Path, Config]:
    """The file of weights in ``backbone``, and the sizes of its model.

    Args:
        backbone: a folder with ``config.json`` and ``model.safetensors``, a folder with one ``.pth`` file, or a file
            of weights. Only the first kind can have sizes that differ from the published ones.

    Raises:
        UserError: it is none of these, or the folder's configuration does not describe a model.
    """
    if not backbone.is_dir():
        return backbone, PUBLISHED
    described = backbone / "config.json"
    if described.exists():
        return backbone / "model.safetensors", read_config(described)
    published = sorted(backbone.glob("*.pth"))
    if len(published) != 1:
        raise UserError(f"{backbone}: holds neither config.json nor exactly one .pth file; name the APViT weights")
    return published[0], PUBLISHED


def read_config(path: Path) -> Config:
    """Read the sizes of a model from a JSON object with the fields of :class:`Config`."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        sizes: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in values.items()
        }
        return Config(**sizes)
    except (ValueError, TypeError, AttributeError) as error:
        raise UserError(f"{path}: does not describe an APViT ({error}); make the backbone again") from None


def load(weights: Path, config: Config) -> APViT:
    """Build the model and load its weights strictly. The result is in inference mode, on the CPU."""
    network = APViT(config)
    load_strictly(network, read_state(weights), weights)
    network.eval().requires_grad_(False)
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's types lack it
