"""Common settings of torch for every program: device, number of CPU threads, and precision."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Literal

import numpy as np
import torch

from extractors.shared.program import UserError

COMPUTE = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
"""Names in the settings of the number formats that a network can compute in."""


Compute = Literal["float32", "bfloat16", "float16"]
"""A name of :data:`COMPUTE`."""


def check_compute(name: str, device: torch.device) -> str:
    """Return ``name``, a number format that networks can compute in on ``device``.

    Raises:
        UserError: it is not.
    """
    if name not in COMPUTE:
        raise UserError(f"compute {name}: unknown number format; use one of {', '.join(COMPUTE)}")
    if name == "float16" and device.type == "cpu":
        raise UserError("compute float16: needs a GPU; use float32, or bfloat16 if the CPU supports it well")
    return name


AGREEMENT = {"bfloat16": 0.1, "float16": 0.02}
"""Number format -> the largest accepted difference from float32 in a test, relative to the norm.

Correct networks stay well below (docs/extraction.md has measured differences). The difference of a wrong kernel is
about as large as the norm.
"""


def check_agreement(
    network: str,
    compute: str,
    device: torch.device,
    probe: Callable[[str], Sequence[np.ndarray]],
    bounds: Mapping[str, float] = AGREEMENT,
) -> None:
    """Check on this device, in this process, that a network computes the same in a reduced number format.

    Libraries choose their kernels by the processor, the format and the shape, and some combinations are wrong: torch
    2.11 gives wrong numbers for a grouped convolution in bfloat16 on a processor with AMX. In float32 nothing is run.

    Args:
        network: its name in the error.
        compute: the requested number format, a name of :data:`COMPUTE`.
        device: the device that computes.
        probe: a number format -> the network's outputs for a short input, arrays of any shape; each is compared.
        bounds: number format -> the largest difference, relative to the norm of the float32 array.

    Raises:
        UserError: an output differs by more, or is not a number.
    """
    if compute == "float32":
        return
    pairs = zip(probe("float32"), probe(compute), strict=True)
    difference = max(_difference(exact.astype(np.float64), reduced.astype(np.float64)) for exact, reduced in pairs)
    if difference > bounds[compute]:
        raise UserError(
            f"{network} computes wrongly in {compute} on this {device.type}: a test differs from float32 by"
            f" {difference:.2g} of the norm, where at most {bounds[compute]:g} is due to rounding;"
            " set its compute to float32"
        )


def _difference(exact: np.ndarray, reduced: np.ndarray) -> float:
    """Distance of two arrays, as a share of the norm of ``exact``; infinite if it is not a number."""
    found = np.linalg.norm(reduced - exact) / max(np.linalg.norm(exact), np.finfo(np.float64).tiny)
    return float(found) if np.isfinite(found) else np.inf


@contextmanager
def inference(device: torch.device, compute: str) -> Iterator[None]:
    """Compute without gradients: in full ``float32``, or in the 16-bit formats by torch's autocast.

    By default, convolutions on a GPU round their float32 inputs to 10 bits (TF32); this is switched off.
    """
    reduced = compute != "float32"
    with (
        torch.inference_mode(),
        torch.backends.cudnn.flags(enabled=True, allow_tf32=False),
        torch.autocast(device.type, COMPUTE[compute] if reduced else None, enabled=reduced),
    ):
        yield


def add_compute_flags(parser: argparse.ArgumentParser) -> None:
    """Add ``--device auto|cpu|cuda[:k]`` and ``--threads N``, which every program that computes takes."""
    parser.add_argument("--device", required=True, help="auto, cpu, cuda or cuda:k")
    parser.add_argument("--threads", required=True, type=int, help="CPU threads to compute with")


def prepare_compute(device: str, threads: int) -> torch.device:
    """Set torch's thread count, and return the device that ``device`` names; write it to stderr too.

    On a GPU, float32 is not rounded, also in convolutions and LSTMs, and results of a seed are reproducible.

    Args:
        device: ``auto`` (a GPU if there is one), ``cpu``, ``cuda`` or ``cuda:k``.
        threads: number of CPU threads, at least 1.

    Raises:
        UserError: the name is unknown, or the GPU does not exist.
    """
    torch.set_num_threads(threads)
    torch.backends.cudnn.allow_tf32 = False
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # without it, results of cuDNN's LSTM may vary
    name = device
    if device == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    elif device != "cpu" and device != "cuda" and not (device.startswith("cuda:") and device[5:].isdigit()):
        raise UserError(f"--device {device}: unknown device; use auto, cpu, cuda or cuda:k")
    chosen = torch.device(name)
    if chosen.type == "cuda" and (chosen.index or 0) >= torch.cuda.device_count():
        raise UserError(
            f"--device {device}: this machine shows {torch.cuda.device_count()} CUDA device(s)"
            f" (CUDA_VISIBLE_DEVICES={os.environ.get('CUDA_VISIBLE_DEVICES', 'unset')}); use auto or cpu"
        )
    card = f" ({torch.cuda.get_device_name(chosen)})" if chosen.type == "cuda" else f" ({threads} threads)"
    sys.stderr.write(f"device: {chosen}{card}\n")
    return chosen
