"""Frames of clips without padding: on the device, where a batch is a view of them, or in their files until taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from amanda.transfer import send


@dataclass(frozen=True, slots=True)
class Packed:
    """Frames of several clips without padding; what is taken of it looks at the same rows, and copies nothing.

    ``rows`` is [rows, dim], in the precision of the store; clip c is its rows ``starts[c] .. starts[c] + lengths[c]``,
    by default one clip after another. Both are [clips], on the host. ``valid``, [rows], marks the rows with a face and
    is ``None`` where every row counts.
    """

    rows: Tensor
    lengths: Tensor
    valid: Tensor | None
    starts: Tensor = None

    def __post_init__(self) -> None:
        if self.starts is None:
            object.__setattr__(self, "starts", self.lengths.cumsum(0) - self.lengths)

    @property
    def dim(self) -> int:
        """Width of a frame."""
        return self.rows.shape[1]

    def take(self, clips: Tensor | slice) -> Packed:
        """Some of the clips, by their positions, [clips]; repeats are allowed."""
        return Packed(self.rows, self.lengths[clips], self.valid, self.starts[clips])

    def gather(self, dtype: torch.dtype, room: Tensor | None = None) -> Tensor:
        """The frames of the clips one after another, in ``dtype``, [sum of room, dim].

        Args:
            dtype: a number format.
            room: rows for each clip, [clips], on the host; what it does not fill is zero. By default what it needs.
        """
        row, beyond = self._rows(self.lengths if room is None else room)
        frames = self.rows.index_select(0, send(row, self.rows.device)).to(dtype)
        return frames.index_fill_(0, send(beyond, self.rows.device), 0) if len(beyond) else frames

    def faces(self) -> Tensor:
        """``valid`` of the clips one after another, [sum of lengths]."""
        return self.valid.index_select(0, send(self._rows(self.lengths)[0], self.valid.device))

    def _rows(self, room: Tensor) -> tuple[Tensor, Tensor]:
        """Where each gathered row comes from, and which of them lie beyond their clip's end; both on the host."""
        clip = torch.repeat_interleave(torch.arange(len(room)), room)
        place = torch.arange(len(clip)) - (room.cumsum(0) - room)[clip]
        beyond = place >= self.lengths[clip]
        return torch.where(beyond, 0, self.starts[clip] + place), beyond.nonzero().flatten()


@dataclass(frozen=True, slots=True)
class Stored:
    """Frames that stay in their memory-mapped files until clips are taken.

    ``frames`` and ``masks`` are the clips' [length, dim] and [length]; ``lengths`` is [clips]; what is taken goes to
    ``device``.
    """

    frames: Sequence[np.ndarray]
    masks: Sequence[np.ndarray] | None
    lengths: Tensor
    device: torch.device

    @property
    def dim(self) -> int:
        """Width of a frame."""
        return self.frames[0].shape[1]

    @property
    def size(self) -> int:
        """Bytes of all frames."""
        return sum(rows.nbytes for rows in self.frames)

    def take(self, clips: Tensor) -> Packed:
        """Copies of some of the clips, by their positions, [clips], one after another on the device."""
        chosen = clips.tolist()
        rows = np.concatenate([self.frames[clip] for clip in chosen])
        masks = None if self.masks is None else np.concatenate([self.masks[clip] for clip in chosen])
        valid = None if masks is None else send(torch.from_numpy(masks), self.device)
        return Packed(send(torch.from_numpy(rows), self.device), self.lengths[clips], valid)
