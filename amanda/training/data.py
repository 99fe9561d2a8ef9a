"""Feature indexes to packed arrays. A job reads these inputs once, before it trains its runs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from amanda.network.frames import Packed, Stored
from amanda.shared.speaks import has_frames, speaks
from extractors.features.store import Features, open_features
from extractors.shared.files import read_table
from extractors.shared.labels import Labels
from extractors.shared.program import UserError


@dataclass(frozen=True, slots=True)
class Corpus:
    """One side of a pair: its usable clips, in the order of the manifest. It has no labels.

    A clip of length 0 in ``packed`` lacks that modality; every clip has at least one.

    ``split`` is [clips] of ``train``, ``validation`` or ``test``. ``packed`` holds the frames of each modality, on the
    device or in their files. ``made_with`` describes for each modality how the frames were extracted.
    ``without_features`` counts the clips of the splits that are not used because they lack features. ``indexes`` and
    ``splits`` are the files that were read.
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

    def has(self, modality: str, clips: Tensor) -> Tensor:
        """Whether each of some clips, [clips] of positions, has a modality, bool [clips]."""
        return self.packed[modality].lengths[clips] > 0

    @property
    def lacking(self) -> bool:
        """Whether any clip lacks a modality."""
        return any(bool((packed.lengths == 0).any()) for packed in self.packed.values())

    def clips(self, split: str) -> Tensor:
        """Positions of the clips of one split, ascending."""
        return torch.from_numpy(np.flatnonzero(self.split == split))

    @property
    def dims(self) -> dict[str, int]:
        """Width of a frame in each modality."""
        return {name: packed.dim for name, packed in self.packed.items()}

    @property
    def streamed(self) -> bool:
        """Whether frames must be read from their files, batch by batch."""
        return any(isinstance(packed, Stored) for packed in self.packed.values())


def read_corpus(
    indexes: Mapping[str, Path],
    splits: Path,
    missing: str,
    device: torch.device,
    resident: int,
    among: Collection[str] | None = None,
) -> Corpus:
    """Read one corpus in the precision of its store: onto ``device`` once, or batch by batch if it is too large.

    Args:
        indexes: modality to feature index.
        splits: table of clip_id and split.
        missing: ``drop``: clips without features in a modality are not used; ``mask``: a clip needs information in at
            least one modality (:func:`amanda.shared.speaks.speaks`), and lacks the others.
        device: the device that computes.
        resident: largest number of bytes of frames that may stay on the device.
        among: the clips that are read; None for all clips of the splits.

    Raises:
        UserError: a clip of the splits is not in an index, or clips differ in their number of visual frames.
    """
    split = _parts(splits, among)
    features = {name: open_features(path) for name, path in indexes.items()}
    _check_listed(features, split, indexes, splits)
    usable = {name: _usable(each, missing) for name, each in features.items()}
    wanted = (set.intersection if missing == "drop" else set.union)(*usable.values()) & split.keys()
    clips = [clip for clip in next(iter(features.values())).table.index if clip in wanted]
    stored = {name: _stored(each, name, clips, usable[name], device) for name, each in features.items() if clips}
    packed = _placed(stored, resident)
    _check_frames(packed, indexes)
    return Corpus(
        clip_ids=np.array(clips, str),
        split=np.array([split[clip] for clip in clips], str),
        packed=packed,
        made_with={name: _made_with(features[name], clips) for name in packed},
        without_features=len(split) - len(clips),
        indexes=indexes,
        splits=splits,
    )


def _check_listed(
    features: Mapping[str, Features], split: Mapping[str, str], indexes: Mapping[str, Path], splits: Path
) -> None:
    for name, path in indexes.items():
        absent = sorted(split.keys() - set(features[name].table.index))
        if absent:
            raise UserError(
                f"{path}: lacks {len(absent)} clips of {splits}, such as {absent[0]}; extract this corpus again"
            )


def _placed(stored: Mapping[str, Stored], resident: int) -> dict[str, Packed | Stored]:
    """The frames on the device if all of them fit into ``resident`` bytes, else in their files."""
    fits = sum(frames.size for frames in stored.values()) <= resident
    return {name: frames.all() if fits else frames for name, frames in stored.items()}


def _check_frames(packed: Mapping[str, Packed | Stored], indexes: Mapping[str, Path]) -> None:
    if "visual" in packed and len(set(packed["visual"].lengths.tolist()) - {0}) > 1:
        raise UserError(
            f"{indexes['visual']}: clips have different numbers of frames; extract all of them with the same settings"
        )


