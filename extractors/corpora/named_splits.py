"""Named splits of the literature: the sessions, speakers or dialogues of validation and test in each fold."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from extractors.corpora.drawn_splits import DRAWN
from extractors.shared.program import UserError

SESSIONS = {"iemocap": 5, "msp_improv": 6}
"""Number of sessions. They are named 1, 2, ..., and each has one woman and one man."""
_SPEAKER = {"iemocap": "Ses{session:02d}{letter}", "msp_improv": "{letter}{session:02d}"}


_DIALOGXL = {"Ses04F_script01_3": "validation", "Ses05": "test"}
"""First dialogue of IEMOCAP in a part, in the order of strings -> the part. Earlier dialogues are in the part train."""


def leave_one_session(corpus: str, fold: int, dialogues: Collection[str]) -> dict[str, Any]:
    """Fold k tests on session k and validates on session k - 1 (on the last session for k = 1)."""
    before = fold - 1 or SESSIONS[corpus]
    return {"by": "session", "validation": [str(before)], "test": [str(fold)]}


def mmin(corpus: str, fold: int, dialogues: Collection[str]) -> dict[str, Any]:
    """The folds of Zhao et al. 2021: in session k, fold 2k-1 validates on the man, tests on the woman; fold 2k swaps.

    The order of the two is published for MSP-IMPROV only. The same order is used for IEMOCAP. It affects only the
    numbers of the folds.
    """
    session, odd = (fold + 1) // 2, fold % 2
    woman, man = (_SPEAKER[corpus].format(session=session, letter=letter) for letter in "FM")
    validation, test = (man, woman) if odd else (woman, man)
    return {"by": "speaker", "validation": [validation], "test": [test]}


def fixed_speakers(corpus: str, fold: int, dialogues: Collection[str]) -> dict[str, Any]:
    """A publicly used split of MSP-IMPROV. It is speaker independent but not session independent."""
    return {"by": "speaker", "validation": ["F02", "M01"], "test": ["F04", "M05"]}


def dialogxl_part(dialogue: str) -> str:
    """The part of a dialogue of IEMOCAP in the split of DialogXL and later work: train, validation or test.

    In the order of names, the first 100 of all 151 dialogues are for training, the next 20 for validation, and the 31
    dialogues of session 5 for testing. The list is public in tae898/multimodal-datasets. Its counts per emotion are in
    ``data/iemocap.csv``.
    """
    return next((part for first, part in reversed(_DIALOGXL.items()) if dialogue >= first), "train")


def dialogxl(corpus: str, fold: int, dialogues: Collection[str]) -> dict[str, Any]:
    """The split of :func:`dialogxl_part`. Train and validation share speakers of session 4, but no dialogue."""
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
"""(corpus, name) -> the function that lists the groups of a fold, and the number of folds."""

NAMED_PROMISES = {
    "leave_one_session": "session",
    "mmin": "speaker",
    "dialogxl": "dialogue",
    "fixed_speakers": "speaker",
}
"""Name of a split -> the kind of group that no two of its parts share."""


def named_split(corpus: str, name: object, fold: object, dialogues: Collection[str]) -> dict[str, Any]:
    """The split by groups for a fold of a named split.

    Args:
        corpus: name of the corpus.
        name: name of the split.
        fold: number of the fold, from 1.
        dialogues: names of the corpus's dialogues with a usable clip.

    Raises:
        UserError: the corpus has no such named split or fold.
    """
    write_out, folds = NAMED.get((corpus, str(name)), (None, 0))
    if write_out is None or type(fold) is not int or not 1 <= fold <= folds:
        known = [f"{split} (folds 1 to {n})" for (owner, split), (_, n) in NAMED.items() if owner == corpus]
        raise UserError(f"split: {corpus} has no {name} fold {fold}; it has {', '.join(known) or 'none'}")
    return write_out(corpus, fold, dialogues)


def promise(split: Mapping[str, Any]) -> str:
    """The kind of group that no two parts share: dialogue, session, speaker or clip_id, see :func:`split_clips`."""
    if "named" in split:
        return NAMED_PROMISES[split["named"]]
    if split["by"] in DRAWN:
        return split["together"] if split.get("together", "clip") != "clip" else "clip_id"
    return "dialogue" if split["by"] == "official" or is_share(split["validation"]) else split["by"]


def is_share(value: object) -> bool:
    """Whether the value of a part is a share and not a list of groups."""
    return isinstance(value, float) and 0 < value < 1
