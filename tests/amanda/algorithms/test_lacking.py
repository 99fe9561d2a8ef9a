"""Clips that lack a modality: they count in no loss of it, and what is left is what the other modalities give."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
import torch
import yaml
from helpers.pair import typed
from helpers.places import ROOT
from helpers.small_algorithms import DIMS, frames
from planning.methods import complete_settings
from torch import Tensor

from amanda.algorithms.base import Algorithm, Labelled, Unlabelled, load_algorithm
from amanda.losses.paper import block_alignment, correlation_alignment
from amanda.network.frames import Packed
from amanda.network.model import initialise
from amanda.training.steps import Sums, together

CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text())
ROWS = list(CONFIG["method_settings"])
LABEL = torch.arange(8) % 4


def make(row: str, recipe: str, modalities: list[str], **changes: object) -> Algorithm:
    """A row of the config with small sizes, in float64 and in evaluation, so that nothing is drawn."""
    own = CONFIG["method_settings"][row]
    sizes = {"modalities": modalities, "representation": 8, "filters": 6, "compute": "float32"} | changes
    settings = complete_settings(CONFIG, recipe, own | {"settings": own["settings"] | sizes})
    kind = load_algorithm(own["algorithm"])
    made = kind(DIMS, typed(settings, kind.Settings), torch.full((4,), 0.25), torch.Generator().manual_seed(0))
    initialise(made, "torch", torch.Generator().manual_seed(1))
    return made.double().eval()


def without(packed: Mapping[str, Packed], lacking: Mapping[str, list[int]]) -> dict[str, Packed]:
    """The same clips, of which some lack a modality; what was stored of them is no number."""
    found = dict(packed)
    for name, clips in lacking.items():
        rows, lengths = packed[name].rows.clone(), packed[name].lengths.clone()
        for clip in clips:
            start = int(packed[name].starts[clip])
            rows[start : start + int(lengths[clip])] = torch.nan
            lengths[clip] = 0
        found[name] = Packed(rows, lengths, packed[name].valid, packed[name].starts)
    return found


def losses(
    algorithm: Algorithm, source: Mapping[str, Packed], target: Mapping[str, Packed], label: Tensor = LABEL
) -> dict:
    terms = algorithm.losses(Labelled(source, label), Unlabelled(target), 0.5)
    return terms | {"total": algorithm.objective(terms)}


def only(names: list[str], packed: Mapping[str, Packed], clips: list[int] | None = None) -> dict[str, Packed]:
    chosen = slice(None) if clips is None else torch.tensor(clips)
    return {name: packed[name].take(chosen) for name in names}


@pytest.mark.parametrize("recipe", ["paper", "published_code"])
@pytest.mark.parametrize("row", ROWS)
def test_a_batch_without_a_modality_gives_what_a_network_of_the_others_gives(row: str, recipe: str) -> None:
    """The same weights; of the joint head's first layer those that the others' representations meet."""
    whole, part = make(row, recipe, ["text", "audio", "visual"]), make(row, recipe, ["audio", "visual"])
    weights = {name: value for name, value in whole.state_dict().items() if name in part.state_dict()}
    first = "network.heads.joint.0.weight"
    part.load_state_dict(weights | {first: weights[first][:, 8:]})
    source, target = frames(8, 0), frames(6, 1)
    found = losses(whole, without(source, {"text": list(range(8))}), without(target, {"text": list(range(6))}))
    wanted = losses(part, only(["audio", "visual"], source), only(["audio", "visual"], target))
    assert found.keys() == wanted.keys()
    for name, value in wanted.items():
        torch.testing.assert_close(found[name], value, rtol=1e-9, atol=1e-12, msg=name)
    found["total"].backward()
    wanted["total"].backward()
    ours = dict(whole.named_parameters())
    for name, parameter in part.named_parameters():
        gradient = ours[name].grad[:, 8:] if name == first else ours[name].grad
        torch.testing.assert_close(gradient, parameter.grad, rtol=1e-8, atol=1e-11, msg=name)
    assert all(each.grad is None or not each.grad.any() for name, each in ours.items() if ".text." in name)


@pytest.mark.parametrize("row", ROWS)
def test_a_clip_that_lacks_a_modality_changes_no_term_of_the_others(row: str) -> None:
    """And the terms of that modality are those of a batch without the clip."""
    algorithm, names = make(row, "paper", ["text", "audio", "visual"]), ["text", "audio", "visual"]
    source, target = frames(8, 0), frames(6, 1)
    found = losses(algorithm, without(source, {"text": [2]}), without(target, {"text": [0, 5]}))
    whole = losses(algorithm, source, target)
    kept = [0, 1, 3, 4, 5, 6, 7]
    fewer = losses(algorithm, only(names, source, kept), only(names, target, [1, 2, 3, 4]), LABEL[kept])
    compared = [
        name for name in found if name.startswith(("cross_entropy_", "entropy_", "norm_", "domain_", "alignment_"))
    ]
    assert len(compared) >= 9
    for name in compared:
        if not name.endswith("_joint"):
            torch.testing.assert_close(found[name], (fewer if name.endswith("_text") else whole)[name], msg=name)
    assert all(value.isfinite() for value in found.values())


def test_what_is_stored_of_a_modality_that_is_lacked_is_not_read_and_gets_no_gradient() -> None:
    """It is no number here; a clip's share of a loss that counted it would be none either."""
    algorithm = make("amanda_p2", "paper", ["text", "audio", "visual"])
    found = losses(algorithm, without(frames(8, 0), {"visual": [1, 2]}), without(frames(6, 1), {"audio": [3]}))
    found["total"].backward()
    assert all(each.grad.isfinite().all() for each in algorithm.parameters() if each.grad is not None)


