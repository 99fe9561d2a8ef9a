"""A sound -> its words, by Whisper (Radford et al., 2023, arXiv 2212.04356) from the library transformers."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn
from transformers import WhisperForConditionalGeneration, WhisperProcessor
from transformers.utils import logging

from extractors.media.resample import SAMPLE_RATE
from extractors.shared.program import UserError

PIECE = 30 * SAMPLE_RATE
"""Samples of Whisper's input. A longer sound is cut into pieces of this length."""

LONGEST = 200
"""Largest number of characters of the library's message about a model that cannot be loaded."""

LEAST = SAMPLE_RATE // 10
"""A sound with fewer samples has no words. Whisper would invent some."""


class Transcriber:
    """Whisper with greedy decoding, so that the same sound always gives the same words.

    Args:
        name: a folder, or an id on the model hub such as ``openai/whisper-small``. Weights are read only from
            safetensors, so no code is executed.
        device: device of the computation.

    Raises:
        UserError: there is no such model, or it is not a Whisper model.
    """

    def __init__(self, name: str, device: torch.device) -> None:
        logging.set_verbosity_error()
        logging.disable_progress_bar()
        try:
            self.processor = WhisperProcessor.from_pretrained(name)
            network = WhisperForConditionalGeneration.from_pretrained(name, use_safetensors=True)
        except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
            told = " ".join(str(error).split())[:200]
            raise UserError(
                f"{name}: no Whisper that can be loaded ({told}); name a folder of one or a hub id"
            ) from None
        nn.Module.to(network, device)  # the library's own method has no usable type
        self.network, self.device = network.eval(), device

    def words(self, sound: np.ndarray) -> str:
        """The words of a sound, float32 [n] at 16 kHz, in the language that Whisper detects."""
        pieces = [sound[begin : begin + PIECE] for begin in range(0, len(sound), PIECE)]
        said = [self._of_piece(piece) for piece in pieces if len(piece) >= LEAST]
        return " ".join(" ".join(said).split())

    def _of_piece(self, piece: np.ndarray) -> str:
        heard = self.processor.feature_extractor(piece, sampling_rate=SAMPLE_RATE, return_tensors="pt")
        with torch.inference_mode():
            tokens = self.network.generate(heard.input_features.to(self.device), do_sample=False, num_beams=1)
        return self.processor.tokenizer.decode(tokens[0], skip_special_tokens=True)
