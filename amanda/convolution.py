"""Convolution over time and its maximum per clip, on packed frames: exact, no padding, a sparse backward pass.

A clip's values never depend on the other clips of its batch. A kernel of height k sees the windows that lie inside the
clip; a clip shorter than k has one window, which reads zeros beyond the clip's end.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional


def window_sums(rows: Tensor, taps: Tensor, starts: Tensor, lengths: Tensor) -> Tensor:
    """Response of every filter to the window that begins at each row, [rows, filters].

    Only rows whose window lies inside their clip mean anything, and the first row of a clip shorter than the kernel.

    Args:
        rows: packed frames, [rows, dim].
        taps: one kernel, [height, filters, dim].
        starts: first row of each clip, [clips], on the host.
        lengths: rows of each clip, [clips], on the host.
    """
    height, count = len(taps), len(rows)
    sums = rows @ taps[0].T
    for offset in range(1, min(height, count)):
        sums[: count - offset].addmm_(rows[offset:], taps[offset].T)
    for clip in (lengths < height).nonzero().flatten().tolist():
        start, length = int(starts[clip]), int(lengths[clip])
        sums[start] = torch.einsum("td,tfd->f", rows[start : start + length], taps[:length])
    return sums


def clip_maxima(sums: Tensor, starts: Tensor, windows: Tensor, locate: bool) -> tuple[Tensor, Tensor | None]:
    """Largest window of each clip and filter, [clips, filters], and with ``locate`` the first row where it begins.

    Args:
        sums: window responses, [rows, filters].
        starts: first row of each clip, [clips], on the host.
        windows: number of windows of each clip, [clips], at least 1, on the host.
        locate: also return the rows.
    """
    clips, filters = len(starts), sums.shape[1]
    owner = torch.full((len(sums),), clips)  # rows without a window of their own belong to an extra clip
    first = torch.repeat_interleave(starts - windows.cumsum(0) + windows, windows)
    owner[first + torch.arange(len(first))] = torch.repeat_interleave(torch.arange(clips), windows)
    owner = owner.to(sums.device)
    best = sums.new_full((clips + 1, filters), -torch.inf)
    best.scatter_reduce_(0, owner[:, None].expand(-1, filters), sums, "amax")
    if not locate:
        return best[:clips], None
    row, column = (sums == best.index_select(0, owner)).nonzero(as_tuple=True)
    rows = torch.full(((clips + 1) * filters,), len(sums), device=sums.device)
    rows.scatter_reduce_(0, owner[row] * filters + column, row, "amin")
    return best[:clips], rows.view(clips + 1, filters)[:clips]


def kernel_maxima(
    rows: Tensor, taps: Tensor, lengths: Tensor, kernels: Sequence[int], locate: bool
) -> tuple[Tensor, list[Tensor | None]]:
    """Maxima of all kernels, [clips, kernels x filters], and with ``locate`` the rows of those windows per kernel."""
    starts = lengths.cumsum(0) - lengths
    maxima, places = [], []
    for kernel, height in zip(taps.split(list(kernels)), kernels, strict=True):
        sums = window_sums(rows, kernel, starts, lengths)
        largest, place = clip_maxima(sums, starts, (lengths - height + 1).clamp(min=1), locate)
        maxima.append(largest)
        places.append(place)
    return torch.cat(maxima, dim=1), places


class _MaxOverTime(torch.autograd.Function):
    """The maxima with a backward pass that reads one row per clip, filter and tap."""

    @staticmethod
    def forward(ctx, rows: Tensor, taps: Tensor, lengths: Tensor, kernels: Sequence[int]) -> Tensor:
        maxima, places = kernel_maxima(rows, taps, lengths, kernels, locate=True)
        ctx.kernels = kernels
        ctx.save_for_backward(rows, torch.stack(places), lengths.cumsum(0).to(rows.device))
        return maxima

    @staticmethod
    def backward(ctx, gradient: Tensor) -> tuple[None, Tensor, None, None]:
        rows, places, ends = ctx.saved_tensors
        filters = places.shape[2]
        used, weights = [], []
        for number, height in enumerate(ctx.kernels):
            step = torch.arange(height, device=rows.device)[:, None, None]
            row = places[number].T + step  # [height, filters, clips]
            inside = row < ends
            share = gradient[:, number * filters : (number + 1) * filters].T
            used.append(torch.where(inside, row, 0).flatten(0, 1))
            weights.append((share * inside).flatten(0, 1))
        taps = functional.embedding_bag(torch.cat(used), rows, per_sample_weights=torch.cat(weights), mode="sum")
        return None, taps.view(-1, filters, rows.shape[1]), None, None


def max_over_time(rows: Tensor, taps: Tensor, lengths: Tensor, kernels: Sequence[int]) -> Tensor:
    """Maximum over time of each filter's response, without bias, [clips, kernels x filters].

    Because the maximum keeps one window per clip and filter, the gradient of the weights is a weighted sum of the rows
    of those windows alone: as many times less work as a clip has frames, with the same result. Frames are frozen
    features and get no gradient.

    Args:
        rows: packed frames, [rows, dim].
        taps: all kernels one after another, [sum of heights, filters, dim].
        lengths: rows of each clip, [clips], at least 1, on the host.
        kernels: the heights.
    """
    if torch.is_grad_enabled() and taps.requires_grad:
        return _MaxOverTime.apply(rows, taps, lengths, kernels)
    return kernel_maxima(rows, taps, lengths, kernels, locate=False)[0]
