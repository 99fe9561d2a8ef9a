"""The modalities: one extractor each, a clip in and frames out, found by name in :data:`EXTRACTORS`."""

from __future__ import annotations

EXTRACTORS = {
    "text": ("extractors.modalities.text", "Bert"),
    "audio": ("extractors.modalities.audio", "Wav2Vec2"),
    "visual": ("extractors.modalities.visual", "Visual"),
}
"""Modality -> module and class of its extractor, imported only when it is asked for."""
