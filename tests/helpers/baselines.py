"""The numbers of the baselines' originals, and our algorithms prepared to be compared with them."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from amanda.algorithms.base import Algorithm, load_algorithm
from amanda.network.model import Outputs, initialise
from helpers import places
from helpers.pair import OF_METHOD

GOLDEN = np.load(places.GOLDEN / "da_baselines.npz")
DIMS = {"text": 6, "audio": 6, "visual": 5}
CLOSE = {"rtol": 1e-9, "atol": 1e-12}
ONE = torch.ones((), dtype=torch.float64)


def given(name: str) -> Tensor:
    return torch.tensor(GOLDEN[f"in/{name}"], requires_grad=GOLDEN[f"in/{name}"].dtype == np.float64)


def fill(network: nn.Sequential, name: str) -> None:
    """Give a discriminator the golden weights."""
    linear = [layer for layer in network if isinstance(layer, nn.Linear)]
    with torch.no_grad():
        for number, layer in enumerate(linear, start=1):
            layer.weight.copy_(torch.tensor(GOLDEN[f"{name}/W{number}"]))
            layer.bias.copy_(torch.tensor(GOLDEN[f"{name}/b{number}"]))


def check_discriminator(network: nn.Sequential, case: str) -> None:
    for number, layer in enumerate((layer for layer in network if isinstance(layer, nn.Linear)), start=1):
        np.testing.assert_allclose(layer.weight.grad, GOLDEN[f"{case}/grad_W{number}"], **CLOSE)
        np.testing.assert_allclose(layer.bias.grad, GOLDEN[f"{case}/grad_b{number}"], **CLOSE)


def make(name: str, **changes: object) -> Algorithm:
    settings = (
        OF_METHOD[name] | {"representation": 32, "discriminator": [16, 16], "dropout_discriminator": 0.0} | changes
    )
    algorithm = load_algorithm(name)(DIMS, settings, torch.full((4,), 0.25), torch.Generator())
    initialise(algorithm, "torch", torch.Generator().manual_seed(0))
    return algorithm.double()


def outputs(clips: str, logits: str) -> Outputs:
    """The golden representations and logits as those of the text modality."""
    return Outputs({"text": given(clips)}, {"text": given(logits)})


def grad(tensor: Tensor) -> Tensor:
    return torch.zeros_like(tensor) if tensor.grad is None else tensor.grad
