"""Which activations satisfy Assumptions 1 and 2; the norms, the noise and the scale of W*.

Reference: li2021, Notations, Assumptions. Book page: `book/li2021/models-and-assumptions`.
"""

from __future__ import annotations

import numpy as np

from gnnconv_lib import activations
from gnnconv_lib.audit import BUDGETS
from gnnconv_lib.audit._averaging_cases import ACTIVATIONS, Failure, outcome, rectified, values
from gnnconv_lib.evidence import Evidence
from gnnconv_lib.validation import require_choice

__all__ = [
    "listed_activations",
    "matrix_norm",
    "stated_hypotheses",
    "sub_gaussian_noise",
    "swish_is_covered",
    "unit_norm",
]

_LISTED = ("relu", "leaky_relu(0.2)", "leaky_relu(0.05)", "sigmoid", "softplus")


def listed_activations(budget: str = "quick") -> Evidence:
    """Assumptions 1 and 2 for the activations listed with them."""
    failures = _violations(_LISTED, budget)
    holds = {name for name in _LISTED if not _violations((name,), budget)}
    return outcome(
        "search",
        failures,
        "All listed activations satisfy both assumptions.",
        {"activations that satisfy both": len(holds), "listed": len(_LISTED)},
        1e-12,
    )


def swish_is_covered(budget: str = "quick") -> Evidence:
    """Whether Swish is increasing and 1-Lipschitz."""
    failures = _violations(("swish",), budget, second=False)
    slope = float(np.asarray(activations.get("swish").derivative(_points(budget))).max())
    summary = "Swish is increasing with Lipschitz constant 1."
    return outcome("search", failures, summary, {"largest slope": slope}, 1e-12)


def stated_hypotheses(budget: str = "quick") -> Evidence:
    """The introduction's list: increasing and 1-Lipschitz, and nothing else is used. Theorem 2 also
    needs a finite L_sigma, so that a failure of Assumption 2 counts."""
    names = (*_LISTED, "swish")
    failures = _violations(names, budget)
    summary = "All six activations satisfy what the analysis uses."
    return outcome("search", failures, summary, {"failures": len(failures)}, 1e-12)


def unit_norm(budget: str = "quick") -> Evidence:
    """Whether a teacher with |W*| = 2 equals one with |W| = 1 and another v: on the inputs 1 and 2
    of a single feature, the two outputs must have the same ratio."""
    scales = {"quick": (2.0,), "full": (0.1, 0.5, 2.0, 10.0)}[
        require_choice("budget", budget, BUDGETS)
    ]
    inputs = np.array([1.0, 2.0, -1.0])
    failures: list[Failure] = []
    worst = 0.0
    for name in ACTIVATIONS:
        sigma = activations.get(name)
        for scale in scales:
            target = values(sigma, scale * inputs)
            gap = min(_misfit(target, values(sigma, sign * inputs)) for sign in (1.0, -1.0))
            if rectified(name):
                worst = max(worst, gap)
            if gap > 1e-12:
                words = f"isolated nodes, features 1, 2, -1, {name}, W* = {scale:g}: misfit with |W| = 1"
                failures.append((words, 0.0, gap))
    return outcome(
        "numerical",
        failures,
        "Every teacher equals one of norm 1.",
        {"largest misfit of the ReLU family": worst},
        1e-12,
        "For the ReLU family |W*| = 1 is no loss of generality, since v* takes the factor. "
        "For sigmoid, softplus, tanh and Swish it is an assumption.",
    )


