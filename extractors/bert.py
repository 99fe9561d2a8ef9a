"""Transcript -> frames: outputs of some blocks of BERT, side by side, one row per word piece.

The rows of the special tokens stay: the first is [CLS], the last [SEP]; an empty transcript is these two. The paper
(section 4) takes blocks 1, 7 and 12 of BERT-base, 3 x 768 = 2304 columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from transformers import AutoTokenizer, BertModel

from extractors.backbone import UNREADABLE, find_backbone, join_blocks, load_network
from extractors.contract import Extraction
from extractors.program import UserError


class Bert:
    """BERT on one transcript at a time, without padding.

    ``settings``: ``blocks``, ``revision`` and ``sha256``, see :func:`extractors.backbone.find_backbone`.
    """

    preprocessing = 1

    def __init__(self, backbone: str, settings: Mapping[str, Any], device: torch.device) -> None:
        found = find_backbone(backbone, settings)
        self.provenance = found.provenance
        self.device = device
        self.network = load_network(BertModel, found, device, add_pooling_layer=False)
        try:
            self.tokenizer = AutoTokenizer.from_pretrained(found.folder, local_files_only=True)
        except UNREADABLE as error:
            raise UserError(f"{found.folder}: has no readable tokenizer ({error}); fetch its files again") from error
        self.dim = len(settings["blocks"]) * self.network.config.hidden_size

    def extract(self, clip: Mapping[str, Any], release: Path) -> Extraction:
        """Extract the clip's ``text``: float32 [T, dim], T word pieces with [CLS] and [SEP], 512 at most for BERT.

        Longer transcripts are cut, which makes the clip degraded, as does an empty transcript.
        """
        limit = self.network.config.max_position_embeddings
        pieces = len(self.tokenizer(clip["text"], verbose=False)["input_ids"])
        inputs = self.tokenizer(clip["text"], truncation=True, max_length=limit, return_tensors="pt").to(self.device)
        with torch.inference_mode():
            hidden_states = self.network(**inputs, output_hidden_states=True).hidden_states
        frames = join_blocks(hidden_states, self.provenance["blocks"])
        warning = f"transcript of {pieces} word pieces cut to {limit}" if pieces > limit else ""
        return Extraction(frames.cpu().numpy(), warning=warning if clip["text"].strip() else "the transcript is empty")
