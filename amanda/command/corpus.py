"""``amanda corpus``: a folder of media -> its table of clips, a page of what was read, and the lines of a config."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
"""The class of labels whose clips are listed but not used."""

SHOWN, SEED = 12, 0
"""Number of clips on the page, and the seed of their choice."""

PARTS = 3
"""Smallest number of speakers, or of clips of each class, that a split into train, validation and test needs."""

OBVIOUS = {
    "neutral": ("neutral", "neu", "neutrality"),
    "happy": ("happy", "hap", "happiness", "joy"),
    "sad": ("sad", "sadness"),
    "angry": ("angry", "ang", "anger"),
}
"""Class -> labels that usually mean it; the config shows the choice."""

KINDS = {"text": "text", "audio": "audio", "visual": "video"}
"""Modality -> the name of its count in the description of a folder."""

_NAME = re.compile("(?!(?:all|default)$)[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Folder:
    """The user's description of a folder.

    Attributes:
        path: the folder.
        name: name of the corpus.
        pattern: the parts of the file names; empty if they mean nothing.
        classes: the classes of the study, in the order of all logits.
        labels: label -> class, or ``other``.
        cues: whether each subtitle of a recording is a clip.
        replace: whether an existing table and config may be overwritten.
    """

    path: Path
    name: str
    pattern: str
    classes: tuple[str, ...]
    labels: Mapping[str, str]
    cues: bool
    replace: bool


def parse_classes(text: str) -> tuple[str, ...]:
    """The classes from ``calm,glad,afraid``.

    Raises:
        UserError: a class is empty, or there are fewer than two.
    """
    classes = tuple(dict.fromkeys(part.strip() for part in text.split(",")))
    if len(classes) < 2 or "" in classes:
        raise UserError(f"--classes {text}: write two classes or more, with commas between them")
    return classes


def parse_labels(text: str, classes: Sequence[str]) -> dict[str, str]:
    """Label -> class from ``03=happy,05=angry``.

    Raises:
        UserError: a part is not of this form, or its class is unknown.
    """
    found = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        label, sign, meant = (word.strip() for word in part.partition("="))
        if not (label and sign) or meant not in (*classes, OTHER):
            raise UserError(f"--labels {part}: write LABEL=CLASS, the class being one of {', '.join(classes)}, {OTHER}")
        found[label] = meant
    return found


def make_corpus(folder: Folder) -> list[str]:
    """List the clips of a folder; write the table there, and the config and the page into the working directory.

    Returns:
        Lines about the clips that were found, and about the next steps.

    Raises:
        UserError: the name is invalid, or a file exists already.
        SystemExit: the folder has no clip; the reason is on stderr.
    """
    if not _NAME.fullmatch(folder.name):
        raise UserError(f"--out {folder.name}: name the corpus with small letters, digits and _, a letter first")
    table, config, page = folder.path / TABLE, Path(f"{folder.name}.yaml"), Path(f"{folder.name}.html")
    for path in (table, config):
        if path.exists() and not folder.replace:
            raise UserError(f"{path}: exists already; move it away, or overwrite it with --replace")
    with TemporaryDirectory() as temporary:
        listed, counts, shown = (Path(temporary, name) for name in (TABLE, "counts.json", "page.html"))
        flags: dict[str, object] = {"folder": folder.path, "pattern": folder.pattern, "shown": SHOWN, "seed": SEED}
        flags |= {"cues": "yes" if folder.cues else "no", "table": listed, "counts": counts, "page": shown}
        run_step("extractors.list_clips", flags)
        rows, look, found = listed.read_bytes(), shown.read_bytes(), json.loads(counts.read_text("utf-8"))
    classes = classes_of(found["labels"], folder.labels, folder.classes)
    lines = "\n".join(config_lines(folder, found, classes)) + "\n"
    for path, content in ((page, look), (table, rows), (config, lines.encode())):
        with atomic_file(path) as unfinished:
            unfinished.write_bytes(content)
    return list(_story(folder, found, classes, (table, config, page)))


def classes_of(labels: Mapping[str, int], said: Mapping[str, str], classes: Sequence[str]) -> dict[str, str]:
    """The class of each label of a table: the user's choice, the usual meaning, or ``other``.

    Raises:
        UserError: the user named a label that no clip has.
    """
    absent = [label for label in said if label not in labels]
    if absent:
        raise UserError(f"--labels: no clip has the label {absent[0]!r}; there are {', '.join(labels) or 'none'}")
    obvious = {word: name for name, words in OBVIOUS.items() if name in classes for word in words}
    obvious |= {name.lower(): name for name in classes}
    return {label: said.get(label) or obvious.get(label.lower(), OTHER) for label in labels}


def split_of(found: Mapping[str, Any], classes: Mapping[str, str]) -> tuple[dict[str, Any], str]:
    """A suitable split, and its meaning for the scores."""
    shares = {"validation": 0.2, "test": 0.2}
    if not found["labels"]:
        return {"by": "none"}, "a target without labels needs none"
    if found["splits"] and "" not in found["splits"]:
        return {"by": "official"}, "from the names of the files"
    if found["speakers"] >= PARTS and found["speaker"] == found["clips"]:
        return {"by": "random", "together": "speaker", "seed": 0, **shares}, "no speaker is in two parts"
    why = "one speaker" if found["speakers"] == 1 else "few speakers" if found["speakers"] else "speakers are not known"
    means = f"{why}: test speakers may also be in training"
    of_class: Counter[str] = Counter()
    for label, name in classes.items():
        of_class[name] += found["labels"][label] * (name != OTHER)
    if min(filter(None, of_class.values()), default=0) >= PARTS:
        return {"by": "stratified", "seed": 0, **shares}, means
    return {"by": "random", "together": "clip", "seed": 0, **shares}, means


def modalities_of(found: Mapping[str, Any]) -> list[str]:
    """The modalities: text if any clip has words, audio if every clip has sound, visual if every clip has pictures."""
    enough = {"text": 1, "audio": found["clips"], "visual": found["clips"]}
    return [name for name, kind in KINDS.items() if found[kind] >= enough[name]]


def config_lines(folder: Folder, found: Mapping[str, Any], classes: Mapping[str, str]) -> Iterator[str]:
    """The lines of a config that adds the corpus. JSON strings are valid YAML."""
    split, means = split_of(found, classes)
    yield f"# The corpus {folder.name}, overrides config.yaml: --configfile {folder.name}.yaml"
    yield f"run: {folder.name}   # results lie under runs/{folder.name}"
    if folder.classes != CLASSES:
        yield f"classes: {_list(folder.classes)}   # each corpus of your pairs needs `labels` for these"
    yield "corpora:"
    yield f"  {folder.name}:"
    yield f"    release: {json.dumps(folder.path.as_posix(), ensure_ascii=False)}"
    yield f"    modalities: {_list(modalities_of(found))}"
    yield f"    reading: {{reader: custom, table: {TABLE}}}"
    if classes:
        yield f"    labels:   # label: its class ({', '.join(folder.classes)}), or {OTHER}, whose clips are not used"
        for label, name in classes.items():
            count = found["labels"][label]
            yield f"      {_quoted(label)}: {_quoted(name)}   # {count} clips"
    yield f"    split: {_flow(split)}   # {means}"
    yield "    expected_counts: any"


def _quoted(word: str) -> str:
    return json.dumps(word, ensure_ascii=False)


def _list(words: Iterable[str]) -> str:
    return f"[{', '.join(map(_quoted, words))}]"


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
        yield f"  {label}: {count}" + (f", not used until {config} maps it to a class" * (meant == OTHER))
    if found["left_out"]:
        yield f"Files that were not understood: {found['left_out']}; {page} says why."
    if found["remarks"]:
        yield f"Clips with remarks: {found['remarks']}; {page} says why."
    yield f"The table: {table}"
    yield f"The config: {config}"
    yield f"Look at: {page}"
    yield f"Next: snakemake --cores 8 runs/{folder.name}/manifests/{folder.name}.parquet --configfile {config}"
