"""What the tests of several rooms share of wav2vec2."""

from __future__ import annotations

SETTINGS = {
    "precision": "float32",
    "blocks": [1, 7, 12],
    "revision": "",
    "sha256": "",
    "batch": 300,
    "silence_db": -70,
    "compute": "float32",
}
