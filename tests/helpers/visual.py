"""What the tests of several rooms share of visual."""

from __future__ import annotations

import numpy as np

from extractors.modalities.visual import VisualSettings
from extractors.shared.settings import settings_of

SETTINGS = {
    "sha256": "",
    "precision": "float16",
    "frames": 64,
    "detector": "cascade",
    "detector_weights": "",
    "detector_sha256": "",
    "detection_side": 160,
    "detection_step": 1,
    "min_face": 0.3,
    "cascade_scale": 1.2,
    "cascade_neighbours": 3,
    "track_overlap": 0.3,
    "face_policy": "largest_track",
    "face_crop": "box",
    "margin": 0.0,
    "landmark_weights": "",
    "landmark_sha256": "",
    "fill": "nearest",
    "batch": 16,
    "compute": "float32",
    "detector_compute": "float32",
    "degraded_faceless_fraction": 0.1,
    "window": 8,
}
TYPED = settings_of(VisualSettings, SETTINGS)
"""As the extractor reads them."""


BLANK = np.full((200, 320, 3), 120, np.uint8)
