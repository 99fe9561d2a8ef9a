"""Frames of clips without padding: on the device, where a batch is a view of them, or in their files until taken."""

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
    """Clips as the device lays them out: one after another, in a number of rows that the host knows without asking.

    ``rows`` and ``valid`` are those that the clips were taken from. ``starts``, ``lengths`` and ``room``, [clips], tell
    of each clip where it begins there, how many frames it has and how many rows it takes here, at least as many. Of
    each row here ``owner`` is the clip and ``place`` its number in the clip, [rows here]. All lie on the device.
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
            ValueError: every row counts, and no mask says which show a face.
        """
        if self.valid is None:
            raise ValueError("these frames have no mask of faces")
        return self.valid.index_select(0, self._rows()[0])

    def _rows(self) -> tuple[Tensor, Tensor]:
        """Where each row comes from, and which of them lie beyond their clip's end."""
        beyond = self.place >= self.lengths[self.owner]
        return torch.where(beyond, 0, self.starts[self.owner] + self.place), beyond


def lay(rows: Tensor, valid: Tensor | None, starts: Tensor, lengths: Tensor, least: int, count: int) -> Laid:
    """Lay clips out in ``count`` rows, without a value that the host would have to wait for.

    Args:
        rows: frames, [rows, dim], among them those of the clips.
        valid: which rows show a face, [rows], or ``None``.
        starts: first row of each clip, [clips].
        lengths: number of frames of each clip, [clips].
        least: rows that a clip takes at least.
        count: rows in all, enough for every clip; the last clip takes those that are left over.
    """
    room = lengths.clamp(min=least)
    room[-1:] += count - room.sum()
    clips = torch.arange(len(room), device=room.device)
    owner = torch.repeat_interleave(clips, room, output_size=count)
    place = torch.arange(count, device=room.device) - (room.cumsum(0) - room)[owner]
    return Laid(rows, valid, starts, lengths, room, owner, place)


def fill(values: Tensor, mask: Tensor, value: float) -> Tensor:
    """Set to ``value`` in place what a mask over the first dimensions marks, and return the values.

    A CPU finds the few places and touches those alone; on a device the host would have to wait for their number.
    """
    if values.device.type != "cpu":
        return fill_at_once(values, mask, value)
    values[mask.nonzero(as_tuple=True)] = value
    return values


def fill_at_once(values: Tensor, mask: Tensor, value: float) -> Tensor:
    """The same without a look at the mask."""
    return values.masked_fill_(mask.view(*mask.shape, *[1] * (values.dim() - mask.dim())), value)


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
    starts: Tensor = None  # type: ignore[assignment]  # __post_init__ replaces None, so that no reader meets it

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
            least: rows that a clip takes at least.
            multiple: what the number of rows in all is made a multiple of.
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
"""Frames of a batch: packed where steps are taken one by one, laid out where a step is recorded."""


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
        return self._copied(clips, partial(send, device=self.device))

    def all(self) -> Packed:
        """Copies of all clips on the device. They pass no pinned memory, of which so many would take as much again."""
        return self._copied(torch.arange(len(self.lengths)), methodcaller("to", self.device))

    def _copied(self, clips: Tensor, move: Callable[[Tensor], Tensor]) -> Packed:
        chosen = clips.tolist()
        rows = np.concatenate([self.frames[clip] for clip in chosen])
        masks = None if self.masks is None else np.concatenate([self.masks[clip] for clip in chosen])
        valid = None if masks is None else move(torch.from_numpy(masks))
        return Packed(move(torch.from_numpy(rows)), self.lengths[clips], valid)
