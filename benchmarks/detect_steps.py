"""How much a faster search for faces changes the results: every k-th picture, smaller pictures, 16 bits.

Run from the repository's root, ``python benchmarks/detect_steps.py --model results/models/iemocap-msp_improv/amanda_p2
--backbone results/synthetic/backbones/visual --clips a.mp4 b.mp4 --steps 1 4 8 --sides 640 320 --formats float32
--threads 2``. All steps and sides are compared with the first ones: overlap of boxes, distance of features and of the
model's visual vote, with the detector that the model's record names. The time of a picture is that of S3FD with random
weights, in processor seconds of all threads, because other work on the machine does not change these.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import numpy as np
import torch
from extract_plain import draw_pictures, random_detector

from amanda.sharing.loading import load
from amanda.sharing.model import Model
from extractors.faces.steps import searched_frames
from extractors.faces.tracks import overlaps
from extractors.modalities.base import Extraction
from extractors.modalities.visual import SampledClip, Visual
from extractors.networks import s3fd
from extractors.shared.compute import prepare_compute

PICTURES = 3
"""Number of pictures whose search is timed for each side and format; on a CPU, S3FD takes one at a time."""

Boxes = dict[int, np.ndarray]
"""Frame -> corners and score of the speaker's face."""


def look(visual: Visual, clips: Sequence[Path]) -> list[tuple[Boxes, Extraction]]:
    """The speaker's boxes and the features of each clip."""
    whole = {"video_start": None, "video_end": None, "crop": "full", "face": ""}
    read: list[SampledClip] = [visual.read(whole | {"video": clip.name}, clip.parent) for clip in clips]
    speakers = visual.find_speakers(read)
    return list(zip((speaker.boxes for speaker in speakers), visual.embed(read), strict=True))


def votes(model: Model, found: Sequence[tuple[Boxes, Extraction]]) -> np.ndarray:
    """The visual vote on each clip, [clips, classes]."""
    nothing = [np.zeros((0, 0), np.float32)] * len(found)
    frames = dict.fromkeys(model.settings.modalities, nothing)
    frames["visual"] = [made.frames.astype(np.float32) for _, made in found]
    return model.predict(frames, [made.valid for _, made in found]).votes["visual"]


def agreement(first: Sequence[tuple[Boxes, Extraction]], other: Sequence[tuple[Boxes, Extraction]]) -> str:
    """The agreement of the boxes and features of clips, as cells of a table."""
    shared, same, far = [], [], []
    for (boxes, made), (others, again) in zip(first, other, strict=True):
        both = boxes.keys() & others.keys()
        shared += [overlaps(boxes[frame][None], others[frame][None])[0, 0] for frame in both]
        same.append((made.valid == again.valid).mean())
        far.append(np.linalg.norm(made.frames - again.frames) / np.linalg.norm(made.frames))
    low = np.quantile(shared, 0.05)
    return f"{np.mean(shared):8.3f} {low:8.3f} {np.mean(same):10.1%} {np.mean(far):10.3f}"


def time_picture(side: int, compute: str, device: torch.device) -> float:
    """Processor seconds of S3FD for a picture with this longer side."""
    network = random_detector(side).to(device)
    pictures = draw_pictures(PICTURES + 1, side)
    s3fd.detect(network, pictures[:1], device, compute)  # the first call is slower and is not timed
    begin = time.process_time()
    for picture in pictures[1:]:
        s3fd.detect(network, picture[None], device, compute)
    return (time.process_time() - begin) / PICTURES


def main() -> None:
    """Print the time and the changes of each step and side."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, type=Path, help="model folder")
    parser.add_argument("--backbone", required=True, help="the visual network that the model's features are made with")
    parser.add_argument("--clips", required=True, nargs="+", type=Path, help="videos")
    parser.add_argument("--steps", required=True, nargs="+", type=int, help="values of detection_step")
    parser.add_argument("--sides", required=True, nargs="+", type=int, help="values of detection_side")
    parser.add_argument("--formats", required=True, nargs="+", help="values of detector_compute, timed for S3FD")
    parser.add_argument("--threads", required=True, type=int)
    flags = parser.parse_args()
    device = prepare_compute("cpu", flags.threads)
    model = load(flags.model, device="cpu")
    recorded = model.record.extraction["visual"] | {"sha256": model.record.backbones["visual"].weights_sha256}
    first, told = None, None
    print(f"{'step':>4} {'side':>4} {'overlap':>8} {'lowest 5%':>8} {'same faces':>10} {'features':>10} {'vote':>8}")
    for side, step in product(flags.sides, flags.steps):
        visual = Visual(flags.backbone, recorded | {"detection_side": side, "detection_step": step}, device)
        found = look(visual, flags.clips)
        first, told = first or found, votes(model, found) if told is None else told
        moved = np.abs(votes(model, found) - told).max()
        print(f"{step:4} {side:4} {agreement(first, found)} {moved:8.3f}")
    frames = recorded["frames"]
    for side, compute in product(flags.sides, flags.formats):
        cost = time_picture(side, compute, device)
        clips = ", ".join(f"step {step}: {cost * len(searched_frames(frames, step)):.1f}" for step in flags.steps)
        print(f"S3FD, side {side}, {compute}: {cost:.2f} s a picture; a clip of {frames} frames at {clips} s")


if __name__ == "__main__":
    main()
