"""IEMOCAP's reader on tiny releases written by hand, one oddity of the real release at a time."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers import releases
from helpers.releases import read

from extractors.corpora.iemocap import crop_side
from extractors.shared.program import UserError


def test_iemocap_speaker_is_who_speaks_and_marker_wearer_sits_left(tmp_path: Path) -> None:
    turns = {"Ses03M_impro05a_F000": "neu", "Ses03M_impro05a_M001": "hap"}
    clips = read("iemocap", releases.iemocap(tmp_path, turns))
    her, him = clips["Ses03M_impro05a_F000"], clips["Ses03M_impro05a_M001"]
    assert (her.speaker, her.crop, her.session) == ("Ses03F", "right", "3")
    assert (him.speaker, him.crop, him.session) == ("Ses03M", "left", "3")
    assert her.video == "Session3/dialog/avi/DivX/Ses03M_impro05a.avi"
    assert her.audio == "Session3/sentences/wav/Ses03M_impro05a/Ses03M_impro05a_F000.wav"
    assert (her.video_start, her.video_end, her.audio_start, her.audio_end) == (1.5, 3.25, None, None)


@pytest.mark.parametrize(
    ("clip", "side"),
    [
        ("Ses01F_impro01_F000", "left"),
        ("Ses01F_impro01_M000", "right"),
        ("Ses05M_script01_1b_M038", "left"),
        ("Ses05M_script01_1b_F038", "right"),
        ("Ses03M_impro08b_F001", "right"),
    ],
)
def test_crop_side_follows_the_marker_rule(clip: str, side: str) -> None:
    assert crop_side(clip) == side


def test_iemocap_excited_is_happy_only_when_merged(tmp_path: Path) -> None:
    root = releases.iemocap(tmp_path, {"Ses01F_impro01_F000": "exc", "Ses01F_impro01_F001": "fru"})
    merged, apart = read("iemocap", root), read("iemocap", root, merge_excited=False)
    assert merged["Ses01F_impro01_F000"].label == "happy"
    assert merged["Ses01F_impro01_F000"].label_raw == "exc"
    assert apart["Ses01F_impro01_F000"].status == "excluded"
    assert apart["Ses01F_impro01_F000"].label == ""
    assert merged["Ses01F_impro01_F001"].reason == "emotion 'fru' is none of the classes"


def test_iemocap_offset_moves_the_picture_and_not_the_sound(tmp_path: Path) -> None:
    root = releases.iemocap(tmp_path, {"Ses01F_impro01_F000": "neu"})
    clip = read("iemocap", root, audio_video_offset=-2.0)["Ses01F_impro01_F000"]
    assert (clip.video_start, clip.video_end, clip.audio_start) == (0.0, 1.25, None)


def test_iemocap_transcript_oddities_leave_the_other_lines_alone(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    root = releases.iemocap(tmp_path, {"Ses01F_impro01_F000": "neu", "Ses01F_impro01_M000": "sad"})
    transcript = root / "Session1/dialog/transcriptions/Ses01F_impro01.txt"
    lines = [
        "Ses01F_impro01_F000 [006.2901-008.2357]: caf\xe9 [LAUGHTER] and so on",
        "F: on her own",
        "M:[BREATHING]",
        "Ses01F_impro01_MXX0 [007.0000-008.0000]: off camera",
        "",
    ]
    transcript.write_bytes("\n".join(lines).encode("latin-1"))
    clips = read("iemocap", root)
    assert clips["Ses01F_impro01_F000"].text == "café [LAUGHTER] and so on"
    assert (clips["Ses01F_impro01_M000"].status, clips["Ses01F_impro01_M000"].reason) == ("ok", "no transcript")
    told = capsys.readouterr().err
    assert "2 line(s) skipped: bare F: or M:" in told
    assert "1 line(s) skipped: turn of somebody off camera" in told


def test_iemocap_missing_media_is_a_reason_and_no_loss(tmp_path: Path) -> None:
    root = releases.iemocap(tmp_path, {"Ses01F_impro01_F000": "neu", "Ses01F_impro01_F001": "neu"})
    (root / "Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_F001.wav").unlink()
    clips = read("iemocap", root)
    assert clips["Ses01F_impro01_F000"].status == "ok"
    assert (clips["Ses01F_impro01_F001"].status, clips["Ses01F_impro01_F001"].label) == ("excluded", "neutral")
    assert clips["Ses01F_impro01_F001"].reason == "no media file: audio"


def test_iemocap_garbled_turn_is_refused_with_file_and_line(tmp_path: Path) -> None:
    root = releases.iemocap(tmp_path, {"Ses01F_impro01_F000": "neu"})
    labels = root / "Session1/dialog/EmoEvaluation/Ses01F_impro01.txt"
    labels.write_text(labels.read_text().replace("1.5000 -", "1.5000"))
    with pytest.raises(UserError, match=r"Ses01F_impro01\.txt:3: not in IEMOCAP's form of a turn"):
        read("iemocap", root)


def test_iemocap_marker_side_is_one_key(tmp_path: Path) -> None:
    root = releases.iemocap(tmp_path, {"Ses01F_impro01_F000": "neu", "Ses01F_impro01_M000": "sad"})
    assert [clip.crop for clip in read("iemocap", root).values()] == ["left", "right"]
    assert [clip.crop for clip in read("iemocap", root, marker_side="right").values()] == ["right", "left"]


def test_iemocap_reads_dialogues_only_wherever_the_sessions_lie(tmp_path: Path) -> None:
    root = releases.iemocap(tmp_path / "IEMOCAP_full_release", {"Ses05M_script01_1b_F012": "neu"})
    releases.write(root / "Session5/dialog/EmoEvaluation/notes.txt", "Ses05M_script01_1b_F012 is fine\n")
    releases.write(root / "Session5/dialog/EmoEvaluation/Self-evaluation/Ses05M_script01_1b.txt", "Ses05M nonsense\n")
    (clip,) = read("iemocap", tmp_path).values()
    assert (clip.dialogue, clip.session, clip.speaker) == ("Ses05M_script01_1b", "5", "Ses05F")
    assert clip.audio.startswith("IEMOCAP_full_release/Session5/sentences/wav/")
