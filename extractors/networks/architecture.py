"""Whether a pretrained network is what its extractor takes it for: its kind by name, its parameters one by one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from extractors.shared.program import UserError

UNUSED = {"masked_spec_embed"}
"""Parameters that only training uses, so that a checkpoint may lack them."""

HEADS = {
    "BertModel": re.compile(
        r"(bert\.)?pooler\..*"  # what follows the last block, and no block depends on
        r"|(bert\.)?embeddings\.position_ids"  # 0, 1, 2, ...: old versions stored what is no parameter
        r"|cls\.(predictions|seq_relationship)\..*"  # what BERT was pretrained with
        r"|(classifier|qa_outputs)\.(weight|bias)"  # what it was fine-tuned with
    ),
    "Wav2Vec2Model": re.compile(
        r"(quantizer|project_q|project_hid)\..*"  # what wav2vec2 was pretrained with
        r"|(lm_head|projector|classifier|feature_extractor)\.(weight|bias)"  # what it was fine-tuned with, to words
        r"|layer_weights|objective\.weight|tdnn\.\d+\.kernel\.(weight|bias)"  # or to speakers and emotions
    ),
}
"""Class of the network -> parameters that a checkpoint may hold besides, since no block's output depends on them."""


def check_kind(folder: Path, architecture: type[Any]) -> None:
    """Check that the folder's ``config.json`` is of the kind of network that ``architecture`` computes.

    A network of another kind often fits into the parameters and computes something else, without any complaint.

    Raises:
        UserError: it is of another kind, or of none, or is a decoder, whose words see only those before them.
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
    """Check that weights and architecture hold the same parameters, but for the heads that no block depends on.

    Args:
        folder: where they come from.
        architecture: the network's class.
        report: ``missing_keys``, ``unexpected_keys`` and ``mismatched_keys`` (name, shape in the file, shape wanted),
            as ``from_pretrained`` of transformers gives them.

    Raises:
        UserError: naming the first parameter of each kind that is amiss.
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
