// Formulas that are wider than the text shrink, to 70 % at most; beyond that they scroll, by keys too.
// Those in a line can be so only on a phone, where each is a box of its own. No other formula is a tab
// stop.
(() => {
  const smallest = 0.7;

  // The copy of a formula for screen readers may reach out of its box: what is drawn counts.
  const widthOf = formula => formula.querySelector("mjx-math")?.getBoundingClientRect().width ?? 0;

  const shrink = (box, formula) => {
    formula.dataset.size ??= formula.style.fontSize || "100%";
    formula.style.fontSize = formula.dataset.size;
    const room = box.clientWidth;
    if (room && widthOf(formula) > room + 1) {
      const scale = Math.max(smallest, (0.99 * room) / widthOf(formula));
      formula.style.fontSize = `${parseFloat(formula.dataset.size) * scale}%`;
    }
    return room > 0 && widthOf(formula) > room + 1;
  };

  const fit = () => {
    for (const box of document.querySelectorAll('mjx-container[display="true"]')) {
      const wide = shrink(box, box);
      box.tabIndex = wide ? 0 : -1;
      box.classList.toggle("wide", wide);
    }
    for (const box of document.querySelectorAll("span.math")) {
      const formula = box.querySelector("mjx-container");
      const wide = Boolean(formula) && shrink(box, formula);
      box.classList.toggle("wide", wide);
      if (wide) {
        box.tabIndex = 0;
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
