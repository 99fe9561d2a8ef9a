"""One clip -> its frames in the stored precision, and its index row with the status and digests."""

from __future__ import annotations

import argparse
import hashlib
import importlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch

from extractors.features.blame import SETUP, blame, refuse_setup
from extractors.features.stored_clip import described, stored_frames
from extractors.media.streams import choice_in
from extractors.modalities import EXTRACTORS
from extractors.modalities.base import ExtractionSettings, Extractor, Outcome
from extractors.shared.clip import ClipError, Row
from extractors.shared.files import file_sha256
from extractors.shared.program import UserError
from extractors.shared.settings import read_settings

INPUTS = {
    "text": (None, ("text",)),
    "audio": ("audio", ("audio_start", "audio_end")),
    "visual": ("video", ("video_start", "video_end", "crop", "face")),
}
"""Modality -> the manifest's column with the media file, and the other columns that its extractor reads."""

ALIKE = 8
"""If a window has at least this many clips and all fail in the network with the same kind of exception, no clip is the
cause."""


class FatalError(ClipError):
    """A clip that ended its process; it is not tried again while its digest is the same."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A clip before it is embedded: its manifest row, its digests, and the extractor's input or the reason for none."""

    clip: Row
    identity: Row
    input: Any


def read_extraction(modality: str, text: str) -> ExtractionSettings:
    """The settings of the extractor of a modality, from JSON.

    Raises:
        UserError: a key is missing, unknown or wrong.
    """
    module, name = EXTRACTORS[modality]
    return read_settings(getattr(importlib.import_module(module), name).Settings, text)


def build_extractor(modality: str, backbone: str, settings: ExtractionSettings, device: torch.device) -> Extractor:
    """Import and build the extractor of a modality."""
    module, name = EXTRACTORS[modality]
    return getattr(importlib.import_module(module), name)(backbone, settings, device)


