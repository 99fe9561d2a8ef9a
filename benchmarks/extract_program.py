"""The extraction of a shard against the plain way: read a clip, compute, save it, and only then the next.

Run from the repository's root, ``python benchmarks/extract_program.py --device auto --threads 2 --clips 4 --frames 64
--side 640``, with networks of the real size and random weights. Both ways begin with media files and end with features
on disk. The output has clips and frames per second, their ratio, the share of the time in which the networks computed,
and the bytes written. extract_networks.py measures the agreement of the numbers, network by network.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from extract_plain import (
    audio_settings,
    draw_sounds,
    draw_texts,
    plain_bert,
    plain_s3fd,
    plain_wav2vec2,
    random_detector,
    text_settings,
    visual_settings,
    write_networks,
)
from extract_video import read_all, write_noise
from scipy.io import wavfile

from extractors.extract_shard import extract_shard
from extractors.faces.crops import crop_face
from extractors.faces.detection import shrink
from extractors.features.clip_extraction import Task
from extractors.modalities.audio import Sound, Wav2Vec2
from extractors.modalities.base import ExtractionSettings
from extractors.modalities.text import Bert
from extractors.modalities.visual import Visual
from extractors.networks.apvit import preprocess
from extractors.shared.clip import Row
from extractors.shared.compute import add_compute_flags, inference, prepare_compute
from extractors.shared.files import file_sha256

SECONDS = 5
"""Length of a clip's video, near the mean of the four corpora."""

Plain = Callable[[Row], np.ndarray]


def make_clips(folder: Path, count: int) -> list[Row]:
    """Rows as a manifest has them, with a transcript, a sound and a video each."""
    nothing = dict.fromkeys(("audio_start", "audio_end", "video_start", "video_end"))
    clips = []
    for number, (text, sound) in enumerate(zip(draw_texts(count), draw_sounds(count), strict=True)):
        names = {"audio": f"{number}.wav", "video": f"{number}.mp4"}
        wavfile.write(folder / names["audio"], 16_000, 0.1 * sound)
        write_noise(folder / names["video"], SECONDS, 640, 480, "libx264", 250)
        clip = {"clip_id": str(number), "status": "ok", "reason": "", "text": text, "crop": "full", "face": ""}
        clips.append(clip | names | nothing)
    return clips


def plain_text(bert: Bert, folder: Path, device: torch.device) -> Plain:
    """Transcript -> frames."""
    return lambda clip: plain_bert(bert.network, [bert.read(clip, folder)], device)[0]


def plain_audio(audio: Wav2Vec2, folder: Path, device: torch.device) -> Plain:
    """Sound file -> frames."""

    def compute(clip: Row) -> np.ndarray:
        _, samples = wavfile.read(folder / clip["audio"])
        return plain_wav2vec2(audio.network, [Sound(audio.prepare(samples), 0.0, "")], device)[0]

    return compute


def plain_visual(visual: Visual, folder: Path, device: torch.device) -> Plain:
    """Video file -> frames: every picture decoded, the sampled ones searched and embedded one by one."""
    side, count = visual.settings.detection_side, visual.settings.frames

    def compute(clip: Row) -> np.ndarray:
        pictures = read_all(folder / clip["video"])
        rows = np.zeros((count, visual.dim), np.float32)
        for number, picture in enumerate(pictures[:: max(len(pictures) // count, 1)][:count]):
            small = shrink(picture, side)
            (boxes,) = plain_s3fd(visual.detector.network, small.picture[None], device)
            if len(boxes):
                face = cv2.resize(crop_face(picture, boxes[0] * small.scale, 0.1), (112, 112))
                with inference(device, "float32"):
                    rows[number] = visual.network(torch.from_numpy(preprocess(face))[None].to(device)).cpu().numpy()[0]
        return rows

    return compute


def compare(
    name: str, clips: list[Row], plain: Plain, extractor: Any, settings: ExtractionSettings, release: Path
) -> None:
    """Time both ways on the same clips and print the results."""
    plain(clips[0])  # the first call is slower and is not timed
    with tempfile.TemporaryDirectory() as place:
        begin, rows = time.perf_counter(), 0
        for clip in clips:
            frames = plain(clip)
            rows += len(frames)
            np.save(Path(place) / f"{clip['clip_id']}.npy", frames)
        slow = time.perf_counter() - begin
        slow_bytes = sum(file.stat().st_size for file in Path(place).glob("*.npy"))
    with tempfile.TemporaryDirectory() as place:
        task = Task(name, release, extractor, settings, extractor.device.type)
        frames_file, index = Path(place) / "1-of-1.npy", Path(place) / "1-of-1.parquet"
        begin = time.perf_counter()
        extract_shard(clips, task, frames_file, index, torch.get_num_threads())
        fast = time.perf_counter() - begin
        fast_bytes = frames_file.stat().st_size + index.stat().st_size
    for way, seconds, size in (("plain", slow, slow_bytes), ("ours", fast, fast_bytes)):
        speed = f"{len(clips) / seconds:.3g} clips and {rows / seconds:.3g} frames per second"
        print(f"{name}, {way}: {speed}, {size / 1e6:.1f} MB written")
    busy = task.seconds / fast
    print(f"{name}: {slow / fast:.2f} times as fast; its networks computed in {busy:.0%} of the time")


def main() -> None:
    """Parse the flags, write networks and media, and compare modality by modality."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", required=True, type=int, help="sounds; 16 times the texts, a quarter the videos")
    parser.add_argument("--frames", required=True, type=int, help="sampled from each video")
    parser.add_argument("--side", required=True, type=int, help="longer side of the detector's pictures, in pixels")
    add_compute_flags(parser)
    flags = parser.parse_args()
    device = prepare_compute(flags.device, flags.threads)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_networks(folder)
        torch.save(random_detector(flags.side).state_dict(), folder / "s3fd.pth")
        bert = Bert(f"{folder}/text", text_settings(), device)
        words = enumerate(draw_texts(16 * flags.clips))
        texts = [{"clip_id": str(number), "status": "ok", "text": text} for number, text in words]
        compare("text", texts, plain_text(bert, folder, device), bert, text_settings(), folder)
        clips = make_clips(folder, flags.clips)
        audio = Wav2Vec2(f"{folder}/audio", audio_settings(), device)
        compare("audio", clips, plain_audio(audio, folder, device), audio, audio_settings(), folder)
        weights = folder / "s3fd.pth"
        settings = visual_settings(
            frames=flags.frames,
            detection_side=flags.side,
            detector_weights=str(weights),
            detector_sha256=file_sha256(weights),
        )
        visual = Visual(f"{folder}/visual", settings, device)
        videos = clips[: max(flags.clips // 4, 1)]
        compare("visual", videos, plain_visual(visual, folder, device), visual, settings, folder)


if __name__ == "__main__":
    main()
