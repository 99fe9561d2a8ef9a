"""A text extractor without a network, for tests of the driver; as a program it works slowly, to be killed."""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from extractors.extract_shard import extract_shard
from extractors.features.clip_extraction import Task
from extractors.modalities.base import Extraction, Faces, Outcome
from extractors.modalities.text import TextSettings
from extractors.shared.clip import MANIFEST, ClipError
from extractors.shared.settings import settings_of

DIM = 3
FACE = {"frame": 1, "track": 0, "x1": 1.0, "y1": 2.0, "x2": 3.0, "y2": 4.0, "score": 0.5}
SETTINGS = {
    "precision": "float16",
    "compute": "float32",
    "window": 1,
    "batch": 64,
    "blocks": [1],
    "revision": "",
    "sha256": "",
}
"""Those of the text extractor, in whose place the toy stands."""
SPECIAL = {
    "fail": ClipError("a clip that fails"),
    "nan": Extraction(np.full((2, DIM), np.nan, np.float32)),
    "large": Extraction(np.full((2, DIM), 1e5, np.float32)),
    "none": Extraction(np.zeros((0, DIM), np.float32)),
    "degraded": Extraction(
        np.ones((4, DIM), np.float32),
        np.array([True, False, True, True]),
        2.0,
        Faces(3, 0.5, [FACE], 0),
        "one face less",
    ),
}


class Toy:
    """Frames drawn from the hash of the text; the texts of ``SPECIAL`` meet a special fate."""

    preprocessing = 1
    dim = DIM
    libraries = ("numpy",)

    def __init__(self, weights: str = "a", crash_at: str = "", seconds: float = 0, config: str = "c") -> None:
        shas = {"weights_sha256": weights * 64, "config_sha256": config}
        self.provenance = {"weights": "toy", **shas, "revision": "", "blocks": [1]}
        self.crash_at, self.seconds = crash_at, seconds
        self.extracted: list[str] = []

    def read(self, clip: Mapping[str, Any], release: Path) -> Mapping[str, Any]:
        if clip["text"] == "unreadable":
            raise ClipError("a clip that cannot be read")
        return clip

    def embed(self, inputs: Sequence[Mapping[str, Any]]) -> list[Outcome]:
        return [self._embed(clip) for clip in inputs]

    def _embed(self, clip: Mapping[str, Any]) -> Outcome:
        time.sleep(self.seconds)
        if clip["clip_id"] == self.crash_at:
            raise KeyboardInterrupt("the machine went down")
        self.extracted.append(clip["clip_id"])
        if clip["text"] in SPECIAL:
            return SPECIAL[clip["text"]]
        seed = int.from_bytes(hashlib.sha256(clip["text"].encode()).digest()[:4])
        random = np.random.default_rng(seed)
        return Extraction(random.standard_normal((1 + seed % 5, DIM)).astype(np.float32), duration=1.0)


def make_clips(texts: list[str], excluded: tuple[int, ...] = ()) -> list[dict[str, Any]]:
    """Manifest rows with these texts."""
    blank = {"corpus": "toy", "speaker": "s", "session": "1", "dialogue": "d", "official_split": "train"}
    blank |= {"video": "clip.mp4", "audio": "clip.wav", "crop": "full", "face": "", "reason": "", "status": "ok"}
    blank |= {"video_start": None, "video_end": None, "audio_start": None, "audio_end": None}
    clips = [blank | {"clip_id": f"clip_{number:03}", "text": text} for number, text in enumerate(texts)]
    for number in excluded:
        clips[number] |= {"status": "excluded", "reason": "another emotion"}
    return clips


def write_manifest(path: Path, clips: list[dict[str, Any]]) -> Path:
    """Write manifest rows as the reader of a release would."""
    pq.write_table(pa.Table.from_pylist(clips, schema=MANIFEST), path)
    return path


def extract(
    folder: Path, clips: list[dict[str, Any]], toy: Toy, others: Sequence[Path] = (), **changes: Any
) -> tuple[bytes, pa.Table]:
    """Extract ``clips`` as shard 1-of-1 into ``folder``; the bytes of its frames and its index."""
    settings = settings_of(TextSettings, SETTINGS | changes)
    task = Task("text", folder, toy, settings, "cpu")
    extract_shard(clips, task, folder / "1-of-1.npy", folder / "1-of-1.parquet", 2, others)
    return (folder / "1-of-1.npy").read_bytes(), pq.read_table(folder / "1-of-1.parquet")


if __name__ == "__main__":
    extract(Path(sys.argv[1]), make_clips([f"text {number}" for number in range(40)]), Toy(seconds=0.02))
