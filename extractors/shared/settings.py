"""Typed settings: a class names each key of a program's settings once, with its type, bounds, unit and meaning.

From these classes the schema of the config and its page in the docs are made, and programs read what they are told.
No key has a default: all are required, but those few whose absence means something, see :func:`optional`.
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
"""Characters of a value that an error shows."""


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
"""What a value must be, by the kind of pydantic's error; those of other kinds say it themselves."""


class Settings(BaseModel):
    """The keys of one section: no other key is accepted, and no value is converted, but whole numbers to numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    def as_json(self) -> dict[str, Any]:
        """The keys and values as JSON has them."""
        return self.model_dump(mode="json", exclude_unset=True)

    def counted(self) -> dict[str, Any]:
        """The keys and values that numbers depend on, as JSON has them: all but those that are marked otherwise."""
        fields = type(self).model_fields
        return {name: value for name, value in self.as_json().items() if _counts(fields[name].json_schema_extra)}


Kind = TypeVar("Kind", bound=Settings)


def key(description: str, *, unit: str = "", counts: bool = True, **bounds: Any) -> Any:
    """Describe one key of a class of settings.

    Args:
        description: what the key means.
        unit: of its number; empty for none.
        counts: whether a result is made again where only this key changes. A key that changes no number, such as the
            size of a batch, has False; so has one whose effect is digested apart, such as the path of weights.
        bounds: ``ge``, ``gt``, ``le``, ``lt``, ``min_length``, ``max_length``, ``pattern`` of :func:`pydantic.Field`.
    """
    marks: dict[str, JsonValue] = ({"unit": unit} if unit else {}) | ({} if counts else {"counts": False})
    return Field(description=description, json_schema_extra=marks, **bounds)


def optional(description: str, *, absent: Any, **details: Any) -> Any:
    """Describe a key that may be left out; ``absent`` is its value then. For the rest see :func:`key`."""
    return key(description, default=absent, **details)


def _counts(marks: object) -> bool:
    return not isinstance(marks, Mapping) or marks.get("counts", True)


def _each_once(values: tuple[Any, ...]) -> tuple[Any, ...]:
    if len(set(values)) < len(values):
        raise ValueError("each value once")
    return values


def one_of(names: Iterable[str]) -> tuple[AfterValidator, WithJsonSchema]:
    """For ``Annotated[str, *one_of(names)]``: one of the names of a table, as ``Literal`` is of names in the code."""
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
"""For ``Annotated[tuple[...], *EACH_ONCE]``: no value stands in the list twice."""

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
    """Read a JSON object that has exactly the keys of ``kind``, each as it must be.

    Args:
        kind: the class of the settings.
        text: the JSON.
        where: what the errors begin with.

    Raises:
        UserError: it has not; one sentence names the first key that is wrong.
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
    """Settings of keys and values that were read from JSON or YAML already, see :func:`read_settings`."""
    return read_settings(kind, json.dumps(values), where)


def _sentence(kind: type[Settings], value: Any, errors: Sequence[Mapping[str, Any]]) -> str:
    """What is wrong first: an unknown key, which may be why another is missing, or what lies deepest."""
    placed = [(_place(value, error["loc"]), error) for error in errors]
    (path, found), first = min(placed, key=lambda each: (each[1]["type"] != "extra_forbidden", -len(each[0][0])))
    key = ".".join(path)
    if first["type"] == "extra_forbidden":
        fix = f"the keys are {', '.join(kind.model_fields)}" if len(path) == 1 else "remove it"
        return f"unknown key '{key}'; {fix}"
    if first["type"] == "missing":
        meaning = kind.model_fields[key].description if key in kind.model_fields else ""
        return f"key '{key}' is missing; add it" + (f": {meaning}" if meaning else "")
    # Of a choice between kinds of values, each says what it would take.
    wanted = [_wanted(error) for (other, _), error in placed if other == path]
    return f"{key} is {_shown(found)}; it must be {' or '.join(dict.fromkeys(wanted))}"


def _place(value: Any, location: Sequence[int | str]) -> tuple[list[str], Any]:
    """The path of a key in a value, and what stands there; an error also names alternatives, which are no keys."""
    path: list[str] = []
    for number, part in enumerate(location):
        if part in value if isinstance(value, dict) else isinstance(value, list) and isinstance(part, int):
            path, value = [*path, str(part)], value[part]
        elif number == len(location) - 1 and isinstance(value, dict):
            path = [*path, str(part)]
    return path, value


def _wanted(error: Mapping[str, Any]) -> str:
    """What a value must be, in words."""
    known = WORDS.get(error["type"], "")
    said = error["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    return known.format(**error.get("ctx", {})) if known else said


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
