"""The interface of a reader: a module that yields the clips of a release and names the files that they depend on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from extractors.corpora import READERS
from extractors.corpora.reading import AnyReading, Reading
from extractors.corpora.sources import Sources
from extractors.shared.clip import Clip
from extractors.shared.program import UserError


@dataclass(frozen=True, slots=True)
class Reader:
    """The contents of the module of a reader.

    Attributes:
        read_release: root of a release, the choices of the config and the modalities that the corpus has -> its clips,
            used or not; a :class:`UserError` if the release is incomplete or wrong. Label files are opened here and
            nowhere else.
        sources: the same -> the files that the clips depend on; it opens no other.
        HOW_TO_GET: how a person gets the release, for the message when it is not there.
        settings: the class of the choices; ``READERS`` names it.
        about: the first sentence of the module.
    """

    read_release: Callable[[Path, Reading, Sequence[str]], Iterable[Clip]]
    sources: Callable[[Path, Reading, Sequence[str]], Sources]
    HOW_TO_GET: str
    settings: type[AnyReading]
    about: str


def load_reader(name: str) -> Reader:
    """The reader that ``READERS`` names; no other reader's module is imported."""
    path, kind = READERS[name]
    module = import_module(path)
    about = (module.__doc__ or "").partition(".\n")[0]
    return Reader(module.read_release, module.sources, module.HOW_TO_GET, getattr(module, kind), about)


def reader_of(corpus: str, reading: Mapping[str, Any]) -> str:
    """The name of the reader of a corpus: its own, or the one that the config names.

    Raises:
        UserError: there is no such reader.
    """
    reader = str(reading.get("reader", corpus))
    if reader not in READERS:
        raise UserError(f"corpora.{corpus}: no reader {reader!r}; set reading.reader to one of {', '.join(READERS)}")
    return reader
