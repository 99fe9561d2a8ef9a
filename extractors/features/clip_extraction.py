"""One clip -> its frames in the stored precision and its index row: what happened to it, and what it depends on."""

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
"""Clips of a window from which on it is not their fault if all fail in the network with one kind of exception."""


class FatalError(ClipError):
    """A clip that ended the process that worked on it, which is remembered as long as its digest stays the same."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A clip on its way: its manifest row, its identity, and what the extractor read, or why that could not be."""

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
    """Add the flags that say what is extracted from where, and how."""
    parser.add_argument("--manifest", required=True, type=Path)
    parser.add_argument("--release", required=True, type=Path, help="folder that the manifest's paths start from")
    parser.add_argument("--modality", required=True, choices=EXTRACTORS)
    parser.add_argument("--backbone", required=True, help="folder of the pretrained network, or its Hugging Face id")
    parser.add_argument("--settings", required=True, help="JSON: precision, blocks, ... of the modality")


def make_task(flags: argparse.Namespace, device: torch.device) -> Task:
    """The task that the flags of :func:`add_task_flags` ask for."""
    settings = read_extraction(flags.modality, flags.settings)
    extractor = build_extractor(flags.modality, flags.backbone, settings, device)
    return Task(flags.modality, flags.release, extractor, settings, device.type)


class Task:
    """An extractor at work on one release with one set of settings.

    Attributes:
        seconds: time spent embedding so far.
        choices: which stream was read where there were several, see :func:`extractors.media.streams.choice`, and the
            clip.
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
        """Hash what a clip's frames depend on; equal digests mean equal frames.

        ``input_hash`` covers the bytes of the media file and the columns of the manifest in use; ``digest`` also the
        extractor, its weights and their configuration, blocks, preprocessing version and settings. Both are empty where
        the media is missing or may not be opened.
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
        """Read a clip's input; may run in a thread. Whatever goes wrong is the clip's failure, see :func:`blame`."""
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
        """Embed prepared clips: for each its frames [T, dim] and its index row without a place; T = 0 if it failed.

        Raises:
            UserError: all of :data:`ALIKE` clips or more fail alike.
        """
        begin = time.perf_counter()
        readable = [one for one in prepared if not isinstance(one.input, ClipError)]
        outcomes = iter(self._embed(readable) if readable else [])
        self.seconds += time.perf_counter() - begin
        return [self._row(one, one.input if isinstance(one.input, ClipError) else next(outcomes)) for one in prepared]

    def _embed(self, prepared: Sequence[Prepared]) -> list[Outcome]:
        """The outcomes of readable clips together or, where that raises, of each alone."""
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
        # Outside of the handler, whose traceback would keep the tensors of the failed pass.
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
    """Refuse to fail clip after clip where it is the program, a library or the device that fails.

    Raises:
        UserError: none of :data:`ALIKE` clips or more went well, and all have one kind of exception.
    """
    if len(outcomes) < ALIKE or not all(isinstance(outcome, ClipError) for outcome in outcomes):
        return
    if len({str(outcome).partition(":")[0] for outcome in outcomes}) == 1:
        raise UserError(
            f"all {len(outcomes)} clips of a window fail with {outcomes[0]}; so the installation or the device is at"
            " fault and not a clip: mend that and start again, finished clips are kept"
        )


_HASHES = ("input_hash", "digest", "frames_sha256")


@cache
def _media_sha256(path: Path) -> str:
    """The hash of a media file, read once per process; empty if there is none that can be opened."""
    try:
        return file_sha256(path) if path.is_file() else ""
    except OSError as error:
        if error.errno in SETUP:
            raise
        return ""


def _json_sha256(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
