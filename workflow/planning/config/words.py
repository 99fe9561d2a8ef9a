"""Descriptions in words: the meaning of a part of a JSON schema, and the values that it accepts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

Schema = dict[str, Any] | bool

KINDS = {
    "integer": ("a whole number", "whole numbers"),
    "number": ("a number", "numbers"),
    "boolean": ("true or false", "true or false"),
    "null": ("null", "null"),
    "string": ("a text", "texts in quotes"),
    "array": ("a list", "lists"),
    "object": ("a set of keys", "sets of keys"),
}
BOUNDS = {"minimum": "at least", "exclusiveMinimum": "above", "maximum": "at most", "exclusiveMaximum": "below"}


class SchemaWords:
    """Descriptions of the parts of one schema; its references are followed."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.schema = schema

    def description(self, path: Sequence[object]) -> str:
        """The description of the key at ``path``, or of the list that contains it; empty for the whole schema."""
        place, said = self.schema, ""
        for part in path:
            below = self.below(place, part)
            if below is None:
                return ""
            place = self.resolved(below)
            said = place.get("description", said if isinstance(part, int) else "")
        return said

    def at(self, path: Sequence[object]) -> dict[str, Any]:
        """The schema of the key at ``path``, which must exist."""
        place = self.schema
        for part in path:
            place = self.resolved(self.below(place, part) or {})
        return place

    def below(self, schema: Schema, part: object) -> Schema | None:
        """The schema of a key or item below ``schema``, in the first of its alternatives that has it."""
        schema = self.resolved(schema)
        if isinstance(part, int) and "items" in schema:
            return schema["items"]
        if part in schema.get("properties", {}):
            return schema["properties"][part]
        if isinstance(schema.get("additionalProperties"), dict):
            return schema["additionalProperties"]
        choices = [self.below(one, part) for one in alternatives(schema)]
        return next((choice for choice in choices if choice is not None), None)

    def resolved(self, schema: Schema) -> dict[str, Any]:
        """The schema behind a reference; keys beside the reference override those of the referenced schema."""
        while isinstance(schema, dict) and "$ref" in schema:
            target: Any = self.schema
            for part in schema["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            schema = target | {word: value for word, value in schema.items() if word != "$ref"}
        return schema if isinstance(schema, dict) else {}

    def named(self, schema: Schema) -> list[str]:
        """Every literal word that ``schema`` accepts, such as the choices of an enum."""
        schema = self.resolved(schema)
        own = [*schema.get("enum", ()), *([schema["const"]] if "const" in schema else ())]
        below = [word for one in alternatives(schema) for word in self.named(one)]
        return [word for word in own if isinstance(word, str)] + below

    def allowed(self, schema: Schema, of_many: bool = False) -> str:
        """The values that ``schema`` accepts, in words; ``of_many`` for the items of a list."""
        schema = self.resolved(schema)
        if alternatives(schema):
            return ", or ".join(dict.fromkeys(self.allowed(one, of_many) for one in alternatives(schema)))
        if "const" in schema:
            return typed(schema["const"])
        if "enum" in schema:
            return ("one of " if len(schema["enum"]) > 1 else "") + ", ".join(map(typed, schema["enum"]))
        kinds = schema.get("type", "object")
        return " or ".join(self._kind(kind, schema, of_many) for kind in ([kinds] if isinstance(kinds, str) else kinds))

    def _kind(self, kind: str, schema: dict[str, Any], of_many: bool) -> str:
        if kind == "array":
            return self._list(schema)
        if kind == "object":
            names = list(schema.get("properties", ()))
            return f"the keys {', '.join(names)} and their values" if names else "keys and values, such as name: value"
        limits = [f"{word} {schema[key]}" for key, word in BOUNDS.items() if key in schema and kind != "null"]
        return KINDS[kind][of_many] + (f" {' and '.join(limits)}" if limits else "")

    def _list(self, schema: dict[str, Any]) -> str:
        items = self.resolved(schema["items"])
        least, most = schema.get("minItems", 0), schema.get("maxItems")
        exactly = least if least == most else None
        count = f"{exactly} " if exactly else f"at least {least} " if least > 1 else ""
        some = f"at most {most}, " if most and not exactly else ""
        each = "each once, " if schema.get("uniqueItems") else ""
        example = f"[{', '.join(_examples(items, exactly or max(least, 2)))}]"
        return f"a list of {count}{self.allowed(items, of_many=True)}, {some}{each}such as {example}"


def alternatives(schema: dict[str, Any]) -> list[Schema]:
    """The alternatives of a schema."""
    return [*schema.get("oneOf", ()), *schema.get("anyOf", ())]


def typed(value: object) -> str:
    """A value of a schema as it is typed in YAML."""
    return value if isinstance(value, str) else json.dumps(value)


def _examples(items: dict[str, Any], count: int) -> list[str]:
    if "enum" in items:
        return [typed(one) for one in items["enum"][:count]]
    if "examples" in items:
        return items["examples"][:count]
    if "pattern" in items:
        return ["iemocap-meld", "meld-iemocap"][:count]
    if items["type"] == "string":
        return ['"01"', '"02"'][:count]
    if items["type"] == "integer":
        return [str(items.get("minimum", 0) + number) for number in range(count)]
    return [f"0.{number + 1}" for number in range(count)]
