"""The table on the terminal: each answer with its votes, whatever a clip is called."""

from __future__ import annotations

import io

from rich.console import Console

from amanda.command.terminal import SHOWN, cells_of, show_answers
from extractors.shared.answers import answers_schema
from extractors.shared.clip import CLASSES, MODALITIES

ANSWERS = answers_schema(CLASSES)

NOTHING = dict.fromkeys(ANSWERS.names) | {
    "clip_id": "a",
    "status": "unanswered",
    "heads": "",
    "reason": "no media file",
}
SAID = NOTHING | {
    "status": "answered",
    "emotion": "sad",
    "probability": 0.375,
    "agreement": 2 / 3,
    "heads": "text+audio",
    "reason": "visual: no face in 64 of 64 frames",
    **dict(zip(("text_neutral", "text_happy", "text_sad", "text_angry"), (0.1, 0.2, 0.6, 0.1), strict=True)),
    **dict(zip(("audio_neutral", "audio_happy", "audio_sad", "audio_angry"), (0.7, 0.1, 0.1, 0.1), strict=True)),
}


def test_cells() -> None:
    assert cells_of(NOTHING, MODALITIES) == ["a", "no answer", "", "", "", "", "", "no media file"]
    remark = "only text and audio voted; visual: no face in 64 of 64 frames"
    assert cells_of(SAID, MODALITIES) == ["a", "sad", "38%", "67%", "sad 60%", "neutral 70%", "", remark]
    assert cells_of(SAID | {"heads": "joint", "reason": ""}, MODALITIES)[-1] == ""


def test_names_are_no_markup_and_long_tables_are_cut() -> None:
    console = Console(file=io.StringIO(), width=200)
    show_answers([SAID | {"clip_id": f"[red]{number}.mp4"} for number in range(SHOWN + 1)], "[b]A warning", console)
    text = console.file.getvalue()
    assert text.startswith("[b]A warning\n")
    assert "[red]0.mp4" in text
    assert [word for word in text.splitlines()[1].split() if word.isalpha()] == [
        "clip",
        "emotion",
        "sure",
        "agree",
        "text",
        "audio",
        "remark",
    ]
    assert f"[red]{SHOWN}.mp4" not in text
    assert f"{SHOWN} of {SHOWN + 1} clips" in text
