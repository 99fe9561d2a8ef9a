"""The algorithms of Table 1, by name in :data:`ALGORITHMS`; a new one needs a file in this folder and a line here."""

from __future__ import annotations

ALGORITHMS = {
    "source_only": ("amanda.algorithms.source_only", "SourceOnly"),
    "dann": ("amanda.algorithms.dann", "Dann"),
    "cdan": ("amanda.algorithms.cdan", "Cdan"),
    "mada": ("amanda.algorithms.mada", "Mada"),
    "daln": ("amanda.algorithms.daln", "Daln"),
    "amanda": ("amanda.algorithms.amanda", "Amanda"),
}
"""Name -> module and class of an algorithm; a module is imported only when its algorithm is used."""