def add_task_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags for the release, the network and the settings of an extraction."""
    parser.add_argument("--manifest", required=True, type=Path)
    parser.add_argument("--release", required=True, type=Path, help="folder to which the manifest's paths are relative")
    parser.add_argument("--modality", required=True, choices=EXTRACTORS)
    parser.add_argument("--backbone", required=True, help="folder of the pretrained network, or its Hugging Face id")
    parser.add_argument("--settings", required=True, help="JSON: precision, blocks, ... of the modality")


def make_task(flags: argparse.Namespace, device: torch.device) -> Task:
    """The task from the flags of :func:`add_task_flags`."""
    settings = read_extraction(flags.modality, flags.settings)
    extractor = build_extractor(flags.modality, flags.backbone, settings, device)
    return Task(flags.modality, flags.release, extractor, settings, device.type)


class Task:
    """An extractor at work on one release with one set of settings.

    Attributes:
        seconds: time spent embedding so far.
        choices: for files with several streams, the text of :func:`extractors.media.streams.choice`, and the clip.
    """

    def __init__(
        self, modality: str, release: Path, extractor: Extractor, settings: ExtractionSettings, device: str
    ) -> None:
        self.extractor = extractor
        self.precision = settings.precision
        self.window = settings.window
        self.seconds = 0.0
        self.choices: list[tuple[str, str]] = []
        self._release = release
        self._media, self._columns = INPUTS[modality]
        self._common = {
            "extractor": type(extractor).__name__,
            **extractor.provenance,
            "preprocessing": extractor.preprocessing,
            "precision": self.precision,
            "compute": settings.compute,
            "device": device,
            "libraries": "; ".join(f"{name} {version(name)}" for name in extractor.libraries),
        }
        fixed = ("extractor", "weights_sha256", "config_sha256", "blocks", "preprocessing")
        self._identity = [settings.counted(), {key: self._common[key] for key in fixed}]

    def identify(self, clip: Row) -> Row:
        """Hash everything that a clip's frames depend on; equal digests mean equal frames.

        ``input_hash`` covers the bytes of the media file and the columns of the manifest that are used. ``digest`` also
        covers the extractor, its weights and their configuration, blocks, preprocessing version and settings. Both are
        empty if the media file is missing or cannot be opened.
        """
        inputs: list[Any] = [clip[column] for column in self._columns]
        if self._media:
            media = _media_sha256(self._release / clip[self._media])
            if not media:
                return {"input_hash": "", "digest": ""}
            inputs.append(media)
        input_hash = _json_sha256(inputs)
        return {"input_hash": input_hash, "digest": _json_sha256([*self._identity, input_hash])}

    def prepare(self, clip: Row, identity: Row) -> Prepared:
        """Read a clip's input. It may run in a thread. An error becomes the clip's failure, see :func:`blame`."""
        try:
            self._note_choice(clip)
            return Prepared(clip, identity, self.extractor.read(clip, self._release))
        except Exception as error:
            return Prepared(clip, identity, blame(error, clip["clip_id"]))

    def _note_choice(self, clip: Row) -> None:
        words = choice_in(self._release / clip[self._media], self._media) if self._media else ""
        if words:
            self.choices.append((words, clip["clip_id"]))

    def finish(self, prepared: Sequence[Prepared]) -> list[tuple[np.ndarray, Row]]:
        """Embed prepared clips: frames [T, dim] and index row of each, without its offset. T = 0 if it failed.

        Raises:
            UserError: all of at least :data:`ALIKE` clips fail in the same way.
        """
        begin = time.perf_counter()
        readable = [one for one in prepared if not isinstance(one.input, ClipError)]
        outcomes = iter(self._embed(readable) if readable else [])
        self.seconds += time.perf_counter() - begin
        return [self._row(one, one.input if isinstance(one.input, ClipError) else next(outcomes)) for one in prepared]

    def _embed(self, prepared: Sequence[Prepared]) -> list[Outcome]:
        """The outcomes of all readable clips, embedded together or, if that fails, one by one."""
        try:
            outcomes = self.extractor.embed([one.input for one in prepared])
        except Exception as error:
            refuse_setup(error)
            if len(prepared) == 1:
                return [blame(error, prepared[0].clip["clip_id"])]
        else:
            if len(outcomes) != len(prepared):
                raise ValueError(f"an extractor gave {len(outcomes)} outcomes of {len(prepared)} clips")
            return outcomes
        # Not inside the exception handler: its traceback would keep the tensors of the failed pass in memory.
        alone = [outcome for one in prepared for outcome in self._embed([one])]
        refuse_failure_of_all(alone)
        return alone

    def _row(self, prepared: Prepared, outcome: Outcome) -> tuple[np.ndarray, Row]:
        row = {"clip_id": prepared.clip["clip_id"]} | self._common | prepared.identity
        try:
            if isinstance(outcome, ClipError):
                raise outcome
            frames = stored_frames(outcome, self.extractor.dim, self.precision)
        except ClipError as error:
            row |= {"status": "failed", "reason": str(error)} | (
                {"fatal": True} if isinstance(error, FatalError) else {}
            )
            return np.empty((0, self.extractor.dim), self.precision), row
        return frames, row | described(outcome)

    def exclude(self, clip: Row) -> Row:
        """The index row of an excluded clip, without a place."""
        outcome = {"status": "excluded", "reason": clip["reason"], "length": 0}
        return {"clip_id": clip["clip_id"]} | self._common | outcome | dict.fromkeys(_HASHES, "")


def refuse_failure_of_all(outcomes: Sequence[Outcome]) -> None:
    """Stop the program if the cause is the program itself, a library or the device, so that not every clip fails.

    Raises:
        UserError: all of at least :data:`ALIKE` clips failed with one kind of exception.
    """
    if len(outcomes) < ALIKE or not all(isinstance(outcome, ClipError) for outcome in outcomes):
        return
    if len({str(outcome).partition(":")[0] for outcome in outcomes}) == 1:
        raise UserError(
            f"all {len(outcomes)} clips of a window fail with {outcomes[0]}; so the installation or the device is the"
            " cause and not a clip; correct this and start again, finished clips are kept"
        )


_HASHES = ("input_hash", "digest", "frames_sha256")


@cache
def _media_sha256(path: Path) -> str:
    """The hash of a media file, read once per process; empty if the file is missing or cannot be opened."""
    try:
        return file_sha256(path) if path.is_file() else ""
    except OSError as error:
        if error.errno in SETUP:
            raise
        return ""


def _json_sha256(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