def matrix_norm(budget: str = "quick") -> Evidence:
    """One Euclidean norm for matrices: |W - W*|^2 = 2 - 2 Tr(W*' W) for unit matrices, on which the
    recursion for W rests, with the Frobenius norm and with the spectral norm."""
    trials = {"quick": 50, "full": 2000}[require_choice("budget", budget, BUDGETS)]
    failures: list[Failure] = []
    worst = 0.0
    cases = [(np.diag([1.0, 0.0]), np.eye(2))]
    for trial in range(trials):
        cases.append(tuple(np.random.default_rng(trial).standard_normal((2, 3, 2))))
    for number, (first, second) in enumerate(cases):
        for order in ("fro", 2):
            W, V = first / np.linalg.norm(first, order), second / np.linalg.norm(second, order)
            left = float(np.linalg.norm(W - V, order)) ** 2
            right = 2 - 2 * float(np.sum(W * V))
            if order == "fro":
                worst = max(worst, float(abs(left - right)))
            elif abs(left - right) > 1e-12:
                words = "W = diag(1, 0), W* = I" if number == 0 else f"random pair {number}"
                failures.append(
                    (f"spectral norm, {words}: |W - W*|^2 against 2 - 2 Tr", right, left)
                )
    return outcome(
        "numerical",
        failures,
        "Both readings of the norm serve.",
        {"largest gap with the Frobenius norm": worst},
        1e-12,
        "The norm of W is the Frobenius norm (for d_out = 1 both agree), that of the inverse of Xi "
        "the spectral one.",
        worst <= 1e-12,
    )


def sub_gaussian_noise(budget: str = "quick") -> Evidence:
    """The psi_2 norm inf{t : E exp(X^2 / t^2) <= 2}: finite, s sqrt(8/3), for a Gaussian with
    deviation s; 1/sqrt(log 2) for a random sign, which is no Gaussian."""
    require_choice("budget", budget, BUDGETS)
    z, weight = np.polynomial.legendre.leggauss(400)
    z, weight = 40 * z, 40 * weight
    failures: list[Failure] = []
    t = np.sqrt(8 / 3)
    gaussian = float(np.sum(weight * np.exp(z**2 / t**2 - z**2 / 2)) / np.sqrt(2 * np.pi))
    sign = float(np.exp(1 / (1 / np.sqrt(np.log(2))) ** 2))
    for name, value in (
        ("Gaussian at sqrt(8/3)", gaussian),
        ("random sign at 1/sqrt(log 2)", sign),
    ):
        if abs(value - 2) > 1e-12:
            failures.append((name, 2.0, value))
    ratio = float(t**2 * np.log(2))  # (psi_2 / deviation)^2, Gaussian over random sign
    if abs(ratio - 1) < 1e-3:
        failures.append(("psi_2 norm of a random sign of deviation 1", 1.0, ratio))
    summary = (
        "Gaussian noise of deviation s has the psi_2 norm 1.633 s; random signs, which are not "
        "Gaussian, have 1.201 s."
    )
    return outcome(
        "numerical", failures, summary, {"E exp, Gaussian": gaussian, "E exp, sign": sign}, 1e-12
    )


def _points(budget: str) -> np.ndarray:
    count = {"quick": 4001, "full": 400_001}[require_choice("budget", budget, BUDGETS)]
    return np.linspace(-20.0, 20.0, count)


def _violations(names: tuple[str, ...], budget: str, second: bool = True) -> list[Failure]:
    """Pairs that break Assumption 1, and the point 0 where it breaks Assumption 2."""
    t = _points(budget)
    failures: list[Failure] = []
    for name in names:
        sigma = activations.get(name)
        y = values(sigma, t)
        zero = abs(float(values(sigma, np.zeros(1))[0]))
        if second and zero > 0:
            failures.append(
                (f"Assumption 2, {name}, one node with x = 0: |sigma(x)| against L |x|", 0.0, zero)
            )
        lowest = np.minimum.accumulate(y[::-1])[::-1]
        if np.any(y > lowest + 1e-12):
            k = int(np.argmax(y - lowest))
            low = k + int(np.argmin(y[k:]))
            words = f"Assumption 1, {name} at {t[k]:.4g} against {t[low]:.4g}, where it must not be smaller"
            failures.append((words, float(y[k]), float(y[low])))
        steep = np.abs(np.diff(y)) / np.diff(t)
        if steep.max() > 1 + 1e-12:
            k = int(steep.argmax())
            failures.append(
                (f"Assumption 1, {name} next to {t[k]:.4g}: slope", 1.0, float(steep[k]))
            )
    return failures


def _misfit(target: np.ndarray, basis: np.ndarray) -> float:
    """min over v of |target - v basis| / |target|."""
    v = target @ basis / (basis @ basis)
    return float(np.linalg.norm(target - v * basis) / np.linalg.norm(target))
