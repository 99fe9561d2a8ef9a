"""What is trained to put the paper's claims to the test: with and without label alignment, and at several alpha2."""

from __future__ import annotations

from typing import Any

from planning.rows import Row, alpha2


def claims(config: dict[str, Any]) -> dict[str, Any]:
    """The settings of the test, of the releases that are in use."""
    replaced = config["synthetic"]["claims"] if config["releases"] == "synthetic" else {}
    return config["claims"] | replaced


def label_alignment(config: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows with label alignment, each with the name of the row ``without``."""
    return [
        {"method": name, "alpha2": alpha2(config, name), "row": name, "without": f"{name}__alpha1=0"}
        for name in claims(config)["label_alignment"]
    ]


def weighted(config: dict[str, Any]) -> list[dict[str, Any]]:
    """A row for each surrogate and alpha2: the row as it is first, then with each large one."""
    wanted, found = claims(config), []
    for name in (wanted["imbalanced"], *wanted["balanced"]):
        found.append({"method": name, "alpha2": alpha2(config, name), "row": name})
        for value in wanted["large_alpha2"]:
            found.append({"method": name, "alpha2": value, "row": f"{name}__alpha2={value}"})
    return found


def norms(config: dict[str, Any]) -> list[str]:
    """The balanced surrogates that are p-norms: the claim about balance speaks of no others."""
    rows = config["method_settings"]
    return [name for name in claims(config)["balanced"] if rows[name]["settings"]["surrogate"]["family"] == "norm"]


def claim_rows(config: dict[str, Any]) -> dict[str, Row]:
    """Every row that is trained, once: rows of the config as they are, without label alignment, with a large alpha2."""
    rows: dict[str, Row] = {}
    for each in label_alignment(config):
        rows |= {each["row"]: _changed(config, each, {}), each["without"]: _changed(config, each, {"alpha1": 0})}
    for each in weighted(config):
        as_it_is = each["row"] == each["method"]
        rows[each["row"]] = _changed(config, each, {} if as_it_is else {"alpha2": each["alpha2"]})
    return rows


def _changed(config: dict[str, Any], each: dict[str, Any], settings: dict[str, Any]) -> Row:
    row = config["method_settings"][each["method"]]
    return {"algorithm": row["algorithm"], "settings": row["settings"] | settings}
