"""Map the label words of a release to the classes of the study, as the config defines."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from extractors.corpora.outcome import other_emotion
from extractors.shared.clip import Clip
from extractors.shared.program import UserError

OTHER = "other"
"""The config's value for a word whose clips are listed but left out."""

OWN_WORDS = "custom"
"""The reader of the user's own tables. A label word without a class is an error in such a table."""

_NO_WORDS = ("yes", "no", "on", "off", "true", "false", "null")
"""Words that YAML reads as another type unless they are in quotes."""


def meanings(corpus: str, labels: Mapping[str, str], classes: Sequence[str]) -> dict[str, str]:
    """Label word in lower case -> its class or ``other``. The config may also map a class's name to another class.

    Args:
        corpus: name of the corpus in the config, for messages.
        labels: the config's ``corpora.<name>.labels``: word -> a class, or ``other``.
        classes: the config's ``classes``.

    Raises:
        UserError: a word is mapped to an unknown class, or occurs twice with different classes.
    """
    said: dict[str, str] = {}
    for word, name in labels.items():
        if name not in (*classes, OTHER):
            raise UserError(
                f"config: corpora.{corpus}.labels: {word!r} stands for {name!r}, which is none of the classes"
                f" {', '.join(classes)}; write one of these, or {OTHER} to leave its clips out"
            )
        if said.setdefault(plain(word), name) != name:
            raise UserError(f"config: corpora.{corpus}.labels: {word!r} stands for two classes; leave one line for it")
    return {plain(name): name for name in classes} | said


def classify(clips: Iterable[Clip], corpus: str, reader: str, meant: Mapping[str, str]) -> list[Clip]:
    """Replace the label word of each clip by its class.

    A clip whose word has no class is excluded for this reason, even if it also has another reason. A clip without a
    word does not change: it is unlabelled, or excluded for another reason.

    Args:
        clips: the clips of a reader.
        corpus: name of the corpus in the config, for messages.
        reader: name of the reader.
        meant: result of :func:`meanings`.

    Raises:
        UserError: a word in a user's own table has no class.
    """
    return [_classified(clip, corpus, reader, meant) if clip.label else clip for clip in clips]


def _classified(clip: Clip, corpus: str, reader: str, meant: Mapping[str, str]) -> Clip:
    name = meant.get(plain(clip.label))
    if name is None and reader == OWN_WORDS:
        raise UserError(_slip(clip, corpus, list(dict.fromkeys(each for each in meant.values() if each != OTHER))))
    if name is None or name == OTHER:
        return replace(clip, label="", status="excluded", reason=other_emotion(clip.label))
    return replace(clip, label=name)


def _slip(clip: Clip, corpus: str, classes: Sequence[str]) -> str:
    word = clip.label[:40]
    letters = "" if word.isascii() else f" ({word!a})"
    key = word if word.isalpha() and word.lower() not in _NO_WORDS else f'"{word}"'
    return (
        f"{clip.place}: label is {word!r}{letters}; use one of {', '.join(classes)}, or say what it stands for in"
        f" corpora.{corpus}.labels, such as {key}: {classes[0]}, or {OTHER} to leave its clips out"
    )


def plain(word: str) -> str:
    """A word in lower case and in Unicode's composed form (NFC)."""
    return unicodedata.normalize("NFC", word).lower()
