"""Scores and predictions that may be published: only known columns, with digests instead of the names of clips.

A name such as ``Ses01F_impro01_F000`` can be guessed, and so can its plain hash: anyone can hash a list of all names. A
digest here has a key. The key is made from the manifests and the labels of the corpora, including transcripts and
times, and is never written. Only someone who has the same corpora can compute it, and already knows the names. So there
is no secret to keep, and the same results give the same capsule, byte for byte.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from amanda.shared.tables.scores import CHOSEN
from extractors.shared.files import file_sha256, read_table
from extractors.shared.program import UserError

KEYS = ("source", "target", "method", "split")
"""The columns of text that both kinds of tables have."""

TEXTS = {*KEYS, "selection", "device", "trained_with", "corpus", "label", "data", "modality", "state"}
"""Columns of text that scores and counts may have; all their other columns must be numbers."""

DIGITS = 32


def secret(tables: Sequence[Path]) -> bytes:
    """The key of the digests, from the bytes of all manifests and labels."""
    return hashlib.sha256("".join(file_sha256(path) for path in sorted(tables)).encode()).digest()


def digest(key: bytes, corpus: str, clip_id: str) -> str:
    """The digest that replaces a clip's name: the same in every run, and different for each corpus."""
    return hmac.new(key, f"{corpus}\0{clip_id}".encode(), "sha256").hexdigest()[:DIGITS]


def shared_predictions(path: Path, key: bytes) -> pa.Table:
    """Chosen predictions of amanda.score_pair with digests as ``clip_id``, in the order of the digests."""
    table = CHOSEN.read(path)
    clips = list(zip(table["target"].to_pylist(), table["clip_id"].to_pylist(), strict=True))
    digests = {clip: digest(key, *clip) for clip in set(clips)}
    column = pa.array([digests[clip] for clip in clips])
    table = table.set_column(table.column_names.index("clip_id"), "clip_id", column)
    order = [(name, "ascending") for name in ("selection", "seed", "clip_id")]
    return table.take(pc.sort_indices(table, order)).replace_schema_metadata(None)


def shared_numbers(path: Path, made_by: str) -> pa.Table:
    """Scores or counts, after a check of their columns.

    Raises:
        UserError: a column contains neither numbers nor known texts.
    """
    table = read_table(path, made_by)
    for column in table.schema:
        number = any(kind(column.type) for kind in (pa.types.is_integer, pa.types.is_floating, pa.types.is_null))
        if not number and column.name not in TEXTS:
            raise UserError(f"{path}: column {column.name} is neither a number nor a known text; leave it out")
    return table.replace_schema_metadata(None)
