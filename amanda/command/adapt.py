"""``amanda adapt``: unlabelled clips -> a model that is adapted to them, and its answers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import yaml

from amanda.command.predict import Asked, Made, answer_with, make_features, name_of
from amanda.command.steps import run_step
from extractors.shared.clip import Row
from extractors.shared.program import UserError

SECTION = "adaptation"
"""The section of the config with the settings of ``amanda.adapt_model``."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """The user's options for an adaptation.

    Attributes:
        expect: shares of the classes, such as ``neutral=.7,angry=.1``; empty if unknown.
        labelled: table with ``clip_id`` and ``label`` of random clips, which give the expected shares; or ``None``.
        check: such a table with clips that check the change.
        train: whether the encoders are trained too.
        force: whether the model is changed although the evidence speaks against it.
        config: the config whose settings are used.
    """

    expect: str
    labelled: Path | None
    check: Path | None
    train: bool
    force: bool
    config: Path


def adapt(asked: Asked, wishes: Wishes) -> tuple[dict[str, Any], list[Row]]:
    """Write into the output folder the adapted ``model``, ``changes.json`` and ``changes.html``, and its answers.

    Returns:
        What changed, and the answers of the adapted model.

    Raises:
        UserError: the model or the config cannot be used, or a network is missing.
        SystemExit: a program failed; its message is on stderr.
    """
    settings = json.dumps(read_section(wishes.config))
    made = make_features(asked)
    model, changes = asked.output / "model", asked.output / "changes.json"
    flags: dict[str, object] = {"model": asked.model, **made.features, "speakers": speakers_in(made)}
    flags |= {"expect": wishes.expect}
    flags |= {name: [path] if path else [] for name, path in (("labelled", wishes.labelled), ("check", wishes.check))}
    flags |= {"train": "yes" if wishes.train else "no", "evidence": "ignore" if wishes.force else "follow"}
    flags |= {"settings": settings, "adapted": model, "changes": changes}
    predictions = asked.output / "predictions.csv"
    run_step("amanda.adapt_model", flags | {"predictions": predictions} | dict(made.compute))
    shown = {"changes": changes, "predictions": predictions, "model": name_of(made.record), "adapted": model}
    run_step("amanda.show_changes", shown | {"page": asked.output / "changes.html"})
    return json.loads(changes.read_text("utf-8")), answer_with(model, made, asked.output)


def speakers_in(made: Made) -> list[Path]:
    """A list with the manifest if it names the speaker of every clip; else an empty list."""
    speakers = pq.read_table(made.manifest, columns=["speaker"])["speaker"].to_pylist()
    return [made.manifest] if all(speakers) else []


def read_section(config: Path) -> dict[str, Any]:
    """The settings of an adaptation in a config.

    Raises:
        UserError: the config is missing, is not YAML, or has no such section.
    """
    try:
        read = yaml.safe_load(config.read_text("utf-8"))
    except FileNotFoundError:
        raise UserError(f"{config}: no such file; name a config of this version with --config") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise UserError(f"{config}: not valid YAML; correct it, or name another config with --config") from None
    if not (isinstance(read, dict) and isinstance(read.get(SECTION), dict)):
        raise UserError(f"{config}: has no section {SECTION}; name a config of this version with --config")
    return read[SECTION]


def story(changes: dict[str, Any]) -> list[str]:
    """Sentences about the change: whether the model was changed, shares before and after, reasons, and notes."""
    clips = changes["clips_that_change"]
    if changes["changed"]:
        first = f"The model was adapted: {clips} clips have another emotion now."
    else:
        first = (
            f"Nothing was changed; {clips} clips would have another emotion. Use --force to change the model anyway."
        )
    rows = [("before", changes["predicted_before"]), ("after", changes["predicted_after"])]
    shares = [
        f"{name}: " + ", ".join(f"{emotion} {share:.0%}" for emotion, share in found.items()) for name, found in rows
    ]
    return [first, *shares, *changes["reasons_against"], *changes["notes"]]
