"""Orders that no twin can follow, and folders that are no twins, are refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.orders import CLIPS, HALF, LEAN

from extractors.shared.program import UserError
from extractors.write_twin import write_twin


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"corpus": "ravdess"}, "no such twin"),
        ({"clips": {"neutral": 1}}, "give a count of 0 or more for each of neutral, happy, sad, angry"),
        ({"clips": CLIPS | {"sad": -1}}, "give a count of 0 or more"),
        ({"clips": [4, 3, 3, 4]}, "give a count of 0 or more"),
        ({"shift": HALF | {"audio": "much"}}, "give a number from 0 to 1"),
        ({"lean": {"audio": 0.5}}, "--lean .*give a number from 0 to 1 for each of text, audio, visual"),
        ({"shift": HALF | {"audio": 1.5}}, "give a number from 0 to 1 for each of text, audio, visual"),
    ],
)
def test_a_wrong_order_is_refused_in_one_sentence(tmp_path: Path, change: dict[str, object], message: str) -> None:
    order = {"corpus": "meld", "clips": CLIPS, "shift": HALF, "lean": LEAN, "seed": 0, "oddities": False} | change
    with pytest.raises(UserError, match=message):
        write_twin(folder=tmp_path / "twin", **order)
    assert not (tmp_path / "twin").exists()


def test_a_folder_that_is_no_twin_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("licensed")
    with pytest.raises(UserError, match="is no synthetic twin"):
        write_twin("meld", tmp_path, CLIPS, HALF, LEAN, seed=0, oddities=False)
    assert (tmp_path / "precious.txt").read_text() == "licensed"
