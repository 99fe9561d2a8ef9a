"""The settings of a method: which keys there are, and what each may be; nothing has a default."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from extractors.shared.clip import CLASSES, MODALITIES
from extractors.shared.program import UserError


@dataclass(frozen=True, slots=True)
class Key:
    """One key: what it must be, in words, and the test of that."""

    must_be: str
    accepts: Callable[[Any], bool]


def number(least: float = -math.inf, below: float = math.inf, above: float = -math.inf) -> Key:
    """A finite number, at least ``least``, above ``above`` and below ``below``."""
    bounds = [f"at least {least}" if least > -math.inf else "", f"above {above}" if above > -math.inf else ""]
    bounds.append(f"below {below}" if below < math.inf else "")
    words = " and ".join(bound for bound in bounds if bound)
    return Key(f"a number {words}", lambda value: _is_number(value) and least <= value < below and value > above)


def whole(least: int) -> Key:
    """A whole number, at least ``least``."""
    return Key(f"a whole number, at least {least}", lambda value: _is_whole(value) and value >= least)


def choice(*words: str) -> Key:
    """One of a few words."""
    return Key("one of " + ", ".join(words), lambda value: value in words)


def some_of(words: Sequence[str]) -> Key:
    """A list of one or more of a few words, each once and in their order."""
    return Key(
        f"a list of one or more of {', '.join(words)}, each once and in this order",
        lambda value: isinstance(value, list) and bool(value) and value == [word for word in words if word in value],
    )


def sizes(fewest: int, distinct: bool = False) -> Key:
    """A list of whole numbers of at least 1."""
    return Key(
        f"a list of {'different ' if distinct else ''}whole numbers above 0, {fewest} or more",
        lambda value: (
            isinstance(value, list)
            and len(value) >= fewest
            and all(_is_whole(item) and item >= 1 for item in value)
            and (not distinct or len(set(value)) == len(value))
        ),
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_schedule(value: object) -> bool:
    if value == {"kind": "constant"}:
        return True
    return (
        isinstance(value, dict)
        and value.keys() == {"kind", "constant_epochs", "decay_epochs"}
        and value["kind"] == "linear_decay"
        and whole(0).accepts(value["constant_epochs"])
        and whole(1).accepts(value["decay_epochs"])
    )


def _is_prior(value: object) -> bool:
    return value == "source" or (
        isinstance(value, list)
        and len(value) == len(CLASSES)
        and all(_is_number(item) and item > 0 for item in value)
        and math.isclose(sum(value), 1, abs_tol=1e-6)
    )


def _is_surrogate(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    if value.keys() == {"family", "p"} and value["family"] == "norm":
        return value["p"] == "inf" or number(least=1).accepts(value["p"])
    log_exp = value.get("family") in ("log_exp", "log_exp_published_code")
    return log_exp and value.keys() == {"family", "t"} and number(above=0).accepts(value["t"])


def _is_reversal(value: object) -> bool:
    wanted = {"progress": ("slope", 0), "fixed": ("steps", 0), "constant": ("value", -1)}
    if not isinstance(value, dict) or value.get("kind") not in wanted:
        return False
    name, above = wanted[value["kind"]]
    return value.keys() == {"kind", name} and number(above=above).accepts(value[name])


def _are_weights(value: object) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"unimodal", "joint"}
        and all(number(least=0).accepts(weight) for weight in value.values())
        and any(value.values())
    )


SURROGATE = (
    '{"family": "norm", "p": number from 1 or "inf"}'
    ' or {"family": "log_exp" or "log_exp_published_code", "t": number above 0}'
)

COMMON: dict[str, Key] = {
    "modalities": some_of(MODALITIES),
    "representation": whole(1),
    "filters": whole(1),
    "kernels": sizes(1, distinct=True),
    "textcnn_input": choice("concatenated", "published_code_view"),
    "visual_pooling": choice("faces", "all"),
    "head_unimodal": sizes(0),
    "head_joint": sizes(1),
    "dropout_encoder": number(least=0, below=1),
    "dropout_head": number(least=0, below=1),
    "initialisation": choice("torch", "kaiming"),
    "compute": choice("float32", "bfloat16"),
    "epochs": whole(1),
    "batch_size": whole(2),
    "learning_rate": number(above=0),
    "betas": Key(
        "two numbers at least 0 and below 1",
        lambda value: isinstance(value, list) and len(value) == 2 and all(_is_number(x) and 0 <= x < 1 for x in value),
    ),
    "weight_decay": number(least=0),
    "schedule": Key(
        '{"kind": "constant"} or {"kind": "linear_decay", "constant_epochs": whole, "decay_epochs": whole}',
        _is_schedule,
    ),
    "clip_norm": Key("null or a number above 0", lambda value: value is None or number(above=0).accepts(value)),
    "gamma": number(least=0),
    "entropy": choice("gaussian_diagonal", "log_determinant_published_code", "none"),
    "variance": choice("biased", "unbiased"),
    "variance_floor": number(least=0),
    "cross_entropy_weights": Key('{"unimodal": number, "joint": number}, not both 0', _are_weights),
    "probe_clips": whole(4),
}
"""What every method needs: the network, the optimiser, the information bottleneck (Eq. 5)."""

ALIGNMENT: dict[str, Key] = {
    "alpha1": number(least=0),
    "prior": Key(f"'source' or {len(CLASSES)} numbers above 0 with sum 1", _is_prior),
    "alpha2": number(least=0),
    "aligned": choice("representations", "predictions"),
    "covariance": choice("centred", "uncentred_published_code"),
    "alignment_scale": number(above=0),
    "surrogate": Key(SURROGATE, _is_surrogate),
    "align_joint": Key("true or false", lambda value: isinstance(value, bool)),
    "assert_theory": Key("true or false", lambda value: isinstance(value, bool)),
}
"""What Amanda needs besides: label alignment (Eq. 8) and the surrogate of correlation alignment (Eqs. 9-15)."""


ADVERSARIAL: dict[str, Key] = {
    "trade_off": number(least=0),
    "reversal": Key(
        '{"kind": "progress", "slope": number} or {"kind": "fixed", "steps": number}'
        ' or {"kind": "constant", "value": number}',
        _is_reversal,
    ),
}
"""What every adversarial baseline needs besides: the weight of its loss and the schedule of gradient reversal."""

DISCRIMINATOR: dict[str, Key] = {
    "discriminator": sizes(1),
    "leak_discriminator": number(least=0, below=1),
    "dropout_discriminator": number(least=0, below=1),
    "target_share": Key("a number above 0 and at most 1", lambda value: _is_number(value) and 0 < value <= 1),
    "domain_surrogate": Key(SURROGATE, _is_surrogate),
}
"""What DANN, CDAN and MADA need besides: a discriminator, what it sees of the target, and how modalities add up."""

CONDITIONING: dict[str, Key] = {
    "certainty": choice("none", "library", "authors"),
    "randomised": Key(
        "null or a whole number above 0", lambda value: value is None or (_is_whole(value) and value >= 1)
    ),
}
"""What CDAN needs besides: the weights of CDAN+E, and the size of a randomised map in place of the outer product."""


def read_settings(text: str, keys: Mapping[str, Key]) -> dict:
    """Parse a JSON object that has exactly ``keys``, each as it must be.

    Raises:
        UserError: it has not; the message names the key.
    """
    try:
        settings = json.loads(text)
    except json.JSONDecodeError as error:
        raise UserError(f"--settings: not JSON ({error}); give one JSON object") from None
    if not isinstance(settings, dict):
        raise UserError("--settings: not a JSON object; give one, with a value for every key")
    for name in sorted(settings.keys() - keys.keys()):
        raise UserError(f"--settings: unknown key '{name}'; the keys are {', '.join(keys)}")
    for name, key in keys.items():
        if name not in settings:
            raise UserError(f"--settings: key '{name}' is missing; it must be {key.must_be}")
        if not key.accepts(settings[name]):
            raise UserError(f"--settings: {name} is {json.dumps(settings[name])}; it must be {key.must_be}")
    return settings
