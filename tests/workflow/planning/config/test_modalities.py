"""Which modalities the runs on a pair have, and what is refused before anything is read."""

import copy

import pytest
import yaml
from helpers.workflow_runs import ROOT
from planning.config import check as checked_config
from planning.files import features, indexes_of_table
from planning.study import Study
from snakemake.iocontainers import Wildcards

SHIPPED = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
HAVE = {
    "wavs": ["audio"],
    "tapes": ["audio"],
    "books": ["text"],
    "films": ["text", "audio", "visual"],
    "talks": ["text", "audio"],
}


def config(pairs, methods, **changes):
    """The shipped config with corpora of one's own that have fewer modalities."""
    made = copy.deepcopy(SHIPPED) | {"pairs": pairs, "methods": methods} | changes
    for name, modalities in HAVE.items():
        made["corpora"][name] = {
            "release": f"data/{name}",
            "modalities": modalities,
            "reading": {"reader": "custom", "table": "clips.csv"},
            "split": {"by": "official"},
            "expected_counts": dict.fromkeys(("neutral", "happy", "sad", "angry"), 1),
        }
    made["method_settings"]["text_only"] = {
        "algorithm": "source_only",
        "label": "T",
        "settings": {"modalities": ["text"]},
    }
    made["method_settings"]["balanced_dann"] = {
        "algorithm": "dann",
        "label": "D",
        "settings": {"domain_surrogate": {"family": "norm", "p": 2}},
    }
    return made


def run(pair, method=None):
    source, target = pair.split("-")
    named = {"source": source, "target": target} | ({"method": method} if method else {})
    return Wildcards(fromdict=named)


def modalities(study, pair, method):
    return study.settings(*pair.split("-"), method, study.methods[method])["modalities"]


@pytest.mark.parametrize(
    ("pair", "shared"),
    [
        ("wavs-tapes", ["audio"]),
        ("films-wavs", ["audio"]),
        ("talks-films", ["text", "audio"]),
        ("iemocap-films", ["text", "audio", "visual"]),
    ],
)
def test_a_pair_has_what_both_corpora_have(pair, shared):
    wanted = config([pair], ["direct_transfer", "dann", "amanda_p1"])
    checked_config.check(wanted)
    study = Study(wanted, ROOT)
    assert modalities(study, pair, "dann") == shared
    source, target = pair.split("-")
    for side, corpus in (("source", source), ("target", target)):
        wanted = [f"<results>/features/{corpus}/{name}.parquet" for name in shared]
        assert features(study, run(pair), side) == features(study, run(pair, "dann"), side) == wanted
    used = {corpus: [] for corpus in (source, target)}
    for corpus, name in indexes_of_table(study).values():
        used[corpus].append(name)
    assert used == {source: shared, target: shared}


def test_clips_have_the_modalities_of_all_rows_and_a_network_its_own():
    study = Study(config(["iemocap-films"], ["text_only", "direct_transfer"]), ROOT)
    assert modalities(study, "iemocap-films", "text_only") == ["text"]
    assert len(features(study, run("iemocap-films", "text_only"), "source")) == 3
    alone = Study(config(["iemocap-films"], ["text_only"], in_domain={"method": "text_only", "targets": "all"}), ROOT)
    assert features(alone, run("iemocap-films"), "source") == ["<results>/features/iemocap/text.parquet"]
    assert set(indexes_of_table(alone).values()) == {("iemocap", "text"), ("films", "text")}
    # A method beside those of Table 1 has its own clips.
    assert len(features(alone, run("iemocap-films", "dann"), "target")) == 3


def test_a_ceiling_has_what_the_pairs_of_its_target_have():
    one = Study(config(["wavs-films"], ["direct_transfer"]), ROOT)
    assert modalities(one, "films-films", "direct_transfer") == ["audio"]
    assert set(indexes_of_table(one).values()) == {("wavs", "audio"), ("films", "audio")}
    several = Study(config(["wavs-films", "books-films"], ["direct_transfer"]), ROOT)
    assert modalities(several, "films-films", "direct_transfer") == ["text", "audio"]
    assert ("films", "visual") not in indexes_of_table(several).values()


REFUSED = {
    "nothing in common": (
        ["wavs-books"],
        ["direct_transfer"],
        r"wavs-books: no modality in common \(wavs has audio, books",
    ),
    "nothing of the method": (
        ["wavs-tapes"],
        ["text_only"],
        r"wavs-tapes: 'text_only' names text, and the pair has audio;",
    ),
    "nothing to balance": (
        ["wavs-films"],
        ["amanda_p2"],
        r"'amanda_p2' balances modalities, and has one here, audio; .* surrogate:",
    ),
    "nothing to balance in DANN": (
        ["wavs-films"],
        ["balanced_dann"],
        r"'balanced_dann' balances .* domain_surrogate: {family: norm, p: 1}",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_trained_is_refused_in_a_sentence(case):
    pairs, methods, words = REFUSED[case]
    with pytest.raises(checked_config.ConfigError, match=words) as raised:
        checked_config.check(config(pairs, methods))
    assert "\n" not in str(raised.value)


def test_a_ceiling_that_cannot_be_trained_is_refused_too():
    wanted = config(["wavs-tapes"], ["direct_transfer"], in_domain={"method": "text_only", "targets": "all"})
    with pytest.raises(checked_config.ConfigError, match=r"tapes-tapes: 'text_only' names text"):
        checked_config.check_ceilings(wanted, ["tapes"])
    checked_config.check(wanted)


def test_what_is_no_row_is_refused_when_it_is_asked_for():
    """The default figures name balanced methods, which an audio-only study does not ask for."""
    study = Study(config(["wavs-tapes"], ["direct_transfer"]), ROOT)
    with pytest.raises(checked_config.ConfigError, match=r"wavs-tapes: 'amanda_t1' balances modalities"):
        modalities(study, "wavs-tapes", "amanda_t1")


def test_a_recipe_of_sound_alone_asks_for_no_other_features():
    wanted = config("paper", ["direct_transfer"])
    wanted["recipes"]["paper"]["training"]["modalities"] = ["audio"]
    assert {name for _, name in indexes_of_table(Study(wanted, ROOT)).values()} == {"audio"}
