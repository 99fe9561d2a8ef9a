"""Tables, figures and histories -> results/report.html, one file that needs no other."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from amanda.reporting.page.census import quality_section
from amanda.reporting.page.classes import classes_section
from amanda.reporting.page.contributions import contributions_section
from amanda.reporting.page.costs import costs_section
from amanda.reporting.page.reproduce import reproduce_section, settings_section
from amanda.reporting.page.results import Results, read_results
from amanda.reporting.page.shares import shares_section
from amanda.reporting.page.statistics import statistics_section
from amanda.reporting.page.summary import summary
from amanda.reporting.page.table import figures_section, table_section
from amanda.reporting.page.training import training_section
from amanda.reporting.page.whole import page
from amanda.reporting.settings import WholePageSettings
from amanda.shared.origin import versions
from extractors.shared.files import atomic_file
from extractors.shared.program import run

LIBRARIES = ("numpy", "pandas", "scikit-learn", "scipy")

SECTIONS = {
    "How good is each method?": (table_section, figures_section),
    "Where does it help?": (statistics_section, classes_section, contributions_section),
    "Can I trust it?": (shares_section, training_section, quality_section),
    "How was it made?": (costs_section, settings_section),
}
"""In their order on the page, under the questions that they answer; how to reproduce them comes last."""


def report(results: Results) -> str:
    """The page as HTML."""
    groups = {question: [section(results) for section in sections] for question, sections in SECTIONS.items()}
    sections = [section for group in groups.values() for section in group]
    groups["How was it made?"].append(reproduce_section(results, sections))
    return page(results, groups)


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
        "census": "the census of extractors.count_corpora, JSON",
        "page": "output: the page, HTML",
        "answer": "output: its answer in a few sentences, plain text",
    }.items():
        parser.add_argument(f"--{name}", required=True, type=Path, help=told)
    for name, told in {
        "scores": "the score tables of amanda.score_pair",
        "predictions": "the chosen predictions of amanda.score_pair",
        "histories": "of amanda.train_pair",
        "times": "of amanda.train_pair",
    }.items():
        parser.add_argument(f"--{name}", required=True, nargs="+", type=Path, help=told)
    for name, told in {
        "figures": "the figures to show, each as .svg and .md of one name",
        "contributions": "of amanda.tabulate_contributions, if it was made",
    }.items():
        parser.add_argument(f"--{name}", required=True, nargs="*", type=Path, help=told)
    for name, program in {"quality-pages": "show_quality", "faces-pages": "show_faces"}.items():
        told = f"JSON: corpus -> its page of extractors.{program}, of those that have one"
        parser.add_argument(f"--{name}", required=True, type=json.loads, help=told)
    parser.add_argument("--settings", required=True, help=f"JSON: {', '.join(WholePageSettings.model_fields)}")
    parser.add_argument("--config", required=True, type=json.loads, help="the whole config, as JSON")
    parser.add_argument("--commit", required=True, help="state of the code, as git describes it")
    parser.add_argument("--date", required=True, help="today's")
    return parser.parse_args()


def main() -> None:
    """Read all that was made and write the page."""
    flags = parse_flags()
    made = {"commit": flags.commit, "date": flags.date, "versions": versions(*LIBRARIES)}
    results = read_results(flags, made)
    for path, text in ((flags.page, report(results)), (flags.answer, summary(results))):
        with atomic_file(path) as temporary:
            temporary.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    run(main)
