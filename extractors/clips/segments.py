"""Clips of a manifest -> one clip for each segment of speech in them, with the words of the segment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from extractors.clips.sidecars import Cue, find_sidecar, timed_cues
from extractors.clips.speech import QUIET, Speech
from extractors.shared.clip import Row
from extractors.shared.program import UserError

NO_SPEECH = "no speech was found in it"
"""The reason for leaving out a recording without speech."""

UNTIMED = "its words have no times, so no segment has them; give them as .srt or .vtt"
"""The remark on a clip whose words cannot be assigned to segments."""


@dataclass(frozen=True, slots=True)
class Segmented:
    """The segments of a clip.

    Attributes:
        rows: rows of the manifest, one for each segment. A clip without speech is one row, which is excluded.
        remarks: remarks for the user about the clip's sound and words.
    """

    rows: list[Row]
    remarks: list[str]


def segment_clip(clip: Row, speech: Speech, root: Path) -> Segmented:
    """Cut a clip into the segments of speech in its sound file.

    The name of a segment is the clip's name and the segment's seconds in the sound file: ``talk.mp4#t=12.30,15.80``.

    Args:
        clip: a row of the manifest.
        speech: the speech in the sound file.
        root: the folder to which the manifest's paths are relative.
    """
    low, high = clip["audio_start"] or 0.0, float("inf") if clip["audio_end"] is None else clip["audio_end"]
    inside = [(max(begin, low), min(end, high)) for begin, end in speech.segments if begin < high and end > low]
    quiet = [_too_quiet(speech.decibels)] if speech.decibels < QUIET else []
    if not inside:
        return Segmented([clip | {"status": "excluded", "reason": "; ".join([NO_SPEECH, *quiet])}], [])
    later = (clip["video_start"] or 0.0) - low  # the clocks of video and sound files may differ
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
    """Assign each cue to the segment with which it shares the most time.

    Args:
        cues: the cues in order of time.
        segments: seconds at which each segment begins and ends.

    Returns:
        The words of each segment, and the number of cues that share no time with any segment.
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
