"""Batched extraction against the plain way, one at a time, with networks of the real size and random weights.

Run from the repository's root, ``python benchmarks/extract_networks.py --device auto --threads 2 --clips 8 --side 640
--rounds 3 --formats bfloat16``. For each network both ways alternate in one process on the same inputs. The output has
the median times, their ratio, the difference of the numbers, and the difference of the 16-bit formats from float32.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from extract_plain import (
    RANDOM,
    Frames,
    audio_settings,
    draw_pictures,
    draw_sounds,
    draw_texts,
    plain_bert,
    plain_boxes,
    plain_s3fd,
    plain_wav2vec2,
    random_detector,
    text_settings,
    visual_settings,
    write_networks,
)
from face_alignment.utils import get_preds_fromhm

from extractors.faces.detection import S3fdDetector
from extractors.modalities.audio import Sound, Wav2Vec2
from extractors.modalities.text import Bert
from extractors.modalities.visual import Visual
from extractors.networks.fan import UNIT, find_peaks
from extractors.networks.s3fd import MAX_OVERLAP, MIN_SCORE, decode, detect, maps, suppress
from extractors.shared.compute import add_compute_flags, prepare_compute
from extractors.shared.files import file_sha256

PICTURES = (1, 16, 64)
"""Numbers of pictures in the batches whose boxes are decoded."""


def compare(
    name: str,
    plain: Callable[[], Frames],
    ours: Callable[[], Frames],
    rounds: int,
    clock: Callable[[], float] = time.perf_counter,
) -> Frames:
    """Time both ways in turn and print medians, ratio and difference; returns our frames."""
    times: dict[str, list[float]] = {"plain": [], "ours": []}
    found: dict[str, Frames] = {}
    for _ in range(rounds):
        for way, run in (("plain", plain), ("ours", ours)):
            begin = clock()
            found[way] = run()
            times[way].append(clock() - begin)
    slow, fast = (statistics.median(times[way]) for way in ("plain", "ours"))
    count = len(found["ours"])
    apart = max(float(np.abs(a - b).max(initial=0)) for a, b in zip(found["plain"], found["ours"], strict=True))
    print(
        f"{name}: plain {1000 * slow / count:.2f} ms, ours {1000 * fast / count:.2f} ms,"
        f" {count / fast:.1f} per second, {slow / fast:.2f} times as fast; largest difference {apart:.1e}"
    )
    return found["ours"]


def drift(name: str, exact: Frames, run: Callable[[str], Frames], formats: Sequence[str]) -> None:
    """Print the difference of other number formats' frames from those of float32, and their speed."""
    for compute in formats:
        run(compute)
        begin = time.perf_counter()
        found = run(compute)
        seconds = time.perf_counter() - begin
        apart = [np.linalg.norm(b - a) / np.linalg.norm(a) for a, b in zip(exact, found, strict=True)]
        print(
            f"{name} in {compute}: {1000 * seconds / len(exact):.1f} ms each; relative drift"
            f" median {np.median(apart):.1e}, largest {max(apart):.1e}"
        )


def embed(extractor: Any, inputs: Sequence[Any], compute: str) -> Frames:
    """Frames of an extractor in a number format."""
    extractor.compute = compute
    return [outcome.frames for outcome in extractor.embed(inputs)]


def embed_faces(extractor: Visual, faces: Sequence[np.ndarray], compute: str) -> Frames:
    """Rows of APViT in a number format."""
    extractor.compute = compute
    return list(extractor.embed_faces(faces))


def compare_text(folder: str, device: torch.device, clips: int, rounds: int, formats: Sequence[str]) -> None:
    """BERT-base on sixteen transcripts a clip: a window of the program holds 256."""
    bert = Bert(f"{folder}/text", text_settings(), device)
    texts = [bert.read({"text": text}, Path()) for text in draw_texts(16 * clips)]
    exact = compare(
        "BERT-base, a transcript",
        lambda: plain_bert(bert.network, texts, device),
        lambda: embed(bert, texts, "float32"),
        rounds,
    )
    drift("BERT-base", exact, lambda compute: embed(bert, texts, compute), formats)


