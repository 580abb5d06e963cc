// How results of a search are ordered: what is called like the query comes first, a chapter before a
// statement before a part of the library; pages of the library as such come last.
const plainWords = (text) => text.toLowerCase().replace(/[().,]/g, "").trim();
const searchedFor = plainWords(new URLSearchParams(window.location.search).get("q") ?? "");

var Scorer = {
  score: (result) => {
    const [page, title, anchor, , score] = result;
    const name = plainWords(title);
    if (title.includes("\\")) {
      result[1] = withoutTeX(title);
    }
    const inLibrary = page.startsWith("book/back/api");
    if (searchedFor && inLibrary && anchor && name.endsWith(searchedFor)) {
      return score + 30;
    }
    if (inLibrary) {
      return score - (anchor ? 4 : 20);
    }
    if (searchedFor && page === "book/back/ledger" && name.startsWith(searchedFor)) {
      return score + 20;
    }
    if (searchedFor && !anchor && name.includes(searchedFor)) {
      return score + 25;
    }
    return score;
  },
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};

// What a result shows of a page is words: no code, and formulas as plain text.
const SIGNS = {
  alpha: "α", beta: "β", gamma: "γ", Gamma: "Γ", delta: "δ", Delta: "Δ", epsilon: "ε", eta: "η", theta: "θ",
  Theta: "Θ", kappa: "κ", lambda: "λ", Lambda: "Λ", mu: "μ", nu: "ν", xi: "ξ", Xi: "Ξ", pi: "π", rho: "ρ",
  sigma: "σ", Sigma: "Σ", tau: "τ", phi: "φ", Phi: "Φ", psi: "ψ", omega: "ω", Omega: "Ω", ell: "ℓ",
  le: "≤", leq: "≤", ge: "≥", geq: "≥", ne: "≠", neq: "≠", approx: "≈", sim: "∼", in: "∈", to: "→",
  perp: "⊥", times: "×", cdot: "·", pm: "±", infty: "∞", sum: "∑", prod: "∏", int: "∫", nabla: "∇",
  partial: "∂", star: "*", top: "ᵀ", mid: "|", lVert: "|", rVert: "|", lvert: "|", rvert: "|",
  ldots: "…", dots: "…", cdots: "…", langle: "⟨", rangle: "⟩", lceil: "⌈", rceil: "⌉", prime: "′",
};
const GROUP = String.raw`\s*(?:\{([^{}]*)\}|([\p{L}\d]))`;
const FRACTION = new RegExp(String.raw`\\[dt]?frac${GROUP}${GROUP}`, "u");
const ROOT = new RegExp(String.raw`\\sqrt${GROUP}`, "u");
const grouped = (text) => (/^(?:[\p{L}\d.]*|[*ᵀ′])$/u.test(text.trim()) ? text.trim() : `(${text.trim()})`);

const withoutTeX = (formula) => {
  let text = formula
    .replace(/\\[()[\]]/g, " ")
    .replace(/\\(?:label|tag|begin|end)\{[^}]*\}/g, "")
    .replace(/\\(?:left|right|[bB]igg?[lrm]?|displaystyle|limits)(?![A-Za-z])/g, "")
    .replace(/\\(?:math[a-z]+|text[a-z]*|operatorname\*?|hat|bar|tilde|widehat)(?![A-Za-z])/g, "")
    .replace(/\\(?:[,;:! \\]|q?quad(?![A-Za-z]))|&|~/g, " ")
    .replace(/\\([{}|])/g, (_, sign) => ({ "{": "❴", "}": "❵" })[sign] ?? sign)
    .replace(/\\(?:var)?([A-Za-z]+)/g, (found, name) =>
      /^[dt]?frac$|^sqrt$/.test(name) ? found : (SIGNS[name] ?? ` ${name} `),
    );
  for (let before = ""; before !== text; ) {
    before = text;
    text = text
      .replace(FRACTION, (_, a, b, c, d) => `${grouped(a ?? b)}/${grouped(c ?? d)}`)
      .replace(ROOT, (_, a, b) => `√${grouped(a ?? b)}`)
      .replace(/(\^|_)\{([^{}]*)\}/, (_, place, group) => place + grouped(group))
      .replace(/(?<!frac\s*[\p{L}\d]?\s*|sqrt\s*|[\^_}])\{([^{}]*)\}(?!\s*\{)/u, "$1");
  }
  text = text.replace(/[{}]/g, "").replace(/\^([*ᵀ′])/g, "$1");
  text = text.replace(/\^(\d)(?!\d)/g, (_, digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]);
  return text.replace(/❴/g, "{").replace(/❵/g, "}").replace(/\s+/g, " ").trim();
};

// Parsing a page takes long, and a search finds the same page many times. So no more of it is read than
// an excerpt needs: the words that were searched for and the sentence after them.
const PARTS = [10000, 40000, 160000];
const SENTENCE = 500;

if (typeof Search !== "undefined") {
  const leftOut = "script, style, .headerlink, .cell_input, details.hide > summary, .figure-data";
  const partOf = (page, anchor) => {
    const all = new DOMParser().parseFromString(page, "text/html");
    return (
      (anchor && all.getElementById(anchor.slice(1))) ||
      all.querySelector("article") ||
      all.querySelector("[role=main]")
    );
  };
  const wordsOf = (part) => {
    part?.querySelectorAll("p, li, td, th, h1, h2, h3, summary").forEach((block) => block.append(" "));
    part?.querySelectorAll(leftOut).forEach((element) => element.remove());
    part?.querySelectorAll(".math, .math-later").forEach((formula) => {
      formula.textContent = withoutTeX(formula.textContent);
    });
    return (part?.textContent ?? "").replace(/\s+/g, " ");
  };
  const excerpt = Search.makeSearchSummary;
  Search.htmlToText = (page, anchor) => page.words ?? wordsOf(partOf(page, anchor));
  Search.makeSearchSummary = (page, keywords, anchor) => {
    const place = anchor ? page.lastIndexOf("<", page.indexOf(` id="${anchor.slice(1)}"`)) : page.indexOf("<article");
    const start = Math.max(place, 0);
    for (const length of PARTS) {
      const part = partOf(page.slice(start, start + length), anchor);
      const isWhole = Boolean(part?.nextSibling);
      const words = wordsOf(part);
      const text = words.slice(0, -SENTENCE).toLowerCase();
      if (part && (isWhole || [...keywords].every((word) => text.includes(word.toLowerCase())))) {
        return excerpt({ words }, keywords, anchor);
      }
    }
    return excerpt(page, keywords, anchor);
  };
}
