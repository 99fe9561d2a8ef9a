"""Why a clip is used or not, in the words that manifests and reports repeat."""

from __future__ import annotations

import re
from collections.abc import Iterable

from extractors.shared.clip import MEDIA

NO_MEDIA = "no media file"
"""Beginning of the reason of a clip whose video or audio is not in the release."""

NO_TRANSCRIPT = "no transcript"
"""Remark on a clip that is used with an empty text."""

_LOST = "\ufffd"
_DECODED_TWICE = re.compile("â€[\x9d˜™š›œžŸ“”„¦¢]|Ã[¡-ª¬-º¼-¿]")
"""The result for ``’`` or ``é`` if UTF-8 is read as Windows-1252: signs that never follow these letters."""


def outcome(exclusions: list[str], remarks: list[str]) -> tuple[str, str]:
    """Status and reason of a clip: excluded for the first exclusion that is not empty, else ``ok`` with its remarks."""
    for reason in exclusions:
        if reason:
            return "excluded", reason
    return "ok", "; ".join(filter(None, remarks))


def about_text(modalities: Iterable[str], text: str) -> str:
    """The remark on a clip's text, which is used as it stands: it is empty, or was spoilt before it came here.

    Args:
        modalities: those of the corpus; where text is none of them, there is nothing to remark.
        text: what is said.
    """
    if "text" not in modalities:
        return ""
    if not text:
        return NO_TRANSCRIPT
    if _LOST in text:
        return "letters of the text were lost when it was saved (U+FFFD)"
    return "the text was decoded wrongly when it was saved (such as â€™ for ’)" if _DECODED_TWICE.search(text) else ""


def missing_media(modalities: Iterable[str], **files: str) -> str:
    """The reason for leaving a clip out when a file that it needs was not found, else an empty string.

    Args:
        modalities: those of the corpus.
        files: kind=path, empty where it was not found: ``video``, ``audio``, or ``clip`` for both in one.
    """
    needed = {MEDIA[name] for name in modalities if name in MEDIA}
    missing = [kind for kind, path in files.items() if not path and (kind in needed or (kind == "clip" and needed))]
    return f"{NO_MEDIA}: {' and '.join(missing)}" if missing else ""


def other_emotion(raw: str) -> str:
    """The reason for leaving out a clip whose label is not mapped to a class."""
    return f"emotion {raw!r} is none of the classes"
