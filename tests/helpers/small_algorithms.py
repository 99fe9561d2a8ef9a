"""What the tests of several rooms share of algorithms."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
import torch
from torch import Tensor

from amanda.algorithms.base import Algorithm, Labelled, Unlabelled, load_algorithm
from amanda.network.frames import Packed
from amanda.network.model import Outputs, initialise
from extractors.shared.clip import MODALITIES
from helpers.pair import ALIGNMENT, OF_METHOD, SETTINGS
from helpers.places import GOLDEN

PUBLISHED = np.load(GOLDEN / "amanda_release.npz")


FORMULAS = np.load(GOLDEN / "paper_formulas.npz")


DIMS = {"text": 6, "audio": 6, "visual": 5}


LETTER = {"text": "L", "audio": "A", "visual": "V", "joint": "M"}


PUBLISHED_PRIOR = [2 / 9, 3 / 9, 2 / 9, 2 / 9]


def frames(clips: int, seed: int) -> dict[str, Packed]:
    stream = torch.Generator().manual_seed(seed)
    found = {}
    for name, length in (("text", 4), ("audio", 9), ("visual", 6)):
        rows = torch.randn(clips * length, DIMS[name], generator=stream)
        found[name] = Packed(rows, torch.full((clips,), length), torch.ones(len(rows), dtype=torch.bool))
    return found


def make(name: str, **changes: object) -> Algorithm:
    algorithm = load_algorithm(name)(
        DIMS, OF_METHOD[name] | changes, torch.full((4,), 0.25), torch.Generator().manual_seed(0)
    )
    initialise(algorithm, "torch", torch.Generator().manual_seed(1))
    return algorithm


def normal(name: str, shape: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(zlib.crc32(name.encode())).standard_normal(shape)


@pytest.fixture
def batch() -> tuple[Outputs, Outputs, Tensor]:
    """The golden logits and representations of 128 source and 96 target clips, as leaves of the graph."""

    def leaf(values: np.ndarray) -> Tensor:
        return torch.tensor(values, dtype=torch.float64, requires_grad=True)

    source = {m: leaf(np.maximum(normal(f"bw.feat_{LETTER[m]}", (128, 128)), 0)) for m in MODALITIES}
    target = {m: leaf(np.maximum(1.3 * normal(f"bw.feat_{LETTER[m]}_t", (96, 128)) + 0.2, 0)) for m in MODALITIES}
    outputs = []
    for representations, suffix in ((source, ""), (target, "_t")):
        logits = {m: leaf(PUBLISHED[f"bw/in/logits_{letter}{suffix}"]) for m, letter in LETTER.items()}
        outputs.append(Outputs(representations | {"joint": torch.cat(list(representations.values()), 1)}, logits))
    return outputs[0], outputs[1], torch.tensor(PUBLISHED["bw/in/label"])


def objective(algorithm: Algorithm, batch: tuple[Outputs, Outputs, Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
    """The total of an algorithm on given outputs of its network."""
    given = iter(batch[:2])
    algorithm.network.forward = lambda frames: next(given)
    terms = algorithm.double().losses(Labelled({}, batch[2]), Unlabelled({}), 0.0)
    return algorithm.objective(terms), terms


PUBLISHED_SETTINGS = (
    SETTINGS
    | ALIGNMENT
    | {
        "entropy": "none",
        "gamma": 1e-3,
        "cross_entropy_weights": {"unimodal": 0.008, "joint": 1.0},
        "prior": PUBLISHED_PRIOR,
        "aligned": "predictions",
        "covariance": "uncentred_published_code",
    }
)
