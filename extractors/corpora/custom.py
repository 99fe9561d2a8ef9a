"""Your own corpus: one table, CSV or Parquet, that names each clip's files, words and emotion.

Columns that must be there:

* ``clip_id``: unique; letters, digits, ``_`` and ``-`` only.
* ``video``, ``audio``: files below the release folder, by relative path; one file may be both.
* ``label``: the emotion, in small letters or capitals. ``neutral``, ``happy``, ``sad`` and ``angry`` are used; every
  other word must stand in the config's ``reading.classes``, which maps it to one of these or to ``other``: listed and
  left out.

Columns that may be there, empty where unknown:

* ``text``: what is said.
* ``speaker``, ``session``, ``dialogue``: groups that a split may keep together.
* ``split``: ``train``, ``validation`` or ``test``, for the split ``official``.
* ``video_start``, ``video_end``, ``audio_start``, ``audio_end``: seconds; empty means the file's own start or end.
* ``crop``: ``full`` (also when empty), ``left`` or ``right``: the part of the picture that shows the speaker.
"""

from __future__ import annotations

import math
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from extractors.corpora.lines import repair
from extractors.corpora.lookalikes import refuse_lookalikes
from extractors.corpora.outcome import about_text, missing_media, other_emotion, outcome
from extractors.corpora.parquet_table import read_parquet
from extractors.corpora.reading import AnyReading, Name, Reading, check_reading
from extractors.corpora.sources import Sources
from extractors.corpora.tree import inside, is_safe
from extractors.corpora.user_table import Cells, Columns, Rows, read_csv, to_number
from extractors.shared.clip import CLASSES, CROPS, PARTS, Clip
from extractors.shared.program import UserError
from extractors.shared.settings import Share, key, one_of, optional

REQUIRED = ("clip_id", "video", "audio", "label")
GROUPS = ("speaker", "session", "dialogue")
TIMES = ("video_start", "video_end", "audio_start", "audio_end")
OPTIONAL = ("text", *GROUPS, "split", *TIMES, "crop")
OTHER = "other"
COLUMNS = Columns(REQUIRED, OPTIONAL)
_NO_WORDS = ("yes", "no", "on", "off", "true", "false", "null")
"""What YAML takes for something else than a word, unless quotes stand around it."""


class CustomReading(AnyReading):
    """How the table of a corpus of your own is read."""

    reader: Literal["custom"] = key("the reader of a plain table")
    table: Name = key("the CSV or Parquet table of clips, relative to the release")
    classes: dict[str, Annotated[str, *one_of((*CLASSES, OTHER))]] = optional(
        "words of the label column and the classes that they stand for, such as joy: happy; other: left out", absent={}
    )
    accept_missing_media: Share = optional(
        "with expected_counts published, the share of labelled clips that may lack a file", absent=0.0
    )


def read_release(root: Path, reading: Reading) -> Iterator[Clip]:
    """Yield every row of the table.

    Args:
        root: the folder of the table and of the files that it names.
        reading: ``table``: the table's path below it; ``classes``, if there: other emotion words -> one of the four.

    Raises:
        UserError: the table is not there, or a row is not as it should be; with file and line.
    """
    table, rows = _read_table(root, reading)
    if not rows:
        raise UserError(f"{table}: has no rows; write one per clip below its header")
    others = COLUMNS.others(rows[0][1])
    if others:
        sys.stderr.write(f"{table}: not used, since these columns are not known: {', '.join(others)}\n")
    for name in GROUPS:
        refuse_lookalikes(name, ((where, cells.get(name, "")) for where, cells in rows))
    classes = emotion_words(dict(reading.get("classes", {})))
    seen: dict[str, str] = {}
    for where, cells in rows:
        first = seen.setdefault(cells["clip_id"], where)
        if first != where:
            raise UserError(f"{where}: clip_id {cells['clip_id']!r} is there already ({first}); give each clip its own")
        yield make_clip(root, where, cells, classes)


def sources(root: Path, reading: Reading) -> Sources:
    """The table and the files that its rows name, whether or not these are there."""
    table, rows = _read_table(root, reading)
    video, audio = (
        sorted({inside(root, cells[kind], where) for where, cells in rows if cells[kind]})
        for kind in ("video", "audio")
    )
    return Sources([table], video, audio)


def _read_table(root: Path, reading: Reading) -> tuple[Path, Rows]:
    """The table that the config names, and its rows."""
    chosen = check_reading(CustomReading, "custom", reading)
    table = root / inside(root, chosen.table, "reading.table")
    if not table.is_file():
        raise UserError(f"{table}: no such file; correct reading.table in the config")
    if table.suffix.lower() in (".parquet", ".pq"):
        return table, read_parquet(table, COLUMNS, TIMES)
    return table, read_csv(table, COLUMNS)


