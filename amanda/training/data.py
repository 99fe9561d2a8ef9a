"""Feature indexes to packed arrays: what a job reads, once, before it trains any of its runs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from amanda.network.frames import Packed, Stored
from extractors.features.store import USABLE, Features, open_features
from extractors.shared.clip import MODALITIES
from extractors.shared.files import read_table
from extractors.shared.labels import Labels
from extractors.shared.program import UserError


@dataclass(frozen=True, slots=True)
class Corpus:
    """One side of a pair: its usable clips, in the order of the manifest. It has no labels.

    ``split`` is [clips] of ``train``, ``validation`` or ``test``; ``packed`` holds the frames of each modality, on the
    device or in their files; ``made_with`` tells for each modality how the frames were extracted; ``without_features``
    counts the clips of the splits that a modality has no features for. ``indexes`` and ``splits`` are the files that
    all this was read from.
    """

    clip_ids: np.ndarray
    split: np.ndarray
    packed: Mapping[str, Packed | Stored]
    made_with: Mapping[str, str]
    without_features: int
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
        return {name: packed.dim for name, packed in self.packed.items()}

    @property
    def streamed(self) -> bool:
        """Whether frames have to be fetched from their files, batch by batch."""
        return any(isinstance(packed, Stored) for packed in self.packed.values())


def read_corpus(
    indexes: Mapping[str, Path], splits: Path, device: torch.device, resident: int, among: Collection[str] | None = None
) -> Corpus:
    """Read one corpus in the precision of its store: onto ``device`` once, or batch by batch if it is too large.

    Args:
        indexes: modality to feature index.
        splits: table of clip_id and split.
        device: where frames are computed with.
        resident: the most bytes of frames that may stay there.
        among: the clips that are read, of all that are there; None for all of the splits.

    Raises:
        UserError: a clip of the splits is in no index, or clips differ in their number of visual frames.
    """
    split = _parts(splits, among)
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
    stored = {name: _stored(features[name], name, clips, device) for name in MODALITIES if clips}
    fits = sum(frames.size for frames in stored.values()) <= resident
    packed = {name: frames.all() if fits else frames for name, frames in stored.items()}
    if clips and len(set(packed["visual"].lengths.tolist())) > 1:
        raise UserError(f"{indexes['visual']}: clips differ in their number of frames; extract them with one setting")
    return Corpus(
        clip_ids=np.array(clips, str),
        split=np.array([split[clip] for clip in clips], str),
        packed=packed,
        made_with={name: _made_with(features[name], clips) for name in packed},
        without_features=len(split) - len(clips),
        indexes=indexes,
        splits=splits,
    )


def _parts(splits: Path, among: Collection[str] | None) -> dict[str, str]:
    """Clip to the part of the split that it is in, of all clips or of some."""
    table = read_table(splits, "extractors.split_corpus")
    rows = zip(table["clip_id"].to_pylist(), table["split"].to_pylist(), strict=True)
    return {clip: part for clip, part in rows if among is None or clip in among}


def _usable(features: Features) -> set[str]:
    """Clips with at least one frame that were extracted, wholly or in part."""
    table = features.table
    return set(table.index[table["status"].isin(USABLE) & (table["length"] > 0)])


def _made_with(features: Features, clips: list[str]) -> str:
    """How the frames were extracted, which is one way for all clips of an index."""
    row = features.table.loc[clips[0]]
    weights = f"{row.weights}@{row.weights_sha256[:8]} (config {row.config_sha256[:8] or 'none'})"
    return f"{row.extractor} version {row.preprocessing}, {weights}, blocks {row.blocks.tolist()}"


def _stored(features: Features, modality: str, clips: list[str], device: torch.device) -> Stored:
    """Frames of the clips in their files; only visual frames have a mask, of those with a face."""
    masks = [features.valid(clip) for clip in clips] if modality == "visual" else None
    frames = [features.frames(clip) for clip in clips]
    return Stored(frames, masks, torch.tensor([len(rows) for rows in frames]), device)


def labels_of(corpus: Corpus, labels: Labels) -> Tensor:
    """Class of every clip of the corpus, [clips], as a position among the classes. For the source side only.

    Args:
        corpus: read of the clips of :func:`labelled` alone.
        labels: of its release.

    Raises:
        UserError: a clip has no label, or a class has no clip in the train split.
    """
    of_clip, classes = labels.of_clip, labels.classes
    unknown = [clip for clip in corpus.clip_ids if of_clip.get(clip) not in classes]
    if unknown:
        raise UserError(
            f"{labels.path}: {len(unknown)} clips of the splits, such as {unknown[0]}, have none of the labels"
            f" {', '.join(classes)}; read the release and split it again"
        )
    found = torch.tensor([classes.index(of_clip[clip]) for clip in corpus.clip_ids], dtype=torch.long)
    counts = found[corpus.clips("train")].bincount(minlength=len(classes))
    for name, count in zip(classes, counts.tolist(), strict=True):
        if not count:
            raise UserError(
                f"{labels.path}: no clip of class '{name}' in the train split; choose a split that leaves some there"
            )
    return found


def labelled(labels: Labels) -> set[str]:
    """The clips that have a label."""
    return {clip for clip, name in labels.of_clip.items() if name}


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
                f" change the split ({corpus.without_features} clips are not used for want of features)"
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
