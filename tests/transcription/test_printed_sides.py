"""The printed sides of claims that refute, against the second transcription, at the claims' own cases.

The columns A, B and C of a claim carry the factor d + 1, so that d is 0 here where it stands by them.
"""

import inspect

import numpy as np
import pytest

from gnnconv_lib import audit
from gnnconv_lib.claims import Found
from tests.transcription import awasthi2021
from tests.transcription.test_agreement import called, readings

PROOF = "proof_of_lemma_7"
SUMS = {
    "alpha": "along",
    "ell": "length",
    "A": "A",
    "B": "B",
    "C": "C",
    "B_alpha": "B_a",
    "B_beta": "B_b",
    "C_alpha": "C_a",
    "C_beta": "C_b",
}


def of_sums(columns):
    known = {ours: columns[theirs] for ours, theirs in SUMS.items() if theirs in columns}
    return {**known, "beta": columns["length"] * columns["sine"], "d": 0}


def of_entries(columns):
    return {f"hess_{name}": columns[name] for name in ("aa", "bb")} | {
        f"hess_{name}": columns["ab"] for name in ("ab", "ba")
    }


def of_matrices(columns):
    d, L = int(columns["graph"].degrees[0]), int(columns["L"])
    W1, W2, S1, S2 = columns["weights"]
    M, goal = W1 + d * W2, S1 + d * S2
    E = np.linalg.matrix_power(M, L) - np.linalg.matrix_power(goal, L)
    return {"M": M, "E": E, "n": columns["graph"].nodes, "d": d, "L": L, "eta": 1.0}


def of_unequal(columns):
    names = ("W1", "W2", "W1_star", "W2_star")
    weights = dict(zip(names, columns["weights"], strict=True))
    return {**weights, "degrees": columns["graph"].degrees, "L": int(columns["L"])}


P = "awasthi2021:"
# Claim, its printed side, the function of the second transcription, and what its arguments are here.
SIDES = [
    (P + "remark-second-derivative-alpha-alpha", "left", f"{PROOF}_hessian_aa", of_sums),
    (P + "remark-second-derivative-beta-beta", "left", f"{PROOF}_hessian_bb", of_sums),
    (P + "remark-second-derivative-alpha-beta", "left", f"{PROOF}_hessian_ab", of_sums),
    (P + "remark-second-derivative-beta-alpha", "left", f"{PROOF}_hessian_ba", of_sums),
    (P + "remark-derivative-of-b-alpha/bound", "right", f"{PROOF}_B_derivative_bound", of_sums),
    (P + "remark-derivative-of-b-beta/bound", "right", f"{PROOF}_B_derivative_bound", of_sums),
    (P + "remark-eigenvalue-by-entries", "right", f"{PROOF}_eigenvalue", of_entries),
    (P + "remark-pl-ratio", "left", "proof_of_lemma_9_ratio", of_sums),
    (P + "eq-38", "left", "equation_38", of_matrices),
    (P + "eq-39", "left", "equation_39", of_matrices),
    (P + "eq-47/gradient", "left", "equation_47", of_unequal),
    (P + "eq-48/gradient", "left", "equation_48", of_unequal),
]


def printed(claim, columns):
    """The printed side, of the first alternative where there are several."""
    wanted = inspect.signature(claim.function).parameters
    found = claim.function(**{name: columns[name] for name in wanted})
    sides = found.printed if isinstance(found, Found) else found
    sides = sides[0] if isinstance(sides, tuple) else sides
    return next(iter(sides.by_name.values())) if hasattr(sides, "by_name") else sides


def cases(claim):
    """Every case alone where the claim takes one at a time, else all at once."""
    columns = claim.domain.cases("quick").columns
    if not claim.each:
        return [{name: np.asarray(v) for name, v in columns.items() if name != "graph"}]
    count = len(next(iter(columns.values())))
    return [{name: v[k] for name, v in columns.items()} for k in range(count)]


def agreeing(claim, side, name, arguments, factor=1.0):
    """The readings that the claim's printed side follows in every case."""
    found = readings(awasthi2021, name)
    for columns in cases(claim):
        value = factor * np.ravel(getattr(printed(claim, columns), side))
        known = arguments(columns)
        size = 1e-9 * np.max(np.abs(value), initial=1e-300)
        found = {
            reading: function
            for reading, function in found.items()
            if np.allclose(np.ravel(called(function, known)), value, rtol=1e-9, atol=size)
        }
    return found


@pytest.mark.parametrize("row", SIDES, ids=[row[0] for row in SIDES])
def test_printed_sides_are_those_of_the_second_transcription(row):
    claim, *rest = row
    assert agreeing(audit.check(claim), *rest)


@pytest.mark.parametrize("row", SIDES, ids=[row[0] for row in SIDES])
def test_another_side_is_found(row):
    claim, *rest = row
    assert not agreeing(audit.check(claim), *rest, factor=1.001)
