"""Feature indexes to packed arrays: what a job reads, once, before it trains any of its runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from amanda.transfer import send
from extractors.clip import CLASSES
from extractors.files import read_table
from extractors.program import UserError
from extractors.store import USABLE, Features, open_features

MODALITIES = ("text", "audio", "visual")
"""The M = 3 modalities, in the order of every concatenation, loss vector and table."""


@dataclass(frozen=True, slots=True)
class Packed:
    """Frames of several clips without padding; what is taken of it looks at the same rows, and copies nothing.

    ``rows`` is [rows, dim], in the precision of the store; clip c is its rows ``starts[c] .. starts[c] + lengths[c]``,
    by default one clip after another. Both are [clips], on the host. ``valid``, [rows], marks the rows with a face and
    is ``None`` where every row counts.
    """

    rows: Tensor
    lengths: Tensor
    valid: Tensor | None
    starts: Tensor = None

    def __post_init__(self) -> None:
        if self.starts is None:
            object.__setattr__(self, "starts", self.lengths.cumsum(0) - self.lengths)

    def take(self, clips: Tensor | slice) -> Packed:
        """Some of the clips, by their positions, [clips]; repeats are allowed."""
        return Packed(self.rows, self.lengths[clips], self.valid, self.starts[clips])

    def gather(self, dtype: torch.dtype, room: Tensor | None = None) -> Tensor:
        """The frames of the clips one after another, in ``dtype``, [sum of room, dim].

        Args:
            dtype: a number format.
            room: rows for each clip, [clips], on the host; what it does not fill is zero. By default what it needs.
        """
        row, beyond = self._rows(self.lengths if room is None else room)
        frames = self.rows.index_select(0, send(row, self.rows.device)).to(dtype)
        return frames.index_fill_(0, send(beyond, self.rows.device), 0) if len(beyond) else frames

    def faces(self) -> Tensor:
        """``valid`` of the clips one after another, [sum of lengths]."""
        return self.valid.index_select(0, send(self._rows(self.lengths)[0], self.valid.device))

    def _rows(self, room: Tensor) -> tuple[Tensor, Tensor]:
        """Where each gathered row comes from, and which of them lie beyond their clip's end; both on the host."""
        clip = torch.repeat_interleave(torch.arange(len(room)), room)
        place = torch.arange(len(clip)) - (room.cumsum(0) - room)[clip]
        beyond = place >= self.lengths[clip]
        return torch.where(beyond, 0, self.starts[clip] + place), beyond.nonzero().flatten()


@dataclass(frozen=True, slots=True)
class Corpus:
    """One side of a pair: its usable clips, in the order of the manifest. It has no labels.

    ``split`` is [clips] of ``train``, ``validation`` or ``test``; ``made_with`` tells for each modality how the frames
    were extracted; ``left_out`` counts the clips of the splits that a modality has no features for. ``indexes`` and
    ``splits`` are the files that all this was read from.
    """

    clip_ids: np.ndarray
    split: np.ndarray
    packed: Mapping[str, Packed]
    made_with: Mapping[str, str]
    left_out: int
    indexes: Mapping[str, Path]
    splits: Path

    def frames(self, clips: Tensor) -> dict[str, Packed]:
        """The frames of some clips, [clips] of positions, in every modality."""
        return {name: packed.take(clips) for name, packed in self.packed.items()}

    def clips(self, split: str) -> Tensor:
        """Positions of the clips of one split, ascending."""
        return torch.from_numpy(np.flatnonzero(self.split == split))

    @property
    def dims(self) -> dict[str, int]:
        """Width of a frame in each modality."""
        return {name: packed.rows.shape[1] for name, packed in self.packed.items()}


def read_corpus(indexes: Mapping[str, Path], splits: Path, device: torch.device) -> Corpus:
    """Read one corpus onto ``device``, in the precision of its store.

    Args:
        indexes: modality to feature index.
        splits: table of clip_id and split.
        device: where the frames stay.

    Raises:
        UserError: a clip of the splits is in no index, or clips differ in their number of visual frames.
    """
    table = read_table(splits, "extractors.splits")
    split = dict(zip(table["clip_id"].to_pylist(), table["split"].to_pylist(), strict=True))
    features = {name: open_features(path) for name, path in indexes.items()}
    for name, path in indexes.items():
        missing = sorted(split.keys() - set(features[name].table.index))
        if missing:
            raise UserError(
                f"{path}: lacks {len(missing)} clips of {splits}, such as {missing[0]}; extract this corpus again"
            )
    usable = {name: _usable(features[name]) for name in MODALITIES}
    everywhere = set.intersection(*usable.values()) & split.keys()
    clips = [clip for clip in features["text"].table.index if clip in everywhere]
    packed = {name: _pack(features[name], name, clips, device) for name in MODALITIES if clips}
    if clips and len(set(packed["visual"].lengths.tolist())) > 1:
        raise UserError(f"{indexes['visual']}: clips differ in their number of frames; extract them with one setting")
    return Corpus(
        clip_ids=np.array(clips, str),
        split=np.array([split[clip] for clip in clips], str),
        packed=packed,
        made_with={name: _made_with(features[name], clips) for name in packed},
        left_out=len(split) - len(clips),
        indexes=indexes,
        splits=splits,
    )


