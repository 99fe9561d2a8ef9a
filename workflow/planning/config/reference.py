"""The page of the docs that lists every key of the config, made from its schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planning.config.words import SchemaWords, alternatives

HEAD = """# Every key of the config

`make schema` makes this page from the classes of settings; edit those. `config.yaml` gives the source of each value.
Every key is required, except keys that are marked *optional* and keys of a section that replaces keys of another
section. No number depends on a key that is marked *no number*: if only such keys change, extracted features are kept.
"""
ROW = "| {} | {} | {} |"


def reference(schema: dict[str, Any]) -> str:
    """The page: a table for each section."""
    words = SchemaWords(schema)
    parts = [HEAD, *_table("Top level", schema, words, deep=False)]
    for name, below in schema["properties"].items():
        if "properties" in words.resolved(below) or "additionalProperties" in words.resolved(below):
            parts += _table(f"`{name}`", below, words)
    return "\n".join(parts)


def _table(title: str, schema: dict[str, Any], words: SchemaWords, deep: bool = True) -> list[str]:
    found = words.resolved(schema)
    lines = [f"## {title}", "", *([_sentence(found["description"]), ""] if deep else [])]
    return [*lines, ROW.format("key", "may be", "meaning"), "|---|---|---|", *_rows(found, words, "", deep), ""]


def _rows(schema: dict[str, Any], words: SchemaWords, above: str, deep: bool) -> Iterator[str]:
    named = dict(schema.get("properties", {}))
    if isinstance(schema.get("additionalProperties"), dict):
        named["<name>"] = schema["additionalProperties"]
    for name, below in named.items():
        found = words.resolved(below)
        path = f"{above}{name}"
        yield ROW.format(f"`{path}`", _cell(_may_be(found, words)), _cell(_meaning(found, name, schema)))
        if deep and _is_open(found):
            yield from _rows(found, words, f"{path}.", deep)


def _is_open(schema: dict[str, Any]) -> bool:
    """Whether the keys below a key are listed. Keys that replace others are not, because their section lists them."""
    keys = "properties" in schema or isinstance(schema.get("additionalProperties"), dict)
    return keys and ("required" in schema or "properties" not in schema)


def _may_be(schema: dict[str, Any], words: SchemaWords) -> str:
    if "properties" in schema:
        return "keys" if "required" in schema else f"some of {', '.join(schema['properties'])}"
    if alternatives(schema):
        return " or ".join(_may_be(words.resolved(one), words) for one in alternatives(schema))
    said = words.allowed(schema)
    return f"{said} ({schema['unit']})" if "unit" in schema else said


def _meaning(schema: dict[str, Any], name: str, parent: dict[str, Any]) -> str:
    marks = [] if name in parent.get("required", ()) or "required" not in parent else ["optional"]
    marks += ["no number"] if schema.get("counts") is False else []
    return schema.get("description", "") + "".join(f" *{mark}*" for mark in marks)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].removesuffix('.')}."


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
