"""Refuse targets that no rule makes; the message lists what the config has, and suggests a similar name."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import product
from pathlib import Path
from typing import Any

from snakemake.cli import get_argument_parser

from planning.config.sentences import close

NOUNS = {"corpus": "corpus", "source": "corpus", "target": "corpus", "method": "method", "modality": "modality"}
"""The meaning of the rules' wildcards."""
RENAMED = {"fidelity.csv": "recipes.csv"}
"""Old names of files -> their new names, in the folder of results."""
_FOLDERS = re.compile(r"(?:results|runs/[^/]+)/")
_WILDCARD = re.compile(r"\{(\w+)(?:,[^{}]*)?\}")


class TargetError(Exception):
    """A requested target that no rule makes; the message says what the config has."""


def asked_for(arguments: Sequence[str] | None = None) -> list[str]:
    """The files and rules that Snakemake's command line names; those of this process unless ``arguments`` are given."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    return list(get_argument_parser().parse_known_args(given)[0].targets)


def check(
    wanted: Iterable[str],
    rules: Iterable[Any],
    known: Mapping[str, Sequence[str]],
    in_domain: str,
    own_config: bool,
    results: str,
) -> None:
    """Raise :class:`TargetError` for the first target that is neither a rule nor a file that a rule makes.

    Args:
        wanted: names of rules, and files as typed.
        rules: Snakemake's rules.
        known: the values of this config for each noun of ``NOUNS``.
        in_domain: the only method that is trained with the same corpus as source and target.
        own_config: whether a config file overrides the shipped one.
        results: the folder of all results of this config.
    """
    rules = list(rules)
    patterns = sorted({str(one) for rule in rules for one in rule.products(include_logfiles=False)})
    plain = [rule.name for rule in rules if not rule.has_wildcards()]
    for name in wanted:
        path = name if os.path.isabs(name) else os.path.relpath(name)
        found = list(_matches(path, patterns))
        alone = [one for one in found if "source" in one and one["source"] == one["target"]]
        if alone and in_domain not in {one.get("method") for one in alone}:
            raise TargetError(f"{name}: a pair needs two different corpora; the ceiling of one corpus is {in_domain}")
        if any(rule.name == name or rule.is_producer(path) for rule in rules):
            continue
        if Path(name).suffix in (".yaml", ".yml"):
            raise TargetError(
                f"{name}: not a file that a rule makes; if it is your config, write it after --configfile"
            )
        place = _FOLDERS.sub("", path, count=1)
        if place in RENAMED:
            raise TargetError(f"{name}: this file is now called {results}/{RENAMED[place]}; use that name")
        moved = f"{results}/{place}"
        if place != path and any(rule.is_producer(moved) for rule in rules):
            raise TargetError(
                f"{name}: the results of this config are in {results}, because of its key run; ask for {moved}"
            )
        unknown = _unknown_word(found, known, own_config)
        if unknown:
            raise TargetError(f"{name}: {unknown}")
        near = get_close_matches(path, [*plain, *_files(patterns, known)], n=1)
        guess = f"did you mean {near[0]}?" if near else "`snakemake --list` shows the rules, README.md the files"
        raise TargetError(f"{name}: no rule makes this; {guess}")


def _unknown_word(found: Iterable[Mapping[str, str]], known: Mapping[str, Sequence[str]], own_config: bool) -> str:
    """The message about the first word that is not in the config, or an empty text."""
    hint = "" if own_config else " (for your own, name its config with --configfile)"
    for words in found:
        for wildcard, word in words.items():
            noun = NOUNS.get(wildcard)
            if noun and word not in known[noun]:
                has = ", ".join(known[noun])
                return f"this config has no {noun} {word!r}; it has {has}{hint}{close(word, known[noun])}"
    return ""


def _matches(path: str, patterns: Iterable[str]) -> Iterator[dict[str, str]]:
    """The values of the wildcards, for each pattern that the path matches if all words are accepted."""
    for pattern in patterns:
        words: list[str] = []
        match = re.fullmatch(_any_words(pattern, words), path)
        if match and words:
            yield match.groupdict()


def _any_words(pattern: str, words: list[str]) -> str:
    """A file's name with wildcards as an expression that takes any words; each wildcard is added to ``words``."""
    *texts, end = _WILDCARD.split(pattern)
    expression = ""
    for text, word in zip(texts[::2], texts[1::2], strict=True):
        # A hyphen separates the corpora of a pair, and a dot separates the extension of a file.
        taken = r"[^/.-]+" if word in ("source", "target") else r"[^/.]+"
        expression += re.escape(text) + (f"(?P={word})" if word in words else f"(?P<{word}>{taken})")
        words.append(word)
    return expression + re.escape(end)


def _files(patterns: Iterable[str], known: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Every file that the rules make with known values."""
    for pattern in patterns:
        words = list(dict.fromkeys(_WILDCARD.findall(pattern)))
        if all(word in NOUNS for word in words):
            for values in product(*(known[NOUNS[word]] for word in words)):
                named = dict(zip(words, values, strict=True))
                parts = enumerate(_WILDCARD.split(pattern))  # texts and words in turn
                yield "".join(named[part] if number % 2 else part for number, part in parts)
