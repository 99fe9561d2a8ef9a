"""The readers on the synthetic twins, every oddity of the real releases among the files: counts as ordered, exactly."""

from __future__ import annotations

from pathlib import Path

import pytest
import releases

from extractors.corpora.counts import usable
from extractors.manifest import read_clips
from extractors.splits import split_clips
from extractors.synthetic.release import write_twin

ORDER = {"neutral": 4, "happy": 5, "sad": 3, "angry": 4}
SPLIT = {
    "iemocap": {"named": "leave_one_session", "fold": 5},
    "meld": {"by": "official"},
    "mosei": {"by": "official"},
    "msp_improv": {"named": "leave_one_session", "fold": 6},
}


@pytest.mark.slow
@pytest.mark.parametrize("oddities", [True, False], ids=["odd", "plain"])
@pytest.mark.parametrize("corpus", releases.RULES)
def test_a_twin_holds_what_was_ordered(tmp_path: Path, corpus: str, oddities: bool) -> None:
    release = tmp_path / "release"
    write_twin(corpus, release, ORDER, {"text": 0.5, "audio": 0.5, "visual": 0.5}, 0, oddities)
    clips = read_clips(corpus, release, releases.RULES[corpus])
    assert usable(clips) == ORDER
    used = [clip for clip in clips if clip.status == "ok"]
    assert all((release / path).is_file() for clip in used for path in (clip.video, clip.audio))
    assert all(clip.reason for clip in clips if clip.status == "excluded" or not clip.text)
    rows = [{name: getattr(clip, name) for name in clip.__slots__} for clip in used]
    assert len(split_clips(rows, SPLIT[corpus])) == sum(ORDER.values())
