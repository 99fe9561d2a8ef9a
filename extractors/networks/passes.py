"""Inputs of different sizes -> passes of a network. Similar sizes share a pass; a pass is halved if memory is short."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import torch

from extractors.shared.program import UserError

Input = TypeVar("Input")
Output = TypeVar("Output")

_NO_MEMORY = ("out of memory", "can't allocate memory", "CUBLAS_STATUS_ALLOC_FAILED")
_DEVICE_LOST = ("CUDA error", "CUDA driver error", "CUDNN_STATUS", "CUBLAS_STATUS")


def by_length(lengths: Sequence[int], budget: int) -> list[list[int]]:
    """Positions of ``lengths`` in groups of similar lengths, from the shortest on.

    A group that is padded to its longest member has at most ``budget`` rows. A longer member is a group of its own.
    """
    groups: list[list[int]] = []
    for position in sorted(range(len(lengths)), key=lambda position: (lengths[position], position)):
        if groups and (len(groups[-1]) + 1) * lengths[position] <= budget:
            groups[-1].append(position)
        else:
            groups.append([position])
    return groups


def by_total(lengths: Sequence[int], budget: int) -> list[list[int]]:
    """Positions of ``lengths`` in groups of similar lengths, from the shortest on.

    The lengths of a group add up to at most ``budget``. A longer member is a group of its own.
    """
    groups: list[list[int]] = []
    total = 0
    for position in sorted(range(len(lengths)), key=lambda position: (lengths[position], position)):
        total += lengths[position]
        if groups and total <= budget:
            groups[-1].append(position)
        else:
            groups.append([position])
            total = lengths[position]
    return groups


def in_rows(lengths: Sequence[int], width: int) -> list[list[int]]:
    """Positions of ``lengths``, packed end to end into rows of at most ``width``. A longer one has a row of its own.

    From the longest on, each goes into the first row with enough space (first-fit decreasing), so rows are nearly full.
    """
    rows: list[list[int]] = []
    room: list[int] = []
    for position in sorted(range(len(lengths)), key=lambda position: (-lengths[position], position)):
        row = next((row for row, left in enumerate(room) if lengths[position] <= left), len(rows))
        if row == len(rows):
            rows.append([])
            room.append(width)
        rows[row].append(position)
        room[row] -= lengths[position]
    return rows


def in_halves(compute: Callable[[Sequence[Input]], Sequence[Output]], inputs: Sequence[Input]) -> Sequence[Output]:
    """``compute(inputs)``; if memory is not enough, the two halves of the inputs are computed one after the other.

    Raises:
        MemoryError: there is not enough memory for a single input.
        UserError: the device stopped working.
    """
    try:
        return compute(inputs)
    except (RuntimeError, MemoryError) as error:
        if not _lacks_memory(error):
            refuse_lost_device(error)
            raise
    # Not inside the handler: its traceback would keep the tensors of the failed pass in memory.
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    if len(inputs) == 1:
        raise MemoryError
    middle = len(inputs) // 2
    return [*in_halves(compute, inputs[:middle]), *in_halves(compute, inputs[middle:])]


def compute_batches(
    compute: Callable[[Sequence[Input]], Sequence[Output]], inputs: Sequence[Input], groups: Iterable[Sequence[int]]
) -> list[Output | None]:
    """Outputs in the order of ``inputs``, computed in ``groups`` of their positions; None if an input is too large."""
    outputs: list[Output | None] = [None] * len(inputs)
    for group in groups:
        try:
            found: Sequence[Output | None] = in_halves(compute, [inputs[position] for position in group])
        except MemoryError:
            found = _one_by_one(compute, [inputs[position] for position in group])
        for position, output in zip(group, found, strict=True):
            outputs[position] = output
    return outputs


def _one_by_one(compute: Callable[[Sequence[Input]], Sequence[Output]], inputs: Sequence[Input]) -> list[Output | None]:
    outputs: list[Output | None] = []
    for one in inputs:
        try:
            outputs += in_halves(compute, [one])
        except MemoryError:
            outputs.append(None)
    return outputs


def _lacks_memory(error: Exception) -> bool:
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or any(sign in str(error) for sign in _NO_MEMORY)


def refuse_lost_device(error: Exception) -> None:
    """Raise a clear error if torch's ``error`` means that the device stopped working.

    Raises:
        UserError: the device stopped working.
    """
    if any(sign in str(error) for sign in _DEVICE_LOST):
        reason = str(error).strip().splitlines()[0]
        raise UserError(f"the device stopped working ({reason}); start again, finished clips are kept") from error
