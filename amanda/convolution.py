"""Convolution over time and its maximum per clip, on packed frames: exact, no padding, a sparse backward pass.

A clip's values never depend on the other clips of its batch. A kernel of height k sees the windows that lie inside the
clip; a clip shorter than k has one window, which reads zeros beyond the clip's end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import torch
from torch import Tensor
from torch.nn import functional

from amanda.transfer import send
from amanda.windows import prepare, responses

BLOCK = 8
"""Clips whose products are made at one time on a CPU: their frames and products stay in its cache."""

HALVINGS = 2
"""How often the arithmetic of a CPU in float32 is cut; where products are cheap the additions would cost more."""


def max_over_time(rows: Tensor, taps: Tensor, lengths: Tensor, kernels: Sequence[int], compute: torch.dtype) -> Tensor:
    """Maximum over time of each filter's response, without bias, [clips, kernels x filters] in the dtype of ``taps``.

    Because the maximum keeps one window per clip and filter, the gradient of the weights is a weighted sum of the rows
    of those windows alone: as many times less work as a clip has frames, with the same result. Frames are frozen
    features and get no gradient.

    Args:
        rows: packed frames in the precision of their store, [rows, dim].
        taps: all kernels one after another, [sum of heights, filters, dim].
        lengths: rows of each clip, [clips], at least 1, on the host.
        kernels: the heights.
        compute: the number format of the products.
    """
    rows, room = with_room(rows, lengths, max(kernels))
    if torch.is_grad_enabled() and taps.requires_grad:
        return _MaxOverTime.apply(rows, taps, lengths, room, kernels, compute)
    return _maxima(rows, taps, lengths, room, kernels, compute)[0]


def with_room(rows: Tensor, lengths: Tensor, least: int) -> tuple[Tensor, Tensor]:
    """Frames with zero rows after each clip shorter than ``least``, and the rows that each clip takes now."""
    room = lengths.clamp(min=least)
    if torch.equal(room, lengths):
        return rows, room
    owner = torch.repeat_interleave(torch.arange(len(room)), room)
    place = torch.arange(len(owner)) - (room.cumsum(0) - room)[owner]
    row = torch.where(place < lengths[owner], (lengths.cumsum(0) - lengths)[owner] + place, len(rows))
    return functional.pad(rows, (0, 0, 0, 1)).index_select(0, send(row, rows.device)), room


def clip_maxima(sums: Tensor, starts: Tensor, windows: Tensor) -> tuple[Tensor, Tensor]:
    """Largest window of each clip and filter and the first row where it begins, both [clips, filters].

    Args:
        sums: window responses, [rows, filters].
        starts: first row of each clip, [clips], on the host.
        windows: number of windows of each clip, [clips], at least 1, on the host.
    """
    spans = zip(starts.tolist(), windows.tolist(), strict=True)
    best = [sums[start : start + count].max(dim=0) for start, count in spans]
    places = torch.stack([each.indices for each in best])
    return torch.stack([each.values for each in best]), places + starts[:, None]


def clip_maxima_at_once(sums: Tensor, starts: Tensor, windows: Tensor) -> tuple[Tensor, Tensor]:
    """The same in a few operations however many clips there are, for devices where each costs a launch."""
    clips, filters = len(starts), sums.shape[1]
    owner = torch.full((len(sums),), clips)  # rows without a window of their own belong to an extra clip
    first = torch.repeat_interleave(starts - windows.cumsum(0) + windows, windows)
    owner[first + torch.arange(len(first))] = torch.repeat_interleave(torch.arange(clips), windows)
    owner = send(owner, sums.device)
    index = owner[:, None].expand(-1, filters)
    best = sums.new_full((clips + 1, filters), -torch.inf).scatter_reduce(0, index, sums, "amax")
    row = torch.arange(len(sums), device=sums.device)[:, None]
    row = torch.where(sums == best.index_select(0, owner), row, len(sums))
    places = torch.full((clips + 1, filters), len(sums), device=sums.device).scatter_reduce(0, index, row, "amin")
    return best[:clips], places[:clips]


def _blocks(room: Tensor, device: torch.device) -> Iterator[tuple[slice, slice]]:
    """Clips and rows of each block."""
    size = BLOCK if device.type == "cpu" else len(room)
    ends = [0, *room.cumsum(0).tolist()]
    edges = [*range(0, len(room), size), len(room)]
    for begin, end in pairwise(edges):
        yield slice(begin, end), slice(ends[begin], ends[end])


def _frames(rows: Tensor, compute: torch.dtype, multiple: int) -> Tensor:
    """Frames of a block in the number format of the products, with zero rows up to a multiple."""
    frames = rows.new_zeros(len(rows) + -len(rows) % multiple, rows.shape[1], dtype=compute)
    frames[: len(rows)] = rows
    return frames


def _maxima(
    rows: Tensor, taps: Tensor, lengths: Tensor, room: Tensor, kernels: Sequence[int], compute: torch.dtype
) -> tuple[Tensor, Tensor]:
    """Maxima of all kernels, and the rows of their block where those windows begin, both [clips, kernels x filters]."""
    on_host = rows.device.type == "cpu"
    find = clip_maxima if on_host else clip_maxima_at_once
    halvings = HALVINGS if on_host and compute != torch.bfloat16 else 0
    prepared, maxima, places = prepare(taps.to(compute).split(list(kernels)), halvings), [], []
    for clips, span in _blocks(room, rows.device):
        starts = room[clips].cumsum(0) - room[clips]
        windows = [(lengths[clips] - height + 1).clamp(min=1) for height in kernels]
        sums = responses(_frames(rows[span], compute, 2**halvings), prepared)
        found = [find(each, starts, count) for each, count in zip(sums, windows, strict=True)]
        values, rows_of_block = zip(*found, strict=True)
        maxima.append(torch.cat(values, dim=1))
        places.append(torch.cat(rows_of_block, dim=1))
    return torch.cat(maxima).to(taps.dtype), torch.cat(places)


class _MaxOverTime(torch.autograd.Function):
    """The maxima with a backward pass that reads one row per clip, filter and tap."""

    @staticmethod
    def forward(
        ctx,
        rows: Tensor,
        taps: Tensor,
        lengths: Tensor,
        room: Tensor,
        kernels: Sequence[int],
        compute: torch.dtype,
    ) -> Tensor:
        maxima, places = _maxima(rows, taps, lengths, room, kernels, compute)
        ctx.save_for_backward(rows, places)
        ctx.room, ctx.kernels, ctx.compute, ctx.dtype = room, kernels, compute, taps.dtype
        return maxima

    @staticmethod
    def backward(ctx, gradient: Tensor) -> tuple[Tensor | None, ...]:
        rows, places = ctx.saved_tensors
        gradient, taps = gradient.to(ctx.compute), 0.0
        for clips, span in _blocks(ctx.room, rows.device):
            used, weights = [], []
            for place, share, height in zip(
                places[clips].chunk(len(ctx.kernels), dim=1),
                gradient[clips].chunk(len(ctx.kernels), dim=1),
                ctx.kernels,
                strict=True,
            ):
                step = torch.arange(height, device=rows.device)[:, None, None]
                used.append((place.T + step).flatten(0, 1))  # [height x filters, clips]
                weights.append(share.T.repeat(height, 1))
            used, weights = torch.cat(used), torch.cat(weights)
            part = functional.embedding_bag(used, rows[span].to(ctx.compute), per_sample_weights=weights, mode="sum")
            taps = taps + part.to(ctx.dtype)
        return None, taps.view(sum(ctx.kernels), -1, rows.shape[1]), None, None, None, None
