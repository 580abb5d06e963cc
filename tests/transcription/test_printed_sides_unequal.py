"""The printed sides of refuting claims on unequal degrees, against the second transcription."""

import math

import numpy as np
import pytest

from gnnconv_lib.audit.awasthi2021.linear_unequal_degrees import (
    _lemma_14_states as states,
    lemma_14_feasible,
    theorem_4,
)
from tests.transcription import awasthi2021 as paper

NAMES = ("W1", "W2", "W1_star", "W2_star")


def of_weights(c):
    weights = c.get("weights") or [np.array([[value]]) for value in (0.8, 0.6, 1.0, 0.2)]
    known = dict(zip(NAMES, weights, strict=True))
    return {**known, "degrees": c["graph"].degrees, "L": int(c["L"])}


def of_state(c):
    """A state of both spectra, g of Eq. (51) and r of Eq. (54) at every node."""
    degrees, L = c["graph"].degrees.astype(float), int(c["L"])
    known = {
        f"{name}_p{star}": c[name + star] for name in ("alpha", "beta") for star in ("", "_star")
    }
    g = paper.equation_51(**known, d_i=degrees, L=L)
    away = c["alpha"] - c["alpha_star"] + degrees * (c["beta"] - c["beta_star"])
    at_zero = {**known, "alpha_p": 0.0, "beta_p": 0.0, "eta": 1.0}
    return {
        **at_zero,
        "degrees": degrees,
        "g_values": g,
        "r_values": g / np.where(away == 0, 1.0, away),
    }


def of_g(c):
    known = {
        f"{name}_p{star}": c[name + star] for name in ("alpha", "beta") for star in ("", "_star")
    }
    return {**known, "d_i": c["graph"].degrees.astype(float), "L": int(c["L"])}


def of_numbers(c):
    known = {name: c[name] for name in "PQR"}
    return {**known, "alpha_gap": c["a"], "beta_gap": c["b"]}


def of_short_steps(c):
    known = {
        "P": 1 - c["short"] * c["s0"],
        "Q": c["short"] * c["s1"],
        "R": 1 - c["short"] * c["s2"],
    }
    return {**known, "alpha_gap": c["a"], "beta_gap": c["b"]}


def one_distance(arguments):
    return lambda c: {**arguments(c), "alpha_gap": 1.0, "beta_gap": 0.0}


def with_q(value, c):
    P = paper.proof_of_theorem_4_P(c["eta"], of_state(c)["r_values"])
    return c["a"] * P - c["b"] * value


def of_ranges(c):
    """The range of the run in the place of l and u; T and the step size are columns."""
    star = (c["alpha_star"], c["beta_star"])
    (low_a, low_b), (high_a, high_b) = theorem_4._ranges(c["graph"], int(c["L"]), star)
    known = {"u_alpha": high_a, "ell_alpha": low_a, "u_beta": high_b, "ell_beta": low_b}
    known |= {
        "n": c["graph"].nodes,
        "d": int(c["graph"].degrees.max()),
        "L": int(c["L"]),
        "r": 1,
        "epsilon": c["eps"],
        "eta_0": c["eta"],
    }
    known |= {"alpha_stars": np.array(star[:1]), "beta_stars": np.array(star[1:])}
    known["delta_alpha_max"] = paper.lemma_14_delta_alpha(high_a, low_a, star[0])
    known["delta_beta_max"] = paper.lemma_14_delta_beta(high_b, low_b, star[1])
    return known


def of_both_targets(c):
    """σ* is α* in the term of W1, β* in that of W2; each term stands in both places."""
    known = of_ranges(c)
    found = []
    for name in ("alpha", "beta"):
        term = {part: known[f"{part}_{name}"] for part in ("u", "ell")}
        both = {f"{part}_{other}": term[part] for part in term for other in ("alpha", "beta")}
        delta = known[f"delta_{name}_max"]
        both |= {"delta_alpha_max": delta, "delta_beta_max": delta}
        found.append({**known, **both, "sigma_star": c[f"{name}_star"]})
    return found


def smaller(value, c):
    return np.min(value)


def whole(value, c):
    return max(math.ceil(value), 0)


def of_case(c):
    """u_beta is taken as beta itself, G_u the larger of both sums."""
    known = {name: c[name] for name in ("alpha_star", "beta_star", "eta")}
    known |= {"n": c["graph"].nodes, "d": c["d"], "u_beta": c["beta"]}
    return {**known, "G_u": max(abs(c["first"]), abs(c["second"]))}


def with_room(c):
    """u_beta at and above beta, as the claim takes it."""
    return [
        {**of_case(c), "u_beta": c["beta"] * (1 + more) + more * c["alpha_star"]}
        for more in (0.0, 0.1, 2.0)
    ]


def after_the_step(value, c):
    if max(abs(c["first"]), abs(c["second"])) == 0:
        return c["beta"] + 0 * value
    return c["beta"] - np.maximum(value, 0.0) * c["second"]


