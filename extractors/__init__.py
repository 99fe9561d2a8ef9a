"""Files to arrays: releases become manifests, clips become frames; nothing here knows about training."""

from __future__ import annotations

MODALITIES = ("text", "audio", "visual")
"""The M = 3 modalities, in the order of every concatenation, loss vector and table."""

EXTRACTORS = {
    "text": ("extractors.bert", "Bert"),
    "audio": ("extractors.wav2vec2", "Wav2Vec2"),
    "visual": ("extractors.visual", "Visual"),
}
"""Modality -> module and class of its extractor, imported only when it is asked for."""
