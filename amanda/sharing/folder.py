"""A model folder on the disk: written atomically, read only after sizes and checksums were checked, never unpickled."""

from __future__ import annotations

import hashlib
import re
import stat
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load as tensors_of
from safetensors.torch import save as bytes_of
from torch import Tensor

from extractors.shared.files import atomic_folder
from extractors.shared.program import UserError

SUMS = "SHA256SUMS"
"""The checksums of all other files, as ``sha256sum --check`` reads them."""
MODEL, COLUMNS, CARD = "model.json", "columns.safetensors", "README.md"
ADAPTATION, ADAPTED = "adaptation.json", "adaptation.safetensors"

LARGEST_TEXT = 1_000_000
"""Largest number of bytes of a JSON file, of the checksums, and of the header of a safetensors file."""

_LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9_][A-Za-z0-9._-]*)")


def weights_name(seed: int) -> str:
    """The file of one network's weights."""
    return f"seed{seed}.safetensors"


def packed(tensors: Mapping[str, Tensor]) -> bytes:
    """Tensors as a safetensors file, with only their names, types and shapes as metadata."""
    return bytes_of({name: value.detach().cpu().contiguous() for name, value in tensors.items()})


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write a folder with these files and their checksums, whole or not at all; it replaces an older one."""
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items()))
    with atomic_folder(folder) as temporary:
        for name, content in {**files, SUMS: sums.encode()}.items():
            (temporary / name).write_bytes(content)
            (temporary / name).chmod(0o644)


class Folder:
    """The files of a model folder; each is read only after its size and checksum were checked.

    Raises:
        UserError: the folder is missing or is not a model folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.is_dir():
            raise UserError(f"{path}: no such folder; name a model folder, as amanda.share_model writes it")
        if not (path / SUMS).exists():
            raise UserError(f"{path}: not a model folder (it has no {SUMS}); name one that amanda.share_model wrote")
        lines = self._bytes(SUMS, LARGEST_TEXT).decode("utf-8", "replace").splitlines()
        found = [_LINE.fullmatch(line) for line in lines]
        if not found or not all(found):
            raise UserError(f"{path / SUMS}: not a list of checksums; get the model folder again")
        self.sums = {line[2]: line[1] for line in found if line}

    def __contains__(self, name: str) -> bool:
        return name in self.sums

    def read(self, name: str, largest: int) -> bytes:
        """The content of a file that has at most ``largest`` bytes.

        Raises:
            UserError: it is missing, too large, not a plain file, or does not have its checksum.
        """
        if name not in self.sums:
            raise UserError(f"{self.path / SUMS}: does not list {name}; get the model folder again")
        content = self._bytes(name, largest)
        if hashlib.sha256(content).hexdigest() != self.sums[name]:
            raise UserError(
                f"{self.path / name}: its checksum differs from the one in {SUMS}, so it was changed or is incomplete;"
                " get the model folder again"
            )
        return content

    def text(self, name: str) -> str:
        """The content of a text file; errors as in :meth:`read`."""
        try:
            return self.read(name, LARGEST_TEXT).decode()
        except UnicodeDecodeError:
            raise UserError(f"{self.path / name}: not UTF-8 text; get the model folder again") from None

    def tensors(self, name: str, expected: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The arrays of a safetensors file.

        Args:
            name: the file.
            expected: their names, and tensors of their shapes and types, which may lie on the device ``meta``.

        Raises:
            UserError: as in :meth:`read`, or the arrays are others.
        """
        size = sum(value.numel() * value.element_size() for value in expected.values())
        content = self.read(name, size + LARGEST_TEXT)
        try:
            found = tensors_of(content)
        except SafetensorError as error:
            raise UserError(f"{self.path / name}: not a safetensors file ({error}); get the folder again") from None
        wrong = [key for key in expected.keys() | found.keys() if not _alike(expected.get(key), found.get(key))]
        if wrong:
            raise UserError(
                f"{self.path / name}: array {min(wrong)} does not agree with {MODEL}; share this model again with"
                " amanda.share_model"
            )
        if broken := [key for key, value in found.items() if not torch.isfinite(value).all()]:
            raise UserError(f"{self.path / name}: array {broken[0]} has values that are not finite; share it again")
        return found

    def _bytes(self, name: str, largest: int) -> bytes:
        path = self.path / name
        try:
            about = path.stat()
        except FileNotFoundError:
            raise UserError(f"{path}: no such file, though {SUMS} names it; get the model folder again") from None
        if not stat.S_ISREG(about.st_mode):
            raise UserError(f"{path}: not a plain file; get the model folder again")
        if about.st_size > largest:
            raise UserError(f"{path}: {about.st_size} bytes, more than the {largest} that are allowed; get it again")
        return path.read_bytes()


def _alike(one: Tensor | None, other: Tensor | None) -> bool:
    return one is not None and other is not None and (one.shape, one.dtype) == (other.shape, other.dtype)
