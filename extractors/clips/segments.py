"""Clips of a manifest -> a clip for each segment of speech in them, with the words that are said in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from extractors.clips.sidecars import Cue, find_sidecar, timed_cues
from extractors.clips.speech import QUIET, Speech
from extractors.shared.clip import Row
from extractors.shared.program import UserError

NO_SPEECH = "no speech was found in it"
"""The reason for leaving a recording out in which nobody speaks."""

UNTIMED = "its words have no times, so no segment has them; give them as .srt or .vtt"
"""The remark on a clip whose words cannot be shared out."""


@dataclass(frozen=True, slots=True)
class Segmented:
    """The segments of a clip.

    Attributes:
        rows: of the manifest, one for each segment; the clip itself, excluded, where it has none.
        remarks: what a person should know of the clip's sound and words.
    """

    rows: list[Row]
    remarks: list[str]


def segment_clip(clip: Row, speech: Speech, root: Path) -> Segmented:
    """Cut a clip at the speech in its file of sound.

    A segment is named by the clip and its seconds in the file of sound, as in ``talk.mp4#t=12.30,15.80``.

    Args:
        clip: a row of the manifest.
        speech: what is said in the file.
        root: the folder that the manifest's paths start from.
    """
    low, high = clip["audio_start"] or 0.0, float("inf") if clip["audio_end"] is None else clip["audio_end"]
    inside = [(max(begin, low), min(end, high)) for begin, end in speech.segments if begin < high and end > low]
    quiet = [_too_quiet(speech.decibels)] if speech.decibels < QUIET else []
    if not inside:
        return Segmented([clip | {"status": "excluded", "reason": "; ".join([NO_SPEECH, *quiet])}], [])
    later = (clip["video_start"] or 0.0) - low  # where the file of pictures has another clock than that of sound
    shown = [(begin + later, end + later) for begin, end in inside]
    words, remarks = _words(clip, shown, root)
    rows = [
        clip
        | {"clip_id": f"{clip['clip_id']}#t={begin:.2f},{end:.2f}", "text": text}
        | {"audio_start": begin, "audio_end": end, "video_start": first, "video_end": last}
        for (begin, end), (first, last), text in zip(inside, shown, words, strict=True)
    ]
    return Segmented(rows, quiet + remarks)


def _too_quiet(decibels: float) -> str:
    return f"its sound is quiet ({decibels:.0f} dBFS), where speech is missed; make it louder"


def _words(clip: Row, shown: Sequence[tuple[float, float]], root: Path) -> tuple[list[str], list[str]]:
    """The words of each segment, and remarks."""
    silent = [""] * len(shown)
    sidecar = find_sidecar(root / clip["video"])
    try:
        cues = timed_cues(sidecar) if sidecar else []
    except UserError as error:
        return silent, [str(error)]
    if not cues:
        return silent, ["its words have no times, so no segment has them; give them as .srt or .vtt"] * bool(
            clip["text"]
        )
    begin, end = clip["video_start"] or 0.0, float("inf") if clip["video_end"] is None else clip["video_end"]
    said = [cue for cue in cues if begin < cue.end and cue.start < end]
    words, lost = share_out(said, shown)
    return words, [f"{lost} of {len(said)} cues lie outside all speech, and are left out"] * bool(lost)


def share_out(cues: Sequence[Cue], segments: Sequence[tuple[float, float]]) -> tuple[list[str], int]:
    """Give each cue to the segment with which it shares the most time.

    Args:
        cues: in the order in which they are said.
        segments: seconds at which each begins and ends.

    Returns:
        The words of each segment, and how many cues share no time with any.
    """
    words: list[list[str]] = [[] for _ in segments]
    lost = 0
    for cue in cues:
        shared = [min(cue.end, end) - max(cue.start, begin) for begin, end in segments]
        best = max(range(len(segments)), key=shared.__getitem__)
        if shared[best] > 0:
            words[best].append(cue.text)
        else:
            lost += 1
    return [" ".join(said) for said in words], lost
