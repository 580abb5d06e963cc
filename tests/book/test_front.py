"""The first page, the foot of the pages, the ledger as an explorer, the errata, the search."""

import re
from pathlib import Path

import chromium
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from gnnconv_lib import ledger
from gnnconv_lib.chapters import notebooks
from gnnconv_lib.site.reader import first_page
from gnnconv_lib.site.reader.first_page import DOORS, FINDINGS, findings
from gnnconv_lib.site.reader.footer import footer
from gnnconv_lib.site.reader.ledger_page import ERRATA_PAGES, PROGRAM
from gnnconv_lib.site.reader.searching import is_inner
from gnnconv_lib.site.reader.statements import statements
from gnnconv_lib.validation import InvalidInput

ROOT = Path(__file__).resolve().parents[2]
FIRST = "book/two-papers.html"
LEDGER = "book/back/ledger.html"


def item(name, kind="lemma", verdict="false", **fields):
    return ledger.Item(f"li2021:{name}", kind, "Section 1", "A sum.", "line", verdict, **fields)


def test_every_finding_has_the_verdict_that_its_words_speak_of():
    assert len(findings(statements(ROOT), {}, "book/two-papers")) == len(FINDINGS) == 5


def test_a_finding_whose_verdict_has_changed_is_refused(monkeypatch):
    monkeypatch.setattr(first_page, "FINDINGS", (("li2021:lemma-1", "holds", "All is well."),))
    with pytest.raises(InvalidInput, match="the first page says 'holds', the ledger 'false'"):
        findings({"li2021:lemma-1": item("lemma-1")}, {}, "book/line")


def test_doors_lead_to_pages(pages):
    text = (pages / FIRST).read_text(encoding="utf-8")
    for reader, target, _ in DOORS:
        assert (pages / f"{target}.html").is_file(), reader
        assert f'href="{target.removeprefix("book/")}.html"' in text


def test_the_numbers_of_the_scoreboard_are_those_of_the_ledger(pages):
    text = (pages / FIRST).read_text(encoding="utf-8")
    labels = re.findall(r'aria-label="(\d+): [^"]+"', text)
    assert sum(map(int, labels)) == len(statements(ROOT))


def test_every_page_says_what_it_was_built_from(pages):
    assert "commit <code>0123456789</code>" in footer("r.html", "0123456789")
    for path in (pages / "book").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        for part in ("version 0.1.0", "Apache-2.0", "How to cite", "AAAI 2021", "NeurIPS 2021"):
            assert part in text, (path, part)


def test_the_ledger_shows_no_code_and_the_errata_only_their_programs(pages):
    assert "cell_input" not in (pages / LEDGER).read_text(encoding="utf-8")
    for name in ERRATA_PAGES:
        notebook = notebooks.read(ROOT / f"{name}.ipynb")
        programs = [cell for cell in notebook.cells if PROGRAM in cell.metadata.get("tags", [])]
        text = (pages / f"{name}.html").read_text(encoding="utf-8")
        assert text.count('class="cell_input') == len(programs) >= 6
        assert "gnnconv_lib" not in "".join(re.findall(r"<pre>.*?</pre>", text, re.DOTALL))


@pytest.mark.browser
def test_the_explorer_filters_and_keeps_its_state_in_the_address(browser, address):
    browser.get(f"{address}/{LEDGER}?paper=li2021&verdict=false")
    WebDriverWait(browser, 20).until(
        lambda driver: driver.find_element(By.CSS_SELECTOR, "#explorer [role=status]").text
    )
    shown = browser.find_elements(By.CSS_SELECTOR, "details.ledger-item:not([hidden])")
    items = statements(ROOT).values()
    false = [entry for entry in items if entry.paper == "li2021" and entry.verdict == "false"]
    assert sorted(entry.get_attribute("id") for entry in shown) == sorted(e.anchor for e in false)
    box = browser.find_element(By.CSS_SELECTOR, "#explorer input[name=text]")
    box.send_keys("theorem 3")
    shown = browser.find_elements(By.CSS_SELECTOR, "details.ledger-item:not([hidden])")
    assert 0 < len(shown) < len(false)
    assert "text=theorem+3" in browser.current_url
    count = browser.find_element(By.CSS_SELECTOR, "#explorer [role=status]").text
    assert count == f"{len(shown)} of {len(items)} statements"


