"""Every claim that refutes has its printed side bound to the second transcription, or a reason.

Bound is a claim that a table of `test_printed_sides_*` names, or whose printed sides change with a
function of `bounds` that `test_agreement` compares.
"""

from pathlib import Path

import numpy as np
import pytest

from gnnconv_lib import audit, ledger
from gnnconv_lib.bounds import awasthi2021_linear as linear, li2021 as li
from tests.transcription import (
    test_agreement,
    test_agreement_linear,
    test_printed_sides_li2021 as of_li2021,
    test_printed_sides_linear as of_linear,
    test_printed_sides_relu as of_relu,
    test_printed_sides_unequal as of_unequal,
)
from tests.transcription.sides import everything

ROOT = Path(__file__).resolve().parents[2]
REFUTED = {
    "false",
    "slip",
    "holds with correction",
    "depends on the reading",
    "not reproducible as described",
}
A, L = "awasthi2021:", "li2021:"
# Claims whose printed sides come from a compared function of `bounds`.
THROUGH = {
    A + "definition-singular-value-range": (linear, "lemma_13_delta"),
    A + "eq-24": (linear, "theorem_2_iterations_printed"),
    A + "theorem-2": (linear, "theorem_2_step_printed"),
    A + "lemma-12/interval": (linear, "lemma_12_step_printed"),
    A + "remark-theorem-3-iterations": (linear, "theorem_2_step_printed"),
    A + "remark-common-eigenvectors/definite": (linear, "theorem_2_step_printed"),
    L + "eq-14": (li, "equation_14_printed"),
    L + "eq-16": (li, "equation_16_printed"),
    L + "eq-23": (li, "equation_23"),
    L + "eq-24": (li, "equation_24_printed"),
    L + "eq-25": (li, "equation_25"),
    L + "eq-26": (li, "equation_26"),
    L + "lemma-3": (li, "equation_23 equation_25 equation_26"),
    L + "eq-32": (li, "equation_24_printed"),
    L + "eq-33": (li, "equation_25"),
    L + "lemma-5": (li, "equation_24_printed"),
    L + "eq-28": (li, "equation_28"),
    L + "eq-30": (li, "equation_30"),
    L + "eq-36/dimension": (li, "equation_36_printed"),
    L + "eq-36/powers": (li, "equation_36_printed"),
    L + "eq-38/dimension": (li, "equation_38"),
    L + "eq-38/tail": (li, "equation_38"),
    L + "eq-40": (li, "equation_13"),
    L + "eq-41": (li, "equation_41_printed"),
    L + "eq-43/one-hidden-unit": (li, "equation_43"),
    L + "eq-43/two-hidden-units": (li, "equation_44"),
    L + "eq-46/graph": (li, "equation_46"),
    L + "eq-47/one-hidden-unit": (li, "equation_47"),
    L + "eq-47/two-hidden-units": (li, "equation_47"),
    L + "eq-49/graph": (li, "equation_49"),
    L + "lemma-4": (li, "equation_28"),
    L + "lemma-6": (li, "equation_36_printed"),
    L + "remark-3/outputs": (li, "equation_43 equation_47"),
    L + "remark-3/parameters": (li, "equation_44"),
    L + "remark-constants-independent-of-n": (li, "equation_16_printed equation_17 radius"),
    L + "remark-contribution-cost/outputs": (li, "equation_43 equation_47"),
    L + "remark-gammas-independent-of-n": (li, "equation_13 equation_14_printed equation_15"),
    L + "theorem-2/outputs": (li, "equation_43 equation_47"),
    L + "theorem-2/v": (li, "equation_47"),
    L + "theorem-2/weights": (li, "equation_44"),
    L + "theorem-3/product-with-one-unit": (li, "equation_17"),
}
ELSEWHERE = {
    A
    + "remark-lemma-14-feasible/settings": "test_constraints_of_lemma_14 compares the constraints",
    A + "remark-lemma-14-other-cases/covered": "test_the_five_cases_of_lemma_14 compares the signs",
}
# Nothing is printed that could be compared. A claim that joins needs a reason of its own.
WITHOUT = {
    "a run or an experiment, described in words": [
        A + "figure-2",
        A + "remark-figure-2-teacher",
        A + "remark-linear-faster",
        A + "remark-linear-learning-rates",
        *(L + f"figure-1{panel}/as-described" for panel in ("", *"abcdef")),
        L + "remark-figure-1-order",
        L + "remark-figure-1-stable",
    ],
    "a rate in words; the side is a growth measured in runs": [A + "remark-rate-seems-tight"],
    "which nodes a set holds, a matter of words; both readings are compared": [
        A + "eq-4",
        L + "definition-mean-degree",
        L + "definition-neighbourhood",
    ],
    "which norm is meant, a matter of words; both readings are compared": [L + "definition-norms"],
    "there are positive bounds: existence, without a number": [A + "lemma-14/bounds"],
    "what suffices to follow the spectra, in words": [A + "remark-two-spectra/separately"],
    "a loop whose counter no line changes": [L + "algorithm-1/ends", L + "remark-line-1"],
    "a limit of zero or a smaller distance, in words": [
        L + "remark-1",
        L + "remark-1/two-hidden-units",
        L + "remark-2/best-of-four",
        L + "remark-2/convergence",
        L + "remark-contribution-cost/convergence",
    ],
    "independence or knowledge of a sign, in words": [
        L + "remark-contribution-samples",
        L + "remark-one-epoch",
    ],
    "no teacher is excluded, in words; the side is a misfit of zero": [L + "remark-unit-norm"],
}
# Clauses that hold, of items that another clause refutes.
HOLDING = [
    *(A + f"eq-36/{part}" for part in ("middle", "last")),
    A + "lemma-13/lower",
    A + "remark-above-stays/half",
    A + "remark-b-lower/size",
    A + "remark-below-stays/upper",
    A + "remark-beta-share/share",
    A + "remark-c-lower/full",
    *(A + f"remark-c-upper/{part}" for part in ("vanishes", "terms")),
    A + "remark-common-eigenvectors/eigenvectors",
    A + "remark-initial-alpha/alpha",
    *(A + f"remark-lemma-14-case-1/{part}" for part in ("alpha", "steps")),
    *(A + f"remark-lemma-14-case-4/{part}" for part in ("implied", "steps")),
    A + "remark-lemma-14-case-5/bounds",
    *(L + f"algorithm-1/{part}" for part in ("iterates", "fixed-point")),
    *(L + f"eq-{number}/node" for number in (46, 49)),
    *(L + f"eq-{number}/value" for number in (6, 9)),
    *(L + f"figure-1{panel}/completed" for panel in ("", *"abcdef")),
    L + "remark-2/signs",
    L + "remark-assumptions-list/increasing-and-lipschitz",
    L + "remark-contribution-cost/cost",
    *(L + f"theorem-3/{part}" for part in ("trace-with-one-unit", "ball")),
]


