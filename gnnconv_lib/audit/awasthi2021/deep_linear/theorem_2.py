"""Theorems 2 and 3 as printed: the step size, the iterations, and each step of the proof.

Reference: awasthi2021, Theorems 2 and 3, Eqs. (24)-(25). Book page: book/awasthi2021/deep-linear.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from gnnconv_lib.audit._linear_cases import decide, regular_settings, report, sigma_step, targets
from gnnconv_lib.bounds import awasthi2021_linear as bounds
from gnnconv_lib.evidence import Evidence, Witness

__all__ = [
    "contraction_factor",
    "initial_distance",
    "iterations",
    "iterations_for_one_value",
    "loss_from_singular_values",
    "squared_distance",
    "step_size",
    "with_lemma_13",
]

_LONGEST = 200_000
_CORRECTION = (
    "eta <= 1/(n L^2 (d^2+1) M^{2L-2}) with M = max(1+d, max sigma*), and T as in the corrected "
    "theorem."
)


def step_size(budget: str = "quick") -> Evidence:
    """Eq. (25): the smallest case in which gradient descent with that step size diverges.

    "Diverges" means that after 400 steps |sigma - sigma*| is larger than at the start.
    """
    found: dict[str, tuple[str, float, float]] = {}
    deepest = 0
    for factor, reading in ((1.0, "gradient descent"), (0.5, "printed recurrence")):
        for setting in regular_settings(budget):
            degree, rounds = setting[1:]
            sigma_star = targets(budget)
            rates = [bounds.theorem_2_step_printed([value], *setting) for value in sigma_star]
            sigma = np.full_like(sigma_star, 1.0 + degree)
            for _ in range(400):
                sigma = sigma_step(sigma, sigma_star, setting, np.array(rates), factor)
            start = np.abs(1.0 + degree - sigma_star)
            bad = ~(np.abs(sigma - sigma_star) <= start * (1 + 1e-9)) & (start > 0)
            if not bad.any():
                continue
            deepest = max(deepest, rounds)
            if reading not in found:
                whole = bad & (sigma_star == np.round(sigma_star))
                i = int(np.argmax(whole if whole.any() else bad))
                words = (
                    f"{reading}, n = {setting[0]}, d = {degree}, L = {rounds}, r = 1, "
                    f"sigma* = {sigma_star[i]:g}: |sigma - sigma*| after 2 steps"
                )
                value = np.array([1.0 + degree])
                for _ in range(2):
                    value = sigma_step(value, sigma_star[i : i + 1], setting, rates[i], factor)
                found[reading] = (words, float(start[i]), float(abs(value[0] - sigma_star[i])))
    words, before, after = found.get("printed recurrence", ("none", 0.0, 0.0))
    return report(
        "search",
        decide(not found),
        f"The printed step diverges for L = 1, first on a triangle; deepest failing L in this "
        f"search: {deepest}.",
        {
            f"{reading}, {name}": value
            for reading, (_, first, last) in found.items()
            for name, value in (("distance at start", first), ("distance after 2 steps", last))
        },
        witness=Witness(words, before, after),
        correction=_CORRECTION,
    )


def iterations(budget: str = "quick") -> Evidence:
    """Eq. (24): cases in which T iterations with the printed step leave the loss above eps^2.

    Two kinds: sigma* = 1 with d >= 1, where the logarithm is minus infinity for every eps; and
    one node, where (1 - sigma*)^2 in the place of |1 - sigma*| makes T too small or negative.
    """
    depths = (1, 2) if budget == "quick" else (1, 2, 3, 4)
    failures, first = 0, None
    for nodes, degree, rounds in [(1, 0, L) for L in depths] + [(2, 1, L) for L in depths]:
        for sigma_star in (0.9, 1.0, 1.1, 1.5):
            for accuracy in (0.05, 1e-3, 1e-6):
                case = ([sigma_star], nodes, degree, rounds)
                rate = bounds.theorem_2_step_printed(*case)
                count = bounds.theorem_2_iterations_printed(*case, accuracy, rate)
                if count > _LONGEST:
                    continue
                loss = _loss_after(case, rate, math.ceil(count) if count > 0 else 0)
                if loss > accuracy**2 * (1 + 1e-9):
                    failures += 1
                    words = (
                        f"n = {nodes}, d = {degree}, L = {rounds}, sigma* = {sigma_star:g}, "
                        f"eps = {accuracy:g}: loss after T = {count:.3g} steps"
                    )
                    first = first or (words, count, accuracy**2, loss)
    words, count, allowed, loss = first or ("none", 0.0, 0.0, 0.0)
    edge = ([1.0], 2, 1, 1)
    endless = bounds.theorem_2_iterations_printed(*edge, 1e-3, bounds.theorem_2_step_printed(*edge))
    return report(
        "search",
        decide(first is None),
        "T can be negative or minus infinity while the loss is large: on K_2 with sigma* = 1 the "
        f"formula asks for {endless} steps at loss {_loss_after(edge, 0.0, 0):g}.",
        {"T": count, "failing cases": float(failures), "loss on K_2": _loss_after(edge, 0.0, 0)},
        witness=Witness(words, allowed, loss),
        correction=_CORRECTION,
    )


def _loss_after(
    case: tuple[list[float], int, int, int], rate: float, steps: int, factor: float = 1.0
) -> float:
    """Loss after `steps` steps from the identity, r = 1."""
    (sigma_star,), nodes, degree, rounds = case
    sigma = 1.0 + degree
    strength = factor * rate * nodes * rounds * (degree**2 + 1)
    for _ in range(steps):
        sigma -= strength * sigma ** (rounds - 1) * (sigma**rounds - sigma_star**rounds)
    return 0.5 * nodes * (sigma**rounds - sigma_star**rounds) ** 2


def squared_distance(budget: str = "quick") -> Evidence:
    """The expansion of (sigma_{t+1} - sigma*)^2 from Eq. (41), an identity."""
    draws = np.random.default_rng(0).normal(size=(3, 100 if budget == "quick" else 10_000))
    gap, g, x = draws  # x = eta n
    left = (gap - x / 2 * g) ** 2
    right = gap**2 + x**2 / 4 * g**2 - x * g * gap
    error = float(np.max(np.abs(left - right) / (gap**2 + x**2 * g**2)))
    return report(
        "numerical",
        decide(error < 1e-14),
        "The expansion is an identity.",
        {"largest relative difference": error},
        tolerance=1e-14,
    )


def with_lemma_13(budget: str = "quick") -> Evidence:
    """The squared distance after Lemma 13 is inserted: false where Lemma 13's upper bound is."""
    return _one_step(budget, lambda x, y: 1 + y - x, "the bound with both parts of Lemma 13")


