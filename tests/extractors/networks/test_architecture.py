"""A backbone is taken for what it is: other kinds of networks are refused by name, and so are parameters amiss."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
import transformers
from helpers.opened_files import opened
from helpers.tiny_backbones import CLASSES, TYPED, build, edit
from safetensors.torch import load_file, save_file

from extractors.features.clip_extraction import Task
from extractors.modalities.audio import Sound
from extractors.modalities.base import Extractor
from extractors.networks.backbone_files import configuration, files_of
from extractors.networks.pretrained import find_backbone
from extractors.shared.program import UserError
from extractors.write_backbone import write_backbone

SMALL = {"hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 4, "intermediate_size": 64}
WORDS = SMALL | {"vocab_size": 2000}
WAVES = SMALL | {"conv_dim": (8,) * 7, "num_conv_pos_embeddings": 16, "num_conv_pos_embedding_groups": 2}
CODES = {"codevector_dim": 16, "proj_codevector_dim": 16}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A tiny backbone of each modality, with all files that belong to it."""
    root = tmp_path_factory.mktemp("backbones")
    for modality in CLASSES:
        write_backbone(modality, 0, root / modality)
    return {modality: root / modality for modality in CLASSES}


@pytest.fixture
def place(folders: dict[str, Path], tmp_path: Path) -> Callable[..., Path]:
    """Makes a folder with a network of transformers beside the tokenizer or the preprocessing of the tiny backbone."""

    def make(modality: str, network: torch.nn.Module | None = None) -> Path:
        for file in folders[modality].iterdir():
            (tmp_path / file.name).write_bytes(file.read_bytes())
        if network is not None:
            network.save_pretrained(tmp_path)
        return tmp_path

    return make


def frames_of(modality: str, extractor: Extractor) -> np.ndarray:
    if modality == "text":
        return extractor.embed([extractor.read({"text": "so happy about the zebra"}, Path())])[0].frames
    sound = np.sin(np.arange(8000) / 9).astype(np.float32)
    return extractor.embed([Sound(extractor.prepare(sound), 0.5, "")])[0].frames


OTHERS = {
    "Roberta": WORDS,
    "XLMRoberta": WORDS,
    "Camembert": WORDS,
    "Data2VecText": WORDS,
    "Electra": WORDS | {"embedding_size": 32},
    "Albert": WORDS | {"embedding_size": 32},
    "DistilBert": {"vocab_size": 2000, "dim": 32, "n_layers": 3, "n_heads": 4, "hidden_dim": 64},
    "WavLM": WAVES,
    "Hubert": WAVES,
    "UniSpeech": WAVES,
    "Data2VecAudio": WAVES | {"conv_pos_kernel_size": 3, "num_conv_pos_embeddings": 2},
    "Wav2Vec2Conformer": WAVES | {"conv_depthwise_kernel_size": 3},
}


@pytest.mark.parametrize("kind", OTHERS)
def test_another_kind_of_network_is_refused_by_name(kind: str, place: Callable[..., Path]) -> None:
    config = getattr(transformers, f"{kind}Config")(**OTHERS[kind])
    modality = "audio" if "conv_dim" in OTHERS[kind] else "text"
    folder = place(modality, getattr(transformers, f"{kind}Model")(config))
    with pytest.raises(UserError) as refused:
        build(modality, folder)
    wanted = "wav2vec2" if modality == "audio" else "bert"
    assert f"model_type {config.model_type!r}, and only {wanted!r}" in str(refused.value)
    assert str(folder) in str(refused.value)


@pytest.mark.parametrize("changes", [{"model_type": None}, {"model_type": ""}, {"is_decoder": True}])
def test_a_network_of_no_kind_and_a_decoder_are_refused(changes: dict, place: Callable[..., Path]) -> None:
    folder = place("text")
    edit(folder, **changes)
    with pytest.raises(UserError, match=r"config\.json says (model_type|is_decoder)"):
        build("text", folder)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"bert"'])
def test_a_config_that_is_none_is_refused(text: str, place: Callable[..., Path]) -> None:
    folder = place("text")
    (folder / "config.json").write_text(text)
    with pytest.raises(UserError, match="not a readable network"):
        build("text", folder)


TEXT_HEADS = ["ForPreTraining", "ForMaskedLM", "ForSequenceClassification", "ForQuestionAnswering", "Model"]
TEXT_HEADS += ["ForTokenClassification", "ForMultipleChoice", "ForNextSentencePrediction"]
AUDIO_HEADS = ["ForPreTraining", "ForCTC", "ForSequenceClassification", "ForXVector", "ForAudioFrameClassification"]
HEADS = [("text", head) for head in TEXT_HEADS] + [("audio", head) for head in [*AUDIO_HEADS, "Model"]]


@pytest.mark.parametrize(("modality", "head"), HEADS)
def test_heads_change_no_frame(modality: str, head: str, place: Callable[..., Path]) -> None:
    """Whatever a checkpoint was trained to do last, its blocks load whole; the plain network is the oracle."""
    torch.manual_seed(0)
    if modality == "text":
        network = getattr(transformers, f"Bert{head}")(transformers.BertConfig(**WORDS)).eval()
    else:
        config = transformers.Wav2Vec2Config(**WAVES, **CODES, use_weighted_layer_sum=head.endswith("Classification"))
        network = getattr(transformers, f"Wav2Vec2{head}")(config).eval()
    extractor = build(modality, place(modality, network))
    base = network.base_model
    if modality == "text":
        pieces = extractor.read({"text": "so happy about the zebra"}, Path()).pieces
        inputs = {"input_ids": torch.tensor([pieces])}
    else:
        inputs = {"input_values": torch.from_numpy(extractor.prepare(np.sin(np.arange(8000) / 9).astype("f4")))[None]}
    with torch.no_grad():
        states = base(**inputs, output_hidden_states=True).hidden_states
    expected = torch.cat([states[1], states[2]], dim=2)[0].numpy()
    np.testing.assert_allclose(frames_of(modality, extractor), expected, atol=1e-5)


