// Formulas inside of what is closed are typeset when it is opened: a page of many statements shows at once.
(() => {
  const typeset = (box) => {
    const formulas = [...box.querySelectorAll(".math-later")];
    if (!formulas.length) {
      return Promise.resolve();
    }
    for (const formula of formulas) {
      formula.classList.replace("math-later", "math");
      formula.classList.add("nohighlight");
    }
    const ready = window.MathJax?.startup?.promise ?? Promise.resolve();
    return ready.then(() => window.MathJax?.typesetPromise?.(formulas));
  };

  document.addEventListener(
    "toggle",
    (event) => {
      if (event.target.open) {
        typeset(event.target);
      }
    },
    true,
  );

  // Print shows everything.
  window.addEventListener("beforeprint", () => {
    for (const box of document.querySelectorAll(".bd-article details:not(.hide)")) {
      box.open = true;
    }
    typeset(document);
  });

  // An address that names a statement opens it.
  const openTarget = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const box = target?.closest("details");
    if (box) {
      box.open = true;
      box.scrollIntoView();
    }
  };
  window.addEventListener("hashchange", openTarget);
  window.addEventListener("load", openTarget);

  window.laterFormulas = { typeset };
})();
