"""Tables, figures and histories -> results/report.html, one file that needs no other."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from amanda.reporting.page.census import quality_section
from amanda.reporting.page.classes import classes_section
from amanda.reporting.page.contributions import contributions_section
from amanda.reporting.page.costs import costs_section
from amanda.reporting.page.frame import page
from amanda.reporting.page.reproduce import reproduce_section, settings_section
from amanda.reporting.page.results import Results, read_results
from amanda.reporting.page.shares import shares_section
from amanda.reporting.page.statistics import statistics_section
from amanda.reporting.page.table import figures_section, table_section, warnings
from amanda.reporting.page.training import training_section
from amanda.shared.origin import versions
from amanda.shared.twins import SYNTHETIC
from amanda.shared.wording import counted
from extractors.shared.files import atomic_file
from extractors.shared.program import run

LIBRARIES = ("numpy", "pandas", "scikit-learn", "scipy")

SECTIONS = (
    table_section,
    statistics_section,
    figures_section,
    classes_section,
    contributions_section,
    shares_section,
    training_section,
    costs_section,
    quality_section,
    settings_section,
)
"""In their order on the page; how to reproduce them comes last."""


def report(results: Results) -> str:
    """The page as HTML."""
    settings = results.settings
    there = len(results.scores.drop_duplicates(["source", "target", "method", "seed"]))
    asked = len(results.runs()) * len(settings["seeds"])
    about = [
        f"{', '.join(counted(len(settings[f'{noun}s']), noun) for noun in ('pair', 'method', 'seed'))}:"
        f" {there} of {counted(asked, 'run')} {'is' if asked == 1 else 'are'} there."
        f" Recipe: {settings['recipe']}. Epochs chosen by {settings['selection']}.",
        f"Made on {results.made['date']} at commit {results.made['commit']}."
        " This file needs no network and no other file.",
    ]
    synthetic = " (SYNTHETIC data)" if settings["releases"] == SYNTHETIC else ""
    sections = [section(results) for section in SECTIONS]
    title = f"Amanda: domain adaptation between emotion corpora{synthetic}"
    return page(title, about, warnings(results), [*sections, reproduce_section(results, sections)])


def parse_flags() -> argparse.Namespace:
    """The flags of the program; all are required."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, told in {
        "table": "Table 1 as CSV, of amanda.tabulate",
        "markdown": "the same as Markdown, which the page names",
        "latex": "the same as LaTeX, which the page names",
        "cells": "of amanda.compare_methods",
        "comparisons": "of amanda.compare_methods",
        "ranks": "of amanda.compare_methods",
        "detectable": "of amanda.compare_methods",
        "corpora": "the counts of extractors.count_corpora",
        "states": "of extractors.count_states",
        "census": "the page of extractors.count_corpora, Markdown",
        "page": "output: the page, HTML",
    }.items():
        parser.add_argument(f"--{name}", required=True, type=Path, help=told)
    for name, told in {
        "scores": "the score tables of amanda.score_pair",
        "predictions": "the chosen predictions of amanda.score_pair",
        "histories": "of amanda.train_pair",
        "training-times": "Snakemake's benchmarks of training, each as {pair}/{method}.tsv; may be missing",
        "scoring-times": "the same of scoring",
    }.items():
        parser.add_argument(f"--{name}", required=True, nargs="+", type=Path, help=told)
    for name, told in {
        "figures": "the figures to show, each as .svg and .md of one name",
        "contributions": "of amanda.tabulate_contributions, if it was made",
        "quality-pages": "the pages of extractors.inspect_corpus that there are",
        "faces-pages": "the pages of faces that there are",
    }.items():
        parser.add_argument(f"--{name}", required=True, nargs="*", type=Path, help=told)
    parser.add_argument("--settings", required=True, type=json.loads, help="what to report, as JSON")
    parser.add_argument("--config", required=True, type=json.loads, help="the whole config, as JSON")
    parser.add_argument("--commit", required=True, help="state of the code, as git describes it")
    parser.add_argument("--date", required=True, help="today's")
    return parser.parse_args()


def main() -> None:
    """Read all that was made and write the page."""
    flags = parse_flags()
    made = {"commit": flags.commit, "date": flags.date, "versions": versions(*LIBRARIES)}
    text = report(read_results(flags, made))
    with atomic_file(flags.page) as temporary:
        temporary.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    run(main)
