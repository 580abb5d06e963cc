"""The ledger: complete, consistent, and in agreement with its checks; every gate turns red."""

import copy
import re
from pathlib import Path
from types import ModuleType, SimpleNamespace

import matplotlib.pyplot as plt
import pytest
from ledger_ids import REQUIRED

from gnnconv_lib import audit, ledger, plotting_ledger
from gnnconv_lib.evidence import Evidence, Witness
from gnnconv_lib.validation import InvalidInput

ROOT = Path(__file__).resolve().parents[1]
BOOK = ROOT / "book"
FILES = sorted((BOOK / "ledger").glob("*.yml"))
LEDGERS = [ledger.load(path) for path in FILES]
PAPERS = [entry.paper for entry in LEDGERS]

HOLDS = Evidence("numerical", "holds", "Both routes agree to 1e-12.")
FALSE = Evidence(
    "search", "false as printed", "One graph fails.", witness=Witness("path on 3 nodes", 1.0, 2.0)
)
CORRECTED = Evidence("symbolic", "holds with correction", "Off by 2.", correction="Twice that.")


def entry(name="eq-1", **changes):
    base = {
        "id": f"li2021:{name}",
        "kind": "equation",
        "place": "Section 1, first line",
        "statement": "A sum of $n$ terms.",
        "page": "setting",
    }
    return {key: value for key, value in {**base, **changes}.items() if value is not None}


def small(*entries):
    return ledger.parse({"paper": "li2021", "items": list(entries)})


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


def test_every_check_that_is_named_exists():
    assert ledger.unknown_checks(LEDGERS) == []


def test_every_check_is_named_by_an_item():
    assert ledger.unlisted_checks(LEDGERS) == []


def test_verdicts_agree_with_the_checks():
    assert [str(entry) for entry in ledger.verify(LEDGERS)] == []


def test_pages_of_decided_items_exist():
    pages = {path.stem for suffix in ("ipynb", "md") for path in BOOK.rglob(f"*.{suffix}")}
    absent = [
        f"{item.id}: {item.page}"
        for book in LEDGERS
        for item in book
        if item.checks and item.verdict != "pending" and item.page not in pages
    ]
    assert absent == []


def test_checks_belong_to_the_paper_or_to_what_goes_beyond_it():
    for book in LEDGERS:
        for item in book:
            assert all(check.split(".")[0] in (book.paper, "beyond") for check in item.checks)


@pytest.mark.parametrize("book", LEDGERS, ids=PAPERS)
def test_formulas_are_balanced(book):
    for item in book:
        for text in filter(None, (item.statement, item.correction, item.reason)):
            assert text.count("$") % 2 == 0, item.id
            for formula in re.findall(r"\$([^$]*)\$", text):
                assert formula.count("{") == formula.count("}"), (item.id, formula)
                assert formula.count(r"\bigl") == formula.count(r"\bigr"), (item.id, formula)


# The gates: what is planted must be refused, with the item named.


