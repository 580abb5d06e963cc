"""The pages of errata: each entry once, in order, with a program where it matters; each gate refuses."""

import ast
import io
import itertools
import re
from contextlib import redirect_stdout
from pathlib import Path
from types import SimpleNamespace

import pytest

from gnnconv_lib import ledger
from gnnconv_lib.chapters import notebooks
from gnnconv_lib.evidence import Evidence, Witness
from gnnconv_lib.page import errata, ledger_pages
from gnnconv_lib.validation import InvalidInput

ROOT = Path(__file__).resolve().parents[1]
PAPERS = ("awasthi2021", "li2021")
LONGEST, WIDEST = 10, 80
CHECK = re.compile(r'errata\.witness\("([^"]+)", left, right\)')
WITNESS = Witness("path on 3 nodes", 1.0, 2.0)
FALSE = Evidence("search", "false", "Fails.", witness=WITNESS, corrected=True)
BASE = {"place": "Section 1", "statement": "A sum.", "page": "setting", "verdict": "false"}
ITEMS = [
    {
        "id": "planted2026:eq-1",
        "kind": "equation",
        "correction": "As in planted2026:theorem-1.",
        **BASE,
    },
    {"id": "planted2026:theorem-1", "kind": "theorem", "correction": "Three.", **BASE},
]


@pytest.fixture
def page(plant_claims, monkeypatch):
    """The page of a paper with two false statements, a theorem and an equation."""
    plant_claims("planted2026:eq-1", "planted2026:theorem-1")
    found = {entry["id"]: FALSE for entry in ITEMS}
    planted = ledger.parse({"paper": "planted2026", "items": ITEMS})
    monkeypatch.setattr(errata, "ledgers", lambda book: [planted])
    monkeypatch.setattr(errata.ledger, "evaluate", lambda *args, **options: found)
    monkeypatch.setattr(errata.audit, "run", lambda name, budget: found[name])
    return errata.Errata("planted2026")


def test_a_page_with_all_entries_and_programs_is_accepted(page):
    page.entry("planted2026:theorem-1")
    page.witness("planted2026:theorem-1", 1.0, 2.0)
    text = page.others("Other statements")
    assert "**Eq. (1)**" in text.markdown
    assert 'As in <a href="ledger.html#planted2026-theorem-1">Theorem 1</a>.' in text.markdown
    assert text.plain == "planted2026:eq-1 false"
    page.finish()


def test_an_entry_that_is_missing_or_shown_twice_is_refused(page):
    page.entry("planted2026:theorem-1")
    with pytest.raises(InvalidInput, match="eq-1: the page must show this erratum"):
        page.finish()
    with pytest.raises(
        InvalidInput, match="theorem-1: the page must show an entry of its own, once"
    ):
        page.entry("planted2026:theorem-1")


def test_the_lemmas_that_stand_are_those_of_the_ledger(page):
    with pytest.raises(InvalidInput, match="must list a lemma that holds"):
        page.standing_lemmas()
    kinds = {"2": "holds", "10": "holds", "3": "false", "1": "holds"}
    page.ledger = [
        SimpleNamespace(id=f"planted2026:lemma-{number}", kind="lemma", verdict=verdict)
        for number, verdict in kinds.items()
    ]
    assert page.standing_lemmas() == "1, 2 and 10"


def test_an_entry_after_one_that_changes_less_is_refused(page):
    page.others("Other statements")
    with pytest.raises(InvalidInput, match="theorem-1: it must come before planted2026:eq-1"):
        page.entry("planted2026:theorem-1")


def test_a_theorem_without_a_program_is_refused(page):
    page.entry("planted2026:theorem-1")
    page.others("Other statements")
    with pytest.raises(InvalidInput, match="theorem-1: the page must hold a program"):
        page.finish()


@pytest.mark.parametrize(("left", "right", "side"), [(1.001, 2.0, "left"), (1.0, 1.9, "right")])
def test_a_program_with_another_side_than_the_witness_is_refused(page, left, right, side):
    with pytest.raises(InvalidInput, match=f"the {side} side of the program must be"):
        page.witness("planted2026:theorem-1", left, right)


def test_a_ledger_that_its_claims_contradict_has_no_page(page, monkeypatch):
    holds = Evidence("search", "holds", "No violation.")
    found = {entry["id"]: holds for entry in ITEMS}
    monkeypatch.setattr(errata.ledger, "evaluate", lambda *args, **options: found)
    with pytest.raises(InvalidInput, match="the claims say 'holds'"):
        errata.Errata("planted2026")


# The pages themselves, as they are stored.


def stored(paper):
    return notebooks.read(ROOT / f"book/back/errata-{paper}.ipynb").cells


def programs(paper):
    """Each program with its output, and the source of the cell below it."""
    cells = stored(paper)
    for cell, below in itertools.pairwise(cells):
        if "program" in cell.metadata.get("tags", []):
            yield cell.source, "".join(out["text"] for out in cell.outputs), below.source


def complaints(source):
    """What keeps a stranger from running a program, or from reading it."""
    lines = source.strip().splitlines()
    if len(lines) > LONGEST:
        yield f"{len(lines)} lines"
    if max(map(len, lines)) > WIDEST:
        yield "a wide line"
    imported = [node for node in ast.walk(ast.parse(source)) if "Import" in type(node).__name__]
    if [ast.unparse(node) for node in imported] != ["import numpy as np"]:
        yield "imports more than NumPy"


def test_a_program_that_is_long_wide_or_needs_the_library_is_found():
    assert list(complaints("import numpy as np\nprint(np.pi)")) == []
    assert list(complaints("import numpy as np\n" + "x = 1\n" * 10)) == ["11 lines"]
    assert list(complaints(f"import numpy as np\nx = {'1' * 99}")) == ["a wide line"]
    assert list(complaints("import gnnconv_lib")) == ["imports more than NumPy"]


@pytest.mark.parametrize("paper", PAPERS)
def test_programs_are_short_and_each_is_compared_with_its_claim(paper):
    found = list(programs(paper))
    assert len(found) >= 6
    for source, _, below in found:
        assert list(complaints(source)) == [], source
        assert CHECK.fullmatch(below.strip()), source


@pytest.mark.parametrize("paper", PAPERS)
def test_a_stranger_who_runs_a_program_sees_what_the_page_shows(paper):
    for source, shown, _ in programs(paper):
        said = io.StringIO()
        with redirect_stdout(said):
            exec(source, {})
        assert said.getvalue() == shown


@pytest.mark.parametrize("paper", PAPERS)
def test_a_page_shows_every_corrected_item_once_and_ends_with_its_check(paper):
    cells = stored(paper)
    assert cells[-1].source.strip() == "errata.finish()"
    plain = [
        out.data.get("text/plain", "")
        for cell in cells
        for out in cell.get("outputs", [])
        if "data" in out
    ]
    listed = re.findall(rf"^({paper}:\S+) ", "\n".join(plain), re.MULTILINE)
    book = next(entry for entry in ledger_pages.ledgers(ROOT) if entry.paper == paper)
    wanted = [i.id for i in book if i.verdict in ledger.CORRECTED and not i.restates]
    assert sorted(listed) == sorted(wanted)
