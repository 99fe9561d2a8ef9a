"""The IEMOCAP twin: five sessions of two-person dialogues in the folders and formats of the real release."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from extractors.synthetic.media import write_apple_double, write_video, write_wav
from extractors.synthetic.performance import Performance
from extractors.synthetic.plan import Order, deal, take_turns
from extractors.synthetic.studio import Studio
from extractors.synthetic.timeline import Timeline
from extractors.synthetic.voice import RATE

GROUPS = {"train": ("1F", "1M", "2F", "2M", "3F", "3M"), "validation": ("4F", "4M"), "test": ("5F", "5M")}
"""Session and speaker of each split."""

FRAME_RATE = Fraction(15)
HALF = (160, 160)

_RAW = {"neutral": ("neu",), "happy": ("exc", "exc", "hap"), "sad": ("sad",), "angry": ("ang",)}
_OUTSIDE = ("fru", "xxx", "sur", "fea", "dis", "oth")
_ODD_NAMES = {(3, 1): "impro05a", (3, 3): "impro05b", (3, 5): "impro08a", (3, 7): "impro08b", (5, 1): "script01_1b"}
_SPELLED = {
    "neu": "Neutral",
    "exc": "Excited",
    "hap": "Happiness",
    "sad": "Sadness",
    "ang": "Anger",
    "fru": "Frustration",
}
_DIMENSIONS = {"neutral": (3.0, 2.5), "happy": (4.2, 3.6), "sad": (2.0, 2.2), "angry": (1.8, 3.9), "other": (2.6, 3.1)}


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a dialogue: its id, speaker (F or M), labels, start in seconds, performance and words."""

    name: str
    speaker: str
    label: str
    mood: str
    start: float
    performance: Performance
    text: str

    @property
    def end(self) -> float:
        """End of the turn, in seconds from the start of the dialogue."""
        return self.start + self.performance.seconds


def write_iemocap(order: Order, root: Path) -> None:
    """Write the twin of IEMOCAP into ``root``."""
    studio = Studio(order, HALF, float(FRAME_RATE))
    dealt = deal(studio.chance("deal"), order, GROUPS)
    for session in "12345":
        folder = root / f"Session{session}"
        cues = take_turns({speaker: dealt[f"{session}{speaker}"] for speaker in "FM"})
        for number, first in enumerate(range(0, len(cues), 6)):
            dialogue = _dialogue_name(int(session), number, order.oddities)
            turns = _make_turns(studio, dialogue, cues[first : first + 6], order.oddities)
            _write_labels(studio, folder / "dialog" / "EmoEvaluation", dialogue, turns, order.oddities)
            _write_transcription(folder / "dialog" / "transcriptions" / f"{dialogue}.txt", turns, order.oddities)
            _write_media(studio, folder, dialogue, turns)
            if order.oddities and number == 0:
                _write_junk(folder, dialogue, turns)
    if order.oddities:
        write_apple_double(root / "IEMOCAP_full_release")
    (root / "Documentation").mkdir()
    (root / "README.txt").write_text("The layout of the IEMOCAP release.\n", encoding="utf-8")


def _dialogue_name(session: int, number: int, oddities: bool) -> str:
    """Name of a dialogue. The actor with the markers alternates. Oddities include irregular names of the release."""
    wearer, count = "FM"[number % 2], number // 2 + 1
    kind = f"script{count:02d}_1" if number % 3 == 2 else f"impro{count:02d}"
    if oddities:
        kind = _ODD_NAMES.get((session, number), kind)
    return f"Ses{session:02d}{wearer}_{kind}"


def _make_turns(studio: Studio, dialogue: str, cues: list[tuple[str, str]], oddities: bool) -> list[Turn]:
    """The turns of (speaker, mood) pairs. With oddities, one turn begins before the previous one ends."""
    rng = studio.chance("turns", dialogue)
    clock, counts, turns = 0.3, {"F": 0, "M": 0}, []
    for number, (speaker, mood) in enumerate(cues):
        name = f"{dialogue}_{speaker}{counts[speaker]:03d}"
        counts[speaker] += 1
        performance = studio.perform(name, mood)
        start = round(clock, 4)
        label = str(rng.choice(_RAW.get(mood, _OUTSIDE)))
        turns.append(Turn(name, speaker, label, mood, start, performance, studio.text(name, performance)))
        overlaps = oddities and number == 0 and len(cues) > 1 and cues[1][0] != speaker
        clock = turns[-1].end + (-0.15 if overlaps else float(rng.uniform(0.1, 0.3)))
    return turns


