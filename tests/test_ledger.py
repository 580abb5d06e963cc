"""The ledgers of the book: complete, consistent, and in agreement with their claims."""

import re
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from ledger_ids import REQUIRED
from ledger_support import HOLDS, entry, small

from gnnconv_lib import audit, ledger, proofs
from gnnconv_lib.plotting import ledger as drawings
from gnnconv_lib.validation import InvalidInput

ROOT = Path(__file__).resolve().parents[1]
BOOK = ROOT / "book"
FILES = sorted((BOOK / "ledger").glob("*.yml"))
LEDGERS = [ledger.load(path) for path in FILES]
PAPERS = [entry.paper for entry in LEDGERS]


# The ledgers of the book: one per paper, one for its own theorems.


def test_there_is_one_ledger_per_paper_and_one_for_the_book():
    assert sorted(REQUIRED) == PAPERS
    assert [path.stem for path in FILES] == PAPERS


@pytest.mark.parametrize("book", LEDGERS, ids=PAPERS)
def test_no_item_of_the_paper_is_missing(book):
    assert ledger.missing(book, REQUIRED[book.paper]) == []


@pytest.mark.parametrize("book", LEDGERS, ids=PAPERS)
def test_every_item_is_in_the_required_list(book):
    assert sorted(set(book.by_id) - set(REQUIRED[book.paper])) == []


def test_links_across_papers_resolve_and_form_no_cycle():
    order = ledger.check_uses(LEDGERS)
    place = {name: position for position, name in enumerate(order)}
    assert len(order) == sum(len(book) for book in LEDGERS)
    for book in LEDGERS:
        for item in book:
            assert all(place[used] < place[item.id] for used in item.uses)


def test_every_claim_belongs_to_an_item():
    assert ledger.unlisted_claims(LEDGERS) == []


@pytest.fixture(scope="module")
def found(stored_evidence):
    with stored_evidence():
        return ledger.evaluate(LEDGERS)


def test_verdicts_agree_with_the_claims(found):
    assert [str(entry) for entry in ledger.verify(LEDGERS, found=found)] == []


def test_theorems_behind_claims_are_recorded_and_support_the_item():
    recorded = proofs.record().theorems
    for name in audit.names():
        entry = audit.check(name)
        for theorem in entry.theorems:
            assert entry.item in recorded[theorem].supports, f"{name}: {theorem}"


def test_pages_of_decided_items_exist():
    pages = {path.stem for suffix in ("ipynb", "md") for path in BOOK.rglob(f"*.{suffix}")}
    absent = [
        f"{item.id}: {item.page}"
        for book in LEDGERS
        for item in book
        if item.verdict not in ("pending", "not checkable") and item.page not in pages
    ]
    assert absent == []


@pytest.mark.parametrize("book", LEDGERS, ids=PAPERS)
def test_formulas_are_balanced(book):
    for item in book:
        fields = ("statement", "correction", "reason", "printed", "quote", "readings")
        for text in filter(None, (getattr(item, name) for name in fields)):
            assert text.count("$") % 2 == 0, item.id
            for formula in re.findall(r"\$([^$]*)\$", text):
                assert formula.count("{") == formula.count("}"), (item.id, formula)
                assert formula.count(r"\bigl") == formula.count(r"\bigr"), (item.id, formula)


MARKER = re.compile(r"\s*([-+*>#|]|\d+[.)])\s")


def list_by_accident(text):
    """The lines that Markdown takes for the start of a list within a paragraph that is none."""
    found = []
    for paragraph in text.split("\n\n"):
        first, *others = paragraph.splitlines() or [""]
        if not MARKER.match(first):
            found += [line for line in others if MARKER.match(line)]
    return found


@pytest.mark.parametrize("book", LEDGERS, ids=PAPERS)
def test_no_line_starts_a_list_within_a_formula_or_a_sentence(book):
    for item in book:
        fields = ("statement", "correction", "reason", "printed", "readings", "unchecked", "proof")
        for text in filter(None, (getattr(item, name) for name in fields)):
            assert list_by_accident(text) == [], item.id


def test_a_line_that_starts_a_list_is_found():
    assert list_by_accident("$a\n+ b$") == ["+ b$"]
    assert list_by_accident("for $c$ in (0,\n1) only") == ["1) only"]
    assert list_by_accident("A list:\n\n- one\n- two\n\nand $-1$") == []