def contraction_factor(budget: str = "quick") -> Evidence:
    """(sigma_{t+1} - sigma*)^2 <= (sigma_t - sigma*)^2 (1 - eta n L^2 (d^2+1) l^{2L-2}).

    The proof drops a positive term. For L = 1 the left factor is (1 - x/2)^2 > 1 - x: it always
    fails.
    """
    return _one_step(budget, lambda x, _: 1 - x, "the factor without the second-order term")


def _one_step(
    budget: str, allowed: Callable[[np.ndarray, np.ndarray], np.ndarray], name: str
) -> Evidence:
    """Search step 0 from the identity, with the step size of Eq. (25) and the printed recurrence."""
    first, worst, searched = None, -np.inf, 0
    for setting in regular_settings(budget):
        nodes, degree, rounds = setting
        start = 1.0 + degree
        sigma_star = targets(budget)
        sigma_star = sigma_star[sigma_star != start]
        searched += len(sigma_star)
        rate = np.array([bounds.theorem_2_step_printed([value], *setting) for value in sigma_star])
        lower = bounds.lemma_13_lower(start, sigma_star, degree, rounds)
        upper = bounds.lemma_13_upper_printed(start, sigma_star, degree, rounds)
        bound = allowed(rate * nodes * lower, (rate * nodes) ** 2 / 4 * upper)
        after = sigma_step(np.full_like(sigma_star, start), sigma_star, setting, rate, 0.5)
        actual = ((after - sigma_star) / (start - sigma_star)) ** 2
        i = int(np.argmax(actual - bound))
        worst = max(worst, float((actual - bound)[i]))
        if actual[i] > bound[i] + 1e-12 and first is None:
            words = f"n = {nodes}, d = {degree}, L = {rounds}, sigma* = {sigma_star[i]:g}, t = 0"
            first = (words, float(bound[i]), float(actual[i]))
    words, claimed, reached = first or ("none", 0.0, 0.0)
    return report(
        "search",
        decide(first is None),
        f"In print, {name} fails; first case: {words}.",
        {"largest excess": float(worst), "cases searched": float(searched)},
        tolerance=1e-12,
        witness=Witness(words, claimed, reached),
        correction="|sigma_{t+1} - sigma*| <= (1 - eta n L^2 (d^2+1) m^{2L-2}) |sigma_t - sigma*| "
        "with m = min(1 + d, sigma*), for the corrected step size.",
    )


