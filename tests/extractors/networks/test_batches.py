"""Batches keep to their budget, halve when memory is short, and give every input its own output."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from extractors.networks.passes import by_length, by_total, compute_batches, in_halves, in_rows
from extractors.shared.program import UserError


@given(lengths=st.lists(st.integers(1, 50), max_size=30), budget=st.integers(1, 120))
def test_groups_partition_and_keep_to_the_budget(lengths: list[int], budget: int) -> None:
    groups = by_length(lengths, budget)
    assert sorted(position for group in groups for position in group) == list(range(len(lengths)))
    for group in groups:
        assert len(group) == 1 or len(group) * max(lengths[position] for position in group) <= budget


def test_alike_lengths_share_a_pass() -> None:
    assert by_length([9, 2, 8, 3, 100], 20) == [[1, 3], [2, 0], [4]]
    assert by_length([], 20) == []


@given(lengths=st.lists(st.integers(1, 50), max_size=30), budget=st.integers(1, 120))
def test_totals_and_rows_partition_and_keep_to_their_room(lengths: list[int], budget: int) -> None:
    for groups in (by_total(lengths, budget), in_rows(lengths, budget)):
        assert sorted(position for group in groups for position in group) == list(range(len(lengths)))
        for group in groups:
            assert len(group) == 1 or sum(lengths[position] for position in group) <= budget


def test_rows_are_filled_with_what_fits() -> None:
    assert in_rows([3, 9, 2, 5, 1], 10) == [[1, 4], [3, 0, 2]]
    assert by_total([3, 9, 2, 5, 1], 10) == [[4, 2, 0], [3], [1]]


class Device:
    """Doubles numbers, at most ``room`` of them in one pass."""

    def __init__(self, room: int, error: Exception) -> None:
        self.room, self.error = room, error
        self.passes: list[list[int]] = []

    def __call__(self, numbers: Sequence[int]) -> list[int]:
        self.passes.append(list(numbers))
        if sum(numbers) > self.room:
            raise self.error
        return [2 * number for number in numbers]


OUT_OF_MEMORY = [
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB."),
    RuntimeError("[enforce fail at alloc_cpu.cpp:124] DefaultCPUAllocator: can't allocate memory"),
    MemoryError(),
]


@pytest.mark.parametrize("error", OUT_OF_MEMORY, ids=["cuda", "cpu", "python"])
def test_a_pass_without_memory_is_halved(error: Exception) -> None:
    device = Device(10, error)
    assert in_halves(device, [4, 4, 4, 4]) == [8, 8, 8, 8]
    assert device.passes == [[4, 4, 4, 4], [4, 4], [4, 4]]
    with pytest.raises(MemoryError):
        in_halves(Device(10, error), [11])


@pytest.mark.parametrize("error", OUT_OF_MEMORY, ids=["cuda", "cpu", "python"])
def test_only_what_is_too_large_by_itself_is_lost(error: Exception) -> None:
    numbers = [3, 12, 5, 11, 1, 9]
    assert compute_batches(Device(10, error), numbers, [[0, 1, 2, 3], [4, 5]]) == [6, None, 10, None, 2, 18]


def test_a_lost_device_is_one_sentence_and_another_error_is_itself() -> None:
    lost = Device(0, RuntimeError("CUDA error: unspecified launch failure\nCompile with TORCH_USE_CUDA_DSA"))
    with pytest.raises(UserError, match=r"stopped working \(CUDA error: unspecified launch failure\); start again"):
        in_halves(lost, [1])
    with pytest.raises(RuntimeError, match="shapes"):
        in_halves(Device(0, RuntimeError("shapes do not fit")), [1])
