"""An edit of any file that a program reads is planned by snakemake as the work it is, and nothing else is planned."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest
import yaml
from helpers.declared_files_helpers import HEADER, custom, iemocap, meld, mosei, msp_improv
from helpers.workflow_runs import snakemake

from extractors.corpora.base import load_reader
from extractors.shared.clip import MODALITIES
from extractors.write_backbone import write_backbone

pytestmark = pytest.mark.slow

STAND_IN = """#!{python}
# Makes what a rule promises, without any computing: nothing here is about the content of results.
import sys
from pathlib import Path
for word in sys.argv:
    if word.startswith("results/") and not Path(word).exists():
        Path(word).parent.mkdir(parents=True, exist_ok=True)
        Path(word).write_text(word)
"""
RELEASES = {"iemocap": iemocap, "meld": meld, "mosei": mosei, "msp_improv": msp_improv, "mylab": custom}
EXTRACTIONS = [f"results/features/quiet/{modality}/1-of-1.npy" for modality in ("text", "audio", "visual")]
CHECKS = [f"results/{check}/quiet/audio.{end}" for check, end in (("verified", "txt"), ("canaries", "csv"))]
PAGES = ["results/quality/quiet.html", "results/faces/quiet.html"]
TARGETS = [f"results/manifests/{corpus}.parquet" for corpus in RELEASES] + EXTRACTIONS + CHECKS + PAGES


class Project:
    """A folder with all releases, a corpus of plain media and backbones, in which every target is made."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.config = folder, folder / "config.yaml"
        self.cases = {name: make(folder / "data" / name) for name, make in RELEASES.items()}
        quiet = folder / "data" / "quiet"
        (quiet / "m").mkdir(parents=True)
        (quiet / "clips.csv").write_text(f"{HEADER}\na,m/a.avi,m/a.wav,joy,Hey\n")
        for name in ("a.avi", "a.wav"):
            (quiet / "m" / name).write_bytes(b"x")
        for modality in ("text", "audio"):
            write_backbone(modality, 0, folder / "weights" / modality)
        for name in ("apvit.pth", "s3fd.pth", "fan.pth.tar"):
            (folder / "weights" / name).write_bytes(b"weights")
        self._write_config(quiet)
        self.stand_in = folder / "bin" / "python"
        self.stand_in.parent.mkdir()
        self.stand_in.write_text(STAND_IN.format(python=sys.executable))
        self.stand_in.chmod(0o755)

    def _write_config(self, quiet: Path) -> None:
        own = {
            "split": {"by": "official"},
            "modalities": list(MODALITIES),
            "expected_counts": dict.fromkeys(("neutral", "happy", "sad", "angry"), 0),
        }
        plain = {"reader": "custom", "table": "clips.csv"}
        corpora: dict = {name: {"release": str(case.root)} for name, case in self.cases.items()}
        corpora["mylab"] |= own | {"reading": self.cases["mylab"].reading, "labels": {"joy": "happy"}}
        corpora["msp_improv"]["reading"] = {"no_face_list": self.cases["msp_improv"].reading["no_face_list"]}
        corpora["quiet"] = own | {"release": str(quiet), "reading": plain}
        extraction: dict = {name: {"backbone": f"weights/{name}", "sha256": ""} for name in ("text", "audio")}
        extraction["visual"] = {"backbone": "weights/apvit.pth", "sha256": "", "detector_weights": "weights/s3fd.pth"}
        extraction["visual"] |= {"face_crop": "aligned", "landmark_weights": "weights/fan.pth.tar"}
        config = {"releases": "licensed", "corpora": corpora, "extraction": {"shards": 1} | extraction}
        self.config.write_text(yaml.safe_dump(config | {"pairs": ["iemocap-meld"]}))

    def run(self, *flags: str) -> str:
        result = snakemake(self.folder, *TARGETS, *flags, config=self.config, path=[self.stand_in.parent])
        assert result.returncode == 0, result.stderr[-3000:]
        return result.stderr + result.stdout

    def planned(self) -> set[str]:
        """All that would run, in the words of the rules."""
        return set(re.findall(r"Job \d+: (.*)\nReason: ", self.run("--dry-run")))

    def finish(self) -> None:
        """Bring everything up to date."""
        self.run()

    def declared(self) -> list[Path]:
        """Every file that a program reads and no rule makes, but media."""
        read = [
            path
            for case in self.cases.values()
            for path in load_reader(case.reader).sources(case.root, case.reading, MODALITIES).read
        ]
        tables = [self.folder / "data" / name for name in ("defects.tsv", "faces.csv", "no_face.txt")]
        weights = [path for path in (self.folder / "weights").rglob("*") if path.is_file()]
        return [*read, *tables, *weights]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    made = Project(tmp_path_factory.mktemp("a project"))
    made.finish()
    return made