def initial_distance(budget: str = "quick") -> Evidence:
    """The initial squared distance is said to be (1 - sigma*)^2; M_0 is (1 + d) I."""
    degrees = range(3) if budget == "quick" else range(20)
    sigma_star = 1.0
    start = [float(np.linalg.eigvalsh(np.eye(2) + d * np.eye(2))[0]) for d in degrees]
    actual = [(value - sigma_star) ** 2 for value in start]
    repaired = all(
        value == (1 + d - sigma_star) ** 2 for value, d in zip(actual, degrees, strict=True)
    )
    return report(
        "numerical",
        decide(all(value == (1 - sigma_star) ** 2 for value in actual), repaired),
        "M_0 = W1 + d W2 = (1 + d) I, so the initial distance is |1 + d - sigma*|.",
        {f"squared distance, d = {d}": value for d, value in zip(degrees, actual, strict=True)},
        witness=Witness("K_2, d = 1, sigma* = 1", (1 - sigma_star) ** 2, actual[1]),
        correction="The initial squared distance is (1 + d - sigma*)^2.",
    )


def iterations_for_one_value(budget: str = "quick") -> Evidence:
    """The proof's own T, with n in the logarithm: |sigma_T^L - sigma*^L| against eps / sqrt(n r)."""
    first = None
    depths = (1, 2) if budget == "quick" else (1, 2, 3)
    for rounds in depths:
        for sigma_star in (0.9, 0.7, 1.1, 1.5):
            for accuracy in (0.05, 1e-3, 1e-6):
                case = ([sigma_star], 1, 0, rounds)
                rate = bounds.theorem_2_step_printed(*case)
                count = bounds.theorem_2_iterations_printed(*case, accuracy, rate)
                if count > _LONGEST:
                    continue
                steps = max(0, math.ceil(count))
                error = math.sqrt(2 * _loss_after(case, rate, steps, factor=0.5))
                if error > accuracy * (1 + 1e-9) and first is None:
                    words = f"n = 1, L = {rounds}, sigma* = {sigma_star:g}, eps = {accuracy:g}"
                    first = (f"{words}, T = {count:.3g}", accuracy, error)
    words, allowed, error = first or ("none", 0.0, 0.0)
    return report(
        "search",
        decide(first is None),
        "The logarithm needs |1 + d - sigma*|, not its square, and L u^{L-1}, not L u.",
        {"allowed": allowed, "reached": error},
        witness=Witness(words, allowed, error),
        correction=_CORRECTION,
    )


def loss_from_singular_values(budget: str = "quick") -> Evidence:
    """The last line: n/2 |M^L - M*^L|^2 <= n r max (sigma^L - sigma*^L)^2 <= eps^2."""
    worst = 0.0
    for seed in range(20 if budget == "quick" else 2000):
        generator = np.random.default_rng(seed)
        r, n = int(generator.integers(1, 6)), int(generator.integers(1, 50))
        differences = generator.normal(size=r)
        loss = n / 2 * np.sum(differences**2)
        worst = max(worst, float(loss / (n * r * np.max(differences**2))))
    return report(
        "numerical",
        decide(worst <= 0.5 + 1e-12),
        "Holds, with a factor 2 to spare.",
        {"largest ratio": worst},
        tolerance=1e-12,
    )
