"""The printed sides of refuting claims on deep linear networks of one degree, as transcribed twice."""

import math

import numpy as np
import pytest

from gnnconv_lib.audit.awasthi2021.deep_linear import loss, theorem_2
from gnnconv_lib.bounds import awasthi2021_linear as bounds
from tests.transcription import awasthi2021 as paper


def of_matrices(c):
    d, L = int(c["graph"].degrees[0]), int(c["L"])
    W1, W2, S1, S2 = c["weights"]
    M, goal = W1 + d * W2, S1 + d * S2
    known = {"M": M, "M_star": goal, "n": c["graph"].nodes, "d": d, "L": L, "K": L, "eta": 1.0}
    return {**known, "E": paper.lemma_11_E(M, goal, L)}


def of_entries(c):
    """One set of arguments for each entry of a matrix."""
    known = of_matrices(c) if "weights" in c else {"M": c["M"], "L": int(c["L"])}
    return [
        {**known, "i": i, "j": j}
        | {"derivative": paper.proof_of_lemma_11_power_derivative(known["M"], i, j, known["L"])}
        for i, j in np.ndindex(known["M"].shape)
    ]


def of_draws(c):
    features = loss._features(c["graph"], c["r"], c["seed"], c["samples"])
    return {**of_matrices(c), "mu_draws": features.sum(axis=1)}


def columns_first(value, c):
    r = len(c["M"])
    return np.moveaxis(value.reshape(r, r, r, r), (0, 1), (2, 3))


def along_both(value, c):
    """The first gradient along H1 and, d times it, along H2; Eq. (39) is compared alone."""
    H1, H2 = np.random.default_rng(c["seed"]).normal(size=(2, c["r"], c["r"]))
    return np.sum(value * (H1 + int(c["graph"].degrees[0]) * H2))


def moved(value, c):
    return value - of_matrices(c)["M"]


def of_value(c):
    """One singular value, its target and the range of Lemma 12 from its start."""
    start, target = c.get("start", 1 + c["d"]), c["target"]
    low, high = paper.lemma_12_lower(target, start), paper.lemma_12_upper(target, start)
    known = {name: c[name] for name in ("n", "d", "L") if name in c}
    known |= {"sigma_0": start, "sigma_star": target, "u": high, "ell_i": low}
    known["delta_i"] = paper.lemma_13_delta(high, low, target)
    for ours, name in (("sigma_star", "sigma_stars"), ("u", "us"), ("ell_i", "ells")):
        known[name] = np.array([known[ours]])
    known["deltas"] = np.array([known["delta_i"]])
    return {**known, "sigma_t": c.get("value"), "delta": abs(1 - c.get("value", 0) / target)}


def with_step(c):
    """A share of the step size of Theorem 2; the distance from the target is 1."""
    known = of_value(c)
    step = c["share"] * paper.equation_25(
        *(known[name] for name in ("n", "L", "d", "sigma_stars", "us", "ells", "deltas"))
    )
    return {**known, "eta_0": step, "sigma_t": known["sigma_star"] + 1}


def of_the_display(c):
    known = of_value(c)
    names = ("n", "L", "d", "u", "sigma_star")
    return {**known, "eta": paper.proof_of_lemma_12_eta_above(*(known[name] for name in names))}


def of_the_lemma(c):
    known = of_value(c)
    names = ("n", "L", "d", "u", "sigma_star", "sigma_0")
    return {**known, "eta": paper.lemma_12_eta(*(known[name] for name in names))}


def with_corrected_step(c):
    step = bounds.lemma_12_step_corrected(c["start"], c["target"], c["n"], c["d"], c["L"])
    return {**of_value(c), "eta": step}


def path(steps):
    """The recurrence (42) up to the step before the last of `steps`."""

    def arguments(c):
        n, d, L, goal = c["graph"].nodes, int(c["graph"].degrees[0]), int(c["L"]), c["spectrum"]
        eta, sigma = c["share"] * bounds.theorem_2_step_corrected(goal, n, d, L), 1.0 + d + 0 * goal
        for _ in range(steps - 1):
            sigma = paper.equation_42(sigma, goal, eta, n, d, L)
        known = {"eta": eta, "n": n, "d": d, "L": L, "basis": c["basis"]}
        square = paper.proof_of_lemma_13_g_squared(sigma, goal, d, L)
        known["g"] = np.sign(sigma - goal) * np.sqrt(square)
        return {**known, "sigma_t": sigma, "sigma_star": goal, "sigmas": sigma, "sigma_stars": goal}

    return arguments


def of_accuracy(c):
    return {"epsilon": c["accuracy"], "n": c.get("n"), "r": c.get("r")}


def at_the_start(c):
    return {"sigma_star": c["target"], "t": 0, "eta_0": 0.0, "ell_i": 1.0} | {
        name: c.get(name, 1) for name in ("n", "d", "L")
    }


