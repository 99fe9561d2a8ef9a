"""The corpora: a reader each, ``read_release(root, reading, modalities) -> clips``, found by name in :data:`CORPORA`.

Each says in ``sources(root, reading, modalities) -> Sources`` which files its clips depend on; it opens no other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from extractors.corpora import custom, iemocap, meld, mosei, msp_improv
from extractors.corpora.reading import AnyReading
from extractors.shared.program import UserError

CORPORA = {
    "iemocap": iemocap.read_release,
    "meld": meld.read_release,
    "mosei": mosei.read_release,
    "msp_improv": msp_improv.read_release,
    "custom": custom.read_release,
}

SOURCES = {
    "iemocap": iemocap.sources,
    "meld": meld.sources,
    "mosei": mosei.sources,
    "msp_improv": msp_improv.sources,
    "custom": custom.sources,
}
"""Name of a reader -> what tells the files that its clips depend on; a :class:`UserError` where the reader has one."""

READINGS: dict[str, type[AnyReading]] = {
    "iemocap": iemocap.IemocapReading,
    "meld": meld.MeldReading,
    "mosei": mosei.MoseiReading,
    "msp_improv": msp_improv.MspImprovReading,
    "custom": custom.CustomReading,
}
"""Name of a reader -> the class of the choices that the config makes about it."""

HOW_TO_GET = {
    "iemocap": "request IEMOCAP_full_release at https://sail.usc.edu/iemocap/iemocap_release.htm",
    "meld": "download and unpack MELD.Raw.tar.gz from https://affective-meld.github.io",
    "mosei": "request CMU_MOSEI.zip from the CMU MultiComp lab (github.com/CMU-MultiComp-Lab/CMU-MultimodalSDK)",
    "msp_improv": "request MSP-IMPROV at https://ecs.utdallas.edu/research/researchlabs/msp-lab/MSP-Improv.html",
}
"""How a person comes by each release, for the message when it is not there."""


def reader_of(corpus: str, reading: Mapping[str, Any]) -> str:
    """The name of the reader of a corpus: its own, or the one that the config names.

    Raises:
        UserError: there is no such reader.
    """
    reader = str(reading.get("reader", corpus))
    if reader not in CORPORA:
        raise UserError(f"corpora.{corpus}: no reader {reader!r}; set reading.reader to one of {', '.join(CORPORA)}")
    return reader
