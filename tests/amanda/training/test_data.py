"""Reading corpora: packing, what is left out, what is refused, batches."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from helpers.pair import Sizes, write_corpus, write_features, write_labels

from amanda.scoring.metrics import information_maximisation
from amanda.training.data import Corpus, batches, check_pair, endless_batches, labels_of, read_corpus
from extractors.features.store import open_features
from extractors.shared.clip import MODALITIES, SPLITS
from extractors.shared.files import write_table
from extractors.shared.labels import read_labels
from extractors.shared.program import UserError

CPU = torch.device("cpu")


def read(folder: Path, resident: int = 10**9, missing: str = "drop") -> Corpus:
    indexes = {name: folder / f"{name}.parquet" for name in MODALITIES}
    return read_corpus(indexes, folder / "splits.parquet", missing, CPU, resident)


def corpus(folder: Path, **sizes: object) -> Corpus:
    write_corpus(folder, 1, Sizes(**sizes))
    return read(folder)


def test_frames_are_packed_in_the_precision_of_the_store_and_come_out_clip_by_clip(tmp_path: Path) -> None:
    found = corpus(tmp_path)
    clips = torch.tensor([5, 0, 5, 31])
    for name in MODALITIES:
        features = open_features(tmp_path / f"{name}.parquet")
        assert found.packed[name].rows.dtype == torch.float16
        taken = found.frames(clips)[name]
        expected = [features.frames(found.clip_ids[clip]) for clip in clips]
        assert taken.lengths.tolist() == [len(rows) for rows in expected]
        np.testing.assert_array_equal(taken.gather(torch.float32), np.concatenate(expected).astype(np.float32))
    mask = np.concatenate([features.valid(found.clip_ids[clip]) for clip in clips])
    np.testing.assert_array_equal(taken.faces(), mask)


def test_a_clip_without_features_in_one_modality_is_left_out_and_counted(tmp_path: Path) -> None:
    write_corpus(tmp_path, 1, Sizes())
    features = open_features(tmp_path / "audio.parquet")
    clip_ids = list(features.table.index)
    frames = [np.array(features.frames(clip)) for clip in clip_ids]
    frames[3] = frames[3][:0]
    write_features(tmp_path / "audio.parquet", clip_ids, frames, None)
    found = read(tmp_path)
    assert clip_ids[3] not in found.clip_ids
    assert found.without_features == 1
    assert len(found.packed["text"].lengths) == len(found.clip_ids) == 39
    text = open_features(tmp_path / "text.parquet").frames(clip_ids[4])
    np.testing.assert_array_equal(found.frames(torch.tensor([3]))["text"].gather(torch.float16), text)


def test_a_clip_of_the_splits_that_no_index_has(tmp_path: Path) -> None:
    write_corpus(tmp_path, 1, Sizes())
    write_table(tmp_path / "splits.parquet", pa.table({"clip_id": ["elsewhere"], "split": ["train"]}, SPLITS))
    with pytest.raises(UserError, match=r"lacks 1 clips of .*splits\.parquet, such as elsewhere"):
        read(tmp_path)


def test_a_class_without_train_clips_is_named(tmp_path: Path) -> None:
    found = corpus(tmp_path)
    classes = np.arange(len(found.clip_ids)) % 3
    write_labels(tmp_path / "labels.parquet", list(found.clip_ids), classes)
    with pytest.raises(UserError, match=r"labels\.parquet: the train split has no clip of class 'angry'; choose"):
        labels_of(found, read_labels(tmp_path / "labels.parquet"))


def test_a_clip_without_label_is_named(tmp_path: Path) -> None:
    found = corpus(tmp_path)
    write_labels(tmp_path / "labels.parquet", list(found.clip_ids[:-1]), np.arange(39) % 4)
    with pytest.raises(UserError, match=f"such as {found.clip_ids[-1]}, have no label among"):
        labels_of(found, read_labels(tmp_path / "labels.parquet"))


def test_labels_follow_the_clips(tmp_path: Path) -> None:
    found = corpus(tmp_path)
    assert labels_of(found, read_labels(tmp_path / "labels.parquet")).tolist() == [clip % 4 for clip in range(40)]


@pytest.mark.parametrize(
    ("counts", "problem"),
    [
        ({"train": 24}, "the validation split has 0 usable clips"),
        ({"validation": 8}, "the train split has 0 usable clips"),
        ({"train": 1, "validation": 8}, "the train split has 1 usable clips and needs 2"),
    ],
)
def test_an_empty_split_of_the_source(tmp_path: Path, counts: dict[str, int], problem: str) -> None:
    found = corpus(tmp_path, clips=counts)
    with pytest.raises(UserError, match=rf"splits\.parquet: {problem}"):
        check_pair(found, found)


def test_corpora_extracted_differently(tmp_path: Path) -> None:
    source = corpus(tmp_path / "a")
    target = corpus(tmp_path / "b", dims={"text": 6, "audio": 7, "visual": 5})
    with pytest.raises(UserError, match=r"b/audio\.parquet: frames made with .* 7 values, but those of .* 6 values"):
        check_pair(source, target)
    path = tmp_path / "a" / "text.parquet"
    table = pq.read_table(path)
    blocks = pa.array([[1, 2, 3]] * table.num_rows, table.schema.field("blocks").type)
    write_table(path, table.set_column(table.schema.get_field_index("blocks"), table.schema.field("blocks"), blocks))
    with pytest.raises(UserError, match=r"blocks \[1, 2, 3\].*extract both corpora in the same way"):
        check_pair(source, read(tmp_path / "a"))


def test_corpora_extracted_with_the_same_weights_under_another_configuration(tmp_path: Path) -> None:
    source = corpus(tmp_path / "a")
    path = tmp_path / "a" / "audio.parquet"
    table = pq.read_table(path)
    place = table.schema.get_field_index("config_sha256")
    other = pa.array(["7" * 64] * table.num_rows, pa.string())
    write_table(path, table.set_column(place, table.schema.field(place), other))
    with pytest.raises(
        UserError,
        match=r"frames made with .*\(config 77777777\), .*\(config none\), .*extract both corpora in the same way",
    ):
        check_pair(source, read(tmp_path / "a"))


def test_clips_with_different_numbers_of_visual_frames(tmp_path: Path) -> None:
    write_corpus(tmp_path, 1, Sizes(lengths={"text": (1, 9), "audio": (6, 30), "visual": (5, 6)}))
    with pytest.raises(UserError, match=r"visual\.parquet: clips have different numbers of frames"):
        read(tmp_path)


def test_batches_are_a_permutation_without_a_last_single_clip() -> None:
    clips = torch.arange(10, 35)
    found = list(batches(clips, 8, torch.Generator().manual_seed(0)))
    assert [len(batch) for batch in found] == [8, 8, 8]
    found = list(batches(clips[:-1], 9, torch.Generator().manual_seed(0)))
    assert [len(batch) for batch in found] == [9, 9, 6]
    assert sorted(torch.cat(found).tolist()) == clips[:-1].tolist()
    assert torch.cat(found).tolist() != clips[:-1].tolist()


def test_endless_batches_go_round() -> None:
    stream = endless_batches(torch.arange(5), 4, torch.Generator().manual_seed(0))
    found = [next(stream) for _ in range(6)]
    assert [len(batch) for batch in found] == [4] * 6
    assert len({tuple(batch.tolist()) for batch in found}) > 1


def test_information_maximisation_prefers_confident_and_balanced_predictions() -> None:
    balanced = 50 * np.eye(4, dtype=np.float32)
    assert information_maximisation(balanced) == pytest.approx(np.log(4))
    assert information_maximisation(np.zeros((6, 4), np.float32)) == pytest.approx(0)
    assert information_maximisation(balanced[[0, 0, 0]]) == pytest.approx(0)


@pytest.mark.slow
def test_a_corpus_of_fifty_thousand_clips_is_opened_at_a_second_per_index(tmp_path: Path) -> None:
    clip_ids = [f"clip_{number}" for number in range(50_000)]
    frames = [np.zeros((9, 1))] * len(clip_ids)
    for name in MODALITIES:
        write_features(
            tmp_path / f"{name}.parquet", clip_ids, frames, [[True] * 9] * 50_000 if name == "visual" else None
        )
    write_table(tmp_path / "splits.parquet", pa.table({"clip_id": clip_ids, "split": ["train"] * 50_000}, SPLITS))
    begin = time.process_time()
    found = read(tmp_path, resident=0)
    assert len(found.clip_ids) == 50_000
    assert time.process_time() - begin < len(MODALITIES)
