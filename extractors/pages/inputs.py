"""What the programs that show clips check before they open any."""

from __future__ import annotations

from pathlib import Path

from extractors.shared.program import UserError


def check_release(release: Path) -> None:
    """Check that the folder of a release is there.

    Raises:
        UserError: it is not.
    """
    if not release.is_dir():
        raise UserError(f"{release}: no such folder; correct the corpus's release in the config")
