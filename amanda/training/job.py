"""Jobs, their runs, and the random streams of a run, which draw its initial weights, its dropout and its batches.

Every random stream of a run is made from its seed, a purpose and the epoch; runs share no stream.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice

import numpy as np
import torch
from torch import Tensor

from amanda.algorithms.base import Algorithm
from amanda.shared.settings import TrainingSettings
from amanda.training.capture import Batches, Capture, Recorder
from amanda.training.data import Corpus, batches, endless_batches

PURPOSES = ("weights", "source batches", "target batches", "dropout")
"""Purposes of random streams; the position in this list is part of the stream's seed."""


@dataclass(frozen=True, slots=True)
class Job:
    """One pair and algorithm: the data and settings that all its runs share. The target has no labels.

    ``labels`` [clips] of the source are positions in ``classes``.

    With a ``recorder``, steps on full batches are recorded and replayed, and on a GPU the runs are parallel.
    """

    algorithm: str
    settings: TrainingSettings
    source: Corpus
    labels: Tensor
    target: Corpus
    device: torch.device
    classes: tuple[str, ...]
    recorder: Recorder | None = None


@dataclass(slots=True)
class Run:
    """One seed of a job, and its results so far.

    ``history`` holds the named values of each finished epoch. ``source_logits`` and ``target_logits`` hold the
    predictions [clips, classes] of the source's validation clips and of all clips of the target. ``log_ratios`` holds
    the logarithm of the density ratio at the source's validation clips, [clips]. ``kept`` holds the weights of the
    epoch that each selection of ``KEPT`` chooses so far. ``capture`` is the recorded step, if there is one, and
    ``lane`` the run's CUDA stream.
    """

    seed: int
    algorithm: Algorithm
    optimiser: torch.optim.Adam
    dropout: torch.Generator
    lane: torch.cuda.Stream | None = None
    capture: Capture | None = None
    history: list[dict[str, float]] = field(default_factory=list)
    source_logits: list[np.ndarray] = field(default_factory=list)
    target_logits: list[np.ndarray] = field(default_factory=list)
    log_ratios: list[np.ndarray] = field(default_factory=list)
    kept: dict[str, dict[str, Tensor]] = field(default_factory=dict)


def reseed(stream: torch.Generator, seed: int, purpose: str, epoch: int) -> torch.Generator:
    """Set a random stream to the state that follows from a seed, a purpose and an epoch, and return it."""
    entropy = (seed, PURPOSES.index(purpose), epoch)
    return stream.manual_seed(int(np.random.SeedSequence(entropy).generate_state(1)[0]))


def plan(job: Job, seed: int, epoch: int) -> Batches:
    """The clips of every step: one pass over the source's train clips, and as many batches of the target's."""
    size = job.settings.batch_size
    streams = [reseed(torch.Generator(), seed, purpose, epoch) for purpose in PURPOSES[1:3]]
    ours = list(batches(job.source.clips("train"), size, streams[0]))
    theirs = islice(endless_batches(job.target.clips("train"), size, streams[1]), len(ours))
    return list(zip(ours, theirs, strict=True))


def is_whole(pair: tuple[Tensor, Tensor], size: int) -> bool:
    """Whether the batches of both domains have ``size`` clips."""
    return len(pair[0]) == len(pair[1]) == size
