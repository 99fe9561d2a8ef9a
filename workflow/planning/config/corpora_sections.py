"""The section `corpora` of the config: one entry per corpus, with the settings of its reader."""

from __future__ import annotations

from functools import reduce
from operator import or_

from pydantic import Field

from extractors.corpora import READERS
from extractors.corpora.base import load_reader
from extractors.corpora.classes import OWN_WORDS
from extractors.shared.settings import Settings, key, optional
from planning.config import sections
from planning.config.check import CORPORA
from planning.config.composed import Kind, compose, meaning_of

CORPUS_NAMES = {
    "propertyNames": {
        "description": "small letters, digits and _, a letter first, such as my_lab; not all or default, which have"
        " another meaning",
        "pattern": "^(?!(all|default)$)[a-z][a-z0-9_]*$",
    }
}


WORDS = (
    "words of the release's labels and their classes, such as joy: happy; clips of class other are left out; the name"
    " of a class needs no entry"
)


def _corpus(reader: str) -> Kind:
    kind = load_reader(reader).settings
    words = optional(WORDS, absent={}) if reader == OWN_WORDS else key(WORDS)
    keys = {"reading": (kind, key(meaning_of(kind))), "labels": (sections.Words, words)}
    return compose(f"{kind.__name__}Corpus", meaning_of(kind), keys, sections.Corpus)


OwnCorpus = reduce(or_, [_corpus(reader) for reader in READERS if reader not in CORPORA])


class NamedCorpora(Settings, extra="allow", json_schema_extra=CORPUS_NAMES):
    """The corpora of the paper, and any of your own."""

    __pydantic_extra__: dict[str, OwnCorpus] = Field(init=False)  # type: ignore[valid-type]


Corpora = compose(
    "Corpora",
    meaning_of(NamedCorpora),
    {name: (_corpus(name), key(load_reader(name).about)) for name in CORPORA},
    NamedCorpora,
)
