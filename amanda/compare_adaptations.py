"""Shared models and features of their targets -> what adaptation without the source gains beside adaptation with it.

No network is trained on a source again. Target labels are read for the scores alone.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from amanda.shared.tables.scores import SCORES
from amanda.sharing.features import read_frames
from amanda.sharing.loading import load
from amanda.sharing.model import Model
from amanda.sharing.study import PRESENT, Part, StudySettings, adapted_scores, distances
from amanda.sharing.study_page import write_page
from amanda.sharing.tables import words_of
from extractors.shared.clip import MODALITIES
from extractors.shared.compute import add_compute_flags, prepare_compute
from extractors.shared.files import atomic_file
from extractors.shared.program import UserError, progress, run
from extractors.shared.settings import read_settings

DECIMALS = 4
"""Decimals kept in the table; the page rounds from these."""


class Pair(NamedTuple):
    """The files of one pair."""

    model: Path
    present: Path
    text: Path
    audio: Path
    visual: Path
    splits: Path
    labels: Path
    manifest: Path


def parse_flags() -> argparse.Namespace:
    """The flags of the program; all are required."""
    parser = argparse.ArgumentParser(description=__doc__)
    helps = {
        "model": "folder of amanda.share_model",
        "present": "table of amanda.score_pair for the method that adapts beside the source",
        **dict.fromkeys(MODALITIES, "index of extractors.index_features for the target"),
        "splits": "table of extractors.split_corpus for the target",
        "labels": "label table of the target, for the scores",
        "manifest": "manifest of the target, for its speakers",
    }
    for name in Pair._fields:
        parser.add_argument(f"--{name}", required=True, type=Path, nargs="+", help=f"of each pair: {helps[name]}")
    parser.add_argument("--settings", required=True, help=f"JSON: {', '.join(StudySettings.model_fields)}")
    parser.add_argument("--table", required=True, type=Path, help="output: a row for each pair, way and run (CSV)")
    parser.add_argument("--page", required=True, type=Path, help="output: the comparison (Markdown)")
    add_compute_flags(parser)
    return parser.parse_args()


def read_part(files: Pair, model: Model, split: str) -> Part:
    """The clips of one split that have frames in every modality of the project, as training uses them."""
    of_split = words_of(files.splits, "split")
    names, frames, faces = read_frames(
        {name: getattr(files, name) for name in MODALITIES}, None, model.record.backbones
    )
    speakers = words_of(files.manifest, "speaker")
    kept = [
        n
        for n, clip in enumerate(names)
        if of_split.get(clip) == split and all(len(frames[name][n]) for name in MODALITIES)
    ]
    if not kept:
        raise UserError(f"{files.splits}: no usable clip in the {split} split; change the split")
    return Part(
        [names[n] for n in kept],
        {name: [clips[n] for n in kept] for name, clips in frames.items()},
        [faces[n] for n in kept],
        [speakers[names[n]] for n in kept],
    )


def present_scores(path: Path, selection: str, model: Model) -> pd.DataFrame:
    """Scores of the source-present runs, of the model's seeds.

    Raises:
        UserError: a run has no score.
    """
    table = SCORES.read(path).to_pandas()
    seeds = [each.seed for each in model.record.runs]
    rows = table[(table["selection"] == selection) & table["seed"].isin(seeds)]
    if sorted(rows["seed"]) != sorted(seeds):
        raise UserError(f"{path}: has not one {selection} score of each seed {seeds}; score this pair again")
    return rows[["seed", "weighted_f1", "uar"]].assign(way=PRESENT)


def main() -> None:
    """Parse the flags, adapt every run in every way, and write the comparison."""
    flags = parse_flags()
    settings = read_settings(StudySettings, flags.settings)
    device = prepare_compute(flags.device, flags.threads)
    columns = [getattr(flags, name) for name in Pair._fields]
    if {len(column) for column in columns} != {len(settings.pairs)}:
        raise UserError("--settings: not as many pairs as the other flags have files; give one of each for every pair")
    scores, far = [], []
    for pair, *files in progress(list(zip(settings.pairs, *columns, strict=True)), "pairs"):
        of_pair = Pair(*files)
        model = load(of_pair.model, device=str(device))
        train, test = (read_part(of_pair, model, split) for split in ("train", settings.split))
        rows = pd.DataFrame(adapted_scores(model, train, test, words_of(of_pair.labels, "label"), settings.adaptation))
        rows = pd.concat([rows, present_scores(of_pair.present, settings.selection, model)])
        scores.append(rows.assign(pair=pair))
        far.append(pd.DataFrame(distances(model, train)).assign(pair=pair))
    table = pd.concat(scores, ignore_index=True)[["pair", "way", "seed", "weighted_f1", "uar"]]
    with atomic_file(flags.table) as temporary:
        table.round(DECIMALS).to_csv(temporary, index=False)
    with atomic_file(flags.page) as temporary:
        temporary.write_text(write_page(table, pd.concat(far, ignore_index=True), settings), encoding="utf-8")


if __name__ == "__main__":
    run(main)
