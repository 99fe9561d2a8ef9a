"""The port of APViT gives the numbers of the original code, whatever the batch, and refuses weights that do not fit."""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.fills import apvit_array, fill
from helpers.places import GOLDEN
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file

from extractors.networks import apvit
from extractors.networks.weights import read_state
from extractors.shared.program import UserError
from extractors.synthetic.backbone_visual import TINY, write_visual_backbone

TOLERANCE = 2e-5


@pytest.fixture(scope="module")
def golden() -> dict[str, np.ndarray]:
    return dict(np.load(GOLDEN / "apvit.npz"))


@pytest.fixture(scope="module")
def published() -> apvit.APViT:
    return fill(apvit.APViT(apvit.PUBLISHED), apvit_array)


@pytest.fixture(scope="module")
def noise() -> torch.Tensor:
    frames = np.random.default_rng(0).integers(0, 256, (4, 112, 112, 3), dtype=np.uint8)
    assert zlib.crc32(frames.tobytes()) == 4086495947
    return from_bgr(frames)


@pytest.fixture(scope="module")
def blocks() -> torch.Tensor:
    rng = np.random.default_rng(1)
    coarse = rng.integers(0, 256, (2, 15, 13, 3)).repeat(10, axis=1).repeat(10, axis=2)
    frames = np.clip(coarse + rng.integers(-32, 33, (2, 150, 130, 3)), 0, 255).astype(np.uint8)
    assert zlib.crc32(frames.tobytes()) == 1169293267
    return from_bgr(frames)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> apvit.APViT:
    folder = tmp_path_factory.mktemp("backbone")
    write_visual_backbone(folder, seed=0)
    return apvit.load(*apvit.find_weights(folder))


def from_bgr(frames: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.stack([apvit.preprocess(frame[..., ::-1]) for frame in frames]))


def test_the_fill_is_the_documented_one(published: apvit.APViT) -> None:
    crc = {key: zlib.crc32(value.numpy().tobytes()) for key, value in published.state_dict().items()}
    assert crc["extractor.input_layer.2.weight"] == 3966166322
    assert crc["vit.patch_pos_embed"] == 2502266018
    assert crc["vit.blocks.0.attn.qkv.weight"] == 3331117848


def test_keys_and_shapes_are_those_of_the_published_checkpoint(published: apvit.APViT) -> None:
    found = {
        key: [list(value.shape), str(value.dtype).removeprefix("torch.")]
        for key, value in published.state_dict().items()
    }
    assert found == json.loads((GOLDEN / "apvit_manifest.json").read_text())
    assert sum(parameter.numel() for parameter in published.parameters()) == 65_209_543


def test_feature_and_probabilities_at_batch_4(published: apvit.APViT, noise: torch.Tensor, golden: dict) -> None:
    maps = published.extractor(noise)
    np.testing.assert_allclose(maps[:, :, ::4, ::4], golden["stage2_s4"], rtol=1e-5, atol=1e-3)
    feature = published.vit(maps)
    np.testing.assert_allclose(feature, golden["feature"], rtol=0, atol=TOLERANCE)
    np.testing.assert_allclose(published.probabilities(feature), golden["probs"], rtol=0, atol=TOLERANCE)


def test_the_same_patches_are_kept(published: apvit.APViT, noise: torch.Tensor, golden: dict) -> None:
    patches = published.vit.projs[0](published.extractor(noise[:1])).flatten(2).abs().sum(dim=1)
    np.testing.assert_array_equal(apvit.strongest(patches, 160), golden["app_keep"][:1])


def test_feature_at_batch_1(published: apvit.APViT, noise: torch.Tensor, golden: dict) -> None:
    np.testing.assert_allclose(published(noise[2:3]), golden["feature"][2:3], rtol=0, atol=TOLERANCE)


def test_resized_input_at_batch_2(published: apvit.APViT, blocks: torch.Tensor, golden: dict) -> None:
    feature = published(blocks)
    np.testing.assert_allclose(feature, golden["r_feature"], rtol=0, atol=TOLERANCE)
    np.testing.assert_allclose(published.probabilities(feature), golden["r_probs"], rtol=0, atol=TOLERANCE)


@pytest.mark.slow
def test_feature_at_a_size_where_the_original_errs(
    published: apvit.APViT, noise: torch.Tensor, blocks: torch.Tensor, golden: dict
) -> None:
    pictures = torch.cat([noise, blocks])
    wanted = np.concatenate([golden["feature"], golden["r_feature"]])
    order = np.random.default_rng(0).integers(0, 6, 130)
    np.testing.assert_allclose(published(pictures[order]), wanted[order], rtol=0, atol=TOLERANCE)


def test_loaded_for_a_device_the_numbers_stay(
    published: apvit.APViT, blocks: torch.Tensor, golden: dict, tmp_path: Path
) -> None:
    # As mmcv publishes it, from a network trained on several GPUs.
    state = {f"module.{key}": value for key, value in published.state_dict().items()}
    torch.save({"meta": {"epoch": 40}, "state_dict": state}, tmp_path / "APViT.pth")
    loaded = apvit.load(*apvit.find_weights(tmp_path / "APViT.pth"))
    np.testing.assert_allclose(loaded(blocks), golden["r_feature"], rtol=0, atol=TOLERANCE)


