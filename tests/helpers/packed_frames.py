"""Packed frames drawn from a seed."""

from __future__ import annotations

import torch

from amanda.network.frames import Packed


def stream(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def packed(lengths: list[int], dim: int, seed: int = 0, dtype: torch.dtype = torch.float64) -> Packed:
    return Packed(torch.randn(sum(lengths), dim, generator=stream(seed), dtype=dtype), torch.tensor(lengths), None)
