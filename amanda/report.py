"""Scores to Table 1: one long CSV to compute with, one Markdown table in the paper's layout to read."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from extractors.files import atomic_file, read_table
from extractors.program import UserError, run

ORACLE = "oracle"
SHORT = {"iemocap": "IE.", "meld": "ME.", "mosei": "MO.", "msp_improv": "MS."}
"""The paper's abbreviations of the corpora (caption of Table 1)."""

DATA = {"synthetic": "SYNTHETIC twins", "licensed": "licensed releases"}


def table1(scores: pd.DataFrame, paper: pd.DataFrame, settings: Mapping) -> pd.DataFrame:
    """Average the scores over seeds and set the paper's numbers beside them.

    Args:
        scores: one row per source, target, method, seed and selection rule, with ``weighted_f1`` in percent.
        paper: the paper's Table 1: ``method``, ``label`` and one column ``source-target`` per pair, in percent.
        settings: ``pairs``, ``methods``, ``seeds``, ``selection``, ``recipe``, ``releases`` and ``labels``.

    Returns:
        One row per pair and method in the order of the settings. ``weighted_f1_std`` is the sample standard deviation
        over seeds (n - 1). ``oracle_*`` columns chose the epoch by target labels and are there for comparison only.

    Raises:
        UserError: a score is missing.
    """
    keys = ["source", "target", "method"]
    chosen = _over_seeds(scores, settings["selection"])
    oracle = _over_seeds(scores, ORACLE)
    rows = []
    for pair in settings["pairs"]:
        source, target = pair.split("-")
        for method in settings["methods"]:
            if (source, target, method) not in chosen.index:
                raise UserError(
                    f"scores: no {settings['selection']} score of {method} on {pair}; run the training of that pair"
                )
            mean, std, n = chosen.loc[(source, target, method)]
            printed = _paper_score(paper, method, pair)
            rows.append(
                dict(zip(keys, (source, target, method), strict=True))
                | {
                    "label": settings["labels"][method],
                    "weighted_f1_mean": mean,
                    "weighted_f1_std": std,
                    "n_seeds": int(n),
                    "oracle_weighted_f1_mean": oracle.loc[(source, target, method)].iloc[0],
                    "paper_weighted_f1": printed,
                    "difference_to_paper": None if printed is None else mean - printed,
                    "selection": settings["selection"],
                    "recipe": settings["recipe"],
                    "data": DATA[settings["releases"]],
                }
            )
    return pd.DataFrame(rows)


def _over_seeds(scores: pd.DataFrame, selection: str) -> pd.DataFrame:
    one_rule = scores[scores["selection"] == selection]
    return one_rule.groupby(["source", "target", "method"])["weighted_f1"].agg(["mean", "std", "count"])


def _paper_score(paper: pd.DataFrame, method: str, pair: str) -> float | None:
    row = paper[paper["method"] == method]
    return None if row.empty or pair not in paper.columns else float(row[pair].iloc[0])


def markdown(table: pd.DataFrame, settings: Mapping) -> str:
    """Lay the table out as in the paper: methods down, pairs across, ``mean ± std`` and the paper's number below it."""
    header = ["Method", *(_heading(pair) for pair in settings["pairs"])]
    lines = [_caption(table, settings), "", _row(header), _row(["---"] * len(header))]
    for method in settings["methods"]:
        rows = table[table["method"] == method].set_index(["source", "target"])
        cells = [_cell(rows.loc[tuple(pair.split("-"))]) for pair in settings["pairs"]]
        lines.append(_row([settings["labels"][method], *cells]))
    return "\n".join(lines) + "\n"


def _caption(table: pd.DataFrame, settings: Mapping) -> str:
    synthetic = settings["releases"] == "synthetic"
    warning = (
        "**SYNTHETIC DATA: these numbers come from small generated twins of the releases."
        " They show that the pipeline runs; they say nothing about the real corpora or the method.** "
        if synthetic
        else ""
    )
    seeds = ", ".join(str(seed) for seed in settings["seeds"])
    oracle_gap = (table["oracle_weighted_f1_mean"] - table["weighted_f1_mean"]).mean()
    return (
        f"{warning}Weighted F1 (%) on the target's test split, mean ± standard deviation over seeds {seeds}"
        f" (n - 1 in the divisor); in brackets the paper's number on the real corpora."
        f" Epoch selected by {settings['selection']}, without target labels"
        f" (an oracle would gain {oracle_gap:.2f} on average). Recipe: {settings['recipe']}."
    )


def _heading(pair: str) -> str:
    source, target = pair.split("-")
    return f"{SHORT.get(source, source)}→{SHORT.get(target, target)}"


def _cell(row: pd.Series) -> str:
    spread = "" if pd.isna(row["weighted_f1_std"]) else f" ± {row['weighted_f1_std']:.2f}"
    printed = "" if pd.isna(row["paper_weighted_f1"]) else f" ({row['paper_weighted_f1']:.2f})"
    return f"{row['weighted_f1_mean']:.2f}{spread}{printed}"


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """Read the scores of every pair and method and write the table twice, as CSV and as Markdown."""
    parser = argparse.ArgumentParser(prog="python -m amanda.report", description=__doc__)
    parser.add_argument("--scores", required=True, nargs="+", type=Path, help="the score tables of amanda.score")
    parser.add_argument("--paper", required=True, type=Path, help="the paper's Table 1 as CSV")
    parser.add_argument("--settings", required=True, type=json.loads, help="what to report, as JSON")
    parser.add_argument("--table", required=True, type=Path, help="the CSV to write")
    parser.add_argument("--markdown", required=True, type=Path, help="the Markdown table to write")
    flags = parser.parse_args()
    scores = pd.concat([read_table(path, "python -m amanda.score").to_pandas() for path in flags.scores])
    table = table1(scores, pd.read_csv(flags.paper), flags.settings)
    with atomic_file(flags.table) as temporary:
        table.to_csv(temporary, index=False, float_format="%.4f")
    with atomic_file(flags.markdown) as temporary:
        temporary.write_text(markdown(table, flags.settings), encoding="utf-8")


if __name__ == "__main__":
    run(main)
