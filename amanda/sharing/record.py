"""What a model folder says of itself: ``model.json``, and ``adaptation.json`` where it was adapted. No key is optional.

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
    preprocessing: int = key("version of what the extractor does before the network")
    weights: str = key("name of the network's weights")
    weights_sha256: str = key("SHA-256 of the weights")
    config_sha256: str = key("SHA-256 of what is read beside the weights; empty where nothing is")
    revision: str = key("commit on the model hub; empty where there is none")
    blocks: tuple[int, ...] = key("blocks of the network whose outputs are the frames")
    precision: str = key("number format of stored frames")
    compute: str = key("number format that the network computed in")
    width: Width = key("columns of a frame")
    rows: Annotated[int, Field(ge=1)] | None = key("frames of each clip; null where clips differ in it")


class Counted(Settings):
    """How much stands behind the statistics of a modality."""

    clips: Size = key("clips of the source's train split", unit="clips")
    frames: Size = key("their frames; of pictures those with a face", unit="frames")


class Run(Settings):
    """One trained network."""

    seed: Annotated[int, Field(ge=0)] = key("seed of the run")
    epoch: Size = key("the chosen epoch")


class Calibration(Settings):
    """What the validation clips of the source say of the probabilities there."""

    clips: Size = key("validation clips of the source", unit="clips")
    temperatures: dict[str, Positive] = key("head -> what its logits are divided by")
    confidence: Share = key("mean of the largest calibrated probability")
    error: Share = key("expected calibration error")


class ModelRecord(Settings):
    """``model.json``."""

    format: Literal[1] = key("version of the format")
    source: str = key("corpus that the labels are of")
    target: str = key("corpus that was adapted to in training, without its labels")
    method: str = key("the method's name in the config")
    label: str = key("the method's name in Table 1")
    warning: str = key("what to know before any number is read, such as that the data is synthetic; empty for nothing")
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
    share_clips: Size = key("clips that the label distribution is of", unit="clips")
    statistics: dict[str, Counted] = key("modality -> how much its column statistics are of")
    calibration: Calibration = key("temperatures and confidence on the source")

    @model_validator(mode="after")
    def _every_modality(self) -> Self:
        for name in ("backbones", "extraction", "statistics"):
            if set(getattr(self, name)) != set(MODALITIES):
                raise ValueError(f"a record with {name} of {', '.join(MODALITIES)}")
        return self

    @model_validator(mode="after")
    def _share_of_each_class(self) -> Self:
        if tuple(self.shares) != self.classes:
            raise ValueError("a record with shares of each of its classes, in their order")
        return self

    @property
    def dims(self) -> dict[str, int]:
        """Width of a frame in each modality."""
        return {name: self.backbones[name].width for name in MODALITIES}


class AdaptationRecord(Settings):
    """``adaptation.json``: how a model was adapted without its source. The files of the model stay what they were."""

    format: Literal[1] = key("version of the format")
    model_sha256: Sha256 = key("SHA-256 of the model.json that was adapted")
    clips: Size = key("clips with frames that were adapted to", unit="clips")
    shares: Shares = key("label distribution that the mean prediction was made equal to")
    shares_from: Literal["stored", "expected", "labelled"] = key(
        "where the shares are from: the source's, the lab's own, or labels of random clips"
    )
    halfway: bool = key("whether they were moved half-way to equal shares, since one class had most")
    speakers: bool = key("whether frames are standardised by speaker first")
    domain: bool = key("whether the frames of all clips are standardised before those of each speaker")
    speaker_weight: Positive = key("clips that the reference counts for beside a speaker's own", unit="clips")
    trained: bool = key("whether the encoders were trained by label alignment")
