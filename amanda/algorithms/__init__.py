"""The algorithms of Table 1, found by name in :data:`ALGORITHMS`; a new one is a file beside these and a line here."""

from __future__ import annotations

ALGORITHMS = {
    "source_only": ("amanda.algorithms.source_only", "SourceOnly"),
    "dann": ("amanda.algorithms.dann", "Dann"),
    "cdan": ("amanda.algorithms.cdan", "Cdan"),
    "mada": ("amanda.algorithms.mada", "Mada"),
    "daln": ("amanda.algorithms.daln", "Daln"),
    "amanda": ("amanda.algorithms.amanda", "Amanda"),
}
"""Name -> module and class of an algorithm, imported only when it is asked for."""
