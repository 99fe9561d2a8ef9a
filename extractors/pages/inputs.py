"""What the programs that show clips check before they open any."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from extractors.shared.program import UserError


def check_inputs(release: Path, settings: Mapping[str, Any], keys: frozenset[str]) -> None:
    """Check that the release is there and that the settings have each of the keys, and no other.

    Raises:
        UserError: one of these is not so.
    """
    if not release.is_dir():
        raise UserError(f"{release}: no such folder; correct the corpus's release in the config")
    for wrong, what in ((keys - set(settings), "missing"), (set(settings) - keys, "unknown")):
        if wrong:
            raise UserError(f"--settings: {', '.join(sorted(wrong))} {what}; give each of {', '.join(sorted(keys))}")
