"""Arrays to numbers: the model, the losses, the methods, training, scoring and the report."""

from __future__ import annotations


def __getattr__(name: str) -> str:
    """The version of the installed distribution; a copy that was not installed has ``0+unknown``."""
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("amanda-mer")
    except PackageNotFoundError:
        return "0+unknown"
