"""The split of CMU-MOSEI's videos, from the user's copy of the SDK's fold file or from three plain lists."""

from __future__ import annotations

import ast
from pathlib import Path

from extractors.corpora.lines import read_text, split_lines
from extractors.corpora.mosei_labels import VIDEO
from extractors.shared.program import UserError

WHERE = "cmu_mosei_std_folds.py is part of github.com/CMU-MultiComp-Lab/CMU-MultimodalSDK"

_NAMES = {
    "standard_train_fold": "train",
    "standard_valid_fold": "validation",
    "standard_test_fold": "test",
}
_FILES = {"train.txt": "train", "validation.txt": "validation", "test.txt": "test"}


def read_folds(path: Path) -> dict[str, str]:
    """Map each video to ``train``, ``validation`` or ``test``.

    Args:
        path: the SDK's ``cmu_mosei_std_folds.py``, or a folder with ``train.txt``, ``validation.txt`` and ``test.txt``
            that have one video per line.

    Raises:
        UserError: a fold is missing, or a video is in two folds.
    """
    if path.is_dir():
        folds = {fold: _listed(path / name) for name, fold in _FILES.items()}
    elif path.is_file():
        folds = parse_folds(read_text(path), str(path))
    else:
        raise UserError(f"{path}: no such file or folder; name it in corpora.mosei.reading.folds ({WHERE})")
    split_of: dict[str, str] = {}
    for fold, videos in folds.items():
        for video in videos:
            if split_of.setdefault(video, fold) != fold:
                raise UserError(f"{path}: video {video} is in {split_of[video]} and in {fold}; correct the lists")
    return split_of


def fold_files(path: Path) -> list[Path]:
    """The files that :func:`read_folds` reads."""
    return [path / name for name in _FILES] if path.is_dir() else [path]


def parse_folds(text: str, source: str) -> dict[str, list[str]]:
    """Read the three lists from the SDK's Python file. The file is parsed and never executed.

    Raises:
        UserError: the file is not Python, a list is missing, or a list contains anything but names of videos.
    """
    try:
        statements = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise UserError(f"{source}: not a Python file ({type(error).__name__}); take it anew: {WHERE}") from None
    folds: dict[str, list[str]] = {}
    for statement in statements:
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            name = getattr(statement.targets[0], "id", "")
            if name in _NAMES:
                folds[_NAMES[name]] = _videos(statement, source)
    missing = [name for name, fold in _NAMES.items() if fold not in folds]
    if missing:
        raise UserError(f"{source}: no list {', '.join(missing)}; take the file anew: {WHERE}")
    return folds


def _videos(statement: ast.Assign, source: str) -> list[str]:
    try:
        value = ast.literal_eval(statement.value)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        value = None
    if not isinstance(value, list) or not all(isinstance(item, str) and VIDEO.fullmatch(item) for item in value):
        raise UserError(f"{source}:{statement.lineno}: not a list of names of videos; take the file anew: {WHERE}")
    return value


def _listed(path: Path) -> list[str]:
    if not path.is_file():
        raise UserError(f"{path}: no such file; write one name of a video a line into it")
    videos = [line.strip() for line in split_lines(read_text(path)) if line.strip()]
    for video in videos:
        if not VIDEO.fullmatch(video):
            raise UserError(f"{path}: {video[:40]!r} is not the name of a video; correct the line")
    return videos
