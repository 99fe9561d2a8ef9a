"""The checks of programs that show clips, before they open a clip."""

from __future__ import annotations

from pathlib import Path

from extractors.shared.program import UserError


def check_release(release: Path) -> None:
    """Check that the folder of a release exists.

    Raises:
        UserError: it does not exist.
    """
    if not release.is_dir():
        raise UserError(f"{release}: no such folder; correct the corpus's release in the config")
