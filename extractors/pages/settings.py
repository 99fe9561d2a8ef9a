"""What the page about whose face stands for the speaker shows."""

from __future__ import annotations

from extractors.shared.settings import Settings, Size, key


class FacesSettings(Settings):
    """What the page about whose face stands for the speaker shows of each corpus."""

    ambiguous: int = key("most clips shown for a rival that came close", unit="clips", ge=0)
    fewest: int = key("most clips shown for frames without the speaker's face", unit="clips", ge=0)
    ordinary: int = key("other clips shown", unit="clips", ge=0)
    decided: int = key("most clips shown of those that face_choices has a word on", unit="clips", ge=0)
    strip_frames: Size = key("frames shown of a clip; more only where a track is in none of them", unit="frames")
    strip_tracks: Size = key("tracks shown of a clip, those of highest rank and the chosen one", unit="tracks")
    close_rivalry: float = key(
        "rank of the runner-up over that of the chosen face from which a choice is called close", ge=0
    )


class FacesPageSettings(FacesSettings):
    """What the page shows, and how the frames were sampled that it reads again."""

    frames: Size = key("uniformly sampled frames per clip, as in the extraction", unit="frames")
