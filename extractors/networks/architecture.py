"""Check that a pretrained network is the one that its extractor expects: its kind by name, and all its parameters."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from extractors.shared.program import UserError

UNUSED = {"masked_spec_embed"}
"""Parameters that only training uses. A checkpoint may lack them."""

HEADS = {
    "BertModel": re.compile(
        r"(bert\.)?pooler\..*"  # after the last block
        r"|(bert\.)?embeddings\.position_ids"  # 0, 1, 2, ...: a constant that old versions stored
        r"|cls\.(predictions|seq_relationship)\..*"  # heads of BERT's pretraining
        r"|(classifier|qa_outputs)\.(weight|bias)"  # heads of fine-tuning
    ),
    "Wav2Vec2Model": re.compile(
        r"(quantizer|project_q|project_hid)\..*"  # heads of wav2vec2's pretraining
        r"|(lm_head|projector|classifier|feature_extractor)\.(weight|bias)"  # heads of fine-tuning for words
        r"|layer_weights|objective\.weight|tdnn\.\d+\.kernel\.(weight|bias)"  # or for speakers and emotions
    ),
}
"""Class of the network -> extra parameters that a checkpoint may hold, because no block's output depends on them."""


def check_kind(folder: Path, architecture: type[Any]) -> None:
    """Check that the folder's ``config.json`` describes the kind of network that ``architecture`` computes.

    The parameters of another kind of network often fit, and the results are then wrong without any error.

    Raises:
        UserError: the file names another kind or no kind, or a decoder, whose tokens attend only to earlier tokens.
    """
    path, wanted = folder / "config.json", architecture.config_class.model_type
    try:
        described = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"{folder}: not a readable network (config.json: {error}); fetch its files again") from None
    if not isinstance(described, dict):
        raise UserError(f"{folder}: not a readable network (config.json holds no settings); fetch its files again")
    found = described.get("model_type")
    if found != wanted:
        raise UserError(
            f"{folder}: its config.json says model_type {found!r}, and only {wanted!r} is computed here;"
            f" name the folder or the hub id of such a network as the config's backbone"
        )
    if described.get("is_decoder"):
        raise UserError(f"{folder}: its config.json says is_decoder, and only encoders are computed here; name one")


def check_parameters(folder: Path, architecture: type, report: Mapping[str, Any]) -> None:
    """Check that weights and architecture have the same parameters. Heads that no block depends on are ignored.

    Args:
        folder: folder of the weights, for the error.
        architecture: the network's class.
        report: ``missing_keys``, ``unexpected_keys`` and ``mismatched_keys`` (name, shape in the file, expected
            shape), as returned by ``from_pretrained`` of transformers.

    Raises:
        UserError: parameters are missing, unexpected or of a wrong shape; with the first of each kind.
    """
    heads = HEADS[architecture.__name__]
    surplus = [key for key in report["unexpected_keys"] if not heads.fullmatch(key)]
    shapes = [f"{key} {tuple(found)} for {tuple(wanted)}" for key, found, wanted in report["mismatched_keys"]]
    problems = [
        _told("lacks", set(report["missing_keys"]) - UNUSED, f"parameters of {architecture.__name__}"),
        _told("holds", surplus, f"parameters that {architecture.__name__} with this config.json has not"),
        _told("holds", shapes, "parameters of another shape than config.json says"),
    ]
    if any(problems):
        told = ", and ".join(filter(None, problems))
        raise UserError(f"{folder}: {told}; fetch its files again, config.json with them, or name another network")


def _told(verb: str, keys: Iterable[str], what: str) -> str:
    keys = sorted(keys)
    return f"{verb} {len(keys)} {what}, such as {keys[0]}" if keys else ""
