"""Patterns of file names: those of known corpora, what does not fit, what can be read in two ways."""

from __future__ import annotations

import pytest

from extractors.clips.pattern import parse_pattern
from extractors.shared.clip import ClipError
from extractors.shared.program import UserError


@pytest.mark.parametrize(
    ("pattern", "path", "told"),
    [
        ("*-*-{label}-*-*-*-{speaker}", "Actor_12/03-01-05-01-02-01-12", {"label": "05", "speaker": "12"}),
        ("{speaker}_*_{label}_*", "1001_DFA_ANG_XX", {"speaker": "1001", "label": "ANG"}),
        ("{speaker:2}{dialogue:3}{label:1}*", "03a01Fa", {"speaker": "03", "dialogue": "a01", "label": "F"}),
        ("{label}/*", "recordings/very happy/a.b", {"label": "very happy"}),
        ("{speaker}/{session}/{label}_*", "x/P1/S 2/joy_1_2", {"speaker": "P1", "session": "S 2", "label": "joy"}),
        ("/{label}/", "fear", {"label": "fear"}),
        ("{split}/{label}*", "test/a", {"split": "test", "label": "a"}),
        ("{label}x*", "axb/axb", {"label": "a"}),
        ("{label}.x[1]*", "sad.x[1]2", {"label": "sad"}),
        ("{label}_*", "愤怒_1", {"label": "愤怒"}),
    ],
)
def test_a_name_is_read(pattern: str, path: str, told: dict[str, str]) -> None:
    assert parse_pattern(pattern).read(path) == told


@pytest.mark.parametrize(
    ("pattern", "path", "reason"),
    [
        ("{label}_*", "happy-1", r"does not fit the pattern \{label\}_\*"),
        ("{label}/*", "a", "does not fit"),
        ("{label:2}", "abc", "does not fit"),
        ("*_{label}_*", "1001_DFA_ANG_XX", "label of its name may be 'DFA' or 'ANG'; make the pattern say which"),
        ("{label}_*", "_1", "does not fit"),
        ("{speaker}_*_{label}_*", "1001_DFA_X_ANG_XX", "label of its name may be 'X' or 'ANG'"),
        ("{label}_*", " _1", "label of its name is a blank"),
        ("{label}*", "ab", "label of its name may be 'a' or 'ab'"),
    ],
)
def test_a_name_that_does_not_fit_is_told(pattern: str, path: str, reason: str) -> None:
    with pytest.raises(ClipError, match=reason):
        parse_pattern(pattern).read(path)


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("{lable}_*", "no field 'lable'; there are label, speaker, session, dialogue, split"),
        ("{label}_{label}", r"\{label\} stands there twice"),
        ("a_*", "names no field"),
        ("{label_*", r"'\{' stands alone"),
        ("{label:0}", "stands alone"),
        ("*}", "stands alone"),
    ],
)
def test_a_pattern_that_is_none_is_refused(pattern: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        parse_pattern(pattern)
