"""No network trains in a reduced number format that this machine computes wrongly."""

from __future__ import annotations

import pkgutil
from pathlib import Path

import pytest
import torch
from helpers.jobs import make_job
from helpers.pair import Sizes, write_pair

from amanda.training import engine
from extractors.shared.program import UserError


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pair(tmp_path_factory.mktemp("pair"), Sizes())


@pytest.mark.parametrize(
    ("place", "what"),
    [
        ("amanda.network.convolution.responses", "the text encoder"),
        ("torch.nn.functional.embedding_bag", "the text encoder's gradient"),
        ("torch.lstm", "the visual encoder"),
    ],
)
def test_no_network_trains_in_a_format_that_is_wrong_here(
    pair: Path, place: str, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The faulty kernel gives the numbers of other units, as a wrong one of a library does."""
    owner, name = place.rsplit(".", 1)
    works = getattr(pkgutil.resolve_name(owner), name)

    def wrong(first: torch.Tensor, *others: object, **named: object) -> torch.Tensor | tuple:
        output = works(first, *others, **named)
        reduced = torch.bfloat16 in (first.dtype, getattr(others[0], "dtype", None))
        if not reduced:
            return output
        return (output[0].flip(-1), *output[1:]) if isinstance(output, tuple) else output.flip(-1)

    reduced = make_job(pair, "source_only", compute="bfloat16", epochs=1)
    engine.train(reduced, [0], lambda run: None, lambda run: None)
    monkeypatch.setattr(place, wrong)
    with pytest.raises(UserError, match=f"^{what} computes wrongly in bfloat16 on this cpu"):
        engine.train(reduced, [0], lambda run: None, lambda run: None)
    engine.train(make_job(pair, "source_only", epochs=1), [0], lambda run: None, lambda run: None)
