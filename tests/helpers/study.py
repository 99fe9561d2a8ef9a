"""The config of the repository as tests read it."""

from __future__ import annotations

import yaml

from helpers.places import ROOT

CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text())
LICENSED = CONFIG | {"releases": "licensed"}