def edit(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")


def test_the_same_content_written_anew_plans_nothing(project: Project) -> None:
    assert "Nothing to be done" in project.run("--dry-run")
    media = [path for path in (project.folder / "data").rglob("*") if path.is_file()]
    for path in {*project.declared(), *media}:
        copy = path.with_name("a copy")
        shutil.copyfile(path, copy)
        copy.replace(path)
    assert "Nothing to be done" in project.run("--dry-run")


def reading(*corpora: str) -> set[str]:
    return {f"Reading the release of {corpus}" for corpus in corpora}


def extracting(modality: str) -> set[str]:
    """An extraction and what was asked for of its features."""
    index = "Indexing the {} features of quiet".format
    more = {
        "text": set(),
        "audio": {index("audio"), *CHECKING},
        "visual": {index("visual"), "Showing whose face stands for the speaker in quiet"},
    }
    return {f"Extracting {modality} features of quiet, shard 1-of-1"} | more[modality]


CHECKING = ("Hashing the audio features of quiet again", "Extracting 16 canary clips of quiet again (audio)")


def test_an_edit_of_what_a_release_is_read_from_reads_that_release_again(project: Project) -> None:
    for corpus, case in project.cases.items():
        if corpus not in ("mylab", "msp_improv"):
            edit(load_reader(case.reader).sources(case.root, case.reading, MODALITIES).read[0])
    assert project.planned() == reading("iemocap", "meld", "mosei")
    for name in ("faces.csv", "no_face.txt"):
        edit(project.folder / "data" / name)
    assert project.planned() == reading(*RELEASES)
    project.finish()
    assert project.planned() == set()


def test_the_users_own_table_and_its_labels_are_read_again(project: Project) -> None:
    table = project.folder / "data/mylab/clips.csv"
    table.write_text(table.read_text().replace("joy", "sad"))
    assert project.planned() == reading("mylab")
    project.finish()


NETWORKS = {
    "text": ["text/config.json", "text/tokenizer.json", "text/model.safetensors"],
    "audio": ["audio/preprocessor_config.json", "audio/model.safetensors", "audio/config.json"],
    "visual": ["apvit.pth", "s3fd.pth", "fan.pth.tar"],
}


@pytest.mark.parametrize("number", [0, 1, 2])
def test_an_edit_of_a_network_embeds_its_modality_again(project: Project, number: int) -> None:
    planned: set[str] = set()
    for modality, files in NETWORKS.items():
        edit(project.folder / "weights" / files[number])
        planned |= extracting(modality)
        assert project.planned() == planned
    project.finish()


def test_a_recording_that_was_replaced_is_extracted_and_looked_at_again(project: Project) -> None:
    (project.folder / "data/quiet/m/a.wav").write_bytes(b"another sound")
    planned = extracting("audio") | {"Decoding every clip of quiet", "Showing the quality of quiet"}
    assert project.planned() == planned
    (project.folder / "data/quiet/m/a.avi").write_bytes(b"another picture")
    assert project.planned() == planned | extracting("visual")
    project.finish()


def test_another_length_of_a_list_on_a_page_decodes_nothing(project: Project) -> None:
    before = project.config.read_text()
    project.config.write_text(before + "quality: {listed: 7}\n")
    assert project.planned() == {"Showing the quality of quiet"}
    project.config.write_text(before + "quality: {strips: 7}\n")
    assert project.planned() == {"Decoding every clip of quiet", "Showing the quality of quiet"}
    project.config.write_text(before)
