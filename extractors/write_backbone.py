"""Write a tiny backbone: a small version of the real architecture of a modality, with seeded weights."""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path

from extractors.shared.files import atomic_folder
from extractors.shared.program import run

BUILDERS = {
    "text": ("extractors.synthetic.backbone_text", "write_text_backbone"),
    "audio": ("extractors.synthetic.backbone_audio", "write_audio_backbone"),
    "visual": ("extractors.synthetic.backbone_visual", "write_visual_backbone"),
}
"""Modality -> module and function ``(folder, seed)`` that writes its backbone. It is imported only if it is needed."""


def write_backbone(modality: str, seed: int, output: Path) -> None:
    """Write the tiny backbone of a modality as a folder, or nothing on an error. The same seed gives the same bytes."""
    module, name = BUILDERS[modality]
    with atomic_folder(output) as folder:
        getattr(importlib.import_module(module), name)(folder, seed)
        for file in folder.iterdir():
            file.chmod(0o644)  # safetensors lets only the owner read


def main() -> None:
    """Parse the flags and write a backbone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--modality", required=True, choices=BUILDERS)
    parser.add_argument("--seed", required=True, type=int, help="of the weights")
    parser.add_argument("--output", required=True, type=Path, help="output: the folder")
    flags = parser.parse_args()
    write_backbone(flags.modality, flags.seed, flags.output)


if __name__ == "__main__":
    run(main)
