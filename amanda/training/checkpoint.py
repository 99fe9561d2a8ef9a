"""Checkpoints: the state of each run after an epoch, in a hidden folder beside the job's outputs.

Arrays are safetensors, with all other values as JSON in their metadata; nothing is unpickled. The states of random
streams are not saved, because each epoch's streams are made from the seed and the epoch's number.
"""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from amanda.training.job import Run
from extractors.shared.files import atomic_file

SECONDS = 20.0
"""Shortest time in seconds between two savings of an unfinished run. A kill loses at most this and one epoch."""


class Checkpoints:
    """The hidden folder of one job.

    Args:
        folder: where the runs are saved; it is created with the first saved run.
        fingerprint: a digest of everything that the result depends on; a run that was saved under another one is not
            used.
        epochs: number of epochs of a finished run, which is saved at once.
    """

    def __init__(self, folder: Path, fingerprint: str, epochs: int) -> None:
        self.folder, self.fingerprint, self.epochs = folder, fingerprint, epochs
        self.begun = time.monotonic()
        self.saved: dict[int, float] = {}

    def save(self, run: Run) -> None:
        """Save a run that is finished or was last saved some time ago."""
        last = self.saved.get(run.seed, self.begun)
        if len(run.history) < self.epochs and time.monotonic() - last < SECONDS:
            return
        state = {"fingerprint": self.fingerprint, "history": run.history}
        with atomic_file(self._path(run)) as temporary:
            save_file(_tensors(run), temporary, metadata={"state": json.dumps(state)})
        self.saved[run.seed] = time.monotonic()

    def resume(self, run: Run) -> None:
        """Restore a newly started run from its saved state under the same fingerprint, if there is one."""
        try:
            with safe_open(self._path(run), framework="pt") as file:
                state = json.loads(file.metadata()["state"])
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
        except (FileNotFoundError, SafetensorError):
            return
        if state["fingerprint"] == self.fingerprint:
            run.history = state["history"]
            _restore(run, tensors)

    def remove(self) -> None:
        """Remove the folder: the job's outputs are complete."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _path(self, run: Run) -> Path:
        return self.folder / f"seed{run.seed}.safetensors"


def _tensors(run: Run) -> dict[str, Tensor]:
    """All arrays of a run, under names with a prefix."""
    tensors = {f"algorithm/{name}": value for name, value in run.algorithm.state_dict().items()}
    for number, state in run.optimiser.state_dict()["state"].items():
        tensors |= {f"optimiser/{number}/{name}": value for name, value in state.items()}
    for selection, weights in run.kept.items():
        tensors |= {f"kept/{selection}/{name}": value.clone() for name, value in weights.items()}
    tensors["source_logits"] = torch.from_numpy(np.stack(run.source_logits))
    tensors["target_logits"] = torch.from_numpy(np.stack(run.target_logits))
    tensors["log_ratios"] = torch.from_numpy(np.stack(run.log_ratios))
    return {name: value.contiguous() for name, value in tensors.items()}


def _restore(run: Run, tensors: dict[str, Tensor]) -> None:
    """The reverse of ``_tensors``."""
    run.algorithm.load_state_dict(_under("algorithm/", tensors))
    optimiser: dict[int, dict[str, Tensor]] = {}
    for name, value in _under("optimiser/", tensors).items():
        number, entry = name.split("/")
        optimiser.setdefault(int(number), {})[entry] = value
    groups = run.optimiser.state_dict()["param_groups"]
    run.optimiser.load_state_dict({"state": optimiser, "param_groups": groups})
    for name, value in _under("kept/", tensors).items():
        selection, entry = name.split("/")
        run.kept.setdefault(selection, {})[entry] = value
    run.source_logits = list(tensors["source_logits"].numpy())
    run.target_logits = list(tensors["target_logits"].numpy())
    run.log_ratios = list(tensors["log_ratios"].numpy())


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
