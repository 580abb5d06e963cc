// Formulas that are wider than the text shrink, to 70 % at most; beyond that they scroll, by keys too.
// Those in a line can be so only on a phone, where each is a box of its own. No other formula is a tab
// stop.
(() => {
  const smallest = 0.7;

  // The copy of a formula for screen readers may reach out of its box: what is drawn counts.
  const widthOf = formula => formula.querySelector("mjx-math")?.getBoundingClientRect().width ?? 0;

  const boxes = () => [
    ...[...document.querySelectorAll('mjx-container[display="true"]')].map(formula => ({ box: formula, formula })),
    ...[...document.querySelectorAll("span.math > mjx-container")].map(
      formula => ({ box: formula.parentElement, formula })),
  ];

  const reaching = entries => entries.filter(
    ({ box, formula }) => box.clientWidth && widthOf(formula) > box.clientWidth + 1);

  // Sizes are written for all and then read of all: the browser lays out the page three times, and not
  // three times for each formula.
  const fit = () => {
    const all = boxes();
    for (const { formula } of all) {
      formula.dataset.size ??= formula.style.fontSize || "100%";
      formula.style.fontSize = formula.dataset.size;
    }
    const scales = reaching(all).map(({ box, formula }) => [
      formula, Math.max(smallest, (0.99 * box.clientWidth) / widthOf(formula))]);
    for (const [formula, scale] of scales) {
      formula.style.fontSize = `${parseFloat(formula.dataset.size) * scale}%`;
    }
    const wide = new Set(reaching(all).map(({ box }) => box));
    for (const { box, formula } of all) {
      box.classList.toggle("wide", wide.has(box));
      if (wide.has(box)) {
        box.tabIndex = 0;
      } else if (box === formula) {
        box.tabIndex = -1;
      } else {
        box.removeAttribute("tabindex");
      }
    }
  };

  // What is cut fades out, up to the end of the formula.
  const scrolled = ({ target }) => {
    if (target instanceof Element && target.matches(".wide, mjx-container")) {
      const left = target.scrollWidth - target.clientWidth - target.scrollLeft;
      target.classList.toggle("at-end", left < 2);
    }
  };

  const start = () => {
    const ready = window.MathJax?.startup?.promise;
    if (!ready) {
      window.setTimeout(start, 100);
      return;
    }
    ready.then(fit);
    document.addEventListener("scroll", scrolled, { capture: true, passive: true });
    window.addEventListener("resize", () => window.requestAnimationFrame(fit));
  };

  window.addEventListener("load", () => {
    if (document.querySelector(".math")) {
      start();
    }
  });
})();
