"""A training step that is recorded once and replayed for every batch: on a GPU one launch instead of about a thousand.

All values that a step needs from the host are in tables on the device before an epoch begins: the clips of each batch,
and the progress of the training. A cursor on the device moves through them. A recording has fixed shapes, so a batch
has as many rows as the largest batch of the run needs. Steps on smaller batches, at the end of a pass, are taken one
by one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from amanda.algorithms.base import Labelled, Unlabelled
from amanda.network.frames import Laid, Packed, Stored, lay
from amanda.network.model import Network
from amanda.shared.transfer import send
from amanda.training.data import Corpus

Batches = Sequence[tuple[Tensor, Tensor]]
"""Clips of the source and of the target in each step of an epoch, [clips] each, on the host."""

Step = Callable[[Labelled, Unlabelled, Tensor], dict[str, Tensor]]
"""A function that takes a step on a batch of each domain at a scalar progress, and returns the detached terms."""

Recorder = Callable[[Callable[[], None], torch.Generator], Callable[[], None]]
"""A function that records another one's work on the device without doing it, and returns a function that replays it.

The generator is the random stream that the recorded function draws from.
"""


def record_on_gpu(work: Callable[[], None], stream: torch.Generator) -> Callable[[], None]:
    """Record the kernels that ``work`` launches on the current CUDA stream, not the default one, as a CUDA graph."""
    graph = torch.cuda.CUDAGraph()
    graph.register_generator_state(stream)
    with torch.cuda.graph(graph, stream=torch.cuda.current_stream()):
        work()
    return graph.replay


@dataclass(frozen=True, slots=True)
class Side:
    """One corpus in the form that a recording needs: positions of its clips on the device, and the rows of a batch.

    By modality: ``packed`` has all frames of the corpus; ``starts`` and ``lengths`` are [clips], on the device;
    ``least`` is the smallest number of rows of a clip, and ``count`` the number of rows of a full batch.
    """

    packed: Mapping[str, Packed]
    starts: Mapping[str, Tensor]
    lengths: Mapping[str, Tensor]
    least: Mapping[str, int]
    count: Mapping[str, int]

    def frames(self, clips: Tensor) -> dict[str, Laid]:
        """The frames of a batch, [clips] of positions on the device."""
        return {
            name: lay(
                self.packed[name].rows,
                self.packed[name].valid,
                self.starts[name].index_select(0, clips),
                self.lengths[name].index_select(0, clips),
                self.least[name],
                count,
            )
            for name, count in self.count.items()
        }


def _resident(frames: Packed | Stored) -> Packed:
    if isinstance(frames, Stored):
        raise TypeError("a recorded step cannot fetch frames from their files")
    return frames


def make_side(corpus: Corpus, network: Network, batches: Sequence[Tensor], device: torch.device) -> Side:
    """A corpus prepared for batches of one size, each [clips] of positions, on the host."""
    clips = torch.stack(list(batches))
    least = {name: network.encoder_of(name).least_rows for name in network.modalities}
    packed = {name: _resident(corpus.packed[name]) for name in least}
    return Side(
        packed,
        {name: send(frames.starts, device) for name, frames in packed.items()},
        {name: send(frames.lengths, device) for name, frames in packed.items()},
        least,
        {name: int(packed[name].lengths.clamp(min=rows)[clips].sum(1).max()) for name, rows in least.items()},
    )


class Capture:
    """The step of one run, recorded, and the tables that it reads.

    The first step is taken without a recording, because it chooses kernels and creates the optimiser's state.

    Args:
        sides: source and target.
        labels: class of each clip of the source, [clips], on the device.
        step: the function that is recorded.
        stream: the random stream that it draws from.
        recorder: the function that records it.
    """

    def __init__(
        self, sides: tuple[Side, Side], labels: Tensor, step: Step, stream: torch.Generator, recorder: Recorder
    ) -> None:
        self.sides, self.labels, self.step = sides, labels, step
        self.stream, self.recorder = stream, recorder
        self.replay: Callable[[], None] | None = None
        self.clips = self.progress = self.sums = torch.empty(0, device=labels.device)
        self.cursor = torch.zeros(1, dtype=torch.int64, device=labels.device)
        self.names: list[str] = []

    def begin(self, batches: Batches, progress: Sequence[float]) -> None:
        """Write an epoch's batches and their progress into the tables; every epoch must have the same number."""
        clips = send(torch.stack([torch.stack(pair) for pair in batches]), self.labels.device)
        marks = send(torch.tensor(progress, dtype=torch.float64), self.labels.device)
        if not len(self.clips):
            self.clips, self.progress = clips, marks
            return
        # A recording reads and writes the same memory as when it was made.
        self.clips.copy_(clips)
        self.progress.copy_(marks)
        self.cursor.zero_()
        self.sums.zero_()

    def advance(self) -> None:
        """Take the next step of the epoch."""
        if self.names and self.replay is None:
            self.replay = self.recorder(self._work, self.stream)
        (self.replay or self._work)()

    def _work(self) -> None:
        source, target = self.clips.index_select(0, self.cursor)[0]
        labelled = Labelled(self.sides[0].frames(source), self.labels.index_select(0, source))
        unlabelled = Unlabelled(self.sides[1].frames(target))
        terms = self.step(labelled, unlabelled, self.progress.index_select(0, self.cursor)[0])
        values = torch.stack(list(terms.values())).double()
        if not self.names:
            self.names, self.sums = list(terms), torch.zeros_like(values)
        self.sums += values
        self.cursor += 1