def curvature(value, c):
    n, d, L = c["n"], c["d"], c["L"]
    return value * c["factor"] * n * L**2 * (d**2 + 1) * c["target"] ** (2 * L - 2)


def first_value(value, c):
    """The squared distance after one step of that size, from the identity."""
    eta, goal = 2 * c["factor"] * value, c["target"]
    return (paper.equation_42(1 + c["d"], goal, eta, c["n"], c["d"], c["L"]) - goal) ** 2


def of_powers(value, c):
    return value / (c["L"] ** 2 * (c["d"] ** 2 + 1) ** 2)


def without_first(value, c):
    return value / (c["d"] ** 2 + 1) ** 2


P, R = "awasthi2021:", "awasthi2021:remark-"
L10, L11, L12, T3 = (
    f"proof_of_{name}" for name in ("lemma_10", "lemma_11", "lemma_12", "theorem_3")
)
ROWS = [
    (P + "eq-38", "left", "equation_38", of_matrices),
    (P + "eq-39", "left", "equation_39", of_matrices),
    (P + "eq-40", "left", "equation_40", of_matrices, moved),
    (P + "lemma-11", "left", "equation_38", of_matrices, along_both),
    (R + "loss-entry-derivative", "left", f"{L11}_chain", of_entries),
    (R + "entry-gradient", "left", f"{L11}_bilinear", of_entries),
    (R + "power-derivative-columns", "left", f"{L11}_columns", of_entries, columns_first),
    (R + "expectation-of-lemma-10", "left", f"{L10}_loss_1", of_draws),
    (P + "eq-41", "left", "equation_41", path(1)),
    (P + "eq-42", "left", "equation_42", path(6)),
    (R + "spectral-update", "left", "appendix_c_2_display_line_3", path(2)),
    (P + "lemma-12/interval", "0.left", "lemma_12_lower", of_value),
    (P + "lemma-12/interval", "1.right", "lemma_12_upper", of_value),
    (R + "above-stays/bound", "left", f"{L12}_above_lower", of_the_display),
    (R + "below-stays/bound", "right", f"{L12}_below_upper", of_the_lemma),
    (R + "below-stays/step", "left", f"{L12}_below_update", with_corrected_step),
    (P + "lemma-13/upper", "right", "lemma_13_g_squared_upper", of_value),
    (R + "gradient-upper-second", "left", "proof_of_lemma_13_g_squared_upper", of_value, of_powers),
    (R + "gradient-upper-second", "right", "lemma_13_g_squared_upper", of_value, of_powers),
    (P + "eq-25", "left", "equation_25", of_value, curvature),
    (R + "no-degree-bound", "left", "equation_25", of_value, first_value),
    (R + "theorem-3-bound", "right", f"{T3}_line_3", with_step),
    (R + "theorem-3-contraction", "right", f"{T3}_line_4", with_step),
    (R + "theorem-3-start", "right", f"{T3}_line_5", at_the_start),
    (R + "theorem-3-iterations", "right", f"{T3}_accuracy", of_accuracy),
    (P + "theorem-2", "right", "theorem_2_loss", of_accuracy),
    (P + "eq-24", "right", "theorem_2_loss", of_accuracy),
    (R + "abstract-linear-rate", "right", "theorem_2_loss", of_accuracy),
]


STEPS = [
    ("theorem-2", theorem_2.steps_printed, "equation_24", True),
    ("eq-24", theorem_2._steps_with_corrected_rate, "equation_24", False),
    ("remark-theorem-3-iterations", theorem_2._steps_of_the_proof, f"{T3}_iterations", True),
]


@pytest.mark.parametrize("factor", [1.0, 1.001])
@pytest.mark.parametrize(("claim", "ours", "name", "printed"), STEPS, ids=[s[0] for s in STEPS])
def test_numbers_of_steps_are_those_of_the_second_transcription(claim, ours, name, printed, factor):
    goal, n, d, r = np.array([0.7, 2.5, 9.0]), 6, 3, 3
    us = np.array([paper.lemma_12_upper(s, 1 + d) for s in goal])
    ells = np.array([paper.lemma_12_lower(s, 1 + d) for s in goal])
    deltas = np.maximum(us / goal, goal / ells)
    for L in (1, 2, 4):
        step = 0.3 * (
            paper.equation_25(n, L, d, goal, us, ells, deltas)
            if printed
            else bounds.theorem_2_step_corrected(goal, n, d, L)
        )
        known = {"eta_0": step, "L": L, "d": d, "r": r, "epsilon": 0.01} | (
            {"sigma_stars": goal, "us": us, "ells": ells}
        )
        known |= {"n": n} if name != "equation_24" else {}
        wanted = getattr(paper, name)(**known)
        found = factor * ours(goal, n, d, L, 0.01, 0.3)
        assert math.isclose(found, wanted, rel_tol=1e-9) == (factor == 1.0)