def test_a_missing_item_is_reported():
    book = next(book for book in LEDGERS if book.paper == "awasthi2021")
    kept = tuple(item for item in book if item.id != "awasthi2021:remark-complete-graph-rate")
    cut = ledger.Ledger(book.paper, kept)
    assert ledger.missing(cut, REQUIRED[book.paper]) == ["awasthi2021:remark-complete-graph-rate"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"verdikt": "holds"}, "li2021:eq-1: unknown key 'verdikt'"),
        ({"statement": None}, "li2021:eq-1: the key statement is missing."),
        ({"statement": " "}, "li2021:eq-1: statement must not be empty."),
        ({"statement": 3}, "li2021:eq-1: statement must be a text, got 3."),
        ({"uses": "li2021:eq-2"}, "li2021:eq-1: uses must be a list of names"),
        ({"kind": "formula"}, "li2021:eq-1: kind must be one of"),
        ({"kind": "lemma"}, "li2021:eq-1: the id of a lemma must start with lemma-."),
        ({"verdict": "true"}, "li2021:eq-1: verdict must be one of"),
        ({"verdict": "holds"}, "li2021:eq-1: verdict 'holds' must rest on at least one check."),
        ({"verdict": "not checkable"}, "li2021:eq-1: reason must go with 'not checkable' only."),
        ({"reason": "It is hard."}, "li2021:eq-1: reason must go with 'not checkable' only."),
        (
            {"verdict": "not checkable", "reason": "Words.", "checks": ["li2021.a.b"]},
            "li2021:eq-1: an item that is not checkable has no checks.",
        ),
        (
            {"verdict": "holds with correction", "checks": ["li2021.a.b"]},
            "li2021:eq-1: correction must be stated",
        ),
        (
            {"verdict": "holds", "checks": ["li2021.a.b"], "correction": "Twice that."},
            "li2021:eq-1: correction must be stated",
        ),
        ({"checks": ["a.b"]}, "li2021:eq-1: check 'a.b' must read <paper>.<module>.<function>."),
        ({"checks": ["li2021.a.b"] * 2}, "li2021:eq-1: checks must not repeat a name."),
        ({"uses": ["li2021:eq-9"]}, "li2021:eq-1: uses must name items of the ledger"),
        ({"uses": ["li2021:eq-1"]}, "li2021:eq-1: uses must not form a cycle"),
        ({"restates": "li2021:eq-9"}, "li2021:eq-1: restates must be another item"),
        ({"id": "li2021:13"}, "li2021:13: id must read"),
        ({"id": "awasthi2021:eq-1"}, "awasthi2021:eq-1: the id must begin with li2021."),
    ],
)
def test_an_entry_out_of_the_schema_is_refused(changes, sentence):
    with pytest.raises(InvalidInput) as caught:
        small(entry(**changes))
    assert str(caught.value).startswith(sentence)
    assert "\n" not in str(caught.value)


def test_a_repeated_id_is_refused():
    with pytest.raises(InvalidInput, match="li2021:eq-1: the id must be unique, got 2 items"):
        small(entry(), entry())


def test_a_repeated_key_is_refused(tmp_path):
    file = tmp_path / "li2021.yml"
    file.write_text("paper: li2021\nitems:\n  - id: li2021:eq-1\n    page: a\n    page: b\n")
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
            "items": [entry(id="awasthi2021:eq-1", uses=["li2021:eq-1"])],
        }
    )
    with pytest.raises(InvalidInput, match="must not form a cycle"):
        ledger.check_uses([first, second])


def test_a_restatement_with_another_verdict_is_refused():
    holds = entry("eq-1", verdict="holds", checks=["li2021.a.b"])
    with pytest.raises(InvalidInput, match="li2021:eq-2: the verdict must be that of li2021:eq-1"):
        small(holds, entry("eq-2", restates="li2021:eq-1"))
    assert len(small(holds, entry("eq-2", restates="li2021:eq-1", verdict="holds"))) == 2


def test_an_unknown_check_is_refused():
    book = small(entry(checks=["li2021.models.no_such_check"]))
    assert ledger.unknown_checks(book) == [
        "li2021:eq-1: check 'li2021.models.no_such_check' does not exist."
    ]
    with pytest.raises(InvalidInput, match=r"li2021:eq-1: check .* does not exist"):
        ledger.verify(book)


def test_a_check_without_an_item_is_reported():
    book = small(entry(checks=["li2021.models.used"]))
    names = ["li2021.models.used", "li2021.models.forgotten"]
    assert ledger.unlisted_checks(book, names) == ["li2021.models.forgotten"]


@pytest.mark.parametrize(
    ("written", "found", "computed"),
    [
        ("holds", FALSE, "false as printed"),
        ("holds", CORRECTED, "holds with correction"),
        ("holds with correction", HOLDS, "holds"),
        ("false as printed", HOLDS, "holds"),
        ("false as printed", CORRECTED, "holds with correction"),
        ("pending", FALSE, "false as printed"),
    ],
)
def test_a_verdict_that_the_check_contradicts_is_reported(written, found, computed):
    correction = "Twice that." if written in ledger.CORRECTED else None
    book = small(entry(verdict=written, checks=["li2021.a.b"], correction=correction))
    (disagreement,) = ledger.verify(book, found={"li2021.a.b": found})
    assert (disagreement.item, disagreement.computed) == ("li2021:eq-1", computed)
    assert "li2021:eq-1" in str(disagreement)


