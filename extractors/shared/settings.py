"""Typed settings: a class names each key of a program's settings once, with its type, bounds, unit and meaning.

The schema of the config and its page in the docs are made from these classes, and programs read their settings with
them. No key has a default. All keys are required, except a few whose absence has a meaning, see :func:`optional`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, ValidationError, WithJsonSchema

from extractors.shared.clip import MODALITIES
from extractors.shared.program import UserError

LONGEST = 120
"""Largest number of characters of a value in an error."""


WORDS = {
    "bool_type": "true or false",
    "float_type": "a number",
    "int_type": "a whole number",
    "string_type": "a text",
    "tuple_type": "a list",
    "finite_number": "a finite number",
    "greater_than": "above {gt:g}",
    "greater_than_equal": "at least {ge:g}",
    "less_than": "below {lt:g}",
    "less_than_equal": "at most {le:g}",
    "too_short": "a list of {min_length} or more items",
    "too_long": "a list of no more than {max_length} items",
    "string_too_short": "a text that is not empty",
    "model_attributes_type": "a set of keys",
    "union_tag_invalid": "a set of keys with {discriminator} one of {expected_tags}",
    "union_tag_not_found": "a set of keys with {discriminator}",
}
"""The required value in words, by the kind of pydantic's error; the messages of other kinds are used unchanged."""


class Settings(BaseModel):
    """The keys of one section: no other key is accepted, and no value is converted, except whole numbers to numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    def as_json(self) -> dict[str, Any]:
        """The keys and values as JSON has them."""
        return self.model_dump(mode="json", exclude_unset=True)

    def counted(self) -> dict[str, Any]:
        """The keys and values that numbers depend on, in JSON: all keys without ``counts=False``."""
        fields = type(self).model_fields
        return {name: value for name, value in self.as_json().items() if _counts(fields[name].json_schema_extra)}


Kind = TypeVar("Kind", bound=Settings)


def key(description: str, *, unit: str = "", counts: bool = True, **bounds: Any) -> Any:
    """Describe one key of a class of settings.

    Args:
        description: the meaning of the key.
        unit: unit of its number; empty for none.
        counts: whether a result is made again if only this key changes. It is False for a key that changes no number,
            such as the size of a batch, and for a key whose effect has its own digest, such as the path of weights.
        bounds: ``ge``, ``gt``, ``le``, ``lt``, ``min_length``, ``max_length``, ``pattern`` of :func:`pydantic.Field`.
    """
    marks: dict[str, JsonValue] = ({"unit": unit} if unit else {}) | ({} if counts else {"counts": False})
    return Field(description=description, json_schema_extra=marks, **bounds)


def optional(description: str, *, absent: Any, **details: Any) -> Any:
    """Describe a key that may be left out; ``absent`` is then its value. For the other arguments see :func:`key`."""
    return key(description, default=absent, **details)


def _counts(marks: object) -> bool:
    return not isinstance(marks, Mapping) or marks.get("counts", True)


def _each_once(values: tuple[Any, ...]) -> tuple[Any, ...]:
    if len(set(values)) < len(values):
        raise ValueError("each value once")
    return values


def one_of(names: Iterable[str]) -> tuple[AfterValidator, WithJsonSchema]:
    """For ``Annotated[str, *one_of(names)]``: one of the names of a table, like ``Literal`` for names in the code."""
    known = list(names)

    def check(value: str) -> str:
        if value not in known:
            raise ValueError(f"one of {', '.join(known)}")
        return value

    return AfterValidator(check), WithJsonSchema({"enum": known})


def _in_order(values: tuple[Any, ...]) -> tuple[Any, ...]:
    if not values or values != tuple(name for name in MODALITIES if name in values):
        raise ValueError(f"one or more of {', '.join(MODALITIES)}, each once and in this order")
    return values


EACH_ONCE = (AfterValidator(_each_once), Field(json_schema_extra={"uniqueItems": True}))
"""For ``Annotated[tuple[...], *EACH_ONCE]``: no value is in the list twice."""

Size = Annotated[int, Field(ge=1)]
Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Modalities = Annotated[
    tuple[str, ...],
    AfterValidator(_in_order),
    WithJsonSchema(
        {"enum": [list(some) for count in range(1, 1 + len(MODALITIES)) for some in combinations(MODALITIES, count)]}
    ),
]
"""One or more modalities, in the order of ``MODALITIES``."""


def read_settings(kind: type[Kind], text: str, where: str = "--settings") -> Kind:
    """Read a JSON object that has exactly the keys of ``kind``, each with a valid value.

    Args:
        kind: the class of the settings.
        text: the JSON.
        where: the beginning of an error.

    Raises:
        UserError: a key is missing, unknown or wrong; one sentence names the first such key.
    """
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise UserError(f"{where}: not JSON ({error}); give one JSON object") from None
    if not isinstance(value, dict):
        raise UserError(f"{where}: not a JSON object; give one, with a value for every key")
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        raise UserError(f"{where}: {_sentence(kind, value, error.errors())}") from None


def settings_of(kind: type[Kind], values: Mapping[str, Any], where: str = "--settings") -> Kind:
    """Settings from keys and values that were already read from JSON or YAML, see :func:`read_settings`."""
    return read_settings(kind, json.dumps(values), where)


def _sentence(kind: type[Settings], value: Any, errors: Sequence[Mapping[str, Any]]) -> str:
    """The first error: an unknown key, which may explain a missing one, or the most deeply nested error."""
    placed = [(_place(value, error["loc"]), error) for error in errors]
    (path, found), first = min(placed, key=lambda each: (each[1]["type"] != "extra_forbidden", -len(each[0][0])))
    key = ".".join(path)
    if first["type"] == "extra_forbidden":
        fix = f"the keys are {', '.join(kind.model_fields)}" if len(path) == 1 else "remove it"
        return f"unknown key '{key}'; {fix}"
    if first["type"] == "missing":
        meaning = kind.model_fields[key].description if key in kind.model_fields else ""
        return f"key '{key}' is missing; add it" + (f": {meaning}" if meaning else "")
    # If several kinds of values are possible, each gives its own requirement.
    wanted = [_wanted(error) for (other, _), error in placed if other == path]
    return f"{key} is {_shown(found)}; it must be {' or '.join(dict.fromkeys(wanted))}"


def _place(value: Any, location: Sequence[int | str]) -> tuple[list[str], Any]:
    """The path of a key in a value, and the value there; an error also names alternatives, which are not keys."""
    path: list[str] = []
    for number, part in enumerate(location):
        if part in value if isinstance(value, dict) else isinstance(value, list) and isinstance(part, int):
            path, value = [*path, str(part)], value[part]
        elif number == len(location) - 1 and isinstance(value, dict):
            path = [*path, str(part)]
    return path, value


def _wanted(error: Mapping[str, Any]) -> str:
    """The required value, in words."""
    known = WORDS.get(error["type"], "")
    said = error["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    return known.format(**error.get("ctx", {})) if known else said


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
