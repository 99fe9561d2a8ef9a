"""The trainings that test the paper's claims: with and without label alignment, and with several alpha2."""

from __future__ import annotations

from typing import Any

from planning.methods import Method, alpha2, variant


def claims(config: dict[str, Any]) -> dict[str, Any]:
    """The settings of the test, for the configured releases."""
    replaced = config["synthetic"]["claims"] if config["releases"] == "synthetic" else {}
    return config["claims"] | replaced


def claimed(config: dict[str, Any]) -> list[str]:
    """The methods that the claims are about, each once."""
    wanted = claims(config)
    return list(dict.fromkeys([*wanted["label_alignment"], wanted["imbalanced"], *wanted["balanced"]]))


def label_alignment(config: dict[str, Any]) -> list[dict[str, Any]]:
    """The methods with label alignment, each with the name of its variant ``without``."""
    return [
        {"method": name, "alpha2": alpha2(config, name), "variant": name, "without": f"{name}__alpha1=0"}
        for name in claims(config)["label_alignment"]
    ]


def weighted(config: dict[str, Any]) -> list[dict[str, Any]]:
    """A variant for each surrogate and alpha2: first the unchanged method, then with each large alpha2."""
    wanted, found = claims(config), []
    for name in (wanted["imbalanced"], *wanted["balanced"]):
        found.append({"method": name, "alpha2": alpha2(config, name), "variant": name})
        for value in wanted["large_alpha2"]:
            found.append({"method": name, "alpha2": value, "variant": f"{name}__alpha2={value}"})
    return found


def norms(config: dict[str, Any]) -> list[str]:
    """The balanced surrogates that are p-norms; the claim about balance is only about these."""
    methods = config["method_settings"]
    return [name for name in claims(config)["balanced"] if methods[name]["settings"]["surrogate"]["family"] == "norm"]


def claim_methods(config: dict[str, Any]) -> dict[str, Method]:
    """Every trained variant, once: unchanged methods, without label alignment, with a large alpha2."""
    found: dict[str, Method] = {}
    for each in label_alignment(config):
        method = config["method_settings"][each["method"]]
        found |= {each["variant"]: variant(method, {}), each["without"]: variant(method, {"alpha1": 0})}
    for each in weighted(config):
        as_it_is = each["variant"] == each["method"]
        changed = {} if as_it_is else {"alpha2": each["alpha2"]}
        found[each["variant"]] = variant(config["method_settings"][each["method"]], changed)
    return found
