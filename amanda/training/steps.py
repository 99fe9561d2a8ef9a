"""The steps of an epoch: one by one, or as replays of a recorded step for each full batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor

from amanda.algorithms.base import Algorithm, Labelled, Unlabelled
from amanda.network.frames import Packed
from amanda.shared.transfer import ahead, send
from amanda.training.capture import Batches, Capture, make_side
from amanda.training.job import Job, Run, is_whole, plan


class Sums(NamedTuple):
    """Terms of a loss, summed over the steps of an epoch: their names, and float64 values on the device, [terms].

    ``steps`` is the number of steps that had each term, [terms]. A step without clips of a modality lacks its terms.
    """

    names: Sequence[str]
    values: Tensor
    steps: Sequence[int]


def step(
    algorithm: Algorithm,
    optimiser: torch.optim.Optimizer,
    source: Labelled,
    target: Unlabelled,
    progress: float | Tensor,
    clip_norm: float | None,
) -> dict[str, Tensor]:
    """One step of the optimiser on one batch of each domain; returns the detached terms and their ``total``."""
    terms = algorithm.losses(source, target, progress)
    total = algorithm.objective(terms)
    optimiser.zero_grad()
    total.backward()
    if clip_norm is not None:
        for part in algorithm.parts():
            torch.nn.utils.clip_grad_norm_(part.parameters(), clip_norm)
    optimiser.step()
    return {name: value.detach() for name, value in terms.items()} | {"total": total.detach()}


def make_capture(job: Job, run: Run) -> Capture | None:
    """The recorded step of the run on full batches, with room for the largest batch of all its epochs."""
    epochs = range(1, job.settings.epochs + 1)
    pairs = [pair for epoch in epochs for pair in plan(job, run.seed, epoch)]
    whole = [pair for pair in pairs if is_whole(pair, job.settings.batch_size)]
    if not whole or job.recorder is None:
        return None
    ours, theirs = (
        make_side(corpus, run.algorithm.network, of_corpus, job.device)
        for corpus, of_corpus in zip((job.source, job.target), zip(*whole, strict=True), strict=True)
    )
    one_step = partial(step, run.algorithm, run.optimiser, clip_norm=job.settings.clip_norm)
    return Capture((ours, theirs), send(job.labels, job.device), one_step, run.dropout, job.recorder)


def take_steps(job: Job, run: Run, pairs: Batches, progress: Sequence[float]) -> Sums:
    """Take steps one by one."""
    sums: dict[tuple[str, ...], tuple[Tensor, int]] = {}
    fetched: Iterator[tuple[Labelled, dict[str, Packed]]] = (
        (Labelled(job.source.frames(of_source), send(job.labels[of_source], job.device)), job.target.frames(of_target))
        for of_source, of_target in pairs
    )
    if job.source.streamed or job.target.streamed:
        fetched = ahead(fetched)
    for mark, (source, frames) in zip(progress, fetched, strict=True):
        terms = step(run.algorithm, run.optimiser, source, Unlabelled(frames), mark, job.settings.clip_norm)
        sofar, steps = sums.get(tuple(terms), (torch.zeros((), dtype=torch.float64), 0))
        sums[tuple(terms)] = sofar + torch.stack(list(terms.values())).double(), steps + 1
    return together(sums)


def together(sums: Mapping[tuple[str, ...], tuple[Tensor, int]]) -> Sums:
    """The sum of several sums, each of which has some of the terms and some of the steps."""
    if len(sums) == 1:
        ((names, (values, steps)),) = sums.items()
        return Sums(names, values, [steps] * len(names))
    names = tuple(dict.fromkeys(name for some in sums for name in some))
    values, counts = torch.zeros(len(names), dtype=torch.float64), torch.zeros(len(names), dtype=torch.int64)
    for some, (each, steps) in sums.items():
        places = torch.tensor([names.index(name) for name in some])
        values = values.to(each.device).index_add(0, places.to(each.device), each)
        counts[places] += steps
    return Sums(names, values, counts.tolist())


def replay_steps(job: Job, run: Run, capture: Capture, pairs: Batches, progress: Sequence[float]) -> Sums:
    """The same, with the recorded step for full batches; no clip may lack a modality."""
    whole = [number for number, pair in enumerate(pairs) if is_whole(pair, job.settings.batch_size)]
    capture.begin([pairs[number] for number in whole], [progress[number] for number in whole])
    others = torch.zeros((), dtype=torch.float64)
    for number, (pair, mark) in enumerate(zip(pairs, progress, strict=True)):
        if number in whole:
            capture.advance()
        else:
            others = others + take_steps(job, run, [pair], [mark]).values
    return Sums(capture.names, capture.sums + others, [len(pairs)] * len(capture.names))
