"""Dual activations: the definition, the derivative identity, the inequalities behind Lemma 5.

Statements about every activation are proved on the page and measured here for all activations of
the library; inequalities for the ReLU dual are proved by ball arithmetic.

Reference: awasthi2021, Definition 1, the text below Eq. (14), the proofs of Lemmas 5 and 7. Book
page: book/awasthi2021/dual-activations.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gnnconv_lib import activations, dual, monte_carlo
from gnnconv_lib.activations import Activation
from gnnconv_lib.audit import BUDGETS
from gnnconv_lib.dual import inequalities, quadrature
from gnnconv_lib.evidence import Evidence, Witness
from gnnconv_lib.validation import require_choice

__all__ = [
    "definition_1",
    "derivative_of_dual",
    "dual_above_one_over_pi",
    "dual_continuous",
    "dual_convex",
    "dual_nondecreasing",
    "dual_of_absolute_value",
    "relu_dual_convex",
    "step_dual_above_half",
    "step_dual_closed_form",
]

# The largest of all z-scores of one check stays below this in all but one case in 1e4.
_Z = 5.0
_JUMPS = ("step", "sign")


def definition_1(budget: str = "quick") -> Evidence:
    """E[sigma(X) sigma(Y)] as `dual` computes it, against quadrature in the plane and samples."""
    samples = {"quick": 20_000, "full": 4_000_000}[require_choice("budget", budget, BUDGETS)]
    rho = np.array([-1.0, -0.95, -0.3, 0.0, 0.5, 0.999, 1.0])
    gaps, scores, detectable = [], [], []
    for seed, activation in enumerate(_all()):
        values = np.asarray(dual.dual(activation, rho))
        gaps.append(
            float(np.max(np.abs(values - _by_quadrature(activation.function, activation, rho))))
        )
        estimate = monte_carlo.dual(activation, 0.5, samples, seed)
        scores.append(abs(float(estimate.z_score(values[4]))))
        detectable.append(estimate.detectable(values[4]))
    numbers = {
        "largest difference to quadrature": max(gaps),
        "largest z": max(scores),
        "detectable relative error": max(detectable),
    }
    tolerance = 1e-13
    summary = (
        f"{len(gaps)} activations: dual and quadrature differ by less than {tolerance:g}, "
        f"largest |z| against samples {max(scores):.1f}."
    )
    worst = int(np.argmax(gaps))
    failure = (_all()[worst].name, tolerance, gaps[worst]) if gaps[worst] > tolerance else None
    if max(scores) > _Z:
        failure = (f"{_all()[int(np.argmax(scores))].name}, samples", _Z, max(scores))
    return _outcome("numerical", summary, numbers, failure, tolerance)


def dual_continuous(budget: str = "quick") -> Evidence:
    """Continuity on [-1, 1], the ends included: the Hermite series converges absolutely there.

    Measured: the largest change of the dual between neighbours on meshes that shrink towards the
    ends, for all activations. Continuity means that it goes to 0 with the mesh.
    """
    require_choice("budget", budget, BUDGETS)
    changes = []
    for width in (1e-4, 1e-8, 1e-12):
        rho = np.array([-1.0, -1.0 + width, -width, 0.0, width, 1.0 - width, 1.0])
        largest = 0.0
        for activation in _all():
            steps = np.abs(np.diff(np.asarray(dual.dual(activation, rho))))[[0, 2, 3, 5]]
            largest = max(largest, float(steps.max()))
        changes.append(largest)
    # The steepest dual here is that of sign, 2 arcsin(rho) / pi, with modulus sqrt(8 width) / pi.
    allowed = [1.01 * np.sqrt(8 * width) / np.pi for width in (1e-4, 1e-8, 1e-12)]
    worst = int(np.argmax(np.array(changes) / allowed))
    failed = changes[worst] > allowed[worst]
    numbers = {"largest change over 1e-4": changes[0], "largest change over 1e-12": changes[2]}
    summary = (
        "The Hermite series converges absolutely on [-1, 1]; over a step of 1e-12 no dual moves by "
        f"more than {changes[2]:.1e}."
    )
    failure = ("a jump of a dual", allowed[worst], changes[worst]) if failed else None
    return _outcome("symbolic", summary, numbers, failure)


def dual_convex(budget: str = "quick") -> Evidence:
    """Convexity on [0, 1]: the coefficients of rho^k are squares.

    Measured: the smallest second difference of all duals on [0, 1], on a fine mesh.
    """
    points = {"quick": 101, "full": 2001}[require_choice("budget", budget, BUDGETS)]
    rho = np.linspace(0.0, 1.0, points)
    lowest = min(
        (float(np.min(np.diff(np.asarray(dual.dual(activation, rho)), 2))), activation.name)
        for activation in _all()
    )
    noise = -1e-14
    numbers = {"smallest second difference": lowest[0]}
    summary = (
        "All coefficients of the power series are squares; the smallest second difference over "
        f"{len(_all())} duals is not below {noise:g}."
    )
    failure = (lowest[1], 0.0, lowest[0]) if lowest[0] < noise else None
    return _outcome("symbolic", summary, numbers, failure, -noise)


def relu_dual_convex(budget: str = "quick") -> Evidence:
    """Convexity of s on all of [-1, 1]."""
    return _certified("convex", budget, "s is convex on all of [-1, 1]")


def derivative_of_dual(budget: str = "quick") -> Evidence:
    """(dual of sigma)' = dual of sigma', for every activation; fails where sigma jumps."""
    require_choice("budget", budget, BUDGETS)
    rho = np.array([-0.99, -0.4, 0.0, 0.6, 0.95])
    gaps = {}
    for activation in _all():
        expected = _by_quadrature(activation.derivative, activation, rho, lower=1)
        gaps[activation.name] = float(
            np.max(np.abs(np.asarray(dual.derivative(activation, rho)) - expected))
        )
    tolerance = 1e-12
    continuous = {name: gap for name, gap in gaps.items() if name not in _JUMPS}
    worst = max(continuous, key=continuous.__getitem__)
    numbers = {
        "largest difference, continuous": continuous[worst],
        "difference for the step": gaps["step"],
    }
    if continuous[worst] > tolerance:
        return _outcome("numerical", "", numbers, (worst, tolerance, continuous[worst]), tolerance)
    if max(gaps.values()) <= tolerance:
        return _outcome(
            "numerical", "The identity holds for all activations.", numbers, None, tolerance
        )
    return Evidence(
        "numerical",
        "holds with correction",
        f"To {tolerance:g} for {len(continuous)} continuous activations, the ReLU among them; off by "
        f"{gaps['step']:.2f} for the step, whose derivative is zero almost everywhere.",
        numbers,
        tolerance,
        correction="The identity holds for absolutely continuous activations. The dual of a jump of "
        "height a at 0 has the derivative a^2 / (2 pi sqrt(1 - rho^2)), not 0.",
    )


def step_dual_closed_form(budget: str = "quick") -> Evidence:
    """The dual of the step is 1 - arccos(rho) / pi, and arccos' = -1 / sqrt(1 - rho^2).

    Proof: by Price's theorem the derivative of 2 P(X >= 0, Y >= 0) is twice the Gaussian density
    at the origin; the closed form has the same derivative, and the same value 1/2 at rho = 0.
    """
    import sympy

    require_choice("budget", budget, BUDGETS)
    r = sympy.Symbol("rho", real=True)
    closed = 1 - sympy.acos(r) / sympy.pi
    covariance = sympy.Matrix([[1, r], [r, 1]])
    density = 1 / (2 * sympy.pi * sympy.sqrt(covariance.det()))
    slope = sympy.simplify(sympy.diff(closed, r) - 2 * density)
    start = sympy.simplify(closed.subs(r, 0) - sympy.Rational(1, 2))
    cosine = sympy.simplify(sympy.diff(sympy.acos(r), r) + 1 / sympy.sqrt(1 - r**2))
    rho = np.linspace(-1.0, 1.0, 41)
    quadrature_values = quadrature.by_angle(activations.get("step"), rho, degree=0)
    gap = float(np.max(np.abs(np.asarray(dual.step(rho)) - quadrature_values)))
    tolerance = 1e-14
    numbers = {"largest difference to quadrature": gap}
    failure = None
    for name, rest in (("slope", slope), ("value at 0", start), ("derivative of arccos", cosine)):
        if rest != 0:
            failure = (name, 0.0, float(rest.subs(r, sympy.Rational(1, 3))))
    if gap > tolerance:
        failure = ("quadrature", tolerance, gap)
    summary = "Both sides have the same derivative and the same value at 0."
    return _outcome("symbolic", summary, numbers, failure, tolerance)


def dual_above_one_over_pi(budget: str = "quick") -> Evidence:
    """s >= 1/pi on [0, 1]."""
    return _certified("at least 1/pi", budget, "s(x) >= 1/pi on [0, 1], with equality at 0")


def dual_of_absolute_value(budget: str = "quick") -> Evidence:
    """|s(x)| <= s(|x|): s is nonnegative, and s(|x|) - s(x) = max(-x, 0)."""
    sign = _certified("nonnegative", budget, "s >= 0 on [-1, 1]")
    size = _certified("largest on the positive side", budget, "s(x) <= s(|x|) on [-1, 1]")
    worse = size if size.verdict != "holds" else sign
    if worse.verdict != "holds":
        return worse
    numbers = {name: sign.numbers[name] + size.numbers[name] for name in ("boxes",)}
    return Evidence("certified", "holds", f"{sign.summary} {size.summary}", numbers)


def dual_nondecreasing(budget: str = "quick") -> Evidence:
    """s does not decrease on [0, 1]."""
    return _certified("nondecreasing", budget, "s' >= 0, even on all of [-1, 1]")


def step_dual_above_half(budget: str = "quick") -> Evidence:
    """s'(x) >= 1/2 whenever |x| <= 1/50: false for every negative x."""
    require_choice("budget", budget, BUDGETS)
    printed = inequalities.prove("step at least 1/2 near 0")[0]
    if printed.proved:
        return Evidence(
            "certified", "holds", "s'(x) >= 1/2 for |x| <= 1/50.", {"boxes": printed.boxes}
        )
    repaired = [*inequalities.prove("step near 0")]
    positive = [*inequalities.prove("step at least 1/2 on the positive side")]
    value = float(dual.step(-1 / 50))
    proved = all(certificate.proved for certificate in repaired + positive)
    boxes = sum(certificate.boxes for certificate in repaired + positive)
    return Evidence(
        "certified",
        "false as printed",
        f"s'(-1/50) = {value:.4f}, below 1/2, as s' is for every negative x. "
        + (
            "Proved instead: s' >= 0.4936 for |x| <= 1/50, and s' >= 1/2 for x >= 0."
            if proved
            else ""
        ),
        {"value at -1/50": value, "boxes": boxes},
        witness=Witness("x = -1/50", 0.5, value),
        correction="s'(x) >= 1/2 - arcsin(1/50)/pi > 0.4936 whenever |x| <= 1/50; s'(x) >= 1/2 if x >= 0."
        if proved
        else None,
    )


