"""What holds the sections together: title, contents, look, and the script that sorts tables."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from amanda.reporting.page.parts import Section, render
from amanda.reporting.table1.html import STYLE as TABLE_STYLE
from extractors.shared.html import document

STYLE = (
    TABLE_STYLE
    + """
:root { --c0: light-dark(#b34700, #ff9e57); --c1: light-dark(#0072b2, #56b4e9); --c2: light-dark(#00704f, #35d0a0);
  --c3: light-dark(#8a2f8a, #e08fe0); --c4: light-dark(#6b5500, #e6c84f); --c5: light-dark(#555, #bbb); }
body { max-width: 86rem; } p, dd { max-width: 66rem; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 1rem; background: Canvas; padding: .5rem 1rem; }
a { color: light-dark(#0b57d0, #9ecaff); }
:focus-visible { outline: 3px solid var(--c1); outline-offset: 2px; }
header p.about { margin: .3rem 0; }
header .warning { font-weight: 600; }
nav { border: 1px solid var(--line); border-radius: .4rem; padding: .4rem 1.2rem; margin: 1.5rem 0; }
nav ol { columns: 15rem; margin: .4rem 0; padding-left: 1.2rem; }
h2 { border-top: 2px solid var(--line); padding-top: 1.2rem; } h3 { margin: 2rem 0 .6rem; }
caption { font-weight: 600; max-width: 88vw; } figcaption { max-width: 60rem; }
figure { margin: 1rem 0; }
th[scope=row] { font-weight: normal; min-width: 5rem; }
.sortable th, .sortable td, .numbers th[scope=row], .numbers td { white-space: nowrap; }
.source, .key { font-size: .82rem; color: light-dark(#555, #b5b5b5); }
th button { all: unset; cursor: pointer; font-weight: bold; }
th button:focus-visible { outline: 3px solid var(--c1); }
th button::after { content: "\\2195"; opacity: .45; padding-left: .25em; }
th[aria-sort=ascending] button::after { content: "\\2191"; opacity: 1; }
th[aria-sort=descending] button::after { content: "\\2193"; opacity: 1; }
details { border: 1px solid var(--line); border-radius: .4rem; margin: .5rem 0; padding: 0 1rem; }
details[open] { padding-bottom: .8rem; }
summary { cursor: pointer; padding: .45rem 0; font-weight: 600; }
div.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(15.5rem, 1fr)); gap: 1.2rem 1.6rem;
  margin-top: 1rem; }
.grid figure { margin: 0; }
.confusion { font-size: .85rem; align-self: start; } .confusion caption { padding-bottom: .1rem; }
.confusion td, .confusion th { padding: .15rem .3rem; text-align: right; border: 0; font-weight: normal; }
.confusion th[scope=row] { text-align: left; }
.confusion td { background: color-mix(in srgb, var(--c1) var(--s, 0%), transparent); }
.confusion .n, .confusion th { color: light-dark(#555, #b5b5b5); background: none; }
svg { display: block; width: 100%; height: auto; } svg text { font: 11px system-ui, sans-serif; fill: currentColor; }
svg path, svg polyline { fill: none; stroke: currentColor; }
.chart { max-width: 24rem; } .chart figcaption { font-size: .85rem; }
svg .grid { stroke: var(--line); } svg .band { stroke: none; opacity: .16; }
svg polyline, .legend path { stroke-width: 1.8; }
.ranks { min-width: 36rem; max-width: 46rem; } .ranks .bar { stroke-width: 4; } .ranks .heavy { stroke-width: 2; }
.bars { max-width: 46rem; min-width: 32rem; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; list-style: none; padding: 0; margin: .4rem 0;
  font-size: .9rem; }
.legend li { display: flex; align-items: center; gap: .4rem; } .legend svg { width: 1.8rem; }
svg .look0 { stroke: var(--c0); } svg .look1 { stroke: var(--c1); stroke-dasharray: 7 3; }
svg .look2 { stroke: var(--c2); stroke-dasharray: 2 2; } svg .look3 { stroke: var(--c3); stroke-dasharray: 8 2 2 2; }
svg .look4 { stroke: var(--c4); stroke-dasharray: 4 2; } svg .look5 { stroke: var(--c5); stroke-dasharray: 1 3; }
polygon.look0 { fill: var(--c0); } polygon.look1 { fill: var(--c1); } polygon.look2 { fill: var(--c2); }
polygon.look3 { fill: var(--c3); } polygon.look4 { fill: var(--c4); } polygon.look5 { fill: var(--c5); }
.fill0 { fill: light-dark(#9ecae1, #2b5b7a); } .fill1 { fill: light-dark(#ffd37a, #7a5a10); }
.fill2 { fill: light-dark(#b7a6dd, #54407d); } .fill3 { fill: light-dark(#f4a582, #8a3b1c); }
.drawn img { display: block; background: #fff; max-width: 100%; min-width: 34rem; height: auto; }
pre { overflow-x: auto; font-size: .85rem; }
code { overflow-wrap: anywhere; background: light-dark(#f0f0f0, #2b2b2b); padding: .05rem .3rem; border-radius: .2rem; }
.tools button { font: inherit; padding: .2rem .8rem; }
html:not(.script) .scripted { display: none; }
@media (max-width: 40rem) {
  body { margin-top: 1rem; } dl { grid-template-columns: 1fr; gap: .1rem; } dd { margin-bottom: .6rem; }
  nav ol { columns: 1; } details { padding: 0 .6rem; }
  .bars { min-width: 0; } .bars text { font-size: 17px; }
}
@page { margin: 12mm; }
@media print {
  :root { color-scheme: light; } body { max-width: none; margin: 0; font-size: 9.5pt; }
  nav, .skip, .scripted { display: none; } .scroll { overflow: visible; }
  .sortable th, .sortable td, .numbers th[scope=row], .numbers td { white-space: normal; }
  th[scope=row], .table1 .what { min-width: 0; } table { font-size: 7.5pt; }
  .table1 td { padding-right: .35rem; } .table1 .paper, .table1 .oracle { font-size: 5.8pt; }
  tr, figure, .confusion { break-inside: avoid; } h2, h3, summary, caption { break-after: avoid; }
  .drawn img, .bars, .ranks { min-width: 0; }
  .table1 th[scope=row] { position: static; } th button::after { content: none; }
  th, td { padding-right: .4rem; } a { color: inherit; }
}
"""
)

SCRIPT = """
document.documentElement.classList.add("script");
const value = (row, column) => {
  const cell = row.cells[column];
  const text = (cell.dataset.value ?? cell.textContent).trim().replaceAll("\\u2212", "-").replace(/^[<+] ?/, "");
  const clock = text.match(/^(?:(\\d+):)?(\\d+):(\\d\\d)$/);
  const number = clock ? 3600 * (clock[1] ?? 0) + 60 * clock[2] + +clock[3] : parseFloat(text);
  return { text, number };
};
const sort = (table, heading, column) => {
  const down = heading.ariaSort === "ascending";
  for (const other of heading.parentNode.cells) other.removeAttribute("aria-sort");
  heading.ariaSort = down ? "descending" : "ascending";
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => ({ row, ...value(row, column) }));
  const numeric = rows.some((one) => !isNaN(one.number)) && column >= body.rows[0].querySelectorAll("th").length;
  rows.sort((a, b) => {
    if (!numeric) return (down ? -1 : 1) * a.text.localeCompare(b.text);
    if (isNaN(a.number) || isNaN(b.number)) return isNaN(a.number) - isNaN(b.number);
    return (down ? -1 : 1) * (a.number - b.number);
  });
  body.append(...rows.map((one) => one.row));
};
for (const table of document.querySelectorAll("table.table1, table.sortable")) {
  [...table.tHead.rows[0].cells].forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    button.addEventListener("click", () => sort(table, heading, column));
    heading.append(button);
  });
}
const parts = [...document.querySelectorAll("details")];
const all = document.getElementById("all");
all.addEventListener("click", () => {
  const open = parts.some((part) => !part.open);
  for (const part of parts) part.open = open;
  all.textContent = open ? "Close all parts" : "Open all parts";
});
"""


def page(title: str, about: Sequence[str], warnings: str, sections: Sequence[Section]) -> str:
    """The whole file.

    Args:
        title: as plain text.
        about: paragraphs below it, as plain text.
        warnings: HTML above everything else.
        sections: in order.
    """
    lead = "\n".join(f'<p class="about">{escape(text)}</p>' for text in about)
    contents = "".join(f'<li><a href="#{section.name}">{escape(section.title)}</a></li>' for section in sections)
    body = (
        '<a class="skip" href="#content">Skip to the content</a>\n'
        f"<header>\n<h1>{escape(title)}</h1>\n{warnings}\n{lead}\n</header>\n"
        f'<nav aria-label="Contents">\n<ol>{contents}</ol>\n</nav>\n'
        '<p class="tools scripted"><button type="button" id="all">Open all parts</button> '
        "A print shows the parts that are open.</p>\n"
        f'<main id="content" tabindex="-1">\n{chr(10).join(map(render, sections))}\n</main>\n<script>{SCRIPT}</script>'
    )
    return document(title, STYLE, body)