# What the paper says stands beside what we say of it.


def unquoted(book):
    """The ids of the items that show neither the printed formula nor a quote of a dozen words."""
    return [
        item.id
        for item in book
        if not (item.printed or "").strip() and not 1 <= len((item.quote or "").split()) <= 12
    ]


@pytest.mark.parametrize("paper", ["awasthi2021", "li2021"])
def test_every_item_of_a_paper_shows_what_is_printed(paper):
    (book,) = (book for book in LEDGERS if book.paper == paper)
    assert unquoted(book) == []
    assert [item.id for item in book if len((item.quote or "").split()) > 12] == []


def test_an_item_without_the_words_of_the_paper_is_found():
    book = small(
        entry("eq-1"),
        entry("eq-2", printed=" "),
        entry("eq-3", quote=""),
        entry("eq-4", printed="$x$"),
        entry("eq-5", quote="in its words"),
    )
    assert unquoted(book) == [f"planted2026:eq-{number}" for number in (1, 2, 3)]


# The registry of claims.


def test_every_audit_module_is_found():
    # A folder without __init__.py would be skipped by the walk without a word.
    folder = Path(audit.__file__).parent
    files = [path.relative_to(folder) for path in folder.rglob("*.py")]
    chapters = {
        ".".join(file.with_suffix("").parts[:2])
        for file in files
        if not any(part.startswith("_") for part in file.parts)
    }
    sources = [audit.check(name).source for name in audit.names()]
    assert chapters == {".".join(source.split(":")[0].split(".")[2:4]) for source in sources}


def test_the_registry_refuses_unknown_names_and_budgets():
    with pytest.raises(InvalidInput, match="did you mean 'awasthi2021:lemma-12/monotone'"):
        audit.run("awasthi2021:lemma-12/monoton")
    with pytest.raises(InvalidInput, match="budget must be one of quick, full"):
        audit.run("awasthi2021:lemma-12/monotone", "slow")


# Rendering.


def test_every_verdict_has_a_symbol_and_a_word():
    assert set(ledger.BADGES) == set(ledger.VERDICTS)
    symbols = [words.split()[0] for words, _ in ledger.BADGES.values()]
    assert len(set(symbols)) == len(symbols)
    for verdict in ledger.VERDICTS:
        assert verdict in ledger.badge(verdict)


def test_cards_show_every_item_once_and_link_to_existing_anchors():
    names = [name for book in LEDGERS for item in book for name in ledger.claim_names(item)]
    found = dict.fromkeys(names, HOLDS)
    text = "".join(ledger.cards(book, LEDGERS, found, {}) for book in LEDGERS)
    anchors = re.findall(r'<details id="([^"]+)"', text)
    assert sorted(anchors) == sorted(item.anchor for book in LEDGERS for item in book)
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(anchors)
    assert text.count("<details") == text.count("</details>")


def test_a_card_links_to_the_proof_and_names_its_steps(plant_claims):
    plant_claims("planted2026:eq-1")
    book = small(entry(verdict="holds", proof="setting#sum", steps=["planted2026:eq-1"]))
    pages = {"setting": ("The setting", "../setting.ipynb")}
    text = ledger.cards(book, [book], {"planted2026:eq-1": HOLDS}, pages)
    assert '*Proved* <a href="../setting.html#sum">on the page</a>' in text
    assert "its steps name `planted2026:eq-1`" in text


def test_the_strip_shows_every_item_once_in_the_row_of_its_verdict():
    for book in LEDGERS:
        figure = drawings.verdict_strip(book)
        (axes,) = figure.axes
        rows = [label.get_text() for label in axes.get_yticklabels()]
        assert rows == [f"{verdict}: {number}" for verdict, number in book.counts().items()]
        marks = {line.get_label(): line.get_xydata() for line in axes.lines}
        shown = {}
        for verdict, points in marks.items():
            row = -ledger.VERDICTS.index(verdict)
            assert (points[:, 1] == row).all()
            shown |= {round(x): verdict for x in points[:, 0]}
        assert shown == {place: item.verdict for place, item in enumerate(book, start=1)}
        plt.close(figure)
