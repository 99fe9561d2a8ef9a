"""The one loop that trains every algorithm: epochs of steps, then predictions and label-free scores of each epoch.

A run is a seed. It shares no state with other runs, so its result is bit for bit the same without them, and it can be
continued after any epoch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

import numpy as np
import torch
from torch import Tensor

from amanda.algorithms.base import Algorithm, load_algorithm
from amanda.network.model import initialise
from amanda.network.outputs import JOINT, Outputs, positions
from amanda.scoring.kept import KEPT
from amanda.scoring.metrics import information_maximisation, weighted_f1
from amanda.shared.settings import ConstantRate, LinearDecay, TrainingSettings
from amanda.shared.transfer import ahead
from amanda.training.data import Corpus
from amanda.training.diagnosis import gaps, log_density_ratio, sample
from amanda.training.job import Job, Run, plan, reseed
from amanda.training.precision import check_precision
from amanda.training.steps import Sums, make_capture, replay_steps, take_steps
from extractors.shared.program import UserError

AT_ONCE = 128
"""Smallest number of clips in one pass of a prediction, because each pass of the network has fixed costs."""
LEAST_PROBE = 4
"""If some clips lack a modality, its distances are measured only if at least so many clips of the domain have it."""


def start(job: Job, seed: int) -> Run:
    """A run before its first epoch. With the same seed, algorithms with the same networks start with equal weights."""
    counts = job.labels[job.source.clips("train")].bincount(minlength=len(job.classes))
    dropout = torch.Generator(job.device)
    algorithm = load_algorithm(job.algorithm)(job.source.dims, job.settings, counts / counts.sum(), dropout)
    initialise(algorithm, job.settings.initialisation, reseed(torch.Generator(), seed, "weights", 0))
    algorithm.to(job.device)
    run = Run(seed, algorithm, make_optimiser(algorithm, job.settings), dropout)
    if job.recorder is not None and job.device.type == "cuda":
        run.lane = torch.cuda.Stream(job.device)
        run.lane.wait_stream(torch.cuda.current_stream(job.device))
    return run


def make_optimiser(algorithm: Algorithm, settings: TrainingSettings) -> torch.optim.Adam:
    """Adam (paper, section 4); weight decay is the L2 penalty of the published code.

    The learning rate is on the device, because a recorded step reads it there; CUDA's fused kernel needs it in float32.
    """
    device = algorithm.prior.device
    precision = torch.float32 if device.type == "cuda" else torch.float64
    return torch.optim.Adam(
        algorithm.parameters(),
        lr=torch.tensor(settings.learning_rate, dtype=precision, device=device),
        betas=(settings.betas[0], settings.betas[1]),
        weight_decay=settings.weight_decay,
        fused=True,
        capturable=device.type == "cuda",
    )


def rate_factor(schedule: ConstantRate | LinearDecay, epoch: int) -> float:
    """Factor of the learning rate in an epoch, counted from 1; ``linear_decay`` falls almost to 0 after its plateau."""
    if isinstance(schedule, ConstantRate):
        return 1.0
    return max(0.0, 1 - max(0, epoch - schedule.constant_epochs) / (schedule.decay_epochs + 1))


def queue_epoch(job: Job, run: Run) -> Sums:
    """Take the steps of the run's next epoch. On a GPU they may still be running when this returns."""
    settings, epoch = job.settings, len(run.history) + 1
    reseed(run.dropout, run.seed, "dropout", epoch)
    for group in run.optimiser.param_groups:
        group["lr"].fill_(settings.learning_rate * rate_factor(settings.schedule, epoch))
    pairs = plan(job, run.seed, epoch)
    progress = [(epoch - 1 + number / len(pairs)) / settings.epochs for number in range(len(pairs))]
    run.algorithm.train()
    if job.recorder is not None and run.capture is None:
        run.capture = make_capture(job, run)
    if run.capture is None:
        return take_steps(job, run, pairs, progress)
    return replay_steps(job, run, run.capture, pairs, progress)


def epoch_means(run: Run, sums: Sums) -> dict[str, float]:
    """The mean of every term over the steps of the run's epoch.

    Raises:
        UserError: the loss is not a finite number.
    """
    counts = torch.tensor(sums.steps, dtype=torch.float64, device=sums.values.device)
    means = dict(zip(sums.names, (sums.values / counts).tolist(), strict=True))
    if not np.isfinite(means["total"]):
        raise UserError(
            f"--settings: the loss of seed {run.seed} is {means['total']} in epoch {len(run.history) + 1};"
            " lower learning_rate or alpha2, or set clip_norm"
        )
    run.algorithm.check(means)
    return means


