"""The one loop that trains every method: epochs of steps, then predictions and label-free scores of each epoch.

A run is a seed. Everything random in it comes from streams made of its seed, a purpose and the epoch; nothing is shared
between runs. So a run is bit-for-bit what it would be alone, and can go on after any epoch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
import torch
from torch import Tensor

from amanda.data import Corpus, batches, endless_batches
from amanda.diagnosis import gaps, log_density_ratio, sample
from amanda.methods import METHODS, Labelled, Method, Unlabelled
from amanda.metrics import information_maximisation, weighted_f1
from amanda.model import JOINT, Outputs, initialise
from amanda.select import KEPT
from amanda.transfer import ahead, send
from extractors.clip import CLASSES
from extractors.program import UserError

PURPOSES = ("weights", "source batches", "target batches", "dropout")
"""What a random stream is for; its place in this list is part of the stream's seed."""


@dataclass(frozen=True, slots=True)
class Job:
    """One pair and method: what all its runs share. The target has no labels."""

    method: str
    settings: Mapping
    source: Corpus
    labels: Tensor
    target: Corpus
    device: torch.device


@dataclass(slots=True)
class Run:
    """One seed of a job, and what it has yielded so far.

    ``history`` holds the named values of each finished epoch; ``source_logits`` and ``target_logits`` the predictions
    [clips, classes] of the source's validation clips and of all clips of the target; ``log_ratios`` the logarithm of
    the density ratio at the source's validation clips, [clips]; ``kept`` the weights at the epoch that each rule of
    ``KEPT`` chooses so far.
    """

    seed: int
    method: Method
    optimiser: torch.optim.Adam
    dropout: torch.Generator
    history: list[dict[str, float]] = field(default_factory=list)
    source_logits: list[np.ndarray] = field(default_factory=list)
    target_logits: list[np.ndarray] = field(default_factory=list)
    log_ratios: list[np.ndarray] = field(default_factory=list)
    kept: dict[str, dict[str, Tensor]] = field(default_factory=dict)


def reseed(stream: torch.Generator, seed: int, purpose: str, epoch: int) -> torch.Generator:
    """Set a random stream to the state that a seed, a purpose and an epoch stand for, and return it."""
    entropy = (seed, PURPOSES.index(purpose), epoch)
    return stream.manual_seed(int(np.random.SeedSequence(entropy).generate_state(1)[0]))


def start(job: Job, seed: int) -> Run:
    """A run before its first epoch. Methods that share their networks begin, with one seed, with the same weights."""
    counts = job.labels[job.source.clips("train")].bincount(minlength=len(CLASSES))
    dropout = torch.Generator(job.device)
    method = METHODS[job.method](job.source.dims, job.settings, counts / counts.sum(), dropout)
    initialise(method, job.settings["initialisation"], reseed(torch.Generator(), seed, "weights", 0))
    method.to(job.device)
    return Run(seed, method, make_optimiser(method, job.settings), dropout)


def make_optimiser(method: Method, settings: Mapping) -> torch.optim.Adam:
    """Adam (paper, section 4); weight decay is the L2 penalty of the released code."""
    return torch.optim.Adam(
        method.parameters(),
        lr=settings["learning_rate"],
        betas=tuple(settings["betas"]),
        weight_decay=settings["weight_decay"],
        fused=True,
    )


def rate_factor(schedule: Mapping, epoch: int) -> float:
    """Factor of the learning rate in an epoch, counted from 1; ``linear_decay`` falls to nearly 0 after its plateau."""
    if schedule["kind"] == "constant":
        return 1.0
    return max(0.0, 1 - max(0, epoch - schedule["constant_epochs"]) / (schedule["decay_epochs"] + 1))


def step(
    method: Method,
    optimiser: torch.optim.Optimizer,
    source: Labelled,
    target: Unlabelled,
    progress: float,
    clip_norm: float | None,
) -> dict[str, Tensor]:
    """One step of the optimiser on one batch of each domain; returns the detached terms and their ``total``."""
    terms = method.losses(source, target, progress)
    total = method.objective(terms)
    optimiser.zero_grad()
    total.backward()
    if clip_norm is not None:
        for part in method.parts():
            torch.nn.utils.clip_grad_norm_(part.parameters(), clip_norm)
    optimiser.step()
    return {name: value.detach() for name, value in terms.items()} | {"total": total.detach()}


