"""MSP-IMPROV's reader on tiny releases written by hand, one oddity of the real release at a time."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers import releases
from helpers.releases import read

from extractors.shared.program import UserError


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
    unused = clips["MSP-IMPROV-S01A-F01-P-FM02"]
    assert (unused.status, unused.label) == ("excluded", "angry")
    assert unused.reason == "scenario P is not among the chosen ones"


@pytest.mark.parametrize("line", ["UTD-IMPROV-S01A-F09-S-FM01.avi; N; A:1;", "UTD-IMPROV-S01A-F01-S-FM01.avi N"])
def test_msp_garbled_clips_are_refused_with_file_and_line(tmp_path: Path, line: str) -> None:
    root = releases.msp_improv(tmp_path, {"S01A-F01-S-FM01": "N"})
    labels = root / "Evalution.txt"
    labels.write_text(labels.read_text() + line)
    with pytest.raises(UserError, match=r"Evalution\.txt:\d+: not a clip"):
        read("msp_improv", root)


def test_msp_clips_without_a_face_are_left_out_by_a_list(tmp_path: Path) -> None:
    root = releases.msp_improv(tmp_path / "release", {"S01A-F01-S-FM01": "N", "S01A-F01-S-FM02": "A"})
    listed = releases.write(tmp_path / "no_face_check.txt", "MSP-IMPROV-S01A-F01-S-FM02 A False\n\n")
    clips = read("msp_improv", root, no_face_list=str(listed))
    assert clips["MSP-IMPROV-S01A-F01-S-FM01"].status == "ok"
    without = clips["MSP-IMPROV-S01A-F01-S-FM02"]
    assert (without.status, without.label) == ("excluded", "angry")
    assert without.reason == f"named in {listed} as a clip without a face"
    releases.write(listed, "MSP-IMPROV-S01A-F01-S-FM02 A False\nF01 A False\n")
    with pytest.raises(UserError, match=r"no_face_check\.txt:2: 'F01' is not a clip of MSP-IMPROV"):
        read("msp_improv", root, no_face_list=str(listed))
    with pytest.raises(UserError, match=r"absent: no such file; correct corpora\.msp_improv\.reading\.no_face_list"):
        read("msp_improv", root, no_face_list="absent")


def test_msp_both_prefixes_and_every_layout_are_found(tmp_path: Path) -> None:
    root = releases.msp_improv(tmp_path, {"S01A-F01-S-FM01": "N", "S02H-M01-P-MF112": "H"})
    labels = root / "Evalution.txt"
    labels.write_text(labels.read_text().replace("UTD-IMPROV-S02H", "MSP-IMPROV-S02H"))
    texts = root / "Human_transcriptions/All_human_transcriptions"
    (texts / "session1").mkdir()
    (texts / "MSP-IMPROV-S01A-F01-S-FM01.txt").rename(texts / "session1/UTD-IMPROV-S01A-F01-S-FM01.txt")
    (root / "Video/session1/S01A/S").mkdir(parents=True)
    film = "session1/S01A/S/MSP-IMPROV-S01A-F01-S-FM01.avi"
    (root / film).rename(root / "Video" / film.replace("MSP-", "UTD-"))
    clips = read("msp_improv", root)
    moved = clips["MSP-IMPROV-S01A-F01-S-FM01"]
    assert (moved.text, moved.video) == ("words of S01A-F01-S-FM01", "Video/" + film.replace("MSP-", "UTD-"))
    assert clips["MSP-IMPROV-S02H-M01-P-MF112"].text == "words of S02H-M01-P-MF112"


def test_msp_folder_of_transcripts_is_a_key(tmp_path: Path) -> None:
    root = releases.msp_improv(tmp_path, {"S01A-F01-S-FM01": "N"})
    (root / "Human_transcriptions").rename(root / "typed")
    (root / "typed/All_human_transcriptions").rename(root / "typed/all")
    (clip,) = read("msp_improv", root).values()
    assert (clip.status, clip.text, clip.reason) == ("ok", "", "no transcript")
    (clip,) = read("msp_improv", root, transcript_folder="Typed").values()
    assert clip.text == "words of S01A-F01-S-FM01"


def test_msp_says_which_of_two_label_files_it_reads(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    root = releases.msp_improv(tmp_path, {"S01A-F01-S-FM01": "N"})
    releases.write(root / "copy/Evaluation.txt", "")
    assert len(read("msp_improv", root)) == 1
    assert "the label file is there 2 times; Evalution.txt is read" in capsys.readouterr().err
