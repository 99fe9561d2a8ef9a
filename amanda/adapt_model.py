"""A shared model and features of unlabelled clips -> an adapted model folder, predictions, and what changed.

No clip of the model's source is needed. The adapted folder keeps all files of the shared model. If the evidence speaks
against the adaptation, the folder is the unchanged shared model, and the changes give the reason.
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

from amanda.network.outputs import JOINT
from amanda.shared.feature_flags import add_feature_flags, indexes_of
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
from extractors.shared.compute import add_compute_flags, prepare_compute
from extractors.shared.files import atomic_file
from extractors.shared.program import UserError, run
from extractors.shared.settings import read_settings

CAUTION = (
    "Probabilities were calibrated on the source's clips. On these clips they are too high, before and after the"
    " adaptation."
)


@dataclass(frozen=True, slots=True)
class Clips:
    """The clips of the adaptation: names, frames, masks, and speakers if known."""

    names: list[str]
    frames: Frames
    faces: Sequence[Any] | None
    speakers: list[str] | None


def parse_flags() -> argparse.Namespace:
    """The flags of the program; all are required, and some may be empty."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True, type=Path, help="folder of amanda.share_model")
    add_feature_flags(parser, "--features")
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
        "--check", required=True, type=Path, nargs="*", help="CSV with labels of clips for the check; may be empty"
    )
    parser.add_argument("--train", required=True, choices=("yes", "no"), help="whether encoders are trained too")
    parser.add_argument(
        "--evidence",
        required=True,
        choices=("follow", "ignore"),
        help="follow: do not change the model if the evidence speaks against it",
    )
    parser.add_argument("--settings", required=True, help=f"JSON: {', '.join(AdaptationSettings.model_fields)}")
    parser.add_argument("--adapted", required=True, type=Path, help="output: the adapted model folder")
    parser.add_argument("--predictions", required=True, type=Path, help="output: a row for each clip (CSV)")
    parser.add_argument("--changes", required=True, type=Path, help="output: what changed, and why (JSON)")
    add_compute_flags(parser)
    return parser.parse_args()


def read_clips(flags: argparse.Namespace, model: Model) -> Clips:
    """The clips that the model is adapted to: all of the indexes."""
    indexes = indexes_of(flags, "--features")
    indexes = {name: path for name, path in indexes.items() if name in model.settings.modalities}
    names, frames, faces = read_frames(indexes, None, model.record.backbones)
    speakers = None
    if flags.speakers:
        known = words_of(flags.speakers[0], "speaker")
        if missing := [clip for clip in names if not known.get(clip)]:
            raise UserError(
                f"{flags.speakers[0]}: clip {missing[0]} has no speaker; name the speaker of each clip, or give no file"
            )
        speakers = [known[clip] for clip in names]
    return Clips(names, frames, faces or None, speakers)


def make_wish(flags: argparse.Namespace, model: Model, clips: Clips, before: Prediction, notes: list[str]) -> Wish:
    """The goal and the means of the adaptation, with a note on each that differs from the request."""
    stored, train = model.record.shares, flags.train == "yes"
    if flags.expect and flags.labelled:
        raise UserError("--expect, --labelled: both give the expected shares; give only one of them")
    speakers = clips.speakers
    if speakers and speakers_hold_a_class(before, speakers):
        notes.append("Speakers are not standardised: each speaker's clips seem to be of one class.")
        speakers = None
    if flags.expect:
        return Wish(expected_shares(parse_expected(flags.expect), stored), "expected", speakers, train)
    if flags.labelled:
        classes = model.record.classes
        labels = labels_of(flags.labelled[0], clips.names, classes)
        return Wish(shares_of_labels(list(labels.values()), classes), "labelled", speakers, train)
    notes.append(
        "The source's label shares were used. Your own shares help more: give them, or labels of 20 random clips. Give"
        " 0 for a class that you do not have."
    )
    return Wish(stored, "stored", speakers, train)


def reasons_against(wish: Wish, before: Prediction, alarmed: Sequence[str], settings: AdaptationSettings) -> list[str]:
    """The evidence against a change before it is made."""
    found = [f"The {name} frames are as far from the source's as wrong ones; check the extraction." for name in alarmed]
    if wish.shares_from == "stored" and is_spread(before, settings.enough):
        found.append(
            f"Each class is already predicted for {100 * settings.enough:g} % of the clips or more; about half of all"
            " adaptations to the source's shares are harmful then."
        )
    return found


def check(
    path: Path, clips: Clips, before: Prediction, after: Prediction
) -> tuple[dict[str, dict[str, float]], list[str]]:
    """Scores on labelled clips before and after, and a reason against the change if it lowers them."""
    labels = labels_of(path, clips.names, before.classes)
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
    """Parse the flags, adapt, and write the results."""
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
    """The same value with ``None`` for each number that is not finite, because JSON has no such numbers."""
    if isinstance(value, dict):
        return {name: finite(each) for name, each in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value


if __name__ == "__main__":
    run(main)
