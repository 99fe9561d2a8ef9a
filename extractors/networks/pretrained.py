"""Folder or Hugging Face id of a pretrained network -> the complete and checked network, and its provenance."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import huggingface_hub
import numpy as np
import torch
import transformers
from safetensors import SafetensorError
from torch import Tensor, nn

from extractors.networks.architecture import check_kind, check_parameters
from extractors.networks.backbone_files import CONFIGURATION, WEIGHTS, configuration, weights_of
from extractors.networks.weights import Sha256, check_sha256, refuse_stand_in
from extractors.shared.files import file_sha256, files_sha256
from extractors.shared.program import UserError
from extractors.shared.settings import EACH_ONCE, Settings, Size, key

if TYPE_CHECKING:
    from transformers import PreTrainedModel

UNREADABLE = (OSError, ValueError, RuntimeError, SafetensorError, pickle.UnpicklingError)
"""Exceptions of transformers and torch for files that are damaged, missing or of a wrong kind."""


@dataclass(frozen=True, slots=True)
class Backbone:
    """A folder with a pretrained network.

    Attributes:
        folder: folder of its files.
        provenance: ``weights`` (folder name or hub id), ``weights_sha256``, ``config_sha256`` (of all files that are
            read beside the weights), ``revision`` (commit on the hub) and ``blocks``, as in the index of features.
    """

    folder: Path
    provenance: dict[str, Any]


class BackboneSettings(Settings):
    """A pretrained transformer, and its blocks whose outputs are used."""

    revision: str = key("the hub's commit; empty for a local folder", counts=False)
    sha256: Sha256 = key(
        "SHA-256 of the weights, at least its first 8 digits; empty accepts any and records what was found",
        counts=False,
    )
    blocks: Annotated[tuple[Size, ...], *EACH_ONCE] = key(
        "transformer blocks whose outputs are concatenated, 1 being the first", min_length=1
    )


def find_backbone(name: str, settings: BackboneSettings) -> Backbone:
    """Find the files of a network in the folder ``name``, or on the Hugging Face hub (or in its cache) under this id.

    Args:
        name: a folder, or a hub id such as ``facebook/wav2vec2-base``.
        settings: the blocks, the commit on the hub, and the SHA-256 of the weights.

    Raises:
        UserError: there is no such folder or id, or its weights are missing, invalid or have another SHA-256.
    """
    local = Path(name).is_dir()
    folder = Path(name) if local else _fetch(name, settings.revision)
    weights = weights_of(folder)
    if weights is None or not (folder / "config.json").is_file():
        raise UserError(
            f"{name}: has no config.json with {' or '.join(WEIGHTS)}; name the folder of a pretrained network"
        )
    refuse_stand_in(weights)
    found = check_sha256(weights, settings.sha256) if settings.sha256 else file_sha256(weights)
    provenance = {
        "weights": folder.name if local else name,
        "weights_sha256": found,
        "config_sha256": files_sha256(configuration(folder)),
        "revision": "" if local else folder.name,
        "blocks": list(settings.blocks),
    }
    return Backbone(folder, provenance)


def _fetch(name: str, revision: str) -> Path:
    """The folder of a hub id in the cache. It is downloaded if it is missing."""
    try:
        for weights in WEIGHTS:
            wanted = [*CONFIGURATION, weights]
            folder = Path(huggingface_hub.snapshot_download(name, revision=revision or None, allow_patterns=wanted))
            if (folder / weights).is_file():
                break
    except (OSError, ValueError) as error:
        reason = str(error).strip().splitlines()[0]
        raise UserError(
            f"{name}: neither a folder nor a network that the Hugging Face hub gives ({reason});"
            " correct the config's backbone, or fetch it where there is a network"
        ) from None
    return folder


Network = TypeVar("Network", bound="PreTrainedModel")


def load_network(architecture: type[Network], backbone: Backbone, device: torch.device, **options: Any) -> Network:
    """Load the network in float32 for inference.

    Args:
        architecture: a class of ``transformers`` with ``from_pretrained``.
        backbone: the files of the network.
        device: device of the result.
        options: arguments for the class.

    Raises:
        UserError: the files are damaged, would run code, belong to another kind of network, or have other parameters
            than the architecture.
    """
    check_kind(backbone.folder, architecture)
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    try:
        loaded: Any = architecture.from_pretrained(
            backbone.folder,
            local_files_only=True,
            dtype=torch.float32,
            output_loading_info=True,
            ignore_mismatched_sizes=True,  # check_parameters refuses them and names one
            **options,
        )
        network, report = loaded
    except UNREADABLE as error:
        reason = str(error).strip().splitlines()[0]
        raise UserError(f"{backbone.folder}: not a readable network ({reason}); fetch its files again") from error
    check_parameters(backbone.folder, architecture, report)
    check_blocks(backbone.provenance["blocks"], network.config.num_hidden_layers)
    return network.eval().requires_grad_(False).to(device)


def check_blocks(blocks: Sequence[int], count: int) -> None:
    """Check that ``blocks`` is not empty and that each number is from 0 (the embeddings) to ``count`` (the last block).

    Raises:
        UserError: the check fails.
    """
    if not blocks or not all(isinstance(block, int) and 0 <= block <= count for block in blocks):
        raise UserError(
            f"blocks {blocks}: the network has the blocks 1 to {count} (0: its embeddings); name some of them"
        )


@contextmanager
def collected(layers: Sequence[nn.Module] | nn.ModuleList, blocks: Sequence[int]) -> Iterator[dict[int, Tensor]]:
    """Collect the outputs [B, T, hidden] of some blocks while a network runs. Other outputs are not kept.

    Args:
        layers: the network's blocks.
        blocks: numbers of blocks, counted from 1; 0 means the input of the first block.
    """
    outputs: dict[int, Tensor] = {}

    def keep(number: int) -> Callable[..., None]:
        def hook(module: nn.Module, inputs: tuple, output: Tensor | tuple | None = None) -> None:
            value = inputs if output is None else output
            outputs[number] = value[0] if isinstance(value, tuple) else value

        return hook

    handles = [
        layers[number - 1].register_forward_hook(keep(number))
        if number
        else layers[0].register_forward_pre_hook(keep(number))
        for number in blocks
    ]
    try:
        yield outputs
    finally:
        for handle in handles:
            handle.remove()


def join_blocks(
    outputs: Mapping[int, Tensor], blocks: Sequence[int], places: Sequence[tuple[int, slice]]
) -> list[np.ndarray]:
    """Concatenate the outputs of some blocks along the columns.

    Args:
        outputs: block -> its output [B, T, hidden].
        blocks: numbers of blocks, in the order of the columns.
        places: place of each clip's rows: the index in B and the range in T.

    Returns:
        For each place, an array float32 [length, len(blocks) * hidden].
    """
    joined = torch.cat([outputs[block] for block in blocks], dim=2).float().cpu().numpy()
    return [joined[place].copy() for place in places]
