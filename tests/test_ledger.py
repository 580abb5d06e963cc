"""The ledger: complete, consistent, and in agreement with its checks; every gate turns red."""

import copy
import re
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from ledger_ids import REQUIRED

from gnnconv_lib import audit, claims, ledger, proofs
from gnnconv_lib.evidence import Evidence, Witness
from gnnconv_lib.plotting import ledger as drawings
from gnnconv_lib.validation import InvalidInput

ROOT = Path(__file__).resolve().parents[1]
BOOK = ROOT / "book"
FILES = sorted((BOOK / "ledger").glob("*.yml"))
LEDGERS = [ledger.load(path) for path in FILES]
PAPERS = [entry.paper for entry in LEDGERS]

HOLDS = Evidence("numerical", "holds", "Both routes agree to 1e-12.")
FALSE = Evidence(
    "search", "false", "One graph fails.", witness=Witness("path on 3 nodes", 1.0, 2.0)
)
CORRECTED = Evidence(
    "symbolic", "holds with correction", "Off by 2.", witness=FALSE.witness, corrected=True
)


def entry(name="eq-1", **changes):
    base = {
        "id": f"planted2026:{name}",
        "kind": "equation",
        "place": "Section 1, first line",
        "statement": "A sum of $n$ terms.",
        "page": "setting",
    }
    return {key: value for key, value in {**base, **changes}.items() if value is not None}


def small(*entries):
    return ledger.parse({"paper": "planted2026", "items": list(entries)})


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
def found():
    # The chapters have run the same claims with the same library: their evidence is read.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GNNCONV_EVIDENCE", str(ROOT / "_build" / "evidence"))
        return ledger.evaluate(LEDGERS)


def test_verdicts_agree_with_the_claims(found):
    assert [str(entry) for entry in ledger.verify(LEDGERS, found=found)] == []


def test_every_shown_witness_refutes_what_it_is_shown_for(found):
    # A number that only the full set of cases gives is no witness.
    idle = [
        name
        for name, entry in found.items()
        if entry.witness and not claims.refutes(audit.check(name), found=entry)
    ]
    assert idle == []


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


def test_a_quote_of_more_than_a_dozen_words_is_refused():
    assert len(small(entry(quote="word " * 12))) == 1
    with pytest.raises(InvalidInput, match="planted2026:eq-1: quote must be a dozen words at most"):
        small(entry(quote="word " * 13))


# A correction is a claim: it must be tested, stated, and hold.


@pytest.fixture
def one_claim(plant_claims):
    plant_claims("planted2026:eq-1")


def judged(evidence, **changes):
    """What the ledger says of one item with one claim, whose evidence is planted."""
    book = small(entry("eq-1", **changes))
    return [str(line) for line in ledger.verify(book, found={"planted2026:eq-1": evidence})]


def refuted(verdict, corrected):
    witness = Witness("n = 1", 1.0, 2.0)
    return Evidence("search", verdict, "Fails.", witness=witness, corrected=corrected)


@pytest.mark.usefixtures("one_claim")
def test_a_correction_that_fails_is_a_disagreement():
    (line,) = judged(refuted("false", False), verdict="false", correction="Twice that.")
    assert line.startswith("planted2026:eq-1: the correction as tested by planted2026:eq-1 fails")


@pytest.mark.usefixtures("one_claim")
def test_a_correction_that_nothing_tests_is_a_disagreement():
    lines = judged(refuted("false", None), verdict="false", correction="Twice that.")
    assert lines == ["planted2026:eq-1: no claim tests the correction."]


@pytest.mark.usefixtures("one_claim")
def test_a_correction_that_holds_is_none():
    found = refuted("holds with correction", True)
    text = {"verdict": "holds with correction", "correction": "Twice that."}
    assert judged(found, **text) == []


def test_a_verdict_without_a_claim_is_a_disagreement():
    (line,) = ledger.verify(small(entry("eq-9", verdict="holds")), found={})
    assert str(line) == "planted2026:eq-9: a verdict must rest on a claim."


