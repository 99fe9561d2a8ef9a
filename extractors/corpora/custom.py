"""Your own corpus: one table, CSV or Parquet, that names each clip's files, words and emotion.

Columns that must be there:

* ``clip_id``: unique; letters, digits, ``_`` and ``-`` only.
* ``video``, ``audio``: files below the release folder, by relative path; one file may be both.
* ``label``: the emotion, in small letters or capitals. ``neutral``, ``happy``, ``sad`` and ``angry`` are used; every
  other word must stand in the rules' ``classes``, which map it to one of these or to ``other``: listed and left out.

Columns that may be there, empty where unknown:

* ``text``: what is said.
* ``speaker``, ``session``, ``dialogue``: groups that a split may keep together.
* ``split``: ``train``, ``validation`` or ``test``, for the split rule ``official``.
* ``video_start``, ``video_end``, ``audio_start``, ``audio_end``: seconds; empty means the file's own start or end.
* ``crop``: ``full`` (also when empty), ``left`` or ``right``: the part of the picture that shows the speaker.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from extractors.clip import CLASSES, CROPS, PARTS, Clip
from extractors.corpora.lines import read_text
from extractors.corpora.outcome import NO_TRANSCRIPT, missing_media, other_emotion, outcome
from extractors.corpora.rules import Rules, check_rules, mapping_to, path
from extractors.corpora.sources import Sources
from extractors.corpora.tree import inside, is_safe
from extractors.program import UserError

REQUIRED = ("clip_id", "video", "audio", "label")
TIMES = ("video_start", "video_end", "audio_start", "audio_end")
OPTIONAL = ("text", "speaker", "session", "dialogue", "split", *TIMES, "crop")
RULES = {"table": path}
OTHER = "other"
MORE_RULES = {"classes": mapping_to(*CLASSES, OTHER)}
_DELIMITERS = ",;\t"

Cells = dict[str, str]


def read_csv(table: Path) -> list[tuple[str, Cells]]:
    """Read the table as CSV, see :func:`parse_csv`.

    Raises:
        UserError: it is the file of a spreadsheet program, or cannot be parsed.
    """
    with table.open("rb") as file:
        start = file.read(4)
    if start.startswith((b"PK", b"\xd0\xcf")):
        raise UserError(f"{table}: a spreadsheet file; save it from that program as 'CSV UTF-8'")
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UserError(f"{table}: encoded as UTF-16 ('Unicode text'); save it as 'CSV UTF-8'")
    return parse_csv(read_text(table), str(table))


def parse_csv(text: str, source: str) -> list[tuple[str, Cells]]:
    """Parse a table: (file and line, cells by column) for each row; blank lines are no rows.

    The cells lie between whichever of comma, semicolon and tab is most frequent in the first line.

    Raises:
        UserError: with file and line.
    """
    first = next(filter(str.strip, text.split("\n")), "")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=max(_DELIMITERS, key=first.count))
    rows: list[tuple[str, Cells]] = []
    header: list[str] = []
    try:
        for cells in reader:
            where = f"{source}:{reader.line_num}"
            if not any(cell.strip() for cell in cells):
                continue
            cells = [cell.strip() for cell in cells]
            if not header:
                header = cells[: _filled(cells)]
                check_columns(header, source)
            elif _filled(cells) > len(header) or len(cells) < len(header):
                raise UserError(
                    f"{where}: {len(cells)} cells, but the header has {len(header)}; put quotes around a text that"
                    f" holds {reader.dialect.delimiter!r}"
                )
            else:
                rows.append((where, dict(zip(header, cells, strict=False))))
    except csv.Error as error:
        raise UserError(f"{source}:{reader.line_num}: not a CSV row ({error}); correct it") from None
    return rows


def _filled(cells: list[str]) -> int:
    """How many cells there are up to the last that is not empty: spreadsheet programs add empty ones."""
    return max((count for count, cell in enumerate(cells, start=1) if cell), default=0)


def read_parquet(table: Path) -> list[tuple[str, Cells]]:
    """Read the table as Parquet, values as text: (file and row, cells by column) for each row.

    Raises:
        UserError: the file is no Parquet table, or its columns are not those that are asked for.
    """
    try:
        content = pq.read_table(table)
    except (pa.ArrowException, OSError) as error:
        raise UserError(f"{table}: not a Parquet table ({error}); write it again") from None
    check_columns(content.column_names, str(table))
    return [
        (f"{table}: row {count}", {name: "" if value is None else str(value).strip() for name, value in row.items()})
        for count, row in enumerate(content.to_pylist(), start=1)
    ]


def check_columns(columns: list[str], source: str) -> None:
    """Check that a table has the columns it must have, each once, and no unknown one.

    Raises:
        UserError: naming the columns.
    """
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        raise UserError(
            f"{source}: no column {', '.join(missing)} among {', '.join(columns)[:120]}; it needs {', '.join(REQUIRED)}"
            f" and may have {', '.join(OPTIONAL)}"
        )
    known = REQUIRED + OPTIONAL
    for wrong, what in (
        (
            {name for name in columns if name not in known},
            f"unknown; take it out, or name it one of {', '.join(known)}",
        ),
        ({name for name in columns if columns.count(name) > 1}, "there twice; take one out"),
    ):
        if wrong:
            raise UserError(f"{source}: column {', '.join(sorted(map(repr, wrong)))} is {what}")


def read_release(root: Path, rules: Rules) -> Iterator[Clip]:
    """Yield every row of the table.

    Args:
        root: the folder of the table and of the files that it names.
        rules: ``table``: the table's path below it; ``classes``, if there: other emotion words -> one of the four.

    Raises:
        UserError: the table is not there, or a row is not as it should be; with file and line.
    """
    table, rows = _read_table(root, rules)
    classes = {name: name for name in CLASSES} | {
        word.lower(): name for word, name in dict(rules.get("classes", {})).items()
    }
    seen: dict[str, str] = {}
    if not rows:
        raise UserError(f"{table}: has no rows; write one per clip below its header")
    for where, cells in rows:
        first = seen.setdefault(cells["clip_id"], where)
        if first != where:
            raise UserError(f"{where}: clip_id {cells['clip_id']!r} is there already ({first}); give each clip its own")
        yield make_clip(root, where, cells, classes)


def sources(root: Path, rules: Rules) -> Sources:
    """The table and the files that its rows name, whether or not these are there."""
    table, rows = _read_table(root, rules)
    video, audio = (
        sorted({inside(root, cells[kind], where) for where, cells in rows if cells[kind]})
        for kind in ("video", "audio")
    )
    return Sources([table], video, audio)


def _read_table(root: Path, rules: Rules) -> tuple[Path, list[tuple[str, Cells]]]:
    """The table that the rules name, and its rows."""
    check_rules("custom", rules, RULES, MORE_RULES)
    table = root / inside(root, str(rules["table"]), "rules.table")
    if not table.is_file():
        raise UserError(f"{table}: no such file; correct the rules' table in the config")
    read = read_parquet if table.suffix.lower() in (".parquet", ".pq") else read_csv
    return table, read(table)


def make_clip(root: Path, where: str, cells: Cells, classes: Mapping[str, str]) -> Clip:
    """One row of the table as a clip.

    Args:
        root: the release.
        where: file and line, for the error messages.
        cells: the row, by column.
        classes: emotion word in small letters -> one of the four classes, or :data:`OTHER`.

    Raises:
        UserError: the name is unsafe, a path leads outside the release, or a word or a time is none that is known.
    """
    cells = dict.fromkeys(OPTIONAL, "") | cells
    if not is_safe(cells["clip_id"]):
        raise UserError(f"{where}: clip_id is {cells['clip_id'][:80]!r}; use letters, digits, _ and - alone")
    cells |= {name: cells[name].lower() for name in ("split", "crop")}
    files = {kind: _file(root, where, kind, cells[kind]) for kind in ("video", "audio")}
    times = _times(where, cells)
    for name, known in (("split", ("", *PARTS)), ("crop", ("", *CROPS))):
        if cells[name] not in known:
            raise UserError(f"{where}: {name} is {cells[name][:40]!r}; use one of {', '.join(filter(None, known))}")
    label = _label(where, cells["label"], classes)
    status, reason = outcome(
        ["" if label else other_emotion(cells["label"]), missing_media(**files)],
        ["" if cells["text"] else NO_TRANSCRIPT],
    )
    return Clip(
        clip_id=cells["clip_id"],
        corpus="custom",
        **{name: cells[name] for name in ("speaker", "session", "dialogue", "text")},
        official_split=cells["split"],
        **files,
        **times,
        annotated_seconds=None,
        crop=cells["crop"] or "full",
        status=status,
        reason=reason,
        label_raw=cells["label"],
        label=label,
    )


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
    if word.lower() not in classes:
        raise UserError(
            f"{where}: label is {word[:40]!r}; use one of {', '.join(CLASSES)}, or say what it stands for in the rules'"
            f" classes, such as {word[:40] or 'joy'}: happy, or {OTHER} to leave its clips out"
        )
    label = classes[word.lower()]
    return "" if label == OTHER else label


def _file(root: Path, where: str, kind: str, name: str) -> str:
    """A row's file as a path relative to the release, or an empty text when it is not there."""
    if not name:
        raise UserError(f"{where}: {kind} is empty; name a file below {root}")
    relative = inside(root, name, where)
    return relative if (root / relative).is_file() else ""


def _seconds(where: str, name: str, text: str) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value >= 0):
        raise UserError(f"{where}: {name} is {text[:40]!r}; give seconds such as 1.5, 0 or more, or leave it empty")
    return value
