"""Classes of settings that are composed from others: more keys, optional keys, the keys of several classes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import ConfigDict, create_model

from extractors.shared.settings import Settings

Kind = type[Settings]
Keys = dict[str, Any]
"""Name of a key -> its type, and its description by :func:`key`."""


def compose(name: str, meaning: str, keys: Keys, base: Kind = Settings) -> Kind:
    """A class with these keys and the keys of ``base``."""
    return create_model(name, __base__=base, __doc__=meaning, __module__=__name__, **keys)


def some_of(kind: Kind, meaning: str) -> Kind:
    """A class of which any subset of keys may be given; they replace those of another section."""
    body = {"__doc__": meaning, "__module__": __name__, "model_config": ConfigDict(json_schema_extra=_none_required)}
    return type(f"Some{kind.__name__}", (kind,), body)


def _none_required(schema: dict[str, Any]) -> None:
    schema.pop("required", None)


def meaning_of(kind: Kind) -> str:
    """The first line of a class's docstring, as the meaning of a key."""
    said = " ".join((kind.__doc__ or "").split()).removesuffix(".")
    return said[0].lower() + said[1:] if said[1].islower() else said


def keys_of_all(kinds: Iterable[Kind]) -> Keys:
    """Every key that one of the classes has.

    Raises:
        ValueError: two classes define the same key differently.
    """
    found: Keys = {}
    for kind in kinds:
        for name, field in kind.model_fields.items():
            if name in found and repr(found[name][1]) != repr(field):
                raise ValueError(f"{kind.__name__}.{name}: another algorithm has another key of this name; rename one")
            found[name] = (field.annotation, field)
    return found
