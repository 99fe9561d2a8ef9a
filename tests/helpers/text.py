"""What the tests of several rooms share of bert."""

from __future__ import annotations

SETTINGS = {
    "precision": "float32",
    "blocks": [1, 7, 12],
    "revision": "",
    "sha256": "",
    "batch": 40,
    "compute": "float32",
}
