"""What a capsule says of itself, made from its data: a README and a card for the models of each method."""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from amanda.algorithms.base import load_algorithm
from amanda.reporting.settings import ReportSettings
from amanda.shared.twins import corpora_of, data_of, warning

CONTENTS = {
    "manifest.json": "what this is, its version, and the SHA-256 of every other file",
    "settings.json": "pairs, methods, seeds, selection and the settings of the statistics",
    "methods.json": "every setting that each method was trained with",
    "config.json": "the whole config in force; of a path outside the working folder its last part alone",
    "made.json": "commit and date of Table 1",
    "scores/{pair}/{method}.parquet": "scores of each seed and selection; `oracle` chose by the target's labels",
    "ceilings/{target}-{target}/{method}.parquet": "scores of In-domain, trained on the target's own labels",
    "predictions/{pair}/{method}.parquet": "label and prediction of each test clip, per seed and selection",
    "corpora.parquet": "labelled and usable clips of each corpus, class and split",
    "states.parquet": "clips of each corpus and modality that are failed, silent, without words or without a face",
    "paper_table1.csv": "the paper's numbers",
    "results/": "Table 1 and the statistics as the workflow wrote them, to compare with",
    "weights/{pair}/{method}/": "trained weights (safetensors, for prediction: no state of an optimiser)",
    "model_cards/{method}.md": "what each method is, how it was trained, what it scored",
    "environment/": "the conda environments, the lock of all packages, and what was installed in fact",
}


def readme(settings: ReportSettings, made: Mapping[str, str], weights: Collection[str]) -> str:
    """What each file of the capsule is and how to compute everything again.

    Args:
        settings: what Table 1 is made of.
        made: ``commit`` and ``date`` of Table 1.
        weights: names of the members that hold weights.
    """
    runs = len(settings.pairs) * len(settings.methods) * len(settings.seeds)
    lines = [
        "# Results of Amanda, to be checked without any corpus\n",
        *_warning(settings),
        f"Made from commit {made['commit']}; Table 1 is of {made['date']}. In a copy of the repository at that commit,"
        " with the packages of `environment/requirements.lock`, this computes Table 1 and the statistics again:\n",
        "```console\npython -m amanda.tabulate --capsule capsule.zip --output-folder recomputed\n```\n",
        "It first compares every file with `manifest.json`, then says of each table whether it is as in `results/`."
        " The manifest tells an accident, not a forger, who could write another; compare the SHA-256 of the zip with"
        " the one that was published.\n",
        "| file | holds |\n| --- | --- |",
        *(f"| `{name}` | {told} |" for name, told in CONTENTS.items()),
        "",
        f"There are weights of {len(weights)} of {runs} runs; a file's name ends in the selection of their epoch."
        " Logits of every epoch and histories of training are left out for their size.\n",
        "`clip_id` is a keyed digest (HMAC-SHA-256). The key comes from the manifests and labels of the corpora and is"
        " not here: without the corpora nobody can tell which clip a row is of. A clip has one digest in all files.\n",
        "Nothing else of a corpus is here: no text, sound, picture or feature, no name of a clip or a speaker.",
    ]
    return "\n".join(lines) + "\n"


def _warning(settings: ReportSettings) -> list[str]:
    told = warning(corpora_of(settings.pairs), settings, {})
    return [f"**{told}**\n"] if told else []


def card(
    name: str,
    about: Mapping[str, Any],
    scores: pd.DataFrame,
    settings: ReportSettings,
    weights: Collection[str],
) -> str:
    """The card of one method's models.

    Args:
        name: its row of the config.
        about: ``algorithm`` (of amanda.algorithms), ``label`` and complete ``settings``.
        scores: of this method, all pairs, seeds and selections.
        settings: what Table 1 is made of.
        weights: names of the members that hold this method's weights.
    """
    algorithm = load_algorithm(about["algorithm"])
    chosen = scores[scores["selection"] == settings.selection]
    lines = [
        f"# {about['label']} (`{name}`)\n",
        *_warning(settings),
        f"{sys.modules[algorithm.__module__].__doc__}\n",
        f"{inspect.getdoc(algorithm)}\n",
        f"Code: `{algorithm.__module__}`. Equations and sections are those of Zhang, Sun, Hong and Li (2024), *Amanda:"
        " Adaptively Modality-Balanced Domain Adaptation for Multimodal Emotion Recognition*.\n",
        "## Training\n",
        *_training(chosen, settings),
        f"```json\n{json.dumps(about['settings'], indent=2, sort_keys=True)}\n```\n",
        f"## Scores on the target's {settings.split} split, in percent\n",
        "| pair | seeds | weighted F1 | macro F1 | accuracy | UAR |\n| --- | --- | ---: | ---: | ---: | ---: |",
        *_rows(chosen),
        "",
        "Mean ± standard deviation over seeds (n - 1).\n",
        "## Weights\n",
        "\n".join(f"- `{member}`" for member in weights) or "None were kept.",
        "\n## Use\n",
        "To check the results and for research on domain adaptation. The models know four classes and the corpora that"
        " they were trained on; how far they fail elsewhere, the scores above show. Do not judge people by them.",
    ]
    return "\n".join(lines) + "\n"


def _training(chosen: pd.DataFrame, settings: ReportSettings) -> list[str]:
    devices, versions = (sorted(set(chosen[name])) for name in ("device", "trained_with"))
    return [
        f"- Data: {data_of(corpora_of(settings.pairs), settings)}; source labelled, target without labels.",
        f"- Recipe: {settings.recipe}. Pairs: {', '.join(settings.pairs)}.",
        f"- Seeds: {', '.join(map(str, settings.seeds))}, one model each.",
        f"- Epoch chosen by {settings.selection}, without target labels.",
        f"- Device: {'; '.join(devices)}. Trained with: {'; '.join(versions)}.\n",
    ]


def _rows(chosen: pd.DataFrame) -> list[str]:
    rows = []
    for (source, target), part in chosen.groupby(["source", "target"]):
        cells = [_mean(part[measure]) for measure in ("weighted_f1", "macro_f1", "accuracy", "uar")]
        rows.append(f"| {source}-{target} | {', '.join(map(str, sorted(part['seed'])))} | {' | '.join(cells)} |")
    return rows


def _mean(values: pd.Series) -> str:
    return f"{values.mean():.2f}" + (f" ± {values.std():.2f}" if len(values) > 1 else "")
