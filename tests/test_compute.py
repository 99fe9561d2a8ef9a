"""How programs compute: in float32 really so where float32 is asked for."""

from __future__ import annotations

import pytest
import torch

from extractors.compute import inference, prepare_compute


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