def compare_audio(folder: str, device: torch.device, clips: int, rounds: int, formats: Sequence[str]) -> None:
    """wav2vec2-base on as many sounds as clips."""
    audio = Wav2Vec2(f"{folder}/audio", audio_settings(), device)
    sounds = [Sound(audio.prepare(sound), len(sound) / 16_000, "") for sound in draw_sounds(clips)]
    exact = compare(
        "wav2vec2-base, a sound",
        lambda: plain_wav2vec2(audio.network, sounds, device),
        lambda: embed(audio, sounds, "float32"),
        rounds,
    )
    drift("wav2vec2-base", exact, lambda compute: embed(audio, sounds, compute), formats)


def compare_visual(folder: str, device: torch.device, clips: int, rounds: int, formats: Sequence[str]) -> None:
    """APViT on four faces a clip."""
    visual = Visual(f"{folder}/visual", visual_settings(detector="cascade"), device)
    faces = list(RANDOM.integers(0, 255, (4 * clips, 112, 112, 3), np.uint8))
    exact = compare(
        "APViT, a face",
        lambda: [row for face in faces for row in embed_faces(visual, [face], "float32")],
        lambda: embed_faces(visual, faces, "float32"),
        rounds,
    )
    drift("APViT", exact, lambda compute: embed_faces(visual, faces, compute), formats)


def compare_detection(device: torch.device, side: int, rounds: int, formats: Sequence[str]) -> None:
    """S3FD on eight pictures, and its speed in 16 bits."""
    network = random_detector(side).to(device)
    with tempfile.TemporaryDirectory() as folder:
        weights = Path(folder) / "s3fd.pth"
        torch.save(network.state_dict(), weights)
        settings = visual_settings(detector_weights=str(weights), detector_sha256=file_sha256(weights))
        detector = S3fdDetector(settings, device)
    pictures = draw_pictures(8, side)
    compare(
        f"S3FD, side {side}, a picture",
        lambda: plain_s3fd(network, pictures, device),
        lambda: detector(pictures, 0.0),
        rounds,
    )
    for compute in formats:
        detect(network, pictures, device, compute)
        begin = time.perf_counter()
        detect(network, pictures, device, compute)
        print(f"S3FD, side {side}, in {compute}: {1000 * (time.perf_counter() - begin) / len(pictures):.0f} ms each")


def compare_boxes(side: int, rounds: int) -> None:
    """The steps after the network of S3FD for batches of several sizes, in processor time."""
    found = maps(random_detector(side), draw_pictures(1, side), torch.device("cpu"), "float32")
    one = [torch.from_numpy(each) for each in found]
    for count in PICTURES:
        output = [each.repeat(count, 1, 1, 1) for each in one]
        compare(
            f"S3FD, from maps to boxes, {count} pictures, each",
            lambda output=output: plain_boxes(output),
            lambda output=output: [boxes[suppress(boxes, MAX_OVERLAP)] for boxes in decode(output, MIN_SCORE)],
            rounds,
            time.process_time,
        )


def compare_landmarks(rounds: int) -> None:
    """From FAN's heat maps to landmarks of sixteen faces, in processor time; the package's first call compiles it."""
    heat = RANDOM.random((16, 68, 64, 64), np.float32)
    centre, size = np.array([320.0, 240.0]), 1.0
    begin = time.process_time()
    get_preds_fromhm(heat[:1], centre, size)
    print(
        f"FAN, from heat to landmarks, the package's first call: {time.process_time() - begin:.1f} s of processor time"
    )
    compare(
        "FAN, from heat to landmarks, a face",
        lambda: [get_preds_fromhm(heat[face : face + 1], centre, size)[1][0] for face in range(len(heat))],
        lambda: list(centre + UNIT * size * (find_peaks(heat) - 0.5)),
        rounds,
        time.process_time,
    )


def main() -> None:
    """Parse the flags and compare network by network."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", required=True, type=int, help="sounds; 4 times the faces, 16 times the texts")
    parser.add_argument("--side", required=True, type=int, help="longer side of the detector's pictures, in pixels")
    parser.add_argument("--rounds", required=True, type=int)
    parser.add_argument("--formats", required=True, nargs="*", help="16-bit formats to measure; none: --formats")
    add_compute_flags(parser)
    flags = parser.parse_args()
    device = prepare_compute(flags.device, flags.threads)
    with tempfile.TemporaryDirectory() as folder:
        write_networks(Path(folder))
        for compared in (compare_text, compare_audio, compare_visual):
            compared(folder, device, flags.clips, flags.rounds, flags.formats)
    compare_detection(device, flags.side, flags.rounds, flags.formats)
    compare_boxes(flags.side, flags.rounds)
    compare_landmarks(flags.rounds)


if __name__ == "__main__":
    main()
