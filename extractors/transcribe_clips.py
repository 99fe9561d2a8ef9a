"""A manifest -> the same manifest, with words from a speech recogniser for the clips without words."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pyarrow as pa
import torch

from extractors.clips.transcript import Transcriber
from extractors.features.blame import blame
from extractors.media.sound import hear
from extractors.shared.clip import MANIFEST, Row
from extractors.shared.compute import add_compute_flags, prepare_compute
from extractors.shared.files import read_table, write_table
from extractors.shared.program import progress, run


def main() -> None:
    """Transcribe the clips without words and write the manifest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", required=True, type=Path, help="manifest of find_clips or find_speech")
    parser.add_argument("--release", required=True, type=Path, help="folder that the manifest's paths start from")
    parser.add_argument("--recogniser", required=True, help="a folder of Whisper, or its id on the model hub")
    parser.add_argument(
        "--silence-db", required=True, type=float, help="dB of full scale below which a clip says nothing"
    )
    parser.add_argument("--manifest", required=True, type=Path, help="output, Parquet")
    add_compute_flags(parser)
    flags = parser.parse_args()
    device = prepare_compute(flags.device, flags.threads)
    clips = read_table(flags.clips, "extractors.find_clips").to_pylist()
    wordless = [clip for clip in clips if not clip["text"] and clip["status"] != "excluded"]
    words = transcribe(wordless, flags.release, flags.recogniser, flags.silence_db, device) if wordless else {}
    sys.stderr.write(f"{sum(map(bool, words.values()))} of {len(wordless)} clips without words were transcribed\n")
    rows = [clip | {"text": words.get(clip["clip_id"], clip["text"])} for clip in clips]
    write_table(flags.manifest, pa.Table.from_pylist(rows, schema=MANIFEST))


def transcribe(
    clips: list[Row], release: Path, recogniser: str, silence_db: float, device: torch.device
) -> dict[str, str]:
    """Clip -> its words; empty if it is silent or its sound cannot be read. The extraction reports unreadable sound."""
    whisper = Transcriber(recogniser, device)
    words = {}
    for clip in progress(clips, "words"):
        try:
            heard = hear(release / clip["audio"], clip["audio_start"], clip["audio_end"])
        except Exception as error:
            blame(error, clip["clip_id"])
            continue
        words[clip["clip_id"]] = whisper.words(heard.samples) if heard.decibels >= silence_db else ""
    return words


if __name__ == "__main__":
    run(main)
