"""A small release in which each clip has another defect, for the tests of the look at every clip."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from extractors.quality.settings import QualitySettings
from extractors.shared.clip import Row
from extractors.shared.settings import settings_of
from extractors.synthetic.media import write_video, write_wav

SETTINGS = settings_of(
    QualitySettings,
    {
        "duration_tolerance": 0.25,
        "silence_db": -70,
        "silence_below": 25,
        "black_luma": 16,
        "frozen_difference": 0.5,
        "frozen_seconds": 0.5,
        "face_rate": False,
        "min_face_rate": 0.5,
        "face_frames": 2,
        "cascade_scale": 1.2,
        "cascade_neighbours": 3,
        "detection_side": 120,
        "min_face": 0.3,
        "halves": 4,
        "strips": 6,
        "strip_frames": 3,
        "listed": 50,
    },
)
RATE = 10
SIZE = (48, 64)


def moving(frames: int, level: int = 120) -> list[np.ndarray]:
    """Pictures whose left half is dark and right half bright, with a bar that moves through both."""
    pictures = []
    for number in range(frames):
        picture = np.full((*SIZE, 3), level, np.uint8)
        picture[:, 32:] += 100
        picture[4 * number % 40 : 4 * number % 40 + 8] = 30
        pictures.append(picture)
    return pictures


def tone(seconds: float, level: float = 0.1) -> np.ndarray:
    return (level * np.sin(np.arange(round(seconds * 8000)) * 0.3)).astype(np.float32)


def write_clip(release: Path, name: str, frames: list[np.ndarray], sound: np.ndarray | None) -> None:
    write_video(release / f"{name}.avi", frames, Fraction(RATE), "mpeg4")
    if sound is not None:
        write_wav(release / f"{name}.wav", sound, 8000)


def row(name: str, **columns: object) -> Row:
    """A row of the manifest for a clip that is the whole of ``name``.avi and ``name``.wav."""
    empty = dict.fromkeys(("video_start", "video_end", "audio_start", "audio_end", "annotated_seconds"))
    texts = {
        "speaker": "Ses01F",
        "session": "1",
        "dialogue": name,
        "official_split": "",
        "text": "",
        "reason": "",
        "face": "",
    }
    media = {"video": f"{name}.avi", "audio": f"{name}.wav", "crop": "full", "status": "ok"}
    return {"clip_id": name, "corpus": "meld"} | texts | media | empty | columns


def spoil_packet(path: Path, number: int) -> None:
    with av.open(str(path)) as container:
        packet = [packet for packet in container.demux(video=0) if packet.size][number]
        place, size = packet.pos, packet.size
    with path.open("rb+") as file:
        file.seek(place)
        file.write(bytes(size))


def write_release(root: Path) -> Path:
    """Write a release in which each clip has one defect, and return its root."""
    write_clip(root, "good", moving(10), tone(1.0))
    write_clip(root, "silent", moving(10), tone(1.0, 0.0001))
    write_clip(root, "black", [np.full((*SIZE, 3), 2, np.uint8)] * 10, tone(1.0))
    write_clip(root, "frozen", moving(1) * 10, tone(1.0))
    write_clip(root, "uneven", moving(4), tone(1.0))
    write_clip(root, "blink", moving(1), tone(0.006))
    write_video(root / "mute.mp4", moving(10), Fraction(RATE), "libx264")
    whole = (root / "mute.mp4").read_bytes()
    (root / "truncated.mp4").write_bytes(whole[: whole.index(b"moov") - 4])
    (root / "rubbish.wav").write_bytes(b"RIFF, or so it says")
    write_clip(root, "both", moving(40), tone(4.0))
    write_video(root / "damaged.mp4", moving(40), Fraction(RATE), "libx264")
    spoil_packet(root / "damaged.mp4", 20)
    return root


LEFT_OUT = row("fear", status="excluded", reason="emotion 'fear' is none of the classes", video="", audio="")
