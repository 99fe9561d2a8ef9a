"""The visual extractor: one row per sampled frame, the speaker's face or a masked gap, whatever the clip shows."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch
from face_alignment.models import FAN
from helpers.changed import changed
from helpers.drawn_faces import frame_with_face
from helpers.visual import BLANK, TYPED

from extractors.faces import crops
from extractors.faces.detection import find_in_shrunk, speaker_part
from extractors.features.clip_extraction import Task
from extractors.modalities.base import extract
from extractors.modalities.visual import Visual
from extractors.shared.clip import ClipError
from extractors.shared.files import file_sha256
from extractors.shared.program import UserError
from extractors.synthetic.media import write_video
from extractors.write_backbone import write_backbone

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def backbone(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("backbone") / "visual"
    write_backbone("visual", 0, folder)
    return str(folder)


def run(backbone: str, folder: Path, frames: list[np.ndarray], crop: str = "full", face: str = "", **changes):
    write_video(folder / "clip.mp4", frames, Fraction(10), "libx264")
    clip = {"video": "clip.mp4", "video_start": None, "video_end": None, "crop": crop, "face": face}
    return extract(Visual(backbone, changed(TYPED, **changes), CPU), clip, folder)


def test_a_face_in_every_frame(backbone: str, tmp_path: Path) -> None:
    extraction = run(backbone, tmp_path, [frame_with_face(60 + 4 * step, 40) for step in range(20)])
    assert extraction.frames.shape == (64, 64)
    assert extraction.frames.dtype == np.float32
    assert extraction.valid.all()
    assert (extraction.faces.count, extraction.warning) == (64, "")
    assert extraction.duration == pytest.approx(2.0)
    assert np.isfinite(extraction.frames).all()


def test_a_search_of_every_fourth_frame(backbone: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = []
    monkeypatch.setattr(
        "extractors.modalities.visual.find_in_shrunk",
        lambda frames, *others: looked.append(len(frames)) or find_in_shrunk(frames, *others),
    )
    frames = [frame_with_face(60 + 2 * step, 40) for step in range(40)]
    every, some = run(backbone, tmp_path, frames), run(backbone, tmp_path, frames, detection_step=4)
    assert looked == [40, 11]
    assert some.valid.all()
    assert {row["frame"] for row in some.faces.found} == {*range(0, 40, 4), 39}
    np.testing.assert_allclose(some.frames[0], every.frames[0], atol=2e-5)
    assert np.abs(some.frames - every.frames).max() < np.abs(every.frames).max()


def test_frames_without_a_face_are_filled_and_masked(backbone: str, tmp_path: Path) -> None:
    frames = [frame_with_face(60, 40)] * 12 + [BLANK] * 8
    extraction = run(backbone, tmp_path, frames)
    kept = int(extraction.valid.sum())
    assert 36 <= kept <= 40
    assert extraction.valid[:kept].all()
    assert extraction.faces.count == kept
    assert extraction.warning == f"no face in {64 - kept} of 64 frames"
    assert (extraction.frames[kept:] == extraction.frames[kept - 1]).all()
    zeros = run(backbone, tmp_path, frames, fill="zeros")
    assert not zeros.frames[kept:].any()
    np.testing.assert_array_equal(zeros.frames[:kept], extraction.frames[:kept])
    assert run(backbone, tmp_path, frames, degraded_faceless_fraction=0.5).warning == ""


def test_a_clip_without_any_face(backbone: str, tmp_path: Path) -> None:
    extraction = run(backbone, tmp_path, [BLANK] * 5, degraded_faceless_fraction=1.0)
    assert extraction.frames.shape == (64, 64)
    assert not extraction.frames.any()
    assert not extraction.valid.any()
    assert (extraction.faces.count, extraction.warning) == (0, "no face in 64 of 64 frames")


def test_the_half_of_the_speaker(backbone: str, tmp_path: Path) -> None:
    frames = [np.concatenate([frame_with_face(80, 40, width=300), BLANK[:, :300]], axis=1)] * 3
    assert run(backbone, tmp_path, frames, "left").faces.count == 64
    assert run(backbone, tmp_path, frames, "right").faces.count == 0
    odd = np.arange(7)[None].repeat(2, axis=0)
    assert speaker_part(odd, "left").shape == (2, 3)
    assert speaker_part(odd, "right").shape == (2, 4)


def test_the_batch_does_not_matter(backbone: str, tmp_path: Path) -> None:
    frames = [frame_with_face(60 + 6 * step, 40) for step in range(7)]
    one = run(backbone, tmp_path, frames, batch=1).frames
    np.testing.assert_allclose(run(backbone, tmp_path, frames, batch=5).frames, one, rtol=0, atol=2e-5)


def test_repeated_frames_are_computed_once(backbone: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = []
    monkeypatch.setattr(crops, "crop_face", lambda frame, *_: counted.append(1) or frame)
    extraction = run(backbone, tmp_path, [frame_with_face(60, 40), frame_with_face(70, 40)])
    assert len(counted) == 2
    assert len(np.unique(extraction.frames, axis=0)) == 2
    assert (extraction.frames[:32] == extraction.frames[0]).all()


def test_the_network_sees_aligned_faces(backbone: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    points = np.full((68, 2), 9.0)
    points[36:42], points[42:48], points[[30, 48, 54]] = *crops.TEMPLATE[:2], crops.TEMPLATE[2:]
    points += np.array([60, 40])
    monkeypatch.setattr(crops.fan, "load", lambda *_: None)
    monkeypatch.setattr(crops.fan, "find_landmarks", lambda _, frames, *__: [points] * len(frames))
    seen = []
    monkeypatch.setattr(Visual, "embed_faces", lambda self, faces: seen.extend(faces) or np.zeros((len(faces), 64)))
    extraction = run(backbone, tmp_path, [frame_with_face(60, 40)] * 2, face_crop="aligned")
    assert extraction.valid.all()
    difference = seen[0].astype(int) - frame_with_face(60, 40)[40:152, 60:172]
    assert seen[0].shape == (112, 112, 3)
    assert np.abs(difference).mean() < 4  # what the video's compression changes


def test_faces_are_aligned_by_a_file_of_weights(backbone: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crops.fan, "HOURGLASSES", 1)
    weights = tmp_path / "fan.pth.tar"
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        torch.save(FAN(1).state_dict(), weights)
    aligned = {"face_crop": "aligned", "landmark_weights": str(weights), "landmark_sha256": file_sha256(weights)}
    frames = [frame_with_face(60 + 8 * step, 40) for step in range(3)]
    found, plain = (run(backbone, tmp_path, frames, **changes) for changes in (aligned, {}))
    assert found.valid.all()
    assert np.isfinite(found.frames).all()
    assert found.faces == plain.faces
    assert not np.allclose(found.frames, plain.frames, atol=1e-3)


def test_a_clips_digest_holds_the_crop_and_not_where_weights_lie(backbone: str, tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_bytes(b"pictures")
    clip = {"video": "clip.mp4", "video_start": None, "video_end": None, "crop": "full", "face": ""}
    extractor = Visual(backbone, TYPED, CPU)

    def digest(**changes: str) -> str:
        return Task("visual", tmp_path, extractor, changed(TYPED, **changes), "cpu").identify(clip)["digest"]

    assert digest() == digest(detector_weights="s3fd.pth", landmark_weights="fan.pth.tar")
    assert len({digest(), digest(face_crop="aligned"), digest(landmark_sha256="01234567")}) == 3


def test_the_feature_follows_the_face_not_its_place(backbone: str, tmp_path: Path) -> None:
    here = run(backbone, tmp_path, [frame_with_face(40, 40)] * 2).frames[0]
    there = run(backbone, tmp_path, [frame_with_face(100, 40)] * 2).frames[0]
    other = run(backbone, tmp_path, [frame_with_face(40, 40)[:, ::-1] // 2] * 2).frames[0]
    assert np.linalg.norm(here - there) < 0.5 * np.linalg.norm(here - other)


def test_an_unreadable_video_is_the_clips_error(backbone: str, tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_bytes(b"no video")
    clip = {"video": "clip.mp4", "video_start": None, "video_end": None, "crop": "full", "face": ""}
    with pytest.raises(ClipError):
        extract(Visual(backbone, TYPED, CPU), clip, tmp_path)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"face_policy": "mine"}, "face_policy is \"mine\"; it must be 'largest_track' or 'largest_central'"),
        ({"fill": "mean"}, "fill is \"mean\"; it must be 'nearest' or 'zeros'"),
        ({"face_crop": "oval"}, "face_crop is \"oval\"; it must be 'box' or 'aligned'"),
        ({"detector": "mtcnn"}, "detector is \"mtcnn\"; it must be 's3fd' or 'cascade'"),
        ({"sha256": "0123456789"}, "not 0123456789"),
    ],
)
def test_settings_are_checked(backbone: str, change: dict, problem: str) -> None:
    with pytest.raises(UserError, match=problem):
        Visual(backbone, changed(TYPED, **change), CPU)


def test_provenance_names_the_weights(backbone: str) -> None:
    extractor = Visual(backbone, TYPED, CPU)
    assert extractor.dim == 64
    assert extractor.provenance["weights"] == "model.safetensors"
    assert len(extractor.provenance["weights_sha256"]) == 64
    assert extractor.provenance["blocks"] == [8]
