"""Which model is used, and where its networks are looked for; what is nowhere is named with the way out."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from amanda.command.models import (
    DEFAULT,
    find_detector,
    find_networks,
    parse_backbones,
    read_record,
    split_arguments,
)
from extractors.shared.program import UserError


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def touch(path: Path | str) -> Path:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).touch()
    return Path(path)


def record(**backbones: tuple[str, str]) -> SimpleNamespace:
    """A record that says weights and revision of each backbone."""
    made = {
        name: SimpleNamespace(weights=weights, revision=revision) for name, (weights, revision) in backbones.items()
    }
    return SimpleNamespace(backbones=made, modalities=tuple(backbones))


def test_the_model_is_the_first_argument_or_the_demos() -> None:
    mine, clip = touch("mine/model.json").parent, Path("a.mp4")
    assert split_arguments([mine, clip, mine]) == (mine, [clip, mine])
    with pytest.raises(UserError, match="mine: a model without clips"):
        split_arguments([mine])
    with pytest.raises(UserError, match=r"a\.mp4: not a model folder, and the demo's model is not in results/models"):
        split_arguments([clip])
    touch(DEFAULT / "model.json")
    assert split_arguments([clip]) == (DEFAULT, [clip])


def test_a_record_that_is_none() -> None:
    path = touch("mine/model.json")
    path.write_text("{}")
    with pytest.raises(UserError, match=r"mine/model\.json"):
        read_record(path.parent)
    path.write_bytes(b" " * 1_000_001)
    with pytest.raises(UserError, match="more than 1000000 bytes"):
        read_record(path.parent)


def test_networks() -> None:
    about = record(text=("google-bert/bert-base-uncased", "86b5"), audio=("audio", ""), visual=("APViT.pth", ""))
    with pytest.raises(UserError, match=r"the network of audio is in none of .*--backbone audio=PATH"):
        find_networks(about, {})
    touch("results/synthetic/backbones/audio/config.json")
    touch("data/weights/APViT.pth")
    found = {"text": "google-bert/bert-base-uncased", "audio": "results/synthetic/backbones/audio"}
    assert find_networks(about, {}) == found | {"visual": "data/weights/APViT.pth"}
    assert find_networks(about, {"visual": "mine.pth"}) == found | {"visual": "mine.pth"}


def test_networks_of_modalities_that_a_model_has_not_are_not_looked_for() -> None:
    """The others are nowhere."""
    about = record(text=("bert", ""), audio=("wav2vec2", "86b5"), visual=("APViT.pth", ""))
    about.modalities = ("audio",)
    assert find_networks(about, {}) == {"audio": "wav2vec2"}


def test_the_face_detector() -> None:
    assert find_detector({"frames": 8, "detector_weights": ""}, {}) == {"frames": 8, "detector_weights": ""}
    assert find_detector({"blocks": [1]}, {}) == {"blocks": [1]}
    wanted = {"detector_weights": "there/s3fd.pth"}
    with pytest.raises(UserError, match=r"s3fd\.pth: the face detector's weights are in none of .*detector=PATH"):
        find_detector(wanted, {})
    touch("data/weights/s3fd.pth")
    assert find_detector(wanted, {}) == {"detector_weights": "data/weights/s3fd.pth"}
    touch("there/s3fd.pth")
    assert find_detector(wanted, {}) == wanted
    with pytest.raises(UserError, match=r"in none of mine\.pth"):
        find_detector(wanted, {"detector": "mine.pth"})


def test_backbones_by_name() -> None:
    assert parse_backbones(["text=a=b", "detector=c"]) == {"text": "a=b", "detector": "c"}
    for text in ("text", "text=", "smell=a"):
        with pytest.raises(UserError, match=f"--backbone {text}: not of the form name=path"):
            parse_backbones([text])
