"""A timeline as WebVTT, the subtitles of the web: a player shows each answer during its clip."""

from __future__ import annotations

from collections.abc import Sequence

from amanda.prediction.timeline import NOT_EMOTIONS, Spoken, said


def webvtt(spoken: Sequence[Spoken], model: str, warning: str) -> str:
    """The text of a file of subtitles (W3C, WebVTT: The Web Video Text Tracks Format).

    Args:
        spoken: the clips of one recording, in order of time.
        model: the model's name.
        warning: the warning about the model; may be empty.
    """
    cues = [f"NOTE {_plain(f'Emotions by {model}. {warning}')}"]
    remark = f" ({NOT_EMOTIONS})" if warning else ""
    for number, clip in enumerate(spoken, 1):
        lines = [f"{number}", f"{_time(clip.begin)} --> {_time(clip.end)}", _plain(said(clip.answer) + remark)]
        cues.append("\n".join([*lines, _plain(clip.text)] if clip.text else lines))
    return "WEBVTT\n\n" + "\n\n".join(cues) + "\n"


def _time(seconds: float) -> str:
    whole, thousandths = divmod(round(1000 * seconds), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}.{thousandths:03}"


def _plain(text: str) -> str:
    """The text as one line without markup and without arrows; a line with an arrow would be read as times."""
    return " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
