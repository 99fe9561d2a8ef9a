"""The convolutions of wav2vec2 on one sound, computed in pieces, so that memory does not grow with its length."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import torch
from torch import Tensor, nn

PIECE = 1500
"""Frames of a piece: 30 seconds. The output of the first convolution then takes 0.2 GB."""


class FrontEnd:
    """The stack of unpadded convolutions of a ``transformers`` wav2vec2, which computes frames from samples.

    The frames a .. b depend only on the samples in their windows. One exception is the group norm after the first
    convolution of the base networks: it needs the mean and the variance of each channel over the whole sound.

    Attributes:
        receptive_field: samples that one frame needs (400 for wav2vec2).
        stride: samples from one frame to the next (320).
    """

    def __init__(self, stack: nn.Module, piece: int = PIECE) -> None:
        layers: list[Any] = list(cast(nn.ModuleList, stack.conv_layers))
        self._first, *self._others = layers
        self._piece = piece
        self.receptive_field, self.stride = _window(layers)
        self._window, self._hop = _window([self._first])

    def length(self, samples: int) -> int:
        """Number of frames of a sound with this number of samples."""
        return (samples - self.receptive_field) // self.stride + 1

    def __call__(self, samples: Tensor) -> Tensor:
        """Compute the frames [T, channels] of a sound's samples [n]."""
        frames = self.length(len(samples))
        whole_sound = isinstance(getattr(self._first, "layer_norm", None), nn.GroupNorm)
        if frames <= self._piece:
            return self._rest(self._first(samples[None, None])).transpose(0, 1)
        moments = self._moments(samples) if whole_sound else None
        pieces = []
        for begin in range(0, frames, self._piece):
            end = min(begin + self._piece, frames)
            part = samples[None, None, begin * self.stride : (end - 1) * self.stride + self.receptive_field]
            pieces.append(self._rest(self._normalised(part, moments) if moments else self._first(part)))
        return torch.cat(pieces, dim=1).transpose(0, 1)

    def _rest(self, hidden: Tensor) -> Tensor:
        for layer in self._others:
            hidden = layer(hidden)
        return hidden[0]

    def _normalised(self, part: Tensor, moments: tuple[Tensor, Tensor]) -> Tensor:
        mean, scale = moments
        norm = self._first.layer_norm
        standard = (self._first.conv(part) - mean[:, None]) * scale[:, None]
        return self._first.activation(standard * norm.weight[:, None] + norm.bias[:, None])

    def _moments(self, samples: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and 1 / standard deviation of each channel after the first convolution, over the whole sound."""
        outputs = (len(samples) - self._window) // self._hop + 1
        step = self._piece * self.stride // self._hop
        total = squares = torch.zeros((), dtype=torch.float64)
        for begin in range(0, outputs, step):
            end = min(begin + step, outputs)
            part = samples[None, None, begin * self._hop : (end - 1) * self._hop + self._window]
            hidden = self._first.conv(part)[0].double()
            total, squares = total + hidden.sum(dim=1), squares + hidden.square().sum(dim=1)
        mean = total / outputs
        variance = (squares / outputs - mean.square()).clamp_min(0.0)
        return mean.float(), (variance + self._first.layer_norm.eps).rsqrt().float()


def _window(layers: Iterable[Any]) -> tuple[int, int]:
    """Receptive field of a stack of convolutions, and its stride, both in inputs."""
    samples, stride = 1, 1
    for layer in layers:
        samples += (layer.conv.kernel_size[0] - 1) * stride
        stride *= layer.conv.stride[0]
    return samples, stride
