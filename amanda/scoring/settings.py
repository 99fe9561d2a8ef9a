"""How runs are scored."""

from __future__ import annotations

from typing import Annotated

from extractors.shared.clip import PARTS
from extractors.shared.settings import Settings, key, one_of


class Scoring(Settings):
    """How runs are scored."""

    split: Annotated[str, *one_of(PARTS)] = key("the split of the target that is scored")
