"""Splits of the literature by name: which sessions, speakers or dialogues validate and test in each of their folds."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from extractors.corpora.drawn_splits import DRAWN
from extractors.shared.program import UserError

SESSIONS = {"iemocap": 5, "msp_improv": 6}
"""Sessions, named 1, 2, ..., with one woman and one man each."""
_SPEAKER = {"iemocap": "Ses{session:02d}{letter}", "msp_improv": "{letter}{session:02d}"}


_DIALOGXL = {"Ses04F_script01_3": "validation", "Ses05": "test"}
"""From these names on, in the order of strings, IEMOCAP's dialogues are in these parts; those before them train."""


def leave_one_session(corpus: str, fold: int, dialogues: Collection[str]) -> dict[str, Any]:
    """Fold k tests on session k and validates on the one before it (the last one for k = 1)."""
    before = fold - 1 or SESSIONS[corpus]
    return {"by": "session", "validation": [str(before)], "test": [str(fold)]}


def mmin(corpus: str, fold: int, dialogues: Collection[str]) -> dict[str, Any]:
    """The folds of Zhao et al. 2021: of session k, fold 2k-1 validates on the man and tests on the woman, 2k swapped.

    The order of the two is published for MSP-IMPROV; for IEMOCAP, where it is not, the same is taken. It numbers the
    folds and changes none.
    """
    session, odd = (fold + 1) // 2, fold % 2
    woman, man = (_SPEAKER[corpus].format(session=session, letter=letter) for letter in "FM")
    validation, test = (man, woman) if odd else (woman, man)
    return {"by": "speaker", "validation": [validation], "test": [test]}


def fixed_speakers(corpus: str, fold: int, dialogues: Collection[str]) -> dict[str, Any]:
    """One split in public use for MSP-IMPROV: speaker independent, not session independent."""
    return {"by": "speaker", "validation": ["F02", "M01"], "test": ["F04", "M05"]}


def dialogxl_part(dialogue: str) -> str:
    """The part of a dialogue of IEMOCAP in the split that DialogXL and its followers use: train, validation or test.

    Of all 151 dialogues in the order of their names the first 100 train, 20 validate and 31, those of session 5, test.
    The list is public in tae898/multimodal-datasets, whose counts per emotion are in ``data/iemocap.csv``.
    """
    return next((part for first, part in reversed(_DIALOGXL.items()) if dialogue >= first), "train")


def dialogxl(corpus: str, fold: int, dialogues: Collection[str]) -> dict[str, Any]:
    """The split of :func:`dialogxl_part`: no dialogue, but speakers of session 4, in train and validation."""
    lists = {part: [name for name in dialogues if dialogxl_part(name) == part] for part in _DIALOGXL.values()}
    return {"by": "dialogue"} | lists


NAMED = {
    ("iemocap", "leave_one_session"): (leave_one_session, 5),
    ("iemocap", "mmin"): (mmin, 10),
    ("iemocap", "dialogxl"): (dialogxl, 1),
    ("msp_improv", "leave_one_session"): (leave_one_session, 6),
    ("msp_improv", "mmin"): (mmin, 12),
    ("msp_improv", "fixed_speakers"): (fixed_speakers, 1),
}
"""(corpus, name) -> the function that writes a fold out by groups, and the number of folds."""

NAMED_PROMISES = {
    "leave_one_session": "session",
    "mmin": "speaker",
    "dialogxl": "dialogue",
    "fixed_speakers": "speaker",
}
"""Name of a split -> what no two parts of it share."""


def named_split(corpus: str, name: object, fold: object, dialogues: Collection[str]) -> dict[str, Any]:
    """The split by groups that a fold of a named split stands for.

    Args:
        corpus: the corpus.
        name: the split's.
        fold: its number, from 1.
        dialogues: the names of the corpus's dialogues that have a usable clip.

    Raises:
        UserError: the corpus has no such named split or fold.
    """
    write_out, folds = NAMED.get((corpus, str(name)), (None, 0))
    if write_out is None or type(fold) is not int or not 1 <= fold <= folds:
        known = [f"{split} (folds 1 to {n})" for (owner, split), (_, n) in NAMED.items() if owner == corpus]
        raise UserError(f"split: {corpus} has no {name} fold {fold}; it has {', '.join(known) or 'none'}")
    return write_out(corpus, fold, dialogues)


def promise(split: Mapping[str, Any]) -> str:
    """What no two parts share under a split, and :func:`split_clips` checks: dialogue, session, speaker or clip_id."""
    if "named" in split:
        return NAMED_PROMISES[split["named"]]
    if split["by"] in DRAWN:
        return split["together"] if split.get("together", "clip") != "clip" else "clip_id"
    return "dialogue" if split["by"] == "official" or is_share(split["validation"]) else split["by"]


def is_share(value: object) -> bool:
    """Whether a split gives a share and no list of groups."""
    return isinstance(value, float) and 0 < value < 1
