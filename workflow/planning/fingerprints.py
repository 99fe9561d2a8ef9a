"""Digests of the code that a program runs: without the algorithms, readers and extractors that it does not import."""

from __future__ import annotations

from collections.abc import Iterable

from amanda.algorithms import ALGORITHMS
from extractors.corpora import READERS
from extractors.modalities import EXTRACTORS
from extractors.shared.fingerprint import fingerprint
from planning.methods import Method
from planning.study import Study


def algorithms_code(program: str, methods: Iterable[Method]) -> str:
    """Digest a program and the algorithms of some methods, without the code of other algorithms."""
    return fingerprint(program, *sorted({ALGORITHMS[method["algorithm"]][0] for method in methods}))


def reader_code(program: str, study: Study, corpus: str) -> str:
    """The digest of a program and of the reader that it imports for the corpus."""
    reader = study.config["corpora"][corpus]["reading"].get("reader", corpus)
    return fingerprint(program, READERS[reader][0])


def extractor_code(program: str, modality: str) -> str:
    """The digest of a program and of the extractor that it imports for the modality."""
    return fingerprint(program, EXTRACTORS[modality][0])
