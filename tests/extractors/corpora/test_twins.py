"""The readers on the synthetic twins, every oddity of the real releases among the files: counts as ordered, exactly."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from helpers import releases

from extractors.corpora.counts import usable
from extractors.media.pictures import sample_frames
from extractors.media.resample import SAMPLE_RATE
from extractors.media.sound import read_sound
from extractors.shared.clip import CLASSES, Clip
from extractors.split_corpus import split_clips
from extractors.synthetic.meld import OVERLONG
from extractors.write_twin import write_twin

ORDER = {"neutral": 4, "happy": 5, "sad": 3, "angry": 4}
HALF = {"text": 0.5, "audio": 0.5, "visual": 0.5}
SPLIT = {
    "iemocap": {"named": "leave_one_session", "fold": 5},
    "meld": {"by": "official"},
    "mosei": {"by": "official"},
    "msp_improv": {"named": "leave_one_session", "fold": 6},
}

Twin = Callable[[str, bool], Path]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Twin:
    """The twin of a corpus, with every oddity or with none, written once."""
    folder = tmp_path_factory.mktemp("twins")

    def of(corpus: str, oddities: bool) -> Path:
        release = folder / f"{corpus}-{oddities}"
        if not release.exists():
            write_twin(corpus, release, ORDER, HALF, HALF, 0, oddities)
        return release

    return of


def read(release: Path, corpus: str, **reading: object) -> dict[str, Clip]:
    return {clip.clip_id: clip for clip in releases.clips_of(corpus, release, **reading)}


@pytest.mark.parametrize("oddities", [True, False], ids=["odd", "plain"])
@pytest.mark.parametrize("corpus", releases.READING)
def test_a_twin_holds_what_was_ordered(twin: Twin, corpus: str, oddities: bool) -> None:
    release = twin(corpus, oddities)
    clips = list(read(release, corpus).values())
    assert usable(clips, CLASSES) == ORDER
    used = [clip for clip in clips if clip.status == "ok"]
    assert all((release / path).is_file() for clip in used for path in (clip.video, clip.audio))
    assert all(clip.reason for clip in clips if clip.status == "excluded" or not clip.text)
    rows = [{name: getattr(clip, name) for name in clip.__slots__} for clip in used]
    assert len(split_clips(rows, SPLIT[corpus], {})) == sum(ORDER.values())


@pytest.mark.parametrize("name", ["train_dia309_utt0", "test_dia38_utt4"])
def test_meld_clips_that_are_too_long_are_really_shortened(twin: Twin, name: str) -> None:
    release = twin("meld", True)
    clip = read(release, "meld")[name]
    assert clip.status == "ok"
    assert clip.annotated_seconds == pytest.approx(OVERLONG, abs=0.002)
    assert len(read_sound(release / clip.audio, None, None)) >= OVERLONG * SAMPLE_RATE
    assert len(read_sound(release / clip.audio, clip.audio_start, clip.audio_end)) == 20 * SAMPLE_RATE
    pictures = sample_frames(release / clip.video, clip.video_start, clip.video_end, 8)
    assert pictures.duration == pytest.approx(20, abs=0.1)


def test_meld_doubles_by_every_rule(twin: Twin) -> None:
    release = twin("meld", True)
    recut = {
        policy: sum(
            "final_videos_test" in clip.video for clip in read(release, "meld", final_videos_test=policy).values()
        )
        for policy in ("plain", "nearest", "prefer")
    }
    assert recut == {"plain": 0, "nearest": 1, "prefer": 3}


def test_meld_lengths_are_those_of_the_files_but_where_a_row_is_wrong(twin: Twin) -> None:
    clips = read(twin("meld", True), "meld")
    assert clips["train_dia338_utt3"].annotated_seconds == 0.006
    assert clips["test_dia155_utt3"].annotated_seconds is None
    assert clips["test_dia220_utt0"].annotated_seconds == pytest.approx(235)


@pytest.mark.parametrize("oddities", [True, False], ids=["odd", "plain"])
def test_mosei_gives_the_same_clips_from_both_forms_of_the_labels(
    twin: Twin, oddities: bool, capsys: pytest.CaptureFixture
) -> None:
    release = twin("mosei", oddities)
    one = read(release, "mosei")
    other = read(release, "mosei", labels="mturk")
    unmatched = {name for name, clip in one.items() if clip.reason.endswith("no fold") and not clip.text}
    assert len(unmatched) == oddities
    told = ("label", "text", "official_split", "audio")
    for name in one.keys() - unmatched:
        assert [getattr(one[name], key) for key in told] == [getattr(other[name], key) for key in told], name
        assert one[name].video_end == pytest.approx(other[name].video_end, abs=0.001)
        assert one[name].status == other[name].status
    assert len(one) == len(other)
    assert usable(other.values(), CLASSES) == ORDER
    assert ("1 line(s) skipped: an answer is no number" in capsys.readouterr().err) == oddities


def test_mosei_segments_are_cut_from_the_longer_sound(twin: Twin) -> None:
    release = twin("mosei", True)
    clips = [clip for clip in read(release, "mosei", longest_segment=1.0).values() if clip.status == "ok"]
    assert {clip.audio.rsplit(".")[-1] for clip in clips} == {"wav", "mp4"}  # some WAV files are missing
    for clip in clips:
        sound = read_sound(release / clip.audio, clip.audio_start, clip.audio_end)
        assert len(sound) == pytest.approx(SAMPLE_RATE, abs=2)
        assert "its first 1 s are used" in clip.reason
