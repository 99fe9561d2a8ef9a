"""Digests of the files that programs read and no rule makes, for each corpus and modality of a study.

They are parameters of the rules, so an edit of such a file reruns the steps that read it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from extractors.shared.clip import MEDIA
from planning import outside
from planning.study import Study


@cache
def label_files(study: Study, corpus: str) -> str:
    """Digest the label files of a release and the user's own tables; after an edit the release is read again."""
    if study.has_twin(corpus):
        return outside.of_tables(study.config["corpora"][corpus]["reading"])
    return outside.of_labels(*_read_from(study, corpus))


@cache
def media_files(study: Study, corpus: str, modalities: tuple[str, ...]) -> str:
    """Digest names and sizes of the media of those of the modalities that the corpus has.

    Empty for a twin, which a rule makes and no one edits, and if no media are read.
    """
    kinds = kinds_of(study, corpus, modalities)
    none = study.has_twin(corpus) or not kinds
    return "" if none else outside.of_media(*_read_from(study, corpus), kinds)


def kinds_of(study: Study, corpus: str, modalities: Iterable[str]) -> list[str]:
    """The kinds of media, ``audio`` and ``video``, that hold some modalities of a corpus."""
    there = study.config["corpora"][corpus]["modalities"]
    return [MEDIA[name] for name in modalities if name in MEDIA and name in there]


@cache
def network_files(study: Study, modality: str) -> str:
    """Digest the files of a backbone, a detector and a landmark network; a tiny backbone is already an input."""
    settings = study.extraction(modality)
    names = [] if study.synthetic else [settings["backbone"]]
    names.append(settings.get("detector_weights", ""))
    if settings.get("face_crop") == "aligned":
        names.append(settings["landmark_weights"])
    return outside.of_network(list(filter(None, names)))


def _read_from(study: Study, corpus: str) -> tuple[str, str, dict[str, Any], tuple[str, ...]]:
    """Return release, reader, choices of reading and modalities of a corpus."""
    own = study.config["corpora"][corpus]
    return own["release"], own["reading"].get("reader", corpus), own["reading"], tuple(own["modalities"])
