"""From the words of a release to the classes of the study: what each clip's label stands for, by the config."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from extractors.corpora.outcome import other_emotion
from extractors.shared.clip import Clip
from extractors.shared.program import UserError

OTHER = "other"
"""What the config says of a word whose clips are listed and left out."""

OWN_WORDS = "custom"
"""The reader of tables whose words the user chose: of those, one that stands for nothing is a slip of the pen."""

_NO_WORDS = ("yes", "no", "on", "off", "true", "false", "null")
"""What YAML takes for something else than a word, unless quotes stand around it."""


def meanings(corpus: str, labels: Mapping[str, str], classes: Sequence[str]) -> dict[str, str]:
    """What each word stands for, by the word in small letters: a class stands for itself unless the config says else.

    Args:
        corpus: its name in the config, for the messages.
        labels: the config's ``corpora.<name>.labels``: word -> a class, or ``other``.
        classes: the config's ``classes``.

    Raises:
        UserError: a word stands for what is no class, or is there twice and means two things.
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
    """Give each clip, whose ``label`` is a word of its release, the class that the word stands for.

    A word without a class leaves its clip out, whatever else speaks against the clip. A clip without a word stays as
    its reader told it: unlabelled, or left out for another reason.

    Args:
        clips: of a reader.
        corpus: its name in the config, for the message.
        reader: its name.
        meant: of :func:`meanings`.

    Raises:
        UserError: a table of the user's own has a word that stands for nothing.
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
    """A word in small letters, however its accents are stored."""
    return unicodedata.normalize("NFC", word).lower()
