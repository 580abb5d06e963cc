// Displayed formulas that are wider than the text shrink, to 70 % at most; beyond that they scroll, by
// keys too. No other formula is a tab stop.
(() => {
  const smallest = 0.7;

  const fit = () => {
    for (const box of document.querySelectorAll('mjx-container[display="true"]')) {
      box.dataset.size ??= box.style.fontSize || "100%";
      box.style.fontSize = box.dataset.size;
      const ratio = box.clientWidth / box.scrollWidth;
      if (ratio < 0.999) {
        const scale = Math.max(smallest, 0.99 * ratio);
        box.style.fontSize = `${parseFloat(box.dataset.size) * scale}%`;
      }
      box.tabIndex = box.scrollWidth > box.clientWidth + 1 ? 0 : -1;
    }
  };

  const start = () => {
    const ready = window.MathJax?.startup?.promise;
    if (!ready) {
      window.setTimeout(start, 100);
      return;
    }
    ready.then(fit);
    window.addEventListener("resize", () => window.requestAnimationFrame(fit));
  };

  window.addEventListener("load", () => {
    if (document.querySelector(".math")) {
      start();
    }
  });
})();
