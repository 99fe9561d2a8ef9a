// Sorts tables, shows the parts of one pair, opens parts, and says what the mark with the focus tells.
document.documentElement.classList.add("script");

const value = (row, column) => {
  const cell = row.cells[column];
  const text = (cell.dataset.value ?? cell.textContent).trim().replaceAll("\u2212", "-").replace(/^[<+] ?/, "");
  const clock = text.match(/^(?:(\d+):)?(\d+):(\d\d)$/);
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

const pair = document.getElementById("pair");
const choose = () => {
  for (const part of document.querySelectorAll(".of-pair")) part.hidden = part.dataset.pair !== pair.value;
  for (const each of document.querySelectorAll("[data-of]")) {
    each.classList.toggle("chosen", each.dataset.of === pair.value);
  }
};
pair.addEventListener("change", choose);
choose();

const parts = [...document.querySelectorAll("details")];
const all = document.getElementById("all");
all.addEventListener("click", () => {
  const open = parts.some((part) => !part.open);
  for (const part of parts) part.open = open;
  all.textContent = open ? "Close all parts" : "Open all parts";
});

const follow = () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target === null) return;
  for (let part = target.querySelector("details") ?? target; part; part = part.parentElement) {
    if (part.tagName === "DETAILS") part.open = true;
  }
  target.scrollIntoView();
};
addEventListener("hashchange", follow);
follow();

const hint = document.getElementById("hint");
document.addEventListener("focusin", (event) => {
  const told = event.target.matches(".mark") ? event.target.getAttribute("aria-label") : event.target.title;
  hint.hidden = !told;
  if (!told) return;
  hint.textContent = told;
  const place = event.target.getBoundingClientRect();
  hint.style.left = `${Math.max(8, Math.min(place.left, innerWidth - hint.offsetWidth - 8))}px`;
  hint.style.top = `${place.bottom + hint.offsetHeight + 14 > innerHeight ? place.top - hint.offsetHeight - 8 : place.bottom + 8}px`;
});
document.addEventListener("focusout", () => { hint.hidden = true; });
document.addEventListener("keydown", (event) => { if (event.key === "Escape") hint.hidden = true; });
