"""The bounds of section 3 and Appendix B, and the bounds that replace them.

Names ending in `_printed` are the paper's. All sums carry the factor d + 1 (A, B, C of
`relu_gnn.sums`). S = sum d_ij = sum (d_i+1)^2 and M = sum m_ij = (sum sqrt(d_i+1))^2 are the two
numbers of a graph that the replacements need.

Reference: awasthi2021, Lemmas 1-9, Theorem 1.
Book pages: book/awasthi2021/bounded-iterates, book/awasthi2021/pl-condition,
book/beyond/global-linear-rate.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.special import betainc

from gnnconv_lib import dual
from gnnconv_lib.validation import require_integer, require_real

__all__ = [
    "THEOREM_1_CONSTANT",
    "global_rate_iterations",
    "lemma_1",
    "lemma_1_lower",
    "lemma_1_printed",
    "lemma_2_printed",
    "lemma_3",
    "lemma_4_printed",
    "lemma_5",
    "polyak_lojasiewicz",
    "probability_of_cosine_below",
    "theorem_1_iterations_corrected",
    "theorem_1_iterations_printed",
]

#: A constant c that is enough for Theorem 1 as corrected; `theorem_1_iterations_corrected`.
THEOREM_1_CONSTANT = 600.0


def lemma_1_printed(sigma: Any, inner_dimension: Any) -> tuple[float, Any]:
    """The printed bounds on the length of the iterates: (1 / (36 pi^2), 2 sigma sqrt(r) + 4 pi + 1).

    Args:
        sigma: standard deviation of the entries of w_0, any shape.
        inner_dimension: r, any shape.

    Reference: awasthi2021, Lemma 1.

    >>> [round(float(bound), 3) for bound in lemma_1_printed(1.0, 4)]
    [0.003, 17.566]
    """
    return 1 / (36 * math.pi**2), 2 * sigma * np.sqrt(inner_dimension) + 4 * math.pi + 1


def lemma_1(length: Any, ratio: Any, step: Any) -> tuple[Any, Any]:
    """The bounds on the next length that hold for every graph and every step x = eta A <= 1.

        (1 - x) l + x B(c)/A <= l_next <= (1 - x) l + x.

    So l_t <= max(l_0, 1) for all t. The upper bound is |grad f| <= A for f(w) = |w| B(c), which
    follows from B(c) >= c C(c) and the monotonicity of C: B^2 + C^2 (1 - c^2) <= A^2.

    Args:
        length: l.
        ratio: B(c) / A.
        step: x = eta A.

    Returns:
        (lower, upper), broadcast.

    >>> lemma_1(2.0, 0.5, 0.5)
    (1.25, 1.5)
    """
    return (1 - step) * length + step * ratio, (1 - step) * length + step


def lemma_1_lower(cos: Any) -> Any:
    """The bound on B(c)/A that holds for every graph: B(c)/A >= s(min(c, 0)).

    Then l_t >= eta A s(min(c_0, 0)) for all t >= 1, since the cosine never falls. For c < 0,
    s(rho c)/s(rho) falls in rho, so its smallest value is s(c), at rho = 1; for c >= 0,
    B(c) >= B(0) = M/pi >= A/pi = A s(0).

    Args:
        cos: c, any shape.

    >>> round(float(lemma_1_lower(0.5)) * math.pi, 12), float(lemma_1_lower(-1.0))
    (1.0, 0.0)
    """
    return np.asarray(dual.scaled_relu(np.minimum(np.asarray(cos, dtype=float), 0.0)))


def lemma_3(length: Any, cos: Any, mixed_ratio: Any, ratio: Any, step: Any) -> tuple[Any, Any]:
    """Bounds on the first t with c_t >= 0 for a start with -1 < c_0 < 0 and x = eta A <= 1.

        (2 b / x) (A/S) (theta_0 - pi/2) <= t <= 7 (R / x) (A/S) (1/phi_0 - 2/pi) + 1,

    where R = max(l_0, 1), b = min(l_0, B(c_0)/A) and phi_0 = pi - theta_0.

    Args:
        length, cos: l_0 and c_0.
        mixed_ratio: B(c_0)/A.
        ratio: A/S, at most M/(pi S) + 1 - 1/pi, and at least M/(pi S).
        step: x.

    Returns:
        (lower, upper), broadcast; (0, 1) for c_0 >= 0, and an infinite upper bound for c_0 = -1.

    Reference: replaces awasthi2021, Lemma 3.

    >>> low, high = lemma_3(1.0, -0.5, 1.0, 10.0, 1.0)
    >>> round(float(low), 2), round(float(high), 2)
    (10.47, 23.28)
    """
    opening = np.arccos(-np.minimum(np.asarray(cos, dtype=float), 0.0))
    shortest = np.minimum(length, mixed_ratio)
    low = 2 * shortest / step * ratio * (np.pi / 2 - opening)
    with np.errstate(divide="ignore"):
        high = 7 * np.maximum(length, 1.0) / step * ratio * (1 / opening - 2 / np.pi) + 1
    return low, high


def lemma_2_printed(full: Any, sigma: Any, inner_dimension: Any) -> Any:
    """The printed smoothness constant without its o(1), 4 A (1 + sqrt(2 sigma sqrt(r) + 4 pi + 1)).

    The exact largest eigenvalue of the Hessian is A at every w != 0.

    Reference: awasthi2021, Lemma 2.

    >>> round(float(lemma_2_printed(1.0, 1.0, 1)), 2)
    19.78
    """
    return 4 * full * (1 + np.sqrt(2 * sigma * np.sqrt(inner_dimension) + 4 * math.pi + 1))


def lemma_4_printed(error: Any, nodes: Any, degree: Any, units: int) -> Any:
    """The printed constant of the gradient inequality, eps^2 / (380 pi (d+1) h^2 n^2).

    Reference: awasthi2021, Lemma 4.

    >>> round(float(lemma_4_printed(1.0, 1, 0, 1) * 380 * math.pi), 12)
    1.0
    """
    return np.asarray(error) ** 2 / (380 * np.pi * (degree + 1) * units**2 * nodes**2)


def lemma_5(pairs: Any, messages: Any, cos: Any) -> tuple[Any, Any, Any, Any]:
    """Bounds on A, B(c) and C(c) that hold for every graph.

        M/pi <= A <= M/pi + (1 - 1/pi) S,   B(c) >= M/pi + c S/2,   0 <= C(c) <= S.

    They are the tangent of s at 0 and its chord between 0 and 1, summed over the pairs.

    Args:
        pairs: M.
        messages: S.
        cos: c.

    Returns:
        (lower bound of A, upper bound of A, lower bound of B, upper bound of C).

    Reference: replaces awasthi2021, Lemma 5.

    >>> [float(bound) for bound in lemma_5(math.pi, 2 * math.pi, 0.0)]  # doctest: +ELLIPSIS
    [1.0, 5.28..., 1.0, 6.28...]
    """
    upper = pairs / np.pi + (1 - 1 / np.pi) * messages
    return pairs / np.pi, upper, pairs / np.pi + np.asarray(cos) * messages / 2, messages


def polyak_lojasiewicz(full: Any, slope: Any, slope_at_one: Any, cos: Any) -> Any:
    """The constant of the gradient inequality that needs no epsilon and no bound on the degree.

        |grad L|^2 >= 2 mu(c) L,   mu(c) = min(A, (1 + c) C(c)^2 / (2 C(1))).

    Args:
        full: A.
        slope: C(c).
        slope_at_one: C(1).
        cos: c.

    Reference: replaces awasthi2021, Lemma 4.

    >>> float(polyak_lojasiewicz(8.0, 8.0, 8.0, 1.0))
    8.0
    """
    cos = np.asarray(cos)
    return np.minimum(full, (1 + cos) * np.asarray(slope) ** 2 / (2 * slope_at_one))


def theorem_1_iterations_printed(
    nodes: int, degree: int, units: int, error: float, constant: float = 1.0
) -> float:
    """The printed number of iterations, c n^4 h^2 (d+1) / eps^2 log(n h / eps).

    Reference: awasthi2021, Theorem 1. The constant c is not given there.

    >>> round(theorem_1_iterations_printed(10, 0, 1, 1.0))
    23026
    """
    nodes = require_integer("nodes", nodes, 1)
    error = require_real("error", error, 1e-300)
    size = nodes**4 * units**2 * (degree + 1) / error**2
    return constant * size * math.log(nodes * units / error)


def theorem_1_iterations_corrected(
    nodes: Any, degree: Any, units: Any, log_features: Any, error: Any
) -> Any:
    """A number of iterations that is enough, c n^4 h^2 (d+1) / eps^2 log(n h r / eps) with c = 600.

    Enough for a loss of at most eps^2 with teachers of length 1, on graphs with two nodes or more, for
    steps with 1/(16 pi) <= eta A <= 1/(6 pi) and starts with c_0 >= -1/2 and 0 < |w_0| <= 2 sqrt(r) of
    every unit; the page proves it.

    Args:
        nodes, degree, units, error: n >= 2, the largest degree, h, eps in (0, 1); any shapes.
        log_features: log r.

    Returns:
        The number of iterations, broadcast, not rounded.

    Reference: replaces awasthi2021, Theorem 1, where r is missing from the logarithm.

    >>> float(round(theorem_1_iterations_corrected(2, 0, 1, 0.0, 0.5) / 600 / 64 / math.log(4), 12))
    1.0
    """
    error = np.asarray(error, dtype=float)
    size = np.asarray(nodes, dtype=float) ** 4 * np.asarray(units) ** 2 * (degree + 1) / error**2
    return THEOREM_1_CONSTANT * size * (np.log(nodes * units / error) + log_features)


def global_rate_iterations(
    full: float,
    slope: float,
    slope_at_one: float,
    cos: float,
    initial_loss: float,
    target_loss: float,
    step: float = 1.0,
) -> float:
    """The number of iterations after which the loss of one unit is below `target_loss`.

        T = log(L_0 / target) / -log(1 - x (2 - x) mu(c_0) / A)

    for a step x = eta A in (0, 1], from every start that is not exactly opposite to the teacher.

    Args:
        full, slope, slope_at_one, cos: A, C(c_0), C(1), c_0.
        initial_loss: L_0.
        target_loss: the loss to reach.
        step: x = eta A.

    Returns:
        T, zero if L_0 is already below, infinite at c_0 = -1.

    >>> global_rate_iterations(8.0, 8.0, 8.0, 1.0, 1.0, 1e-3)  # mu = A: one step
    1.0
    >>> round(global_rate_iterations(2.0, 1.0, 1.0, 1.0, 1.0, 0.25), 12)
    2.0
    """
    step = require_real("step", step, 1e-300, 1.0)
    if initial_loss <= target_loss:
        return 0.0
    contraction = (
        step * (2 - step) * float(polyak_lojasiewicz(full, slope, slope_at_one, cos)) / full
    )
    if contraction <= 0:
        return math.inf
    if contraction >= 1:
        return 1.0
    return math.log(initial_loss / target_loss) / -math.log1p(-contraction)


def probability_of_cosine_below(cos: Any, inner_dimension: int) -> Any:
    """P(c_0 <= cos) for a Gaussian start: the law of one coordinate on the sphere in R^r.

        P = I_{(1+cos)/2}((r-1)/2, (r-1)/2),   a regularised incomplete beta function;

    for r = 1 the cosine is -1 or 1 with probability one half each.

    Args:
        cos: in [-1, 1], any shape.
        inner_dimension: r >= 1.

    >>> float(probability_of_cosine_below(0.0, 5))
    0.5
    >>> float(probability_of_cosine_below(-1.0, 1))
    0.5
    """
    inner_dimension = require_integer("inner_dimension", inner_dimension, 1)
    cos = np.asarray(cos, dtype=float)
    if inner_dimension == 1:
        return np.where(cos < -1, 0.0, np.where(cos < 1, 0.5, 1.0))
    half = (inner_dimension - 1) / 2
    return betainc(half, half, np.clip((1 + cos) / 2, 0, 1))
