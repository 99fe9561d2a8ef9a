"""What a download leaves in the place of weights is called by its name, with the way to the weights."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from extractors.networks.pretrained import BackboneSettings, find_backbone
from extractors.networks.weights import check_sha256, read_state
from extractors.shared.program import UserError

STAND_INS = [
    (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n", "git lfs pull"),
    (b"<!DOCTYPE html>\n<html><title>Sign in</title>", "a web page; fetch the file again"),
    (b"\n  <HTML lang=en>", "a web page; fetch the file again"),
    (b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", "a web page; fetch the file again"),
]


@pytest.mark.parametrize(("content", "fix"), STAND_INS)
@pytest.mark.parametrize("name", ["w.pth", "model.safetensors"])
def test_a_stand_in_for_weights_is_refused_by_what_it_is(tmp_path: Path, name: str, content: bytes, fix: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    for read in (read_state, lambda file: check_sha256(file, "0" * 8)):
        with pytest.raises(UserError, match=fix) as refused:
            read(path)
        assert str(refused.value).startswith(f"{path}: no weights, but ")


@pytest.mark.parametrize("sha256", ["", "0" * 8])
@pytest.mark.parametrize(("content", "fix"), STAND_INS[:2])
def test_a_stand_in_for_the_weights_of_a_backbone_is_refused(
    tmp_path: Path, content: bytes, fix: str, sha256: str
) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert"}))
    (tmp_path / "model.safetensors").write_bytes(content)
    with pytest.raises(UserError, match=fix):
        find_backbone(str(tmp_path), BackboneSettings(blocks=(1,), revision="", sha256=sha256))
