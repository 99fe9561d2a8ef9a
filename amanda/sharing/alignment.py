"""Label alignment without the source: encoders are trained until the mean prediction has the expected shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy

import numpy as np
import torch
from torch import Tensor

from amanda.losses.paper import label_alignment
from amanda.network.model import JOINT
from amanda.sharing.model import Frames, Model, packed_frames
from amanda.sharing.settings import AlignmentSettings


def align_encoders(
    model: Model, frames: Frames, masks: Sequence[np.ndarray], shares: np.ndarray, settings: AlignmentSettings
) -> list[dict[str, Tensor]]:
    """Train the encoders of each network by label alignment of the joint head (paper, Eqs. 6-8); heads stay frozen.

    Adam takes a few steps on random batches of unlabelled clips, without dropout. The stream of batches is the same for
    each network.

    Args:
        model: the shared model; its networks are not changed.
        frames: frames of each clip, in every modality of the model; clips without all modalities are not used.
        masks: which visual frames show a face.
        shares: the expected label distribution, [classes]. A class with 0 is not part of the loss.
        settings: steps, learning rate, clips of a batch, seed.

    Returns:
        The encoders' weights of each network, by name, on the host; unchanged if no clip has all modalities.
    """
    names = model.settings.modalities
    whole = [n for n in range(len(masks)) if all(len(frames[name][n]) for name in names)]
    valid = {name: masks if name == "visual" else None for name in names}
    prior = torch.tensor(shares, dtype=torch.float32)
    found = []
    for original in model.networks:
        network = deepcopy(original).eval()
        device = next(network.parameters()).device
        optimiser = torch.optim.Adam(network.encoders.requires_grad_(True).parameters(), lr=settings.learning_rate)
        stream = torch.Generator().manual_seed(settings.seed)
        for _ in range(settings.steps if whole else 0):
            clips = [whole[n] for n in torch.randperm(len(whole), generator=stream)[: settings.batch_size]]
            batch = {name: packed_frames(frames[name], valid[name], clips, device) for name in names}
            # cuDNN's LSTM has gradients only in training mode, which would also switch dropout on.
            with torch.enable_grad(), torch.backends.cudnn.flags(enabled=False):
                loss = label_alignment(network(batch).logits[JOINT], prior.to(device))
                optimiser.zero_grad()
                loss.backward()
            optimiser.step()
        found.append(encoder_weights(network.state_dict()))
    return found


def encoder_weights(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights of a network's encoders, on the host."""
    return {name: value.detach().cpu().clone() for name, value in state.items() if name.startswith("encoders.")}
