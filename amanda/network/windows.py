"""Responses of filters to every window of consecutive rows, with fewer multiplications than windows have rows.

Rows and taps are split into even and odd ones. Two neighbouring windows need four products of such halves, but three
are enough, because both use the product of the odd rows with the sums of even and odd taps (fast FIR algorithm, Mou
and Duhamel, 1991; Winograd's F(2, 2) on halves). Each split saves up to a quarter of the arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True, slots=True)
class Taps:
    """Kernels that are multiplied in one product: ``matrix`` is [sum of heights x filters, dim]."""

    matrix: Tensor
    heights: Sequence[int]
    filters: int


@dataclass(frozen=True, slots=True)
class Halves:
    """Kernels that are multiplied in three parts: even taps, sums of even and odd taps, odd taps."""

    even: Taps | Halves
    both: Taps | Halves
    odd: Taps | Halves


def prepare(kernels: Sequence[Tensor], halvings: int) -> Taps | Halves:
    """Prepare kernels [height, filters, dim] for :func:`responses`."""
    if not halvings:
        heights = [len(kernel) for kernel in kernels]
        return Taps(torch.cat(list(kernels)).flatten(0, 1), heights, kernels[0].shape[1])
    even, odd = [kernel[0::2] for kernel in kernels], [kernel[1::2] for kernel in kernels]
    both = [e + functional.pad(o, (0, 0, 0, 0, 0, len(e) - len(o))) for e, o in zip(even, odd, strict=True)]
    return Halves(*(prepare(part, halvings - 1) for part in (even, both, odd)))


def responses(rows: Tensor, taps: Taps | Halves) -> Tensor:
    """Responses of the filters of each kernel to the window that begins at each row, [rows, kernels, filters].

    Rows beyond the last count as zeros. A kernel of height 0 responds with zeros.

    Args:
        rows: [rows, dim]; their number is divisible by 2 for each split.
        taps: the kernels, prepared by :func:`prepare`.
    """
    if isinstance(taps, Halves):
        even, odd = rows[0::2], rows[1::2]
        later = odd.clone()
        later[:-1] -= even[1:]
        both = responses(odd, taps.both)
        sums = both.new_empty(len(rows), *both.shape[1:])
        torch.add(both, responses(even - odd, taps.even), out=sums[0::2])
        torch.sub(both, responses(later, taps.odd), out=sums[1::2])
        return sums
    products = (rows @ taps.matrix.T).view(len(rows), sum(taps.heights), taps.filters)
    sums = products.new_empty(len(rows), len(taps.heights), taps.filters)
    for kernel, of_kernel in enumerate(products.split(list(taps.heights), dim=1)):
        sums[:, kernel] = of_kernel[:, 0] if of_kernel.shape[1] else 0
        for tap in range(1, min(of_kernel.shape[1], len(rows))):
            sums[: len(rows) - tap, kernel] += of_kernel[tap:, tap]
    return sums