@pytest.fixture(scope="module")
def company(tiny: apvit.APViT) -> tuple[torch.Tensor, torch.Tensor]:
    faces = torch.randn(6, 3, 112, 112, generator=torch.Generator().manual_seed(0))
    return faces, torch.cat([tiny(face[None]) for face in faces])


@settings(max_examples=10, deadline=None)
@given(order=st.lists(st.integers(0, 5), min_size=1, max_size=12))
def test_a_face_keeps_its_feature_in_any_company(
    tiny: apvit.APViT, company: tuple[torch.Tensor, torch.Tensor], order: list[int]
) -> None:
    faces, alone = company
    torch.testing.assert_close(tiny(faces[order]), alone[order], rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("batch", [41, 37, 33, 29])
def test_a_batch_as_large_as_the_tokens_are_many(tiny: apvit.APViT, batch: int) -> None:
    # As many tokens enter the four pooling blocks; the original mistakes such a batch for them and keeps all of them.
    face = torch.randn(1, 3, 112, 112, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(tiny(face.repeat(batch, 1, 1, 1))[:1], tiny(face), rtol=0, atol=TOLERANCE)


def test_each_pooling_counts(tiny: apvit.APViT) -> None:
    face = torch.randn(1, 3, 112, 112, generator=torch.Generator().manual_seed(2))
    feature = tiny(face)
    for change in ({"keep_patches": 49}, {"keep_rates": (1.0,) * 8}, {"keep_rates": (*TINY.keep_rates[:6], 0.5, 0.9)}):
        other = apvit.APViT(replace(TINY, **change))
        other.load_state_dict(tiny.state_dict())
        assert (other.eval()(face) - feature).abs().max() > 1e-2
    last = apvit.APViT(replace(TINY, keep_rates=(*TINY.keep_rates[:7], 0.1)))
    last.load_state_dict(tiny.state_dict())
    torch.testing.assert_close(last.eval()(face), feature, rtol=0, atol=TOLERANCE)


@pytest.fixture
def small(tmp_path: Path, tiny: apvit.APViT) -> Path:
    (tmp_path / "config.json").write_text(json.dumps(asdict(TINY)))
    save_file({key: value.contiguous() for key, value in tiny.state_dict().items()}, tmp_path / "model.safetensors")
    return tmp_path


def edit(folder: Path, change) -> None:
    state = dict(read_state(folder / "model.safetensors"))
    change(state)
    save_file(state, folder / "model.safetensors")


@pytest.mark.parametrize(
    ("change", "report"),
    [
        (lambda state: state.pop("head.fc.bias"), r"1 missing: head\.fc\.bias"),
        (lambda state: state.update(alpha=torch.zeros(1)), "1 unexpected: alpha"),
        (
            lambda state: state.update({"head.fc.bias": torch.zeros(8)}),
            r"another shape: head\.fc\.bias \(8,\) for \(7,\)",
        ),
        (lambda state: [state.pop(key) for key in list(state) if ".norm1." in key], r"16 missing: .*, \.\.\."),
    ],
)
def test_other_keys_are_reported(small: Path, change, report: str) -> None:
    edit(small, change)
    with pytest.raises(UserError, match=rf"model\.safetensors: these are not the weights of APViT .*{report}"):
        apvit.load(*apvit.find_weights(small))


def test_weights_of_another_size_are_refused(small: Path) -> None:
    with pytest.raises(UserError, match="of another shape"):
        apvit.load(small / "model.safetensors", apvit.PUBLISHED)


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("model.safetensors", b"no tensors", "unreadable weights"),
        ("w.pth", b"", "unreadable weights"),
        ("w.pth", b"PK\x03\x04 cut off", "unreadable weights"),
    ],
)
def test_damaged_weights_are_refused(tmp_path: Path, name: str, content: bytes, problem: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match=problem):
        read_state(tmp_path / name)


def test_code_in_a_checkpoint_does_not_run(tmp_path: Path) -> None:
    torch.save({"state_dict": {}, "meta": Path("x")}, tmp_path / "w.pth")
    with pytest.raises(UserError, match="holds more than tensors"):
        read_state(tmp_path / "w.pth")


def test_a_checkpoint_without_tensors_is_refused(tmp_path: Path) -> None:
    torch.save({"epoch": 3}, tmp_path / "w.pth")
    with pytest.raises(UserError, match="holds no state dict"):
        read_state(tmp_path / "w.pth")


def test_a_folder_stands_for_its_weights(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="neither"):
        apvit.find_weights(tmp_path)
    (tmp_path / "a.pth").touch()
    assert apvit.find_weights(tmp_path) == (tmp_path / "a.pth", apvit.PUBLISHED)
    (tmp_path / "config.json").write_text('{"stem": 8}')
    with pytest.raises(UserError, match="does not describe an APViT"):
        apvit.find_weights(tmp_path)
    with pytest.raises(UserError, match="no such file of weights"):
        apvit.load(tmp_path / "b.pth", apvit.PUBLISHED)


def test_preprocessing_resizes_and_normalises_rgb() -> None:
    face = np.zeros((224, 200, 3), np.uint8)
    face[..., 0] = 255
    network_input = apvit.preprocess(face)
    assert network_input.shape == (3, 112, 112)
    wanted = [(255 - 123.675) / 58.395, -116.28 / 57.12, -103.53 / 57.375]
    np.testing.assert_allclose(network_input[:, 5, 5], wanted, rtol=1e-6)
