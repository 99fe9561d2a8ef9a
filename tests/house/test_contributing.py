"""CONTRIBUTING names places that are there, and sends no new file to the programs."""

import re

import pytest
from helpers.places import ROOT
from helpers.sources import PACKAGES

TEXT = (ROOT / "CONTRIBUTING.md").read_text()
NAMED = sorted(set(re.findall(r"`((?:amanda|extractors|workflow|tests|docs|envs)/[^`\s]*)`", TEXT)))


EXAMPLES = [name for name in NAMED if f"`{name}`:\n\n```python" in TEXT]
"""Files that the reader is to write."""


@pytest.mark.parametrize("name", NAMED)
def test_what_it_names_is_there(name):
    assert (ROOT / name).exists() != (name in EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_new_file_goes_into_a_folder_of_its_kind(name):
    """At the root of a package stand programs and nothing else."""
    folder = (ROOT / name).parent
    assert folder.is_dir()
    assert folder not in [ROOT / package for package in PACKAGES]


def test_it_has_an_example_for_each_seam():
    assert {(ROOT / name).parent.name for name in EXAMPLES} == {"corpora", "modalities", "algorithms"}