def _parts(splits: Path, among: Collection[str] | None) -> dict[str, str]:
    """The part of the split of each clip, by the clip's name, for all clips or for some."""
    table = read_table(splits, "extractors.split_corpus")
    rows = zip(table["clip_id"].to_pylist(), table["split"].to_pylist(), strict=True)
    return {clip: part for clip, part in rows if among is None or clip in among}


def _usable(features: Features, missing: str) -> set[str]:
    """The usable clips: extracted (``ok`` or ``degraded``) with at least one frame; for ``mask``, with information."""
    table = features.table
    return set(table.index[speaks(table) if missing == "mask" else has_frames(table)])


def _made_with(features: Features, clips: list[str]) -> str:
    """How the frames were extracted, which is the same for all clips of an index."""
    row = features.table.loc[clips[0]]
    weights = f"{row.weights}@{row.weights_sha256[:8]} (config {row.config_sha256[:8] or 'none'})"
    return f"{row.extractor} version {row.preprocessing}, {weights}, blocks {row.blocks.tolist()}"


def _stored(features: Features, modality: str, clips: list[str], usable: set[str], device: torch.device) -> Stored:
    """Frames of the clips in their files; none for a clip that lacks them; only visual frames have a mask of faces."""
    taken = [slice(None) if clip in usable else slice(0) for clip in clips]
    masks = (
        [features.valid(clip)[rows] for clip, rows in zip(clips, taken, strict=True)] if modality == "visual" else None
    )
    frames = [features.frames(clip)[rows] for clip, rows in zip(clips, taken, strict=True)]
    return Stored(frames, masks, torch.tensor([len(rows) for rows in frames]), device)


def labels_of(corpus: Corpus, labels: Labels) -> Tensor:
    """Class of every clip of the corpus, [clips], as a position among the classes. For the source only.

    Args:
        corpus: read with the clips of :func:`labelled` only.
        labels: the labels of its release.

    Raises:
        UserError: a clip has no label, or a class has no clip in the train split.
    """
    of_clip, classes = labels.of_clip, labels.classes
    unknown = [clip for clip in corpus.clip_ids if of_clip.get(clip) not in classes]
    if unknown:
        raise UserError(
            f"{labels.path}: {len(unknown)} clips of the splits, such as {unknown[0]}, have no label among"
            f" {', '.join(classes)}; read the release and split it again"
        )
    found = torch.tensor([classes.index(of_clip[clip]) for clip in corpus.clip_ids], dtype=torch.long)
    counts = found[corpus.clips("train")].bincount(minlength=len(classes))
    for name, count in zip(classes, counts.tolist(), strict=True):
        if not count:
            raise UserError(
                f"{labels.path}: the train split has no clip of class '{name}'; choose a split with clips of this class"
            )
    return found


def labelled(labels: Labels) -> set[str]:
    """The clips that have a label."""
    return {clip for clip, name in labels.of_clip.items() if name}


def check_pair(source: Corpus, target: Corpus) -> None:
    """Check that the two corpora can be used together in a training.

    Raises:
        UserError: a split that training needs is empty, a train split has a single clip, or frames differ in width or
            in how they were extracted.
    """
    for corpus, split, least in ((source, "train", 2), (source, "validation", 1), (target, "train", 2)):
        count = len(corpus.clips(split))
        if count < least:
            raise UserError(
                f"{corpus.splits}: the {split} split has {count} usable clips and needs {least};"
                f" change the split ({corpus.without_features} clips are not used because they lack features)"
            )
        for name in corpus.packed:
            there = int(corpus.has(name, corpus.clips(split)).sum())
            if there < least:
                raise UserError(
                    f"{corpus.indexes[name]}: {there} clips of the {split} split have {name}, and {least} are needed;"
                    f" take {name} out of the corpus's modalities, or change the split"
                )
    for name in source.packed:
        ours, theirs = (f"{c.made_with[name]}, {c.dims[name]} values" for c in (source, target))
        if ours != theirs:
            raise UserError(
                f"{target.indexes[name]}: frames made with {theirs}, but those of {source.indexes[name]} with {ours};"
                " extract both corpora in the same way"
            )


def batches(clips: Tensor, size: int, stream: torch.Generator) -> Iterator[Tensor]:
    """One pass over the clips in random order, in batches of ``size``.

    The last batch has the remaining clips. A single remaining clip is left out, because a variance needs two.
    """
    order = clips[torch.randperm(len(clips), generator=stream)]
    yield from (batch for batch in order.split(size) if len(batch) > 1)


def endless_batches(clips: Tensor, size: int, stream: torch.Generator) -> Iterator[Tensor]:
    """Batches of one pass after another, each pass in a new random order."""
    while True:
        yield from batches(clips, size, stream)
