"""A plain implementation of the same model: clips padded to the longest of the batch, torch's layers, a DataLoader.

It computes what ``amanda.network.model`` computes (windows beyond a clip's end are left out of the maximum), so that
losses and gradients can be compared number by number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader, Dataset, Subset

from amanda.network.model import Network, Outputs
from amanda.shared.settings import TrainingSettings
from amanda.training.data import Corpus
from extractors.shared.clip import MODALITIES


class Clips(Dataset):
    """Frames of each clip by modality in the network's number format, its mask of faces, and its label."""

    def __init__(self, corpus: Corpus, labels: Tensor, dtype: torch.dtype) -> None:
        self.labels, self.dtype = labels, dtype
        self.packed = corpus.packed
        self.starts = {name: packed.lengths.cumsum(0) - packed.lengths for name, packed in corpus.packed.items()}

    def __len__(self) -> int:
        """Number of clips; clips of the target need placeholder labels."""
        return len(self.labels)

    def __getitem__(self, clip: int) -> tuple[dict[str, Tensor], Tensor, Tensor]:
        """One clip."""
        frames = {name: self._span(self.packed[name].rows, name, clip).to(self.dtype) for name in MODALITIES}
        return frames, self._span(self.packed["visual"].valid, "visual", clip), self.labels[clip]

    def _span(self, rows: Tensor, name: str, clip: int) -> Tensor:
        start = int(self.starts[name][clip])
        return rows[start : start + int(self.packed[name].lengths[clip])]


def collate(clips: list[tuple[dict[str, Tensor], Tensor, Tensor]]) -> tuple[tuple[dict, dict, Tensor], Tensor]:
    """The network's input (padded frames [clips, longest, dim] and lengths by modality, faces), and the labels."""
    frames, faces, labels = zip(*clips, strict=True)
    padded = {name: pad_sequence([clip[name] for clip in frames], batch_first=True) for name in MODALITIES}
    lengths = {name: torch.tensor([len(clip[name]) for clip in frames]) for name in MODALITIES}
    return (padded, lengths, torch.stack(faces)), torch.stack(labels)


def loader(corpus: Corpus, labels: Tensor, clips: Tensor, size: int) -> DataLoader:
    """Batches in random order, made by one worker per domain (two cores; each prepared batch is a gigabyte)."""
    dataset = Subset(Clips(corpus, labels, torch.float32), clips.tolist())
    return DataLoader(dataset, size, shuffle=True, collate_fn=collate, num_workers=1, persistent_workers=True)


class PlainTextCNN(nn.Module):
    """TextCNN as it is usually written: Conv2d over (time, feature), ReLU, maximum over time, dropout, linear layer."""

    def __init__(self, dim: int, settings: TrainingSettings) -> None:
        super().__init__()
        self.kernels, filters = settings.kernels, settings.filters
        self.convolutions = nn.ModuleList([nn.Conv2d(1, filters, (height, dim)) for height in self.kernels])
        self.dropout = nn.Dropout(settings.dropout_encoder)
        self.linear = nn.Linear(len(self.kernels) * filters, settings.representation)

    def forward(self, frames: Tensor, lengths: Tensor) -> Tensor:
        """Representations [clips, d] of padded frames [clips, longest, dim]."""
        short = max(self.kernels) - frames.shape[1]
        frames = nn.functional.pad(frames, (0, 0, 0, max(0, short)))
        maxima = []
        for convolution, height in zip(self.convolutions, self.kernels, strict=True):
            responses = convolution(frames[:, None]).squeeze(3).relu()
            windows = (lengths - height + 1).clamp(min=1)
            beyond = torch.arange(responses.shape[2]) >= windows[:, None]
            maxima.append(responses.masked_fill(beyond[:, None], 0).amax(dim=2))
        return self.linear(self.dropout(torch.cat(maxima, dim=1))).relu()


class PlainLSTM(nn.Module):
    """LSTM over the pictures, maximum over those with a face."""

    def __init__(self, dim: int, settings: TrainingSettings) -> None:
        super().__init__()
        self.lstm = nn.LSTM(dim, settings.representation, batch_first=True)

    def forward(self, frames: Tensor, faces: Tensor) -> Tensor:
        """Representations [clips, d]."""
        faces = faces | ~faces.any(dim=1, keepdim=True)
        return self.lstm(frames)[0].masked_fill(~faces[:, :, None], -torch.inf).amax(dim=1)


class PlainNetwork(nn.Module):
    """Replaces ``amanda.network.model.Network``; it uses the same heads, because heads have no padding."""

    def __init__(self, network: Network, dims: Mapping[str, int], settings: TrainingSettings) -> None:
        super().__init__()
        encoders = {name: PlainTextCNN(dims[name], settings) for name in ("text", "audio")}
        self.encoders = nn.ModuleDict(encoders | {"visual": PlainLSTM(dims["visual"], settings)})
        self.heads = network.heads

    def forward(self, batch: tuple[dict[str, Tensor], dict[str, Tensor], Tensor]) -> Outputs:
        """As ``amanda.network.model.Network``."""
        frames, lengths, faces = batch
        z = {name: self.encoders[name](frames[name], lengths[name]) for name in ("text", "audio")}
        z["visual"] = self.encoders["visual"](frames["visual"], faces)
        z["joint"] = torch.cat([z[name] for name in MODALITIES], dim=1)
        return Outputs(z, {name: self.heads[name](value) for name, value in z.items()})


def same(
    network: Network, plain: PlainNetwork, part: Callable[[nn.Parameter], Tensor]
) -> Iterator[tuple[Tensor, Tensor]]:
    """``part`` of each parameter, such as its gradient, in our network and in the plain one, in the plain layout."""
    for name in ("text", "audio"):
        ours, theirs = network.encoders[name], plain.encoders[name]
        taps, biases = part(ours.taps).split(list(ours.kernels)), part(ours.bias).chunk(len(ours.kernels))
        for tap, bias, convolution in zip(taps, biases, theirs.convolutions, strict=True):
            yield tap.transpose(0, 1)[:, None], part(convolution.weight)
            yield bias, part(convolution.bias)
    modules = [(network.encoders[name].linear, plain.encoders[name].linear) for name in ("text", "audio")]
    modules += [(network.encoders["visual"].lstm, plain.encoders["visual"].lstm), (network.heads, plain.heads)]
    for ours, theirs in modules:
        for one, other in zip(ours.parameters(), theirs.parameters(), strict=True):
            yield part(one), part(other)
