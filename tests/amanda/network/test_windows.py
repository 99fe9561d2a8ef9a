"""Maxima over windows of packed frames are those of a convolution, whatever the batch and the arithmetic."""

from __future__ import annotations

import pytest
import torch
from helpers.packed_frames import packed, stream
from torch import Tensor
from torch.nn import functional

from amanda.network.convolution import clip_maxima, clip_maxima_at_once, leave_out, max_over_time
from amanda.network.frames import Packed, fill, fill_at_once, lay
from amanda.network.windows import prepare, responses


def by_convolution(frames: Packed, taps: Tensor, kernels: list[int]) -> Tensor:
    """The same maxima clip by clip with torch's convolution; a clip shorter than the kernel gets zeros at its end."""
    values = []
    for clip in frames.rows.split(frames.lengths.tolist()):
        each = []
        for kernel, height in zip(taps.split(kernels), kernels, strict=True):
            rows = functional.pad(clip, (0, 0, 0, max(0, height - len(clip))))
            each.append(functional.conv1d(rows.T[None], kernel.permute(1, 2, 0))[0].amax(dim=1))
        values.append(torch.cat(each))
    return torch.stack(values)


@pytest.mark.parametrize("lengths", [[7, 5, 12], [1, 9, 2, 3, 4, 1], [1], [3], [5, 5]])
@pytest.mark.parametrize("kernels", [[3, 4, 5], [3, 5], [1], [2]])
def test_max_over_time_agrees_with_convolution(lengths: list[int], kernels: list[int]) -> None:
    frames = packed(lengths, 6)
    taps = torch.randn(sum(kernels), 4, 6, generator=stream(1), dtype=torch.float64, requires_grad=True)
    share = torch.randn(len(lengths), len(kernels) * 4, generator=stream(2), dtype=torch.float64)
    found = max_over_time(frames, taps, kernels, torch.float64)
    expected = by_convolution(frames, taps, kernels)
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-12)
    (ours,), (theirs,) = (torch.autograd.grad((value * share).sum(), taps) for value in (found, expected))
    torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-12)
    with torch.no_grad():
        found = max_over_time(frames, taps, kernels, torch.float64)
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-12)


def test_equal_windows_give_their_gradient_to_the_first() -> None:
    rows = torch.tensor([[1.0], [2.0], [2.0], [0.0]])
    taps = torch.ones(1, 1, 1, requires_grad=True)
    max_over_time(Packed(rows, torch.tensor([4]), None), taps, [1], torch.float32).sum().backward()
    assert taps.grad.item() == 2.0


@pytest.mark.parametrize("halvings", [0, 1, 2, 3])
@pytest.mark.parametrize("heights", [[3, 4, 5], [1], [2, 7]])
def test_halving_the_arithmetic_keeps_the_responses(halvings: int, heights: list[int]) -> None:
    rows = torch.randn(24, 6, generator=stream(), dtype=torch.float64)
    kernels = torch.randn(sum(heights), 4, 6, generator=stream(1), dtype=torch.float64).split(heights)
    found = responses(rows, prepare(kernels, halvings))
    for number, kernel in enumerate(kernels):
        padded = functional.pad(rows, (0, 0, 0, len(kernel) - 1))
        expected = functional.conv1d(padded.T[None], kernel.permute(1, 2, 0))[0].T
        torch.testing.assert_close(found[:, number], expected, rtol=1e-12, atol=1e-12)


def test_a_loud_neighbour_is_heard_by_rounding_alone_where_the_arithmetic_is_cut() -> None:
    """In float32, with enough filters for that; next to a clip ten times as loud, and alone."""
    frames = packed([30, 31], 96, dtype=torch.float32)
    frames.rows[30:] *= 10
    taps = torch.randn(12, 128, 96, generator=stream(1))
    together, alone = (max_over_time(each, taps, [3, 4, 5], torch.float32) for each in (frames, frames.take(slice(1))))
    torch.testing.assert_close(together[:1], alone, rtol=0, atol=2e-5 * float(alone.abs().max()))


