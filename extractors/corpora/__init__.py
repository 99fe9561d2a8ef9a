"""The corpora: a reader each, found by name in :data:`READERS`; a new one is a file beside these and a line here."""

from __future__ import annotations

READERS = {
    "iemocap": ("extractors.corpora.iemocap", "IemocapReading"),
    "meld": ("extractors.corpora.meld", "MeldReading"),
    "mosei": ("extractors.corpora.mosei", "MoseiReading"),
    "msp_improv": ("extractors.corpora.msp_improv", "MspImprovReading"),
    "custom": ("extractors.corpora.custom", "CustomReading"),
}
"""Name -> module of a reader and the class of its settings, imported only when it is asked for."""
