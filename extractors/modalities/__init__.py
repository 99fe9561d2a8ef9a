"""The modalities, each with an extractor from clips to frames, by name in :data:`EXTRACTORS`."""

from __future__ import annotations

EXTRACTORS = {
    "text": ("extractors.modalities.text", "Bert"),
    "audio": ("extractors.modalities.audio", "Wav2Vec2"),
    "visual": ("extractors.modalities.visual", "Visual"),
}
"""Modality -> module and class of its extractor, which is imported only when it is used."""
