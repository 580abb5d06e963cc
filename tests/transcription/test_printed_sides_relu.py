"""The printed sides of refuting claims on ReLU networks, against the second transcription.

The columns A, B and C of a claim carry the factor d + 1: `of_sums` takes 0 for d where it stands by
them, `of_paper` divides them by it.
"""

import math
from fractions import Fraction

import numpy as np

from gnnconv_lib import audit
from gnnconv_lib.bounds import awasthi2021_relu as bounds
from tests.transcription import awasthi2021

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
    "n": "n",
    "epsilon": "eps",
    "h": "h",
    "sigma": "sigma",
    "r": "r",
    "lam": "share",
    "c": "c",
    "k": "K",
    "Delta": "S",
}


def of_sums(c):
    known = {ours: c[theirs] for ours, theirs in SUMS.items() if theirs in c}
    if "gap" in c and "B" not in known:
        known["B"] = c["A"] - c["gap"]
    if "sine" in c:
        known["beta"] = c["length"] * c["sine"]
    if "x" in c and "A" in c:
        known["eta"] = c["x"] / c["A"]
    return {**known, "d": 0, "o_A": 10 * c.get("S", 0.0), "o_one": 0.0}


def of_paper(c):
    known = of_sums(c)
    return {**known, "d": c["d"]} | {
        name: known[name] / (c["d"] + 1) for name in "ABC" if name in known
    }


def of_entries(c):
    return {f"hess_{name}": c[name] for name in ("aa", "bb")} | {
        f"hess_{name}": c["ab"] for name in ("ab", "ba")
    }


def of_slopes(c):
    """One pair with d_ij = 1 in the place of all, its slope the sum C."""
    return {**of_sums(c), "overlaps": np.array([[1.0]]), "dual_step": lambda _: c["C"]}


def of_squares(c):
    """One pair in the place of all, its square the sum R."""
    return {**of_sums(c), "overlaps": np.array([[math.sqrt(c["R"])]])}


def of_the_ridge(c):
    known = {**of_slopes(c), "dual_step": lambda _: c["C1"]}
    return {**known, "epsilon": c["sign"] * c["eps"], "alpha": c["length"] * c["cos"]}


def of_the_angle(c):
    return {**of_paper(c), "alpha": c["cos"], "ell": 1.0}


def of_units(c):
    """Exactly, so that 1 - 1/h^2 keeps its last term."""
    return {"h": Fraction(c["h"])}


def of_theorem_1(c):
    return {**of_paper(c), "c": bounds.THEOREM_1_CONSTANT}


def distance(c):
    return {
        "n": c["n"],
        "distance": math.sqrt((c["length"] - 1) ** 2 + 2 * c["length"] * (1 - c["cos"])),
    }


def unit(c):
    return {"d": 0, "A": 1.0, "o_one": 0.0, "eta": 0.0, "smoothness": 0.0}


def mu_star(c):
    return {"epsilon": 1.0, "h": 1, "n": c["n"], "d": c["d"]}


def first(value, c):
    return value[0]


def second(value, c):
    return value[1]


def with_degree(value, c):
    return (c["d"] + 1) * value


def missed(value, c):
    return float(1 - value)


def whole(value, c):
    return math.ceil(value)


