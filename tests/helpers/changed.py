"""Settings of a program with some keys replaced."""

from __future__ import annotations

from typing import Any

from extractors.shared.settings import Kind, settings_of


def changed(settings: Kind, **keys: Any) -> Kind:
    """The settings with other values of some keys, checked as a program checks them."""
    return settings_of(type(settings), settings.as_json() | keys)