def test_the_strength_of_an_item_is_that_of_its_weakest_clause(plant_claims):
    names = ["planted2026:eq-1/one", "planted2026:eq-1/one/again", "planted2026:eq-1/two"]
    plant_claims(*names)
    kinds = dict(zip(names, ["search", "certified", "numerical"], strict=True))
    evidence = {name: Evidence(kind, "holds", "Fine.") for name, kind in kinds.items()}
    (item,) = small(entry("eq-1", verdict="holds"))
    assert ledger.judge(item, evidence).strength == "numerical"
    (item,) = small(entry("eq-1", verdict="holds", proof="setting#proof-sum"))
    assert ledger.judge(item, evidence).strength == "proved"


def test_a_false_item_is_as_strong_as_the_strongest_claim_that_refutes_it(monkeypatch):
    over = claims.domain(claims.integer("n", "[1, inf)"), cases=lambda budget: {"n": [1, 9]})

    def sentence(n):
        """A sentence."""

    names = ["planted2026:eq-1/one", "planted2026:eq-1/two", "planted2026:eq-1/three"]
    planted = tuple(claims.Claim(name, over, sentence) for name in names)
    monkeypatch.setattr(audit, "claims_of", lambda item: planted)
    witness = Witness("n = 1", 1, 0)
    evidence = {
        names[0]: Evidence("search", "false", "Fails.", witness=witness),
        names[1]: Evidence("certified", "false", "Fails.", witness=witness),
        names[2]: Evidence("machine-checked", "holds with correction", "Fails.", witness=witness),
    }
    (item,) = small(entry("eq-1", verdict="false"))
    assert ledger.judge(item, evidence).strength == "certified"


# The gates: what is planted must be refused, with the item named.


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


def test_a_claim_without_an_item_is_reported(plant_claims):
    plant_claims("planted2026:eq-1", "planted2026:eq-2/forgotten")
    assert ledger.unlisted_claims(small(entry("eq-1"))) == ["planted2026:eq-2/forgotten"]


@pytest.mark.parametrize(
    ("written", "found", "computed"),
    [
        ("holds", FALSE, "false"),
        ("holds", CORRECTED, "holds with correction"),
        ("holds with correction", HOLDS, "holds"),
        ("false", HOLDS, "holds"),
        ("false", CORRECTED, "holds with correction"),
        ("pending", FALSE, "false"),
    ],
)
@pytest.mark.usefixtures("one_claim")
def test_a_verdict_that_the_claim_contradicts_is_reported(written, found, computed):
    correction = "Twice that." if written in ledger.CORRECTED else None
    book = small(entry(verdict=written, correction=correction))
    disagreement = ledger.verify(book, found={"planted2026:eq-1": found})[0]
    assert (disagreement.item, disagreement.computed) == ("planted2026:eq-1", computed)
    assert str(disagreement) == (
        f"planted2026:eq-1: the file says {written!r}, the claims say {computed!r}."
    )


def test_the_least_favourable_of_several_claims_decides(plant_claims):
    names = ["planted2026:eq-1/one", "planted2026:eq-1/two"]
    plant_claims(*names)
    book = small(entry(verdict="holds"))
    assert ledger.verify(book, found=dict.fromkeys(names, HOLDS)) == []
    (disagreement,) = ledger.verify(book, found={names[0]: HOLDS, names[1]: FALSE})
    assert disagreement.computed == "false"


def test_every_claim_runs_once_with_the_budget(plant_claims):
    calls = []

    def run(name, budget):
        calls.append((name, budget))
        return HOLDS

    plant_claims("planted2026:eq-1")
    restated = entry("eq-2", restates="planted2026:eq-1")
    found = ledger.evaluate(small(entry("eq-1"), restated), "full", run=run)
    assert calls == [("planted2026:eq-1", "full")]
    assert found == {"planted2026:eq-1": HOLDS}


def test_only_the_chosen_verdicts_run_and_are_compared(plant_claims):
    plant_claims("planted2026:eq-1", "planted2026:eq-2")
    book = small(
        entry("eq-1", verdict="holds"),
        entry("eq-2", verdict="false"),
    )
    found = ledger.evaluate(book, run=lambda *_: HOLDS, verdicts=ledger.CORRECTED)
    assert list(found) == ["planted2026:eq-2"]
    (disagreement,) = ledger.verify(book, found=found, verdicts=ledger.CORRECTED)
    assert disagreement.item == "planted2026:eq-2"


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
