"""The JSON schema of a class of settings, in the plain form from which the sentences about a config are made."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from extractors.shared.settings import Settings

Schema = dict[str, Any]

# Keys in pydantic's schema that add nothing, or that only pydantic uses.
DROPPED = ("title", "default", "discriminator")


def plain_schema(kind: type[Settings]) -> Schema:
    """The schema of a class and of all its keys; parts that occur twice become definitions with a name."""
    schema = _plain(kind.model_json_schema())
    seen = Counter((name, json.dumps(below)) for name, below in _keys(schema))
    again = [name for (name, _), count in seen.items() if count > 1]
    shared = {(name, text) for (name, text), count in seen.items() if count > 1 and again.count(name) == 1}
    for properties in list(_properties(schema)):
        for name, below in properties.items():
            if (name, json.dumps(below)) in shared and "$ref" not in below:
                properties[name] = {"$ref": f"#/$defs/keys/{name}"}
    schema["$defs"]["keys"] = {
        name: json.loads(text) for name, text in sorted(shared) if "$ref" not in json.loads(text)
    }
    return schema


def _plain(schema: Schema) -> Schema:
    found: Schema = {}
    for word, value in schema.items():
        if word in DROPPED:
            continue
        if word in ("properties", "$defs"):
            found[word] = {name: _plain(below) for name, below in value.items()}
        elif word in ("oneOf", "anyOf"):
            found["oneOf"] = [_plain(one) for one in value]
        elif isinstance(value, dict):
            found[word] = _plain(value)
        else:
            found[word] = value
    if "enum" in found or "const" in found:
        found.pop("type", None)  # the choices show the type
    return _with_null(found)


def _with_null(schema: Schema) -> Schema:
    """The schema with ``type: [..., null]`` if pydantic made two alternatives of a type and null."""
    other = [one for one in schema.get("oneOf", ()) if one != {"type": "null"}]
    if len(other) != 1 or "type" not in other[0]:
        return schema
    rest = {word: value for word, value in schema.items() if word != "oneOf"}
    return rest | other[0] | {"type": [other[0]["type"], "null"]}


def _properties(schema: Schema) -> Iterator[dict[str, Schema]]:
    for one in [schema, *schema["$defs"].values()]:
        yield one.get("properties", {})


def _keys(schema: Schema) -> Iterator[tuple[str, Schema]]:
    for properties in _properties(schema):
        yield from properties.items()