def test_products_in_bfloat16_are_near_and_not_the_same() -> None:
    frames = packed([30, 5], 96, dtype=torch.float32)
    taps = torch.randn(12, 16, 96, generator=stream(1), requires_grad=True)
    exact, near = (max_over_time(frames, taps, [3, 4, 5], each) for each in (torch.float32, torch.bfloat16))
    assert exact.dtype == near.dtype == torch.float32
    assert not torch.equal(exact, near)
    torch.testing.assert_close(near, exact, rtol=0, atol=1e-2 * exact.abs().max().item())


@pytest.mark.parametrize("lengths", [[7, 5, 12], [1, 9, 2, 3, 4, 1], [3]])
def test_maxima_at_once_are_those_clip_by_clip(lengths: list[int]) -> None:
    """What a GPU does, and what a CPU does; rounded numbers make windows equal now and then."""
    clips = packed(lengths, 1).lay(least=3, multiple=4)
    sums = torch.randn(len(clips.owner), 2, 5, generator=stream()).round(decimals=1)
    leave_out(sums, clips, [1, 3])
    windows = sum(length + max(1, length - 2) for length in lengths)
    assert int(sums.isfinite().sum()) == 5 * windows
    ours, theirs = (find(sums, clips) for find in (clip_maxima_at_once, clip_maxima))
    assert all(torch.equal(one, other) for one, other in zip(ours, theirs, strict=True))


def test_weights_that_are_not_numbers_give_no_wrong_row() -> None:
    """A GPU that reads beyond its frames ends the program, with no word of the loss that is not a number."""
    clips = packed([7, 5, 12], 6).lay(least=5)
    taps = torch.full((12, 4, 6), torch.nan, dtype=torch.float64, requires_grad=True)
    maxima = max_over_time(clips, taps, [3, 4, 5], torch.float64)
    maxima.sum().backward()
    assert maxima.isnan().all()


@pytest.mark.parametrize("more", [0, 1, 37])
def test_rows_that_are_left_over_change_nothing(more: int) -> None:
    """A batch that fills a fixed number of rows in part."""
    frames = packed([1, 9, 2, 12, 4], 6)
    taps = torch.randn(12, 4, 6, generator=stream(1), dtype=torch.float64, requires_grad=True)
    least = frames.lay(least=5)
    laid = lay(frames.rows, None, frames.starts, frames.lengths, 5, len(least.owner) + more)
    assert len(laid.gather(torch.float64)) == len(least.owner) + more
    found, expected = (max_over_time(each, taps, [3, 4, 5], torch.float64) for each in (laid, frames))
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-12)
    (ours,), (theirs,) = (torch.autograd.grad(value.square().sum(), taps) for value in (found, expected))
    torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("shape", [(4,), (4, 3)])
def test_filling_touches_what_is_marked_alone(shape: tuple[int, ...]) -> None:
    mask = torch.rand(shape, generator=stream()) < 0.5
    values = torch.randn(4, 3, 2, generator=stream(1))
    expected = values.masked_fill(mask.view(*shape, *[1] * (3 - len(shape))), 7.0)
    assert all(torch.equal(each(values.clone(), mask, 7.0), expected) for each in (fill, fill_at_once))


def test_padding_gets_no_response_at_all() -> None:
    """A rounding error in its place would open a ReLU that the zero keeps shut."""
    rows = torch.randn(16, 64, generator=stream())
    rows[:9] = 0
    taps = torch.randn(12, 128, 64, generator=stream(1)) - rows[9:].mean(0)
    exact, cut = (
        max_over_time(Packed(rows, torch.tensor([16]), None), taps, [3, 4, 5], torch.float32, padded)
        for padded in (True, False)
    )
    torch.testing.assert_close(exact, cut, rtol=1e-5, atol=1e-4)
    assert int((exact == 0).sum()) > int((cut == 0).sum())
    assert not ((exact > 0) & (exact < 1e-4)).any()
