"""FAN gives the landmarks of the face-alignment package, from weights that are checked before they are opened."""

from __future__ import annotations

import hashlib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from face_alignment import FaceAlignment, LandmarksType
from face_alignment.models import FAN
from helpers.drawn_faces import box, frame_with_face

from extractors.networks import fan
from extractors.shared.program import UserError

CPU = torch.device("cpu")
FACES = [
    (frame_with_face(60, 40), box(70, 50, 100)),
    (frame_with_face(20, 30, 170, 160), np.array([-12.5, 3.25, 61.0, 120.75, 0.9])),
    (frame_with_face(150, 60), box(250.5, 140.5, 90)),
]
"""A face, one whose box goes beyond the border at the left, and one at the lower right."""


@pytest.fixture(scope="module")
def network() -> torch.nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return FAN(1).eval().requires_grad_(False)


@pytest.mark.slow
def test_landmarks_are_those_of_the_package_without_its_rounding(network: torch.nn.Module) -> None:
    package = object.__new__(FaceAlignment)
    package.__dict__ |= {"device": "cpu", "dtype": torch.float32, "flip_input": True, "max_batch_size": 1}
    package.__dict__ |= {"landmarks_type": LandmarksType.TWO_D, "face_alignment_net": network}
    package.face_detector = SimpleNamespace(reference_scale=195)
    found = fan.find_landmarks(network, *zip(*FACES, strict=True), CPU)
    for (frame, face), landmarks in zip(FACES, found, strict=True):
        (wanted,) = package.get_landmarks_from_image(frame, [face])
        assert len(np.unique(wanted, axis=0)) > 30
        np.testing.assert_array_equal(np.trunc(landmarks), wanted)


def test_each_face_of_a_batch_has_its_own_landmarks(network: torch.nn.Module) -> None:
    together = fan.find_landmarks(network, *zip(*FACES, strict=True), CPU)
    for (frame, face), landmarks in zip(FACES, together, strict=True):
        assert landmarks.shape == (68, 2)
        np.testing.assert_allclose(fan.find_landmarks(network, [frame], [face], CPU)[0], landmarks, rtol=0, atol=1e-9)


def test_peaks_by_hand() -> None:
    heat = np.zeros((1, 4, 8, 8), np.float32)
    heat[0, 0, 2, 5] = 1  # alone
    heat[0, 1, 2, 5], heat[0, 1, 2, 6], heat[0, 1, 1, 5] = 1, 0.5, 0.5  # hotter to the right and above
    heat[0, 2, 0, 5], heat[0, 2, 0, 6] = 1, 0.5  # on the border
    heat[0, 3, 4, 7], heat[0, 3, 4, 6] = 1, 0.5
    wanted = [[5.5, 2.5], [5.75, 2.25], [5.5, 0.5], [7.5, 4.5]]
    np.testing.assert_array_equal(fan.find_peaks(heat)[0] * 8, wanted)


def digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_weights_are_checked(network: torch.nn.Module, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fan, "HOURGLASSES", 1)
    path = tmp_path / "fan.pth.tar"
    torch.save(network.state_dict(), path)
    loaded = fan.load(str(path), digest_of(path)[:10], CPU)
    assert not loaded.training
    torch.testing.assert_close(loaded.state_dict(), network.state_dict(), rtol=0, atol=0)
    with pytest.raises(UserError, match=rf"its SHA-256 is {digest_of(path)}, not 00000000"):
        fan.load(str(path), "00000000", CPU)
    with pytest.raises(UserError, match="SHA-256 is not named"):
        fan.load(str(path), "", CPU)


@pytest.mark.filterwarnings("ignore:.*(torch.jit|TorchScript)")
def test_an_archive_of_code_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "2DFAN4.zip"
    torch.jit.save(torch.jit.script(torch.nn.ReLU()), path)
    with pytest.raises(UserError, match=r"unreadable weights .*TorchScript"):
        fan.load(str(path), digest_of(path), CPU)
