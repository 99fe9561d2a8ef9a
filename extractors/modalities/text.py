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

from extractors.modalities.base import TOO_LARGE, Extraction, ExtractionSettings, Outcome
from extractors.networks.passes import by_total, compute_batches, in_rows
from extractors.networks.pretrained import (
    UNREADABLE,
    BackboneSettings,
    collected,
    find_backbone,
    join_blocks,
    load_network,
)
from extractors.shared.clip import EMPTY, ClipError
from extractors.shared.compute import check_agreement, check_compute, inference
from extractors.shared.program import UserError
from extractors.shared.settings import key

# Positions of a row of the network, filled with whole transcripts: enough of them for the matrix products, few enough
# for attention, whose cost grows with the square.
ROW = 256

PROBE = 64
"""Word pieces of the probe that shows whether a reduced number format is right."""


@dataclass(frozen=True, slots=True)
class Words:
    """A transcript as BERT reads it: the numbers of its word pieces, and what makes it degraded."""

    pieces: list[int]
    warning: str


class TextSettings(BackboneSettings, ExtractionSettings):
    """From transcripts to the hidden states of a frozen transformer."""

    batch: int = key("word pieces in one pass of the network", unit="word pieces", counts=False, ge=1)


class Bert:
    """BERT on many transcripts at once, laid end to end in rows; a transcript attends to itself alone."""

    Settings = TextSettings
    preprocessing = 1
    libraries = ("torch", "transformers", "tokenizers")

    def __init__(self, backbone: str, settings: TextSettings, device: torch.device) -> None:
        found = find_backbone(backbone, settings)
        self.provenance = found.provenance
        self.device, self.compute = device, check_compute(settings.compute, device)
        self.batch = settings.batch
        self.network = load_network(BertModel, found, device, add_pooling_layer=False)
        try:
            self.tokenizer = AutoTokenizer.from_pretrained(found.folder, local_files_only=True)
        except UNREADABLE as error:
            raise UserError(f"{found.folder}: has no readable tokenizer ({error}); fetch its files again") from error
        known = self.network.config.vocab_size
        if len(self.tokenizer) > known:
            raise UserError(
                f"{found.folder}: its tokenizer knows {len(self.tokenizer)} word pieces and its network {known};"
                " fetch the files of one network again"
            )
        self.dim = len(settings.blocks) * self.network.config.hidden_size
        probe = Words(list(range(min(PROBE, self.network.config.vocab_size))), warning="")
        check_agreement("BERT", self.compute, device, lambda compute: self._frames([probe], compute))

    def read(self, clip: Mapping[str, Any], release: Path) -> Words:
        """Cut the clip's ``text`` into word pieces with [CLS] and [SEP], 512 at most for BERT.

        Longer transcripts are cut, which makes the clip degraded, as does an empty transcript.
        """
        limit = self.network.config.max_position_embeddings
        pieces = self.tokenizer(clip["text"], verbose=False)["input_ids"]
        warning = f"transcript of {len(pieces)} word pieces cut to {limit}" if len(pieces) > limit else ""
        if warning:
            pieces = [*pieces[: limit - 1], pieces[-1]]
        return Words(pieces, warning if clip["text"].strip() else EMPTY)

    def embed(self, inputs: Sequence[Words]) -> list[Outcome]:
        """Frames float32 [T, dim] of each transcript, T its word pieces."""
        groups = by_total([len(words.pieces) for words in inputs], self.batch)
        found = compute_batches(self._pass, inputs, groups)
        return [
            ClipError(TOO_LARGE) if frames is None else Extraction(frames, warning=words.warning)
            for words, frames in zip(inputs, found, strict=True)
        ]

    def _pass(self, inputs: Sequence[Words]) -> list[np.ndarray]:
        return self._frames(inputs, self.compute)

    def _frames(self, inputs: Sequence[Words], compute: str) -> list[np.ndarray]:
        lengths = [len(words.pieces) for words in inputs]
        rows = in_rows(lengths, max(ROW, *lengths))
        width = max(sum(lengths[number] for number in row) for row in rows)
        # What fills a row up belongs to no transcript: it attends to itself, and nothing else to it.
        pieces, positions = torch.zeros(2, len(rows), width, dtype=torch.long)
        owners = torch.full_like(pieces, -1)
        places: list[tuple[int, slice]] = [(0, slice(0))] * len(inputs)
        for row, numbers in enumerate(rows):
            start = 0
            for number in numbers:
                place = row, slice(start, start + lengths[number])
                pieces[place] = torch.tensor(inputs[number].pieces)
                positions[place] = torch.arange(lengths[number])
                owners[place] = number
                places[number], start = place, place[1].stop
        mask = (owners[:, None, :, None] == owners[:, None, None, :]) if len(inputs) > 1 else None
        blocks, device = self.provenance["blocks"], self.device
        with (
            inference(device, compute),
            collected(self.network.encoder.layer, blocks) as hidden_states,
        ):
            self.network(
                input_ids=pieces.to(device),
                position_ids=positions.to(device),
                attention_mask=None if mask is None else mask.to(device),
            )
            return join_blocks(hidden_states, blocks, places)
