"""The page in a real browser, where there is one: what a reader clicks works, no error, no request, a phone's width."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from helpers.page_document import Document, with_files, write
from helpers.page_inputs import Plan, write_results

WATCH = """<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<script>
const wrong = [];
addEventListener("error", (event) => wrong.push(String(event.message ?? event.target.outerHTML)), true);
addEventListener("unhandledrejection", (event) => wrong.push(String(event.reason)));
addEventListener("securitypolicyviolation", (event) => wrong.push("request of " + event.blockedURI));
console.error = (...words) => wrong.push(words.join(" "));
</script>"""
"""Put at the beginning of a copy: what would be fetched is refused and noted, as every error is."""

TRY = """<script>
addEventListener("load", () => {
  const table = document.querySelector("table.table1");
  const column = () => [...table.tBodies[0].rows].map((row) => +row.cells[1].dataset.value);
  const click = () => {
    const heading = table.tHead.rows[0].cells[1];
    heading.querySelector("button").click();
    return { order: heading.ariaSort, values: column() };
  };
  const width = () => document.documentElement.scrollWidth;
  const seen = (name) => [...document.querySelectorAll(name)].filter((each) => each.checkVisibility());
  const shown = () => [...new Set(seen(".of-pair").map((each) => each.dataset.pair))];
  const told = { asked: innerWidth, closed: width(), before: column(), once: click(), twice: click() };
  told.unasked = seen(".oracle, .spread, .class, .minor").length;
  document.getElementById("show-oracle").click();
  told.oracles = seen(".oracle").length;
  seen(".mark[tabindex]")[0].focus();
  told.hint = document.getElementById("hint").textContent;
  document.querySelector("nav a[href='#settings']").click();
  follow();
  told.followed = document.querySelector("#settings details").open;
  document.getElementById("all").click();
  told.parts = [...document.querySelectorAll("details")].every((part) => part.open);
  told.open = width();
  const pair = document.getElementById("pair");
  told.first = shown();
  pair.value = pair.options[pair.options.length - 1].value;
  pair.dispatchEvent(new Event("change"));
  told.second = shown();
  told.outside = [...document.querySelectorAll("main *")].filter((each) =>
    each.getBoundingClientRect().right > innerWidth + 1 && !each.closest(".scroll")).map((each) => each.outerHTML);
  parent.postMessage(JSON.stringify({ ...told, wrong }), "*");
});
</script>"""
"""Put at the end of the copy: it does what a reader does and tells the page around it what came of that."""

PHONE = """<!doctype html><meta charset="utf-8">
<script>addEventListener("message", (event) => { document.getElementById("told").textContent = event.data; });</script>
<iframe src="copy.html" style="width: 390px; height: 800px; border: 0"></iframe><pre id="told"></pre>"""
"""No browser's window is as narrow as a phone; a frame is."""


def in_a_browser(browser: str, text: str, folder: Path) -> dict[str, Any]:
    """What :data:`TRY` tells of the page."""
    watched = text.replace("<head>", f"<head>{WATCH}", 1).replace("</body>", f"{TRY}</body>")
    (folder / "copy.html").write_text(watched)
    (folder / "phone.html").write_text(PHONE)
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    flags += [f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=5000", "--dump-dom"]
    command = [browser, *flags, (folder / "phone.html").resolve().as_uri()]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    told = re.search(r'<pre id="told">(.+?)</pre>', shown, re.DOTALL)
    assert told, shown[:500]
    return json.loads(unescape(told[1]))


@pytest.mark.slow
def test_a_reader_can_sort_open_and_read_it_on_a_phone(tmp_path: Path) -> None:
    flags = write_results(tmp_path, Plan())
    (tmp_path / "results/figure3.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="900" height="9"/>')
    (tmp_path / "results/figure3.md").write_text("Shares.\n")
    flags = with_files(flags, "--figures", "results/figure3.svg", "results/figure3.md")
    text = write(tmp_path, flags)
    page = Document(text)
    assert not re.search(r"https?://|@import|url\((?!#)|src=\"(?!data:)", text)
    assert page.all("meta")[1] == {"name": "viewport", "content": "width=device-width, initial-scale=1"}
    assert text.count('<div class="scroll"') >= len(
        [each for each in page.all("table") if each != {"class": "confusion"}]
    )
    table = pd.read_csv(tmp_path / "results/table1.csv").query("method != 'in_domain'")
    of_pair = table[(table["source"] == "iemocap") & (table["target"] == "meld")]["weighted_f1_mean"].round(4).tolist()
    if browser := shutil.which("chromium") or shutil.which("google-chrome"):
        told = in_a_browser(browser, text, tmp_path)
        assert told["wrong"] == []
        assert told["before"] == of_pair
        assert told["once"] == {"order": "ascending", "values": sorted(of_pair)}
        assert told["twice"] == {"order": "descending", "values": sorted(of_pair, reverse=True)}
        assert told["parts"]
        assert (told["first"], told["second"]) == (["iemocap-meld"], ["mosei-meld"])
        assert told["unasked"] == 0
        assert told["oracles"] == len(table)
        assert re.match(r"\w.+: \d+\.\d % weighted F1 on average over 2 pairs and n = 2 seeds", told["hint"])
        assert told["followed"]
        assert told["outside"] == []
        assert (told["asked"], max(told["closed"], told["open"]) <= 390) == (390, True)


@pytest.mark.slow
def test_the_browser_would_see_an_error_a_request_and_what_is_too_wide(tmp_path: Path) -> None:
    text = write(tmp_path, write_results(tmp_path, Plan(pairs=("iemocap-meld",), methods=("amanda_p1", "amanda_p2"))))
    spoilt = text.replace("</main>", '<p style="width: 900px">wide</p><img src="http://localhost/x.png"></main>')
    spoilt = spoilt.replace("</body>", "<script>nothing.there();</script></body>")
    assert spoilt.count("localhost") == 1
    if browser := shutil.which("chromium") or shutil.which("google-chrome"):
        told = in_a_browser(browser, spoilt, tmp_path)
        assert any("nothing is not defined" in each for each in told["wrong"])
        assert any("request of http://localhost/x.png" in each for each in told["wrong"])
        assert told["closed"] > 390
        assert any(each.startswith("<p style") for each in told["outside"])
