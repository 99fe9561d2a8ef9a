"""Which files of a pretrained network's folder are read; light, so that the workflow can ask at each start."""

from __future__ import annotations

from pathlib import Path

WEIGHTS = ("model.safetensors", "pytorch_model.bin")
"""Files that weights are read from, the first that is there; the second without running code from it."""

CONFIGURATION = (
    *("config.json", "preprocessor_config.json", "processor_config.json"),
    *("tokenizer*", "vocab*", "merges.txt", "added_tokens.json", "special_tokens_map.json", "chat_template*"),
)
"""What is fetched from the hub beside the weights, and read; all of it decides about the frames."""

PUBLISHED = "*.pth"
"""The form in which the weights of APViT are published, in a folder of their own or by their path."""


def configuration(folder: Path) -> list[Path]:
    """The files that are read beside the weights, by name."""
    return sorted({path for pattern in CONFIGURATION for path in folder.glob(pattern) if path.is_file()})


def weights_of(folder: Path) -> Path | None:
    """The file of weights in a folder; None where there is none."""
    return next((folder / name for name in WEIGHTS if (folder / name).is_file()), None)


def files_of(backbone: Path) -> list[Path]:
    """All that is read of a backbone that is a folder or a file of weights."""
    if not backbone.is_dir():
        return [backbone]
    weights = weights_of(backbone)
    return [*configuration(backbone), *([weights] if weights else sorted(backbone.glob(PUBLISHED)))]
