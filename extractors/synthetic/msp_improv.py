"""The MSP-IMPROV twin: six sessions of two actors each in the folders and formats of the real release."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from scipy.signal import resample_poly

from extractors.synthetic.media import write_apple_double, write_video, write_wav
from extractors.synthetic.performance import OTHER
from extractors.synthetic.plan import Order, deal, take_turns
from extractors.synthetic.sentences import read_aloud
from extractors.synthetic.studio import Studio
from extractors.synthetic.voice import RATE

_TRAINING = ("F01", "M01", "F02", "M02", "F03", "M03", "F04", "M04")
GROUPS = {"train": _TRAINING, "validation": ("F05", "M05"), "test": ("F06", "M06")}
"""Speakers of each split."""

FRAME_RATE = Fraction(30_000, 1001)
SIZE = (160, 200)
SOUND_RATE = 48_000
ODD_SOUND_RATE = 44_100

_LETTERS = {"neutral": "N", "happy": "H", "sad": "S", "angry": "A"}
_SPELLED = {"N": "Neutral", "H": "Happy", "S": "Sad", "A": "Angry", "O": "Other", "X": "Other"}
_SCENARIOS = {"S": 0.5, "P": 0.3, "T": 0.1, "R": 0.1}
_NEVER_READ = ("F02", "M02", "F04", "M04")


@dataclass(frozen=True, slots=True)
class Take:
    """One clip: its id after ``IMPROV-``, its mood, the raters' consensus letter, and whether it may have an oddity."""

    name: str
    mood: str
    letter: str
    odd: bool

    @property
    def speaker(self) -> str:
        """The actor, such as F01."""
        return self.name.split("-")[1]

    @property
    def scenario(self) -> str:
        """P, R, S or T."""
        return self.name.split("-")[2]

    @property
    def session(self) -> str:
        """1 to 6."""
        return self.speaker[2]

    def file(self, kind: str) -> Path:
        """Its file in ``Audio`` or ``Video``. With oddities, session 6 has no such folders, as in some labs."""
        below = Path(f"session{self.session}", self.name.split("-")[0], self.scenario, f"MSP-IMPROV-{self.name}")
        apart = "" if self.odd and self.session == "6" else kind
        return Path(apart, below).with_suffix({"Audio": ".wav", "Video": ".avi"}[kind])

    @property
    def transcript(self) -> Path:
        """The file of its words. With oddities, those of session 1 are in a folder of the session."""
        session = "session1" if self.odd and self.session == "1" else ""
        return Path("Human_transcriptions", "All_human_transcriptions", session, f"MSP-IMPROV-{self.name}.txt")

    @property
    def sound_rate(self) -> int:
        """Samples per second."""
        return ODD_SOUND_RATE if self.odd and self.session == "5" else SOUND_RATE


def write_msp_improv(order: Order, root: Path) -> None:
    """Write the twin of MSP-IMPROV into ``root``."""
    studio = Studio(order, SIZE, float(FRAME_RATE))
    dealt = deal(studio.chance("deal"), order, GROUPS)
    takes = []
    for session in "123456":
        cues = take_turns({speaker: dealt[speaker] for speaker in (f"F0{session}", f"M0{session}")})
        takes += _make_takes(studio, session, cues)
    voiceless = next((take for take in takes if take.scenario in "SP" and take.mood != OTHER), None)
    for take in takes:
        has_text = not (order.oddities and take is voiceless)
        _write_clip(studio, root, take, has_text)
    _write_evaluation(studio, root / "Evalution.txt", takes, order.oddities)
    (root / "Readme.txt").write_text("The layout of the MSP-IMPROV release.\n", encoding="utf-8")
    if order.oddities:
        for kind in ("Video", "Audio"):
            write_apple_double(root / takes[0].file(kind))


def _make_takes(studio: Studio, session: str, cues: list[tuple[str, str]]) -> list[Take]:
    rng = studio.chance("takes", session)
    takes = []
    for number, (speaker, mood) in enumerate(cues):
        scenario = str(rng.choice(list(_SCENARIOS), p=list(_SCENARIOS.values())))
        if scenario == "R" and speaker in _NEVER_READ:
            scenario = "S"
        letter = _LETTERS.get(mood) or str(rng.choice(["O", "X"]))
        target = letter if letter in "AHSN" and scenario != "P" else str(rng.choice(list("AHSN")))
        code = speaker[0] * 2 if scenario == "R" else str(rng.choice(["FM", "MF"]))
        turn = number + (101 if studio.order.oddities and number == 1 else 1)
        name = f"S{rng.integers(1, 21):02d}{target}-{speaker}-{scenario}-{code}{turn:02d}"
        takes.append(Take(name, mood, letter, studio.order.oddities))
    return takes


def _write_clip(studio: Studio, root: Path, take: Take, has_text: bool) -> None:
    person = studio.person(take.speaker, take.speaker[0])
    performance = studio.perform(take.name, take.mood)
    frames = studio.film(take.name, person, performance)
    write_video(root / take.file("Video"), frames, FRAME_RATE, "mpeg4")
    sound = studio.record(take.name, studio.speak(take.name, person, performance))
    rate = Fraction(take.sound_rate, RATE)
    write_wav(root / take.file("Audio"), resample_poly(sound, rate.numerator, rate.denominator), take.sound_rate)
    if has_text:
        fixed = take.scenario in "RT"
        text = read_aloud(int(take.name[1:3])) if fixed else studio.text(take.name, performance)
        path = root / take.transcript
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n", encoding="utf-8", newline="")


def _write_evaluation(studio: Studio, path: Path, takes: list[Take], oddities: bool) -> None:
    """Write consensus and raters of every clip. Oddities: a bare id, MSP for UTD, CRLF, blanks, NaN, semicolons."""
    rng = studio.chance("raters")
    blocks = []
    for number, take in enumerate(takes):
        suffix = "" if oddities and number == 2 else ".avi"
        prefix = "MSP" if oddities and number == 3 else "UTD"
        dominance = "NaN" if oddities and number == 4 else f"{rng.uniform(2, 4):.6f}"
        lines = [
            f"{prefix}-IMPROV-{take.name}{suffix}; {take.letter}; A:{rng.uniform(1, 5):.6f}; V:{rng.uniform(1, 5):.6f};"
            f" D:{dominance} ; N:{rng.uniform(3, 5):.4f};"
        ]
        lines += [_rater_line(rng, take.letter, oddities) for _ in range(5)]
        if oddities and number % 7 == 0:
            lines.append(lines[-1])
        end = " \r\n" if oddities and number % 5 == 3 else "\n"
        blocks.append("".join(f"{line}{end}" for line in lines))
    path.write_text("\n".join(blocks), encoding="utf-8", newline="")


def _rater_line(rng: np.random.Generator, letter: str, oddities: bool) -> str:
    vote = _SPELLED[letter] if letter != "X" and rng.random() < 0.7 else str(rng.choice(list(_SPELLED.values())))
    free = "Excited; a little, maybe;" if oddities and rng.random() < 0.1 else f"{vote},"
    scores = [f"{name}:{rng.integers(1, 6)}.000000" for name in "AVDN"]
    return f"WR{rng.integers(1, 900):03d}; {vote}; {free}; {'; '.join(scores)};"
