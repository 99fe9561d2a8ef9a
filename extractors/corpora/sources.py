"""The files that the clips of a release depend on: those that are read, and the media that the clips are cut from."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple


class Sources(NamedTuple):
    """The files of a release, as far as a reader looks at them.

    Attributes:
        read: files whose content makes the clips: labels, transcripts, folds, lists, tables; absolute, or relative to
            the working directory.
        video: relative to the release, the files of pictures that clips may be cut from; a reader looks whether they
            are there. One that is named and missing may be among them.
        audio: the same of the sound.
    """

    read: list[Path]
    video: list[str]
    audio: list[str]


def below(root: Path, names: Iterable[str]) -> list[Path]:
    """The paths of files that are named relative to a release."""
    return [root / name for name in names]
