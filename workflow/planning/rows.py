"""The rows that are trained, with complete settings: those of Table 1, flips between recipes, sweeps of alpha2."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]
"""``method`` of amanda.methods, and ``settings`` that differ from the recipe's."""


def complete_settings(config: dict[str, Any], recipe: str, row: Row) -> dict[str, Any]:
    """Every setting of a row: the recipe's for all methods and for its own, the twins' sizes, and the row's own."""
    chosen = config["recipes"][recipe]
    settings = chosen["training"] | chosen["methods"].get(row["method"], {}) | row["settings"]
    if config["releases"] == "synthetic":
        replaced = config["synthetic"]["training"] | (config["synthetic"]["release"] if recipe == "release" else {})
        settings |= {key: value for key, value in replaced.items() if key in settings and key not in row["settings"]}
    return settings


def flips(config: dict[str, Any]) -> dict[str, Row]:
    """Rows that take one setting each of recipe `release` into recipe `paper`, one that takes none, one that takes all.

    Their names are the base row's, two underscores and the setting's (or ``nothing``, ``everything``).
    """
    base, row = config["fidelity"]["method"], config["method_settings"][config["fidelity"]["method"]]
    paper, release = (complete_settings(config, recipe, row) for recipe in ("paper", "release"))
    changed = {key: release[key] for key in release if release[key] != paper[key]}
    each: dict[str, dict[str, Any]] = (
        {"nothing": {}} | {key: {key: value} for key, value in changed.items()} | {"everything": changed}
    )
    return {
        f"{base}__{name}": {"method": row["method"], "flipped": settings, "settings": row["settings"] | settings}
        for name, settings in each.items()
    }


def figure2(config: dict[str, Any]) -> dict[str, Any]:
    """What Figure 2 shows of the releases that are in use."""
    replaced = config["synthetic"]["figure2"] if config["releases"] == "synthetic" else {}
    return config["figure2"] | replaced


def swept(config: dict[str, Any]) -> list[float]:
    """The values of alpha2 that Figure 2 trains: its grid, without one that every method has in Table 1 anyway."""
    grid, methods = figure2(config)["alpha2"], config["figure2"]["methods"]
    own = {alpha2(config, method) for method in methods}
    return sorted(value for value in grid if own != {value})


def alpha2(config: dict[str, Any], name: str) -> float | None:
    """The weight of correlation alignment of a row of ``method_settings``; none where the method has no such term."""
    return complete_settings(config, config["recipe"], config["method_settings"][name]).get("alpha2")


def sweep(config: dict[str, Any], method: str) -> dict[str, Row]:
    """A row for each value of :func:`swept`: that of a method, two underscores, ``alpha2=`` and the value."""
    row = config["method_settings"][method]
    return {
        f"{method}__alpha2={value}": {"method": row["method"], "settings": row["settings"] | {"alpha2": value}}
        for value in swept(config)
    }


def figure2_points(config: dict[str, Any]) -> list[dict[str, Any]]:
    """What is drawn: for each reference, and each method and value, the ``row`` that was scored.

    ``alpha2`` is none for a method without alignment.
    """
    wanted, trained = figure2(config), swept(config)
    points = [{"method": name, "alpha2": alpha2(config, name), "row": name} for name in wanted["references"]]
    for name in wanted["methods"]:
        for value in sorted(wanted["alpha2"]):
            row = f"{name}__alpha2={value}" if value in trained else name
            points.append({"method": name, "alpha2": value, "row": row})
    return points
