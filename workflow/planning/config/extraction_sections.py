"""The section `extraction` of the config: one entry per modality, with the settings of its extractor."""

from __future__ import annotations

from importlib import import_module

from pydantic import Field

from extractors.faces.speaker import FacePolicy
from extractors.index_features import Limits
from extractors.modalities import EXTRACTORS
from extractors.shared.settings import Settings, Size, key
from planning.config import sections
from planning.config.composed import Keys, Kind, compose, meaning_of, some_of

BACKBONE = key(
    "a local folder or file, absolute or relative to the working directory, or a name on the model hub", min_length=1
)


def _modality(name: str) -> Kind:
    module, extractor = EXTRACTORS[name]
    kind = getattr(import_module(module), extractor).Settings
    keys: Keys = {"backbone": (str, BACKBONE)}
    if "face_policy" in kind.model_fields:
        keys["face_policy"] = (FacePolicies, key("corpus: policy, and the default for all other corpora"))
    return compose(f"{kind.__name__}Section", meaning_of(kind), keys, kind)


class FacePolicies(Settings, extra="allow"):
    """A policy for each corpus, and the default for all other corpora."""

    __pydantic_extra__: dict[str, FacePolicy] = Field(init=False)
    default: FacePolicy = key("how the speaker's face is chosen among several")


MODALITIES = {name: _modality(name) for name in EXTRACTORS}
REPLACED = {name: f"replaced keys of extraction.{name}" for name in MODALITIES}
TwinExtraction = compose(
    "TwinExtraction",
    "keys of extraction.<modality> replaced for the twins",
    {name: (some_of(kind, REPLACED[name]), key(REPLACED[name])) for name, kind in MODALITIES.items()},
)


class AllModalities(Settings):
    """How clips become features."""

    shards: Size = key("number of extraction jobs per corpus and modality")
    limits: Limits = key("shares of unusable clips above which the pipeline stops")
    canaries: sections.Canaries = key("the clips that are extracted again after an upgrade")


Extraction = compose(
    "Extraction",
    meaning_of(AllModalities),
    {name: (kind, key(meaning_of(kind))) for name, kind in MODALITIES.items()},
    AllModalities,
)
