"""What of a corpus stands in a capsule: every member is read, and searched for all that manifests hold."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

LONG = 8
"""From so many bytes on a word is not met by chance among numbers, and is looked for in raw bytes too."""


def secrets(manifests: Iterable[Path], folders: Iterable[Path]) -> set[str]:
    """Names of clips, speakers and dialogues, transcripts, media files, plain hashes of names, the lab's folders."""
    found = {str(folder.resolve()) for folder in folders}
    for path in manifests:
        for row in pq.read_table(path).to_pylist():
            found |= {row[column] for column in ("clip_id", "speaker", "dialogue", "text", "video", "audio")}
            found |= {Path(row[column]).name for column in ("video", "audio")}
            for digest in (hashlib.md5, hashlib.sha1, hashlib.sha256):
                found.add(digest(row["clip_id"].encode()).hexdigest()[:32])
    return {word for word in found if len(word) > 1}


def leaks(capsule: Path, words: set[str]) -> set[tuple[str, str]]:
    """Member and word of each that is there."""
    longest_first = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    pattern = re.compile(rf"(?<![A-Za-z0-9])(?:{longest_first})(?![A-Za-z0-9])")
    long = [(word, word.encode()) for word in words if len(word.encode()) >= LONG]
    found = set()
    with zipfile.ZipFile(capsule) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            found |= {(name, word) for word, raw in long if raw in content}
            for text in (name, *_texts(name, content)):
                found |= {(name, match.group()) for match in pattern.finditer(text)}
    return found


def _texts(name: str, content: bytes) -> Iterator[str]:
    """All that is text in a member."""
    if name.endswith(".parquet"):
        table = pq.read_table(io.BytesIO(content))
        yield str(table.schema.metadata) + " ".join(table.column_names)
        for column in table.columns:
            yield "\n".join(map(str, pa.array(column.to_pylist()).unique().to_pylist()))
    elif name.endswith(".safetensors"):
        yield content[8 : 8 + int.from_bytes(content[:8], "little")].decode()
    else:
        yield content.decode()
