"""A shared model and features of clips -> the model's answer for each clip, without labels."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from amanda.prediction.answers import answer_clips, as_csv, as_json_lines
from amanda.shared.feature_flags import add_feature_flags, indexes_of
from amanda.sharing.loading import load
from extractors.shared.answers import ANSWERED
from extractors.shared.compute import add_compute_flags, prepare_compute
from extractors.shared.files import atomic_file, read_table, write_table
from extractors.shared.program import run


def main() -> None:
    """Predict every clip of the indexes and write one table in three formats."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True, type=Path, help="folder of amanda.share_model or amanda.adapt_model")
    parser.add_argument("--manifest", required=True, type=Path, help="the clips, with their speakers and times")
    add_feature_flags(parser, "--features")
    parser.add_argument("--csv", required=True, type=Path, help="output: probabilities to four decimals")
    parser.add_argument("--json-lines", required=True, type=Path, help="output: a line for each clip")
    parser.add_argument("--parquet", required=True, type=Path, help="output")
    add_compute_flags(parser)
    flags = parser.parse_args()
    device = prepare_compute(flags.device, flags.threads)
    model = load(flags.model, device=str(device))
    clips = read_table(flags.manifest, "extractors.read_release", ["clip_id", "speaker", "video_start", "video_end"])
    speakers = {clip["clip_id"]: clip["speaker"] for clip in clips.to_pylist()}
    times = {clip["clip_id"]: (clip["video_start"], clip["video_end"]) for clip in clips.to_pylist()}
    table = answer_clips(model, indexes_of(flags, "--features"), speakers, times)
    if model.record.warning:
        sys.stderr.write(f"{model.record.warning}\n")
    answered = table["status"].to_pylist().count(ANSWERED)
    sys.stderr.write(f"{answered} of {table.num_rows} clips have an answer\n")
    for path, text in ((flags.csv, as_csv(table)), (flags.json_lines, as_json_lines(table))):
        with atomic_file(path) as temporary:
            temporary.write_text(text, "utf-8")
    write_table(flags.parquet, table)


if __name__ == "__main__":
    run(main)
