"""Files of weights -> a network's parameters. No code from the file is executed, and no key may be missing."""

from __future__ import annotations

import pickle
import urllib.error
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

import torch
from pydantic import Field
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from extractors.shared.files import file_sha256
from extractors.shared.program import UserError

Sha256 = Annotated[str, Field(pattern="^([0-9a-f]{8,64})?$")]
"""The SHA-256 of a file, at least its first 8 digits; empty accepts any file and records what was found."""

STAND_INS = {
    "a pointer of Git LFS; run `git lfs pull` in the clone that it comes from": (b"version https://git-lfs",),
    "a web page; fetch the file again, signed in if its site asks for that": (b"<!doctype", b"<html", b"<?xml"),
}
"""First bytes, in lower case, of files that a failed download leaves in place of weights -> what they are."""


def refuse_stand_in(path: Path) -> None:
    """Refuse a file that a failed download left in place of weights.

    Raises:
        UserError: the file is one of :data:`STAND_INS`; with its kind and the way to get the weights.
    """
    with path.open("rb") as file:
        start = file.read(256).lstrip().lower()
    for what, marks in STAND_INS.items():
        if start.startswith(marks):
            raise UserError(f"{path}: no weights, but {what}")


def read_state(path: Path) -> dict[str, Tensor]:
    """Read the state dict of a ``.safetensors`` file or of a PyTorch checkpoint.

    A checkpoint may be the state dict itself or, as in mmcv, have it under the key ``state_dict``. The prefix
    ``module.`` of keys is removed. Only tensors and plain containers are unpickled.

    Raises:
        UserError: the file is missing or damaged, would run code, or holds no state dict.
    """
    try:
        refuse_stand_in(path)
        loaded = load_file(path) if path.suffix == ".safetensors" else torch.load(path, "cpu", weights_only=True)
    except FileNotFoundError:
        raise UserError(f"{path}: no such file of weights; check the path in the config") from None
    except pickle.UnpicklingError as error:
        reason = str(error).splitlines()[0]
        raise UserError(f"{path}: holds more than tensors ({reason}); save its state dict alone") from None
    except (SafetensorError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise UserError(f"{path}: unreadable weights ({error}); fetch the file again") from None
    state = loaded.get("state_dict", loaded) if isinstance(loaded, Mapping) else loaded
    if not isinstance(state, Mapping) or not all(isinstance(value, Tensor) for value in state.values()):
        raise UserError(f"{path}: holds no state dict; use the published checkpoint")
    return {key.removeprefix("module."): value for key, value in state.items()}


def load_published(network: nn.Module, weights: str, url: str, sha256: str) -> nn.Module:
    """Load published weights into ``network`` for inference, and return it.

    Args:
        network: the network, on the CPU.
        weights: path of the file; empty downloads it once from ``url`` into torch.hub's cache.
        url: address of the published weights.
        sha256: first digits of the file's SHA-256, at least 8. They are checked before the file is opened.

    Raises:
        UserError: the file is missing and cannot be downloaded, has another SHA-256, or does not fit the network.
    """
    path = Path(weights) if weights else fetch(url)
    check_sha256(path, sha256)
    load_strictly(network, read_state(path), path)
    return network.eval().requires_grad_(False)


def fetch(url: str) -> Path:
    """The published weights in torch.hub's cache. They are downloaded if they are missing.

    Raises:
        UserError: the download fails.
    """
    path = Path(torch.hub.get_dir()) / "checkpoints" / Path(url).name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            torch.hub.download_url_to_file(url, str(path), progress=False)
        except (urllib.error.URLError, OSError) as error:
            raise UserError(f"{path}: cannot fetch {url} ({error}); fetch it elsewhere and name its path") from None
    return path


def load_strictly(network: nn.Module, state: Mapping[str, Tensor], path: Path) -> None:
    """Load ``state`` into ``network``. Keys and shapes must agree exactly.

    Raises:
        UserError: keys of ``path`` are missing, unexpected or of another shape; with a list of them.
    """
    wanted = network.state_dict()
    problems = {
        "missing": sorted(wanted.keys() - state.keys()),
        "unexpected": sorted(state.keys() - wanted.keys()),
        "of another shape": sorted(
            f"{key} {tuple(state[key].shape)} for {tuple(wanted[key].shape)}"
            for key in wanted.keys() & state.keys()
            if state[key].shape != wanted[key].shape
        ),
    }
    if any(problems.values()):
        report = "; ".join(f"{len(keys)} {what}: {_shorten(keys)}" for what, keys in problems.items() if keys)
        name = type(network).__name__
        raise UserError(f"{path}: these are not the weights of {name} ({report}); use the published checkpoint")
    network.load_state_dict(state, strict=True)


def check_sha256(path: Path, expected: str) -> str:
    """The SHA-256 of a file of weights. It must begin with ``expected`` (8 to 64 hexadecimal digits).

    Raises:
        UserError: the file is missing, has another SHA-256 or holds no weights, or ``expected`` is too short.
    """
    if len(expected) < 8:
        raise UserError(f"{path}: its SHA-256 is not named; put at least its first 8 digits into the config")
    if not path.is_file():
        raise UserError(f"{path}: no such file of weights; check the path in the config")
    refuse_stand_in(path)
    found = file_sha256(path)
    if not found.startswith(expected.lower()):
        raise UserError(f"{path}: its SHA-256 is {found}, not {expected}...; fetch the file again")
    return found


def _shorten(keys: Iterable[str]) -> str:
    first, *rest = keys
    shown = [first, *rest[:2]]
    return ", ".join(shown) + (", ..." if len(rest) > 2 else "")
