"""A manifest of recordings -> the manifest of the speech in them, with one clip for each segment."""

from __future__ import annotations

import argparse
import math
import sys
from functools import lru_cache
from pathlib import Path

import pyarrow as pa

from extractors.clips.segments import Segmented, segment_clip
from extractors.clips.speech import AGGRESSIVENESS, PIECE, Habits, Speech
from extractors.clips.speech import find_speech as find
from extractors.features.blame import blame
from extractors.media.clock import file_clock
from extractors.media.long_sound import sound_pieces
from extractors.shared.clip import MANIFEST, Row
from extractors.shared.files import read_table, write_table
from extractors.shared.program import UserError, progress, run


def main() -> None:
    """Find the speech in each recording, report recordings without speech, and write the manifest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recordings", required=True, type=Path, help="manifest of extractors.find_clips")
    parser.add_argument("--release", required=True, type=Path, help="folder that the manifest's paths start from")
    parser.add_argument(
        "--aggressiveness", required=True, type=int, choices=AGGRESSIVENESS, help="3 takes the least for speech"
    )
    parser.add_argument("--gap", required=True, type=float, help="seconds of silence up to which speech goes on")
    parser.add_argument("--shortest", required=True, type=float, help="seconds below which speech is no segment")
    parser.add_argument("--longest", required=True, type=float, help="seconds beyond which a segment is cut")
    parser.add_argument("--manifest", required=True, type=Path, help="output, Parquet")
    flags = parser.parse_args()
    habits = Habits(flags.aggressiveness, flags.gap, flags.shortest, flags.longest)
    recordings = read_table(flags.recordings, "extractors.find_clips").to_pylist()
    rows: list[Row] = []
    for clip in recordings:
        found = _segments(clip, flags.release, habits)
        rows += found.rows
        for remark in [*found.remarks, *(row["reason"] for row in found.rows if row["status"] == "excluded")]:
            sys.stderr.write(f"{clip['clip_id']}: {remark}\n")
    if all(row["status"] == "excluded" for row in rows):
        first = rows[0]
        raise UserError(
            f"{first['clip_id']}: {first['reason']}; none of the {len(rows)} recordings has speech that can be used, so"
            " ask about whole clips, without --segment"
        )
    write_table(flags.manifest, pa.Table.from_pylist(rows, schema=MANIFEST))


def _segments(clip: Row, release: Path, habits: Habits) -> Segmented:
    if clip["status"] == "excluded":
        return Segmented([clip], [])
    try:
        speech = _speech(release / clip["audio"], habits)
    except Exception as error:
        return Segmented([clip | {"status": "excluded", "reason": str(blame(error, clip["clip_id"]))}], [])
    return segment_clip(clip, speech, release)


@lru_cache(maxsize=1)
def _speech(path: Path, habits: Habits) -> Speech:
    """The speech in a file. It is cached for several clips of one file."""
    seconds = file_clock(path).end
    pieces = None if math.isnan(seconds) else math.ceil(seconds / PIECE)
    return find(progress(sound_pieces(path, PIECE), f"speech in {path.name}", pieces), habits)


if __name__ == "__main__":
    run(main)
