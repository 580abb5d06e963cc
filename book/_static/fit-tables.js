// A table that is wider than the text becomes smaller, then a list: one block for each row, with the
// heading before each value. Without scripts it scrolls in its own box.
(() => {
  const selector = ".bd-article table:not(.verdict-table)";

  const label = (table) => {
    const headings = [...table.querySelectorAll("thead th")];
    for (const row of table.querySelectorAll("tbody tr")) {
      [...row.children].forEach((cell, column) => {
        if (!cell.textContent.trim() && !cell.querySelector("img, input")) {
          cell.classList.add("empty");
        }
        if (headings[column] && !cell.querySelector(":scope > .cell-heading")) {
          const heading = document.createElement("span");
          heading.className = "cell-heading";
          heading.setAttribute("aria-hidden", "true");
          heading.innerHTML = headings[column].innerHTML;
          // What is hidden from screen readers holds nothing that takes the focus.
          heading.querySelectorAll("a").forEach((link) => link.replaceWith(...link.childNodes));
          heading.querySelectorAll("[tabindex]").forEach((box) => box.removeAttribute("tabindex"));
          cell.prepend(heading);
        }
      });
    }
  };

  const tooWide = ({ table, box }) =>
    box.scrollWidth > box.clientWidth + 1 || table.scrollWidth > table.clientWidth + 1;

  // Each step is taken by all tables at once: the browser lays out the page once for each step.
  const fit = () => {
    const shown = [...document.querySelectorAll(selector)]
      .map((table) => ({
        table,
        box: table.closest(".pst-scrollable-table-container") ?? table.parentElement,
      }))
      .filter(({ box }) => box.clientWidth);
    for (const { table } of shown) {
      table.classList.remove("compact", "stacked");
    }
    const wide = shown.filter(tooWide);
    for (const { table } of wide) {
      table.classList.add("compact");
    }
    for (const { table } of wide.filter(tooWide)) {
      if (table.querySelector("thead")) {
        label(table);
        table.classList.add("stacked");
      }
    }
  };

  window.addEventListener("load", () => {
    const ready = document.querySelector(".math") ? window.MathJax?.startup?.promise : undefined;
    Promise.resolve(ready)
      .then(() => document.fonts.ready)
      .then(fit);
    // Side bars slide: the width of the text changes after that of the window.
    let width = 0;
    new ResizeObserver(([entry]) => {
      if (entry.contentRect.width !== width) {
        width = entry.contentRect.width;
        window.requestAnimationFrame(fit);
      }
    }).observe(document.querySelector(".bd-article") ?? document.body);
    document.addEventListener("toggle", () => window.requestAnimationFrame(fit), true);
  });
})();
