"""64 frames of a video, read in several ways from files like those of the corpora; all ways must give the same frames.

Run from the repository's root: ``python benchmarks/extract_video.py --rounds 3``. The ways alternate in one process.
The output has their median times, and the ratios to the plain way, which decodes all frames and selects afterwards. If
several files are read at once, the time of all cores matters: OpenCV decodes in several threads,
extractors.media.pictures in one.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from extractors.media.pictures import sample_frames

COUNT = 64
KINDS = {
    "5 s, 480p, h264": (5, 640, 480, "libx264", 250),
    "60 s, 480p, h264": (60, 640, 480, "libx264", 250),
    "5 s, 720p, h264": (5, 1280, 720, "libx264", 250),
    "60 s, 480p, MPEG-4 with short groups": (60, 640, 480, "mpeg4", 12),
}
"""Seconds, width, height, codec, and interval of key frames."""


def write_noise(path: Path, seconds: int, width: int, height: int, codec: str, group: int) -> None:
    """Write a video at 25 frames per second in which a noisy picture drifts."""
    picture = np.random.default_rng(0).integers(0, 255, (height // 8, width // 8, 3), np.uint8)
    picture = cv2.resize(picture, (width, height), interpolation=cv2.INTER_CUBIC)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=Fraction(25))
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.gop_size = group
        for number in range(25 * seconds):
            frame = av.VideoFrame.from_ndarray(np.roll(picture, 3 * number, axis=1), "rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def pick(count: int) -> list[int]:
    """The positions of the wanted frames among ``count``: the middles of 64 equal parts."""
    return [(2 * number + 1) * count // (2 * COUNT) for number in range(COUNT)]


def frames_of(capture: cv2.VideoCapture) -> Iterator[np.ndarray]:
    """All frames, converted to RGB."""
    while True:
        more, frame = capture.read()
        if not more:
            return
        yield cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)


def read_all(path: Path) -> list[np.ndarray]:
    """OpenCV: decode and convert every frame, then select."""
    frames = list(frames_of(cv2.VideoCapture(str(path))))
    return [frames[number] for number in pick(len(frames))]


def seek_each(path: Path) -> list[np.ndarray]:
    """OpenCV: go to each wanted frame."""
    capture = cv2.VideoCapture(str(path))
    frames = []
    for number in pick(int(capture.get(cv2.CAP_PROP_FRAME_COUNT))):
        capture.set(cv2.CAP_PROP_POS_FRAMES, number)
        frames.append(cv2.cvtColor(capture.read()[1], cv2.COLOR_BGR2RGB))
    return frames


def grab(path: Path) -> list[np.ndarray]:
    """OpenCV: decode every frame, convert the wanted ones; the number of frames is taken from the header."""
    capture = cv2.VideoCapture(str(path))
    wanted = set(pick(int(capture.get(cv2.CAP_PROP_FRAME_COUNT))))
    frames = []
    for number in range(max(wanted) + 1):
        capture.grab()
        if number in wanted:
            frames.append(cv2.cvtColor(capture.retrieve()[1], cv2.COLOR_BGR2RGB))
    return frames


def ours(path: Path) -> list[np.ndarray]:
    """extractors.media.pictures: frames counted in the stream, key frames used, only the wanted ones converted."""
    return sample_frames(path, None, None, COUNT).frames


WAYS: dict[str, Callable[[Path], list[np.ndarray]]] = {
    "read all, then pick": read_all,
    "seek to each": seek_each,
    "grab all, convert some": grab,
    "extractors.media.pictures": ours,
}


def main() -> None:
    """Write the files, time the ways in turn, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", required=True, type=int)
    flags = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for kind, shape in KINDS.items():
            path = Path(folder) / f"{kind.replace(' ', '_')}.{'avi' if shape[3] == 'mpeg4' else 'mp4'}"
            write_noise(path, *shape)
            times: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
            for _ in range(flags.rounds):
                for way, run in WAYS.items():
                    begin, computed = time.perf_counter(), time.process_time()
                    frames = run(path)
                    times[way].append((time.perf_counter() - begin, time.process_time() - computed))
                    if way == "read all, then pick":
                        expected = frames
                    apart = max(int(np.abs(a.astype(int) - b).max()) for a, b in zip(expected, frames, strict=True))
                    if way == "extractors.media.pictures" and apart > 3:
                        raise SystemExit(f"{kind}: {way} gives other frames ({apart} of 255)")
            medians = {
                way: [statistics.median(column) for column in zip(*rows, strict=True)] for way, rows in times.items()
            }
            plain_wall, plain_cpu = medians["read all, then pick"]
            for way, (wall, cpu) in medians.items():
                print(
                    f"{kind}: {way}: {1000 * wall:.0f} ms ({plain_wall / wall:.2f} times as fast as the plain way),"
                    f" of all cores {1000 * cpu:.0f} ms ({plain_cpu / cpu:.2f} times)"
                )


if __name__ == "__main__":
    main()
