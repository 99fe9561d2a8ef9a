"""``amanda corpus``: a folder of media -> its table of clips, a page of what was read, and the lines of a config."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from amanda.command.steps import run_step
from extractors.shared.clip import CLASSES
from extractors.shared.files import atomic_file
from extractors.shared.program import UserError

TABLE = "clips.csv"
"""The table's name in the folder of the media."""

OTHER = "other"
"""What a label stands for whose clips are listed and left out."""

SHOWN, SEED = 12, 0
"""Clips on the page, and what they are drawn by."""

PARTS = 3
"""Train, validation and test: so many speakers, or clips of a class, a split needs."""

OBVIOUS = {
    "neutral": ("neutral", "neu", "neutrality"),
    "happy": ("happy", "hap", "happiness", "joy"),
    "sad": ("sad", "sadness"),
    "angry": ("angry", "ang", "anger"),
}
"""Class -> labels that stand for it wherever they are used; the config says that they were taken so."""

_NAME = re.compile("(?!(?:all|default)$)[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Folder:
    """What a person says of a folder.

    Attributes:
        path: the folder.
        name: of the corpus.
        pattern: what the files' names tell; empty for nothing.
        labels: label -> class, or ``other``.
        cues: whether each subtitle beside a recording is a clip.
        replace: whether a table and a config that are there may be written over.
    """

    path: Path
    name: str
    pattern: str
    labels: Mapping[str, str]
    cues: bool
    replace: bool


def parse_labels(text: str) -> dict[str, str]:
    """Label -> class from ``03=happy,05=angry``.

    Raises:
        UserError: a part is not of this form, or its class is unknown.
    """
    found = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        label, sign, meant = (word.strip() for word in part.partition("="))
        if not (label and sign) or meant not in (*CLASSES, OTHER):
            raise UserError(f"--labels {part}: write LABEL=CLASS, the class being one of {', '.join(CLASSES)}, {OTHER}")
        found[label] = meant
    return found


def make_corpus(folder: Folder) -> list[str]:
    """List the clips of a folder; write the table there, and the config and the page into the working directory.

    Returns:
        What was found, what to know of it, and what to do next, as lines.

    Raises:
        UserError: the name is no name, or a file is there already.
        SystemExit: the folder gives no clip, and stderr says why.
    """
    if not _NAME.fullmatch(folder.name):
        raise UserError(f"--out {folder.name}: name the corpus with small letters, digits and _, a letter first")
    table, config, page = folder.path / TABLE, Path(f"{folder.name}.yaml"), Path(f"{folder.name}.html")
    for path in (table, config):
        if path.exists() and not folder.replace:
            raise UserError(f"{path}: is there already; move it away, or write over it with --replace")
    with TemporaryDirectory() as temporary:
        listed, counts, shown = (Path(temporary, name) for name in (TABLE, "counts.json", "page.html"))
        flags: dict[str, object] = {"folder": folder.path, "pattern": folder.pattern, "shown": SHOWN, "seed": SEED}
        flags |= {"cues": "yes" if folder.cues else "no", "table": listed, "counts": counts, "page": shown}
        run_step("extractors.list_clips", flags)
        rows, look, found = listed.read_bytes(), shown.read_bytes(), json.loads(counts.read_text("utf-8"))
    classes = classes_of(found["labels"], folder.labels)
    lines = "\n".join(config_lines(folder, found, classes)) + "\n"
    for path, content in ((page, look), (table, rows), (config, lines.encode())):
        with atomic_file(path) as unfinished:
            unfinished.write_bytes(content)
    return list(_story(folder, found, classes, (table, config, page)))


def classes_of(labels: Mapping[str, int], said: Mapping[str, str]) -> dict[str, str]:
    """What each label of a table stands for: what a person said, an obvious class, or ``other``.

    Raises:
        UserError: a person said something of a label that no clip has.
    """
    absent = [label for label in said if label not in labels]
    if absent:
        raise UserError(f"--labels: no clip has the label {absent[0]!r}; there are {', '.join(labels) or 'none'}")
    obvious = {word: name for name, words in OBVIOUS.items() for word in words}
    return {label: said.get(label) or obvious.get(label.lower(), OTHER) for label in labels}


def split_of(found: Mapping[str, Any], classes: Mapping[str, str]) -> tuple[dict[str, Any], str]:
    """A split that suits a folder, and what it means for the scores."""
    shares = {"validation": 0.2, "test": 0.2}
    if not found["labels"]:
        return {"by": "none"}, "a target without labels needs none"
    if found["splits"] and "" not in found["splits"]:
        return {"by": "official"}, "as the names of the files say"
    if found["speakers"] >= PARTS and found["speaker"] == found["clips"]:
        return {"by": "random", "together": "speaker", "seed": 0, **shares}, "nobody is in two parts"
    why = "one speaker" if found["speakers"] == 1 else "few speakers" if found["speakers"] else "speakers are not known"
    means = f"{why}: the scores are those of people that were heard in training"
    of_class = {name: sum(found["labels"][word] for word in classes if classes[word] == name) for name in CLASSES}
    if min(filter(None, of_class.values()), default=0) >= PARTS:
        return {"by": "stratified", "seed": 0, **shares}, means
    return {"by": "random", "together": "clip", "seed": 0, **shares}, means


def config_lines(folder: Folder, found: Mapping[str, Any], classes: Mapping[str, str]) -> Iterator[str]:
    """The lines of a config that adds the corpus; text in JSON is YAML, too."""
    split, means = split_of(found, classes)
    yield f"# The corpus {folder.name}, to be laid over config.yaml: --configfile {folder.name}.yaml"
    yield f"run: {folder.name}   # results lie under runs/{folder.name}"
    yield "corpora:"
    yield f"  {folder.name}:"
    yield f"    release: {json.dumps(folder.path.as_posix(), ensure_ascii=False)}"
    yield "    reading:"
    yield "      reader: custom"
    yield f"      table: {TABLE}"
    if classes:
        yield f"      classes:   # what each label stands for: {', '.join(CLASSES)}, or {OTHER}: left out"
        for label, name in classes.items():
            yield f"        {json.dumps(label, ensure_ascii=False)}: {name}   # {found['labels'][label]} clips"
    yield f"    split: {_flow(split)}   # {means}"
    yield "    expected_counts: any"


def _flow(split: Mapping[str, Any]) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in split.items()) + "}"


def _story(
    folder: Folder, found: Mapping[str, Any], classes: Mapping[str, str], made: tuple[Path, ...]
) -> Iterator[str]:
    table, config, page = made
    kinds = {"video": "pictures", "audio": "sound", "text": "words"}
    yield f"{found['clips']} clips: " + ", ".join(f"{found[kind]} with {what}" for kind, what in kinds.items()) + "."
    for label, count in found["labels"].items():
        meant = classes[label]
        yield f"  {label}: {count}" + (f", left out until {config} says what it stands for" * (meant == OTHER))
    if found["left_out"]:
        yield f"Files that were not understood: {found['left_out']}; {page} says why."
    if found["remarks"]:
        yield f"Clips that are not as they should be: {found['remarks']}; {page} says why."
    yield f"The table: {table}"
    yield f"The config: {config}"
    yield f"Look at: {page}"
    yield f"Next: snakemake --cores 8 runs/{folder.name}/manifests/{folder.name}.parquet --configfile {config}"
