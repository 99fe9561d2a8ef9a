"""Which corpora and backbones are synthetic, in words for tables and warnings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from amanda.shared.paper import CORPORA
from extractors.shared.settings import Settings, key

SYNTHETIC = "synthetic"
"""The value of ``releases`` for which the paper's corpora are generated twins and all backbones tiny and random."""


class Data(Settings):
    """The data of a table, a figure or a page."""

    releases: Literal["synthetic", "licensed"] = key("the kind of releases")
    twins: tuple[str, ...] = key("the corpora that are generated")


def corpora_of(pairs: Iterable[str]) -> list[str]:
    """The corpora of some pairs, in alphabetical order."""
    return sorted({corpus for pair in pairs for corpus in pair.split("-")})


def data_of(corpora: Sequence[str], settings: Data) -> str:
    """Which data the numbers of some corpora come from, for the column ``data``.

    Args:
        corpora: a source and a target, or all that a mean is over.
        settings: which corpora are generated.
    """
    twins, real = _apart(corpora, settings)
    if settings.releases != SYNTHETIC:
        return "licensed releases" if set(corpora) <= set(CORPORA) else "real clips"
    if not real:
        return "SYNTHETIC twins and backbones"
    if not twins:
        return "real clips, SYNTHETIC backbones"
    generated = f"SYNTHETIC {'twins' if twins[1:] else 'twin'} {_together(twins)}"
    return f"{generated}, real clips of {_together(real)}, SYNTHETIC backbones"


def warning(corpora: Sequence[str], settings: Data, clips: Mapping[str, int]) -> str:
    """The warning above a table or a figure whose numbers come from synthetic data; empty if all data are real.

    Args:
        corpora: the corpora of the table or figure.
        settings: as for :func:`data_of`.
        clips: number of clips of each corpus; empty if unknown.
    """
    twins, real = _apart(corpora, settings)
    if settings.releases != SYNTHETIC:
        return ""
    if not real:
        return (
            f"SYNTHETIC DATA: these numbers come from small generated twins of the releases{_sizes(twins, clips)} and"
            " from tiny backbones with random weights. They show that the pipeline runs; they say nothing about the"
            " real corpora or the method."
        )
    are = "are" if twins[1:] else "is"
    generated = f" {_together(twins)} {are} generated{_sizes(twins, clips)}." if twins else ""
    return (
        f"SYNTHETIC DATA: all features come from tiny backbones with random weights.{generated} The clips of"
        f" {_together(real)} are real{_sizes(real, clips)}. The numbers show that the pipeline runs; they say nothing"
        " about any corpus or the method."
    )


def _apart(corpora: Sequence[str], settings: Data) -> tuple[list[str], list[str]]:
    """The generated corpora and the real ones."""
    twins = [corpus for corpus in corpora if corpus in settings.twins]
    return twins, [corpus for corpus in corpora if corpus not in twins]


def _together(names: Sequence[str]) -> str:
    return ", ".join(names[:-1]) + (" and " if names[1:] else "") + names[-1]


def _sizes(corpora: Sequence[str], clips: Mapping[str, int]) -> str:
    found = sorted({clips[corpus] for corpus in corpora if corpus in clips})
    if not found:
        return ""
    return f" ({found[0]} clips)" if len(found) == 1 else f" ({found[0]} to {found[-1]} clips)"
