"""Typed settings: exactly the keys of a class are taken, and one sentence names what is wrong."""

from __future__ import annotations

import json
from typing import Annotated, Literal

import pytest
from pydantic import Field

from extractors.shared.program import UserError
from extractors.shared.settings import EACH_ONCE, Settings, key, one_of, optional, read_settings, settings_of


class Inner(Settings):
    kind: Literal["inner"] = key("the kind")
    depth: int = key("how deep", unit="metres", ge=1)


class Other(Settings):
    kind: Literal["other"] = key("the kind")


class Example(Settings):
    size: int = key("how many", ge=1, le=9)
    share: float = key("how much", ge=0, lt=1)
    fast: int = key("how fast", counts=False)
    names: Annotated[tuple[str, ...], *EACH_ONCE] = key("who", min_length=1)
    word: Annotated[str, *one_of({"a": 1, "b": 2})] = key("which")
    part: Annotated[Inner | Other, Field(discriminator="kind")] = key("what part")
    limit: float | None = key("at most", gt=0)
    more: str = optional("what else", absent="")


VALUES = {"size": 3, "share": 0, "fast": 7, "names": ["x", "y"], "word": "a", "limit": None}
VALUES |= {"part": {"kind": "inner", "depth": 2}}


def test_values_are_kept() -> None:
    found = settings_of(Example, VALUES)
    assert found.as_json() == VALUES
    assert (found.names, found.part.depth, found.more) == (("x", "y"), 2, "")
    assert type(found.share) is float


def test_a_key_counts_unless_it_is_marked() -> None:
    found = settings_of(Example, VALUES | {"more": "z"})
    assert found.counted() == {name: value for name, value in (VALUES | {"more": "z"}).items() if name != "fast"}


def test_a_whole_number_and_its_decimal_are_one() -> None:
    assert settings_of(Example, VALUES | {"share": 0}) == settings_of(Example, VALUES | {"share": 0.0})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"colour": 1}, "unknown key 'colour'; the keys are size, share, fast, names, word, part, limit, more"),
        ({"part": {"kind": "other", "depth": 1}}, "unknown key 'part.depth'; remove it"),
        ({"part": {"kind": "inner"}}, "key 'part.depth' is missing; add it"),
        ({"part": {"kind": "outer"}}, "a set of keys with 'kind' one of 'inner', 'other'"),
        ({"part": {}}, "part is {}; it must be a set of keys with 'kind'"),
        ({"part": {"kind": "inner", "depth": 0}}, "part.depth is 0; it must be at least 1"),
        ({"size": 10}, "size is 10; it must be at most 9"),
        ({"size": True}, "size is true; it must be a whole number"),
        ({"size": "3"}, 'size is "3"; it must be a whole number'),
        ({"size": 3.5}, "size is 3.5; it must be a"),
        ({"share": 1}, "share is 1; it must be below 1"),
        ({"share": float("nan")}, "share is NaN; it must be a finite number"),
        ({"share": None}, "share is null; it must be a number"),
        ({"names": []}, "names is []; it must be a list of 1 or more items"),
        ({"names": ["x", "x"]}, 'names is ["x", "x"]; it must be each value once'),
        ({"names": ["x", 2]}, "names.1 is 2; it must be a text"),
        ({"word": "c"}, 'word is "c"; it must be one of a, b'),
        ({"limit": 0}, "limit is 0; it must be above 0"),
        ({"size": "é" * 200}, "…; it must be a whole number"),
    ],
)
def test_a_mistake_is_one_sentence(changes: dict, said: str) -> None:
    with pytest.raises(UserError) as caught:
        settings_of(Example, VALUES | changes, "--here")
    assert str(caught.value).startswith("--here: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 250


def test_a_missing_key_is_said_with_its_meaning() -> None:
    with pytest.raises(UserError, match=r"^--settings: key 'size' is missing; add it: how many$"):
        read_settings(Example, json.dumps({name: value for name, value in VALUES.items() if name != "size"}))


@pytest.mark.parametrize(("text", "problem"), [("{", "not JSON"), ("[1]", "not a JSON"), ("3", "not a JSON object")])
def test_what_is_no_json_object(text: str, problem: str) -> None:
    with pytest.raises(UserError, match=f"^--settings: {problem}"):
        read_settings(Example, text)


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        settings_of(Example, VALUES).size = 4
