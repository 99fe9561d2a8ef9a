"""The methods of Table 1; a new one is a file beside these and a line here."""

from __future__ import annotations

from amanda.methods.amanda import Amanda
from amanda.methods.base import Labelled, Method, Unlabelled
from amanda.methods.cdan import Cdan
from amanda.methods.daln import Daln
from amanda.methods.dann import Dann
from amanda.methods.mada import Mada
from amanda.methods.source_only import SourceOnly

METHODS: dict[str, type[Method]] = {
    "source_only": SourceOnly,
    "dann": Dann,
    "cdan": Cdan,
    "mada": Mada,
    "daln": Daln,
    "amanda": Amanda,
}

__all__ = ["METHODS", "Labelled", "Method", "Unlabelled"]
