"""A shared model and features of unlabelled clips -> an adapted model folder, predictions, and what changed.

No clip of the model's source is needed. The adapted folder keeps all files of the shared model. Where something speaks
against the adaptation, the folder is the shared model as it was, and the changes say why.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from amanda.network.model import JOINT
from amanda.sharing.adapting import Wish, adapt, write_adapted
from amanda.sharing.evidence import (
    is_spread,
    mean_confidence,
    predicted_shares,
    scores_on,
    speakers_hold_a_class,
)
from amanda.sharing.features import read_frames
from amanda.sharing.loading import load
from amanda.sharing.model import Frames, Model
from amanda.sharing.numbers import expected_shares, shares_of_labels
from amanda.sharing.prediction import Prediction
from amanda.sharing.settings import AdaptationSettings
from amanda.sharing.tables import labels_of, parse_expected, words_of
from extractors.shared.clip import MODALITIES
from extractors.shared.compute import add_compute_flags, prepare_compute
from extractors.shared.files import atomic_file
from extractors.shared.program import UserError, run
from extractors.shared.settings import read_settings

CAUTION = (
    "Probabilities were calibrated on the source's clips. On these clips they are too sure of themselves, before and"
    " after the adaptation."
)


@dataclass(frozen=True, slots=True)
class Clips:
    """What is adapted to: names, frames and masks of clips, and whose they are where that is known."""

    names: list[str]
    frames: Frames
    faces: Sequence[Any] | None
    speakers: list[str] | None


def parse_flags() -> argparse.Namespace:
    """The flags of the program; all are required, and some may be empty."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True, type=Path, help="folder of amanda.share_model")
    for modality in MODALITIES:
        parser.add_argument(f"--{modality}", required=True, type=Path, help="index of extractors.index_features")
    parser.add_argument(
        "--speakers", required=True, type=Path, nargs="*", help="CSV or manifest with clip_id and speaker; may be empty"
    )
    parser.add_argument("--expect", required=True, help="shares such as neutral=.7,angry=.1; empty for none")
    parser.add_argument(
        "--labelled",
        required=True,
        type=Path,
        nargs="*",
        help="CSV: clip_id and label of random clips; may be empty",
    )
    parser.add_argument(
        "--check", required=True, type=Path, nargs="*", help="CSV with labels of clips to check with; may be empty"
    )
    parser.add_argument("--train", required=True, choices=("yes", "no"), help="whether encoders are trained, too")
    parser.add_argument(
        "--evidence",
        required=True,
        choices=("follow", "ignore"),
        help="follow: leave the model as it is where something speaks against a change",
    )
    parser.add_argument("--settings", required=True, help=f"JSON: {', '.join(AdaptationSettings.model_fields)}")
    parser.add_argument("--adapted", required=True, type=Path, help="output: the adapted model folder")
    parser.add_argument("--predictions", required=True, type=Path, help="output: a row for each clip (CSV)")
    parser.add_argument("--changes", required=True, type=Path, help="output: what changed, and why (JSON)")
    add_compute_flags(parser)
    return parser.parse_args()


def read_clips(flags: argparse.Namespace, model: Model) -> Clips:
    """The clips that the model is adapted to: all of the indexes."""
    indexes = {name: getattr(flags, name) for name in model.settings.modalities}
    names, frames, faces = read_frames(indexes, None, model.record.backbones)
    speakers = None
    if flags.speakers:
        known = words_of(flags.speakers[0], "speaker")
        if missing := [clip for clip in names if not known.get(clip)]:
            raise UserError(f"{flags.speakers[0]}: no speaker of clip {missing[0]}; name each clip's, or give no file")
        speakers = [known[clip] for clip in names]
    return Clips(names, frames, faces or None, speakers)


def make_wish(flags: argparse.Namespace, model: Model, clips: Clips, before: Prediction, notes: list[str]) -> Wish:
    """Expected shares and means, with a note on each that is not as it was asked for."""
    stored, train = model.record.shares, flags.train == "yes"
    if flags.expect and flags.labelled:
        raise UserError("--expect, --labelled: both say which shares to expect; give one of them")
    speakers = clips.speakers
    if speakers and speakers_hold_a_class(before, speakers):
        notes.append("Speakers are not standardised: each speaker's clips seem to be of one class.")
        speakers = None
    if flags.expect:
        return Wish(expected_shares(parse_expected(flags.expect), stored), "expected", speakers, train)
    if flags.labelled:
        labels = labels_of(flags.labelled[0], clips.names)
        return Wish(shares_of_labels(list(labels.values())), "labelled", speakers, train)
    notes.append(
        "The source's label shares stand in for the lab's, which are worth more: give shares, or labels of 20 random"
        " clips. A class that the lab does not have must be given as 0."
    )
    return Wish(stored, "stored", speakers, train)