def test_the_names_that_parameters_once_had_still_load(place: Callable[..., Path]) -> None:
    """Published files are old: LayerNorm.gamma and beta, stored positions, weight_g and weight_v."""
    older = {"LayerNorm.weight": "LayerNorm.gamma", "LayerNorm.bias": "LayerNorm.beta"}
    older |= {"parametrizations.weight.original0": "weight_g", "parametrizations.weight.original1": "weight_v"}
    for modality in CLASSES:
        folder = place(modality)
        before = frames_of(modality, build(modality, folder))
        state = load_file(folder / "model.safetensors")
        for new, old in older.items():
            state = {key.replace(new, old): value for key, value in state.items()}
        if modality == "text":
            state["embeddings.position_ids"] = torch.arange(512)[None]
        save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
        np.testing.assert_array_equal(frames_of(modality, build(modality, folder)), before)


@pytest.mark.parametrize("modality", CLASSES)
def test_weights_of_more_or_fewer_blocks_than_the_config_says_are_refused(
    modality: str, place: Callable[..., Path]
) -> None:
    folder = place(modality)
    edit(folder, num_hidden_layers=11)
    with pytest.raises(UserError, match=r"holds \d+ parameters that \w+ with this config\.json has not, such as enc"):
        build(modality, folder)
    edit(folder, num_hidden_layers=13)
    with pytest.raises(UserError, match=r"lacks \d+ parameters of \w+, such as encoder\.layers?\.12\."):
        build(modality, folder)


@pytest.mark.parametrize("modality", CLASSES)
def test_parameters_of_another_shape_are_named(modality: str, place: Callable[..., Path]) -> None:
    folder = place(modality)
    edit(folder, intermediate_size=48)
    with pytest.raises(UserError, match=r"of another shape than config\.json says, such as enc.* \(64,\) for \(48,\)"):
        build(modality, folder)


@pytest.mark.parametrize("name", ["extra.weight", "encoder.layer.3.gate.weight", "embeddings.more.weight"])
def test_a_parameter_that_nobody_knows_is_refused(name: str, place: Callable[..., Path]) -> None:
    folder = place("text")
    state = load_file(folder / "model.safetensors") | {name: torch.zeros(3)}
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(
        UserError, match=f"holds 1 parameters that BertModel with this config.json has not, such as {name}"
    ):
        build("text", folder)


def test_a_tokenizer_of_another_network_is_refused(place: Callable[..., Path]) -> None:
    folder = place("text")
    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    size = len(tokenizer["model"]["vocab"])
    tokenizer["model"]["vocab"] |= {f"piece{number}": size + number for number in range(7)}
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    with pytest.raises(UserError, match=f"its tokenizer knows {size + 7} word pieces and its network {size}"):
        build("text", folder)


def test_a_preprocessing_of_another_kind_is_refused(place: Callable[..., Path]) -> None:
    folder = place("audio")
    path = folder / "preprocessor_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"feature_extractor_type": "WhisperFeatureExtractor"}))
    with pytest.raises(UserError, match="is for WhisperFeatureExtractor; name a network whose sound Wav2Vec2FeatureEx"):
        build("audio", folder)


def digest(modality: str, folder: Path) -> str:
    release = folder.parent / f"{folder.name}-release"
    release.mkdir(exist_ok=True)
    (release / "a.wav").write_bytes(b"RIFF")
    task = Task(modality, release, build(modality, folder), TYPED[modality], "cpu")
    clip = {"text": "so", "audio": "a.wav", "audio_start": None, "audio_end": None}
    return task.identify(clip)["digest"]


@pytest.mark.parametrize("modality", CLASSES)
def test_every_file_beside_the_weights_is_in_the_identity(modality: str, place: Callable[..., Path]) -> None:
    """Another activation, tokenizer or normalisation beside the same weights is another network."""
    folder = place(modality)
    digests = [digest(modality, folder)]
    edit(folder, hidden_act="relu")
    digests.append(digest(modality, folder))
    for path in configuration(folder):
        path.write_bytes(path.read_bytes() + b"\n")
        digests.append(digest(modality, folder))
    assert len(digests) > 3
    assert len(set(digests)) == len(digests)


def test_the_same_files_are_the_same_network_wherever_they_lie(
    place: Callable[..., Path], folders: dict[str, Path]
) -> None:
    assert digest("text", place("text")) == digest("text", folders["text"])


@pytest.mark.parametrize("modality", CLASSES)
def test_a_backbone_opens_no_file_that_its_identity_does_not_hold(modality: str, place: Callable[..., Path]) -> None:
    folder = place(modality)
    for name in (
        "merges.txt",
        "special_tokens_map.json",
        "added_tokens.json",
        "chat_template.jinja",
        "generation_config.json",
        "README.md",
    ):
        (folder / name).write_text("{}" if name.endswith("json") else "#")
    read = opened(lambda: build(modality, folder), below=folder)
    known = set(files_of(folder))
    assert folder / "config.json" in read
    assert read <= known
    assert find_backbone(str(folder), TYPED[modality]).provenance["config_sha256"]
