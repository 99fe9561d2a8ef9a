"""Names that people see: of corpora and of pairs of them, in titles, tables and sentences."""

from __future__ import annotations

_FULL = {"iemocap": "IEMOCAP", "meld": "MELD", "mosei": "CMU-MOSEI", "msp_improv": "MSP-IMPROV"}
_SHORT = {"iemocap": "IE.", "meld": "ME.", "mosei": "MO.", "msp_improv": "MS."}
"""The paper's abbreviations (caption of Table 1)."""


def corpus_name(corpus: str) -> str:
    """A corpus as its authors write it, such as ``MSP-IMPROV``; a user's own is called as in the config."""
    return _FULL.get(corpus, corpus)


def pair_name(pair: str) -> str:
    """A pair ``source-target`` in words, such as ``IEMOCAP → MSP-IMPROV``."""
    return " → ".join(map(corpus_name, pair.split("-")))


def short_pair_name(pair: str) -> str:
    """A pair as the paper writes it, such as ``IE.→MS.``."""
    return "→".join(_SHORT.get(corpus, corpus) for corpus in pair.split("-"))
