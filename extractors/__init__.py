"""Files to arrays: releases become manifests, clips become frames; nothing here knows about training."""

from __future__ import annotations

MODALITIES = ("text", "audio", "visual")
"""The modalities, in the order used everywhere."""

EXTRACTORS = {
    "text": ("extractors.bert", "Bert"),
    "audio": ("extractors.wav2vec2", "Wav2Vec2"),
    "visual": ("extractors.visual", "Visual"),
}
"""Modality -> module and class of its extractor, imported only when it is asked for."""
