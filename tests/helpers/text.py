"""What the tests of several rooms share of bert."""

from __future__ import annotations

from extractors.modalities.text import TextSettings
from extractors.shared.settings import settings_of

SETTINGS = {
    "precision": "float32",
    "blocks": [1, 7, 12],
    "revision": "",
    "sha256": "",
    "batch": 40,
    "compute": "float32",
    "window": 8,
}
TYPED = settings_of(TextSettings, SETTINGS)
"""As the extractor reads them."""
