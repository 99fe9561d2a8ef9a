"""From a model folder to a model: ``amanda.load`` is :func:`load`. It checks sizes, checksums and arrays in turn."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from amanda.algorithms import ALGORITHMS
from amanda.algorithms.base import load_algorithm
from amanda.network.model import JOINT, Network
from amanda.shared.settings import TrainingSettings
from amanda.sharing.columns import Columns
from amanda.sharing.folder import ADAPTATION, ADAPTED, COLUMNS, MODEL, Folder, weights_name
from amanda.sharing.model import Adaptation, Model
from amanda.sharing.record import AdaptationRecord, ModelRecord
from extractors.shared.program import UserError
from extractors.shared.settings import read_settings, settings_of

MIXED, CONCATENATE = "published_code_view", "train with textcnn_input concatenated"
"""The input whose predictions depend on the other clips of a batch, and the fix."""


def load(folder: Path | str, adapted: bool = True, device: str = "cpu") -> Model:
    """Load a model folder; nothing in it is executed.

    Args:
        folder: a folder of amanda.share_model or amanda.adapt_model.
        adapted: False ignores an adaptation and gives the model as it was shared.
        device: the device that computes, as PyTorch names it.

    Raises:
        UserError: the folder is not a model folder, or a file is missing, damaged, too large or inconsistent.
    """
    files = Folder(Path(folder))
    record = read_settings(ModelRecord, files.text(MODEL), str(files.path / MODEL))
    if record.algorithm not in ALGORITHMS:
        raise UserError(f"{files.path / MODEL}: unknown algorithm {record.algorithm}; update amanda, or share it again")
    kind = load_algorithm(record.algorithm).Settings
    settings = settings_of(kind, record.settings, f"{files.path / MODEL}: settings")
    if settings.textcnn_input == MIXED:
        raise UserError(
            f"{files.path / MODEL}: with textcnn_input {MIXED} a prediction depends on other clips; {CONCATENATE}"
        )
    blank = outline(record, settings, files.path)
    if set(record.calibration.temperatures) != {*settings.modalities, JOINT}:
        raise UserError(f"{files.path / MODEL}: temperatures are not of the model's heads; share it again")
    addition = read_adaptation(files, record, blank) if adapted and ADAPTATION in files else None
    networks = []
    for place, run in enumerate(record.runs):
        weights = files.tensors(weights_name(run.seed), blank)
        weights |= addition.encoders[place] if addition and addition.encoders else {}
        # Reduced formats are for training; some processors compute them wrongly, and a shared model may meet any.
        network = Network(
            record.dims, settings.model_copy(update={"compute": "float32"}), len(record.classes), torch.Generator()
        )
        network.load_state_dict(weights)
        networks.append(network.to(device).eval().requires_grad_(False))
    columns = read_columns(files.tensors(COLUMNS, column_outline(record)), "", record)
    return Model(record, settings, tuple(networks), columns, addition, files.path)


def outline(record: ModelRecord, settings: TrainingSettings, path: Path) -> dict[str, Tensor]:
    """Names and shapes of a network's weights; a wrong size in the record cannot reserve memory."""
    try:
        with torch.device("meta"):
            return dict(Network(record.dims, settings, len(record.classes), torch.Generator()).state_dict())
    except (RuntimeError, OverflowError, TypeError) as error:
        raise UserError(f"{path / MODEL}: settings of no network ({error}); share the model again") from None


def column_outline(record: ModelRecord) -> dict[str, Tensor]:
    """Names and shapes of the statistics of columns."""
    return {
        f"{name}.{part}": torch.empty(width, dtype=torch.float64, device="meta")
        for name, width in record.dims.items()
        for part in Columns._fields
    }


def read_columns(tensors: Mapping[str, Tensor], prefix: str, record: ModelRecord) -> dict[str, Columns]:
    """Statistics of columns from arrays that are named as in :func:`column_outline`, behind a prefix."""
    return {
        name: Columns(*(tensors[f"{prefix}{name}.{part}"].numpy() for part in Columns._fields)) for name in record.dims
    }


def read_adaptation(files: Folder, record: ModelRecord, blank: Mapping[str, Tensor]) -> Adaptation:
    """The adaptation of a model.

    Raises:
        UserError: as in :func:`load`, or it belongs to another model.
    """
    text = files.text(ADAPTATION)
    about = read_settings(AdaptationRecord, text, str(files.path / ADAPTATION))
    if about.model_sha256 != hashlib.sha256(files.text(MODEL).encode()).hexdigest():
        raise UserError(
            f"{files.path / ADAPTATION}: belongs to another model; adapt this one again with amanda.adapt_model"
        )
    heads = record.calibration.temperatures
    size = (len(record.runs), len(record.classes))
    expected = {f"numbers.{head}": torch.empty(size, dtype=torch.float64, device="meta") for head in heads}
    expected |= {f"reference.{name}": value for name, value in column_outline(record).items()}
    encoders = [name for name in blank if name.startswith("encoders.")] if about.trained else []
    expected |= {f"{place}.{name}": blank[name] for place in range(len(record.runs)) for name in encoders}
    found = files.tensors(ADAPTED, expected)
    return Adaptation(
        about,
        {head: found[f"numbers.{head}"].numpy() for head in heads},
        read_columns(found, "reference.", record),
        [{name: found[f"{place}.{name}"] for name in encoders} for place in range(len(record.runs)) if encoders],
    )