@pytest.mark.browser
def test_a_permanent_link_opens_its_statement_and_sets_its_formulas(browser, address):
    browser.get(f"{address}/{LEDGER}?verdict=slip#li2021-theorem-3")
    browser.execute_async_script(chromium.WAIT_UNTIL_RENDERED)
    browser.execute_async_script(chromium.SETTLED)
    target = browser.find_element(By.ID, "li2021-theorem-3")
    assert target.is_displayed()
    assert target.get_attribute("open")
    assert target.find_elements(By.CSS_SELECTOR, "mjx-container")
    assert target.find_elements(By.CSS_SELECTOR, "a.permanent[href$='#li2021-theorem-3']")
    other = browser.find_element(By.ID, "li2021-theorem-2")
    assert not other.find_elements(By.CSS_SELECTOR, "mjx-container")
    other.find_element(By.TAG_NAME, "summary").send_keys("\ue007")
    assert other.get_attribute("open")


def test_the_ledger_can_be_read_without_scripts(pages):
    text = (pages / LEDGER).read_text(encoding="utf-8")
    assert text.count('class="ledger-item"') == len(statements(ROOT))
    assert re.search(r'<form[^>]*id="explorer"[^>]*hidden', text)
    assert 'class="ledger-item" hidden' not in text


ERRATA = tuple(Path(name).name for name in ERRATA_PAGES)
# Each query with pages of which one must be among the first three results.
QUERIES = {
    "Lemma 3": ("ledger", "bounded-iterates", "concentration"),
    "Lemma 5": ("ledger", "bounded-iterates", "concentration"),
    "Theorem 1": ("ledger", "pl-condition"),
    "Theorem 2": ("ledger", "deep-linear", "convergence"),
    "Theorem 4": ("ledger", "linear-unequal-degrees"),
    "Algorithm 1": ("ledger", "algorithm-1"),
    "Assumption 2": ("ledger", "models-and-assumptions"),
    "Remark 2": ("ledger", "convergence"),
    "Figure 1": ("ledger", "figure-1", "figures-1-and-2"),
    "Eq 39": ("ledger", "convergence", "deep-linear"),
    "star graph": ("main-eigenvalues", "setting", "relu-unequal-degrees", "graphs"),
    "counterexample": (
        *ERRATA,
        "two-papers",
        "linear-unequal-degrees",
        "convergence",
        "open-questions",
    ),
    "Swish": ("models-and-assumptions", "figures-1-and-2", "ledger", "activations"),
    "Polyak Lojasiewicz": ("pl-condition",),
    "how to cite": ("references",),
    "Binder": ("two-papers", "status", "what-is-trusted"),
    "ledger": ("ledger",),
    "errata": ERRATA,
    "population loss": ("population-loss", "glossary"),
    "dual activation": ("dual-activations", "dual", "glossary"),
    "overlap": ("setting", "summaries", "glossary"),
    "walk moments": ("setting", "summaries", "glossary", "deep-linear"),
    "main eigenvalues": ("main-eigenvalues",),
    "singular values": ("deep-linear", "ledger"),
    "learning rate": ("figure-1", "bounded-iterates", "deep-linear", "convergence", "ledger"),
    "linear rate": ("global-linear-rate", "ledger"),
    "local rate": ("exact-local-rate",),
    "condition number": ("exact-local-rate", "ledger"),
    "approximate gradient": ("approximate-gradient", "algorithm-1", "ledger"),
    "concentration": ("concentration",),
    "hypotheses": ("hypotheses",),
    "Gaussian features": ("setting", "ledger", "two-papers"),
    "web graph": ("towards-the-web-graph",),
    "Monte Carlo": ("kernels-against-monte-carlo", "monte-carlo"),
    "kernels": ("kernels-against-monte-carlo", "kernels"),
    "glossary": ("glossary",),
    "machine-checked": ("what-is-trusted", "ledger"),
    "relu_gnn.loss": ("relu-gnn",),
    "random_regular": ("graphs",),
    "open questions": ("open-questions", "ledger"),
}


