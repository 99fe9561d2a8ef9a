"""How programs compute: in float32 really so where float32 is asked for."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers import audio as of_audio
from helpers import text as of_text
from helpers import visual as of_visual
from helpers.changed import changed

from extractors.faces.detection import S3fdDetector
from extractors.features.clip_extraction import build_extractor
from extractors.networks import s3fd
from extractors.shared.compute import check_agreement, inference, prepare_compute
from extractors.shared.program import UserError
from extractors.write_backbone import write_backbone


@pytest.fixture
def backends() -> None:
    tf32, threads = torch.backends.cudnn.allow_tf32, torch.get_num_threads()
    yield
    torch.backends.cudnn.allow_tf32 = tf32
    torch.set_num_threads(threads)


def test_a_gpu_computes_float32_as_such_and_by_cudnn(backends: None) -> None:
    """CuDNN is not switched off, and rounds no input to 10 bits, neither in extraction nor in training."""
    device = prepare_compute("cpu", 1)
    assert not torch.backends.cudnn.allow_tf32
    assert not torch.backends.cuda.matmul.allow_tf32
    torch.backends.cudnn.allow_tf32 = True
    with inference(device, "float32"):
        assert torch.backends.cudnn.enabled
        assert not torch.backends.cudnn.allow_tf32


@pytest.mark.parametrize("wrong", [2.0, float("nan"), float("inf")])
def test_a_format_that_gives_other_numbers_is_refused(wrong: float) -> None:
    def probe(compute: str) -> list[np.ndarray]:
        return [np.ones(3), np.full(3, 1.0 if compute == "float32" else wrong)]

    device = torch.device("cpu")
    with pytest.raises(
        UserError, match=r"^BERT computes wrongly in bfloat16 on this cpu: .+; set its compute to float32"
    ):
        check_agreement("BERT", "bfloat16", device, probe)


def test_rounding_is_no_reason_to_refuse_and_float32_needs_no_probe() -> None:
    asked: list[str] = []

    def probe(compute: str) -> list[np.ndarray]:
        asked.append(compute)
        return [np.ones(3) * (1 if compute == "float32" else 1.01), np.zeros(2)]

    check_agreement("BERT", "float32", torch.device("cpu"), probe)
    assert not asked
    check_agreement("BERT", "bfloat16", torch.device("cpu"), probe)
    assert asked == ["float32", "bfloat16"]


class WrongWhenReduced:
    """Layers of one kind that give other numbers under autocast, as a faulty kernel of a library does."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, layer: type[torch.nn.Module]) -> None:
        works = layer.forward

        def forward(module: torch.nn.Module, *inputs: torch.Tensor) -> torch.Tensor:
            output = works(module, *inputs)
            return output.flip(-1) if torch.is_autocast_enabled("cpu") else output

        monkeypatch.setattr(layer, "forward", forward)


@pytest.mark.parametrize(
    ("modality", "name", "layer"),
    [("text", "BERT", "Linear"), ("audio", "wav2vec2", "Conv1d"), ("visual", "APViT", "Conv2d")],
)
def test_no_backbone_computes_in_a_format_that_is_wrong_here(
    modality: str, name: str, layer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / modality
    write_backbone(modality, 0, folder)
    settings = {"text": of_text, "audio": of_audio, "visual": of_visual}[modality].TYPED
    build_extractor(modality, str(folder), changed(settings, compute="bfloat16"), torch.device("cpu"))
    WrongWhenReduced(monkeypatch, getattr(torch.nn, layer))
    build_extractor(modality, str(folder), changed(settings, compute="float32"), torch.device("cpu"))
    with pytest.raises(UserError, match=f"^{name} computes wrongly in bfloat16"):
        build_extractor(modality, str(folder), changed(settings, compute="bfloat16"), torch.device("cpu"))


def test_no_detector_computes_in_a_format_that_is_wrong_here(monkeypatch: pytest.MonkeyPatch) -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = s3fd.make_network().eval()
    monkeypatch.setattr(s3fd, "load", lambda *_: network)
    settings = changed(of_visual.TYPED, detector_compute="bfloat16")
    S3fdDetector(settings, torch.device("cpu"))
    WrongWhenReduced(monkeypatch, torch.nn.Conv2d)
    with pytest.raises(UserError, match=r"^S3FD computes wrongly in bfloat16"):
        S3fdDetector(settings, torch.device("cpu"))


def test_the_positional_convolution_of_the_twin_has_groups_of_16(tmp_path: Path) -> None:
    """Of 12 channels, torch 2.11 makes other numbers in bfloat16 on a processor with AMX; of 16 or 48 it does not."""
    write_backbone("audio", 0, tmp_path / "audio")
    config = json.loads((tmp_path / "audio/config.json").read_text())
    assert config["hidden_size"] / config["num_conv_pos_embedding_groups"] == 16
