"""Refutations without rounding: the kind that they earn, and planted certificates that are false."""

import sys
from fractions import Fraction

import numpy as np
import pytest
from claims_support import SIZES, decided

from gnnconv_lib import proofs
from gnnconv_lib.claims import (
    at_most,
    both,
    correction,
    domain,
    equal,
    exact_zero,
    integer,
    less,
    proved,
    rationals,
    readings,
    refuted,
    where,
)
from gnnconv_lib.claims.proofs import kind_of
from gnnconv_lib.claims.refutations import kind_at
from gnnconv_lib.validation import InvalidInput

pytestmark = pytest.mark.usefixtures("private_registry")


def squares(n):
    return int(n) ** 2, 4


def roots(n, ball):
    return ball(n).sqrt(), ball(2).sqrt()


def test_fractions_and_balls_give_a_refutation_its_kind():
    found = decided(lambda n: at_most(n**2, 4, exactly=squares))
    assert (found.kind, found.verdict) == ("symbolic", "false")
    assert "smallest: by exact arithmetic, n = 3" in found.summary
    found = decided(lambda n: at_most(np.sqrt(n), 2**0.5, exactly=roots))
    assert (found.kind, found.verdict) == ("certified", "false")
    assert "by ball arithmetic, n = 3" in found.summary
    assert decided(lambda n: at_most(n**2, 4)).kind == "search"


def test_one_case_at_a_time_has_its_own_numbers():
    found = decided(lambda n: at_most(n**2, 4, exactly=lambda: (9, 4)), each=True)
    assert (found.kind, found.witness.case) == ("symbolic", "n = 3")


def test_what_no_single_case_refutes_is_refuted_by_a_proof():
    proof = exact_zero([0])
    found = decided(lambda n: refuted(proof, at_most(n**2, 4)))
    assert (found.kind, found.verdict) == (kind_of(proof), "false")
    assert found.summary.startswith("Proved to fail. Fails in ")
    found = decided(lambda n: readings(one=refuted(proof, at_most(n**2, 4)), two=at_most(n, n + 1)))
    assert (found.kind, found.verdict) == ("search", "depends on the reading")


def test_a_proof_that_a_statement_fails_needs_numbers_that_do():
    with pytest.raises(InvalidInput, match="no number contradicts it, but it is proved to fail"):
        decided(lambda n: refuted(exact_zero([0]), at_most(n, n + 1)))
    with pytest.raises(InvalidInput):
        refuted(0.5, at_most(1, 0))


def test_what_holds_is_not_proved_by_a_refutation():
    assert decided(lambda n: at_most(n, n + 1, exactly=lambda n: (1, 0))).kind == "search"


@pytest.mark.parametrize(
    ("exactly", "sentence"),
    [
        (lambda n: (5, 4), "the exact side 5 is not the one that is shown, 9"),
        (lambda n: (9, 9), "the exact side 9 is not the one that is shown, 4"),
        (lambda n: (9.0, 4.0), "the exact sides must be rational or balls, got rounded numbers"),
        (lambda n: ("9", 4), "the exact sides must be rational or balls"),
    ],
)
def test_a_planted_false_certificate_is_refused(exactly, sentence):
    with pytest.raises(InvalidInput, match=sentence):
        decided(lambda n: at_most(n**2, 4, exactly=exactly))


def test_sides_that_do_not_differ_for_certain_are_refused():
    # 1/3 + 2^-60 is seen as above 1/3 only in exact arithmetic, and a wide ball not at all.
    third = Fraction(1, 3)
    above = (third + Fraction(1, 2**60), third)
    assert kind_at(lambda: above, {}, "<=", (1 / 3, 1 / 3)) == "symbolic"
    with pytest.raises(InvalidInput, match="do not contradict '<=' for certain"):
        kind_at(lambda: above[::-1], {}, "<=", (1 / 3, 1 / 3))

    def wide(ball):
        from flint import arb

        return arb(1, 0.1), ball(1)

    with pytest.raises(InvalidInput, match="do not contradict '=' for certain"):
        kind_at(wide, {}, "=", (1.0, 1.0))


