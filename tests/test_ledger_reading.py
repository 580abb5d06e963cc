"""A ledger out of its schema is refused in one sentence."""

import copy
from pathlib import Path

import pytest
from ledger_ids import REQUIRED
from ledger_support import entry, small

from gnnconv_lib import ledger
from gnnconv_lib.validation import InvalidInput

ROOT = Path(__file__).resolve().parents[1]
BOOK = ROOT / "book"
FILES = sorted((BOOK / "ledger").glob("*.yml"))
LEDGERS = [ledger.load(path) for path in FILES]
PAPERS = [entry.paper for entry in LEDGERS]


def test_a_quote_of_more_than_a_dozen_words_is_refused():
    assert len(small(entry(quote="word " * 12))) == 1
    with pytest.raises(InvalidInput, match="planted2026:eq-1: quote must be a dozen words at most"):
        small(entry(quote="word " * 13))


def test_a_missing_item_is_reported():
    book = next(book for book in LEDGERS if book.paper == "awasthi2021")
    kept = tuple(item for item in book if item.id != "awasthi2021:remark-complete-graph-rate")
    cut = ledger.Ledger(book.paper, kept)
    assert ledger.missing(cut, REQUIRED[book.paper]) == ["awasthi2021:remark-complete-graph-rate"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"verdikt": "holds"}, "planted2026:eq-1: unknown key 'verdikt'"),
        ({"statement": None}, "planted2026:eq-1: the key statement is missing."),
        ({"statement": " "}, "planted2026:eq-1: statement must not be empty."),
        ({"statement": 3}, "planted2026:eq-1: statement must be a text, got 3."),
        ({"uses": "planted2026:eq-2"}, "planted2026:eq-1: uses must be a list of names"),
        ({"kind": "formula"}, "planted2026:eq-1: kind must be one of"),
        ({"kind": "lemma"}, "planted2026:eq-1: the id of a lemma must start with lemma-."),
        ({"verdict": "true"}, "planted2026:eq-1: verdict must be one of"),
        (
            {"verdict": "not checkable"},
            "planted2026:eq-1: reason must go with 'not checkable' only.",
        ),
        ({"reason": "It is hard."}, "planted2026:eq-1: reason must go with 'not checkable' only."),
        ({"checks": ["li2021.a.b"]}, "planted2026:eq-1: unknown key 'checks'"),
        ({"verdict": "holds with correction"}, "planted2026:eq-1: correction must be stated"),
        (
            {"verdict": "holds", "correction": "Twice that."},
            "planted2026:eq-1: correction must go with the verdicts",
        ),
        ({"uses": ["planted2026:eq-9"]}, "planted2026:eq-1: uses must name items of the ledger"),
        ({"uses": ["planted2026:eq-1"]}, "planted2026:eq-1: uses must not form a cycle"),
        ({"restates": "planted2026:eq-9"}, "planted2026:eq-1: restates must be another item"),
        ({"id": "planted2026:13"}, "planted2026:13: id must read"),
        ({"id": "awasthi2021:eq-1"}, "awasthi2021:eq-1: the id must begin with planted2026."),
    ],
)
def test_an_entry_out_of_the_schema_is_refused(changes, sentence):
    with pytest.raises(InvalidInput) as caught:
        small(entry(**changes))
    assert str(caught.value).startswith(sentence)
    assert "\n" not in str(caught.value)


def test_a_repeated_id_is_refused():
    with pytest.raises(InvalidInput, match="planted2026:eq-1: the id must be unique, got 2 items"):
        small(entry(), entry())


def test_a_repeated_key_is_refused(tmp_path):
    file = tmp_path / "li2021.yml"
    file.write_text("paper: li2021\nitems:\n  - id: planted2026:eq-1\n    page: a\n    page: b\n")
    with pytest.raises(InvalidInput, match="line 3: page must appear once"):
        ledger.load(file)


@pytest.mark.parametrize("text", ["paper: [", "- 1", "paper: li2021\n", "paper: 3\nitems: []\n"])
def test_a_file_of_another_form_is_refused(tmp_path, text):
    file = tmp_path / "li2021.yml"
    file.write_text(text)
    with pytest.raises(InvalidInput):
        ledger.load(file)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(InvalidInput, match="must be a readable file"):
        ledger.load(tmp_path / "li2021.yml")


def test_a_cycle_over_two_papers_is_refused():
    first = small(entry("eq-1", uses=["awasthi2021:eq-1"]))
    second = ledger.parse(
        {
            "paper": "awasthi2021",
            "items": [entry(id="awasthi2021:eq-1", uses=["planted2026:eq-1"])],
        }
    )
    with pytest.raises(InvalidInput, match="must not form a cycle"):
        ledger.check_uses([first, second])


def test_a_restatement_with_another_verdict_is_refused():
    holds = entry("eq-1", verdict="holds")
    with pytest.raises(
        InvalidInput, match="planted2026:eq-2: the verdict must be that of planted2026:eq-1"
    ):
        small(holds, entry("eq-2", restates="planted2026:eq-1"))
    assert len(small(holds, entry("eq-2", restates="planted2026:eq-1", verdict="holds"))) == 2


def test_counts_and_foundations_add_up():
    for book in LEDGERS:
        assert sum(book.counts().values()) == len(book)
        assert sum(len(items) for items in book.sections().values()) == len(book)
    chain = [
        entry(f"eq-{k}", uses=[f"planted2026:eq-{k - 1}"] if k > 1 else []) for k in range(1, 5)
    ]
    book = small(*chain)
    assert sum(ledger.foundation("planted2026:eq-4", book).values()) == 3
    assert ledger.dependents("planted2026:eq-2", book) == ["planted2026:eq-3", "planted2026:eq-4"]
    assert ledger.dependents("planted2026:eq-4", book) == []


def test_ids_are_those_of_a_paper_or_of_the_book_itself():
    own = entry(id="companion:lemma-angle", kind="lemma", title="The angle falls")
    assert ledger.parse({"paper": "companion", "items": [own]})["companion:lemma-angle"].title
    for bad in ("Companion:lemma-angle", "companion12:lemma-angle", ":lemma-angle", "companion:x"):
        with pytest.raises(InvalidInput, match="id must read"):
            ledger.parse({"paper": bad.split(":")[0], "items": [entry(id=bad, title="A")]})


def test_parsing_leaves_its_input_alone():
    content = {"paper": "planted2026", "items": [entry(uses=[])]}
    before = copy.deepcopy(content)
    ledger.parse(content)
    assert content == before
