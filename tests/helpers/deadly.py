"""The program with a toy that meets a fate at texts that name it, for a forked child; it tells what it embedded."""

from __future__ import annotations

import errno
import json
import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from extractors import extract_shard
from extractors.features import clip_extraction
from extractors.modalities.base import Outcome
from extractors.shared.program import run
from helpers import toy_extractor
from helpers.toy_extractor import SETTINGS, Toy

FATES = {
    "segfault": lambda: signal.pthread_kill(threading.get_ident(), signal.SIGSEGV),  # in this thread, as a decoder's
    "abort": os.abort,
    "killed": lambda: signal.pthread_kill(threading.get_ident(), signal.SIGKILL),
    "exit": lambda: os._exit(3),
}


class Deadly(Toy):
    """A text such as ``embed segfault`` ends the process, and ``read ValueError`` raises, in this step."""

    def read(self, clip: Mapping[str, Any], release: Path) -> Mapping[str, Any]:
        meet("read", clip["text"])
        return super().read(clip, release)

    def embed(self, inputs: Sequence[Mapping[str, Any]]) -> list[Outcome]:
        for clip in inputs:
            meet("embed", clip["text"])
        return super().embed(inputs)


def meet(step: str, text: str) -> None:
    """Meet the fate that the text names for this step."""
    when, _, fate = text.partition(" ")
    if when != step:
        return
    if fate in FATES:
        FATES[fate]()
    if fate == "full disk":
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    kinds = (ValueError, MemoryError, AssertionError, RuntimeError, ImportError)
    raise {kind.__name__: kind for kind in kinds}[fate](f"/home/someone/film.mp4 is\nodd: {fate}")


def main(folder: str, texts: Sequence[str], window: int) -> None:
    """Extract the texts into a folder."""
    place = Path(folder)
    manifest = toy_extractor.write_manifest(place / "manifest.parquet", toy_extractor.make_clips(list(texts)))
    clip_extraction.build_extractor = lambda *_: Deadly()
    flags = {"manifest": manifest, "release": place, "modality": "text", "shard": "1-of-1", "backbone": "toy"}
    flags |= {"others": place / "absent.npy"}
    flags |= {"settings": json.dumps(SETTINGS | {"window": window}), "device": "cpu", "threads": "2"}
    flags |= {"frames": place / "out/1-of-1.npy", "index": place / "out/1-of-1.parquet"}
    sys.argv = ["extract", *(str(word) for name, value in flags.items() for word in (f"--{name}", value))]
    run(extract_shard.main)