P, R = "awasthi2021:", "awasthi2021:remark-"
L5, L7, T1 = "proof_of_lemma_5", "proof_of_lemma_7", "proof_of_theorem_1"
ROWS = [
    (R + "second-derivative-alpha-alpha", "left", f"{L7}_hessian_aa", of_sums),
    (R + "second-derivative-beta-beta", "left", f"{L7}_hessian_bb", of_sums),
    (R + "second-derivative-alpha-beta", "left", f"{L7}_hessian_ab", of_sums),
    (R + "second-derivative-beta-alpha", "left", f"{L7}_hessian_ba", of_sums),
    (R + "derivative-of-b-alpha/bound", "right", f"{L7}_B_derivative_bound", of_sums),
    (R + "derivative-of-b-beta/bound", "right", f"{L7}_B_derivative_bound", of_sums),
    (R + "derivative-of-b-alpha/formula", "right", f"{L7}_B_alpha", of_slopes),
    (R + "derivative-of-b-beta/formula", "right", f"{L7}_B_beta", of_slopes),
    (R + "derivative-of-c-alpha/bound", "right", f"{L7}_C_derivative_bound", of_squares),
    (R + "derivative-of-c-beta/bound", "right", f"{L7}_C_derivative_bound", of_squares),
    (R + "derivative-of-c-alpha/formula", "right", f"{L7}_C_alpha", of_squares),
    (R + "derivative-of-c-beta/formula", "right", f"{L7}_C_beta", of_squares),
    (R + "eigenvalue-by-entries", "right", f"{L7}_eigenvalue", of_entries),
    (R + "hessian-diagonal-bound", "right", f"{L7}_pure_1", of_sums),
    (R + "hessian-mixed-bound", "right", f"{L7}_mixed_1", of_sums),
    (R + "segment-upper", "right", f"{L7}_upper", of_sums),
    (R + "segment-lower-step", "0.left", f"{L7}_lower_1", of_sums),
    (R + "segment-lower-step", "1.left", f"{L7}_lower_2", of_sums),
    (R + "segment-lower-step", "2.left", f"{L7}_lower_3", of_sums),
    (R + "length-upper-step", "right", "proof_of_lemma_6_recurrence", of_sums),
    (R + "beta-share/length", "right", "proof_of_lemma_8_length_gap", of_sums),
    (R + "gradient-norm", "left", "proof_of_lemma_9_gradient_2", of_paper),
    (R + "pl-ratio", "left", "proof_of_lemma_9_ratio", of_sums),
    (P + "eq-28", "0.0.left", "equation_28_line_1", of_paper),
    (P + "eq-28", "0.1.left", "equation_28", of_paper),
    (P + "eq-28", "1.1.left", "equation_28", of_paper),
    (P + "eq-32", "1.right", "equation_32_plus", of_the_ridge, first),
    (P + "eq-32", "1.left", "equation_32_plus", of_the_ridge, second),
    (P + "eq-34", "right", "equation_34", of_the_angle, with_degree),
    (P + "eq-35", "left", "equation_35", of_paper),
    (P + "eq-36/first", "left", "equation_36_line_1", of_sums, second),
    (P + "eq-36/first", "right", "equation_36_line_1", of_sums, first),
    (R + "overlapping-pairs", "right", f"{L5}_nonzero_terms", of_paper),
    (R + "b-lower/count", "left", f"{L5}_B_lower", of_paper, with_degree),
    (R + "c-lower/slope", "left", f"{L5}_C_lower", of_paper, with_degree),
    (R + "c-upper/bound", "right", f"{L7}_C_upper", of_paper, with_degree),
    (R + "step-dual-above-half", "left", f"{L5}_step_lower", lambda c: {}),
    (R + "smoothness-constant", "right", f"{T1}_smoothness", unit),
    (R + "step-times-smoothness", "1.right", f"{T1}_step_condition", unit, second),
    (R + "loss-below-distance", "right", f"{T1}_loss_by_distance", distance),
    (R + "theorem-1-conclusion/region", "right", f"{T1}_unit_loss", of_paper),
    (R + "theorem-1-conclusion/cliques", "right", f"{T1}_unit_loss", of_sums),
    (P + "theorem-1", "0.right", "theorem_1_iterations", of_theorem_1),
    (R + "theorem-1-alternative", "0.right", "theorem_1_iterations", of_theorem_1),
    (P + "lemma-3/alpha", "right", "lemma_3_probability", of_units, missed),
    (P + "lemma-3/alpha", "steps", "lemma_3_time", of_sums, whole),
    (R + "early-phase-end/alpha", "right", "lemma_3_probability", of_units, missed),
    (R + "early-phase-end/alpha", "steps", "lemma_3_time", of_sums, whole),
    (R + "early-phase-end/length", "right", "lemma_3_probability", of_units, missed),
    (R + "early-phase-end/length", "steps", "lemma_3_time", of_sums, whole),
    (R + "initial-alpha/length", "right", "lemma_3_probability", of_units, missed),
    (R + "no-pl-at-start", "1.right", "lemma_4_mu_star", mu_star, lambda v, c: v * c["start_loss"]),
]


def test_the_range_of_the_step_dual_is_that_of_the_second_transcription():
    claim = audit.check(R + "step-dual-above-half")
    largest = np.max(np.abs(claim.domain.cases("quick").columns["x"]))
    assert math.isclose(largest, awasthi2021.proof_of_lemma_5_step_range(), rel_tol=1e-12)
