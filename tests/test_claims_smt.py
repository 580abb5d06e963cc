"""Lemmas that z3 decides, with planted failures."""

import sys
from fractions import Fraction

import numpy as np
import pytest

from gnnconv_lib.claims import at_most, domain, integer, proved, smt
from gnnconv_lib.claims.registry import Claim
from gnnconv_lib.claims.smt import SmtResult, decide
from gnnconv_lib.validation import InvalidInput

SIZES = domain(integer("n", "[1, inf)"), cases=lambda budget: {"n": np.array([1.0, 2.0, 10.0])})


def holds(x):
    return {"above one": x > 1}, x * x > x


def fails(x):
    return {"positive": x > 0}, x * x > x


def decided(function):
    function.__doc__ = "A sentence."
    return Claim("toy2021:eq-1", SIZES, function)()


def test_a_lemma_is_proved_and_keeps_the_names_of_its_hypotheses():
    found = decide(holds)
    assert found.proved
    assert found.hypotheses == ("above one",)


def test_a_false_lemma_is_refuted_by_exact_numbers():
    found = decide(fails)
    assert found.status == "refuted"
    x = found.model["x"]
    assert isinstance(x, Fraction)
    assert x > 0
    assert x * x <= x


def test_every_part_of_a_conclusion_counts():
    both = decide(lambda x: ({"above one": x > 1}, (x > 0, x > 2)))
    assert both.status == "refuted"
    assert 1 < both.model["x"] <= 2


def test_hypotheses_that_contradict_each_other_are_refused():
    with pytest.raises(InvalidInput, match="contradict"):
        decide(lambda x: ({"above": x > 1, "below": x * x < 1}, x > 5))


def test_a_conclusion_that_is_assumed_is_refused():
    with pytest.raises(InvalidInput, match="among its hypotheses"):
        decide(lambda x, y: ({"positive": (x > 0, x * y >= 1)}, (x * y >= 1, x > 0)))
    assert decide(lambda x, y: ({"positive": (x > 0, x * y >= 1)}, (x > 0, y > 0))).proved


def test_a_comparison_without_letters_is_refused():
    with pytest.raises(InvalidInput, match="no letter"):
        decide(lambda x: ({"positive": x > 0}, 1 < 2))


def test_a_model_that_exact_arithmetic_does_not_confirm_is_not_believed():
    # The only models have x = sqrt(2), which no fraction equals.
    found = decide(lambda x: ({"root": x * x == 2, "positive": x > 0}, x > 2))
    assert found.status == "undecided"
    assert "exact" in found.reason


def test_a_timeout_decides_nothing():
    def hard(a, b, c, d, e, f):
        letters = (a, b, c, d, e, f)
        product = a * b * c * d * e * f
        given = {"positive": [x > 0 for x in letters]}
        return given, sum(x**6 for x in letters) * 1000 >= 5999 * product + a**3 * b**3

    found = decide(hard, timeout=0.05)
    assert found.status == "undecided"
    assert found.reason
    assert decided(lambda n: proved(found)).verdict == "open"
    beside = decided(lambda n: proved(found, sides=at_most(n, n + 1)))
    assert (beside.verdict, beside.kind) == ("holds", "search")


def test_a_proof_is_symbolic_evidence():
    evidence = decided(lambda n: proved(decide(holds), sides=at_most(n, n * n)))
    assert (evidence.verdict, evidence.kind) == ("holds", "symbolic")


def test_a_refuted_lemma_is_false_and_cannot_stand_beside_numbers_that_hold():
    assert decided(lambda n: proved(decide(fails))).verdict == "false"
    assert decided(lambda n: proved(decide(fails), sides=at_most(2 * n, n))).verdict == "false"
    with pytest.raises(InvalidInput, match="refuted"):
        decided(lambda n: proved(decide(fails), sides=at_most(n, n * n)))


def test_numbers_that_contradict_a_proved_lemma_stop_everything():
    with pytest.raises(InvalidInput, match="contradict"):
        decided(lambda n: proved(decide(holds), sides=at_most(n * n, n)))


def test_without_z3_a_claim_rests_on_its_numbers(monkeypatch):
    monkeypatch.setitem(sys.modules, "z3", None)
    found = decide(holds)
    assert found == SmtResult(
        "undecided", reason="z3 is not installed; it comes with the book extra."
    )
    assert decided(lambda n: proved(found)).verdict == "open"
    assert decided(lambda n: proved(found, sides=at_most(n, n + 1))).kind == "search"


def test_a_decorated_lemma_is_decided_once(monkeypatch):
    monkeypatch.setattr(smt, "LEMMAS", {})
    once = smt.lemma(holds)
    assert once() is once()
    assert list(smt.LEMMAS.values()) == [once]
