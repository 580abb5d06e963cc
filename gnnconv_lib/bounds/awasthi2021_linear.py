"""Constants of awasthi2021 for deep linear GNNs: Lemmas 12-14, Theorems 2-4, printed and corrected.

Section 4 and appendix C, book pages `book/awasthi2021/deep-linear` and
`book/awasthi2021/linear-unequal-degrees`.

Symbols: n nodes, every degree d, L rounds, sigma_i* the singular values of M* = W1* + d W2*,
sigma_{i,0} those of the start M_0. From W1 = W2 = I the start is sigma_{i,0} = 1 + d. Functions
ending in `_printed` give the paper's formula, those ending in `_corrected` the formula that the
proof on the page establishes. Overflow gives infinity, a logarithm of zero gives minus infinity:
both are what the printed formula says at that point.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from gnnconv_lib.shapes import Numbers

__all__ = [
    "Interval",
    "equation_57_corrected",
    "equation_58_corrected",
    "equation_58_printed",
    "equation_59_corrected",
    "equation_59_printed",
    "lemma_12_interval_corrected",
    "lemma_12_interval_printed",
    "lemma_12_step_corrected",
    "lemma_12_step_printed",
    "lemma_13_delta",
    "lemma_13_lower",
    "lemma_13_upper_corrected",
    "lemma_13_upper_printed",
    "lemma_14_step_printed",
    "theorem_2_iterations_corrected",
    "theorem_2_iterations_printed",
    "theorem_2_step_corrected",
    "theorem_2_step_printed",
    "theorem_4_iterations_printed",
    "theorem_4_q_corrected",
]


@dataclass(frozen=True)
class Interval:
    """Bounds [lower, upper] that singular values are claimed to stay in; arrays of shape (r,)."""

    lower: Numbers[np.ndarray, "*eigenvalues"]
    upper: Numbers[np.ndarray, "*eigenvalues"]


def lemma_12_interval_printed(
    sigma_0: Numbers[ArrayLike, "*#eigenvalues"], sigma_star: Numbers[ArrayLike, "*#eigenvalues"]
) -> Interval:
    """The interval of Lemma 12: u = sigma* (1 + max(1, sigma_0/sigma* - 1)) = max(2 sigma*,
    sigma_0) and l = sigma* (1 - max(1/2, 1 - sigma_0/sigma*)) = min(sigma*/2, sigma_0).

    Reference: awasthi2021, Lemma 12.

    >>> interval = lemma_12_interval_printed(1.0, 3.0)
    >>> float(interval.lower), float(interval.upper)
    (1.0, 6.0)
    """
    start, target = _arrays(sigma_0, sigma_star)
    return Interval(np.minimum(target / 2, start), np.maximum(2 * target, start))


def lemma_12_interval_corrected(
    sigma_0: Numbers[ArrayLike, "*#eigenvalues"], sigma_star: Numbers[ArrayLike, "*#eigenvalues"]
) -> Interval:
    """The interval that the corrected step size keeps: [min(sigma_0, sigma*), max(sigma_0,
    sigma*)].

    Reference: awasthi2021, Lemma 12, corrected.

    >>> interval = lemma_12_interval_corrected(1.0, 3.0)
    >>> float(interval.lower), float(interval.upper)
    (1.0, 3.0)
    """
    start, target = _arrays(sigma_0, sigma_star)
    return Interval(np.minimum(start, target), np.maximum(start, target))


def lemma_12_step_printed(
    sigma_0: Numbers[ArrayLike, "*#eigenvalues"],
    sigma_star: Numbers[ArrayLike, "*#eigenvalues"],
    nodes: int,
    degree: int,
    rounds: int,
) -> Numbers[np.ndarray, "*eigenvalues"]:
    """Step sizes eta_i of Lemma 12,
    max(1, sigma_0/sigma* - 1) / (2 n L^2 u^L (d^2 + 1) sigma*^{2L-2} (1 + u)^{L-1}).

    Reference: awasthi2021, Lemma 12.

    >>> float(lemma_12_step_printed(1.0, 0.1, 1, 0, 1))
    4.5
    """
    start, target = _arrays(sigma_0, sigma_star)
    upper = lemma_12_interval_printed(start, target).upper
    with np.errstate(over="ignore"):
        return np.maximum(1.0, start / target - 1.0) / (
            2.0
            * nodes
            * rounds**2
            * upper**rounds
            * (degree**2 + 1)
            * target ** (2 * rounds - 2)
            * (1.0 + upper) ** (rounds - 1)
        )


def lemma_12_step_corrected(
    sigma_0: Numbers[ArrayLike, "*#eigenvalues"],
    sigma_star: Numbers[ArrayLike, "*#eigenvalues"],
    nodes: int,
    degree: int,
    rounds: int,
) -> Numbers[np.ndarray, "*eigenvalues"]:
    """Step sizes 1 / (n L^2 (d^2 + 1) max(sigma_0, sigma*)^{2L-2}): no singular value overshoots.

    Reference: awasthi2021, Lemma 12, corrected.

    >>> float(lemma_12_step_corrected(1.0, 0.1, 1, 0, 1))
    1.0
    """
    upper = lemma_12_interval_corrected(sigma_0, sigma_star).upper
    with np.errstate(over="ignore"):
        return 1.0 / (nodes * rounds**2 * (degree**2 + 1) * upper ** (2 * rounds - 2))


def lemma_13_delta(
    sigma_0: Numbers[ArrayLike, "*#eigenvalues"], sigma_star: Numbers[ArrayLike, "*#eigenvalues"]
) -> Numbers[np.ndarray, "*eigenvalues"]:
    """delta = max(u / sigma*, sigma* / l) with the interval of Lemma 12, as printed.

    >>> float(lemma_13_delta(1.0, 3.0))
    3.0
    """
    _, target = _arrays(sigma_0, sigma_star)
    interval = lemma_12_interval_printed(sigma_0, sigma_star)
    return np.maximum(interval.upper / target, target / interval.lower)


def lemma_13_upper_printed(
    sigma_0: Numbers[ArrayLike, "*#eigenvalues"],
    sigma_star: Numbers[ArrayLike, "*#eigenvalues"],
    degree: int,
    rounds: int,
) -> Numbers[np.ndarray, "*eigenvalues"]:
    """The factor of (sigma - sigma*)^2 above g^2: L^2 (d^2 + 1)^2 u^{2L-3} (L delta)^2.

    Reference: awasthi2021, Lemma 13.

    >>> float(lemma_13_upper_printed(1.0, 1.0, 0, 1))
    2.0
    """
    upper = lemma_12_interval_printed(sigma_0, sigma_star).upper
    delta = lemma_13_delta(sigma_0, sigma_star)
    exponent = 2.0 * rounds - 3.0
    return rounds**2 * (degree**2 + 1) ** 2 * upper**exponent * (rounds * delta) ** 2


def lemma_13_upper_corrected(
    sigma_0: Numbers[ArrayLike, "*#eigenvalues"],
    sigma_star: Numbers[ArrayLike, "*#eigenvalues"],
    degree: int,
    rounds: int,
) -> Numbers[np.ndarray, "*eigenvalues"]:
    """The factor of (sigma - sigma*)^2 above g^2: L^4 (d^2 + 1)^2 u^{4L-4}, for 0 <= sigma <= u.

    Reference: awasthi2021, Lemma 13, corrected.

    >>> float(lemma_13_upper_corrected(1.0, 1.0, 0, 1))
    1.0
    """
    upper = lemma_12_interval_printed(sigma_0, sigma_star).upper
    return rounds**4 * (degree**2 + 1) ** 2 * upper ** (4.0 * rounds - 4.0)


def lemma_13_lower(
    sigma_0: Numbers[ArrayLike, "*#eigenvalues"],
    sigma_star: Numbers[ArrayLike, "*#eigenvalues"],
    degree: int,
    rounds: int,
) -> Numbers[np.ndarray, "*eigenvalues"]:
    """The factor of (sigma - sigma*)^2 below g (sigma - sigma*): L^2 (d^2 + 1) l^{2L-2}.

    Reference: awasthi2021, Lemma 13 and Eq. (45).

    >>> float(lemma_13_lower(2.0, 2.0, 1, 2))
    8.0
    """
    lower = lemma_12_interval_printed(sigma_0, sigma_star).lower
    return rounds**2 * (degree**2 + 1) * lower ** (2.0 * rounds - 2.0)


def theorem_2_step_printed(
    sigma_star: Numbers[ArrayLike, "*eigenvalues"], nodes: int, degree: int, rounds: int
) -> float:
    """Largest step size of Eq. (25) from the identity: min over i of
    l^{2L-1} min(1, sigma*^{-(2L-2)}) / (2 n L^2 delta^2 (d^2 + 1) u^{2L-3} (1 + u)^{L-1}).

    Args:
        sigma_star: (r,) singular values of M*.

    Reference: awasthi2021, Theorems 2 and 3, Eq. (25).

    >>> theorem_2_step_printed([1.0], 1, 0, 1)
    0.125
    """
    start, target = _arrays(1.0 + degree, sigma_star)
    interval, delta = lemma_12_interval_printed(start, target), lemma_13_delta(start, target)
    steps = _step_shape(interval, delta, target, nodes, degree, rounds)
    return float(np.min(steps))


def theorem_2_iterations_printed(
    sigma_star: Any, nodes: int, degree: int, rounds: int, accuracy: float, learning_rate: float
) -> float:
    """Iterations of Eq. (24): max over i of log(r L u (1 - sigma*)^2 / eps) / (eta L^2 (d^2+1)
    l^{2L-2}).

    May be negative or minus infinity: where sigma* = 1 the logarithm is that of zero.

    Args:
        sigma_star: (r,). accuracy: eps, the loss is to be at most eps^2. learning_rate: eta.

    Reference: awasthi2021, Theorems 2 and 3, Eq. (24).

    >>> theorem_2_iterations_printed([1.0], 2, 1, 1, 0.1, 0.01)
    -inf
    """
    start, target = _arrays(1.0 + degree, sigma_star)
    interval = lemma_12_interval_printed(start, target)
    rate = learning_rate * lemma_13_lower(start, target, degree, rounds)
    with np.errstate(divide="ignore"):
        logarithm = np.log(target.size * rounds * interval.upper * (1 - target) ** 2 / accuracy)
    return float(np.max(logarithm / rate))


def theorem_2_step_corrected(
    sigma_star: Numbers[ArrayLike, "*eigenvalues"], nodes: int, degree: int, rounds: int
) -> float:
    """Largest step size of the corrected theorem, 1 / (n L^2 (d^2 + 1) M^{2L-2}), where
    M = max(1 + d, max_i sigma_i*).

    Reference: awasthi2021, Theorem 2, corrected.

    >>> theorem_2_step_corrected([1.0], 2, 1, 2)
    0.015625
    """
    start, target = _arrays(1.0 + degree, sigma_star)
    return float(np.min(lemma_12_step_corrected(start, target, nodes, degree, rounds)))


def theorem_2_iterations_corrected(
    sigma_star: Any, nodes: int, degree: int, rounds: int, accuracy: float, learning_rate: float
) -> int:
    """Iterations of the corrected theorem: the least integer T >= 0 with T >= log(n r L^2
    M_i^{2L-2} (1 + d - sigma_i*)^2 / (2 eps^2)) / (2 kappa_i) for all i, where kappa_i = eta n
    L^2 (d^2 + 1) m_i^{2L-2}, M_i = max(1 + d, sigma_i*), m_i = min(1 + d, sigma_i*).

    With the largest step size, kappa_i = (m_i / M)^{2L-2} depends on n and d only through m_i / M.

    Args: as `theorem_2_iterations_printed`; learning_rate at most `theorem_2_step_corrected`.

    Reference: awasthi2021, Theorem 2, corrected.

    >>> theorem_2_iterations_corrected([1.0], 2, 1, 1, 0.1, 0.25)
    3
    """
    start, target = _arrays(1.0 + degree, sigma_star)
    interval = lemma_12_interval_corrected(start, target)
    rate = (
        learning_rate * nodes * rounds**2 * (degree**2 + 1) * interval.lower ** (2 * rounds - 2.0)
    )
    gap = np.abs(start - target)
    with np.errstate(divide="ignore"):
        logarithm = 2.0 * (
            0.5 * np.log(nodes * target.size / 2.0)
            + np.log(rounds)
            + (rounds - 1) * np.log(interval.upper)
            + np.log(gap)
            - np.log(accuracy)
        )
    # A value that starts at its target has the logarithm minus infinity and needs no step.
    return int(np.ceil(max(0.0, float(np.max(logarithm / (2.0 * rate))))))


def lemma_14_step_printed(
    interval: Interval, star: Any, nodes: int, degree: int, rounds: int, of_sum: Any = None
) -> float:
    """One of the two step sizes of Lemma 14, for alpha or for beta; the lemma takes the smaller:
    l^{2L-1} min(1, sigma*^{-(2L-2)}) / (2 n L^2 u^{2L-3} (1 + u)^{L-1} max_i delta_i^2 (d^2 + 1)).

    Args:
        interval: [l, u]. star: (r,) values alpha* (or beta*).
        degree: the largest degree d.
        of_sum: (r,) values sigma*, singular values of W1* + d W2* as in Theorem 2; without it
            `star` is in the place of sigma*, which Lemma 14 does not say again.

    Reference: awasthi2021, Lemma 14.

    >>> lemma_14_step_printed(Interval(np.array(0.5), np.array(2.0)), [1.0], 3, 2, 1)
    0.00833...
    """
    target, sigma = _arrays(star, star if of_sum is None else of_sum)
    delta = np.max(np.maximum(interval.upper / target, target / interval.lower))
    return float(np.min(_step_shape(interval, delta, sigma, nodes, degree, rounds)))


def theorem_4_iterations_printed(
    interval: Interval, star: Any, degree: int, rounds: int, accuracy: float, learning_rate: float
) -> float:
    """One of the two terms of Eq. (57), for alpha or for beta; the theorem takes the larger:
    max over i of log(r L u (1 - alpha*)^2 / eps) / (eta L^2 (d^2 + 1) l^{2L-2}).

    Reference: awasthi2021, Theorem 4, Eq. (57).

    >>> interval = Interval(np.array(1.0), np.array(2.0))
    >>> round(theorem_4_iterations_printed(interval, [2.0], 0, 1, 2.0 / np.e, 0.5), 12)
    2.0
    """
    (target,) = _arrays(star)
    with np.errstate(divide="ignore"):
        logarithm = np.log(target.size * rounds * interval.upper * (1 - target) ** 2 / accuracy)
    rate = learning_rate * rounds**2 * (degree**2 + 1) * interval.lower ** (2.0 * rounds - 2.0)
    return float(np.max(logarithm / rate))


def equation_57_corrected(
    largest: float, smallest: float, squared_distance: float, accuracy: float, learning_rate: float
) -> float:
    """Enough iterations for L = 1 and one singular value: log(|H| |x_0|^2 / (2 eps^2)) / (2 eta
    lambda_min), for eta <= 1 / |H|.

    Args:
        largest, smallest: the eigenvalues |H| >= lambda_min > 0 of the matrix H with rows
            (n, sum d), (sum d, sum d^2). squared_distance: |x_0|^2. accuracy: eps.

    Reference: awasthi2021, Eq. (57), corrected.

    >>> float(equation_57_corrected(2.0, 1.0, 1.0, 1.0, 0.5))
    0.0
    """
    logarithm = np.log(largest * squared_distance / (2.0 * accuracy**2))
    return float(logarithm / (2.0 * learning_rate * smallest))


def theorem_4_q_corrected(learning_rate: Any, weighted: Any) -> np.ndarray:
    """Q = eta sum_i d_i r_i; printed without eta.

    Reference: awasthi2021, proof of Theorem 4, corrected.

    >>> float(theorem_4_q_corrected(0.5, 4.0))
    2.0
    """
    rate, total = _arrays(learning_rate, weighted)
    return rate * total


def equation_58_printed(
    P: Numbers[ArrayLike, "*#points"],
    Q: Numbers[ArrayLike, "*#points"],
    R: Numbers[ArrayLike, "*#points"],
    a: Numbers[ArrayLike, "*#points"],
    b: Numbers[ArrayLike, "*#points"],
) -> Numbers[np.ndarray, "*points"]:
    """The bound of Eq. (58), a^2 (P^2 + Q^2 + Q (P + R)) + b^2 (P^2 + R^2 + Q (P + R)).

    Reference: awasthi2021, Eq. (58).

    >>> float(equation_58_printed(1.0, 0.0, 2.0, 1.0, 1.0))
    6.0
    """
    P, Q, R, a, b = _arrays(P, Q, R, a, b)
    cross = Q * (P + R)
    return a**2 * (P**2 + Q**2 + cross) + b**2 * (P**2 + R**2 + cross)


def equation_58_corrected(
    P: Numbers[ArrayLike, "*#points"],
    Q: Numbers[ArrayLike, "*#points"],
    R: Numbers[ArrayLike, "*#points"],
    a: Numbers[ArrayLike, "*#points"],
    b: Numbers[ArrayLike, "*#points"],
) -> Numbers[np.ndarray, "*points"]:
    """The bound with Q^2 in the second bracket and |Q (P + R)| in both.

    Reference: awasthi2021, Eq. (58), corrected.

    >>> float(equation_58_corrected(1.0, 0.0, 2.0, 1.0, 1.0))
    5.0
    """
    P, Q, R, a, b = _arrays(P, Q, R, a, b)
    cross = np.abs(Q * (P + R))
    return a**2 * (P**2 + Q**2 + cross) + b**2 * (Q**2 + R**2 + cross)


def equation_59_printed(
    P: Numbers[ArrayLike, "*#points"],
    Q: Numbers[ArrayLike, "*#points"],
    R: Numbers[ArrayLike, "*#points"],
) -> Numbers[np.ndarray, "*points"]:
    """The factor of Eq. (59), P^2 + R^2 + Q^2 + Q (P + R).

    Reference: awasthi2021, Eq. (59).

    >>> float(equation_59_printed(1.0, 0.0, 1.0))
    2.0
    """
    P, Q, R = _arrays(P, Q, R)
    return P**2 + R**2 + Q**2 + Q * (P + R)


def equation_59_corrected(
    P: Numbers[ArrayLike, "*#points"],
    Q: Numbers[ArrayLike, "*#points"],
    R: Numbers[ArrayLike, "*#points"],
) -> Numbers[np.ndarray, "*points"]:
    """The sharp factor: the squared spectral norm of [[P, -Q], [-Q, R]].

    It is ((|P + R| + sqrt((P - R)^2 + 4 Q^2)) / 2)^2.

    Reference: awasthi2021, Eq. (59), corrected.

    >>> float(equation_59_corrected(0.5, 0.0, 0.25))
    0.25
    """
    P, Q, R = _arrays(P, Q, R)
    return ((np.abs(P + R) + np.hypot(P - R, 2 * Q)) / 2) ** 2


def _step_shape(
    interval: Interval, delta: Any, target: np.ndarray, nodes: int, degree: int, rounds: int
) -> np.ndarray:
    """The common shape of the printed step sizes of Theorem 2 and Lemma 14."""
    with np.errstate(over="ignore"):
        return (
            interval.lower ** (2.0 * rounds - 1.0)
            * np.minimum(1.0, target ** -(2.0 * rounds - 2.0))
            / (
                2.0
                * nodes
                * rounds**2
                * np.asarray(delta) ** 2
                * (degree**2 + 1)
                * interval.upper ** (2.0 * rounds - 3.0)
                * (1.0 + interval.upper) ** (rounds - 1)
            )
        )


def _arrays(*values: Any) -> list[np.ndarray]:
    return [np.asarray(value, dtype=np.float64) for value in values]
