"""Words without quotes that YAML reads as something else: ``no`` as False, ``010`` as 8, ``1:30`` as 90.

For YAML such a value is no mistake, so it is looked for here: keys that are not texts, other values if the schema
requires a text, texts such as ``1e-4`` if it requires a number, and numbers whose digits mean something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from jsonschema import ValidationError

from planning.config.files import LOADER

KeyPath = tuple[Any, ...]

_TAG = "tag:yaml.org,2002:"
_UNLIKE = {False: "no, off or false", True: "yes, on or true", None: "null, ~ or nothing"}
"""Value -> words that may have been typed for it, if no file shows the word."""
_OTHER_BASE = re.compile(r"[-+]?(?:0[0-7_]+|[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?)", re.ASCII)
_POWER = re.compile(r"([-+]?\d+)(?:\.(\d*))?[eE]([-+]?)(\d+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Typed:
    """A key or value as it was typed in a file."""

    path: KeyPath
    text: str
    value: Any
    where: str


def first_guess(config: Any, errors: Sequence[ValidationError], files: Iterable[str | Path]) -> str:
    """One sentence about the first value that YAML reads as something else than was typed; empty if there is none.

    Args:
        config: the whole config.
        errors: the errors of its check by the schema.
        files: the files that it was read from; the sentence quotes the typed word and its line.
    """
    typed = [scalar for file in files for scalar in _typed(Path(file))]
    for path, key in _keys(config, ()):
        if not isinstance(key, str):
            return _sentence((*path, key), key, typed, path)
    for error in _innermost(errors):
        path = tuple(error.absolute_path)
        if error.validator == "type" and error.validator_value == "string" and _is_guess(error.instance):
            return _sentence(path, error.instance, typed, path)
        if error.validator == "type" and error.validator_value in ("number", "integer"):
            power = _POWER.fullmatch(error.instance) if isinstance(error.instance, str) else None
            if power:
                number = f"{power[1]}.{power[2] or 0}e{power[3] or '+'}{power[4]}"
                return f"config: {_dotted(path)}: {power[0]} is a text to YAML, not a number; write {number}"
    for scalar in typed:
        if _OTHER_BASE.fullmatch(scalar.text) and type(scalar.value) in (int, float):
            return (
                f"config: {_dotted(scalar.path)} ({scalar.where}): YAML reads {scalar.text} as {scalar.value};"
                " write the number plainly, or put quotes around a text"
            )
    return ""


def _sentence(path: KeyPath, value: Any, typed: list[Typed], shown: KeyPath) -> str:
    found = next((scalar for scalar in typed if scalar.path == path and scalar.value == value), None)
    if found:
        place, text, quoted = f" ({found.where})", found.text, f'"{found.text}"'
    else:
        known = _UNLIKE.get(value) if value is None or isinstance(value, bool) else None
        place, text = "", known or str(value)
        quoted = f'"{text.split(",")[0]}"'
    where = f"config: {_dotted(shown)}{place}"
    if value is None and found and not text:
        return f'{where}: nothing stands there; write "" for an empty text'
    kind = "the date " if isinstance(value, date) else "the number " if type(value) in (int, float) else ""
    return f"{where}: YAML reads {text} without quotes as {kind}{value}; put quotes around it: {quoted}"


def _keys(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, Any]]:
    """Every key of every mapping, with the path of the mapping."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield path, key
            yield from _keys(item, (*path, key))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _keys(item, (*path, place))


def _innermost(errors: Iterable[ValidationError]) -> Iterator[ValidationError]:
    """The errors, and those of each alternative of the schema."""
    for error in errors:
        yield error
        yield from _innermost(error.context or ())


def _is_guess(value: Any) -> bool:
    return value is None or isinstance(value, bool | int | float | date)


def _typed(file: Path) -> Iterator[Typed]:
    """Every key and value without quotes in a file that YAML does not read as a text."""
    try:
        with file.open(encoding="utf-8") as stream:
            root = yaml.compose(stream, Loader=LOADER)
    except (OSError, UnicodeError, yaml.YAMLError):
        return  # the program that reads the config reports this mistake
    yield from _scalars(root, (), file)


def _scalars(node: yaml.Node | None, path: KeyPath, file: Path) -> Iterator[Typed]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.tag == f"{_TAG}merge":
                yield from _scalars(value, path, file)
                continue
            name = _value(key)
            yield from _scalars(key, (*path, name), file)
            yield from _scalars(value, (*path, name), file)
    elif isinstance(node, yaml.SequenceNode):
        for place, item in enumerate(node.value):
            yield from _scalars(item, (*path, place), file)
    elif isinstance(node, yaml.ScalarNode) and node.tag != f"{_TAG}str":
        yield Typed(path, node.value, _value(node), f"{file.name}:{node.start_mark.line + 1}")


def _value(node: yaml.Node) -> Any:
    """The value that YAML reads for a key or value that is no list or mapping."""
    if not isinstance(node, yaml.ScalarNode) or node.tag == f"{_TAG}str":
        return node.value
    try:
        return yaml.load(node.value, Loader=LOADER)
    except yaml.YAMLError:
        return node.value


def _dotted(path: KeyPath) -> str:
    return ".".join(map(str, path)) or "(top level)"
