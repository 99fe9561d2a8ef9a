"""What the tests of several rooms share of wav2vec2."""

from __future__ import annotations

from extractors.modalities.audio import AudioSettings
from extractors.shared.settings import settings_of

SETTINGS = {
    "precision": "float32",
    "blocks": [1, 7, 12],
    "revision": "",
    "sha256": "",
    "batch": 300,
    "silence_db": -70,
    "compute": "float32",
    "window": 8,
}
TYPED = settings_of(AudioSettings, SETTINGS)
"""As the extractor reads them."""
