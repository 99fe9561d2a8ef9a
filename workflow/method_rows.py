"""The rows that are trained, each with its complete settings: those of Table 1, and flips between the two recipes."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]
"""``method`` of amanda.methods, and ``settings`` that differ from the recipe's."""


def complete_settings(config: dict[str, Any], recipe: str, row: Row) -> dict[str, Any]:
    """Every setting of a row: the recipe's for all methods and for its own, the twins' sizes, and the row's own."""
    chosen = config["recipes"][recipe]
    settings = chosen["training"] | chosen["methods"].get(row["method"], {}) | row["settings"]
    if config["releases"] == "synthetic":
        replaced = config["synthetic"]["training"]
        settings |= {key: value for key, value in replaced.items() if key in settings and key not in row["settings"]}
    return settings


def flips(config: dict[str, Any]) -> dict[str, Row]:
    """Rows that take one setting each of recipe `release` into recipe `paper`, one that takes none, one that takes all.

    Their names are the base row's, two underscores and the setting's (or ``nothing``, ``everything``).
    """
    base, row = config["fidelity"]["method"], config["method_settings"][config["fidelity"]["method"]]
    paper, release = (complete_settings(config, recipe, row) for recipe in ("paper", "release"))
    if config["releases"] == "synthetic":
        release |= config["synthetic"]["fidelity"]
    changed = {key: release[key] for key in release if release[key] != paper[key]}
    each = {"nothing": {}} | {key: {key: value} for key, value in changed.items()} | {"everything": changed}
    return {
        f"{base}__{name}": {"method": row["method"], "flipped": settings, "settings": row["settings"] | settings}
        for name, settings in each.items()
    }
