"""What CONTRIBUTING says of adding a corpus: its example, executed as it stands there."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.contributing import LINES, made_schema, piece, written
from helpers.study import CONFIG
from planning import outside, programs
from planning.config.check import ConfigError
from planning.study import Study

from extractors.corpora import READERS
from extractors.read_release import read_clips
from extractors.shared.clip import CLASSES, Clip
from extractors.shared.program import UserError

ENTRY = piece("Add a corpus")["ravdess"]


@pytest.fixture(autouse=True)
def _reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file of the example, with its line in the registry."""
    written("extractors/corpora/ravdess.py", monkeypatch)
    monkeypatch.setitem(READERS, "ravdess", LINES["ravdess"])


@pytest.fixture
def release(tmp_path: Path) -> Path:
    root = tmp_path / "ravdess"
    for name in ("01-01-05-02-01-01-12", "01-01-01-01-02-02-03", "01-01-08-01-02-01-03", "02-01-05-01-01-01-12"):
        file = root / f"Actor_{name[-2:]}" / f"{name}.mp4"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    return root


def read(root: Path, **changed: object) -> list[Clip]:
    return read_clips("ravdess", root, ENTRY["reading"] | changed, ENTRY["modalities"], ENTRY["labels"], CLASSES)


def test_its_reader_reads_the_names_of_files(release: Path) -> None:
    """An angry, strong clip of actor 12, a neutral one of actor 3 and a surprised one; one without sound is no clip."""
    neutral, angry, surprised = read(release)
    assert (neutral.label, neutral.speaker, neutral.text) == ("neutral", "03", "Dogs are sitting by the door")
    assert (angry.label, angry.speaker, angry.status) == ("angry", "12", "ok")
    assert angry.video == angry.audio == "Actor_12/01-01-05-02-01-01-12.mp4"
    assert (surprised.label, surprised.status) == ("", "excluded")
    _, angry, _ = read(release, strong=False)
    assert (angry.status, angry.reason) == ("excluded", "of strong intensity")


def test_it_is_refused_in_words(release: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"reading: unknown key 'weak'"):
        read(release, weak=True)
    with pytest.raises(UserError, match=r"no such folder, .* download Video_Speech_Actor"):
        read(tmp_path / "none")


def test_a_clip_that_comes_reads_the_release_again(release: Path) -> None:
    asked = str(release), "ravdess", ENTRY["reading"], ENTRY["modalities"]
    before = outside.of_labels(*asked)
    (release / "Actor_12/01-01-03-01-01-01-12.mp4").touch()
    outside._sources.cache_clear()
    outside._sizes.cache_clear()
    assert outside.of_labels(*asked) != before


def test_its_entry_of_the_config_is_all_it_needs(tmp_path: Path) -> None:
    """As source and as target, beside twins; its clips are real."""
    corpora = CONFIG["corpora"] | {"ravdess": ENTRY}
    config = CONFIG | {"corpora": corpora, "pairs": ["ravdess-meld", "iemocap-ravdess"]}
    with made_schema(tmp_path) as check:
        check(config)
        with pytest.raises(ConfigError, match=r"corpora\.ravdess"):
            check(config | {"corpora": corpora | {"ravdess": ENTRY | {"reading": {"reader": "ravdess"}}}})
    study = Study(config, tmp_path)
    assert not study.has_twin("ravdess")
    assert programs.expected_counts(study, "ravdess") == programs.as_json(ENTRY["expected_counts"])
