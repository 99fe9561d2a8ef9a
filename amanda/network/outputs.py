"""What a network makes of a batch, and what of it counts in a loss where clips lack a modality."""

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
    """What the network makes of a batch, by modality and ``joint``: representations Z_m and logits of Y_m.

    Both are of every clip. Of a clip that lacks modality m, Z_m is zero, and neither it nor its logits count in a loss:
    ``counted`` holds, of each modality that some clip lacks, the positions of the clips that have it, [such clips].
    Losses take what counts by :meth:`representation`, :meth:`prediction` and :meth:`of`.
    """

    representations: dict[str, Tensor]
    logits: dict[str, Tensor]
    counted: Mapping[str, Tensor] = MappingProxyType({})

    def representation(self, name: str) -> Tensor:
        """Z_m of the clips that have it; of ``joint``, of all clips."""
        return self.of(name, self.representations[name])

    def prediction(self, name: str) -> Tensor:
        """Logits of the clips that have the modality; of ``joint``, of all clips."""
        return self.of(name, self.logits[name])

    def of(self, name: str, values: Tensor) -> Tensor:
        """The rows of ``values``, [clips, ...], that count in a loss of one modality, or of ``joint``."""
        counted = self.counted.get(name)
        return values if counted is None else values.index_select(0, counted.to(values.device))

    def both(self, one: str, other: str) -> tuple[Tensor, Tensor]:
        """Z of two modalities, [clips, d] each, of the clips that have both."""
        places = [self.counted[name] for name in (one, other) if name in self.counted]
        z = self.representations[one], self.representations[other]
        if not places:
            return z
        shared = places[0][torch.isin(places[0], places[-1])].to(z[0].device)
        return z[0].index_select(0, shared), z[1].index_select(0, shared)

    def known(self) -> list[str]:
        """The modalities that two clips or more have, since a variance needs two, and ``joint``."""
        return [name for name in self.representations if name not in self.counted or len(self.counted[name]) > 1]

    def take(self, chosen: Tensor) -> Outputs:
        """The same of some of the clips, by their positions, [chosen clips], each once."""
        places = chosen.cpu() if self.counted else chosen
        counted = {name: torch.isin(places, each).nonzero().flatten() for name, each in self.counted.items()}
        representations, logits = ({name: z[chosen] for name, z in kind.items()} for kind in self[:2])
        return Outputs(representations, logits, counted)


def held(frames: Frames) -> Tensor | None:
    """Which clips have frames, bool [clips], on the host; ``None`` where all have, as laid-out clips do."""
    if not isinstance(frames, Packed):
        return None
    has = frames.lengths > 0
    return None if bool(has.all()) else has


def positions(there: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Positions of the clips that count, as :class:`Outputs` has them, from which clips have each modality, [clips]."""
    return {name: has.nonzero().flatten() for name, has in there.items()}
