"""Frames of clips without padding: on the device, where a batch is a view of them, or in their files until needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from operator import methodcaller

import numpy as np
import torch
from torch import Tensor

from amanda.shared.transfer import send


@dataclass(frozen=True, slots=True)
class Laid:
    """Clips laid out on the device one after another, in a number of rows that the host knows without waiting.

    ``rows`` and ``valid`` are the stored frames and their mask. ``starts``, ``lengths`` and ``room`` are [clips]: the
    first stored row of a clip, its number of frames, and the number of rows that it takes in this layout, at least as
    many. ``owner`` and ``place`` are [rows here]: the clip of each row of the layout, and its position in the clip.
    All are on the device.
    """

    rows: Tensor
    valid: Tensor | None
    starts: Tensor
    lengths: Tensor
    room: Tensor
    owner: Tensor
    place: Tensor

    @property
    def dim(self) -> int:
        """Width of a frame."""
        return self.rows.shape[1]

    def gather(self, dtype: torch.dtype) -> Tensor:
        """The frames in ``dtype``, [rows here, dim]; rows beyond a clip's end are zero."""
        row, beyond = self._rows()
        return fill(self.rows.index_select(0, row).to(dtype), beyond, 0)

    def faces(self) -> Tensor:
        """``valid`` of the frames, [rows here]; without meaning beyond a clip's end.

        Raises:
            ValueError: the frames have no mask, because every row counts.
        """
        if self.valid is None:
            raise ValueError("these frames have no mask of faces")
        return self.valid.index_select(0, self._rows()[0])

    def _rows(self) -> tuple[Tensor, Tensor]:
        """The stored row of each row of the layout, and which rows lie beyond their clip's end."""
        beyond = self.place >= self.lengths[self.owner]
        return torch.where(beyond, 0, self.starts[self.owner] + self.place), beyond


def lay(rows: Tensor, valid: Tensor | None, starts: Tensor, lengths: Tensor, least: int, count: int) -> Laid:
    """Lay clips out in ``count`` rows, without a value for which the host would have to wait.

    Args:
        rows: frames, [rows, dim], which include those of the clips.
        valid: which rows show a face, [rows], or ``None``.
        starts: first row of each clip, [clips].
        lengths: number of frames of each clip, [clips].
        least: smallest number of rows that a clip takes.
        count: total number of rows, enough for every clip; the last clip takes the spare rows.
    """
    room = lengths.clamp(min=least)
    room[-1:] += count - room.sum()
    clips = torch.arange(len(room), device=room.device)
    owner = torch.repeat_interleave(clips, room, output_size=count)
    place = torch.arange(count, device=room.device) - (room.cumsum(0) - room)[owner]
    return Laid(rows, valid, starts, lengths, room, owner, place)


def fill(values: Tensor, mask: Tensor, value: float) -> Tensor:
    """Set the elements that a mask over the first dimensions marks to ``value``, in place, and return the values.

    A CPU finds the few marked places and writes only those. On a device the host would have to wait for their number.
    """
    if values.device.type != "cpu":
        return fill_at_once(values, mask, value)
    values[mask.nonzero(as_tuple=True)] = value
    return values


def fill_at_once(values: Tensor, mask: Tensor, value: float) -> Tensor:
    """The same, without reading the mask on the host."""
    return values.masked_fill_(mask.view(*mask.shape, *[1] * (values.dim() - mask.dim())), value)


@dataclass(frozen=True, slots=True)
class Packed:
    """Frames of several clips without padding; a selection of clips is a view of the same rows and copies nothing.

    ``rows`` is [rows, dim], in the precision of the store. Clip c has the rows ``starts[c] .. starts[c] + lengths[c]``,
    by default one clip after another. Both are [clips], on the host. ``valid``, [rows], marks the rows with a face; it
    is ``None`` if every row counts.
    """

    rows: Tensor
    lengths: Tensor
    valid: Tensor | None
    starts: Tensor = None  # type: ignore[assignment]  # __post_init__ always replaces None

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

    def lay(self, least: int = 1, multiple: int = 1) -> Laid:
        """The clips laid out on the device of their frames.

        Args:
            least: smallest number of rows that a clip takes.
            multiple: the total number of rows is rounded up to a multiple of this.
        """
        count = int(self.lengths.clamp(min=least).sum())
        count += -count % multiple
        starts, lengths = (send(values, self.rows.device) for values in (self.starts, self.lengths))
        return lay(self.rows, self.valid, starts, lengths, least, count)

    def gather(self, dtype: torch.dtype) -> Tensor:
        """The frames of the clips one after another, in ``dtype``, [sum of lengths, dim]."""
        return self.lay().gather(dtype)

    def faces(self) -> Tensor:
        """``valid`` of the clips one after another, [sum of lengths]."""
        return self.lay().faces()


Frames = Packed | Laid
"""Frames of a batch: packed if steps are taken one by one, laid out if a step is recorded."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Frames that stay in their memory-mapped files until clips are taken.

    ``frames`` and ``masks`` have an entry per clip, [length, dim] and [length]; ``lengths`` is [clips]. The clips that
    are taken are copied to ``device``.
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
        return self._copied(clips, partial(send, device=self.device))

    def all(self) -> Packed:
        """Copies of all clips on the device. Pinned memory is not used, because it would double the memory needed."""
        return self._copied(torch.arange(len(self.lengths)), methodcaller("to", self.device))

    def _copied(self, clips: Tensor, move: Callable[[Tensor], Tensor]) -> Packed:
        chosen = clips.tolist()
        rows = np.concatenate([self.frames[clip] for clip in chosen])
        masks = None if self.masks is None else np.concatenate([self.masks[clip] for clip in chosen])
        valid = None if masks is None else move(torch.from_numpy(masks))
        return Packed(move(torch.from_numpy(rows)), self.lengths[clips], valid)