def test_the_joint_head_sees_nothing_of_what_a_clip_lacks() -> None:
    network = make("direct_transfer", "paper", ["text", "audio", "visual"]).network
    whole, lacking = network(frames(3, 0)), network(without(frames(3, 0), {"audio": [1]}))
    z = whole.representations["joint"].clone()
    z[1, 8:16] = 0
    torch.testing.assert_close(lacking.representations["joint"], z)
    torch.testing.assert_close(lacking.logits["joint"], network.heads["joint"](z))
    torch.testing.assert_close(lacking.logits["joint"][[0, 2]], whole.logits["joint"][[0, 2]])
    assert not torch.allclose(lacking.logits["joint"][1], whole.logits["joint"][1])


def test_blocks_add_up_to_the_covariance_of_a_concatenation() -> None:
    stream = torch.Generator().manual_seed(0)
    source, target = ([torch.randn(count, 3, generator=stream).double() for _ in range(2)] for count in (9, 7))
    for kind in ("centred", "uncentred_published_code"):
        parts = [
            block_alignment((source[i], source[j]), (target[i], target[j]), kind) for i in range(2) for j in range(2)
        ]
        whole = correlation_alignment(torch.cat(source, dim=1), torch.cat(target, dim=1), kind)
        torch.testing.assert_close(torch.stack(parts).sum(), whole)


def test_parts_of_the_joint_covariance_are_of_the_clips_that_have_both() -> None:
    algorithm = make("amanda_p2", "paper", ["text", "audio"], alignment_scale=1.0)
    source, target = without(frames(8, 0), {"text": [2], "audio": [5]}), frames(6, 1)
    found = losses(algorithm, source, target)["alignment_joint"]
    z = {name: algorithm.network(frames(8, 0)).representations[name] for name in ("text", "audio")}
    other = algorithm.network(target).representations
    have = {"text": [0, 1, 3, 4, 5, 6, 7], "audio": [0, 1, 2, 3, 4, 6, 7]}
    wanted = 0.0
    for one in have:
        for two in have:
            clips = sorted(set(have[one]) & set(have[two]))
            ours, theirs = (
                torch.cov(torch.cat([a, b], dim=1).T)[:8, 8:]
                for a, b in ((z[one][clips], z[two][clips]), (other[one], other[two]))
            )
            wanted = wanted + (theirs - ours).square().sum()
    torch.testing.assert_close(found, wanted)


@pytest.mark.parametrize("row", ROWS)
def test_a_modality_of_a_single_clip_is_left_out_of_the_step(row: str) -> None:
    algorithm = make(row, "paper", ["text", "audio", "visual"])
    found = losses(algorithm, without(frames(8, 0), {"text": list(range(7))}), frames(6, 1))
    assert not [name for name in found if name.endswith("_text")]
    assert found["total"].isfinite()
    nothing = {name: list(range(7)) for name in ("text", "audio", "visual")}
    assert losses(algorithm, without(frames(8, 0), nothing), frames(6, 1))["total"].isfinite()


def test_a_mean_is_over_the_steps_that_have_the_term() -> None:
    first, second = torch.tensor([1.0, 10.0]).double(), torch.tensor([3.0, 5.0, 7.0]).double()
    found = together({("a", "b"): (first, 2), ("a", "c", "b"): (second, 1)})
    assert found.names == ("a", "b", "c")
    assert found.values.tolist() == [4.0, 17.0, 5.0]
    assert found.steps == [3, 3, 1]
    assert together({("a", "b"): (first, 2)}) == Sums(("a", "b"), first, [2, 2])