@pytest.mark.browser
def test_the_search_leads_to_the_right_page(browser, address):
    assert len(QUERIES) == 40
    missed = {}
    for query, wanted in QUERIES.items():
        browser.get(f"{address}/search.html?q={query.replace(' ', '+')}")
        WebDriverWait(browser, 20, poll_frequency=0.05).until(
            lambda driver: (
                "Searching" not in driver.find_element(By.CSS_SELECTOR, "#search-results h2").text
            )
        )
        links = browser.find_elements(By.CSS_SELECTOR, "#search-results li > a")[:3]
        names = [
            Path(link.get_attribute("href").split("#")[0].split("?")[0]).stem for link in links
        ]
        if not set(names) & set(wanted):
            missed[query] = names
    assert len(missed) <= 2, missed


EXCERPT = r"""
<nav>1</nav><main role="main"><article><h1>A page<a class="headerlink">#</a></h1>
<div class="cell_input">code = 1</div><p id="a.b">At <span class="math notranslate">
\(\tfrac{1}{2}A\,\ell_t^2 \le \sqrt n + \frac1\pi \log n^{k+1}\)</span>.</p></article></main>
"""


@pytest.fixture
def search(browser, tmp_path):
    """The browser on a page with what the book adds to the search; an excerpt is the whole text."""
    scorer = (ROOT / "book/_static/search-scorer.js").read_text(encoding="utf-8")
    whole = "makeSearchSummary: (page, words, anchor) => Search.htmlToText(page, anchor)"
    (tmp_path / "page.html").write_text(
        "<!doctype html><meta charset='utf-8'>"
        f"<script>const Search = {{ {whole} }}</script><script>{scorer}</script>",
        encoding="utf-8",
    )
    with chromium.served(tmp_path) as address:
        browser.get(f"{address}/page.html")
    return browser


@pytest.mark.browser
def test_a_result_of_the_search_shows_words_without_tex_and_code(search):
    formula = "At 1/2A ℓ_t² ≤ √n + 1/π log n^(k+1)."
    text = "return Search.htmlToText(arguments[0], arguments[1]).trim()"
    assert search.execute_script(text, EXCERPT, "") == f"A page {formula}"
    assert search.execute_script(text, EXCERPT, "#a.b") == formula
    title = r"return Scorer.score(arguments[0]), arguments[0][1]"
    assert search.execute_script(title, ["p", r"W_1 + d\,W_2", "", "", 1]) == "W_1 + d W_2"


LONG = "<p>Filling of a page.</p>" * 20000
PLACES = {
    "at the start": (f"<article><p>A planted word.</p>{LONG}</article>", "", "A planted word."),
    "at the end": (f"<article>{LONG}<p>A planted word.</p></article>", "", "A planted word."),
    "nowhere": (f"<article>{LONG}<p>The end.</p></article>", "", "The end."),
    "in a part": (
        f'<article>{LONG}<section id="a"><p>A planted word.</p></section>{LONG}</article>',
        "#a",
        "A planted word.",
    ),
    "behind a part": (
        f'<article><section id="a"><p>A part.</p></section><p>A planted word.</p>{LONG}</article>',
        "#a",
        "A part.",
    ),
    "in a cell": (
        f'<article><table><tr><td id="a">A planted word.</td></tr></table>{LONG}</article>',
        "#a",
        "A planted word.",
    ),
}


@pytest.mark.browser
@pytest.mark.parametrize("name", PLACES)
def test_no_more_of_a_page_is_read_than_a_result_shows(search, name):
    page, anchor, words = PLACES[name]
    read = """
    let length = 0;
    const parse = DOMParser.prototype.parseFromString;
    DOMParser.prototype.parseFromString = function (page, kind) {
      length += page.length;
      return parse.call(this, page, kind);
    };
    return [Search.makeSearchSummary(arguments[0], ["planted"], arguments[1]), length];
    """
    text, length = search.execute_script(read, page, anchor)
    assert words in text
    if anchor:
        assert text.strip() == words
    if name in ("at the start", "in a part", "behind a part"):
        assert length < len(page) / 10


def test_inner_modules_are_no_objects_of_the_search(pages):
    assert is_inner("gnnconv_lib.page.report.show")
    assert not is_inner("gnnconv_lib.graphs.star")
    text = (pages / "searchindex.js").read_text(encoding="utf-8")
    objects = text.split('"objects":', 1)[1].split('"objnames"', 1)[0]
    assert '"gnnconv_lib.chapters' not in objects
    assert '"gnnconv_lib.audit' not in objects
    assert '"gnnconv_lib.graphs' in objects
    assert "Theorem 2" in objects
