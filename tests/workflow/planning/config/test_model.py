"""The schema of the config and its page in the docs are what the classes of settings say."""

from __future__ import annotations

import importlib.util
from types import ModuleType

import pytest
import yaml
from helpers.places import ROOT
from planning.config import check as checked_config
from planning.config import model
from planning.config.plain import plain_schema

from amanda.algorithms import ALGORITHMS
from amanda.algorithms.base import load_algorithm
from amanda.shared.settings import TrainingSettings
from extractors.shared.settings import Settings, key


@pytest.fixture(scope="module")
def program() -> ModuleType:
    spec = importlib.util.spec_from_file_location("schema", ROOT / "workflow" / "schema.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_schema_and_page_are_those_that_the_program_makes(program: ModuleType) -> None:
    made = program.made()
    assert [path.name for path in made] == ["config.schema.yaml", "config.md"]
    drifted = [path.name for path, text in made.items() if path.read_text(encoding="utf-8") != text]
    assert not drifted, "run make schema"


def test_every_key_of_the_config_is_on_the_page() -> None:
    """The keys of the shipped config, whatever the schema says of them; those of rows and corpora are named by it."""
    page = (ROOT / "docs" / "config.md").read_text(encoding="utf-8")
    config = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    for section in ("quality", "faces", "scoring", "table1", "statistics", "page", "figure2", "claims", "adaptation"):
        assert all(f"| `{name}` |" in page for name in config[section])
    assert all(f"| `paper.training.{name}` |" in page for name in config["recipes"]["paper"]["training"])
    assert all(f"| `visual.{name}` |" in page for name in config["extraction"]["visual"])


@pytest.mark.parametrize("name", ALGORITHMS)
def test_a_recipe_takes_the_settings_of_each_algorithm(name: str) -> None:
    schema = plain_schema(model.Config)
    own = load_algorithm(name).Settings.model_fields.keys()
    found = schema["$defs"][f"Some{load_algorithm(name).Settings.__name__}"]["properties"]
    assert found.keys() == own
    assert TrainingSettings.model_fields.keys() <= own


def test_one_key_cannot_mean_two_things() -> None:
    class Other(Settings):
        trade_off: float = key("another weight", ge=0)

    with pytest.raises(ValueError, match=r"Other\.trade_off: another algorithm has another key of this name"):
        model.keys_of_all([load_algorithm("dann").Settings, Other])


def test_optional_keys_are_few() -> None:
    """A key that may be left out is a decision: for a file that need not be there, or the margin of one bed."""
    found = {
        name
        for kind in _classes(Settings)
        if kind.__module__.partition(".")[0] in ("amanda", "extractors") and not kind.__name__.startswith("Some")
        for name, field in kind.model_fields.items()
        if not field.is_required()
    }
    assert found == {"extra_defects", "face_choices", "no_face_list", "accept_missing_media", "margin"}


def _classes(kind: type[Settings]) -> set[type[Settings]]:
    below = set(kind.__subclasses__())
    return below.union(*(_classes(each) for each in below))


def test_a_method_needs_every_setting_of_its_algorithm() -> None:
    config = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    del config["recipes"]["published_code"]["algorithms"]["daln"]["trade_off"]
    with pytest.raises(checked_config.ConfigError) as caught:
        checked_config.check(config)
    assert str(caught.value) == (
        "config: method_settings.daln: 'trade_off' of daln is missing; add it to the method's settings or to"
        " recipes.published_code.algorithms.daln, trade_off: a number at least 0"
    )
    config["method_settings"]["daln"]["settings"]["trade_off"] = 0.5
    checked_config.check(config)


def test_a_method_has_no_setting_of_another_algorithm() -> None:
    config = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    config["method_settings"]["daln"]["settings"]["discriminator"] = [8]
    with pytest.raises(checked_config.ConfigError, match=r"daln\.settings: 'discriminator' is not a setting of daln"):
        checked_config.check(config)
