"""Write the synthetic twin of one release: its folders, names and formats, with drawn faces and synthetic voices."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import cv2

from extractors.shared.clip import CLASSES, MODALITIES
from extractors.shared.files import atomic_folder
from extractors.shared.program import UserError, run
from extractors.synthetic.iemocap import write_iemocap
from extractors.synthetic.meld import write_meld
from extractors.synthetic.mosei import write_mosei
from extractors.synthetic.msp_improv import write_msp_improv
from extractors.synthetic.performance import BLENDS
from extractors.synthetic.plan import Order

TWINS: dict[str, Callable[[Order, Path], None]] = {
    "iemocap": write_iemocap,
    "meld": write_meld,
    "mosei": write_mosei,
    "msp_improv": write_msp_improv,
}
"""Corpus with a twin -> the function that writes the twin."""

NOTE = """This folder is SYNTHETIC. It is no copy and no part of the {corpus} release.

It holds made-up clips in the folder layout and the file formats of that release: drawn faces, synthesised voices
and template sentences. No person was filmed or recorded, and nobody said any of this. Results on it say nothing about
emotion in people; they only show that a pipeline runs.

Written by: python -m extractors.write_twin --corpus {corpus} --clips '{clips}' --shift '{shift}'
            --lean '{lean}' --seed {seed} --oddities {oddities}
"""


def write_twin(
    corpus: str,
    folder: Path,
    clips: Mapping[str, int],
    shift: Mapping[str, float],
    lean: Mapping[str, float],
    seed: int,
    oddities: bool,
) -> None:
    """Write one twin, or nothing on an error.

    Args:
        corpus: a key of :data:`TWINS`.
        folder: the release folder to write. An existing twin is replaced.
        clips: usable clips per class with the shipped config. Some clips that will be excluded are added. MELD may also
            have clips of other moods.
        shift: distance of the corpus's text, audio and visual domains from the common domain, 0..1 each.
        lean: bias of the people's behaviour towards one class, in each modality, 0..1 each.
        seed: the same order with the same seed gives the same release.
        oddities: whether to include the known defects and the junk of the real release.

    Raises:
        UserError: a corpus, class or modality is unknown, a number is out of range, or ``folder`` is not a twin.
    """
    if corpus not in TWINS:
        raise UserError(f"--corpus {corpus}: no such twin; use one of {', '.join(TWINS)}")
    _check_clips(corpus, clips)
    for flag, amounts in (("--shift", shift), ("--lean", lean)):
        if set(amounts) != set(MODALITIES) or not all(_is_share(amount) for amount in amounts.values()):
            raise UserError(f"{flag} {amounts}: give a number from 0 to 1 for each of {', '.join(MODALITIES)}")
    if folder.exists() and any(folder.iterdir()) and not (folder / "SYNTHETIC.txt").exists():
        raise UserError(f"{folder}: exists and is no synthetic twin; name a folder that does not exist")
    cv2.setNumThreads(1)  # the pictures are too small for several threads
    order = Order(corpus, dict(clips), dict(shift), dict(lean), seed, oddities)
    with atomic_folder(folder) as root:
        TWINS[corpus](order, root)
        note = _note(order)
        (root / "SYNTHETIC.txt").write_text(note, encoding="utf-8", newline="")


def _check_clips(corpus: str, clips: Mapping[str, int]) -> None:
    further = tuple(BLENDS) if corpus == "meld" else ()
    known = set(CLASSES) <= set(clips) <= {*CLASSES, *further}
    if not known or any(type(count) is not int or count < 0 for count in clips.values()):
        also = f", and if you want of {', '.join(further)}" * bool(further)
        raise UserError(f"--clips {clips}: give a count of 0 or more for each of {', '.join(CLASSES)}{also}")


def _note(order: Order) -> str:
    clips, shift, lean = (json.dumps(each) for each in (order.clips, order.shift, order.lean))
    oddities = "all" if order.oddities else "none"
    return NOTE.format(corpus=order.corpus, clips=clips, shift=shift, lean=lean, seed=order.seed, oddities=oddities)


def _is_share(amount: object) -> bool:
    return isinstance(amount, int | float) and 0 <= amount <= 1


def main() -> None:
    """Read the flags and write the twin."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", required=True, choices=list(TWINS), help="which release to make a twin of")
    parser.add_argument("--clips", required=True, type=json.loads, help="JSON: usable clips per class")
    parser.add_argument("--shift", required=True, type=json.loads, help="JSON: domain shift per modality, 0 to 1")
    parser.add_argument("--lean", required=True, type=json.loads, help="JSON: lean to a class per modality, 0 to 1")
    parser.add_argument("--seed", required=True, type=int, help="seed of all chance")
    parser.add_argument("--oddities", required=True, choices=["all", "none"], help="defects and junk of the release")
    parser.add_argument("--release", required=True, type=Path, help="folder to write")
    flags = parser.parse_args()
    oddities = flags.oddities == "all"
    write_twin(flags.corpus, flags.release, flags.clips, flags.shift, flags.lean, flags.seed, oddities)


if __name__ == "__main__":
    run(main)
