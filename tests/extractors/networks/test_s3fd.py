"""S3FD gives the boxes of the face-alignment package: bit for bit from its maps, and for each picture of a batch."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.fills import fill, s3fd_array
from helpers.places import GOLDEN

from extractors.networks import s3fd
from extractors.shared.program import UserError

CPU = torch.device("cpu")
PIXELS = 2e-3
"""How far boxes may lie apart; the same original differs by 4e-4 between a batch and single pictures."""


@pytest.fixture(scope="module")
def golden() -> dict[str, np.ndarray]:
    return dict(np.load(GOLDEN / "s3fd.npz"))


@pytest.fixture(scope="module")
def network() -> torch.nn.Module:
    return fill(s3fd.make_network(), s3fd_array)


def picture(number: int, height: int, width: int) -> np.ndarray:
    rng = np.random.default_rng(100 + number)
    coarse = rng.integers(0, 256, (height // 40, width // 40, 3)).repeat(40, axis=0).repeat(40, axis=1)
    return np.clip(coarse + rng.integers(-32, 33, (height, width, 3)), 0, 255).astype(np.uint8)


def stored_maps(golden: dict[str, np.ndarray], number: int) -> list[torch.Tensor]:
    return [torch.from_numpy(golden[f"im{number}_map{index}"])[None] for index in range(12)]


def test_keys_and_shapes_are_those_of_the_published_checkpoint(network: torch.nn.Module) -> None:
    found = {
        key: [list(value.shape), str(value.dtype).removeprefix("torch.")] for key, value in network.state_dict().items()
    }
    assert found == json.loads((GOLDEN / "s3fd_manifest.json").read_text())


@pytest.mark.parametrize("number", [0, 2])
def test_decoding_and_suppression_are_exact(golden: dict[str, np.ndarray], number: int) -> None:
    maps = stored_maps(golden, number)
    candidates, wanted = s3fd.decode(maps, 0.05)[0], golden[f"im{number}_raw"]
    np.testing.assert_array_equal(candidates[:, :4], wanted[:, :4])
    # Processors differ in the last bit of torch's softmax.
    np.testing.assert_allclose(candidates[:, 4], wanted[:, 4], rtol=0, atol=6e-8)
    np.testing.assert_array_equal(s3fd.suppress(candidates, 0.3), golden[f"im{number}_keep"])
    faces = s3fd.decode(maps, 0.5)[0]
    final = faces[s3fd.suppress(faces, 0.3)]
    np.testing.assert_array_equal(final[:, :4], golden[f"im{number}_final"][:, :4])


@pytest.mark.slow
@pytest.mark.parametrize("number", [0, 2])
def test_decoding_equals_the_installed_package_bit_for_bit(golden: dict[str, np.ndarray], number: int) -> None:
    detect = pytest.importorskip("face_alignment.detection.sfd.detect")
    maps = stored_maps(golden, number)
    scores = [each.softmax(dim=1) if index % 2 == 0 else each for index, each in enumerate(maps)]
    wanted = detect.get_predictions([each.numpy() for each in scores], 1)[0]
    np.testing.assert_array_equal(s3fd.decode(maps, 0.05)[0], wanted)


def test_each_picture_of_a_batch_has_its_own_boxes(golden: dict[str, np.ndarray], network: torch.nn.Module) -> None:
    batch = np.stack([picture(number, 240, 320) for number in (0, 10, 11)])
    found = s3fd.detect(network, batch, CPU, "float32")
    for index, boxes in enumerate(found):
        np.testing.assert_allclose(boxes, golden[f"batch_im{index}_final"], rtol=0, atol=PIXELS)
    np.testing.assert_allclose(found[0], golden["im0_final"], rtol=0, atol=PIXELS)


@pytest.mark.slow
@pytest.mark.parametrize(("number", "height", "width"), [(1, 480, 640), (2, 360, 480)])
def test_larger_pictures(
    golden: dict[str, np.ndarray], network: torch.nn.Module, number: int, height: int, width: int
) -> None:
    (boxes,) = s3fd.detect(network, picture(number, height, width)[None], CPU, "float32")
    np.testing.assert_allclose(boxes, golden[f"im{number}_final"], rtol=0, atol=PIXELS)


def test_a_picture_without_faces_has_no_boxes(golden: dict[str, np.ndarray]) -> None:
    faceless = [
        torch.stack([each[:, 0] + 9, each[:, 0]], dim=1) if index % 2 == 0 else each
        for index, each in enumerate(stored_maps(golden, 0))
    ]
    both = [torch.cat(pair) for pair in zip(stored_maps(golden, 0), faceless, strict=True)]
    with_faces, without = s3fd.decode(both, 0.5)
    assert len(with_faces) == 57
    assert without.shape == (0, 5)
    assert s3fd.suppress(without, 0.3).shape == (0,)


def test_suppression_by_hand() -> None:
    # The first two share 8 x 11 of 154 pixels (0.571); the third and the second 8 of 234 (0.034).
    boxes = np.array([[0, 0, 10, 10, 0.8], [3, 0, 13, 10, 0.9], [0, 10, 10, 20, 0.7]], dtype=np.float64)
    np.testing.assert_array_equal(s3fd.suppress(boxes, 0.3), [1, 2])
    np.testing.assert_array_equal(s3fd.suppress(boxes, 88 / 154), [1, 0, 2])
    np.testing.assert_array_equal(s3fd.suppress(boxes, 0.57), [1, 2])
    np.testing.assert_array_equal(s3fd.suppress(boxes, 0.03), [1])


@pytest.fixture
def weights(network: torch.nn.Module, tmp_path: Path) -> Path:
    path = tmp_path / "s3fd.pth"
    torch.save(network.state_dict(), path)
    return path


def test_weights_are_checked(weights: Path, network: torch.nn.Module) -> None:
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    loaded = s3fd.load(str(weights), digest[:10], CPU)
    torch.testing.assert_close(loaded.state_dict(), network.state_dict(), rtol=0, atol=0)
    with pytest.raises(UserError, match=rf"its SHA-256 is {digest}, not 00000000"):
        s3fd.load(str(weights), "00000000", CPU)
    with pytest.raises(UserError, match="not named"):
        s3fd.load(str(weights), "", CPU)
    with pytest.raises(UserError, match="no such file of weights"):
        s3fd.load(str(weights.with_name("other.pth")), digest, CPU)
    torch.save({"conv1_1.weight": torch.zeros(1)}, weights)
    with pytest.raises(UserError, match=r"these are not the weights of s3fd \(.* missing"):
        s3fd.load(str(weights), hashlib.sha256(weights.read_bytes()).hexdigest(), CPU)


def test_weights_are_fetched_once(weights: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "hub"))
    monkeypatch.setattr(s3fd, "URL", weights.as_uri())
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    s3fd.load("", digest, CPU)
    weights.unlink()
    s3fd.load("", digest, CPU)


def test_weights_that_cannot_be_fetched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(s3fd, "URL", (tmp_path / "nowhere.pth").as_uri())
    with pytest.raises(UserError, match="cannot fetch"):
        s3fd.load("", "00000000", CPU)
    assert not list(tmp_path.rglob("*nowhere*"))
