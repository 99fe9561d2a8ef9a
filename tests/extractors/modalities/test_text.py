"""Text frames: the outputs of BERT's blocks for each word piece, defined for empty and for endless transcripts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.changed import changed
from helpers.text import TYPED
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file
from transformers import AutoTokenizer, BertForPreTraining, BertModel

from extractors.modalities.base import extract
from extractors.modalities.text import Bert
from extractors.shared.files import file_sha256
from extractors.shared.program import UserError
from extractors.synthetic.sentences import vocabulary
from extractors.write_backbone import write_backbone

CPU = torch.device("cpu")
SENTENCE = "Oh, I'm so thrilled about the zebra!"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backbones") / "text"
    write_backbone("text", 0, folder)
    return folder


@pytest.fixture(scope="module")
def bert(folder: Path) -> Bert:
    return Bert(str(folder), TYPED, CPU)


def frames_of(bert: Bert, text: str) -> np.ndarray:
    return extract(bert, {"text": text}, Path()).frames


def test_blocks_are_what_forward_hooks_see(bert: Bert) -> None:
    outputs = {}
    for number, layer in enumerate(bert.network.encoder.layer, start=1):
        layer.register_forward_hook(lambda module, inputs, output, number=number: outputs.update({number: output}))
    frames = frames_of(bert, SENTENCE)
    seen = [outputs[number][0] if isinstance(outputs[number], tuple) else outputs[number] for number in (1, 7, 12)]
    np.testing.assert_array_equal(frames, torch.cat(seen, dim=-1)[0].numpy())


def test_frames_are_those_of_the_library(bert: Bert, folder: Path) -> None:
    inputs = AutoTokenizer.from_pretrained(folder)(SENTENCE, return_tensors="pt")
    pieces = inputs["input_ids"][0].tolist()
    assert len(pieces) > len(SENTENCE.split()) + 2
    with torch.no_grad():
        states = BertModel.from_pretrained(folder).eval()(**inputs, output_hidden_states=True).hidden_states
    frames = frames_of(bert, SENTENCE)
    assert frames.shape == (len(pieces), bert.dim) == (len(pieces), 3 * 32)
    assert frames.dtype == np.float32
    expected = torch.cat([states[1], states[7], states[12]], dim=-1)[0].numpy()
    np.testing.assert_allclose(frames, expected, atol=1e-5)


@settings(max_examples=25, deadline=None)
@given(lengths=st.lists(st.integers(0, 60), min_size=1, max_size=9))
def test_a_clip_does_not_depend_on_its_neighbours(bert: Bert, lengths: list[int]) -> None:
    texts = [" ".join(vocabulary()[-length - 1 :]) * (length > 0) for length in lengths]
    together = bert.embed([bert.read({"text": text}, Path()) for text in texts])
    for text, extraction in zip(texts, together, strict=True):
        np.testing.assert_allclose(extraction.frames, frames_of(bert, text), atol=1e-4, rtol=0)


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_an_empty_transcript_is_its_special_tokens(bert: Bert, text: str) -> None:
    extraction = extract(bert, {"text": text}, Path())
    assert extraction.frames.shape == (2, bert.dim)
    assert extraction.warning == "the transcript is empty"


def test_a_long_transcript_is_cut(bert: Bert) -> None:
    assert extract(bert, {"text": "so " * 510}, Path()).warning == ""
    extraction = extract(bert, {"text": "so " * 511}, Path())
    assert extraction.frames.shape == (512, bert.dim)
    assert extraction.warning == "transcript of 513 word pieces cut to 512"


def test_any_character_has_a_row(bert: Bert) -> None:
    assert len(frames_of(bert, "日本 café \U0001f600 \x00 “quoted”")) > 2


def test_the_words_of_the_twins_are_whole_pieces(bert: Bert) -> None:
    words = vocabulary()
    assert len(words) > 50
    assert bert.tokenizer.tokenize(" ".join(words)) == list(words)
    assert bert.tokenizer.unk_token not in bert.tokenizer.tokenize("quixotic zygote, 42%!")


def test_a_row_depends_on_its_sentence_and_still_tells_its_word(bert: Bert) -> None:
    """In every block the rows of one word in two sentences differ, but less than those of two words."""
    one, other = frames_of(bert, "I am angry today"), frames_of(bert, "we were very angry")
    hidden = bert.dim // 3
    for block in range(3):
        columns = slice(block * hidden, (block + 1) * hidden)
        same = np.linalg.norm(one[3, columns] - other[4, columns])
        different = np.linalg.norm(one[3, columns] - other[1, columns])
        assert 0.01 < same < different


def test_provenance(bert: Bert, folder: Path) -> None:
    sha256 = file_sha256(folder / "model.safetensors")
    config = bert.provenance["config_sha256"]
    assert len(config) == 64
    shas = {"weights_sha256": sha256, "config_sha256": config}
    assert bert.provenance == {"weights": "text", **shas, "revision": "", "blocks": [1, 7, 12]}
    Bert(str(folder), changed(TYPED, sha256=sha256[:12]), CPU)
    with pytest.raises(UserError, match=r"model\.safetensors: its SHA-256 is "):
        Bert(str(folder), changed(TYPED, sha256="0" * 64), CPU)


def test_published_checkpoints_load(folder: Path, tmp_path: Path, bert: Bert) -> None:
    """The published files hold heads for pretraining, and some are pickles; the frames are the same."""
    model = BertForPreTraining.from_pretrained(folder)
    model.save_pretrained(tmp_path)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    np.testing.assert_array_equal(frames_of(Bert(str(tmp_path), TYPED, CPU), SENTENCE), frames_of(bert, SENTENCE))
    (tmp_path / "model.safetensors").unlink()
    torch.save(model.state_dict(), tmp_path / "pytorch_model.bin")
    np.testing.assert_array_equal(frames_of(Bert(str(tmp_path), TYPED, CPU), SENTENCE), frames_of(bert, SENTENCE))


def copy_backbone(folder: Path, target: Path) -> Path:
    for file in folder.iterdir():
        (target / file.name).write_bytes(file.read_bytes())
    return target


def test_a_pickle_that_runs_code_is_refused(folder: Path, tmp_path: Path) -> None:
    copy_backbone(folder, tmp_path)
    (tmp_path / "model.safetensors").unlink()
    torch.save({"state_dict": Path}, tmp_path / "pytorch_model.bin")
    with pytest.raises(UserError, match="not a readable network"):
        Bert(str(tmp_path), TYPED, CPU)


def test_damaged_or_incomplete_weights_are_refused(folder: Path, tmp_path: Path) -> None:
    weights = copy_backbone(folder, tmp_path) / "model.safetensors"
    state = load_file(weights)
    del state["encoder.layer.6.output.dense.weight"]
    save_file(state, weights, metadata={"format": "pt"})
    with pytest.raises(UserError, match=r"lacks 1 parameters of BertModel, such as encoder\.layer\.6\.output\.dense"):
        Bert(str(tmp_path), TYPED, CPU)
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(UserError, match="not a readable network"):
        Bert(str(tmp_path), TYPED, CPU)
    weights.unlink()
    with pytest.raises(UserError, match=r"has no config\.json with model\.safetensors or pytorch_model\.bin"):
        Bert(str(tmp_path), TYPED, CPU)


def test_a_folder_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="neither a folder nor a network that the Hugging Face hub gives"):
        Bert(str(tmp_path / "absent"), TYPED, CPU)


def test_a_hub_id_when_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(UserError, match="nobody/nothing: neither a folder nor a network that the Hugging Face hub"):
        Bert("nobody/nothing", TYPED, CPU)


def test_a_hub_id_in_the_cache(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bert: Bert) -> None:
    commit = "0123456789" * 4
    repository = tmp_path / "models--lab--tiny"
    (repository / "snapshots" / commit).mkdir(parents=True)
    (repository / "refs").mkdir()
    (repository / "refs/main").write_text(commit)
    copy_backbone(folder, repository / "snapshots" / commit)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    cached = Bert("lab/tiny", TYPED, CPU)
    assert (cached.provenance["weights"], cached.provenance["revision"]) == ("lab/tiny", commit)
    np.testing.assert_array_equal(frames_of(cached, SENTENCE), frames_of(bert, SENTENCE))


def test_a_block_that_is_not_there(folder: Path) -> None:
    with pytest.raises(UserError, match="the network has the blocks 1 to 12"):
        Bert(str(folder), changed(TYPED, blocks=[13]), CPU)


@pytest.mark.parametrize("blocks", [[], [-1], ["7"], [7, 7]])
def test_blocks_that_are_none_are_refused(blocks: list) -> None:
    with pytest.raises(UserError, match="--settings: blocks"):
        changed(TYPED, blocks=blocks)
