"""What is moved to a device while a step computes arrives in order, errors included."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from amanda.shared.transfer import ahead
from extractors.shared.program import UserError


def test_what_is_made_ahead_keeps_its_order_and_its_errors() -> None:
    def items() -> Iterator[int]:
        yield 1
        yield 2
        raise UserError("broken")

    found = ahead(items())
    assert [next(found), next(found)] == [1, 2]
    with pytest.raises(UserError, match="broken"):
        next(found)
    assert list(ahead(iter("abc"))) == ["a", "b", "c"]