def test_the_least_favourable_of_several_checks_decides():
    checks = ["li2021.a.b", "li2021.a.c"]
    book = small(entry(verdict="holds", checks=checks))
    assert ledger.verify(book, found=dict.fromkeys(checks, HOLDS)) == []
    (disagreement,) = ledger.verify(book, found={checks[0]: HOLDS, checks[1]: FALSE})
    assert disagreement.computed == "false as printed"


def test_every_check_runs_once_with_the_budget():
    calls = []

    def run(name, budget):
        calls.append((name, budget))
        return HOLDS

    checks = ["li2021.a.b"]
    book = small(entry("eq-1", checks=checks), entry("eq-2", checks=checks))
    found = ledger.evaluate(book, "full", run=run)
    assert calls == [("li2021.a.b", "full")]
    assert found == {"li2021.a.b": HOLDS}


def test_only_the_chosen_verdicts_run_and_are_compared():
    book = small(
        entry("eq-1", verdict="holds", checks=["li2021.a.b"]),
        entry("eq-2", verdict="false as printed", checks=["li2021.a.c"], correction="Twice that."),
    )
    found = ledger.evaluate(book, run=lambda *_: HOLDS, verdicts=ledger.CORRECTED)
    assert list(found) == ["li2021.a.c"]
    (disagreement,) = ledger.verify(book, found=found, verdicts=ledger.CORRECTED)
    assert disagreement.item == "li2021:eq-2"


# The registry of checks.


def test_every_audit_module_is_found():
    # A folder without __init__.py would be skipped by the walk without a word.
    folder = Path(audit.__file__).parent
    files = [path.relative_to(folder) for path in folder.rglob("*.py")]
    chapters = {
        ".".join(file.with_suffix("").parts[:2])
        for file in files
        if not any(part.startswith("_") for part in file.parts)
    }
    assert chapters == {name.rsplit(".", 1)[0] for name in audit.names()}


def planted(name, **contents):
    module = ModuleType(f"gnnconv_lib.audit.{name}")
    vars(module).update(contents)
    return module


def holds(budget="quick"):
    return HOLDS


@pytest.mark.parametrize(
    ("contents", "sentence"),
    [
        ({}, "audit module a.b must list its checks in __all__."),
        ({"__all__": ["gone"]}, "gone in audit module a.b must be a function."),
        ({"__all__": ["x"], "x": 3}, "x in audit module a.b must be a function."),
        (
            {"__all__": ["x"], "x": lambda: HOLDS},
            "check x in audit module a.b must accept a budget.",
        ),
    ],
)
def test_the_registry_refuses_what_is_no_check(monkeypatch, contents, sentence):
    with pytest.raises(InvalidInput) as caught:
        walked(monkeypatch, {"a.b": planted("a.b", **contents)})
    assert str(caught.value) == sentence


def test_the_registry_joins_the_modules_of_a_chapter(monkeypatch):
    one = planted("a.b.one", __all__=["first"], first=holds)
    two = planted("a.b.two", __all__=["second"], second=holds)
    helper = planted("a.b._cases", __all__=["third"], third=holds)
    modules = {"a.b.one": one, "a.b.two": two, "a.b._cases": helper}
    assert walked(monkeypatch, modules) == ["a.b.first", "a.b.second"]


def test_the_registry_refuses_a_name_that_two_modules_share(monkeypatch):
    modules = {name: planted(name, __all__=["same"], same=holds) for name in ("a.b.one", "a.b.two")}
    with pytest.raises(InvalidInput, match=r"check a\.b\.same must be defined once\."):
        walked(monkeypatch, modules)