def test_an_equality_violates_a_strict_inequality():
    assert kind_at(lambda: (2, 2), {}, "<", (2.0, 2.0)) == "symbolic"

    def root(ball):
        same = ball(2).sqrt()
        return same, same

    assert kind_at(root, {}, "<", (2**0.5, 2**0.5)) == "certified"
    found = decided(lambda n: less(n, np.maximum(n, 3.5), exactly=lambda n: (int(n), int(n))))
    assert (found.kind, found.witness.case) == ("symbolic", "n = 10")


def test_without_flint_a_refutation_by_balls_is_a_search(monkeypatch):
    monkeypatch.setitem(sys.modules, "flint", None)
    assert decided(lambda n: at_most(np.sqrt(n), 2**0.5, exactly=roots)).kind == "search"
    assert decided(lambda n: at_most(n**2, 4, exactly=squares)).kind == "symbolic"


def test_a_conjunction_is_refuted_by_one_of_its_parts():
    found = decided(lambda n: both(at_most(n, 20), at_most(n**2, 4, exactly=squares)))
    assert found.kind == "symbolic"


def test_every_reading_that_fails_needs_its_own_and_one_that_holds_a_proof():
    def two(good, bad):
        return decided(lambda n: readings(one=good(n), other=bad(n)))

    bad = lambda n: at_most(n**2, 4, exactly=squares)  # noqa: E731
    assert two(lambda n: at_most(n, n + 1), bad).kind == "search"
    proof = exact_zero([0])
    assert two(lambda n: proved(proof, sides=at_most(n, n + 1)), bad).kind == "symbolic"
    assert two(lambda n: at_most(n**3, 8), bad).kind == "search"


def test_a_correction_counts_unless_the_statement_is_false():
    def printed(n):
        return at_most(n**2, 4, exactly=squares)

    found = decided(lambda n: (printed(n), at_most(n, n + 1)))
    assert (found.verdict, found.kind) == ("holds with correction", "search")
    assert found.summary.endswith("The corrected statement holds in every case (search).")
    found = decided(lambda n: (printed(n), at_most(n, n + 1)), repair="replacement")
    assert (found.verdict, found.kind) == ("false", "symbolic")
    proof = exact_zero([0])
    found = decided(lambda n: (printed(n), proved(proof, sides=at_most(n, n + 1))))
    assert (found.verdict, found.kind) == ("holds with correction", "symbolic")


def test_a_correction_of_its_own_domain_counts_as_well():
    def other(n):
        """A sentence."""
        return at_most(n, n + 1)

    correction("li2021:eq-1/corrected", SIZES)(other)
    found = decided(
        lambda n: at_most(n**2, 4, exactly=squares), corrected_by="li2021:eq-1/corrected"
    )
    assert (found.verdict, found.kind) == ("holds with correction", "search")


def test_a_slip_of_the_regime_rests_on_search_without_a_proved_correction():
    small = where("n is at most 2", lambda n: n <= 2)
    over = domain(integer("n", "[1, inf)"), cases=lambda b: {"n": [1, 2, 9]}, regime=small)
    found = decided(lambda n: at_most(n**2, 4, exactly=lambda n: (int(n) ** 2, 4)), over)
    assert (found.verdict, found.kind) == ("slip", "search")


def test_a_theorem_may_prove_the_corrected_sides():
    theorem = proofs.theorem("DeepLinear.powers_apart")
    if theorem is None:
        pytest.skip("the record belongs to other sources")
    assert (theorem.proved, theorem.status) == (True, "proved")
    found = decided(
        lambda n: (
            equal(n, n + 1, exactly=lambda n: (int(n), int(n) + 1)),
            proved(theorem, sides=at_most(n, n + 1)),
        )
    )
    assert (found.verdict, found.kind) == ("holds with correction", "symbolic")


def test_numbers_as_the_fractions_that_they_are():
    assert rationals(0.1) == Fraction(3602879701896397, 36028797018963968)
    assert (rationals(np.eye(2)) @ rationals([[0.5], [2.0]])).tolist() == [[0.5], [2.0]]
