"""The methods of Table 1, found by name in :data:`METHODS`; a new one is a file beside these and a line here."""

from __future__ import annotations

METHODS = {
    "source_only": ("amanda.methods.source_only", "SourceOnly"),
    "dann": ("amanda.methods.dann", "Dann"),
    "cdan": ("amanda.methods.cdan", "Cdan"),
    "mada": ("amanda.methods.mada", "Mada"),
    "daln": ("amanda.methods.daln", "Daln"),
    "amanda": ("amanda.methods.amanda", "Amanda"),
}
"""Name -> module and class of a method, imported only when it is asked for."""
