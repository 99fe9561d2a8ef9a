"""Words that stand for something in the tables that programs exchange."""

from __future__ import annotations

ALL = "all"
"""Source and target of the rows about the mean over pairs, of the methods that have all of them."""

NOTHING = "nothing"
"""What is left out of the prediction that counts."""
