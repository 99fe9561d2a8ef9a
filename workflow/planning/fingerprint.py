"""A digest of the code that a program runs, so that a changed module reruns its step and an edited comment does not."""

from __future__ import annotations

import ast
import sys
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("amanda", "extractors")
REGISTRIES = ("amanda.algorithms", "extractors.modalities")
"""Tables of names and modules. A rule digests the module that its program finds there; a new entry reruns nothing."""
READER = Path(__file__).read_bytes() + sys.version.encode()
"""What decides how a module is read, besides its text: this file, and the Python whose syntax trees it writes down."""
SEAL = sha256().digest_size


# All digests of a start of the workflow are of one state of the code, so each file is read once.
@cache
def fingerprint(*modules: str) -> str:
    """Digest the named modules of this repository, all they import from it, and the data files beside them.

    Args:
        modules: dotted names such as ``amanda.train_pair``, or a package that is run as a program. A module that the
            code imports while it runs must be given too, such as one of a registry.

    Returns:
        16 hexadecimal digits that depend on the syntax trees without docstrings, and on the bytes of the data files.
    """
    digest = sha256()
    for path in sorted(_closure(modules)):
        digest.update(path.relative_to(ROOT).as_posix().encode())
        digest.update(_read(path)[1] if path.suffix == ".py" else path.read_bytes())
    return digest.hexdigest()[:16]


def _closure(modules: tuple[str, ...]) -> set[Path]:
    waiting, found = [*modules, *(f"{module}.__main__" for module in modules)], set()
    while waiting:
        module = waiting.pop()
        path = None if module in REGISTRIES else _source(module)
        if path is None or path in found:
            continue
        found.add(path)
        if path.name == "__init__.py":
            found |= _data(path.parent)
        waiting.extend(_read(path)[0])
    return found


@cache
def _data(package: Path) -> set[Path]:
    return {file for file in package.rglob("*.[ct]sv") if _package(file) == package}


def _package(file: Path) -> Path:
    """The package that a data file lies beside: the innermost."""
    return next(folder for folder in file.parents if (folder / "__init__.py").exists())


@cache
def _source(module: str) -> Path | None:
    if not _is_own(module):
        return None
    path = ROOT.joinpath(*module.split("."))
    candidates = (path.with_suffix(".py"), path / "__init__.py")
    return next((candidate for candidate in candidates if candidate.exists()), None)


def _is_own(module: str) -> bool:
    return module.split(".")[0] in PACKAGES


@cache
def _read(path: Path) -> tuple[list[str], bytes]:
    """What a module imports from this repository, and its syntax tree without docstrings.

    Parsing takes most of a start, so both are kept beside the module, as Python keeps its own, under a seal: a hash of
    them, the text and :data:`READER`. What is damaged, half written or of another text or version breaks the seal.
    """
    text, kept, sealed = path.read_bytes(), path.parent / "__pycache__" / f"{path.stem}.syntax", b""
    with suppress(OSError):
        sealed = kept.read_bytes()
    if sealed != _sealed(text, sealed[SEAL:]):
        sealed = _sealed(text, _parsed(text))
        with suppress(OSError):  # where nobody may write, it is parsed at each start
            kept.parent.mkdir(exist_ok=True)
            kept.write_bytes(sealed)
    names, tree = sealed[SEAL:].split(b"\n", 1)
    return names.decode().split(), tree


def _sealed(text: bytes, found: bytes) -> bytes:
    return sha256(b"\0".join((READER, text, found))).digest() + found


def _parsed(text: bytes) -> bytes:
    """A line with the names that are imported, of modules or of what is in them, and the tree."""
    tree = ast.parse(text)
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(getattr(node, "body", None), list):
            node.body = [statement for statement in node.body if not _is_text(statement)]
        if isinstance(node, ast.Import):
            names.update(name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update((node.module, *(f"{node.module}.{name.name}" for name in node.names)))
    return " ".join(sorted(filter(_is_own, names))).encode() + b"\n" + ast.dump(tree).encode()


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
