"""Manifest -> frames: extract one modality of a shard of clips; a restart continues after the last complete window.

Clips that were in work when the last process ended are first tried alone.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa

from extractors.features.at_work import EMBEDDING, READING, AtWork
from extractors.features.clip_extraction import FatalError, Prepared, Task, add_task_flags, make_task
from extractors.features.shard_journal import Journal
from extractors.features.store import SHARD_INDEX
from extractors.features.trial import try_suspects
from extractors.networks.passes import refuse_lost_device
from extractors.shared.clip import ClipError, Row
from extractors.shared.compute import add_compute_flags, prepare_compute
from extractors.shared.files import read_table, write_table
from extractors.shared.program import UserError, progress, run

Finished = tuple[np.ndarray, Row]
"""A clip's frames and its index row."""

Read = TypeVar("Read")


def parse_shard(text: str) -> tuple[int, int]:
    """Read ``k-of-n``, with 1 <= k <= n."""
    k, _, n = text.partition("-of-")
    if not (k.isdigit() and n.isdigit() and 1 <= int(k) <= int(n)):
        raise UserError(f"--shard {text}: not of the form k-of-n; use for example 1-of-4")
    return int(k), int(n)


def shard_clips(manifest: pa.Table, k: int, n: int) -> list[Row]:
    """The clips of shard k of n, a part of the manifest in its order, so that clips of one recording stay together."""
    count = manifest.num_rows
    return manifest.slice(count * (k - 1) // n, count * k // n - count * (k - 1) // n).to_pylist()


def extract_shard(
    clips: list[Row], task: Task, frames: Path, index: Path, readers: int, others: Sequence[Path] = ()
) -> None:
    """Extract the clips of a shard into the files ``frames`` and ``index``, with ``readers`` threads that read ahead.

    Unchanged clips are copied from the shards ``others``, which are given by their files of frames.
    """
    journal = Journal(frames, task.extractor.dim, task.precision, others)
    used = [clip for clip in clips if clip["status"] != "excluded"]
    with AtWork(frames) as at_work:
        extract_clips(used, task, journal, at_work, readers)
    table = assemble_index(clips, task, journal.rows)
    index.unlink(
        missing_ok=True
    )  # removed before the frames change and written after them, so that an index never describes other frames
    journal.publish()
    write_table(index, table)
    journal.keep()


def extract_clips(clips: list[Row], task: Task, journal: Journal, at_work: AtWork, readers: int) -> None:
    """Complete the journal up to the end of ``clips``. Unchanged results in it and of the last extraction are reused.

    While the device embeds a window of clips, threads read the next window. At most two windows are in memory.
    """

    def unchanged(number: int, row: Row) -> bool:
        if number >= len(clips) or clips[number]["clip_id"] != row["clip_id"]:
            return False
        return task.identify(clips[number])["digest"] == row["digest"]

    def prepare(clip: Row) -> Prepared | Finished:
        identity = task.identify(clip)
        digest = identity["digest"]
        if digest in at_work.fatal:
            return Prepared(clip, identity, FatalError(at_work.fatal[digest]))
        kept = journal.kept(digest)
        if kept:
            return kept[0], kept[1] | {"clip_id": clip["clip_id"]}
        with at_work.doing(READING, [(clip["clip_id"], digest)]):
            return task.prepare(clip, identity)

    journal.resume(unchanged, task.window)
    remaining = clips[len(journal.rows) :]
    begin = time.perf_counter()
    with closing(read_ahead(prepare, remaining, task.window, readers)) as windows:
        for finished in progress(finish(windows, task, at_work), "clips", len(remaining)):
            journal.append(*finished)
    tell_choices(task.choices)
    seconds = max(time.perf_counter() - begin, 1e-9)
    sys.stderr.write(
        f"{len(remaining)} clips in {seconds:.1f} s, {len(remaining) / seconds:.2f} per second;"
        f" embedding took {task.seconds / seconds:.0%} of the time\n"
    )


def tell_choices(choices: Sequence[tuple[str, str]]) -> None:
    """Write to stderr, for each choice among streams (its words, a clip), the number of clips, and one of them."""
    example = dict(reversed(choices))
    for words, count in Counter(words for words, _ in choices).most_common():
        sys.stderr.write(f"{words}; in {count} clips, such as {example[words]}\n")


def finish(windows: Iterable[list[Prepared | Finished]], task: Task, at_work: AtWork) -> Iterator[Finished]:
    """Embed prepared clips window by window, and pass on finished clips. Yields clips one by one, in order."""
    for window in windows:
        prepared = [one for one in window if isinstance(one, Prepared)]
        readable = [one for one in prepared if not isinstance(one.input, ClipError)]
        with at_work.doing(EMBEDDING, [(one.clip["clip_id"], one.identity["digest"]) for one in readable]):
            embedded = iter(task.finish(prepared))
        for one in window:
            yield next(embedded) if isinstance(one, Prepared) else one


def read_ahead(read: Callable[[Row], Read], clips: Sequence[Row], window: int, readers: int) -> Generator[list[Read]]:
    """Yield ``read(clip)`` of the clips, ``window`` at a time. The next window is read while one is used."""
    pool = ThreadPoolExecutor(readers)
    try:
        ahead: deque[list[Future[Read]]] = deque()
        for start in range(0, len(clips), window):
            ahead.append([pool.submit(read, clip) for clip in clips[start : start + window]])
            if len(ahead) == 2:
                yield [future.result() for future in ahead.popleft()]
        while ahead:
            yield [future.result() for future in ahead.popleft()]
    finally:
        pool.shutdown(cancel_futures=True)


def assemble_index(clips: list[Row], task: Task, rows: list[Row]) -> pa.Table:
    """The shard's index: one row per clip in the manifest's order, from the journal or for an excluded clip."""
    finished = {row["clip_id"]: row for row in rows}
    table, offset = [], 0
    for clip in clips:
        row = finished.get(clip["clip_id"]) or task.exclude(clip)
        table.append(row | {"offset": offset})
        offset += row["length"]
    return pa.Table.from_pylist(table, schema=SHARD_INDEX)


def _make(flags: argparse.Namespace) -> Task:
    return make_task(flags, prepare_compute(flags.device, flags.threads))


def main() -> None:
    """Parse the flags and extract a shard."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_task_flags(parser)
    parser.add_argument("--shard", required=True, help="k-of-n")
    parser.add_argument("--frames", required=True, type=Path, help="output: NPY [sum T, dim]")
    parser.add_argument("--index", required=True, type=Path, help="output: Parquet, one row per clip")
    parser.add_argument(
        "--others", required=True, nargs="*", type=Path, help="frames of this shard in other runs, there or not"
    )
    add_compute_flags(parser)
    flags = parser.parse_args()
    clips = shard_clips(read_table(flags.manifest, "extractors.read_release"), *parse_shard(flags.shard))
    try:
        try_suspects(flags.frames, {clip["clip_id"]: clip for clip in clips}, lambda: _make(flags))
        extract_shard(clips, _make(flags), flags.frames, flags.index, flags.threads, flags.others)
    except OSError as error:
        place, reason = error.filename or flags.frames, error.strerror or error
        raise UserError(f"{place}: {reason}; correct this and start again, finished clips are kept") from error
    except RuntimeError as error:
        refuse_lost_device(error)
        raise


if __name__ == "__main__":
    run(main)
