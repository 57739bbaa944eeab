"use strict";
// Tables are sorted, marks of figures tell their values; without this script all can still be read.

function valueOf(cell) {
  const text = cell.textContent.replace(/\u2212/g, "-").replace(/[,\u00b1+()[\]{}]/g, " ")
    .replace(/(\d) (?=\d{3})/g, "$1");
  const number = /-?\d+(\.\d+)?/.exec(text);
  return number ? Number(number[0]) : null;
}

function compared(one, other) {
  const [a, b] = [valueOf(one), valueOf(other)];
  const words = one.classList.contains("words") || one.tagName === "TH";
  if (!words && a !== null && b !== null) return a - b;
  if (!words && (a === null) !== (b === null)) return a === null ? 1 : -1;
  return one.textContent.localeCompare(other.textContent, "en", { numeric: true });
}

function cellAt(row, column) {
  let at = 0;
  for (const cell of row.cells) {
    at += cell.colSpan;
    if (column < at) return cell;
  }
  return row.cells[row.cells.length - 1];
}

// Rows that go on under the label of the row above get it written out: they may part.
function labelled(rows) {
  let label = "";
  rows.forEach((row, place) => {
    if (!row.dataset.place) row.dataset.place = place;
    const head = row.querySelector("th[scope=row]");
    if (head && head.textContent.trim()) label = head.textContent;
    else if (head) head.textContent = label;
  });
}

// Rising, falling, then as it was.
function sortBy(table, heads, head, column) {
  const next = { none: "ascending", ascending: "descending", descending: "none" };
  const order = next[head.getAttribute("aria-sort")];
  for (const other of heads) other.setAttribute("aria-sort", "none");
  head.setAttribute("aria-sort", order);
  for (const body of table.tBodies) {
    const rows = [...body.rows].filter((row) => !row.classList.contains("panel"));
    labelled(rows);
    rows.sort((one, other) => {
      const before = one.dataset.place - other.dataset.place;
      if (order === "none") return before;
      const found = compared(cellAt(one, column), cellAt(other, column));
      return (order === "ascending" ? found : -found) || before;
    });
    body.append(...rows);
  }
}

function sortable(table) {
  const last = table.tHead && table.tHead.rows[table.tHead.rows.length - 1];
  if (!last) return;
  const above = table.tHead.rows[table.tHead.rows.length - 2];
  const heads = [...last.cells];
  let column = 0;
  heads.forEach((head) => {
    const here = column;
    column += head.colSpan;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    const over = above ? cellAt(above, here).textContent : "";
    const name = [over, button.textContent].filter(Boolean).join(", ") || "rows";
    button.setAttribute("aria-label", `Sort by ${name}`);
    head.setAttribute("aria-sort", "none");
    button.addEventListener("click", () => sortBy(table, heads, head, here));
    head.append(button);
  });
}

function telling(svg, tip) {
  for (const title of svg.querySelectorAll("title")) {
    if (title.parentNode === svg) continue;
    title.parentNode.dataset.told = title.textContent;
    title.remove();
  }
  svg.addEventListener("pointermove", (event) => {
    const mark = event.target.closest("[data-told]");
    tip.hidden = !mark;
    if (!mark) return;
    tip.textContent = mark.dataset.told;
    const right = document.documentElement.clientWidth - tip.offsetWidth - 8;
    tip.style.left = `${Math.max(4, Math.min(event.pageX + 12, right + window.scrollX))}px`;
    tip.style.top = `${event.pageY + 14}px`;
  });
  svg.addEventListener("pointerleave", () => { tip.hidden = true; });
}

document.querySelectorAll("table").forEach(sortable);
const tip = document.createElement("div");
tip.className = "tip";
tip.hidden = true;
tip.setAttribute("aria-hidden", "true");
document.body.append(tip);
document.querySelectorAll(".plate svg").forEach((svg) => telling(svg, tip));
const unfolded = [];
window.addEventListener("beforeprint", () => {
  for (const one of document.querySelectorAll("details:not([open])")) {
    one.open = true;
    unfolded.push(one);
  }
});
window.addEventListener("afterprint", () => {
  for (const one of unfolded.splice(0)) one.open = false;
});
