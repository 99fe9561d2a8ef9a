"""The rows that are trained, with complete settings: those of Table 1, flips between recipes, sweeps of alpha2."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]
"""``algorithm`` of amanda.algorithms, and ``settings`` that differ from the recipe's."""


def complete_settings(config: dict[str, Any], recipe: str, row: Row) -> dict[str, Any]:
    """Every setting of a row: the recipe's for all methods and for its own, the twins' sizes, and the row's own."""
    chosen = config["recipes"][recipe]
    settings = chosen["training"] | chosen["algorithms"].get(row["algorithm"], {}) | row["settings"]
    if config["releases"] == "synthetic":
        twins = config["synthetic"]
        replaced = twins["training"] | (twins["published_code"] if recipe == "published_code" else {})
        settings |= {key: value for key, value in replaced.items() if key in settings and key not in row["settings"]}
    return settings


def flips(config: dict[str, Any]) -> dict[str, Row]:
    """Rows of recipe `paper` with one setting each of recipe `published_code`, one row with none, one with all.

    Their names are the base row's, two underscores and the setting's (or ``nothing``, ``everything``).
    """
    base = config["recipe_differences"]["method"]
    row = config["method_settings"][base]
    paper, published = (complete_settings(config, recipe, row) for recipe in ("paper", "published_code"))
    changed = {key: published[key] for key in published if published[key] != paper[key]}
    each: dict[str, dict[str, Any]] = (
        {"nothing": {}} | {key: {key: value} for key, value in changed.items()} | {"everything": changed}
    )
    return {
        f"{base}__{name}": {"algorithm": row["algorithm"], "flipped": settings, "settings": row["settings"] | settings}
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
        f"{method}__alpha2={value}": {"algorithm": row["algorithm"], "settings": row["settings"] | {"alpha2": value}}
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
