"""Convolution over time and its maximum per clip, on packed frames: exact, no padding, a sparse backward pass.

A clip's values do not depend on the other clips of its batch, except for rounding: the fast algorithm (``HALVINGS``)
adds rows of the next clip and subtracts them again. A kernel of height k sees the windows that lie inside the clip. A
clip shorter than k has one window, which reads zeros beyond the clip's end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from amanda.network.frames import Frames, Laid, Packed, fill
from amanda.network.windows import prepare, responses

BLOCK = 2048
"""Approximate number of rows in a block on a CPU, so that rows and products stay in its cache."""

HALVINGS, WORTH = 2, 1024
"""Levels of the fast-FIR split on a CPU, and the number of taps from which it pays."""


def max_over_time(
    frames: Frames, taps: Tensor, kernels: Sequence[int], compute: torch.dtype, padded: bool = False
) -> Tensor:
    """Maximum over time of each filter's response, without bias, [clips, kernels x filters] in the dtype of ``taps``.

    The maximum keeps one window per clip and filter. So the gradient of the weights is a weighted sum of the rows of
    those windows only. The result is the same, and the work is divided by the number of frames of a clip. Frames are
    frozen features and get no gradient.

    Args:
        frames: clips of at least one frame; if they are laid out, each has room for at least one window.
        taps: all kernels one after another, [sum of heights, filters, dim].
        kernels: the heights.
        compute: the number format of the products.
        padded: whether frames contain padding; a filter must then respond to it with exactly 0, without rounding error.
    """
    if isinstance(frames, Packed) and taps.device.type != "cpu":
        frames = frames.lay(max(kernels))
    halvings = 0 if padded or isinstance(frames, Laid) else _halvings(taps, compute)
    if torch.is_grad_enabled() and taps.requires_grad:
        return _MaxOverTime.apply(frames, taps, kernels, compute, halvings)
    return _maxima(frames, taps, kernels, compute, halvings)[0]


def clip_maxima(sums: Tensor, clips: Laid) -> tuple[Tensor, Tensor]:
    """Largest response of each clip, kernel and filter, and its first row, both [clips, kernels, filters].

    Args:
        sums: responses to the window that begins at each row, [rows, kernels, filters].
        clips: the clips that the rows belong to, on the host.
    """
    found = [clip.max(dim=0) for clip in sums.split(clips.room.tolist())]
    starts = (clips.room.cumsum(0) - clips.room)[:, None, None]
    return torch.stack([each.values for each in found]), torch.stack([each.indices for each in found]) + starts


def clip_maxima_at_once(sums: Tensor, clips: Laid) -> tuple[Tensor, Tensor]:
    """The same in a constant number of operations, for devices where each operation is a launch."""
    shape = len(clips.room), *sums.shape[1:]
    index = clips.owner[:, None, None].expand_as(sums)
    best = sums.new_full(shape, -torch.inf).scatter_reduce(0, index, sums, "amax")
    row = torch.arange(len(sums), device=sums.device)[:, None, None]
    row = torch.where(sums == best.index_select(0, clips.owner), row, len(sums))
    found = torch.full(shape, len(sums), device=sums.device).scatter_reduce(0, index, row, "amin")
    # If a response is NaN no row is found; the index must still be valid. The NaN loss is reported later.
    return best, found.masked_fill_(found == len(sums), 0)


def leave_out(sums: Tensor, clips: Laid, kernels: Sequence[int]) -> None:
    """Set responses to windows that do not lie inside their clip to minus infinity, in place.

    A clip that is shorter than a kernel keeps its first window.

    Args:
        sums: responses to the window that begins at each row, [rows, kernels, filters].
        clips: the clips that the rows belong to.
        kernels: the heights.
    """
    windows = torch.stack([(clips.lengths - height + 1).clamp(min=1) for height in kernels], dim=1)
    fill(sums, clips.place[:, None] >= windows[clips.owner], -torch.inf)


def _blocks(frames: Frames, kernels: Sequence[int], halvings: int) -> Iterator[tuple[slice, Laid]]:
    """The clips of each block, laid out with room for at least one window."""
    if isinstance(frames, Laid):
        yield slice(None), frames
        return
    room = frames.lengths.clamp(min=max(kernels))
    counts = ((room.cumsum(0) - 1) // BLOCK).unique_consecutive(return_counts=True)[1]
    for end, count in zip(counts.cumsum(0).tolist(), counts.tolist(), strict=True):
        clips = slice(end - count, end)
        yield clips, frames.take(clips).lay(max(kernels), 2**halvings)


def _halvings(taps: Tensor, compute: torch.dtype) -> int:
    """Levels of the split; 0 if products are cheap (bfloat16) or few, because the additions would cost more."""
    worth = compute != torch.bfloat16 and taps.shape[0] * taps.shape[1] >= WORTH
    return HALVINGS if worth else 0


def _maxima(
    frames: Frames, taps: Tensor, kernels: Sequence[int], compute: torch.dtype, halvings: int
) -> tuple[Tensor, Tensor]:
    """Maxima of all kernels, and the rows in their block where those windows begin, both [clips, kernels x filters]."""
    find = clip_maxima_at_once if isinstance(frames, Laid) else clip_maxima
    prepared, found = prepare(taps.to(compute).split(list(kernels)), halvings), []
    for _, block in _blocks(frames, kernels, halvings):
        sums = responses(block.gather(compute), prepared)
        leave_out(sums, block, kernels)
        found.append(find(sums, block))
    maxima, places = (torch.cat(parts).flatten(1) for parts in zip(*found, strict=True))
    return maxima.to(taps.dtype), places


class _MaxOverTime(torch.autograd.Function):
    """The maxima with a backward pass that reads one row per clip, filter and tap."""

    @staticmethod
    def forward(
        ctx: Any, frames: Frames, taps: Tensor, kernels: Sequence[int], compute: torch.dtype, halvings: int
    ) -> Tensor:
        maxima, places = _maxima(frames, taps, kernels, compute, halvings)
        ctx.save_for_backward(places, taps)
        ctx.frames, ctx.kernels, ctx.compute, ctx.halvings = frames, kernels, compute, halvings
        return maxima

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        places, taps = ctx.saved_tensors
        total = torch.zeros_like(taps).flatten(0, 1)
        gradient = gradient.to(ctx.compute)
        for clips, block in _blocks(ctx.frames, ctx.kernels, ctx.halvings):
            used, weights = _windows(places[clips], gradient[clips], ctx.kernels)
            total += functional.embedding_bag(used, block.gather(ctx.compute), per_sample_weights=weights, mode="sum")
        return None, total.view_as(taps), None, None, None


def _windows(places: Tensor, gradient: Tensor, kernels: Sequence[int]) -> tuple[Tensor, Tensor]:
    """Rows that each tap of each filter multiplies in the windows of the maxima, and their weights, [taps, clips]."""
    used, weights = [], []
    parts = (values.T.chunk(len(kernels)) for values in (places, gradient))
    for place, share, height in zip(*parts, kernels, strict=True):
        step = torch.arange(height, device=places.device)[:, None, None]
        used.append((place + step).flatten(0, 1))
        weights.append(share.repeat(height, 1))
    return torch.cat(used), torch.cat(weights)
