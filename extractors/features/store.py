"""The feature store: concatenated frames in NPY files, a Parquet index with one row per clip, and their reader."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from extractors.shared.files import read_table
from extractors.shared.program import UserError

USABLE = ("ok", "degraded")
"""The statuses of clips with frames: without and with a warning. The other statuses are ``failed`` and ``excluded``."""

PRECISIONS = ("float16", "float32")
"""The number formats of stored frames."""

FACE = pa.struct(
    [
        pa.field("frame", pa.int16()),
        pa.field("track", pa.int16()),
        *(pa.field(name, pa.float32()) for name in ("x1", "y1", "x2", "y2", "score")),
    ]
)
"""A face found in a clip, see :class:`extractors.modalities.base.Faces`; ``frame`` counts the distinct frames."""

SHARD_INDEX = pa.schema(
    [
        pa.field("clip_id", pa.string(), nullable=False),
        pa.field("status", pa.string(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("offset", pa.int64(), nullable=False),
        pa.field("length", pa.int64(), nullable=False),
        pa.field("valid", pa.list_(pa.bool_())),
        pa.field("duration", pa.float64()),
        pa.field("faces", pa.int32()),
        pa.field("rivalry", pa.float32()),
        pa.field("track", pa.int16()),
        pa.field("found", pa.list_(FACE)),
        pa.field("extractor", pa.string(), nullable=False),
        pa.field("weights", pa.string(), nullable=False),
        pa.field("weights_sha256", pa.string(), nullable=False),
        pa.field("config_sha256", pa.string(), nullable=False),
        pa.field("revision", pa.string(), nullable=False),
        pa.field("blocks", pa.list_(pa.int32()), nullable=False),
        pa.field("preprocessing", pa.int32(), nullable=False),
        pa.field("precision", pa.string(), nullable=False),
        pa.field("compute", pa.string(), nullable=False),
        pa.field("device", pa.string(), nullable=False),
        pa.field("libraries", pa.string(), nullable=False),
        pa.field("input_hash", pa.string(), nullable=False),
        pa.field("digest", pa.string(), nullable=False),
        pa.field("frames_sha256", pa.string(), nullable=False),
    ]
)
"""Index of a shard. A clip has the rows ``offset .. offset + length`` of its NPY file; ``valid`` null means all true.

``faces``, ``rivalry``, ``track`` and ``found`` are null except for visual, see
:class:`extractors.modalities.base.Faces`. The digest covers everything that the numbers depend on, except the versions
of ``libraries``, which are checked with canary clips.
"""

PROVENANCE_ONLY = ("found", "libraries", "input_hash", "digest", "frames_sha256")
"""Columns that :func:`open_features` does not load."""

CORPUS_INDEX = SHARD_INDEX.append(pa.field("frames_file", pa.string(), nullable=False))
"""Index of a corpus: every clip of the manifest once, in its order; ``frames_file`` is relative to the index file."""


class Features:
    """The frames of one corpus and modality, memory-mapped.

    Attributes:
        table: the index as a data frame, indexed by ``clip_id``, in manifest order.
        dim: columns of every clip's frames.
    """

    def __init__(self, table: pd.DataFrame, arrays: dict[str, np.ndarray]) -> None:
        self.table = table
        self.dim = next(iter(arrays.values())).shape[1]
        self._arrays = {name: np.asarray(array) for name, array in arrays.items()}  # a memmap's own slices cost 15 us
        self._masks = dict(zip(table.index, table.valid, strict=True))
        self._places = dict(
            zip(table.index, zip(table.frames_file, table.offset, table.length, strict=True), strict=True)
        )

    def frames(self, clip_id: str) -> np.ndarray:
        """Return the clip's frames [T, dim], a read-only view of the file. T is 0 for a clip without features."""
        file, offset, length = self._places[clip_id]
        return self._arrays[file][offset : offset + length]

    def valid(self, clip_id: str) -> np.ndarray:
        """Return bool [T]: True for frames of the clip that were measured, False for frames that were filled in."""
        mask = self._masks[clip_id]
        return np.ones(self._places[clip_id][2], dtype=bool) if mask is None else np.asarray(mask, dtype=bool)


def open_features(index: Path) -> Features:
    """Open the features of a corpus by the index that ``extractors.index_features`` wrote.

    Raises:
        UserError: a file is missing or damaged, or has fewer rows than in the index.
    """
    wanted = [name for name in CORPUS_INDEX.names if name not in PROVENANCE_ONLY]
    table = read_table(index, "extractors.index_features", wanted)
    if table.schema.names != wanted:
        raise UserError(f"{index}: not the index of a corpus; make it with extractors.index_features")
    if table.num_rows == 0:
        raise UserError(f"{index}: has no clips; check the manifest from which it was made")
    frame = table.to_pandas().set_index("clip_id")
    needed = (frame.offset + frame.length).groupby(frame.frames_file).max()
    arrays = {name: open_frames(index.parent / name, rows) for name, rows in needed.items()}
    widths = {array.shape[1] for array in arrays.values()}
    if len(widths) > 1:
        raise UserError(f"{index}: its shards have frames of different widths {sorted(widths)}; extract them again")
    return Features(frame, arrays)


def open_frames(path: Path, rows: int) -> np.ndarray:
    """Memory-map an NPY file of frames [sum T, dim] that must hold at least ``rows`` rows.

    Raises:
        UserError: the file is missing, is not such an array, or is shorter.
    """
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; make it with extractors.extract_shard") from None
    except (ValueError, EOFError, OSError) as error:
        raise UserError(
            f"{path}: not a readable NPY file ({error}); make it again with extractors.extract_shard"
        ) from None
    if array.ndim != 2 or array.dtype.name not in PRECISIONS or len(array) < rows:
        raise UserError(
            f"{path}: contains {array.dtype} {list(array.shape)}, but the index needs {rows} rows of"
            f" {' or '.join(PRECISIONS)}; make it again with extractors.extract_shard"
        )
    return array
