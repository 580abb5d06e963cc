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

  // The type is there before the first formula is set: lines would move when it came later.
  const TYPE = {
    MJXZERO: "Zero", MJXTEX: "Main-Regular", "MJXTEX-I": "Math-Italic", "MJXTEX-B": "Main-Bold",
    "MJXTEX-S1": "Size1-Regular", "MJXTEX-S2": "Size2-Regular", "MJXTEX-A": "AMS-Regular",
    "MJXTEX-C": "Calligraphic-Regular",
  };
  const program = document.querySelector('script[src*="mathjax/tex-chtml"]');
  if (program && window.MathJax) {
    const folder = new URL("output/chtml/fonts/woff-v2/", program.src);
    const faces = Object.entries(TYPE).map(
      ([family, name]) => new FontFace(family, `url(${folder}MathJax_${name}.woff)`),
    );
    faces.forEach((face) => document.fonts.add(face));
    const there = Promise.allSettled(faces.map((face) => face.load()));
    window.MathJax.startup = {
      ...window.MathJax.startup,
      pageReady: () => there.then(() => window.MathJax.startup.defaultPageReady()),
    };
  }

  // Without MathJax the sources of formulas are shown.
  window.addEventListener("load", () => {
    document.documentElement.classList.toggle("no-formulas", !window.MathJax?.startup?.promise);
  });

  window.laterFormulas = { typeset };
})();
