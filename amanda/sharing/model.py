"""A shared model: it predicts from frames, and measures their distance from its source's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from amanda.network.frames import Packed
from amanda.network.model import JOINT, Network
from amanda.shared.settings import TrainingSettings
from amanda.sharing.columns import Columns, column_statistics, distance, standardise_speakers
from amanda.sharing.prediction import Prediction, combine
from amanda.sharing.record import AdaptationRecord, ModelRecord
from extractors.shared.program import UserError

BATCH = 64
"""Clips in one pass of the networks; predictions depend on it only by rounding."""

Frames = Mapping[str, Sequence[np.ndarray]]
"""Modality -> the frames of each clip, [frames, dim]; [0, dim] or [0, 0] if a clip has none."""

Masks = Sequence[np.ndarray] | None
"""Which visual frames of each clip show a face, bool [frames]; ``None`` if all do."""


@dataclass(frozen=True, slots=True)
class Adaptation:
    """An adaptation without the source, which was added to a model.

    Attributes:
        record: how it was made.
        numbers: head -> numbers added to the logits of each network, [networks, classes].
        reference: modality -> the columns that standardise the frames of speakers.
        encoders: weights that replace those of each network, by name; empty unless encoders were trained.
    """

    record: AdaptationRecord
    numbers: Mapping[str, np.ndarray]
    reference: Mapping[str, Columns]
    encoders: Sequence[Mapping[str, Tensor]]


@dataclass(frozen=True, slots=True)
class Model:
    """A shared model.

    Attributes:
        record: its description in the folder: classes, source, backbones, label shares, calibration.
        settings: settings of the algorithm that trained it.
        networks: one network for each run.
        columns: modality -> mean and deviation of each column of the source's frames.
        adaptation: its adaptation without the source, or ``None``.
        path: the folder that it was loaded from, for messages.
    """

    record: ModelRecord
    settings: TrainingSettings
    networks: tuple[Network, ...]
    columns: Mapping[str, Columns]
    adaptation: Adaptation | None
    path: Path

    @property
    def heads(self) -> tuple[str, ...]:
        """The modalities of the networks, and ``joint``."""
        return (*self.settings.modalities, JOINT)

    def predict(self, frames: Frames, faces: Masks = None, speakers: Sequence[str] | None = None) -> Prediction:
        """Predict from the frames of some clips.

        Args:
            frames: frames of each clip in every modality of the model.
            faces: which of its visual frames show a face.
            speakers: the speaker of each clip; needed only if the model was adapted with speakers.

        Raises:
            UserError: frames have wrong widths or numbers or are not finite, or speakers are missing.
        """
        masks = check_frames(self, frames, faces)
        adapted = self.adaptation
        if adapted and adapted.record.speakers:
            if speakers is None or len(speakers) != len(masks):
                raise UserError(f"{self.path}: was adapted with speakers; name the speaker of each clip")
            frames = self.standardised(frames, masks, speakers, adapted.reference, adapted.record.speaker_weight)
        logits = self.logits(frames, masks)
        if adapted:
            logits = {head: values + adapted.numbers[head][:, None] for head, values in logits.items()}
        return combine(self.record.classes, logits, self.record.calibration.temperatures)

    def standardised(
        self,
        frames: Frames,
        masks: Sequence[np.ndarray],
        speakers: Sequence[str],
        reference: Mapping[str, Columns],
        weight: float,
    ) -> dict[str, list[np.ndarray]]:
        """The standardised frames of each speaker; see ``standardise_speakers``."""
        moved = {}
        for name in self.settings.modalities:
            dim = self.record.dims[name]
            # A clip without frames may come with any width.
            clips = [rows if len(rows) else np.zeros((0, dim), np.float32) for rows in frames[name]]
            counted = masks if name == "visual" else [np.ones(len(rows), bool) for rows in clips]
            moved[name] = standardise_speakers(clips, counted, speakers, reference[name], self.columns[name], weight)
        return moved

    @torch.no_grad()
    def logits(self, frames: Frames, masks: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
        """Logits of each head before any of the four numbers, [networks, clips, classes]; NaN where frames are missing.

        Args:
            frames: of each clip in every modality of the model.
            masks: which visual frames show a face, of each clip.
        """
        shape = (len(self.networks), len(masks), len(self.record.classes))
        found = {head: np.full(shape, np.nan) for head in self.heads}
        there = {name: np.array([len(rows) > 0 for rows in frames[name]], bool) for name in self.settings.modalities}
        for place, network in enumerate(self.networks):
            device = next(network.parameters()).device
            representations: dict[str, Tensor] = {}
            for name, present in there.items():
                z = torch.full((len(masks), self.settings.representation), torch.nan)
                for clips in np.array_split(np.flatnonzero(present), range(BATCH, int(present.sum()), BATCH)):
                    if len(clips):
                        batch = packed_frames(frames[name], masks if name == "visual" else None, clips, device)
                        z[clips] = network.encoders[name](batch).float().cpu()
                representations[name] = z
                found[name][place] = network.heads[name](z.to(device)).cpu().numpy()
            joint = torch.cat(list(representations.values()), dim=1)
            found[JOINT][place] = network.heads[JOINT](joint.to(device)).cpu().numpy()
        return found

    def shift(self, frames: Frames, faces: Masks = None) -> dict[str, float]:
        """Distance of the columns of some clips' frames from the source's, by modality; see ``columns.distance``.

        A modality without any frame gets NaN, and one with constant frames over several clips infinity.
        """
        masks = check_frames(self, frames, faces)
        found = {}
        for name in self.settings.modalities:
            clips = [rows[masks[n]] if name == "visual" else rows for n, rows in enumerate(frames[name])]
            known = [rows for rows in clips if len(rows)]
            found[name] = float("nan")
            if known:
                columns = column_statistics(known)
                found[name] = distance(columns, self.columns[name])
                # Frames that are constant over several clips have no information, however near the source they are.
                if len(known) > 1 and not columns.deviation.any():
                    found[name] = float("inf")
        return found


def check_frames(model: Model, frames: Frames, faces: Masks) -> list[np.ndarray]:
    """Check the frames of a prediction; returns the masks of all clips.

    Raises:
        UserError: a modality is missing, or frames have wrong widths or numbers, or are not finite.
    """
    names = model.settings.modalities
    if missing := [name for name in names if name not in frames]:
        raise UserError(
            f"{model.path}: needs frames of {missing[0]}; give those of each clip, or [0, 0] for a clip without any"
        )
    counts = {len(frames[name]) for name in names} | ({len(faces)} if faces is not None else set())
    if len(counts) > 1:
        raise UserError("frames: modalities have different numbers of clips; give each clip in every modality")
    for name in names:
        made = model.record.backbones[name]
        for place, rows in enumerate(frames[name]):
            if not len(rows):
                continue
            if rows.ndim != 2 or rows.shape[1] != made.width or (made.rows and len(rows) != made.rows):
                wanted = f"[{made.rows or 'frames'}, {made.width}]"
                raise UserError(
                    f"frames: {name} of clip {place} is {list(rows.shape)}, the model in {model.path} needs {wanted};"
                    " extract it as model.json says"
                )
            if not np.isfinite(rows).all():
                raise UserError(f"frames: {name} of clip {place} has values that are not finite; extract it again")
    if "visual" not in names or faces is None:
        return [np.ones(len(rows), bool) for rows in frames["visual" if "visual" in names else names[0]]]
    masks = [np.asarray(mask, bool) for mask in faces]
    if any(len(rows) not in (0, len(mask)) for rows, mask in zip(frames["visual"], masks, strict=True)):
        raise UserError("faces: not one value for each visual frame; give those of the index")
    return masks


def packed_frames(
    frames: Sequence[np.ndarray],
    masks: Sequence[np.ndarray] | None,
    clips: Sequence[int] | np.ndarray,
    device: torch.device,
) -> Packed:
    """Frames of some clips, by their positions, as the networks take them."""
    rows = torch.from_numpy(np.concatenate([frames[clip] for clip in clips])).to(device)
    valid = None if masks is None else torch.from_numpy(np.concatenate([masks[clip] for clip in clips])).to(device)
    return Packed(rows, torch.tensor([len(frames[clip]) for clip in clips]), valid)