def emotion_words(classes: Mapping[str, str]) -> dict[str, str]:
    """What each emotion word stands for, by the word as :func:`_plain` makes it: the four classes', and the config's.

    Raises:
        UserError: the config names a word twice, and mean two things by it.
    """
    meant = {name: name for name in CLASSES}
    said: dict[str, str] = {}
    for word, name in classes.items():
        if said.setdefault(_plain(word), name) != name:
            raise UserError(f"config: reading.classes: {word!r} stands for two classes; leave one line for it")
    return meant | said


def make_clip(root: Path, where: str, cells: Cells, classes: Mapping[str, str]) -> Clip:
    """One row of the table as a clip.

    Args:
        root: the release.
        where: file and line, for the error messages.
        cells: the row, by column.
        classes: see :func:`emotion_words`.

    Raises:
        UserError: the name is unsafe, a path leads outside the release, or a word or a time is none that is known.
    """
    given = clip_fields(root, where, cells)
    label = _label(where, cells["label"], classes)
    status, reason = outcome(
        ["" if label else other_emotion(cells["label"]), missing_media(video=given["video"], audio=given["audio"])],
        [about_text(given["text"])],
    )
    return Clip(**given, corpus="custom", status=status, reason=reason, label_raw=cells["label"], label=label)


def clip_fields(root: Path, where: str, cells: Cells) -> dict[str, Any]:
    """What a row says of a clip, but for its emotion: the fields of :class:`Clip`, a file that is missing as "".

    Args:
        root: the folder that the row's paths start from.
        where: file and line, for the error messages.
        cells: the row, by column.

    Raises:
        UserError: the name is unsafe, a path leads outside ``root``, or a word or a time is none that is known.
    """
    cells = dict.fromkeys(OPTIONAL, "") | cells
    if not is_safe(cells["clip_id"]):
        raise UserError(f"{where}: clip_id is {cells['clip_id'][:80]!r}; use letters, digits, _ and - alone")
    cells |= {name: cells[name].lower() for name in ("split", "crop")} | {"text": repair(cells["text"]).strip()}
    files = {kind: _file(root, where, kind, cells[kind]) for kind in ("video", "audio")}
    times = _times(where, cells)
    for name, known in (("split", ("", *PARTS)), ("crop", ("", *CROPS))):
        if cells[name] not in known:
            raise UserError(f"{where}: {name} is {cells[name][:40]!r}; use one of {', '.join(filter(None, known))}")
    return {
        **{name: cells[name] for name in ("clip_id", *GROUPS, "text")},
        **files,
        **times,
        "official_split": cells["split"],
        "annotated_seconds": None,
        "crop": cells["crop"] or "full",
    }


def _times(where: str, cells: Cells) -> dict[str, float | None]:
    """Start and end of picture and sound, by column; none of them has to be given."""
    times = {name: _seconds(where, name, cells[name]) for name in TIMES}
    for kind in ("video", "audio"):
        start, end = times[f"{kind}_start"], times[f"{kind}_end"]
        if end is not None and (start or 0.0) >= end:
            raise UserError(f"{where}: {kind}_end is not after {kind}_start; correct the row")
    return times


def _label(where: str, word: str, classes: Mapping[str, str]) -> str:
    """The class that an emotion word stands for; empty if its clips are to be left out."""
    if _plain(word) not in classes:
        letters = "" if word.isascii() else f" ({word[:40]!a})"
        key = word if word.isalpha() and word.lower() not in _NO_WORDS else f'"{word[:40] or "joy"}"'
        raise UserError(
            f"{where}: label is {word[:40]!r}{letters}; use one of {', '.join(CLASSES)}, or say what it stands for in"
            f" reading.classes, such as {key}: happy, or {OTHER} to leave its clips out"
        )
    label = classes[_plain(word)]
    return "" if label == OTHER else label


def _plain(word: str) -> str:
    """An emotion word in small letters, however its accents are stored."""
    return unicodedata.normalize("NFC", word).lower()


def _file(root: Path, where: str, kind: str, name: str) -> str:
    """A row's file as a path relative to the release, or an empty text when it is not there."""
    if not name:
        raise UserError(f"{where}: {kind} is empty; name a file below {root}")
    relative = inside(root, name, where)
    return relative if (root / relative).is_file() else ""


def _seconds(where: str, name: str, text: str) -> float | None:
    if not text:
        return None
    value = to_number(text)
    if not (math.isfinite(value) and value >= 0):
        raise UserError(f"{where}: {name} is {text[:40]!r}; give seconds such as 1.5, 0 or more, or leave it empty")
    return value
