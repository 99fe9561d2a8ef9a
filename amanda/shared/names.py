"""Display names of corpora, pairs and methods, for titles, tables and sentences."""

from __future__ import annotations

_FULL = {"iemocap": "IEMOCAP", "meld": "MELD", "mosei": "CMU-MOSEI", "msp_improv": "MSP-IMPROV"}
_SHORT = {"iemocap": "IE.", "meld": "ME.", "mosei": "MO.", "msp_improv": "MS."}
"""The paper's abbreviations (caption of Table 1)."""

_METHODS = {
    "D.T.": "No adaptation (direct transfer)",
    "DANN": "Domain-adversarial (DANN)",
    "CDAN": "Conditional adversarial (CDAN)",
    "CDAN+E": "Conditional, by entropy (CDAN+E)",
    "MADA": "Multi-adversarial (MADA)",
    "DALN": "Without discriminator (DALN)",
    "A-N(p = 1)": "Amanda, norm, p = 1",
    "A-N(p = 2)": "Amanda, norm, p = 2",
    "A-N(p = ∞)": "Amanda, norm, p = ∞",
    "A-L(t = 1)": "Amanda, log-exp, t = 1",
    "A. w/o CA": "Amanda without correlation alignment",
}
"""The paper's abbreviations of Table 1's rows."""


def method_name(label: str) -> str:
    """A row of Table 1 in words; a label that is not in the paper is unchanged."""
    return _METHODS.get(label, label)


def corpus_name(corpus: str) -> str:
    """A corpus as its authors write it, such as ``MSP-IMPROV``; a user's own corpus has its name from the config."""
    return _FULL.get(corpus, corpus)


def pair_name(pair: str) -> str:
    """A pair ``source-target`` in words, such as ``IEMOCAP → MSP-IMPROV``."""
    return " → ".join(map(corpus_name, pair.split("-")))


def short_pair_name(pair: str) -> str:
    """A pair as the paper writes it, such as ``IE.→MS.``."""
    return "→".join(_SHORT.get(corpus, corpus) for corpus in pair.split("-"))
