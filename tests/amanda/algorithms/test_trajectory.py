"""Twenty steps of the authors' whole model, reproduced by our network, algorithm and step in its settings."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
import torch
import yaml
from helpers import places
from planning.methods import complete_settings
from torch import Tensor

from amanda.algorithms.base import Algorithm, Labelled, Unlabelled, load_algorithm
from amanda.network.frames import Packed
from amanda.training.engine import make_optimiser
from amanda.training.steps import step

GOLDEN = np.load(places.GOLDEN / "amanda_release.npz")
NAMES = GOLDEN["traj/param_names"].tolist()
MODALITY = {"A": "audio", "L": "text", "V": "visual"}
SHAPE = {"A": (16, 40, 2304), "L": (16, 12, 2304), "V": (16, 64, 768)}
PRIOR = [2 / 9, 3 / 9, 2 / 9, 2 / 9]
CONFIG = yaml.safe_load((places.ROOT / "config.yaml").read_text()) | {"releases": "licensed"}
RUNS = {
    "release_f64": "amanda_p2",
    "p1_f64": "amanda_p1",
    "logexp_f64": "amanda_t1",
    "noCA_w1e-6_f64": "amanda_without_ca",
    "direct_w0_f64": "direct_transfer",
    "release_f32": "amanda_p2",
}
"""The golden runs, and the rows of the config that are them in the recipe ``published_code``."""

TERMS = {
    "CE": "cross_entropy_joint",
    "CE_A": "cross_entropy_audio",
    "CE_V": "cross_entropy_visual",
    "CE_L": "cross_entropy_text",
    "CEave_t": "label_alignment",
    "coral": "alignment_joint",
    "coral_a": "alignment_audio",
    "coral_v": "alignment_visual",
    "coral_l": "alignment_text",
}


def recipe(row: str) -> dict:
    """The settings of a row as the config has them; the golden runs were made without dropout."""
    settings = complete_settings(CONFIG, "published_code", CONFIG["method_settings"][row])
    return settings | {"dropout_encoder": 0.0, "dropout_head": 0.0}


def normal(name: str, shape: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(zlib.crc32(name.encode())).standard_normal(shape)


def batch(domain: str, dtype: torch.dtype) -> tuple[dict[str, Packed], Tensor]:
    """The golden clips of ``s`` or ``t``, without the zero rows that the code pads them with, and their labels."""
    numbers = np.arange(16)
    label = numbers % 4 if domain == "s" else (3 * numbers + 1) % 4
    lengths = {"A": 40 - 4 * (numbers % 5), "L": 12 - 2 * (numbers % 4), "V": np.full(16, 64)}
    frames = {}
    for letter, shape in SHAPE.items():
        dim = shape[2:]
        x = (
            0.5 * normal(f"traj.{domain}.{letter}", shape)
            + 0.3 * normal(f"traj.mu.{letter}", (4, *dim))[label][:, None]
        )
        if domain == "t":
            x = 1.2 * x + 0.2 * normal(f"traj.shift.{letter}", dim)
        clips = [clip[:length] for clip, length in zip(x, lengths[letter], strict=True)]
        assert sum(clip.sum() for clip in clips) == pytest.approx(float(GOLDEN[f"traj/in/{domain}/{letter}/sum"]))
        rows = torch.tensor(np.concatenate(clips), dtype=dtype)
        frames[MODALITY[letter]] = Packed(rows, torch.tensor(lengths[letter]), torch.ones(len(rows), dtype=torch.bool))
    return frames, torch.tensor(label)


def in_the_published_layout(algorithm: Algorithm) -> dict[str, Tensor]:
    """Our parameters under the names and in the layout of the published code, as views where that can be."""
    network, found = algorithm.network, {}
    for letter in "AL":
        encoder = network.encoders[MODALITY[letter]]
        for number, taps, bias in zip((1, 2), encoder.taps.split([3, 5]), encoder.bias.chunk(2), strict=True):
            found[f"net{letter}.conv{number}.weight"] = taps.unflatten(2, (3, 768)).permute(1, 2, 0, 3)
            found[f"net{letter}.conv{number}.bias"] = bias
        found[f"net{letter}.embd.0.weight"] = encoder.linear.weight
        found[f"net{letter}.embd.0.bias"] = encoder.linear.bias
    for name, parameter in network.encoders["visual"].lstm.named_parameters():
        found[f"netV.rnn.{name}"] = parameter
    for letter, modality in MODALITY.items():
        found[f"netC{letter}.C.weight"] = network.heads[modality][1].weight
        found[f"netC{letter}.C.bias"] = network.heads[modality][1].bias
    joint = network.heads["joint"]
    for place, name in ((0, "module.0"), (3, "module.3"), (6, "fc_out")):
        found[f"netC.{name}.weight"], found[f"netC.{name}.bias"] = joint[place].weight, joint[place].bias
    text, audio, visual = joint[0].weight.split(128, dim=1)
    found["netC.module.0.weight"] = torch.cat([audio, visual, text], dim=1)  # its joint input is A, V, L
    return found


@torch.no_grad()
def fill(algorithm: Algorithm) -> None:
    """Set the golden initial weights."""
    for name, values in in_the_published_layout(algorithm).items():
        shape = tuple(values.shape)
        golden = np.zeros(shape) if "bias" in name else normal(name, shape) / np.sqrt(np.prod(shape[1:]))
        golden = torch.tensor(golden, dtype=values.dtype)
        if name == "netC.module.0.weight":
            audio, visual, text = golden.split(128, dim=1)
            algorithm.network.heads["joint"][0].weight.copy_(torch.cat([text, audio, visual], dim=1))
        else:
            values.copy_(golden)


def test_what_the_network_makes_of_both_domains_before_the_first_step() -> None:
    """Every layer, before training can hide a difference."""
    dims = {"text": 2304, "audio": 2304, "visual": 768}
    algorithm = (
        load_algorithm("amanda")(dims, recipe("amanda_p2"), torch.tensor(PRIOR), torch.Generator()).double().eval()
    )
    fill(algorithm)
    for domain, suffix in (("s", ""), ("t", "_t")):
        with torch.no_grad():
            found = algorithm.network(batch(domain, torch.float64)[0])
        logits = GOLDEN[f"traj/release_f64/step0_logits{suffix}"]
        np.testing.assert_allclose(found.logits["joint"], logits, rtol=1e-9, atol=1e-12)
        for letter, modality in MODALITY.items():
            expected = GOLDEN[f"traj/release_f64/step0_feat_{letter}{suffix}_row0"]
            np.testing.assert_allclose(found.representations[modality][0], expected, rtol=1e-9, atol=1e-12)


def norms(algorithm: Algorithm) -> list[float]:
    with torch.no_grad():
        layout = in_the_published_layout(algorithm)
        return [float(layout[name].double().norm()) for name in NAMES]


@pytest.mark.parametrize(
    "run", [pytest.param(run, marks=[] if run == "release_f64" else pytest.mark.slow) for run in RUNS]
)
def test_twenty_steps(run: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, settings = CONFIG["method_settings"][RUNS[run]]["algorithm"], recipe(RUNS[run])
    single = run.endswith("f32")
    dtype, near = (
        (torch.float32, {"rtol": 1e-4, "atol": 1e-6}) if single else (torch.float64, {"rtol": 1e-7, "atol": 1e-9})
    )
    dims = {"text": 2304, "audio": 2304, "visual": 768}
    algorithm = load_algorithm(name)(dims, settings, torch.tensor(PRIOR, dtype=torch.float64), torch.Generator()).to(
        dtype
    )
    fill(algorithm)
    np.testing.assert_allclose(norms(algorithm), GOLDEN["traj/param_norm_init"], rtol=1e-6)
    frames, label = batch("s", dtype)
    source, target = Labelled(frames, label), Unlabelled(batch("t", dtype)[0])
    optimiser = make_optimiser(algorithm, settings)
    gradient_norms: list[float] = []
    clip = torch.nn.utils.clip_grad_norm_
    monkeypatch.setattr(torch.nn.utils, "clip_grad_norm_", lambda *a: gradient_norms.append(float(clip(*a))))
    golden = {key: GOLDEN[f"traj/{run}/{key}"] for key in ("losses", "total", "gnorm", "pnorm")}
    for number in range(20):
        terms = step(algorithm, optimiser, source, target, 0.0, settings["clip_norm"])
        expected = dict(zip(GOLDEN["loss_names"].tolist(), golden["losses"][number], strict=True))
        for theirs, ours in TERMS.items():
            if ours in terms:
                np.testing.assert_allclose(float(terms[ours]), expected[theirs], **near, err_msg=f"{theirs} {number}")
        np.testing.assert_allclose(float(terms["total"]), golden["total"][number], **near)
        # Clipping goes through text, audio, visual, then the heads of text, audio, visual, joint.
        order = [GOLDEN["traj/net_order"].tolist().index(net) for net in ("L", "A", "V", "CL", "CA", "CV", "C")]
        np.testing.assert_allclose(gradient_norms[-7:], golden["gnorm"][number][order], **near)
        np.testing.assert_allclose(norms(algorithm), golden["pnorm"][number], **near)
    layout = in_the_published_layout(algorithm)
    first = [layout[name].detach().flatten()[:8] for name in NAMES]
    for ours, theirs in zip(first, GOLDEN[f"traj/{run}/final_param_first8"], strict=True):
        np.testing.assert_allclose(ours, theirs[: len(ours)], **near)
    means = [float(layout[name].detach().abs().double().mean()) for name in NAMES]
    np.testing.assert_allclose(means, GOLDEN[f"traj/{run}/final_param_absmean"], **near)
    algorithm.eval()
    with torch.no_grad():
        logits = algorithm.network(frames).logits["joint"]
    np.testing.assert_allclose(logits, GOLDEN[f"traj/{run}/final_logits_source"], **near)
