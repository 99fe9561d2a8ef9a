"""Direct transfer (D.T. of Table 1): the information-bottleneck loss on the source; the target is never used."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from amanda.algorithms.base import Algorithm, Labelled, Unlabelled
from amanda.shared.settings import TrainingSettings


class SourceOnlySettings(TrainingSettings):
    """Direct transfer."""


class SourceOnly(Algorithm):
    """Minimise Eq. 5 on the source domain alone (paper, section 4.1)."""

    Settings = SourceOnlySettings
    weights: Mapping[str, float] = {"information_bottleneck": 1.0}

    def losses(self, source: Labelled, target: Unlabelled, progress: float | Tensor) -> dict[str, Tensor]:
        """The information-bottleneck loss and its parts."""
        return self.bottleneck(self.network(source.frames), source.label)