@torch.no_grad()
def predict(algorithm: Algorithm, corpus: Corpus, clips: Tensor) -> Outputs:
    """The network's outputs for some clips in evaluation, on the host, float32; the joint logits are the prediction.

    No clip depends on other clips, except with ``published_code_view``, which gets batches of the training's size.
    """
    algorithm.eval()
    settings = algorithm.settings
    least = 1 if settings.textcnn_input == "published_code_view" else AT_ONCE
    fetched = (corpus.frames(batch) for batch in clips.split(max(settings.batch_size, least)))
    parts = [algorithm.network(frames) for frames in (ahead(fetched) if corpus.streamed else fetched)]
    kinds = zip(*(part[:2] for part in parts), strict=True)  # the representations of all batches, and the logits
    representations, logits = (
        {name: torch.cat([part[name] for part in kind]).float().cpu() for name in kind[0]} for kind in kinds
    )
    lacking = {name: has for name in algorithm.network.modalities if not (has := corpus.has(name, clips)).all()}
    return Outputs(representations, logits, positions(lacking))


def known_representations(outputs: Outputs) -> dict[str, Tensor]:
    """Representations of the clips that have the modality, for ``joint`` and each modality of enough clips."""
    found = {name: outputs.representation(name) for name in outputs.representations}
    return {name: z for name, z in found.items() if len(z) >= LEAST_PROBE or name not in outputs.counted}


def finish_epoch(job: Job, run: Run, sums: Sums) -> None:
    """Record the predictions, the label-free scores and the weights to keep of the epoch that was queued."""
    values, epoch = epoch_means(run, sums), len(run.history) + 1
    settings = job.settings
    validation, everything = job.source.clips("validation"), torch.arange(len(job.target.clip_ids))
    known = predict(run.algorithm, job.source, validation)
    source = predict(run.algorithm, job.source, sample(job.source.clips("train"), settings.probe_clips))
    target = predict(run.algorithm, job.target, everything)
    run.source_logits.append(known.logits[JOINT].numpy())
    run.target_logits.append(target.logits[JOINT].numpy())
    predicted, unlabelled = run.source_logits[-1].argmax(axis=1), run.target_logits[-1][job.target.clips("train")]
    values["source_validation_f1"] = weighted_f1(job.labels[validation].numpy(), predicted, len(job.classes))
    values["information_maximisation"] = information_maximisation(unlabelled)
    looked_at = target.take(sample(job.target.clips("train"), settings.probe_clips))
    values |= gaps(known_representations(source), known_representations(looked_at))
    joint = (each.representations[JOINT] for each in (source, looked_at, known))
    run.log_ratios.append(log_density_ratio(*joint))
    run.history.append(values)
    chosen = [name for name, select in KEPT.items() if select(run.history) == epoch]
    weights = {name: value.detach().cpu().clone() for name, value in run.algorithm.state_dict().items()}
    run.kept |= dict.fromkeys(chosen, weights)


def on(lane: torch.cuda.Stream | None) -> AbstractContextManager:
    """A context in which work goes to the run's own CUDA stream."""
    return nullcontext() if lane is None else torch.cuda.stream(lane)


def run_epoch(job: Job, runs: Sequence[Run]) -> None:
    """Train each of the runs for one more epoch. They run in parallel on a GPU that replays their steps."""
    queued = []
    for run in runs:
        with on(run.lane):
            queued.append(queue_epoch(job, run))
    for run, sums in zip(runs, queued, strict=True):
        with on(run.lane):
            finish_epoch(job, run, sums)


def train(job: Job, seeds: Sequence[int], resume: Callable[[Run], None], save: Callable[[Run], None]) -> list[Run]:
    """Train the runs of a job: one after another, or in parallel on a GPU that replays their steps.

    Args:
        job: the data and settings that they share.
        seeds: one run each.
        resume: restores a run from its saved state, if there is one.
        save: called after every epoch.

    Raises:
        UserError: the device computes wrongly in the number format of the settings, or a loss is not a finite number.
    """
    runs = [start(job, seed) for seed in seeds]
    check_precision(runs[0].algorithm.network, job.source, job.settings.compute, job.device)
    for run in runs:
        with on(run.lane):
            resume(run)
    for group in [runs] if runs[0].lane else [[run] for run in runs]:
        while unfinished := [run for run in group if len(run.history) < job.settings.epochs]:
            run_epoch(job, unfinished)
            for run in unfinished:
                save(run)
    return runs
