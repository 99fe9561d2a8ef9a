"""MSP-IMPROV's reader on tiny releases written by hand, one oddity of the real release at a time."""

from __future__ import annotations

from pathlib import Path

import pytest
import releases
from releases import read

from extractors.program import UserError


def test_msp_speaker_session_and_classes(tmp_path: Path) -> None:
    letters = {"S01A-F01-S-FM01": "N", "S20H-M06-P-MF112": "H", "S02S-F03-R-FF02": "X", "S02S-F03-T-FF02": "O"}
    clips = read("msp_improv", releases.msp_improv(tmp_path, letters, {"S01A-F01-S-FM01": "so\r\n it  goes"}))
    clip = clips["MSP-IMPROV-S01A-F01-S-FM01"]
    assert (clip.speaker, clip.session, clip.label, clip.text, clip.reason) == ("F01", "1", "neutral", "so it goes", "")
    assert clip.video == "session1/S01A/S/MSP-IMPROV-S01A-F01-S-FM01.avi"
    assert clips["MSP-IMPROV-S20H-M06-P-MF112"].session == "6"
    assert clips["MSP-IMPROV-S20H-M06-P-MF112"].reason == "no transcript"
    assert [clip.status for clip in clips.values()] == ["ok", "ok", "excluded", "excluded"]


def test_msp_scenarios_are_a_switch_and_keep_the_label(tmp_path: Path) -> None:
    root = releases.msp_improv(tmp_path, {"S01A-F01-S-FM01": "N", "S01A-F01-P-FM02": "A"})
    (root / "Evalution.txt").rename(root / "Evaluation.txt")
    clips = read("msp_improv", root, scenarios=["S"])
    left_out = clips["MSP-IMPROV-S01A-F01-P-FM02"]
    assert (left_out.status, left_out.label) == ("excluded", "angry")
    assert left_out.reason == "scenario P is not among the chosen ones"


@pytest.mark.parametrize("line", ["UTD-IMPROV-S01A-F09-S-FM01.avi; N; A:1;", "UTD-IMPROV-S01A-F01-S-FM01.avi N"])
def test_msp_garbled_clips_are_refused_with_file_and_line(tmp_path: Path, line: str) -> None:
    root = releases.msp_improv(tmp_path, {"S01A-F01-S-FM01": "N"})
    labels = root / "Evalution.txt"
    labels.write_text(labels.read_text() + line)
    with pytest.raises(UserError, match=r"Evalution\.txt:\d+: not a clip"):
        read("msp_improv", root)
