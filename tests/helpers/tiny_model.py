"""A model for the tiny backbones: trained on random numbers, with the record that a model of real features has."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from amanda import share_model
from amanda.command.steps import run_step
from amanda.sharing.features import backbone_of
from amanda.sharing.folder import MODEL, SUMS, write_folder
from extractors.features.store import open_features
from extractors.shared.clip import MODALITIES
from extractors.write_backbone import write_backbone
from helpers.pair import Sizes
from helpers.places import ROOT
from helpers.shared_model import call, share_flags, train
from helpers.talking_film import write_film


@dataclass(frozen=True, slots=True)
class Tiny:
    """A model folder, and the folder of the backbones that its features are made with, one for each modality."""

    model: Path
    backbones: Path

    @property
    def options(self) -> list[str]:
        """What ``amanda predict`` is told of the backbones."""
        return [word for name in MODALITIES for word in ("--backbone", f"{name}={self.backbones / name}")]


def extraction_settings() -> dict[str, dict[str, Any]]:
    """Modality -> the settings of its extraction as the workflow gives them for twins, with fewer pictures."""
    config = yaml.safe_load((ROOT / "config.yaml").read_text("utf-8"))
    found = {name: config["extraction"][name] | config["synthetic"]["extraction"][name] for name in MODALITIES}
    for settings in found.values():
        del settings["backbone"]
    found["visual"] |= {"face_policy": found["visual"]["face_policy"]["default"], "frames": 8}
    return found


def make_tiny(folder: Path) -> Tiny:
    """Write the backbones, extract a film with them, and make a model whose record says that it needs such features."""
    settings, film = extraction_settings(), folder / "film" / "a.mp4"
    film.parent.mkdir(parents=True)
    common = {"manifest": folder / "manifest.parquet", "release": film.parent}
    run_step("extractors.find_clips", common | {"clips": [film.parent], "text": write_film(film)})
    backbones = {}
    for name in MODALITIES:
        write_backbone(name, 0, folder / "backbones" / name)
        shard, index = folder / name / "1-of-1", folder / f"{name}.parquet"
        given = {"modality": name, "backbone": folder / "backbones" / name, "settings": json.dumps(settings[name])}
        made = {"shard": "1-of-1", "frames": f"{shard}.npy", "index": f"{shard}.parquet", "others": []}
        run_step("extractors.extract_shard", common | given | made | {"device": "cpu", "threads": 1})
        limits = json.dumps({"max_failed_fraction": 0.0, "max_faceless_fraction": 0.0})
        indexing = {"manifest": common["manifest"], "shards": f"{shard}.parquet", "limits": limits, "index": index}
        run_step("extractors.index_features", indexing)
        backbones[name] = backbone_of(open_features(index), name)
    sizes = Sizes({"train": 24, "validation": 12, "test": 8}, {name: made.width for name, made in backbones.items()})
    sizes.frames = settings["visual"]["frames"]
    train(folder / "pair", sizes=sizes)
    call(share_model, share_flags(folder / "pair", folder / "model"))
    describe(folder / "model", backbones={n: b.as_json() for n, b in backbones.items()}, extraction=settings)
    return Tiny(folder / "model", folder / "backbones")


def describe(model: Path, **changes: Any) -> None:
    """Change keys of the record of a model folder, with the right checksums."""
    files = {path.name: path.read_bytes() for path in model.iterdir() if path.name != SUMS}
    files[MODEL] = json.dumps(json.loads(files[MODEL]) | changes).encode()
    write_folder(model, files)
