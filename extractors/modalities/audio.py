"""Sound -> frames: outputs of some blocks of wav2vec2, side by side, one row every 20 ms.

The paper (section 4) takes blocks 1, 7 and 12 of wav2vec2-base, 3 x 768 = 2304 columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils import parametrize
from torch.nn.utils.rnn import pad_sequence
from transformers import Wav2Vec2FeatureExtractor, Wav2Vec2Model

from extractors.media.container import TOLERATED_GAP
from extractors.media.resample import SAMPLE_RATE
from extractors.media.sound import Heard, hear
from extractors.modalities.base import TOO_LARGE, Extraction, ExtractionSettings, Outcome
from extractors.networks.passes import by_length, compute_batches
from extractors.networks.pretrained import (
    UNREADABLE,
    BackboneSettings,
    collected,
    find_backbone,
    join_blocks,
    load_network,
)
from extractors.networks.wav2vec2_front import FrontEnd
from extractors.shared.clip import SILENT, ClipError
from extractors.shared.compute import check_agreement, check_compute, inference
from extractors.shared.program import UserError
from extractors.shared.settings import key

PROBE = SAMPLE_RATE // 2
"""Samples of noise in the probe that shows whether a reduced number format is right."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound as wav2vec2 hears it: normalised samples float32 [n], its seconds, and what makes it degraded."""

    samples: np.ndarray
    duration: float
    warning: str


class AudioSettings(BackboneSettings, ExtractionSettings):
    """From sounds to the hidden states of a frozen transformer, and what counts as silence."""

    batch: int = key("frames in one pass of the network", unit="frames", counts=False, ge=1)
    silence_db: float = key(
        "root mean square below which a clip's sound is silence; the clip is degraded then",
        unit="dB of full scale",
        le=0,
    )


class Wav2Vec2:
    """wav2vec2 on sounds of alike lengths together.

    The convolutions see one sound at a time, for their first normalisation averages over all samples that it is given,
    padding too; what follows them is masked, which makes a sound's frames independent of its neighbours.
    """

    Settings = AudioSettings
    preprocessing = 3
    libraries = ("torch", "torchaudio", "transformers", "av")

    def __init__(self, backbone: str, settings: AudioSettings, device: torch.device) -> None:
        found = find_backbone(backbone, settings)
        self.provenance = found.provenance
        self.device, self.compute = device, check_compute(settings.compute, device)
        self.silence_db = settings.silence_db
        # On a CPU, which computes as fast one by one, padding would only cost.
        self.batch = 1 if device.type == "cpu" else settings.batch
        self.network = load_network(Wav2Vec2Model, found, device)
        # The weight norm of the positional convolution would be applied in each pass anew.
        parametrize.remove_parametrizations(self.network.encoder.pos_conv_embed.conv, "weight")
        self.front_end = FrontEnd(self.network.feature_extractor)
        try:
            self.normalise = Wav2Vec2FeatureExtractor.from_pretrained(found.folder, local_files_only=True)
            described, _ = Wav2Vec2FeatureExtractor.get_feature_extractor_dict(found.folder, local_files_only=True)
        except UNREADABLE as error:
            raise UserError(f"{found.folder}: has no readable preprocessor_config.json ({error}); fetch it") from error
        own = Wav2Vec2FeatureExtractor.__name__
        if described.get("feature_extractor_type", own) != own:
            raise UserError(
                f"{found.folder}: its preprocessor_config.json is for {described['feature_extractor_type']}; name a"
                f" network whose sound {own} prepares"
            )
        if self.normalise.sampling_rate != SAMPLE_RATE:
            raise UserError(
                f"{found.folder}: wants {self.normalise.sampling_rate} Hz; name a network for {SAMPLE_RATE} Hz"
            )
        self.dim = len(settings.blocks) * self.network.config.hidden_size
        noise = np.random.default_rng(0).standard_normal(PROBE).astype(np.float32)
        probe = Sound(self.prepare(noise), duration=PROBE / SAMPLE_RATE, warning="")
        check_agreement("wav2vec2", self.compute, device, lambda compute: self._frames([probe], compute))

    def read(self, clip: Mapping[str, Any], release: Path) -> Sound:
        """Read and normalise the clip's ``audio`` as the network's authors did.

        A sound shorter than the window of 25 ms gets zeros behind its normalised samples, and is degraded; so are
        silence, channels that cancel each other out, and a sound that lacks more than a tenth of a second: at its end,
        of what its two times in the manifest or its file's header announce, or in holes, which are filled with zeros.

        Raises:
            ClipError: the sound cannot be read.
        """
        heard = hear(release / clip["audio"], clip["audio_start"], clip["audio_end"])
        return Sound(self.prepare(heard.samples), heard.duration, "; ".join(self._warnings(heard)))

    def prepare(self, sound: np.ndarray) -> np.ndarray:
        """Samples float32 [n] as the network wants them, of a sound float32 [samples] at 16 kHz."""
        samples = self.normalise(sound, sampling_rate=SAMPLE_RATE, return_tensors="np").input_values[0]
        return np.pad(samples, (0, max(self.front_end.receptive_field - len(samples), 0)))

    def embed(self, inputs: Sequence[Sound]) -> list[Outcome]:
        """Frames float32 [T, dim] of each sound, a row for every 20 ms that a window of 25 ms fits in."""
        lengths = [self.front_end.length(len(sound.samples)) for sound in inputs]
        found = compute_batches(self._pass, inputs, by_length(lengths, self.batch))
        return [
            ClipError(TOO_LARGE)
            if frames is None
            else Extraction(frames, duration=sound.duration, warning=sound.warning)
            for sound, frames in zip(inputs, found, strict=True)
        ]

    def _pass(self, inputs: Sequence[Sound]) -> list[np.ndarray]:
        return self._frames(inputs, self.compute)

    def _frames(self, inputs: Sequence[Sound], compute: str) -> list[np.ndarray]:
        blocks, layers = self.provenance["blocks"], self.network.encoder.layers
        with inference(self.device, compute):
            fronts = [self.front_end(torch.from_numpy(sound.samples).to(self.device)) for sound in inputs]
            lengths = [len(front) for front in fronts]
            projected, _ = self.network.feature_projection(pad_sequence(fronts, batch_first=True))
            with collected(layers, blocks) as hidden_states:
                self.network.encoder(projected, attention_mask=self._mask(lengths))
            places = [(row, slice(length)) for row, length in enumerate(lengths)]
            return join_blocks(hidden_states, blocks, places)

    def _mask(self, lengths: Sequence[int]) -> Tensor | None:
        """True where a row is a sound's own; None where all are."""
        if min(lengths) == max(lengths):
            return None
        return (torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]).to(self.device)

    def _warnings(self, heard: Heard) -> Iterator[str]:
        """What makes a sound degraded."""
        if heard.decibels < self.silence_db:
            yield f"{SILENT}: its channels cancel out" if heard.cancelled else SILENT
        elif heard.cancelled:
            yield f"its channels cancel out, {heard.decibels:.0f} dBFS are left"
        if len(heard.samples) < self.front_end.receptive_field:
            milliseconds, wanted = 1000 * heard.duration, self.front_end.receptive_field
            yield f"{milliseconds:g} ms of sound, filled with zeros to {wanted} samples"
        elif heard.missing > TOLERATED_GAP:
            yield f"the sound is {heard.missing:.2f} s shorter than the clip"
        if heard.duration - heard.held > TOLERATED_GAP:
            yield f"{heard.duration - heard.held:.2f} s of its {heard.duration:.2f} s hold no sound"
