"""What a ledger says is compared with what its claims find; every gate turns red."""

import pytest
from ledger_support import CORRECTED, FALSE, HOLDS, entry, small

from gnnconv_lib import audit, claims, ledger
from gnnconv_lib.evidence import Evidence, Witness

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
