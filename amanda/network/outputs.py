"""The outputs of a network for a batch, and which of them count in a loss if clips lack a modality."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import torch
from torch import Tensor

from amanda.network.frames import Frames, Packed

JOINT = "joint"
"""The name of modality M+1, the concatenation of the others."""


class Outputs(NamedTuple):
    """The network's outputs for a batch, by modality and ``joint``: representations Z_m and logits of Y_m.

    Both have a row for every clip. If a clip lacks modality m, its Z_m is zero, and its Z_m and logits count in no
    loss. ``counted`` has an entry for each modality that some clip lacks: the positions of the clips that have it,
    [such clips]. Losses use :meth:`representation`, :meth:`prediction` and :meth:`of`, which leave out other clips.
    """

    representations: dict[str, Tensor]
    logits: dict[str, Tensor]
    counted: Mapping[str, Tensor] = MappingProxyType({})

    def representation(self, name: str) -> Tensor:
        """Z_m of the clips that have the modality; for ``joint``, of all clips."""
        return self.of(name, self.representations[name])

    def prediction(self, name: str) -> Tensor:
        """Logits of the clips that have the modality; for ``joint``, of all clips."""
        return self.of(name, self.logits[name])

    def of(self, name: str, values: Tensor) -> Tensor:
        """The rows of ``values``, [clips, ...], that count in a loss of one modality, or of ``joint``."""
        counted = self.counted.get(name)
        return values if counted is None else values.index_select(0, counted.to(values.device))

    def both(self, one: str, other: str) -> tuple[Tensor, Tensor]:
        """The representations of two modalities, [clips, d] each, of the clips that have both."""
        places = [self.counted[name] for name in (one, other) if name in self.counted]
        z = self.representations[one], self.representations[other]
        if not places:
            return z
        shared = places[0][torch.isin(places[0], places[-1])].to(z[0].device)
        return z[0].index_select(0, shared), z[1].index_select(0, shared)

    def known(self) -> list[str]:
        """``joint``, and the modalities that at least two clips have, because a variance needs two clips."""
        return [name for name in self.representations if name not in self.counted or len(self.counted[name]) > 1]

    def take(self, chosen: Tensor) -> Outputs:
        """The outputs of some of the clips, by their positions, [chosen clips]; no position may be repeated."""
        places = chosen.cpu() if self.counted else chosen
        counted = {name: torch.isin(places, each).nonzero().flatten() for name, each in self.counted.items()}
        representations, logits = ({name: z[chosen] for name, z in kind.items()} for kind in self[:2])
        return Outputs(representations, logits, counted)


def held(frames: Frames) -> Tensor | None:
    """Which clips have frames, bool [clips], on the host; ``None`` if all have, which is true of laid-out clips."""
    if not isinstance(frames, Packed):
        return None
    has = frames.lengths > 0
    return None if bool(has.all()) else has


def positions(there: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The field ``counted`` of :class:`Outputs`, from which clips have each modality, bool [clips]."""
    return {name: has.nonzero().flatten() for name, has in there.items()}
