"""The metadata of a model folder: ``model.json``, and ``adaptation.json`` if it was adapted. No key is optional.

docs/sharing.md describes the folder. A change of these classes that older readers cannot read gets a new ``format``.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, JsonValue, model_validator

from extractors.shared.clip import MODALITIES
from extractors.shared.settings import EACH_ONCE, Positive, Settings, Share, Size, key

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Name = Annotated[str, Field(min_length=1, max_length=64)]
Width = Annotated[int, Field(ge=1, le=65536)]


def _shares(values: dict[str, float]) -> dict[str, float]:
    if abs(sum(values.values()) - 1) > 1e-6:
        raise ValueError("shares that sum to 1")
    return values


Shares = Annotated[dict[str, Share], AfterValidator(_shares)]
"""A label distribution: class -> share."""


class Backbone(Settings):
    """How the frames of one modality were made, as the index of features records it."""

    extractor: str = key("module of the extractor")
    preprocessing: int = key("version of the extractor's pre-processing")
    weights: str = key("name of the network's weights")
    weights_sha256: str = key("SHA-256 of the weights")
    config_sha256: str = key("SHA-256 of the files read beside the weights; empty if there are none")
    revision: str = key("commit on the model hub; empty if there is none")
    blocks: tuple[int, ...] = key("blocks of the network whose outputs are the frames")
    precision: str = key("number format of stored frames")
    compute: str = key("number format that the network computed in")
    width: Width = key("columns of a frame")
    rows: Annotated[int, Field(ge=1)] | None = key("frames of each clip; null if clips have different numbers")


class Counted(Settings):
    """Number of clips and frames from which the statistics of a modality were computed."""

    clips: Size = key("clips of the source's train split", unit="clips")
    frames: Size = key("their frames; for visual only those with a face", unit="frames")


class Run(Settings):
    """One trained network."""

    seed: Annotated[int, Field(ge=0)] = key("seed of the run")
    epoch: Size = key("the chosen epoch")


class Calibration(Settings):
    """Calibration of the probabilities on the validation clips of the source."""

    clips: Size = key("validation clips of the source", unit="clips")
    temperatures: dict[str, Positive] = key("head -> divisor of its logits")
    confidence: Share = key("mean of the largest calibrated probability")
    error: Share = key("expected calibration error")


class ModelRecord(Settings):
    """``model.json``."""

    format: Literal[1] = key("version of the format")
    source: str = key("corpus whose labels were used")
    target: str = key("corpus of the adaptation in training, without its labels")
    method: str = key("the method's name in the config")
    label: str = key("the method's name in Table 1")
    warning: str = key("a warning before any number, such as that the data are synthetic; empty for none")
    classes: Annotated[tuple[Name, ...], Field(min_length=2, max_length=64), *EACH_ONCE] = key(
        "the classes, in the order of all logits"
    )
    algorithm: str = key("a name in amanda.algorithms")
    settings: dict[str, JsonValue] = key("settings of the algorithm")
    selection: str = key("how the epoch was chosen")
    runs: Annotated[tuple[Run, ...], Field(min_length=1, max_length=64), *EACH_ONCE] = key("the networks")
    backbones: dict[str, Backbone] = key("modality -> how its frames were made")
    extraction: dict[str, dict[str, JsonValue]] = key("modality -> settings of its extraction")
    shares: Shares = key("label distribution of the source's train split")
    share_clips: Size = key("clips in the label distribution", unit="clips")
    statistics: dict[str, Counted] = key("modality -> number of clips and frames in its column statistics")
    calibration: Calibration = key("temperatures and confidence on the source")

    @model_validator(mode="after")
    def _every_modality(self) -> Self:
        named = [name for name in MODALITIES if name in self.backbones]
        used = self.settings.get("modalities")
        if not (isinstance(used, list) and used and set(used) <= set(named)):
            raise ValueError(
                f"a record whose backbones {', '.join(named) or '(none)'} are of all its settings.modalities"
            )
        for name in ("backbones", "extraction", "statistics"):
            if set(getattr(self, name)) != set(named):
                raise ValueError(f"a record with {name} of {', '.join(named)}")
        return self

    @model_validator(mode="after")
    def _share_of_each_class(self) -> Self:
        if tuple(self.shares) != self.classes:
            raise ValueError("a record with shares of each of its classes, in their order")
        return self

    @property
    def dims(self) -> dict[str, int]:
        """Width of a frame in each modality of the source's clips."""
        return {name: self.backbones[name].width for name in MODALITIES if name in self.backbones}

    @property
    def modalities(self) -> tuple[str, ...]:
        """The modalities of the networks, whose features every prediction uses."""
        return tuple(name for name in MODALITIES if name in self.settings["modalities"])  # type: ignore[operator]


class AdaptationRecord(Settings):
    """``adaptation.json``: how a model was adapted without its source. The files of the model are unchanged."""

    format: Literal[1] = key("version of the format")
    model_sha256: Sha256 = key("SHA-256 of the model.json that was adapted")
    clips: Size = key("clips with frames in the adaptation", unit="clips")
    shares: Shares = key("label distribution to which the mean prediction was made equal")
    shares_from: Literal["stored", "expected", "labelled"] = key(
        "origin of the shares: the source's, the lab's own, or labels of random clips"
    )
    halfway: bool = key("whether they were moved half-way to equal shares, because one class had most")
    speakers: bool = key("whether frames are standardised by speaker first")
    domain: bool = key("whether the frames of all clips are standardised before those of each speaker")
    speaker_weight: Positive = key("weight of the reference relative to a speaker's own clips", unit="clips")
    trained: bool = key("whether the encoders were trained by label alignment")
