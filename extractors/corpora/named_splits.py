"""Splits of the literature by name: which sessions or speakers validate and test in each of their folds."""

from __future__ import annotations

from typing import Any

from extractors.program import UserError

SESSIONS = {"iemocap": 5, "msp_improv": 6}
"""Sessions, named 1, 2, ..., with one woman and one man each."""
_SPEAKER = {"iemocap": "Ses{session:02d}{letter}", "msp_improv": "{letter}{session:02d}"}


def leave_one_session(corpus: str, fold: int) -> dict[str, Any]:
    """Fold k tests on session k and validates on the one before it (the last one for k = 1)."""
    before = fold - 1 or SESSIONS[corpus]
    return {"by": "session", "validation": [str(before)], "test": [str(fold)]}


def mmin(corpus: str, fold: int) -> dict[str, Any]:
    """The folds of Zhao et al. 2021: of session k, fold 2k-1 validates on the man and tests on the woman, 2k swapped.

    The order of the two is published for MSP-IMPROV; for IEMOCAP, where it is not, the same is taken. It numbers the
    folds and changes none.
    """
    session, odd = (fold + 1) // 2, fold % 2
    woman, man = (_SPEAKER[corpus].format(session=session, letter=letter) for letter in "FM")
    validation, test = (man, woman) if odd else (woman, man)
    return {"by": "speaker", "validation": [validation], "test": [test]}


def fixed_speakers(corpus: str, fold: int) -> dict[str, Any]:
    """One split in public use for MSP-IMPROV: speaker independent, not session independent."""
    return {"by": "speaker", "validation": ["F02", "M01"], "test": ["F04", "M05"]}


NAMED = {
    ("iemocap", "leave_one_session"): (leave_one_session, 5),
    ("iemocap", "mmin"): (mmin, 10),
    ("msp_improv", "leave_one_session"): (leave_one_session, 6),
    ("msp_improv", "mmin"): (mmin, 12),
    ("msp_improv", "fixed_speakers"): (fixed_speakers, 1),
}
"""(corpus, name) -> the function that writes a fold out as a rule, and the number of folds."""


def named_rule(corpus: str, name: object, fold: object) -> dict[str, Any]:
    """The rule by groups that a fold of a named split stands for.

    Raises:
        UserError: the corpus has no such named split or fold.
    """
    write_out, folds = NAMED.get((corpus, str(name)), (None, 0))
    if write_out is None or type(fold) is not int or not 1 <= fold <= folds:
        known = [f"{split} (folds 1 to {n})" for (owner, split), (_, n) in NAMED.items() if owner == corpus]
        raise UserError(f"split rule: {corpus} has no {name} fold {fold}; it has {', '.join(known) or 'none'}")
    return write_out(corpus, fold)
