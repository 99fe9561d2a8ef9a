"""The methods with complete settings: those of Table 1, differences between the recipes, and sweeps of alpha2."""

from __future__ import annotations

from typing import Any

Method = dict[str, Any]
"""``algorithm`` of amanda.algorithms, and ``settings`` that differ from the recipe's."""


def complete_settings(config: dict[str, Any], recipe: str, method: Method) -> dict[str, Any]:
    """Every setting of a method: the recipe's for all and for its algorithm, the twins' sizes, and the method's own."""
    chosen, own = config["recipes"][recipe], method["settings"]
    settings = chosen["training"] | chosen["algorithms"].get(method["algorithm"], {}) | own
    if config["releases"] == "synthetic":
        twins = config["synthetic"]
        replaced = twins["training"] | (twins["published_code"] if recipe == "published_code" else {})
        settings |= {key: value for key, value in replaced.items() if key in settings and key not in own}
    return settings


def variant(method: Method, settings: dict[str, Any]) -> Method:
    """Return the method with some of its settings replaced."""
    return {"algorithm": method["algorithm"], "settings": method["settings"] | settings}


def flips(config: dict[str, Any]) -> dict[str, Method]:
    """Variants of a method in recipe `paper`: each with one setting of `published_code`, one with none, one with all.

    A name is the method's, two underscores and the setting's (or ``nothing``, ``everything``). ``flipped`` holds the
    settings of `published_code`.
    """
    name = config["recipe_differences"]["method"]
    method = config["method_settings"][name]
    paper, published = (complete_settings(config, recipe, method) for recipe in ("paper", "published_code"))
    changed = {key: published[key] for key in published if published[key] != paper[key]}
    each: dict[str, dict[str, Any]] = (
        {"nothing": {}} | {key: {key: value} for key, value in changed.items()} | {"everything": changed}
    )
    return {f"{name}__{flip}": variant(method, settings) | {"flipped": settings} for flip, settings in each.items()}


def figure2(config: dict[str, Any]) -> dict[str, Any]:
    """The settings of Figure 2 for the configured releases."""
    replaced = config["synthetic"]["figure2"] if config["releases"] == "synthetic" else {}
    return config["figure2"] | replaced


def swept(config: dict[str, Any]) -> list[float]:
    """The values of alpha2 that Figure 2 trains: its grid, without a value that every method has in Table 1."""
    grid, methods = figure2(config)["alpha2"], config["figure2"]["methods"]
    own = {alpha2(config, method) for method in methods}
    return sorted(value for value in grid if own != {value})


def alpha2(config: dict[str, Any], name: str) -> float | None:
    """The weight of correlation alignment of a method; None if its algorithm has no such term."""
    return complete_settings(config, config["recipe"], config["method_settings"][name]).get("alpha2")


def sweep(config: dict[str, Any], name: str) -> dict[str, Method]:
    """A variant of a method for each value of :func:`swept`, named ``{method}__alpha2={value}``."""
    method = config["method_settings"][name]
    return {f"{name}__alpha2={value}": variant(method, {"alpha2": value}) for value in swept(config)}


def figure2_points(config: dict[str, Any]) -> list[dict[str, Any]]:
    """The points of the figure: for each reference, and each method and value, the ``variant`` that was scored.

    ``alpha2`` is None for a method without alignment; the variant is the method itself if nothing is changed.
    """
    wanted, trained = figure2(config), swept(config)
    points = [{"method": name, "alpha2": alpha2(config, name), "variant": name} for name in wanted["references"]]
    for name in wanted["methods"]:
        for value in sorted(wanted["alpha2"]):
            scored = f"{name}__alpha2={value}" if value in trained else name
            points.append({"method": name, "alpha2": value, "variant": scored})
    return points
