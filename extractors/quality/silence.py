"""Find the silent clips of a corpus by a fixed bound and by a bound relative to the loudness of the other clips.

A fixed bound alone could select whole classes: in acted speech, sad and neutral voices are 17 dB below angry voices.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import median

from extractors.quality.settings import InspectionSettings
from extractors.shared.clip import Row


def usual_loudness(rows: Iterable[Row], settings: InspectionSettings) -> float | None:
    """Median RMS in dB of full scale of the clips that are louder than ``silence_db``; None if there are none."""
    heard = [row["rms_db"] for row in rows if row.get("rms_db") is not None and row["rms_db"] >= settings.silence_db]
    return median(heard) if heard else None


def silence_bound(rows: Sequence[Row], settings: InspectionSettings) -> float:
    """The RMS in dB of full scale below which a clip of this corpus is silent.

    Args:
        rows: measured clips of one corpus.
        settings: a fixed bound, and a bound relative to :func:`usual_loudness`. The higher of the two is used.
    """
    usual = usual_loudness(rows, settings)
    return max(settings.silence_db, -math.inf if usual is None else usual - settings.silence_below)


def judge_silence(rows: Sequence[Row], settings: InspectionSettings) -> list[Row]:
    """Add the finding ``silent`` to the rows of silent clips. Other findings are already in the rows of the corpus."""
    bound, usual = silence_bound(rows, settings), usual_loudness(rows, settings)
    return [_silent(row, usual) if (row.get("rms_db") or 0.0) < bound else row for row in rows]


def _silent(row: Row, usual: float | None) -> Row:
    compared = "" if usual is None else f", {usual - row['rms_db']:.0f} dB below the median of the corpus"
    detail = f"silent: {row['rms_db']:.1f} dBFS{compared}"
    return row | {
        "status": "degraded" if row["status"] == "ok" else row["status"],
        "findings": [*row["findings"], "silent"],
        "reason": "; ".join(filter(None, [row["reason"], detail])),
    }
