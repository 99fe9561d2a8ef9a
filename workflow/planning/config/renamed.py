"""Old words of the config and their new names; an older config is refused, and the message gives the new name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

ANY = "*"
KEYS: dict[tuple[str, ...], str] = {
    ("validation",): "quality",
    ("gallery",): "faces",
    ("report",): "table1",
    ("fidelity",): "recipe_differences",
    ("corpora", ANY, "rules"): "reading",
    ("corpora", "mosei", "reading", "label_rule"): "label_choice",
    ("corpora", ANY, "reading", "classes"): "../labels",
    ("recipes", "release"): "published_code",
    ("recipes", ANY, "methods"): "algorithms",
    ("method_settings", ANY, "method"): "algorithm",
    ("synthetic", "release"): "published_code",
}
"""The path of an old key -> the new name of its last part; with ``../`` the new key is one section further up."""

VALUES: dict[str, dict[str, str]] = {
    "recipe": {"release": "published_code"},
    "textcnn_input": {"release_view": "published_code_view"},
    "entropy": {"log_determinant_release": "log_determinant_published_code"},
    "covariance": {"uncentred_release": "uncentred_published_code"},
    "family": {"log_exp_release": "log_exp_published_code"},
}
"""For a key in any section: its old values -> its new values."""


def first_old_word(config: dict[str, Any]) -> str:
    """Return one sentence about the first key or value that has a new name; empty if there is none."""
    for path, value in _entries(config, ()):
        where = ".".join(path)
        for old, new in KEYS.items():
            if len(path) == len(old) and all(part in (ANY, here) for part, here in zip(old, path, strict=True)):
                name = new.removeprefix("../")
                above = path[:-1] if name == new else path[:-2]
                return f"config: {where}: this key is called {name} now; write {'.'.join((*above, name))}"
        known = VALUES.get(path[-1], {})
        if isinstance(value, str) and value in known:
            return f"config: {where}: {value!r} is called {known[value]} now; write {known[value]}"
    return ""


def _entries(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the path and the value of every key, outer keys first."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield (*path, str(key)), below
            yield from _entries(below, (*path, str(key)))