def _usable(features: Features) -> set[str]:
    """Clips with at least one frame that were extracted, wholly or in part."""
    table = features.table
    return set(table.index[table["status"].isin(USABLE) & (table["length"] > 0)])


def _made_with(features: Features, clips: list[str]) -> str:
    """How the frames were extracted, which is one way for all clips of an index."""
    row = features.table.loc[clips[0]]
    weights = f"{row.weights}@{row.weights_sha256[:8]}"
    return f"{row.extractor} version {row.preprocessing}, {weights}, blocks {row.blocks.tolist()}"


def _pack(features: Features, modality: str, clips: list[str], device: torch.device) -> Packed:
    """Frames of the clips one after another; only visual frames have a mask, of those with a face."""
    arrays = [features.frames(clip) for clip in clips]
    rows = torch.from_numpy(np.concatenate(arrays)).to(device)
    valid = None
    if modality == "visual":
        valid = torch.from_numpy(np.concatenate([features.valid(clip) for clip in clips])).to(device)
    return Packed(rows, torch.tensor([len(array) for array in arrays]), valid)


def read_labels(path: Path, corpus: Corpus) -> Tensor:
    """Class of every clip of the corpus, [clips], as a position in ``CLASSES``. For the source side only.

    Raises:
        UserError: a clip has no label among the classes, or a class has no clip in the train split.
    """
    table = read_table(path, "extractors.manifest")
    label = dict(zip(table["clip_id"].to_pylist(), table["label"].to_pylist(), strict=True))
    unknown = [clip for clip in corpus.clip_ids if label.get(clip) not in CLASSES]
    if unknown:
        raise UserError(
            f"{path}: {len(unknown)} clips of the splits, such as {unknown[0]}, have none of the labels"
            f" {', '.join(CLASSES)}; read the release and split it again"
        )
    labels = torch.tensor([CLASSES.index(label[clip]) for clip in corpus.clip_ids])
    counts = labels[corpus.clips("train")].bincount(minlength=len(CLASSES))
    for name, count in zip(CLASSES, counts.tolist(), strict=True):
        if not count:
            raise UserError(
                f"{path}: no clip of class '{name}' in the train split; choose a split rule that leaves some there"
            )
    return labels


def check_pair(source: Corpus, target: Corpus) -> None:
    """Make sure that the two corpora can be trained on together.

    Raises:
        UserError: a split that training needs is empty, a train split has a single clip, or frames differ in width or
            in how they were extracted.
    """
    for corpus, split, least in ((source, "train", 2), (source, "validation", 1), (target, "train", 2)):
        count = len(corpus.clips(split))
        if count < least:
            raise UserError(
                f"{corpus.splits}: the {split} split has {count} usable clips and needs {least};"
                f" change the split rule ({corpus.left_out} clips were left out for want of features)"
            )
    for name in MODALITIES:
        ours, theirs = (f"{c.made_with[name]}, {c.dims[name]} values" for c in (source, target))
        if ours != theirs:
            raise UserError(
                f"{target.indexes[name]}: frames made with {theirs}, those of {source.indexes[name]} with {ours};"
                " extract both corpora in one way"
            )


def batches(clips: Tensor, size: int, stream: torch.Generator) -> Iterator[Tensor]:
    """One pass over the clips in random order, in batches of ``size``.

    The last batch holds what is left; a single clip is left out of this pass, because a variance needs two.
    """
    order = clips[torch.randperm(len(clips), generator=stream)]
    yield from (batch for batch in order.split(size) if len(batch) > 1)


def endless_batches(clips: Tensor, size: int, stream: torch.Generator) -> Iterator[Tensor]:
    """Pass after pass, each in a new order."""
    while True:
        yield from batches(clips, size, stream)
