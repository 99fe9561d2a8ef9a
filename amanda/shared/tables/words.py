"""Words with a special meaning in the tables that programs exchange."""

from __future__ import annotations

ALL = "all"
"""Source and target of the rows about the mean over all pairs, for the methods that have all pairs."""

NOTHING = "nothing"
"""The name that means that no modality is left out."""