def of_point(c):
    known = {name: c[name] for name in ("alpha_star", "beta_star")}
    return {**known, "alpha_p": c["alpha"], "beta_p": c["beta"]}


P, R, L14 = "awasthi2021:", "awasthi2021:remark-", "proof_of_lemma_14"
ROWS = [
    (P + "eq-46/loss", "left", "equation_46", of_weights),
    (P + "eq-46/loss/sampled", "right", "equation_46", of_weights),
    (P + "eq-47/gradient", "left", "equation_47", of_weights),
    (P + "eq-48/gradient", "left", "equation_48", of_weights),
    (P + "eq-49/update", "left", "equation_49", of_state, lambda v, c: -v),
    (P + "eq-49/update", "1.left", "equation_49", of_state, lambda v, c: -c["L"] * v),
    (P + "eq-50/update", "left", "equation_50", of_state, lambda v, c: -v),
    (P + "eq-50/update", "1.left", "equation_50", of_state, lambda v, c: -c["L"] * v),
    (P + "eq-51/factor", "left", "equation_51", of_g, lambda v, c: np.sum(v)),
    (P + "eq-55", "left", "equation_55", lambda c: {"L": c["L"], "s_i": c["s"], "t": c["t"]}),
    (P + "definition-p-q-r/q", "left", "proof_of_theorem_4_Q", of_state, with_q),
    (P + "eq-58/bound", "0.right", "equation_58", of_numbers),
    (P + "eq-58/bound", "1.right", "equation_58", of_short_steps),
    (P + "eq-59/bound", "0.right", "equation_59", one_distance(of_numbers)),
    (P + "eq-59/bound", "1.right", "equation_59", one_distance(of_short_steps)),
    (R + "theorem-4-geometric/factor", "0.left", "equation_59", one_distance(of_numbers)),
    (R + "theorem-4-geometric/factor", "1.left", "equation_59", one_distance(of_short_steps)),
    (P + "theorem-4/loss", "T", "equation_57", of_ranges, whole),
    (P + "theorem-4/loss", "right", "theorem_2_loss", of_ranges),
    (P + "eq-57/steps", "right", "equation_57", of_ranges, whole),
    (R + "similar-rate-unequal", "T", "equation_57", of_ranges, whole),
    (R + "similar-rate-unequal", "1.right", "theorem_2_loss", of_ranges),
    (R + "lemma-14-case-1/beta", "left", f"{L14}_case_1_second", of_case),
    (
        R + "lemma-14-case-4/alpha",
        "left",
        f"{L14}_case_4_alpha_2",
        lambda c: {**of_case(c), "eta": 0},
    ),
    (R + "lemma-14-case-5/implied", "left", f"{L14}_case_5_implied", of_point, lambda v, c: v[1]),
    (R + "lemma-14-case-5/implied", "right", f"{L14}_case_5_implied", of_point, lambda v, c: v[0]),
    (R + "lemma-14-case-5/steps", "left", f"{L14}_case_5_eta", with_room, after_the_step),
]
ROWS += [
    (name, "eta", "lemma_14_eta", of_both_targets, smaller)
    for name in (P + "theorem-4/loss", P + "eq-57/steps", R + "similar-rate-unequal")
]


def numerators(x, y, bounds):
    """The numerators of the step sizes of all five cases, as transcribed, in the order printed."""
    ell_alpha, u_alpha, ell_beta, u_beta = bounds
    known = {"alpha_star": x, "beta_star": y, "n": 1, "d": 1, "G_u": 1}
    known |= {"ell_alpha": ell_alpha, "u_alpha": u_alpha, "ell_beta": ell_beta, "u_beta": u_beta}
    names = ("1_eta_alpha", "1_eta_beta", "2_eta_alpha", "2_eta_beta", "3_eta", "4_eta", "5_eta")
    found = []
    for name in names:
        function = getattr(paper, f"{L14}_case_{name}")
        wanted = function.__code__.co_varnames[: function.__code__.co_argcount]
        found.append(function(**{key: known[key] for key in wanted}))
    return found


@pytest.mark.parametrize("changed", [False, True])
def test_constraints_of_lemma_14_are_those_of_the_second_transcription(changed):
    x, y, bounds = 0.7, 1.9, np.array([0.11, 1.3, 0.23, 2.9])
    rows = lemma_14_feasible.constraints(x, y)[:7]
    ours = [limit - np.array(row[:4]) @ bounds for row, limit in rows]
    wanted = numerators(x + 0.001 * changed, y, bounds)
    assert np.allclose(ours, wanted, rtol=1e-12) != changed


def test_the_five_cases_of_lemma_14_are_those_of_the_second_transcription():
    ours = [(alpha, beta, sums, sums) for alpha, beta, sums in states.SIGNS.values()]
    assert np.array_equal(ours, paper.proof_of_lemma_14_signs())
