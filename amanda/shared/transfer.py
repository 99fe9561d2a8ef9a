"""Transfer of a step's inputs to the device, without waiting."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import torch
from torch import Tensor

Item = TypeVar("Item")


def send(values: Tensor, device: torch.device) -> Tensor:
    """Host values on ``device``; a GPU copies them in the order of its work, and the host does not wait."""
    if device.type == "cuda":
        return values.pin_memory().to(device, non_blocking=True)
    return values.to(device)


def ahead(items: Iterator[Item]) -> Iterator[Item]:
    """The same items; another thread makes each item while the one before it is in use."""
    with ThreadPoolExecutor(1) as worker:
        coming = worker.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = worker.submit(next, items, None)
            yield item
