"""A timeline as a file of ELAN, the editor in which linguists annotate recordings (EAF, format 3.0)."""

from __future__ import annotations

import mimetypes
import os
import re
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from amanda.prediction.timeline import NOT_EMOTIONS, Spoken, in_lanes, said
from extractors.shared.clip import MODALITIES, Row

SCHEMA = "http://www.mpi.nl/tools/elan/EAFv3.0.xsd"
"""The schema of ELAN's files."""

INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
"""The XML namespace of the attribute that names the schema of a file."""

DATE = "1970-01-01T00:00:00+00:00"
"""The schema requires a date. A fixed date makes the file the same, byte for byte, for the same answers."""

KIND = "default-lt"
"""ELAN's name of the type of annotations that have times."""

UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 does not allow."""


def elan(spoken: Sequence[Spoken], media: Path, file: Path, model: str, warning: str) -> bytes:
    """An ELAN file with the tiers ``emotion``, ``probability``, ``words``, and the vote of each modality.

    Clips that overlap are put into further tiers, whose names have a number.

    Args:
        spoken: the clips of one recording, in order of time.
        media: the recording.
        file: path of the ELAN file; the file names the recording by a path relative to it.
        model: the model's name, which is given as the annotator.
        warning: the warning about the model; may be empty. If there is one, each tier has a remark.
    """
    root = Element("ANNOTATION_DOCUMENT", AUTHOR="", DATE=DATE, FORMAT="3.0", VERSION="3.0")
    root.set(f"{{{INSTANCE}}}noNamespaceSchemaLocation", SCHEMA)
    ElementTree.register_namespace("xsi", INSTANCE)
    header = SubElement(root, "HEADER", MEDIA_FILE="", TIME_UNITS="milliseconds")
    SubElement(
        header,
        "MEDIA_DESCRIPTOR",
        MEDIA_URL=media.resolve().as_uri(),
        MIME_TYPE=mimetypes.guess_type(media.name)[0] or "unknown",
        RELATIVE_MEDIA_URL=Path(os.path.relpath(media.resolve(), file.parent.resolve())).as_posix(),
    )
    times = SubElement(root, "TIME_ORDER")
    count = _add_tiers(root, times, spoken, model, f" ({NOT_EMOTIONS})" if warning else "")
    SubElement(root, "LINGUISTIC_TYPE", GRAPHIC_REFERENCES="false", LINGUISTIC_TYPE_ID=KIND, TIME_ALIGNABLE="true")
    SubElement(header, "PROPERTY", NAME="lastUsedAnnotationId").text = str(count)
    if warning:
        SubElement(header, "PROPERTY", NAME="warning").text = _fit(warning)
    ElementTree.indent(root)
    return ElementTree.tostring(root, "utf-8", xml_declaration=True) + b"\n"


def _add_tiers(root: Element, times: Element, spoken: Sequence[Spoken], model: str, remark: str) -> int:
    """Add the tiers and their times; returns the number of annotations."""
    count = slots = 0
    for number, lane in enumerate(in_lanes(spoken), 1):
        values = [_values(clip) for clip in lane]
        for clip in lane:
            for seconds in (clip.begin, clip.end):
                slots += 1
                SubElement(times, "TIME_SLOT", TIME_SLOT_ID=f"ts{slots}", TIME_VALUE=str(round(1000 * seconds)))
        first = slots - 2 * len(lane)
        for name in values[0]:
            called = f"{name} {number}" if number > 1 else name
            tier = SubElement(root, "TIER", ANNOTATOR=_fit(model), LINGUISTIC_TYPE_REF=KIND, TIER_ID=called + remark)
            for place, value in enumerate(values):
                if not value[name]:
                    continue
                count += 1
                ends = {f"TIME_SLOT_REF{end}": f"ts{first + 2 * place + end}" for end in (1, 2)}
                told = SubElement(
                    SubElement(tier, "ANNOTATION"), "ALIGNABLE_ANNOTATION", ends, ANNOTATION_ID=f"a{count}"
                )
                SubElement(told, "ANNOTATION_VALUE").text = _fit(value[name])
    return count


def _values(clip: Spoken) -> dict[str, str]:
    """Tier -> its annotation of a clip; an empty text if the tier has no annotation."""
    answer = clip.answer
    sure = "" if answer["probability"] is None else f"{answer['probability']:.2f}"
    votes = {f"vote of {modality}": _vote(answer, modality) for modality in MODALITIES}
    return {"emotion": answer["emotion"] or said(answer), "probability": sure, "words": clip.text, **votes}


def _vote(answer: Row, modality: str) -> str:
    shares = {
        name.removeprefix(f"{modality}_"): share for name, share in answer.items() if name.startswith(f"{modality}_")
    }
    if None in shares.values():
        return ""
    best = max(shares, key=shares.__getitem__)
    return f"{best} {shares[best]:.0%}"


def _fit(text: str) -> str:
    return UNFIT.sub("\ufffd", text)
