"""What the tests of several rooms share of sound."""

from __future__ import annotations

HOLED = {
    "opus.webm": ("libopus", "libvpx"),
    "opus.mkv": ("libopus", "mpeg4"),
    "aac.mkv": ("aac", "mpeg4"),
    "aac.mp4": ("aac", "mpeg4"),
    "aac.ts": ("aac", "mpeg2video"),
    "ac3.mkv": ("ac3", "mpeg4"),
    "mp3.mkv": ("libmp3lame", "mpeg4"),
    "alone.mka": ("aac", ""),
    "pcm.mkv": ("pcm_s16le", "mpeg4"),
}
"""File -> codecs of its sound and of its pictures, if it has any."""