def reasons_against(wish: Wish, before: Prediction, alarmed: Sequence[str], settings: AdaptationSettings) -> list[str]:
    """What speaks against a change before it is made."""
    found = [
        f"The {name} frames lie as far from the source's as wrong features: check the extraction." for name in alarmed
    ]
    if wish.shares_from == "stored" and is_spread(before, settings.enough):
        found.append(
            f"Each class is predicted for {100 * settings.enough:g} % of the clips or more already, where about half of"
            " all adaptations to the source's shares do harm."
        )
    return found


def check(
    path: Path, clips: Clips, before: Prediction, after: Prediction
) -> tuple[dict[str, dict[str, float]], list[str]]:
    """Scores on labelled clips before and after, and a reason against the change where it lowers them."""
    labels = labels_of(path, clips.names)
    scores = {"before": scores_on(before, clips.names, labels), "after": scores_on(after, clips.names, labels)}
    worse = scores["after"]["weighted_f1"] < scores["before"]["weighted_f1"]
    return scores, ["The change lowers the weighted F1 on the clips that you labelled."] if worse else []


def predictions_table(clips: Clips, before: Prediction, after: Prediction, changed: bool) -> pd.DataFrame:
    """A row for each clip: class, agreement, probability of each class; and what it is without and with the change.

    The probability before and after is that of the class that is predicted then; empty where nothing is.
    """
    found = after if changed else before
    columns = {"clip_id": clips.names, "predicted": found.predicted, "agreement": found.agreement}
    columns |= {f"probability_{name}": found.probabilities[:, n] for n, name in enumerate(found.classes)}
    for when, said in (("before", before), ("after", after)):
        columns |= {f"predicted_{when}": said.predicted, f"probability_{when}": said.probabilities.max(axis=1)}
    return pd.DataFrame(columns)


def numbers_of(adapted: Model) -> dict[str, float]:
    """Class -> what is added to its logit of the joint head, the mean over the networks; empty without any."""
    if adapted.adaptation is None:
        return {}
    means = adapted.adaptation.numbers[JOINT].mean(axis=0)
    return dict(zip(adapted.record.classes, map(float, means), strict=True))


def main() -> None:
    """Parse the flags, adapt, and write what came of it."""
    flags = parse_flags()
    settings = read_settings(AdaptationSettings, flags.settings)
    device = prepare_compute(flags.device, flags.threads)
    model = load(flags.model, adapted=False, device=str(device))
    clips = read_clips(flags, model)
    before, notes = model.predict(clips.frames, clips.faces), [CAUTION]
    wish = make_wish(flags, model, clips, before, notes)
    shift = model.shift(clips.frames, clips.faces)
    reasons = reasons_against(wish, before, [name for name, far in shift.items() if far >= settings.alarm], settings)
    adapted = adapt(model, clips.frames, clips.faces, wish, settings)
    after = adapted.predict(clips.frames, clips.faces, wish.speakers)
    scores, worse = check(flags.check[0], clips, before, after) if flags.check else ({}, [])
    reasons += worse
    changed = not reasons or flags.evidence == "ignore"
    record = adapted.adaptation.record.as_json() if adapted.adaptation else {}
    story = {
        "changed": changed,
        "reasons_against": reasons,
        "notes": notes,
        "warning": model.record.warning,
        "adaptation": record,
        "numbers": numbers_of(adapted),
        "predicted_before": predicted_shares(before),
        "predicted_after": predicted_shares(after),
        "clips_that_change": sum(a != b for a, b in zip(before.predicted, after.predicted, strict=True)),
        "distance_from_source": shift,
        "mean_confidence": {
            "source": model.record.calibration.confidence,
            "before": mean_confidence(before),
            "after": mean_confidence(after),
        },
        "check": scores,
    }
    write_adapted(adapted if changed else model, flags.adapted)
    with atomic_file(flags.predictions) as temporary:
        predictions_table(clips, before, after, changed).to_csv(temporary, index=False)
    with atomic_file(flags.changes) as temporary:
        temporary.write_text(json.dumps(finite(story), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def finite(value: Any) -> Any:
    """The same with ``null`` for each number that is not there or not finite, since JSON has no such number."""
    if isinstance(value, dict):
        return {name: finite(each) for name, each in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value


if __name__ == "__main__":
    run(main)
