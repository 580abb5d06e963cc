// How results of a search are ordered: what is called like the query comes first, a chapter before a
// statement before a part of the library; pages of the library as such come last.
const plainWords = (text) => text.toLowerCase().replace(/[().,]/g, "").trim();
const searchedFor = plainWords(new URLSearchParams(window.location.search).get("q") ?? "");

var Scorer = {
  score: (result) => {
    const [page, title, anchor, , score] = result;
    const name = plainWords(title);
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