def _all() -> list[Activation]:
    return [activations.get(name) for name in activations.names()]


def _by_quadrature(
    function: Callable[[Any], Any], activation: Activation, rho: np.ndarray, lower: int = 0
) -> np.ndarray:
    """E[function(X) function(Y)] by a route that `dual` does not use."""
    if activation.kinks:
        degree = 0 if activation.name in _JUMPS else 1
        return quadrature.by_angle(function, rho, max(degree - lower, 0))
    return quadrature.expectation(
        lambda x, y: np.asarray(function(x)) * np.asarray(function(y)), rho
    )


def _certified(name: str, budget: str, words: str) -> Evidence:
    require_choice("budget", budget, BUDGETS)
    entry = inequalities.INEQUALITIES[name]
    certificates = inequalities.prove(name)
    boxes = sum(certificate.boxes for certificate in certificates)
    numbers = {
        "boxes": float(boxes),
        "smallest margin": min(certificate.smallest_margin for certificate in certificates),
    }
    if all(certificate.proved for certificate in certificates):
        plural = "box" if boxes == 1 else "boxes"
        return Evidence("certified", "holds", f"{words}: proved in {boxes} {plural}.", numbers)
    failed = next(certificate for certificate in certificates if not certificate.proved)
    at = f"{entry.formula} in the box {failed.box}, {failed.status}"
    return Evidence(
        "certified",
        "false as printed",
        f"{words}: {failed.status}.",
        numbers,
        witness=Witness(at, 0.0, failed.value),
    )


def _outcome(
    kind: Any,
    summary: str,
    numbers: dict[str, float],
    failure: tuple[str, float, float] | None,
    tolerance: float | None = None,
) -> Evidence:
    if failure is None:
        return Evidence(kind, "holds", summary, numbers, tolerance)
    where, allowed, found = failure
    summary = f"Fails for {where}: {found:.3g} against {allowed:.3g}."
    return Evidence(
        kind,
        "false as printed",
        summary,
        numbers,
        tolerance,
        witness=Witness(where, allowed, found),
    )