def tabled():
    tables = (of_relu.ROWS, of_linear.ROWS, of_unequal.ROWS, of_li2021.ROWS, of_li2021.LEAST)
    return {row[0] for table in tables for row in table}


def refuting():
    """The printed claims of the items that the ledgers refute, but those that hold."""
    items = [
        item
        for paper in ("awasthi2021", "li2021")
        for item in ledger.load(ROOT / "book" / "ledger" / f"{paper}.yml")
        if item.verdict in REFUTED
    ]
    claims = {c.id for item in items for c in audit.claims_of(item.id) if c.role == "printed"}
    assert set(HOLDING) <= claims
    return claims - set(HOLDING)


def without():
    return [name for names in WITHOUT.values() for name in names]


def unbound(claims):
    return sorted(claims - tabled() - set(THROUGH) - set(ELSEWHERE) - set(without()))


def test_every_claim_that_refutes_is_bound_or_excused():
    assert unbound(refuting()) == []


def test_a_claim_that_nothing_binds_is_found():
    assert unbound({A + "planted"}) == [A + "planted"]


def test_what_is_excused_refutes_and_is_bound_by_nothing():
    assert len(without()) == len(set(without())) == 30
    assert set(without()) | set(THROUGH) | set(ELSEWHERE) <= refuting()
    assert set(without()) & (tabled() | set(THROUGH) | set(ELSEWHERE)) == set()


def test_what_is_said_to_hold_holds(stored_evidence):
    with stored_evidence():
        assert [name for name in HOLDING if audit.run(name).verdict != "holds"] == []


def test_functions_of_bounds_are_compared():
    compared = {ours.__name__ for ours, *_ in test_agreement.PAIRS}
    for function in (
        *(ours for ours, *_ in test_agreement.PAIRS),
        *(ours for _, ours in test_agreement_linear.PAIRS),
    ):
        compared |= set(function.__code__.co_names)
    named = {one for _, listed in THROUGH.values() for one in listed.split()}
    assert named <= compared


@pytest.mark.parametrize(
    ("name", "module", "function"),
    [(name, module, one) for name, (module, listed) in THROUGH.items() for one in listed.split()],
)
def test_printed_sides_change_with_the_function_of_bounds(name, module, function, monkeypatch):
    claim, ours = audit.check(name), getattr(module, function)
    before = everything(claim)
    monkeypatch.setattr(module, function, lambda *given: 1.001 * ours(*given))
    after = everything(claim)
    assert before.shape == after.shape
    assert not np.array_equal(before, after)
