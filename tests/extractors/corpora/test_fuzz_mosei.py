"""Label files of MOSEI that are cut or of another shape are refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import h5py
import pytest

from extractors.corpora import mosei_labels
from extractors.shared.program import UserError


def label_file(path: Path, contents: dict[str, Any]) -> Path:
    with h5py.File(path, "w") as file:
        for name, value in contents.items():
            file[name] = value
    return path


GOOD = {
    "All Labels/data/12345/features": [[1.0, 0, 0, 0, 0, 0, 0]],
    "All Labels/data/12345/intervals": [[0.0, 1.0]],
    "All Labels/metadata/dimension names": json.dumps(mosei_labels.DIMENSIONS),
}


def test_a_mosei_label_file_cut_anywhere_is_refused(tmp_path: Path) -> None:
    path = label_file(tmp_path / "labels.csd", GOOD)
    assert len(mosei_labels.read_csd(path)) == 1
    whole = path.read_bytes()
    for length in range(0, len(whole), 97):
        path.write_bytes(whole[:length])
        with pytest.raises(UserError, match=r"labels\.csd: not a label file"):
            mosei_labels.read_csd(path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("data/12345/features", [[1.0, 0, 0]]),
        ("data/12345/features", [1.0]),
        ("data/12345/features", 3),
        ("data/12345/features", "text"),
        ("data/12345/intervals", [[0.0, 1.0], [1.0, 2.0]]),
        ("data/12345/intervals", [["a", "b"]]),
        ("data/12345/features/more", [[1.0]]),
        ("data/12345/features", None),
        ("data/..\\x/features", [[0.0] * 7]),
        ("data", 3),
        ("metadata/dimension names", '["happy"]'),
        ("metadata/dimension names", "not json"),
        ("metadata/dimension names", "3"),
        ("metadata/dimension names", 3),
        ("metadata", 3),
    ],
)
def test_mosei_label_files_of_another_shape_are_refused(tmp_path: Path, name: str, value: object) -> None:
    key = f"All Labels/{name}"
    contents = {other: kept for other, kept in GOOD.items() if not other.startswith(key) and not key.startswith(other)}
    path = label_file(tmp_path / "labels.csd", contents | ({} if value is None else {key: value}))
    with pytest.raises(UserError, match=r"labels\.csd: "):
        mosei_labels.read_csd(path)
