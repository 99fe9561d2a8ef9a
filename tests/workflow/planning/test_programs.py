"""Every program reads what the workflow tells it: exactly the keys of its class of settings, each as it must be."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from helpers.places import ROOT
from helpers.study import CONFIG, LICENSED
from planning import known_answer, programs, sharing
from planning.study import Study

from amanda.bed.settings import EffectSettings
from amanda.compare_recipes import RecipesSettings
from amanda.leave_out import LeavingOut
from amanda.reporting.settings import Figure2Settings, Figure3Settings, ReportSettings, WholePageSettings
from amanda.share_model import Shared
from amanda.sharing.study import StudySettings
from amanda.statistics.claims.settings import ClaimsSettings
from amanda.statistics.settings import ComparisonSettings
from amanda.tabulate_contributions import ContributionSettings
from amanda.tabulate_shift import ShiftSettings
from extractors.pages.settings import FacesPageSettings
from extractors.quality.settings import InspectionSettings
from extractors.shared.settings import Settings, read_settings

ALWAYS = {"source": "iemocap", "target": "meld", "method": "amanda_p2"}
TOLD: list[tuple[type[Settings], Callable[[Study], str]]] = [
    (ComparisonSettings, programs.statistics),
    (ReportSettings, programs.table1),
    (WholePageSettings, programs.page),
    (Figure2Settings, programs.figure2),
    (Figure3Settings, programs.figure3),
    (ClaimsSettings, programs.judging),
    (ContributionSettings, programs.contributions),
    (ShiftSettings, programs.shift),
    (RecipesSettings, programs.recipes),
    (LeavingOut, programs.leaving_out),
    (InspectionSettings, programs.inspection),
    (FacesPageSettings, programs.faces),
    (EffectSettings, lambda study: known_answer.judging(study, known_answer.all_beds(study))),
    (EffectSettings, lambda study: known_answer.judging(study, known_answer.controls(study))),
    (StudySettings, sharing.compared),
    (Shared, lambda study: sharing.shared(study, SimpleNamespace(**ALWAYS))),
]


@pytest.mark.parametrize("config", [CONFIG, LICENSED], ids=["synthetic", "licensed"])
@pytest.mark.parametrize(("kind", "told"), TOLD, ids=lambda each: getattr(each, "__name__", ""))
def test_a_program_reads_what_it_is_told(kind: type[Settings], told: Callable[[Study], str], config: dict) -> None:
    text = told(Study(config, ROOT))
    assert read_settings(kind, text).as_json() == json.loads(text)