def _write_labels(studio: Studio, folder: Path, dialogue: str, turns: list[Turn], oddities: bool) -> None:
    """Write the label file and the files of single raters. Oddities include one rater's remark in Latin-1."""
    rng = studio.chance("raters", dialogue)
    lines, votes = ["% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]", ""], []
    for turn in turns:
        valence, activation = (value + float(rng.integers(-1, 2)) / 2 for value in _DIMENSIONS[turn.mood])
        lines += [
            f"[{turn.start:.4f} - {turn.end:.4f}]\t{turn.name}\t{turn.label}\t[{valence:.4f}, {activation:.4f}, 2.5000]"
        ]
        spelled = _SPELLED.get(turn.label, "Other")
        raters = ("C-E2", "C-E3", "C-E4", f"C-{turn.speaker}1")
        lines += [f"{rater}:\t{spelled if rng.random() < 0.8 else 'Neutral state'};\t()" for rater in raters]
        remark = "clich\xe9" if oddities and turn is turns[0] else ""
        lines += [f"A-E3:\tval 3; act 2; dom  2;\t({remark})", "A-E4:\tval 3; act 3; dom  3;\t()", ""]
        votes.append(f"{turn.name} :{spelled}; ()\n")
    _write_text(folder / f"{dialogue}.txt", "\n".join(lines) + "\n")
    _write_text(folder / "Categorical" / f"{dialogue}_e2_cat.txt", "".join(votes))
    _write_text(
        folder / "Attribute" / f"{dialogue}_e3_atr.txt", "".join(vote.replace(":", ":act 2; ") for vote in votes)
    )
    _write_text(folder / "Self-evaluation" / f"{dialogue}_f1_atr.txt", "".join(votes))


def _write_transcription(path: Path, turns: list[Turn], oddities: bool) -> None:
    lines = [f"{turn.name} [{turn.start:08.4f}-{turn.end:08.4f}]: {turn.text}" for turn in turns]
    if oddities:
        lines[0] = lines[0].replace("]: ", "]: [BREATHING] ")
        lines.insert(1, "F: Mm-hmm.")
        lines.insert(3, f"{turns[0].name[:-4]}MXX0 [{turns[0].end:08.4f}-{turns[0].end + 0.2:08.4f}]: Right.")
        lines.append("M: That's so clich\N{LATIN SMALL LETTER E WITH ACUTE}.")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes("".join(f"{line}\n" for line in lines).encode("latin-1"))


def _write_media(studio: Studio, folder: Path, dialogue: str, turns: list[Turn]) -> None:
    """Write the side-by-side video, with the actor with markers on the left, and the sounds of dialogue and turns."""
    seconds = max(turn.end for turn in turns) + 0.4
    wearer = dialogue[5]
    sides = [wearer, "M" if wearer == "F" else "F"]
    people = {gender: studio.person(f"{dialogue[:5]}{gender}", gender) for gender in sides}
    lines = {side: Timeline(studio.chance("idle", dialogue, side), seconds, studio.rate) for side in sides}
    for turn in turns:
        voice = studio.speak(turn.name, people[turn.speaker], turn.performance)
        lines[turn.speaker].place(turn.start, studio.track(turn.name, turn.performance), voice)
    halves = [studio.camera(dialogue, side).shoot(people[side], lines[side].track) for side in sides]
    film = (np.hstack(pair) for pair in zip(*halves, strict=True))
    write_video(folder / "dialog" / "avi" / "DivX" / f"{dialogue}.avi", film, FRAME_RATE, "mpeg4")

    left, right = (lines[side].sound for side in sides)
    heard = [
        studio.record(f"{dialogue} left", left + 0.1 * right),
        studio.record(f"{dialogue} right", right + 0.1 * left),
    ]
    write_wav(folder / "dialog" / "wav" / f"{dialogue}.wav", np.stack(heard), RATE)
    for turn in turns:
        own = heard[sides.index(turn.speaker)]
        piece = own[round(turn.start * RATE) : round(turn.end * RATE)]
        write_wav(folder / "sentences" / "wav" / dialogue / f"{turn.name}.wav", piece, RATE)


def _write_junk(folder: Path, dialogue: str, turns: list[Turn]) -> None:
    dialog = folder / "dialog"
    write_apple_double(dialog / "EmoEvaluation" / f"{dialogue}.txt")
    write_apple_double(dialog / "transcriptions" / f"{dialogue}.txt")
    write_apple_double(dialog / "avi" / "DivX" / f"{dialogue}.avi")
    write_apple_double(folder / "sentences" / "wav" / dialogue / f"{turns[0].name}.wav")
    (dialog / "EmoEvaluation" / ".DS_Store").write_bytes(bytes(64))
    _write_text(dialog / "EmoEvaluation" / "notes.txt", f"{turns[0].name} was labelled twice.\n")
    _write_text(dialog / "lab" / f"{dialogue[:5]}_{turns[0].speaker}" / f"{dialogue}.lab", "0 1 sil\n")
    for kind in ("dialog/MOCAP_head", "sentences/MOCAP_head", "sentences/ForcedAlignment"):
        _write_text(folder / kind / dialogue / f"{turns[0].name}.txt", f"{turns[0].name} 0 0 0\n")


def _write_text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="latin-1", newline="")
