"""What a CUDA graph does, on a CPU: operations are recorded once with the memory they use, and done again there."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


class Tape(TorchDispatchMode):
    """Notes every operation on tensors within it, and keeps what it overwrites."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple] = []
        self.overwritten: list[tuple[Tensor, Tensor]] = []

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        for argument, value in zip(operation._schema.arguments, args, strict=False):
            if argument.alias_info is not None and argument.alias_info.is_write:
                self.overwritten += [(tensor, tensor.clone()) for tensor in tree_leaves(value)]
        result = operation(*args, **kwargs)
        self.calls.append((operation, args, kwargs, result))
        return result

    def undo(self) -> None:
        """Put back what was overwritten."""
        for tensor, value in reversed(self.overwritten):
            tensor.copy_(value)

    def replay(self) -> None:
        """Do every operation again, on the same tensors, whatever they hold now."""
        # As when they were recorded: some operations keep more if gradients are wanted.
        with torch._C._AutoDispatchBelowAutograd():
            for operation, args, kwargs, result in self.calls:
                for there, now in zip(tree_leaves(result), tree_leaves(operation(*args, **kwargs)), strict=True):
                    if isinstance(there, Tensor) and there.data_ptr() != now.data_ptr():
                        there.copy_(now)


def record_on_tape(work: Callable[[], None], stream: torch.Generator) -> Callable[[], None]:
    """Record ``work`` so that, as with a CUDA graph, nothing has happened when it is recorded."""
    state = stream.get_state()
    with Tape() as tape:
        work()
    with torch.no_grad():
        tape.undo()
    stream.set_state(state)
    return tape.replay


class OnDeviceAlone(TorchDispatchMode):
    """Refuses an operation on a tensor of the host: a recording cannot fetch it, or would fetch the same for ever."""

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        result = operation(*args, **(kwargs or {}))
        tensors = [each for each in tree_leaves((args, kwargs, result)) if isinstance(each, Tensor)]
        if any(each.device.type == "cpu" for each in tensors):
            raise AssertionError(f"{operation} works on a tensor of the host")
        return result


def record_nothing_of_the_host(work: Callable[[], None], stream: torch.Generator) -> Callable[[], None]:
    """Do the same work each time, and fail if the host takes part in it."""

    def watched() -> None:
        with OnDeviceAlone():
            work()

    return watched
