"""The network: exact packed convolution, batch independence, masks, the published code's layout, initial weights."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
import torch
from helpers import places
from helpers.packed_frames import packed, stream
from helpers.pair import SETTINGS, typed
from torch import Tensor
from torch.nn import functional

from amanda.network.frames import Packed
from amanda.network.model import Dropout, FaceLSTM, Network, TextCNN, initialise, mlp
from extractors.shared.clip import MODALITIES

EXTRA = np.load(places.GOLDEN / "amanda_extra.npz")
DIMS = {"text": 6, "audio": 9, "visual": 5}


@pytest.mark.parametrize("modality", MODALITIES)
def test_an_embedding_does_not_depend_on_the_batch(modality: str) -> None:
    settings = typed(SETTINGS | {"dropout_encoder": 0.5})
    network = Network(DIMS, settings, 4, stream()).double().eval()
    initialise(network, "torch", stream())
    lengths = [6, 6, 6, 6] if modality == "visual" else [1, 40, 4, 11]
    frames = packed(lengths, DIMS[modality])
    valid = torch.rand(len(frames.rows), generator=stream(3)) < 0.5
    frames = Packed(frames.rows, frames.lengths, valid if modality == "visual" else None)
    together = network.encoders[modality](frames)
    starts = frames.lengths.cumsum(0) - frames.lengths
    for clip, (start, length) in enumerate(zip(starts, lengths, strict=True)):
        place = slice(int(start), int(start) + length)
        mask = None if frames.valid is None else frames.valid[place]
        alone = network.encoders[modality](Packed(frames.rows[place], torch.tensor([length]), mask))
        torch.testing.assert_close(alone[0], together[clip], rtol=1e-12, atol=1e-12)


def test_the_visual_maximum_sees_frames_with_a_face_only() -> None:
    encoder = FaceLSTM(5, typed(SETTINGS)).eval()
    rows = torch.randn(12, 5, generator=stream())
    face = torch.tensor([1, 0, 1, 0, 0, 1, *[0] * 6], dtype=torch.bool)
    with torch.no_grad():
        found = encoder(Packed(rows, torch.tensor([6, 6]), face))
        states, _ = encoder.lstm(rows.view(2, 6, 5))
    torch.testing.assert_close(found[0], states[0, [0, 2, 5]].amax(0))
    torch.testing.assert_close(found[1], states[1].amax(0))  # no face at all: every frame


def test_the_network_has_four_predictions_and_joins_the_modalities_in_order() -> None:
    network = Network(DIMS, typed(SETTINGS), 4, stream()).eval()
    initialise(network, "torch", stream())
    frames = {
        "text": packed([3, 8], 6, dtype=torch.float32),
        "audio": packed([9, 20], 9, dtype=torch.float32),
        "visual": packed([4, 4], 5, dtype=torch.float32),
    }
    frames["visual"] = Packed(frames["visual"].rows, frames["visual"].lengths, torch.ones(8, dtype=torch.bool))
    outputs = network(frames)
    assert list(outputs.representations) == list(outputs.logits) == [*MODALITIES, "joint"]
    joint = torch.cat([outputs.representations[name] for name in MODALITIES], dim=1)
    torch.testing.assert_close(outputs.representations["joint"], joint)
    assert {tuple(logits.shape) for logits in outputs.logits.values()} == {(2, 4)}
    assert len(network.parts()) == 7


def test_dropout_draws_from_its_own_stream_and_keeps_the_mean() -> None:
    ones = torch.ones(20_000)
    first, second = (Dropout(0.3, stream(5)).train()(ones) for _ in range(2))
    assert torch.equal(first, second)
    assert first.unique().tolist() == pytest.approx([0.0, 1 / 0.7])
    assert float(first.mean()) == pytest.approx(1.0, abs=0.02)
    assert torch.equal(Dropout(0.3, stream(5)).eval()(ones), ones)


def golden_fill(name: str, shape: tuple[int, ...]) -> Tensor:
    """The parameters that the golden numbers were made with."""
    values = np.random.default_rng(zlib.crc32(name.encode())).standard_normal(shape)
    return torch.from_numpy(values / np.sqrt(np.prod(shape[1:])))


def golden_input(name: str, shape: tuple[int, ...]) -> Tensor:
    return torch.from_numpy(np.random.default_rng(zlib.crc32(name.encode())).standard_normal(shape))


def published_textcnn(view: str) -> TextCNN:
    settings = SETTINGS | {"kernels": [3, 5], "filters": 128, "representation": 128, "textcnn_input": view}
    encoder = TextCNN(2304, typed(settings), stream()).double().eval()
    taps = [
        golden_fill(f"netA.conv{n}.weight", (128, 3, k, 768)).permute(2, 0, 1, 3).flatten(2)
        for n, k in ((1, 3), (2, 5))
    ]
    with torch.no_grad():
        encoder.taps.copy_(torch.cat(taps))
        encoder.bias.zero_()
        encoder.linear.weight.copy_(golden_fill("netA.embd.0.weight", (128, 256)))
        encoder.linear.bias.zero_()
    return encoder


@pytest.mark.parametrize(
    ("view", "padding", "expected"),
    [
        ("published_code_view", 0, "textcnn3/out_T9"),
        ("published_code_view", 6, "textcnn3/same_clips_zero_padded_to_T15"),
        ("concatenated", 0, "textcnn3/layers_as_channels_out_T9"),
    ],
)
def test_textcnn_agrees_with_the_published_code(view: str, padding: int, expected: str) -> None:
    clips = 0.5 * golden_input("extra.text", (2, 9, 2304))
    rows = functional.pad(clips, (0, 0, 0, padding)).flatten(0, 1)
    found = published_textcnn(view)(Packed(rows, torch.full((2,), 9 + padding), None))
    np.testing.assert_allclose(found.detach(), EXTRA[expected], rtol=1e-9, atol=1e-9)


def test_the_releases_view_pads_to_the_longest_clip_of_the_batch() -> None:
    clips = 0.5 * golden_input("extra.text", (2, 9, 2304))
    rows = torch.cat([clips.flatten(0, 1), torch.zeros(15, 2304)])  # a third clip, of 15 frames, makes T = 15
    found = published_textcnn("published_code_view")(Packed(rows, torch.tensor([9, 9, 15]), None))
    np.testing.assert_allclose(
        found[:2].detach(), EXTRA["textcnn3/same_clips_zero_padded_to_T15"], rtol=1e-9, atol=1e-9
    )


def test_lstm_agrees_with_the_published_code() -> None:
    encoder = FaceLSTM(768, typed(SETTINGS | {"representation": 128, "visual_pooling": "all"})).double()
    with torch.no_grad():
        for name, parameter in encoder.lstm.named_parameters():
            filled = golden_fill(f"netV.rnn.{name}", tuple(parameter.shape))
            parameter.copy_(torch.zeros_like(parameter) if "bias" in name else filled)
    rows = 0.5 * golden_input("extra.visual", (2, 64, 768)).flatten(0, 1)
    found = encoder(Packed(rows, torch.tensor([64, 64]), torch.zeros(128, dtype=torch.bool)))
    np.testing.assert_allclose(found.detach(), EXTRA["lstm/maxpool"], rtol=1e-9, atol=1e-9)


def test_the_joint_head_agrees_with_the_published_code() -> None:
    network = mlp(384, [128, 128], 4, 0.3, stream()).double().eval()
    with torch.no_grad():
        for place, name in ((0, "module.0"), (3, "module.3"), (6, "fc_out")):
            network[place].weight.copy_(golden_fill(f"netC.{name}.weight", tuple(network[place].weight.shape)))
            network[place].bias.zero_()
    found = network(golden_input("extra.feat", (3, 384)))
    np.testing.assert_allclose(found.detach(), EXTRA["fc/logits"], rtol=1e-9, atol=1e-9)


def test_a_head_without_hidden_layers_is_dropout_and_one_layer() -> None:
    layers = mlp(8, [], 4, 0.3, stream())
    assert [type(layer).__name__ for layer in layers] == ["Dropout", "Linear"]


@pytest.mark.parametrize("kind", ["torch", "kaiming"])
def test_initial_weights(kind: str) -> None:
    dims = {"text": 96, "audio": 96, "visual": 64}
    network = Network(dims, typed(SETTINGS | {"representation": 64, "filters": 64}), 4, stream())
    initialise(network, kind, stream(1))
    for values, fan_in in (
        (network.encoders["text"].taps[:3], 3 * 96),
        (network.encoders["text"].taps[7:], 5 * 96),
        (network.encoders["audio"].linear.weight, 192),
        (network.heads["joint"][0].weight, 192),
    ):
        expected = {"torch": (1 / 3) ** 0.5, "kaiming": 2**0.5}[kind]
        assert float(values.detach().std()) * fan_in**0.5 == pytest.approx(expected, rel=0.05)
    bias = network.heads["text"][0].bias.detach()
    assert bool((bias == 0).all()) == (kind == "kaiming")
    lstm = network.encoders["visual"].lstm.weight_hh_l0.detach()
    assert float(lstm.abs().max()) <= 1 / 8


def test_kaiming_is_what_the_published_code_draws() -> None:
    """Its own networks: deviation x sqrt(fan-in) near sqrt(2) in every convolution and linear layer, LSTM untouched."""
    assert EXTRA["init/TextCNN3/std_times_sqrt_fan_in"] == pytest.approx([2**0.5] * 3, rel=0.02)
    assert EXTRA["init/FcClassifier/std_times_sqrt_fan_in"][:2] == pytest.approx([2**0.5] * 2, rel=0.05)
    assert str(EXTRA["init/LSTMEncoder/changed"][0]) == "(none)"


def test_every_parameter_is_drawn_from_the_given_stream() -> None:
    networks = [Network(DIMS, typed(SETTINGS), 4, stream()) for _ in range(2)]
    for network in networks:
        initialise(network, "torch", stream(7))
    for (name, ours), theirs in zip(networks[0].named_parameters(), networks[1].parameters(), strict=True):
        assert torch.equal(ours, theirs), name
