"""The number of steps of deep linear GNNs with rising singular values, in two phases.

Book page: book/awasthi2021/deep-linear.
"""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np

from gnnconv_lib.audit._linear_regular import (
    DEGREE,
    LONGEST,
    NODES,
    REGULAR,
    SHAPES,
    after,
    columns,
    excess_loss,
)
from gnnconv_lib.bounds import awasthi2021_linear as bounds
from gnnconv_lib.bounds.awasthi2021_rising import theorem_2_iterations_rising
from gnnconv_lib.claims import at_most, both, claim, domain, equal, fixed, integer, real, where


def _first_phase(n: int, d: int, L: int, target: float, share: float) -> int:
    """N of the theorem, rounded up, as its statement reads."""
    s, theta, g = 1 + d, 1 - 1 / (2 * L), 1 - math.exp(-0.5)
    rate = share / (n * L**2 * (d**2 + 1) * target ** (2 * L - 2))
    a = g * rate * n * L * (d**2 + 1) * target**L
    if s >= theta * target:
        return 0
    if L == 2:
        return math.ceil(math.log(theta * target / s) / math.log1p(a))
    fall = s ** (2.0 - L) - (theta * target) ** (2.0 - L)
    return math.ceil(fall / ((L - 2) * math.exp(-g) * a))


def _cases(budget: str) -> dict[str, Any]:
    depths = (2, 3, 4) if budget == "quick" else (2, 3, 4, 5, 7)
    ratios = (1.001, 1.2, 1.4, 2.5, 6.0, 30.0)
    if budget == "full":
        ratios = (*ratios, *np.geomspace(1.01, 60, 25))
    rows = []
    for (n, d), L, ratio, share in product(SHAPES, depths, ratios, (1.0, 0.3, 0.04)):
        target = round((1 + d) * float(ratio), 6)
        for relative in (1e-2, 1e-6, 0.7):
            accuracy = relative * math.sqrt(n) * target**L
            rate = share * bounds.theorem_2_step_corrected([target], n, d, L)
            case = ([target], n, d, L, accuracy, rate)
            if (
                max(theorem_2_iterations_rising(*case), _first_phase(n, d, L, target, share))
                < LONGEST
            ):
                rows.append((n, d, L, target, accuracy, share))
    return columns(rows, "n", "d", "L", "target", "accuracy", "share")


RISING = domain(
    *(REGULAR, NODES, DEGREE),
    integer("L", "[2, inf)"),
    real("target", "(1 + d, inf)", "σ*"),
    real("accuracy", "(0, inf)", "ε"),
    real("share", "(0, 1]", "step size over that of the corrected Theorem 2"),
    fixed("one singular value"),
    where(f"at most {LONGEST} steps", lambda n: n >= 1),
    cases=_cases,
)


def _rates(n: Any, d: Any, L: Any, target: Any, share: Any) -> np.ndarray:
    cases = zip(target, n, d, L, strict=True)
    return np.asarray(
        share * np.array([bounds.theorem_2_step_corrected([t], *case) for t, *case in cases])
    )


def _values(n: Any, d: Any, L: Any, target: Any, rate: Any, steps: Any) -> np.ndarray:
    error, goal, _ = after([np.array([t]) for t in target], n, d, L, rate, steps)
    return np.asarray((error + goal)[:, 0])


def _lengths(n: Any, d: Any, L: Any, target: Any, share: Any) -> np.ndarray:
    rows = zip(n, d, L, target, share, strict=True)
    return np.array([_first_phase(int(a), int(b), int(c), t, x) for a, b, c, t, x in rows], float)


@claim("companion:theorem-two-phases/first", RISING)
def first_phase(n: Any, d: Any, L: Any, target: Any, share: Any) -> Any:
    """After N steps, rounded up, a rising singular value is at least θ σ*, θ = 1 - 1/(2 L)."""
    rate = _rates(n, d, L, target, share)
    reached = _values(n, d, L, target, rate, _lengths(n, d, L, target, share))
    return at_most((1 - 0.5 / L) * target, reached, ("θ σ*", "σ after N steps"))


@claim("companion:theorem-two-phases/second", RISING, tolerance=1e-9)
def second_phase(n: Any, d: Any, L: Any, target: Any, share: Any) -> Any:
    """From then on the distance shrinks by 1 - κ' per step, κ' = eta n L^2 (d^2+1)
    max(1 + d, θ σ*)^{2L-2}, from at most min(σ* - 1 - d, σ*/(2 L))."""
    rate = _rates(n, d, L, target, share)
    lengths = _lengths(n, d, L, target, share)
    low = np.maximum(1 + d, (1 - 0.5 / L) * target)
    kappa = rate * n * L**2 * (d**2 + 1) * low ** (2 * L - 2)
    first = np.minimum(target - 1 - d, target / (2 * L))
    found = [target - _values(n, d, L, target, rate, lengths + k) for k in (0, 1, 7)]
    stated = [first * (1 - kappa) ** k for k in (0, 1, 7)]
    names = ("σ* - σ", "geometric bound")
    return at_most(np.stack(found, axis=1), np.stack(stated, axis=1), names, target[:, None])


@claim("companion:theorem-two-phases/count", RISING, tolerance=1e-9)
def count_suffices(n: Any, d: Any, L: Any, target: Any, accuracy: Any, share: Any) -> Any:
    """The loss is at most ε^2 after the smaller of both phases together and the corrected T."""
    rate = _rates(n, d, L, target, share)
    cases = [([t], *case) for t, *case in zip(target, n, d, L, accuracy, rate, strict=True)]
    rising = np.array([theorem_2_iterations_rising(*case) for case in cases], float)
    run = after([np.array([t]) for t in target], n, d, L, rate, rising)
    low = np.maximum(1 + d, (1 - 0.5 / L) * target)
    kappa = rate * n * L**2 * (d**2 + 1) * low ** (2 * L - 2)
    gap = np.minimum(target - 1 - d, target / (2 * L))
    size = n * L**2 * target ** (2 * L - 2) * gap**2 / (2 * accuracy**2)
    second = np.ceil(np.maximum(0.0, np.log(size) / (2 * kappa)))
    plain = np.array([bounds.theorem_2_iterations_corrected(*case) for case in cases], float)
    stated = np.minimum(plain, _lengths(n, d, L, target, share) + second)
    return both(
        at_most(excess_loss(*run, n, L)[0], accuracy**2, ("loss after that many steps", "ε²")),
        equal(rising, stated, ("count of the library", "count as stated"), 1.0),
    )
