"""Work in forked processes, so that an input that crashes its process does not end the program."""

from __future__ import annotations

import gc
import multiprocessing
import pickle
import signal
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
Work = Callable[[Item], Result]

_FORK = multiprocessing.get_context("fork")


@dataclass(frozen=True, slots=True)
class Death:
    """The end of an item's process: its exit code, or the negative number of a signal."""

    code: int

    def __str__(self) -> str:
        if self.code >= 0:
            return f"exit code {self.code}"
        told = {signal.SIGKILL: ", as when memory is short", signal.SIGALRM: ", for it took too long"}
        number = signal.Signals(-self.code)
        return f"signal {number.name}{told.get(number, '')}"


def in_children(
    prepare: Callable[[], Work[Item, Result]], items: Sequence[Item], count: int, seconds: int
) -> Iterator[tuple[int, Result | Death]]:
    """Do the work for each item in one of ``count`` processes. A process works on one item at a time.

    An item whose process died is tried again alone, after all others. It gets a :class:`Death` only if its process dies
    again, or if it took too long. So an item does not fail because several items filled the memory together, or because
    of a kill from outside. The processes are forked from this one, which must not have used several threads before.

    Args:
        prepare: makes the function that does the work, once in each process.
        items: the inputs of the work; results are pickled.
        count: number of parallel processes.
        seconds: time limit of an item, after which its process is ended; 0 for none.

    Yields:
        The number of each item and its result or death, in the order in which items end.

    Raises:
        ChildProcessError: a process died in ``prepare``.
        Exception: what ``prepare`` or the work raised.
    """
    suspects: list[int] = []
    for number, outcome in _each(prepare, items, range(len(items)), count, seconds):
        if isinstance(outcome, Death) and outcome.code != -signal.SIGALRM:
            suspects.append(number)
        else:
            yield number, outcome
    for number in suspects:
        yield from _each(prepare, items, [number], 1, seconds)


def _each(
    prepare: Callable[[], Work[Item, Result]], items: Sequence[Item], numbers: Sequence[int], count: int, seconds: int
) -> Iterator[tuple[int, Result | Death]]:
    waiting = deque(numbers)
    children = [_Child(prepare, seconds) for _ in range(min(count, len(waiting)))]
    try:
        while waiting or any(child.number is not None for child in children):
            for child in children:
                if child.number is None and waiting:
                    child.give(waiting[0], items[waiting.popleft()])
            ready = wait([child.connection for child in children if child.number is not None])
            for place, child in enumerate(children):
                if child.connection in ready:
                    number, outcome = child.take()
                    if isinstance(outcome, Death):
                        child.end()
                        if waiting:
                            children[place] = _Child(prepare, seconds)
                    yield number, outcome
    finally:
        for child in children:
            child.end()


class _Child(Generic[Item, Result]):
    """A forked process and the number of the item that it works on."""

    def __init__(self, prepare: Callable[[], Work[Item, Result]], seconds: int) -> None:
        self.number: int | None = None
        self.connection, other = _FORK.Pipe()
        self._process = _FORK.Process(target=_serve, args=(self.connection, other, prepare, seconds), daemon=True)
        gc.collect()  # free garbage in this process, where its threads exist
        self._process.start()
        other.close()
        if isinstance(death := self._answer(), Death):
            raise ChildProcessError(f"a process ended before its first work ({death})")

    def give(self, number: int, item: Item) -> None:
        self.number = number
        with suppress(BrokenPipeError):  # it has died; this is detected when its answer is taken
            self.connection.send(item)

    def take(self) -> tuple[int, Result | Death]:
        number, self.number = self.number, None
        assert number is not None, "an answer is taken of a child that works"
        return number, self._answer()

    def end(self) -> None:
        self.connection.close()
        self._process.kill()
        self._process.join()

    def _answer(self) -> Result | Death:
        try:
            raised, answer = self.connection.recv()
        except (EOFError, ConnectionResetError):
            self._process.join()
            assert self._process.exitcode is not None, "a process that was joined has ended"
            return Death(self._process.exitcode)
        if raised:
            raise answer
        return answer


def _serve(parents: Connection, own: Connection, prepare: Callable[[], Work[Item, Result]], seconds: int) -> None:
    """The loop of a child: report that it is prepared, then send the result of each item, until the parent ends."""
    gc.freeze()  # a decoder of the parent that became garbage here would wait for threads that a fork does not copy
    parents.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent, which ends its children
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    with suppress(OSError):  # if memory is short, the system should end this process and not the parent
        Path("/proc/self/oom_score_adj").write_text("1000")
    raised, work = _attempt(prepare)
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        own.send((raised, work if raised else None))
        while not raised:
            item = own.recv()
            signal.alarm(seconds)  # the system ends the process then, even inside a decoder
            answer = _attempt(partial(work, item))
            signal.alarm(0)
            own.send(answer)


def _attempt(call: Callable[[], Any]) -> tuple[bool, Any]:
    """Whether ``call`` raised an exception, and the exception or the returned value."""
    try:
        return False, call()
    except Exception as error:
        error.add_note("".join(traceback.format_tb(error.__traceback__)))
        return True, _sendable(error)


def _sendable(error: Exception) -> Exception:
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # some exceptions of libraries cannot be pickled
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error
