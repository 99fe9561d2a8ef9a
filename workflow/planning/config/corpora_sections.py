"""The section `corpora` of the config: one entry per corpus, with the settings of its reader."""

from __future__ import annotations

from importlib import import_module

from pydantic import Field

from extractors.corpora import READINGS
from extractors.corpora.classes import OWN_WORDS
from extractors.shared.settings import Settings, key, optional
from planning.config import sections
from planning.config.check import CORPORA
from planning.config.composed import Kind, compose, meaning_of

CORPUS_NAMES = {
    "propertyNames": {
        "description": "small letters, digits and _, a letter first, such as my_lab; not all or default, which mean"
        " others here",
        "pattern": "^(?!(all|default)$)[a-z][a-z0-9_]*$",
    }
}


WORDS = (
    "what each word of the release's labels stands for, such as joy: happy: one of the classes, or other, whose clips"
    " are left out; a class stands for itself"
)


def _corpus(reader: str) -> Kind:
    kind = READINGS[reader]
    words = optional(WORDS, absent={}) if reader == OWN_WORDS else key(WORDS)
    keys = {"reading": (kind, key(meaning_of(kind))), "labels": (sections.Words, words)}
    return compose(f"{kind.__name__}Corpus", meaning_of(kind), keys, sections.Corpus)


def _about(reader: str) -> str:
    """The first line of a reader's module, without the period."""
    return (import_module(f"extractors.corpora.{reader}").__doc__ or "").partition(".\n")[0]


OwnCorpus = _corpus("custom")


class NamedCorpora(Settings, extra="allow", json_schema_extra=CORPUS_NAMES):
    """The corpora of the paper, and any of your own."""

    __pydantic_extra__: dict[str, OwnCorpus] = Field(init=False)  # type: ignore[valid-type]


Corpora = compose(
    "Corpora", meaning_of(NamedCorpora), {name: (_corpus(name), key(_about(name))) for name in CORPORA}, NamedCorpora
)
