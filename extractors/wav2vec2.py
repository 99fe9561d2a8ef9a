"""Sound -> frames: outputs of some blocks of wav2vec2, side by side, one row every 20 ms.

The paper (section 4) takes blocks 1, 7 and 12 of wav2vec2-base, 3 x 768 = 2304 columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import Wav2Vec2FeatureExtractor, Wav2Vec2Model

from extractors.backbone import UNREADABLE, find_backbone, join_blocks, load_network
from extractors.contract import Extraction
from extractors.media import SAMPLE_RATE, read_sound
from extractors.program import UserError

TOLERATED_GAP = 0.1
"""Seconds by which a sound may be shorter than the manifest says before the clip counts as degraded."""


class Wav2Vec2:
    """wav2vec2 on one sound at a time, without padding: its first layer averages over all samples that it is given.

    ``settings``: ``blocks``, ``revision`` and ``sha256``, see :func:`extractors.backbone.find_backbone`.
    """

    preprocessing = 1

    def __init__(self, backbone: str, settings: Mapping[str, Any], device: torch.device) -> None:
        found = find_backbone(backbone, settings)
        self.provenance = found.provenance
        self.device = device
        self.network = load_network(Wav2Vec2Model, found, device)
        try:
            self.normalise = Wav2Vec2FeatureExtractor.from_pretrained(found.folder, local_files_only=True)
        except UNREADABLE as error:
            raise UserError(f"{found.folder}: has no readable preprocessor_config.json ({error}); fetch it") from error
        if self.normalise.sampling_rate != SAMPLE_RATE:
            raise UserError(
                f"{found.folder}: wants {self.normalise.sampling_rate} Hz; name a network for {SAMPLE_RATE} Hz"
            )
        self.dim = len(settings["blocks"]) * self.network.config.hidden_size
        self.receptive_field = receptive_field(self.network.config.conv_kernel, self.network.config.conv_stride)

    def extract(self, clip: Mapping[str, Any], release: Path) -> Extraction:
        """Extract the clip's ``audio``: float32 [T, dim], a row for every 20 ms that a window of 25 ms fits in.

        A sound shorter than the window gets one row, with zeros behind its normalised samples, and is degraded; so is
        silence, and a sound that ends before the manifest says.

        Raises:
            ClipError: the sound cannot be read.
        """
        start, end = clip["audio_start"], clip["audio_end"]
        sound = read_sound(release / clip["audio"], start, end)
        missing = 0.0 if end is None else end - (start or 0.0) - len(sound) / SAMPLE_RATE
        return Extraction(self.embed(sound), duration=len(sound) / SAMPLE_RATE, warning=self.warning(sound, missing))

    def embed(self, sound: np.ndarray) -> np.ndarray:
        """Frames float32 [T, dim] of a sound, float32 [samples] at 16 kHz, normalised as the network's authors did."""
        samples = self.normalise(sound, sampling_rate=SAMPLE_RATE, return_tensors="pt").input_values
        samples = torch.nn.functional.pad(samples, (0, max(self.receptive_field - len(sound), 0)))
        # Convolutions on a GPU would round to 10 bits by default.
        with torch.inference_mode(), torch.backends.cudnn.flags(allow_tf32=False):
            hidden_states = self.network(samples.to(self.device), output_hidden_states=True).hidden_states
            return join_blocks(hidden_states, self.provenance["blocks"]).cpu().numpy()

    def warning(self, sound: np.ndarray, missing: float) -> str:
        """What makes a sound degraded, ``missing`` seconds at its end among it; empty if nothing does."""
        if not sound.any():
            return "the sound is silent"
        if len(sound) < self.receptive_field:
            return (
                f"{1000 * len(sound) / SAMPLE_RATE:g} ms of sound, filled with zeros to {self.receptive_field} samples"
            )
        return f"the sound ends {missing:.2f} s before the clip" if missing > TOLERATED_GAP else ""


def receptive_field(kernels: list[int], strides: list[int]) -> int:
    """How many samples a stack of convolutions needs for one frame: 400 for wav2vec2."""
    samples = 1
    for kernel, stride in zip(reversed(kernels), reversed(strides), strict=True):
        samples = (samples - 1) * stride + kernel
    return samples
