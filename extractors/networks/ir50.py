"""The convolutional stages of an IR-50 (the residual network of ArcFace): picture -> map of features."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn


class Subsample(nn.Module):
    """Keep every ``stride``-th row and column."""

    def __init__(self, stride: int) -> None:
        super().__init__()
        self.stride = stride

    def forward(self, maps: Tensor) -> Tensor:
        """Maps [B, C, H, W] -> maps [B, C, H / stride, W / stride]."""
        return maps[:, :, :: self.stride, :: self.stride]


class ResidualBlock(nn.Module):
    """A block of the IR-50. Its second convolution has the stride, and no activation follows the sum."""

    def __init__(self, channels_in: int, channels_out: int, stride: int) -> None:
        super().__init__()
        self.res_layer = nn.Sequential(
            nn.BatchNorm2d(channels_in),
            nn.Conv2d(channels_in, channels_out, 3, 1, 1, bias=False),
            nn.PReLU(channels_out),
            nn.Conv2d(channels_out, channels_out, 3, stride, 1, bias=False),
            nn.BatchNorm2d(channels_out),
        )
        self.shortcut_layer = (
            Subsample(stride)
            if channels_in == channels_out
            else nn.Sequential(
                nn.Conv2d(channels_in, channels_out, 1, stride, bias=False), nn.BatchNorm2d(channels_out)
            )
        )

    def forward(self, maps: Tensor) -> Tensor:
        """Maps [B, C_in, H, W] -> maps [B, C_out, H / stride, W / stride]."""
        return self.res_layer(maps) + self.shortcut_layer(maps)


class Ir50(nn.Module):
    """Pictures [B, 3, side, side] -> maps [B, stage_channels[-1], side / 2**stages, side / 2**stages].

    Args:
        stem: channels of the first convolution.
        stage_blocks: residual blocks of each stage.
        stage_channels: channels of each stage.
    """

    def __init__(self, stem: int, stage_blocks: Sequence[int], stage_channels: Sequence[int]) -> None:
        super().__init__()
        self.input_layer = nn.Sequential(nn.Conv2d(3, stem, 3, 1, 1, bias=False), nn.BatchNorm2d(stem), nn.PReLU(stem))
        self.body = nn.ModuleList()
        channels_in = stem
        for blocks, channels in zip(stage_blocks, stage_channels, strict=True):
            first = ResidualBlock(channels_in, channels, stride=2)
            rest = (ResidualBlock(channels, channels, stride=1) for _ in range(blocks - 1))
            self.body.append(nn.Sequential(first, *rest))
            channels_in = channels

    def forward(self, pictures: Tensor) -> Tensor:
        """Run the stem and all stages."""
        maps = self.input_layer(pictures)
        for stage in self.body:
            maps = stage(maps)
        return maps
