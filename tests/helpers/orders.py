"""Clips, shifts and leans of small twins."""

from __future__ import annotations

CLIPS = {"neutral": 4, "happy": 3, "sad": 3, "angry": 4}


HALF = {"text": 0.5, "audio": 0.5, "visual": 0.5}


LEAN = {"text": 0.2, "audio": 0.2, "visual": 0.2}
