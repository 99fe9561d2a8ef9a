"""What every reader owes: checked keys, and a clear word when the release is not there."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers import releases
from helpers.releases import read

from extractors.corpora.base import load_reader
from extractors.shared.program import UserError


@pytest.mark.parametrize("corpus", releases.READING)
def test_rules_are_checked_by_name(tmp_path: Path, corpus: str) -> None:
    with pytest.raises(UserError, match=rf"corpora\.{corpus}\.reading: unknown key 'nonsense'"):
        read(corpus, tmp_path, nonsense=1)
    with pytest.raises(UserError, match=rf"corpora\.{corpus}\.reading: \w+ is null; it must be"):
        read(corpus, tmp_path, **{next(iter(releases.READING[corpus])): None})
    with pytest.raises(UserError, match=r"is missing; add it"):
        list(load_reader(corpus).read_release(tmp_path, {}))


@pytest.mark.parametrize("corpus", releases.READING)
def test_an_empty_folder_is_no_release(tmp_path: Path, corpus: str) -> None:
    with pytest.raises(UserError, match=str(tmp_path)):
        read(corpus, tmp_path)
