"""Turn the errors of a config into one sentence: the key's path, the value that was found, and what to write."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any, Protocol, cast

from jsonschema import ValidationError

from planning.config.words import KINDS, SchemaWords

# The kinds of mistakes, most informative first: a misspelt key is unknown, and it makes another key missing.
FIRST = ("additionalProperties", "pattern", "type", "anyOf", "oneOf", "enum", "const")
LAST = ("required",)
LONGEST = 80

MISSED = {
    "minimum": "is less than the minimum of {}",
    "exclusiveMinimum": "is less than or equal to the minimum of {}",
    "maximum": "is greater than the maximum of {}",
    "exclusiveMaximum": "is greater than or equal to the maximum of {}",
    "minItems": "has too few items",
    "minProperties": "has too few keys",
    "maxItems": "has too many items",
    "minLength": "is empty",
    "enum": "is none of these",
    "const": "is none of these",
    "oneOf": "is none of these",
    "anyOf": "is none of these",
    "pattern": "is no such name",
}


class Fault(Protocol):
    """A ``ValidationError`` of a validator: each attribute is set, which the class itself does not guarantee."""

    message: str
    validator: str
    validator_value: Any
    instance: Any
    schema: dict[str, Any]
    path: Sequence[str | int]
    absolute_path: Sequence[str | int]
    schema_path: Sequence[str | int]
    context: Sequence[Fault] | None


def sentence(schema: dict[str, Any], errors: Iterable[ValidationError]) -> str:
    """A sentence about the first of the ``errors`` of a config against ``schema``; empty if there are none."""
    first = min(cast("Iterable[Fault]", errors), key=_rank, default=None)
    if first is None:
        return ""
    words = SchemaWords(schema)
    error = _meant(first)
    where = ".".join(map(str, error.absolute_path)) or "(top level)"
    meaning = words.description(error.absolute_path)
    hint = f" ({meaning})" if meaning and error.validator != "additionalProperties" else ""
    return f"config: {where}: {_mistake(error, words)}{hint}"


def close(word: object, known: Iterable[str]) -> str:
    """The end of a sentence that suggests the most similar of the ``known`` words; empty if none is similar."""
    near = get_close_matches(str(word).lower(), list(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def shown(value: object) -> str:
    """A value as it is typed in YAML, truncated if it is long."""
    text = repr(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _rank(error: Fault) -> tuple[int, int]:
    place = FIRST.index(error.validator) if error.validator in FIRST else len(FIRST) + (error.validator in LAST)
    return place, len(error.absolute_path)


def _meant(error: Fault) -> Fault:
    """The error of the alternative that was probably meant: that of the value's type with the most similar keys."""
    alternatives: dict[int, list[Fault]] = {}
    for one in error.context or ():
        alternatives.setdefault(int(one.schema_path[0]), []).append(one)
    fitting = [found for found in alternatives.values() if all(map(_is_inside, found))]
    best = min(fitting, key=lambda found: (sum(map(_distance, found)), len(found)), default=[])
    if not best or any(map(_lacks_word, best)):
        return error
    first = min(best, key=lambda one: (not _tells_apart(one), *_rank(one)))
    if _tells_apart(first):
        # None of the alternatives has this word, so the message lists the words of all.
        words = [word for found in fitting for one in found if _tells_apart(one) for word in _choices(one)]
        first.schema = {"enum": words}
    elif first.path or first.validator not in MISSED:
        return _meant(first)
    else:
        first.schema = error.schema
    return first


def _is_inside(error: Fault) -> bool:
    """Whether an alternative accepts values of this type, and the error is inside the value."""
    return bool(error.path) or error.validator not in ("type", "const", "enum")


def _tells_apart(error: Fault) -> bool:
    """Whether the value has another word than the one that distinguishes an alternative from the others."""
    return len(error.path) == 1 and isinstance(error.path[0], str) and error.validator in ("const", "enum")


def _lacks_word(error: Fault) -> bool:
    """Whether the value lacks the key whose word distinguishes an alternative from the others."""
    if error.validator != "required":
        return False
    missing = [error.schema["properties"][name] for name in error.validator_value if name not in error.instance]
    return any("const" in one or "enum" in one for one in missing)


def _distance(error: Fault) -> int:
    return 2 if _lacks_word(error) else int(_tells_apart(error))


def _choices(error: Fault) -> list[Any]:
    return error.validator_value if error.validator == "enum" else [error.validator_value]


def _mistake(error: Fault, words: SchemaWords) -> str:
    if "propertyNames" in error.schema_path:
        return _bad_name(error)
    if error.validator == "additionalProperties":
        return _unknown_key(error)
    if error.validator == "required":
        return _missing_key(error, words)
    if error.validator == "uniqueItems":
        return _item_twice(error)
    missed = _other_kind(error) if error.validator == "type" else MISSED.get(error.validator, "does not fit")
    found = f"{shown(error.instance)} {missed.format(error.validator_value)}"
    guess = close(error.instance, words.named(error.schema)) if isinstance(error.instance, str) else ""
    return f"{found}; write {words.allowed(error.schema)}{guess}"


def _other_kind(error: Fault) -> str:
    kinds = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
    names = [KINDS[kind][0].removeprefix("a ") for kind in kinds]
    return f"is no {names[0]}" if len(names) == 1 else f"is neither {' nor '.join(KINDS[kind][0] for kind in kinds)}"


def _bad_name(error: Fault) -> str:
    usable = re.sub(r"[^a-z0-9_]+", "_", str(error.instance).lower()).strip("_")
    instead = f"; write {usable}, say" if re.search(error.schema["pattern"], usable) else ""
    return f"{shown(error.instance)} cannot be a name here, which is {error.schema['description']}{instead}"


def _unknown_key(error: Fault) -> str:
    known = list(error.schema.get("properties", ()))
    unknown = sorted((key for key in error.instance if key not in known), key=lambda key: not close(key, known))
    return f"the key {shown(unknown[0])} was unexpected; known are {', '.join(known)}{close(unknown[0], known)}"


def _missing_key(error: Fault, words: SchemaWords) -> str:
    name = next(name for name in error.validator_value if name not in error.instance and repr(name) in error.message)
    return f"{name!r} is a required key and missing; add {name}: {words.allowed(words.below(error.schema, name) or {})}"


def _item_twice(error: Fault) -> str:
    again = next(one for number, one in enumerate(error.instance) if one in error.instance[:number])
    return f"{shown(again)} stands in {shown(error.instance)} twice; leave one of them"