def walked(monkeypatch, modules):
    infos = [SimpleNamespace(name=f"gnnconv_lib.audit.{name}", ispkg=False) for name in modules]
    by_name = {f"gnnconv_lib.audit.{name}": module for name, module in modules.items()}
    monkeypatch.setattr(audit.pkgutil, "walk_packages", lambda *arguments: infos)
    monkeypatch.setattr(audit.importlib, "import_module", by_name.__getitem__)
    return sorted(audit._registry.__wrapped__())


def test_the_registry_refuses_unknown_names_and_budgets():
    with pytest.raises(InvalidInput, match="check must be the name of a check"):
        audit.run("awasthi2021.dual_activations.no_such_check")
    with pytest.raises(InvalidInput, match="budget must be one of quick, full"):
        audit.run("awasthi2021.dual_activations.no_such_check", "slow")


def test_the_registry_refuses_a_check_without_evidence(monkeypatch):
    monkeypatch.setattr(audit, "_registry", lambda chapter: {"a.b.c": lambda budget: True})
    with pytest.raises(InvalidInput, match=r"check a\.b\.c must return Evidence, got bool"):
        audit.run("a.b.c")


# Rendering.


def test_every_verdict_has_a_symbol_and_a_word():
    assert set(ledger.BADGES) == set(ledger.VERDICTS)
    symbols = [words.split()[0] for words, _ in ledger.BADGES.values()]
    assert len(set(symbols)) == len(symbols)
    for verdict in ledger.VERDICTS:
        assert verdict in ledger.badge(verdict)


def test_cards_show_every_item_once_and_link_to_existing_anchors():
    found = {name: HOLDS for book in LEDGERS for name in book.checks}
    text = "".join(ledger.cards(book, LEDGERS, found, {}) for book in LEDGERS)
    anchors = re.findall(r'<details id="([^"]+)"', text)
    assert sorted(anchors) == sorted(item.anchor for book in LEDGERS for item in book)
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(anchors)
    assert text.count("<details") == text.count("</details>")


def test_errata_show_printed_corrected_witness_and_consequences():
    false = entry(
        "eq-1", verdict="false as printed", checks=["li2021.a.b"], correction="At most twice that."
    )
    book = small(false, entry("lemma-1", kind="lemma", uses=["li2021:eq-1"]), entry("eq-2"))
    text = ledger.errata(
        book, [book], {"li2021.a.b": FALSE}, {"setting": ("The setting", "s.html")}
    )
    for part in (
        "A sum of $n$ terms.",
        "At most twice that.",
        "path on 3 nodes: printed 1, found 2.",
        '<a href="ledger.html#li2021-lemma-1">Lemma 1</a>',
        "[The setting](s.html)",
    ):
        assert part in text
    assert text.count("As printed") == 1


def test_counts_and_foundations_add_up():
    for book in LEDGERS:
        assert sum(book.counts().values()) == len(book)
        assert sum(len(items) for items in book.sections().values()) == len(book)
    chain = [entry(f"eq-{k}", uses=[f"li2021:eq-{k - 1}"] if k > 1 else []) for k in range(1, 5)]
    book = small(*chain)
    assert sum(ledger.foundation("li2021:eq-4", book).values()) == 3
    assert ledger.dependents("li2021:eq-2", book) == ["li2021:eq-3", "li2021:eq-4"]
    assert ledger.dependents("li2021:eq-4", book) == []


def test_ids_are_those_of_a_paper_or_of_the_book_itself():
    own = entry(id="companion:lemma-angle", kind="lemma", title="The angle falls")
    assert ledger.parse({"paper": "companion", "items": [own]})["companion:lemma-angle"].title
    for bad in ("Companion:lemma-angle", "companion12:lemma-angle", ":lemma-angle", "companion:x"):
        with pytest.raises(InvalidInput, match="id must read"):
            ledger.parse({"paper": bad.split(":")[0], "items": [entry(id=bad, title="A")]})


def test_parsing_leaves_its_input_alone():
    content = {"paper": "li2021", "items": [entry(uses=[])]}
    before = copy.deepcopy(content)
    ledger.parse(content)
    assert content == before


def test_the_strip_shows_every_item_once_in_the_row_of_its_verdict():
    for book in LEDGERS:
        figure = plotting_ledger.verdict_strip(book)
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
