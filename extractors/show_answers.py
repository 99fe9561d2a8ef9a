"""Manifest, media and a model's answers -> a page with pictures, sound and probabilities of each clip."""

from __future__ import annotations

import argparse
from pathlib import Path

from extractors.pages.answers import answers_page, view_clip
from extractors.pages.timeline import timed_parts, view_recording
from extractors.shared.answers import ANSWERED, read_answers
from extractors.shared.files import atomic_file
from extractors.shared.program import progress, run


def main() -> None:
    """Show the first clips of a table of answers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--manifest", required=True, type=Path, help="the clips")
    parser.add_argument("--release", required=True, type=Path, help="folder to which the manifest's paths are relative")
    parser.add_argument("--answers", required=True, type=Path, help="Parquet, of amanda.predict_clips")
    parser.add_argument("--model", required=True, help="display name of the model")
    parser.add_argument("--warning", required=True, help="warning before all numbers; may be empty")
    parser.add_argument("--most", required=True, type=int, help="largest number of clips, and of recordings, shown")
    parser.add_argument("--page", required=True, type=Path, help="output, HTML")
    flags = parser.parse_args()
    clips, answers = read_answers(flags.manifest, flags.answers)
    shown = list(zip(clips, answers, strict=True))[: flags.most]
    recordings = timed_parts(clips, answers)[: flags.most]
    timelines = [view_recording(*parts, flags.release) for parts in progress(recordings, "timelines")]
    views = [view_clip(clip, answer, flags.release) for clip, answer in progress(shown, "page")]
    counts = {"clips": len(answers), "answered": sum(answer["status"] == ANSWERED for answer in answers)}
    page = answers_page(views, timelines, counts, flags.model, flags.warning, flags.release)
    with atomic_file(flags.page) as temporary:
        temporary.write_text(page, "utf-8")


if __name__ == "__main__":
    run(main)
