"""A digest of a program's code: a changed module reruns its step, and an edited comment does not."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("amanda", "extractors")
REGISTRIES = ("amanda.algorithms", "extractors.corpora", "extractors.modalities")
"""Tables of names and modules. A step digests the module that its program finds there; a new entry reruns nothing."""
DATA = (".csv", ".tsv", ".j2", ".css", ".js")
"""Endings of the data files that programs read from the packages: tables, templates, styles and scripts."""
DESCRIBING = ("key", "optional")
"""Functions of extractors.shared.settings whose first argument is the description of a setting."""
READER = Path(__file__).read_bytes() + sys.version.encode()
"""This file and the Python version; both determine the syntax tree of a module's text."""
SEAL = sha256().digest_size


# All digests of one start of the workflow must see the same state of the code, so each file is read once.
@cache
def fingerprint(*modules: str) -> str:
    """Digest the named modules of this repository, all modules that they import from it, and data files that they name.

    A data file counts if a module beside it, or a counted template, contains its name, or the name of its folder, as
    one string. So a program must not compose the name from parts.

    Args:
        modules: dotted names such as ``amanda.train_pair``, or a package that is run as a program. A module that is
            imported at run time, such as one of a registry, must be given too.

    Returns:
        16 hexadecimal digits that depend on the syntax trees without docstrings, and on the bytes of the data files.
    """
    digest = sha256()
    for path in sorted(_closure(modules)):
        digest.update(path.relative_to(ROOT).as_posix().encode())
        digest.update(_read(path)[2] if path.suffix == ".py" else path.read_bytes())
    return digest.hexdigest()[:16]


def _closure(modules: tuple[str, ...]) -> set[Path]:
    found: set[Path] = set()
    waiting = [*modules, *(f"{module}.__main__" for module in modules)]
    while waiting:
        module = waiting.pop()
        path = None if module in REGISTRIES else _source(module)
        if path is None or path in found:
            continue
        found.add(path)
        imported, strings, _ = _read(path)
        waiting.extend(imported)
        found |= _named(path.parent, strings)
    return found


def _named(folder: Path, strings: Iterable[str]) -> set[Path]:
    """The data files below a folder that the strings name, and those that the templates among them name."""
    waiting = [*strings]
    found: set[Path] = set()
    while waiting:
        for file in _data(folder).get(waiting.pop(), set()) - found:
            found.add(file)
            if file.suffix == ".j2":
                waiting += re.findall(r"""["']([\w./-]+)["']""", file.read_text(encoding="utf-8"))
    return found


@cache
def _data(folder: Path) -> dict[str, set[Path]]:
    """The data files at a path from a folder: one file, or all files of a folder that is not a package."""
    found: dict[str, set[Path]] = {}
    for file in folder.rglob("*"):
        parts = file.relative_to(folder).parts
        within = [folder.joinpath(*parts[:n]) for n in range(1, len(parts) + 1)]
        if file.suffix in DATA and not any((each / "__init__.py").exists() for each in within):
            for each in within:
                found.setdefault(each.relative_to(folder).as_posix(), set()).add(file)
    return found


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
def _read(path: Path) -> tuple[list[str], list[str], bytes]:
    """What a module imports from this repository, its strings of one word, and its syntax tree without docstrings.

    Parsing takes most of a start, so the results are cached beside the module, like Python's own cache. A hash of them,
    the text and :data:`READER` protects the cache: a damaged, incomplete or outdated entry has a wrong hash.
    """
    text, kept, sealed = path.read_bytes(), path.parent / "__pycache__" / f"{path.stem}.syntax", b""
    with suppress(OSError):
        sealed = kept.read_bytes()
    if sealed != _sealed(text, sealed[SEAL:]):
        sealed = _sealed(text, _parsed(text))
        with suppress(OSError):  # without write permission, it is parsed at each start
            kept.parent.mkdir(exist_ok=True)
            kept.write_bytes(sealed)
    names, strings, tree = sealed[SEAL:].split(b"\n", 2)
    return names.decode().split(), strings.decode().split(), tree


def _sealed(text: bytes, found: bytes) -> bytes:
    return sha256(b"\0".join((READER, text, found))).digest() + found


def _parsed(text: bytes) -> bytes:
    """A line with the names that are imported, of modules or of what is in them, one with the strings, and the tree.

    The tree is without docstrings, and without the meanings of settings, which only the docs show.
    """
    tree = ast.parse(text)
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(body := getattr(node, "body", None), list):
            body[:] = [statement for statement in body if not _is_text(statement)]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in DESCRIBING:
            node.args = node.args[1:]
        if isinstance(node, ast.Import):
            names.update(name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update((node.module, *(f"{node.module}.{name.name}" for name in node.names)))
    constants = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    strings = {value for value in constants if isinstance(value, str) and re.fullmatch(r"[\w./-]+", value)}
    lines = (" ".join(sorted(words)) for words in (filter(_is_own, names), strings))
    return "\n".join([*lines, ast.dump(tree)]).encode()


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
