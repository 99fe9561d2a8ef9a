"""A digest of the code that a program runs, so that a changed module reruns its step and an edited comment does not."""

from __future__ import annotations

import ast
import hashlib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("amanda", "extractors")


def fingerprint(*modules: str) -> str:
    """Digest the named modules of this repository, all they import from it, and the data files beside them.

    Args:
        modules: dotted names such as ``amanda.train``, or a package that is run as a program. A name that the code
            imports while it runs must be given too.

    Returns:
        16 hexadecimal digits that depend on the syntax trees without docstrings, and on the bytes of the data files.
    """
    digest = hashlib.sha256()
    for path in sorted(_closure(modules)):
        digest.update(path.relative_to(ROOT).as_posix().encode())
        text = path.read_bytes()
        digest.update(_code(text) if path.suffix == ".py" else text)
    return digest.hexdigest()[:16]


def _closure(modules: tuple[str, ...]) -> set[Path]:
    waiting, found = [*modules, *(f"{module}.__main__" for module in modules)], set()
    while waiting:
        path = _source(waiting.pop())
        if path is None or path in found:
            continue
        found.add(path)
        if path.name == "__init__.py":
            found.update(file for file in path.parent.rglob("*.[ct]sv") if _package(file) == path.parent)
        waiting.extend(_imports(path.read_bytes()))
    return found


def _package(file: Path) -> Path:
    """The package that a data file lies beside: the innermost."""
    return next(folder for folder in file.parents if (folder / "__init__.py").exists())


def _source(module: str) -> Path | None:
    if module.split(".")[0] not in PACKAGES:
        return None
    path = ROOT.joinpath(*module.split("."))
    candidates = (path.with_suffix(".py"), path / "__init__.py")
    return next((candidate for candidate in candidates if candidate.exists()), None)


# Most programs share most modules, so what is parsed is remembered, by its text.
@cache
def _imports(text: bytes) -> list[str]:
    names = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{name.name}" for name in node.names)]
    return names


@cache
def _code(text: bytes) -> bytes:
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(getattr(node, "body", None), list):
            node.body = [statement for statement in node.body if not _is_text(statement)]
    return ast.dump(tree).encode()


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
