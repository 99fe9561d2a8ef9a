"""Which clips of a corpus are silent: by a fixed bound, and against the loudness of the others.

A fixed bound alone finds whole moods: in corpora of acted speech sad and neutral voices are 17 dB below angry ones.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import median

from extractors.quality.settings import InspectionSettings
from extractors.shared.clip import Row


def usual_loudness(rows: Iterable[Row], settings: InspectionSettings) -> float | None:
    """Median RMS in dB of full scale of the clips that are louder than ``silence_db``; None without any."""
    heard = [row["rms_db"] for row in rows if row.get("rms_db") is not None and row["rms_db"] >= settings.silence_db]
    return median(heard) if heard else None


def silence_bound(rows: Sequence[Row], settings: InspectionSettings) -> float:
    """The RMS in dB of full scale below which a clip of this corpus is silent.

    Args:
        rows: measured clips of one corpus.
        settings: a bound whatever the corpus, and one below :func:`usual_loudness`; the higher of the two holds.
    """
    usual = usual_loudness(rows, settings)
    return max(settings.silence_db, -math.inf if usual is None else usual - settings.silence_below)


def judge_silence(rows: Sequence[Row], settings: InspectionSettings) -> list[Row]:
    """The rows of one corpus, judged already for all else, with the finding ``silent`` where it holds."""
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
