"""A trained method and its source's features -> a model folder that others can load and that contains no clip.

Statistics are of the source alone. A user of the folder needs neither the source nor the target.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field

from amanda.scoring.kept import KEPT
from amanda.scoring.settings import Scoring
from amanda.shared.feature_flags import add_feature_flags, add_missing_flag, indexes_of
from amanda.shared.tables.scores import SCORES
from amanda.shared.twins import Data, corpora_of, warning
from amanda.sharing.building import (
    calibrate,
    check_private,
    column_file,
    network_file,
    shares_of,
    statistics_of,
)
from amanda.sharing.card import write_card
from amanda.sharing.features import backbone_of
from amanda.sharing.folder import CARD, COLUMNS, MODEL, weights_name, write_folder
from amanda.sharing.loading import CONCATENATE, MIXED
from amanda.sharing.record import ModelRecord, Run
from amanda.sharing.settings import SharingSettings
from amanda.training.data import Corpus, labelled, labels_of, read_corpus
from amanda.training.trained import Trained, read_weights
from extractors.features.store import open_features
from extractors.shared.compute import add_compute_flags, prepare_compute
from extractors.shared.labels import read_labels
from extractors.shared.program import UserError, run
from extractors.shared.settings import key, one_of, read_settings

SCORE_NAMES = {"weighted_f1": "weighted F1", "uar": "UAR"}
"""Scores on the card, by their columns."""


class Shared(SharingSettings, Scoring, Data):
    """What is shared, and how its card describes it."""

    selection: Annotated[str, *one_of(KEPT)] = key("whose weights are taken: the selection that kept them")
    alpha: Annotated[float, Field(gt=0, lt=1)] = key("two-sided level of intervals")
    label: str = key("the method's name in the table")


def parse_flags() -> argparse.Namespace:
    """The flags of the program; all are required."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_feature_flags(parser, "--source-features")
    add_missing_flag(parser)
    parser.add_argument("--source-splits", required=True, type=Path, help="table of extractors.split_corpus")
    parser.add_argument("--source-labels", required=True, type=Path, help="label table of extractors.read_release")
    parser.add_argument("--weights", required=True, type=Path, help="folder of amanda.train_pair")
    parser.add_argument("--scores", required=True, type=Path, help="table of amanda.score_pair, for the card")
    parser.add_argument("--seeds", required=True, type=int, nargs="+", help="the runs to share")
    parser.add_argument("--extraction", required=True, help="JSON: modality to the settings of its extraction")
    parser.add_argument("--settings", required=True, help=f"JSON: {', '.join(Shared.model_fields)}")
    parser.add_argument("--resident-mb", required=True, type=int, help="more frames than this are read batch by batch")
    add_compute_flags(parser)
    parser.add_argument("--model", required=True, type=Path, help="output: the model folder")
    return parser.parse_args()


def read_runs(flags: argparse.Namespace, settings: Shared, source: Corpus) -> list[Trained]:
    """The networks of all runs.

    Raises:
        UserError: a network is missing, or its predictions depend on the other clips of a batch.
    """
    runs = [
        read_weights(flags.weights / f"seed{seed}-{settings.selection}.safetensors", source) for seed in flags.seeds
    ]
    if runs[0].algorithm.settings.textcnn_input == MIXED:
        raise UserError(
            f"{flags.weights}: with textcnn_input {MIXED} a prediction depends on other clips; {CONCATENATE}"
        )
    return runs


def read_scores(flags: argparse.Namespace, settings: Shared, about: Mapping) -> list[tuple[str, list[float]]]:
    """Each score of the card for the shared runs.

    Raises:
        UserError: a run has no score.
    """
    table = SCORES.read(flags.scores).to_pandas()
    rows = table[(table["selection"] == settings.selection) & (table["method"] == about["method"])]
    rows = rows[rows["seed"].isin(flags.seeds)]
    if len(rows) != len(flags.seeds):
        raise UserError(
            f"{flags.scores}: does not have one {settings.selection} score for each run; score this pair again"
        )
    return [(name, rows[column].tolist()) for column, name in SCORE_NAMES.items()]


def check_counts(record: ModelRecord, least: int, source: Path) -> None:
    """Refuse statistics of few clips, which reveal who was among them.

    Raises:
        UserError: a statistic was computed from fewer than ``least`` clips.
    """
    counts = {f"statistics of {name} columns": each.clips for name, each in record.statistics.items()}
    counts |= {"label shares": record.share_clips, "calibration": record.calibration.clips}
    name, clips = min(counts.items(), key=lambda item: item[1])
    if clips < least:
        raise UserError(
            f"{source}: only {clips} clips are used for the {name}, fewer than sharing.least_clips {least};"
            " share a model of a larger source, because statistics of few clips reveal who was among them"
        )


def main() -> None:
    """Parse the flags and write the model folder."""
    flags = parse_flags()
    settings = read_settings(Shared, flags.settings)
    device = prepare_compute(flags.device, flags.threads)
    told = read_labels(flags.source_labels)
    indexes = indexes_of(flags, "--source-features")
    source = read_corpus(
        indexes, flags.source_splits, flags.missing_modality, device, flags.resident_mb * 10**6, labelled(told)
    )
    labels = labels_of(source, told)
    runs = read_runs(flags, settings, source)
    about = runs[0].about
    columns, counted = statistics_of(source)
    train = source.clips("train")
    pair = f"{about['source']}-{about['target']}"
    record = ModelRecord(
        format=1,
        **{name: about[name] for name in ("source", "target", "method", "algorithm", "settings")},
        label=settings.label,
        warning=warning(corpora_of([pair]), settings, {}),
        classes=told.classes,
        selection=settings.selection,
        runs=tuple(Run(seed=each.about["seed"], epoch=each.about["epoch"]) for each in runs),
        backbones={name: backbone_of(open_features(path), name) for name, path in indexes.items()},
        extraction=json.loads(flags.extraction),
        shares=shares_of(labels[train], told.classes),
        share_clips=len(train),
        statistics=counted,
        calibration=calibrate(runs, source, labels, device),
    )
    check_counts(record, settings.least_clips, flags.source_splits)
    card = write_card(record, settings, read_scores(flags, settings, about), settings.alpha, settings.split)
    files = {weights_name(each.about["seed"]): network_file(each) for each in runs}
    files |= {COLUMNS: column_file(columns), CARD: card.encode()}
    files[MODEL] = (json.dumps(record.as_json(), indent=1, ensure_ascii=False) + "\n").encode()
    check_private(
        files, source.clip_ids.tolist(), [Path.cwd(), Path.home(), *(path.parent for path in indexes.values())]
    )
    write_folder(flags.model, files)


if __name__ == "__main__":
    run(main)
