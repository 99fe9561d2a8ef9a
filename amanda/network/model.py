"""The network of section 3.1: one encoder per modality, and a head for each modality and for their concatenation."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Protocol, cast, runtime_checkable

import torch
from torch import Tensor, nn

from amanda.network.convolution import max_over_time
from amanda.network.frames import Frames, Packed
from amanda.network.outputs import JOINT, Outputs, held, positions
from amanda.shared.settings import TrainingSettings


class Dropout(nn.Module):
    """Dropout that draws from the run's own random stream, so that a run does not depend on other runs."""

    def __init__(self, probability: float, stream: torch.Generator) -> None:
        super().__init__()
        self.probability, self.stream = probability, stream

    def forward(self, values: Tensor) -> Tensor:
        """Zero each value with the given probability and scale the others up; in evaluation, change nothing."""
        if not self.training or not self.probability:
            return values
        kept = torch.empty_like(values).bernoulli_(1 - self.probability, generator=self.stream)
        return values * kept / (1 - self.probability)


def published_code_view(frames: Frames) -> Packed:
    """Rearrange frames as the authors' published code does: ``view(batch, 3, T, dim / 3)`` of a padded batch.

    Every clip is padded with zeros to the longest of the batch (T). Row r of the result holds three thirds. The c-th
    third is block (c T + r) mod 3 of the frame at time (c T + r) // 3. So thirds of the clip lie side by side, and
    blocks alternate down the rows. A clip's embedding then depends on its batch; ``textcnn_input: concatenated`` avoids
    this.

    Raises:
        TypeError: the frames are laid out, so the host does not know the longest clip of the batch.
    """
    if not isinstance(frames, Packed):
        raise TypeError("published_code_view needs packed frames; take the steps one by one")
    clips = frames.gather(frames.rows.dtype).split(frames.lengths.tolist())
    padded = nn.utils.rnn.pad_sequence(clips, batch_first=True)
    count, longest, dim = padded.shape
    rows = padded.view(count, 3, longest, dim // 3).transpose(1, 2).reshape(count * longest, dim)
    return Packed(rows, torch.full_like(frames.lengths, longest), None)


def products_in(compute: str, weights: Tensor) -> torch.dtype:
    """Number format of the large matrix products: that of the weights, or ``bfloat16``."""
    return torch.bfloat16 if compute == "bfloat16" else weights.dtype


class Encoder(nn.Module):
    """A network from frames of clips to representations, [clips, d].

    ``least_rows`` is the smallest number of rows that a clip takes; ``compute`` is the number format of the products.
    """

    least_rows: int
    compute: str


class TextCNN(Encoder):
    """Convolution over time, ReLU, maximum over time, linear layer with ReLU (as Zhao et al., 2021; text and audio)."""

    def __init__(self, dim: int, settings: TrainingSettings, stream: torch.Generator) -> None:
        super().__init__()
        self.kernels: Sequence[int] = settings.kernels
        self.mixed = settings.textcnn_input == "published_code_view"
        self.compute = settings.compute
        self.least_rows = max(self.kernels)
        filters = settings.filters
        self.taps = nn.Parameter(torch.zeros(sum(self.kernels), filters, dim))
        self.bias = nn.Parameter(torch.zeros(len(self.kernels) * filters))
        self.dropout = Dropout(settings.dropout_encoder, stream)
        self.linear = nn.Linear(len(self.kernels) * filters, settings.representation)

    def forward(self, frames: Frames) -> Tensor:
        """Representations [clips, d], >= 0."""
        if self.mixed:
            frames = published_code_view(frames)
        compute = products_in(self.compute, self.taps)
        maxima = max_over_time(frames, self.taps, self.kernels, compute, padded=self.mixed)
        # ReLU and a bias do not change which window is largest, so they may follow the maximum.
        return self.linear(self.dropout((maxima + self.bias).relu())).relu()

    def draw(self, kind: str, stream: torch.Generator) -> None:
        """Draw the weights of the convolution; the fan-in of a kernel is its height times the width of a frame."""
        taps, biases = self.taps.split(list(self.kernels)), self.bias.chunk(len(self.kernels))
        for height, tap, bias in zip(self.kernels, taps, biases, strict=True):
            draw(tap, kind, height * tap.shape[2], stream)
            draw(bias, kind, height * tap.shape[2], stream)


class FaceLSTM(Encoder):
    """One-layer LSTM over a clip's frames, maximum over the frames with a face (visual); outputs in (-1, 1)."""

    least_rows = 1

    def __init__(self, dim: int, settings: TrainingSettings) -> None:
        super().__init__()
        self.lstm = nn.LSTM(dim, settings.representation, batch_first=True)
        self.all_frames = settings.visual_pooling == "all"
        self.compute = settings.compute

    def forward(self, frames: Frames) -> Tensor:
        """Representations [clips, d]; a clip without any face is pooled over all its frames."""
        stored = list(self.lstm.parameters())
        compute = products_in(self.compute, stored[0])
        weights = [weight.to(compute) for weight in stored]
        rows = frames.gather(compute).view(len(frames.lengths), -1, frames.rows.shape[1])
        begin = rows.new_zeros(1, len(rows), self.lstm.hidden_size)
        states = torch.lstm(rows, (begin, begin), weights, True, 1, 0.0, self.training, False, True)[0]
        states = states.to(stored[0].dtype)
        if not self.all_frames:
            face = frames.faces().view(states.shape[:2])
            face = face | ~face.any(dim=1, keepdim=True)
            states = states.masked_fill(~face[:, :, None], -torch.inf)
        return states.amax(dim=1)


def encoder(modality: str, dim: int, settings: TrainingSettings, stream: torch.Generator) -> Encoder:
    """The encoder of a modality whose frames are ``dim`` wide."""
    return FaceLSTM(dim, settings) if modality == "visual" else TextCNN(dim, settings, stream)


def mlp(inputs: int, hidden: Sequence[int], outputs: int, dropout: float, stream: torch.Generator) -> nn.Sequential:
    """Linear, ReLU, dropout for each hidden size, then a linear layer; without any, dropout before that layer."""
    layers: list[nn.Module] = []
    for size in hidden:
        layers += [nn.Linear(inputs, size), nn.ReLU(), Dropout(dropout, stream)]
        inputs = size
    return nn.Sequential(*(layers or [Dropout(dropout, stream)]), nn.Linear(inputs, outputs))


class Network(nn.Module):
    """Encoders f_m and heads g_m of the M modalities that are used; Z_{M+1} = [Z_1; ...; Z_M], in their order.

    With one modality, Z_2 equals Z_1 and both have a head, so sums over M+1 (Eqs. 5 and 9) count it twice. For a clip
    without frames in modality m, Z_m is zero: its part of the joint head's first layer then adds nothing.
    """

    def __init__(
        self, dims: Mapping[str, int], settings: TrainingSettings, classes: int, stream: torch.Generator
    ) -> None:
        """Build the networks for frames of the widths ``dims`` and so many ``classes``; ``stream`` is dropout's."""
        super().__init__()
        self.modalities: tuple[str, ...] = settings.modalities
        self.encoders = nn.ModuleDict({name: encoder(name, dims[name], settings, stream) for name in self.modalities})
        self.size = size = settings.representation
        rest = (classes, settings.dropout_head, stream)
        heads = {name: mlp(size, settings.head_unimodal, *rest) for name in self.modalities}
        self.heads = nn.ModuleDict(heads | {JOINT: mlp(size * len(self.modalities), settings.head_joint, *rest)})

    def forward(self, frames: Mapping[str, Frames]) -> Outputs:
        """Representations [clips, d] and logits [clips, classes] of each modality and of the joint one.

        Frames of unused modalities may be given; they are not gathered.
        """
        there = {name: held(frames[name]) for name in self.modalities}
        representations = {name: self._represent(name, frames[name], there[name]) for name in self.modalities}
        representations[JOINT] = torch.cat(list(representations.values()), dim=1)
        logits = {name: self.heads[name](z) for name, z in representations.items()}
        return Outputs(
            representations, logits, positions({name: has for name, has in there.items() if has is not None})
        )

    def _represent(self, name: str, frames: Frames, has: Tensor | None) -> Tensor:
        """Representations [clips, d] of a modality, zero for a clip that lacks it."""
        if has is None or not isinstance(frames, Packed):
            return self.encoders[name](frames)
        places = has.nonzero().flatten()
        zeros = next(self.encoders[name].parameters()).new_zeros(len(has), self.size)
        if not len(places):
            return zeros
        return zeros.index_copy(0, places.to(zeros.device), self.encoders[name](frames.take(places)))

    def encoder_of(self, modality: str) -> Encoder:
        """The encoder of a modality."""
        return cast(Encoder, self.encoders[modality])

    def parts(self) -> list[nn.Module]:
        """The networks whose gradients are clipped separately: each encoder and each head."""
        return [*self.encoders.values(), *self.heads.values()]


@runtime_checkable
class Drawn(Protocol):
    """A module of this package that draws weights of its own."""

    def draw(self, kind: str, stream: torch.Generator) -> None:
        """Draw the weights by the kind of initialisation, from a stream on the host."""


@torch.no_grad()
def initialise(module: nn.Module, kind: str, stream: torch.Generator) -> None:
    """Draw every weight from one stream on the host, so that a seed gives the same weights on every device.

    ``torch``: uniform within 1/sqrt(fan-in), torch's own initialisation (LSTM: 1/sqrt(hidden)). ``kaiming``: normal
    with standard deviation sqrt(2 / fan-in) and zero bias for convolution and linear layers, the LSTM as with ``torch``
    (published code). A module of this package with weights of its own has a method ``draw(kind, stream)``.
    """
    for layer in module.modules():
        if isinstance(layer, nn.LSTM):
            for parameter in layer.parameters():
                draw(parameter, "torch", layer.hidden_size, stream)
        elif isinstance(layer, nn.Linear):
            draw(layer.weight, kind, layer.in_features, stream)
            draw(layer.bias, kind, layer.in_features, stream)
        elif isinstance(layer, Drawn):
            layer.draw(kind, stream)


def draw(parameter: Tensor, kind: str, fan_in: int, stream: torch.Generator) -> None:
    """Fill one weight or bias in place; a bias has one dimension."""
    values = torch.empty(parameter.shape, dtype=parameter.dtype)
    if kind == "torch":
        values.uniform_(-1 / math.sqrt(fan_in), 1 / math.sqrt(fan_in), generator=stream)
    elif parameter.dim() == 1:
        values.zero_()
    else:
        values.normal_(0, math.sqrt(2 / fan_in), generator=stream)
    parameter.copy_(values)
