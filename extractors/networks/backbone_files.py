"""The files that are read from a pretrained network's folder. It imports little: the workflow asks at each start."""

from __future__ import annotations

from pathlib import Path

WEIGHTS = ("model.safetensors", "pytorch_model.bin")
"""Names of files of weights. The first existing file is read. No code from the second kind of file is executed."""

CONFIGURATION = (
    *("config.json", "preprocessor_config.json", "processor_config.json"),
    *("tokenizer*", "vocab*", "merges.txt", "added_tokens.json", "special_tokens_map.json", "chat_template*"),
)
"""Files beside the weights that are downloaded from the hub and read. All of them affect the frames."""

PUBLISHED = "*.pth"
"""Pattern of the published weights of APViT, which are given as a folder or as a file."""


def configuration(folder: Path) -> list[Path]:
    """The files that are read beside the weights, sorted by name."""
    return sorted({path for pattern in CONFIGURATION for path in folder.glob(pattern) if path.is_file()})


def weights_of(folder: Path) -> Path | None:
    """The file of weights in a folder; None if there is none."""
    return next((folder / name for name in WEIGHTS if (folder / name).is_file()), None)


def files_of(backbone: Path) -> list[Path]:
    """All files that are read from a backbone, which is a folder or a file of weights."""
    if not backbone.is_dir():
        return [backbone]
    weights = weights_of(backbone)
    return [*configuration(backbone), *([weights] if weights else sorted(backbone.glob(PUBLISHED)))]
