"""The flags that pass the features of a corpus to a program: modalities, and an index for each of them."""

from __future__ import annotations

import argparse
from pathlib import Path

from extractors.shared.clip import MODALITIES
from extractors.shared.program import UserError


def add_feature_flags(parser: argparse.ArgumentParser, *flags: str) -> None:
    """Add ``--modalities``, and each of ``flags``, such as ``--source-features``, for the indexes of one corpus."""
    parser.add_argument(
        "--modalities", required=True, nargs="+", choices=MODALITIES, help="of the features, in this order"
    )
    for flag in flags:
        parser.add_argument(
            flag, required=True, nargs="+", type=Path, help="index of extractors.index_features of each modality"
        )


def add_missing_flag(parser: argparse.ArgumentParser) -> None:
    """Add ``--missing-modality``: the use of clips that lack a modality; see :mod:`amanda.training.data`."""
    parser.add_argument(
        "--missing-modality",
        required=True,
        choices=("drop", "mask"),
        help="drop: a clip without features in a modality is left out; mask: it stays with those that it has",
    )


def indexes_of(flags: argparse.Namespace, flag: str) -> dict[str, Path]:
    """Modality -> index of its features, from the values of one of the flags.

    Raises:
        UserError: a modality is named twice, or not in the order of ``MODALITIES``, or there are more or fewer indexes.
    """
    names, paths = flags.modalities, getattr(flags, flag.removeprefix("--").replace("-", "_"))
    if names != [name for name in MODALITIES if name in names]:
        raise UserError(f"--modalities {' '.join(names)}: name each once, in the order {' '.join(MODALITIES)}")
    if len(paths) != len(names):
        raise UserError(
            f"{flag}: {len(paths)} indexes for the {len(names)} modalities {', '.join(names)}; give one of each"
        )
    return dict(zip(names, paths, strict=True))
