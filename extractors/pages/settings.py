"""Settings of the page that shows which face was chosen as the speaker's."""

from __future__ import annotations

from extractors.shared.settings import Settings, Size, key


class FacesSettings(Settings):
    """The page of each corpus that shows which face was chosen as the speaker's."""

    ambiguous: int = key("largest number of clips shown because the choice was close", unit="clips", ge=0)
    fewest: int = key("largest number of clips shown because frames lack the speaker's face", unit="clips", ge=0)
    ordinary: int = key("number of other clips shown", unit="clips", ge=0)
    decided: int = key("largest number of clips shown from the table face_choices", unit="clips", ge=0)
    strip_frames: Size = key("frames shown per clip; more only if a track appears in none of them", unit="frames")
    strip_tracks: Size = key("tracks shown per clip: those of highest rank and the chosen one", unit="tracks")
    close_rivalry: float = key(
        "a choice is close if the runner-up's rank divided by that of the chosen face is at least this", ge=0
    )


class FacesPageSettings(FacesSettings):
    """The content of the page, and the sampling of the frames that the page reads again."""

    frames: Size = key("uniformly sampled frames per clip, as in the extraction", unit="frames")
