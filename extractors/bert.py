"""Transcript -> frames: outputs of some blocks of BERT, side by side, one row per word piece.

The rows of the special tokens stay: the first is [CLS], the last [SEP]; an empty transcript is these two. The paper
(section 4) takes blocks 1, 7 and 12 of BERT-base, 3 x 768 = 2304 columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AutoTokenizer, BertModel

from extractors.backbone import UNREADABLE, collected, find_backbone, join_blocks, load_network
from extractors.batches import compute_batches
from extractors.compute import check_compute, inference
from extractors.contract import TOO_LARGE, ClipError, Extraction, Outcome
from extractors.program import UserError


@dataclass(frozen=True, slots=True)
class Words:
    """A transcript as BERT reads it: the numbers of its word pieces, and what makes it degraded."""

    pieces: list[int]
    warning: str


class Bert:
    """BERT on transcripts of alike lengths together, padding masked.

    ``settings``: ``blocks``, ``revision`` and ``sha256``, see :func:`extractors.backbone.find_backbone`; ``batch``, the
    word pieces of a pass; ``compute``, the number format.
    """

    preprocessing = 1
    libraries = ("torch", "transformers", "tokenizers")

    def __init__(self, backbone: str, settings: Mapping[str, Any], device: torch.device) -> None:
        found = find_backbone(backbone, settings)
        self.provenance = found.provenance
        self.device, self.compute = device, check_compute(settings["compute"], device)
        self.batch = settings["batch"]
        self.network = load_network(BertModel, found, device, add_pooling_layer=False)
        try:
            self.tokenizer = AutoTokenizer.from_pretrained(found.folder, local_files_only=True)
        except UNREADABLE as error:
            raise UserError(f"{found.folder}: has no readable tokenizer ({error}); fetch its files again") from error
        self.dim = len(settings["blocks"]) * self.network.config.hidden_size

    def read(self, clip: Mapping[str, Any], release: Path) -> Words:
        """Cut the clip's ``text`` into word pieces with [CLS] and [SEP], 512 at most for BERT.

        Longer transcripts are cut, which makes the clip degraded, as does an empty transcript.
        """
        limit = self.network.config.max_position_embeddings
        pieces = self.tokenizer(clip["text"], verbose=False)["input_ids"]
        warning = f"transcript of {len(pieces)} word pieces cut to {limit}" if len(pieces) > limit else ""
        if warning:
            pieces = [*pieces[: limit - 1], pieces[-1]]
        return Words(pieces, warning if clip["text"].strip() else "the transcript is empty")

    def embed(self, inputs: Sequence[Words]) -> list[Outcome]:
        """Frames float32 [T, dim] of each transcript, T its word pieces."""
        found = compute_batches(self._pass, inputs, [len(words.pieces) for words in inputs], self.batch)
        return [
            ClipError(TOO_LARGE) if frames is None else Extraction(frames, warning=words.warning)
            for words, frames in zip(inputs, found, strict=True)
        ]

    def _pass(self, inputs: Sequence[Words]) -> list[np.ndarray]:
        lengths = [len(words.pieces) for words in inputs]
        rows = torch.zeros(len(inputs), max(lengths), dtype=torch.long)
        mask = torch.zeros_like(rows)
        for row, words in enumerate(inputs):
            rows[row, : lengths[row]] = torch.tensor(words.pieces)
            mask[row, : lengths[row]] = 1
        # Without padding the mask changes no number, only takes time.
        inputs_of_network = {"input_ids": rows.to(self.device)}
        if min(lengths) < max(lengths):
            inputs_of_network["attention_mask"] = mask.to(self.device)
        blocks = self.provenance["blocks"]
        with (
            inference(self.device, self.compute),
            collected(self.network.encoder.layer, blocks) as hidden_states,
        ):
            self.network(**inputs_of_network)
            return join_blocks(hidden_states, blocks, lengths)
