"""The gallery of faces as HTML: counts, then clip by clip a strip of frames with boxes, and lines for face_choices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from extractors.pages.faces_of_clip import Picture, View
from extractors.shared.clip import NOBODY
from extractors.shared.html import html_page, html_table

STYLE = """
h3 { margin: 0 0 .2rem; overflow-wrap: anywhere; }
article { border-top: 1px solid var(--line); padding: 1.2rem 0; }
article p { margin: .2rem 0 .6rem; overflow-wrap: anywhere; }
.strip { display: flex; flex-wrap: wrap; gap: 4px; }
.strip svg { height: 7.5rem; max-width: 100%; display: block; }
.strip rect { fill: none; vector-effect: non-scaling-stroke; stroke: #fff; stroke-width: 2; }
.strip rect.under { stroke: #000; stroke-width: 5; }
.strip rect.chosen { stroke: #3ee08f; stroke-width: 3; }
.strip rect.runner-up { stroke: #ffa14d; stroke-width: 3; stroke-dasharray: 7 5; }
.strip rect.other { stroke-dasharray: 2 4; }
.strip text { fill: #fff; stroke: #000; stroke-width: .2em; paint-order: stroke; font-weight: bold; }
ul.tracks { list-style: none; padding: 0; margin: .6rem 0 0; }
ul.tracks li { display: flex; flex-wrap: wrap; align-items: center; gap: .2rem .8rem; padding: .15rem 0; }
.key { flex: none; box-sizing: border-box; width: 1.6rem; height: 1.1rem; border: 3px solid var(--mark); }
.key.runner-up { border: 3px dashed var(--warn); } .key.other { border: 2px dotted; }
.key.nobody { border-color: transparent; }
.told { min-width: 19rem; }
code { user-select: all; overflow-wrap: anywhere; background: light-dark(#f0f0f0, #2b2b2b); padding: .1rem .4rem; }
button { font: inherit; padding: .2rem .8rem; }
@media (max-width: 40rem) {
  .strip svg { width: calc(50% - 2px); height: auto; }
  .told { min-width: 0; } .key.nobody { display: none; }
}
"""

SCRIPT = """
for (const code of document.querySelectorAll("li code")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.setAttribute("aria-label", "Copy " + code.textContent);
  button.addEventListener("click", async () => {
    getSelection().selectAllChildren(code);
    try { await navigator.clipboard.writeText(code.textContent); } catch { document.execCommand("copy"); }
    document.getElementById("said").textContent = "Copied " + code.textContent;
    button.textContent = "Copied";
  });
  code.after(button);
}
"""

HEADINGS = {
    "ambiguous": ("The closest choices", "highest rivalry first"),
    "fewest": ("The fewest faces", "the smallest share of frames with the speaker's face first"),
    "ordinary": ("Ordinary clips", "some of the others, from all over the corpus"),
    "decided": ("Decided by face_choices", "clips of which the table has a word, from all over it"),
}
"""Kind of clips -> the heading of their section, and which clips these are."""

EXTENTS = {"all": "in all frames", "some": "in some frames", "none": "in no frame"}
ROLES = {"chosen": "chosen", "runner-up": "runner-up", "other": "another face"}


def gallery_page(
    corpus: str,
    sentence: str,
    counts: Mapping[str, Sequence[int]],
    groups: Mapping[str, Sequence[View]],
    release: Path,
    settings: Mapping[str, Any],
) -> str:
    """The page of a corpus.

    Args:
        corpus: its name.
        sentence: what is found, in words.
        counts: see :func:`extractors.show_faces.count_clips`.
        groups: kind of clips, as in ``HEADINGS`` -> those to show.
        release: the folder that the pictures come from.
        settings: ``close_rivalry``, and the most clips of each kind.
    """
    sections = [
        f'<p class="closing">{escape(sentence)}</p>',
        _counts(counts, settings["close_rivalry"]),
        _help(corpus),
        *(_section(kind, views, settings[kind]) for kind, views in groups.items()),
        f'<p id="said" role="status"></p>\n<script>{SCRIPT}</script>',
    ]
    return html_page(f"Whose face: {corpus}", STYLE, sections, release)


def _counts(counts: Mapping[str, Sequence[int]], close: float) -> str:
    caption = (
        "Clips with features. Rivalry is the rank of the runner-up over that of the chosen face, as the corpus's policy"
        f" ranks them: 0 without any other face, 1 for a draw. From {close:g} on it is called close."
    )
    rows = [(EXTENTS[extent], *numbers) for extent, numbers in counts.items()]
    return html_table(caption, ["the speaker's face is", "clips", "with a rival", "with a close one"], rows)


def _help(corpus: str) -> str:
    marks = "".join(f'<li><span class="key {role}"></span> {told}</li>' for role, told in ROLES.items())
    return (
        f'<h2>How to read this, and how to correct it</h2>\n<ul class="tracks">{marks}</ul>\n'
        "<p>The number in a frame is that of the track: one face, followed through the clip. If the speaker has another"
        " face than the chosen one, copy the line of that track, or of nobody, into a CSV file whose first line is"
        f" <code>clip_id,x,y</code>, name the file in <code>corpora.{escape(corpus)}.reading.face_choices</code> of the"
        f" config, and make <code>results/faces/{escape(corpus)}.html</code> again: only the clips with a new line are"
        " extracted again. The line of the track that is chosen already confirms it, and the clip leaves the lists of"
        " doubtful ones.</p>"
    )


def _section(kind: str, views: Sequence[View], most: int) -> str:
    heading, told = HEADINGS[kind]
    begin = f"<section>\n<h2>{heading}</h2>\n<p>At most {most} clips: {escape(told)}.</p>"
    return "\n".join([begin, *(map(_clip, views) if views else ["<p>There is none.</p>"]), "</section>"])


def _clip(view: View) -> str:
    name = escape(view.clip["clip_id"])
    strip = _strip(view) if view.pictures else f"<p><strong>No pictures: {escape(view.problem)}.</strong></p>"
    return (
        f"<article>\n<h3>{name}</h3>\n<p>{escape('; '.join(_facts(view)))}.</p>\n{strip}\n{_tracks(view)}\n</article>"
    )


def _facts(view: View) -> Iterator[str]:
    clip = view.clip
    if clip["length"]:
        share = clip["faces"] / clip["length"]
        yield f"The speaker's face in {clip['faces']} of {clip['length']} frames ({share:.0%})"
        yield f"rivalry {clip['rivalry']:.2f}"
    else:
        yield f"No features: {clip['reason']}"
    yield "1 track" if view.total == 1 else f"{view.total} tracks"
    if len(view.tracks) < view.total:
        yield f"those of highest rank shown: {len(view.tracks)}"
    if not clip["face"]:
        yield "the choice is the policy's"
    else:
        place = "the speaker is not to be seen" if clip["face"] == NOBODY else f"the face nearest to {clip['face']}"
        yield f"face_choices says: {place}"


def _strip(view: View) -> str:
    """Frames as drawings, since a box stays sharp whatever the size, and its marks are no part of the picture."""
    told = f"{len(view.pictures)} frames of {view.clip['clip_id']} in order of time, with a box around each face"
    frames = "\n".join(_frame(view, number, picture) for number, picture in view.pictures.items())
    return f'<div class="strip" role="img" aria-label="{escape(told)}">\n{frames}\n</div>'


def _frame(view: View, number: int, picture: Picture) -> str:
    width, height = picture.width, picture.height
    boxes = "".join(
        _box(track.boxes[track.frames.index(number)], name, view.roles[name], height)
        for name, track in view.tracks.items()
        if number in track.frames
    )
    return (
        f'<svg viewBox="0 0 {width} {height}"><image href="{picture.uri}" width="{width}" height="{height}"'
        f' preserveAspectRatio="none"/>{boxes}</svg>'
    )


def _box(box: np.ndarray, name: int, role: str, height: int) -> str:
    left, top, right, bottom = box[:4]
    place = f'x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" height="{bottom - top:.1f}"'
    size = 0.14 * height
    baseline = top - 0.25 * size if top > 1.1 * size else top + size  # above the box, or in it at the upper border
    return (
        f'<rect class="under" {place}/><rect class="{role}" {place}/>'
        f'<text x="{max(left, 0):.1f}" y="{baseline:.1f}" font-size="{size:.1f}">{name}</text>'
    )


def _tracks(view: View) -> str:
    rows = [
        (view.roles[name], f"track {name}: {ROLES[view.roles[name]]}, in {view.seen[name]} frames", line)
        for name, line in view.lines.items()
    ]
    items = "\n".join(
        f'<li><span class="key {role}"></span><span class="told">{told}</span><code>{escape(line)}</code></li>'
        for role, told, line in [*rows, ("nobody", "nobody: the speaker is not to be seen", view.nobody)]
    )
    return f'<ul class="tracks">\n{items}\n</ul>'
