"""Arrays to numbers: the model, the losses, the methods, training, scoring and the report.

``amanda.load(folder)`` loads a model that somebody shared; ``docs/sharing.md`` says what it can do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from amanda.sharing.loading import load

__all__ = ["load"]


def __getattr__(name: str) -> Any:
    """``load``, imported when it is asked for, and the version of the installed distribution, else ``0+unknown``."""
    if name == "load":
        from amanda.sharing.loading import load

        return load
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("amanda-mer")
    except PackageNotFoundError:
        return "0+unknown"
