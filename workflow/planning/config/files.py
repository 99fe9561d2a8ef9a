"""Check the text of the files of a config: mistakes that YAML would hide or misread are refused by file and line.

Nothing of this repository is imported here, so that the profiles can run this file alone.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

# The safe loader in C needs a seventh of the time of the other one, but PyYAML may have been built without it.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class ConfigFileError(Exception):
    """A file of the config has a mistake; the message names file, line and fix."""


def refuse(arguments: Sequence[str]) -> None:
    """End the process with one sentence if a config on Snakemake's command line cannot be read.

    The profiles call this, because Snakemake opens the config files on its command line, and the folder of its cache,
    before it reads the Snakefile.
    """
    from snakemake.cli import get_argument_parser

    given = get_argument_parser().parse_known_args(arguments)[0]
    try:
        _check_cache()
        check_files(given.configfile or [])
        _check_pairs(given.config or [])
    except ConfigFileError as error:
        sys.exit(f"error: {error}")


def check_files(paths: Sequence[Path | str]) -> None:
    """Raise :class:`ConfigFileError` for the first file that is not UTF-8, not YAML with keys, or has a key twice."""
    for path in map(Path, paths):
        try:
            _check_keys(path, _text(path))
        except ConfigFileError as error:
            if path.suffix in (".yaml", ".yml", ".json"):
                raise
            raise ConfigFileError(
                f"{error}; if it is to be made, write it before --configfile, which takes every word that follows it,"
                " as in: snakemake results/table1.csv --configfile my.yaml"
            ) from None


def _check_cache() -> None:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")) / "snakemake"
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigFileError(
            f"{cache}: Snakemake keeps files here and cannot ({error.strerror}); set XDG_CACHE_HOME to another folder"
        ) from None


def _check_pairs(words: Sequence[str]) -> None:
    for word in words:
        if "=" not in word:
            raise ConfigFileError(
                f"{word}: no key and value; --config takes every word that follows it as key=value, so write what is to"
                " be made before it, as in: snakemake results/table1.csv --config recipe=published_code"
            )


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigFileError(
            f"{path}: the config file cannot be read ({error.strerror}); correct the path after --configfile"
        ) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = 1 + content[: error.start].count(b"\n")
        raise ConfigFileError(f"{path}, line {line}: not in UTF-8; save the file in that encoding") from None


def _check_keys(path: Path, text: str) -> None:
    try:
        root = yaml.compose(text, Loader=LOADER)
    except yaml.YAMLError as error:
        # JSON may be indented by tabs, which YAML forbids, so JSON is accepted.
        if _is_json(text):
            return
        raise ConfigFileError(_muddled(path, text, error)) from None
    if root is None:
        raise ConfigFileError(
            f"{path}: the config file is empty; leave it out, or write a key such as `seeds: [0, 1, 2]`"
        )
    if not isinstance(root, yaml.MappingNode):
        kind = "a list" if isinstance(root, yaml.SequenceNode) else "one value"
        raise ConfigFileError(f"{path}: holds {kind} where keys belong, such as `seeds: [0, 1, 2]`")
    for key, first, again in _twice(root):
        raise ConfigFileError(
            f"{path}, line {again}: the key {key!r} stands in line {first} too, and YAML would keep the last alone; "
            "leave one of them"
        )


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _muddled(path: Path, text: str, error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:
        return f"{path}: not YAML ({' '.join(str(error).split())})"
    lines = text.splitlines()
    # If a tab is the mistake, the parser may report the line after it.
    for number in (mark.line, mark.line - 1):
        if 0 <= number < len(lines) and "\t" in lines[number]:
            return f"{path}, line {number + 1}: a tab, which YAML does not take; indent with blanks"
    problem = getattr(error, "problem", None) or getattr(error, "context", None)
    return f"{path}, line {mark.line + 1}: not YAML ({problem}); look at this line and the one above it"


def _twice(node: yaml.Node, seen: set[int] | None = None) -> Iterator[tuple[str, int, int]]:
    """Each key that a mapping has twice, with both lines; a node that an anchor repeats is checked once."""
    seen = set() if seen is None else seen
    if id(node) in seen or isinstance(node, yaml.ScalarNode):
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _twice(item, seen)
        return
    lines: dict[str, int] = {}
    for key, value in node.value:
        name, line = str(key.value), key.start_mark.line + 1
        if name in lines:
            yield name, lines[name], line
        lines.setdefault(name, line)
        yield from _twice(value, seen)