def train_epoch(job: Job, run: Run, epoch: int) -> dict[str, float]:
    """One pass over the source's train clips, with as many batches of the target's; returns the mean of every term."""
    settings, size = job.settings, job.settings["batch_size"]
    streams = {purpose: reseed(torch.Generator(), run.seed, purpose, epoch) for purpose in PURPOSES[1:3]}
    reseed(run.dropout, run.seed, "dropout", epoch)
    for group in run.optimiser.param_groups:
        group["lr"] = settings["learning_rate"] * rate_factor(settings["schedule"], epoch)
    ours = list(batches(job.source.clips("train"), size, streams["source batches"]))
    theirs = islice(endless_batches(job.target.clips("train"), size, streams["target batches"]), len(ours))
    run.method.train()
    sums: Tensor | float = 0.0
    fetched = (
        (Labelled(job.source.frames(of_source), send(job.labels[of_source], job.device)), job.target.frames(of_target))
        for of_source, of_target in zip(ours, theirs, strict=True)
    )
    if job.source.streamed or job.target.streamed:
        fetched = ahead(fetched)
    for number, (source, frames) in enumerate(fetched):
        progress = (epoch - 1 + number / len(ours)) / settings["epochs"]
        terms = step(run.method, run.optimiser, source, Unlabelled(frames), progress, settings["clip_norm"])
        sums = sums + torch.stack(list(terms.values())).double()
    means = dict(zip(terms, (sums / len(ours)).tolist(), strict=True))
    if not np.isfinite(means["total"]):
        raise UserError(
            f"--settings: the loss of seed {run.seed} is {means['total']} in epoch {epoch};"
            " lower learning_rate or alpha2, or set clip_norm"
        )
    run.method.check(means)
    return means


@torch.no_grad()
def predict(method: Method, corpus: Corpus, clips: Tensor, size: int) -> Outputs:
    """What the network makes of some clips in evaluation, on the host, float32; its joint logits are the prediction."""
    method.eval()
    fetched = (corpus.frames(batch) for batch in clips.split(size))
    parts = [method.network(frames) for frames in (ahead(fetched) if corpus.streamed else fetched)]
    kinds = zip(*parts, strict=True)  # the representations of all batches, and the logits of all batches
    return Outputs(
        *({name: torch.cat([part[name] for part in kind]).float().cpu() for name in kind[0]} for kind in kinds)
    )


def run_epoch(job: Job, run: Run) -> None:
    """Train a run for one more epoch, then record its predictions, its label-free scores and the weights to keep."""
    settings = job.settings
    epoch, size = len(run.history) + 1, settings["batch_size"]
    values = train_epoch(job, run, epoch)
    validation, everything = job.source.clips("validation"), torch.arange(len(job.target.clip_ids))
    known = predict(run.method, job.source, validation, size)
    source = predict(run.method, job.source, sample(job.source.clips("train"), settings["probe_clips"]), size)
    target = predict(run.method, job.target, everything, size)
    run.source_logits.append(known.logits[JOINT].numpy())
    run.target_logits.append(target.logits[JOINT].numpy())
    predicted, unlabelled = run.source_logits[-1].argmax(axis=1), run.target_logits[-1][job.target.clips("train")]
    values["source_validation_f1"] = weighted_f1(job.labels[validation].numpy(), predicted, len(CLASSES))
    values["information_maximisation"] = information_maximisation(unlabelled)
    looked_at = sample(job.target.clips("train"), settings["probe_clips"])
    ours, theirs = source.representations, {name: z[looked_at] for name, z in target.representations.items()}
    values |= gaps(ours, theirs)
    run.log_ratios.append(log_density_ratio(ours[JOINT], theirs[JOINT], known.representations[JOINT]))
    run.history.append(values)
    chosen = [rule for rule, select in KEPT.items() if select(run.history) == epoch]
    weights = {name: value.detach().cpu().clone() for name, value in run.method.state_dict().items()}
    run.kept |= dict.fromkeys(chosen, weights)


def train(job: Job, seeds: Sequence[int], resume: Callable[[Run], None], save: Callable[[Run], None]) -> list[Run]:
    """Train the runs of a job one after another.

    Args:
        job: what they share.
        seeds: one run each.
        resume: gives a run back what was saved of it, if anything.
        save: called after every epoch.
    """
    runs = []
    for seed in seeds:
        run = start(job, seed)
        resume(run)
        while len(run.history) < job.settings["epochs"]:
            run_epoch(job, run)
            save(run)
        runs.append(run)
    return runs
