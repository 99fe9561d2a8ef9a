"""Answers to the clips of recordings -> for each recording subtitles (WebVTT) and a file of ELAN."""

from __future__ import annotations

import argparse
from pathlib import Path

from amanda.prediction.elan import elan
from amanda.prediction.timeline import by_recording
from amanda.prediction.webvtt import webvtt
from extractors.shared.answers import read_answers
from extractors.shared.files import atomic_folder
from extractors.shared.program import run


def main() -> None:
    """Write the timelines; each file has the name and the folder of its recording."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--manifest", required=True, type=Path, help="the clips")
    parser.add_argument("--release", required=True, type=Path, help="folder that the manifest's paths start from")
    parser.add_argument("--answers", required=True, type=Path, help="Parquet, of amanda.predict_clips")
    parser.add_argument("--model", required=True, help="name of the model, for people")
    parser.add_argument("--warning", required=True, help="what to know before any number is read; may be empty")
    parser.add_argument("--folder", required=True, type=Path, help="output: made anew")
    flags = parser.parse_args()
    clips, answers = read_answers(flags.manifest, flags.answers)
    with atomic_folder(flags.folder) as folder:
        for name, spoken in by_recording(clips, answers).items():
            file = folder / f"{name}.vtt"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(webvtt(spoken, flags.model, flags.warning), "utf-8")
            eaf = f"{name}.eaf"
            content = elan(spoken, flags.release / name, flags.folder / eaf, flags.model, flags.warning)
            (folder / eaf).write_bytes(content)


if __name__ == "__main__":
    run(main)
