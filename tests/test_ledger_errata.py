"""The errata of a paper: their order, what shares an entry, what an entry says."""

import pytest

from gnnconv_lib import ledger
from gnnconv_lib.evidence import Evidence, Witness

WITNESS = Witness("path on 3 nodes", 1.0, 2.0, "loss", "bound")
FALSE = Evidence("search", "false", "One graph fails.", witness=WITNESS)


def item(name, kind="equation", verdict="false", **fields):
    base = {"place": "Section 1, first line", "statement": "A sum.", "page": "setting"}
    return {"id": f"planted2026:{name}", "kind": kind, "verdict": verdict, **base, **fields}


def book(*items):
    return ledger.parse({"paper": "planted2026", "items": list(items)})


def names(entries):
    return [[item.name for item in entry.items] for entry in entries]


def test_errata_come_in_the_order_of_what_they_change():
    planted = book(
        item("eq-1", verdict="slip", correction="Two."),
        item("eq-2"),
        item("eq-3"),
        item("eq-4", verdict="depends on the reading"),
        item("lemma-1", "lemma", uses=["planted2026:eq-3"]),
        item("theorem-1", "theorem", uses=["planted2026:lemma-1"]),
        item("eq-5", verdict="holds"),
    )
    found = ledger.entries(planted)
    assert names(found) == [["theorem-1"], ["lemma-1"], ["eq-3"], ["eq-2"], ["eq-1"], ["eq-4"]]
    shown = [ledger.GROUPS.index(entry.group) for entry in found]
    assert shown == [0, 1, 1, 2, 3, 4]


def test_what_needs_the_same_correction_shares_an_entry_and_restatements_are_no_entries():
    planted = book(
        item("eq-1", correction="Twice that."),
        item("lemma-1", "lemma", correction="Twice that."),
        item("lemma-2", "lemma", restates="planted2026:lemma-1"),
        item("theorem-1", "theorem", correction="Twice that."),
        item("eq-2", correction="Thrice that."),
        item("eq-3"),
        item("eq-4"),
    )
    found = ledger.entries(planted)
    assert names(found) == [["theorem-1"], ["lemma-1", "eq-1"], ["eq-2"], ["eq-3"], ["eq-4"]]
    assert [other.name for other in found[1].again] == ["lemma-2"]
    assert found[0].like.name == "lemma-1"
    assert found[1].like is None


def test_of_consequence_are_theorems_and_the_lemmas_below_one():
    planted = book(
        item("lemma-1", "lemma"),
        item("lemma-2", "lemma", verdict="slip", correction="Two."),
        item("lemma-3", "lemma"),
        item("lemma-4", "lemma", verdict="depends on the reading"),
        item("theorem-1", "theorem", uses=[f"planted2026:lemma-{k}" for k in (1, 2, 4)]),
        item("theorem-2", "theorem", restates="planted2026:theorem-1"),
        item("theorem-3", "theorem", verdict="holds"),
    )
    assert [entry.name for entry in ledger.consequential(planted)] == ["lemma-1", "theorem-1"]


@pytest.fixture
def one_claim(plant_claims):
    plant_claims("planted2026:eq-1")


@pytest.mark.usefixtures("one_claim")
def test_an_entry_says_what_is_printed_what_holds_where_it_fails_and_what_uses_it():
    planted = book(
        item("eq-1", printed="$n$", correction="$2n$."),
        item("eq-2", correction="$2n$.", verdict="holds with correction"),
        item("lemma-1", "lemma", verdict="holds", uses=["planted2026:eq-1"]),
    )
    (entry,) = ledger.entries(planted)
    text = ledger.erratum(entry, planted, {"planted2026:eq-1": FALSE})
    for part in (
        "**Eq. (1)** (Section 1, first line)",
        '<a href="ledger.html#planted2026-eq-1">in the ledger</a>',
        "*Printed.* $n$",
        '*The same for* <a href="ledger.html#planted2026-eq-2">Eq. (2)</a>.',
        "*Read instead.* $2n$.",
        "*Where it fails.* path on 3 nodes: loss = 1, said to be ≤ bound = 2.",
        '*Used by* <a href="ledger.html#planted2026-lemma-1">Lemma 1</a>.',
    ):
        assert part in text
    assert "A sum." not in text


def test_a_witness_in_the_regime_comes_before_one_outside_of_it(plant_claims):
    plant_claims("planted2026:eq-1/a", "planted2026:eq-1/b")
    planted = book(item("eq-1"))
    outside = Witness("one node", 1.0, 2.0, degenerate=True)
    found = {
        "planted2026:eq-1/a": Evidence("search", "false", "Fails.", witness=outside),
        "planted2026:eq-1/b": FALSE,
    }
    (entry,) = ledger.entries(planted)
    assert "fails.* path on 3" in ledger.erratum(entry, planted, found)
    chosen = ledger.erratum(entry, planted, found, "planted2026:eq-1/a")
    assert "fails.* one node" in chosen


@pytest.mark.usefixtures("one_claim")
def test_what_the_text_leaves_open_is_not_called_a_failure():
    open_text = {"verdict": "depends on the reading", "readings": "Mean or sum."}
    planted = book(item("eq-1", correction="The mean.", **open_text))
    (entry,) = ledger.entries(planted)
    text = ledger.erratum(entry, planted, {"planted2026:eq-1": FALSE})
    assert "*Open.* Mean or sum." in text
    assert "*What holds.* The mean." in text
    assert "fails" not in text
