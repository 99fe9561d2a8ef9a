"""From a trained method and its source to the files of a model folder: networks, statistics, calibration."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from amanda.network.model import JOINT
from amanda.sharing.calibration import calibration_error, fit_temperature, log_probabilities
from amanda.sharing.columns import Columns, column_statistics
from amanda.sharing.folder import packed
from amanda.sharing.record import Calibration, Counted
from amanda.training.data import Corpus
from amanda.training.engine import predict
from amanda.training.trained import Trained
from extractors.shared.program import UserError

SHORTEST = 6
"""A clip's name with at least this many characters cannot occur in a text by chance."""


def network_file(trained: Trained) -> bytes:
    """The weights of a run's network as a file, without other networks of its algorithm."""
    return packed(trained.algorithm.network.state_dict())


def statistics_of(corpus: Corpus) -> tuple[dict[str, Columns], dict[str, Counted]]:
    """Mean and standard deviation of each column over the frames of the train clips, and numbers of clips and frames.

    For visual, only frames with a face count. One clip is in memory at a time.
    """
    columns, counted = {}, {}
    for name in corpus.packed:
        lengths: list[int] = []
        try:
            columns[name] = column_statistics(_counted_frames(corpus, name, lengths))
        except ValueError:
            raise UserError(f"{corpus.indexes[name]}: no train clip has frames that count; extract it again") from None
        counted[name] = Counted(clips=len(lengths), frames=sum(lengths))
    return columns, counted


def _counted_frames(corpus: Corpus, modality: str, lengths: list[int]) -> Iterator[np.ndarray]:
    """The counted frames of each train clip that has some; their numbers are appended to ``lengths``."""
    for clip in corpus.clips("train"):
        if not corpus.has(modality, clip):
            continue
        taken = corpus.packed[modality].take(clip[None])
        rows = taken.gather(torch.float32)
        rows = rows if taken.valid is None else rows[taken.faces()]
        if len(rows):
            lengths.append(len(rows))
            yield rows.cpu().numpy()


def column_file(columns: Mapping[str, Columns]) -> bytes:
    """Statistics of columns as a file, float64."""
    return packed(column_tensors(columns))


def column_tensors(columns: Mapping[str, Columns]) -> dict[str, Tensor]:
    """Statistics of columns as arrays, named ``modality.mean`` and ``modality.deviation``."""
    return {
        f"{name}.{part}": torch.from_numpy(np.asarray(values, np.float64).copy())
        for name, each in columns.items()
        for part, values in each._asdict().items()
    }


def calibrate(runs: Iterable[Trained], corpus: Corpus, labels: Tensor, device: torch.device) -> Calibration:
    """Temperatures of every head, and the confidence of the joint one, on the source's validation clips.

    Args:
        runs: the networks; the mean of their probabilities is calibrated.
        corpus: the source.
        labels: class of each of its clips, [clips].
        device: the device that computes.
    """
    clips = corpus.clips("validation")
    found = []
    for trained in runs:
        algorithm = trained.algorithm.to(device)
        found.append(predict(algorithm, corpus, clips).logits)
    logits = {head: np.stack([each[head].numpy() for each in found]) for head in found[0]}
    label = labels[clips].numpy()
    known = {head: np.ones(len(clips), bool) if head == JOINT else corpus.has(head, clips).numpy() for head in logits}
    temperatures = {head: fit_temperature(each[:, known[head]], label[known[head]]) for head, each in logits.items()}
    probabilities = np.exp(log_probabilities(logits[JOINT], temperatures[JOINT]))
    return Calibration(
        clips=len(label),
        temperatures=temperatures,
        confidence=min(float(probabilities.max(axis=1).mean()), 1.0),
        error=calibration_error(probabilities, label),
    )


def shares_of(labels: Tensor, classes: Sequence[str]) -> dict[str, float]:
    """Label distribution of some clips, by class."""
    counts = labels.bincount(minlength=len(classes)).double()
    return dict(zip(classes, (counts / counts.sum()).tolist(), strict=True))


def check_private(files: Mapping[str, bytes], names: Iterable[str], places: Iterable[Path]) -> None:
    """Check that no text of a folder names a clip or a folder of this computer.

    Args:
        files: name -> content; of a safetensors file only the header is searched, which names the arrays.
        names: names of clips; names shorter than ``SHORTEST`` may occur by chance and are not searched for.
        places: private folders.

    Raises:
        UserError: a text contains one of them.
    """
    wanted = {name for name in names if len(name) >= SHORTEST} | {str(place.resolve()) for place in places} - {"/"}
    pattern = re.compile("|".join(map(re.escape, sorted(wanted)))) if wanted else None
    for file, content in files.items():
        head = int.from_bytes(content[:8], "little") + 8 if file.endswith(".safetensors") else len(content)
        told = pattern.search(content[:head].decode("utf-8", "replace")) if pattern else None
        if told:
            raise UserError(
                f"{file}: would name {told[0]}, which belongs to the corpus or this computer; take it out of the"
                " method's label, the licence note or the settings of the extraction"
            )
