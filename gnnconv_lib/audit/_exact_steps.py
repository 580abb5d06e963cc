"""Step sizes and numbers of steps of Theorem 2 and Lemma 12 without rounding, for exact refutations.

A second transcription of `gnnconv_lib.bounds.awasthi2021_linear`: a step size that is rounded could be
larger than the one that is stated.

Reference: awasthi2021, Lemma 12, Theorem 2. Book page: book/awasthi2021/deep-linear.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import reduce
from typing import Any

from gnnconv_lib.claims import rationals

__all__ = [
    "corrected_step",
    "iterations",
    "lemma_12_interval",
    "lemma_12_step",
    "proof_step",
    "theorem_2_step",
]


def lemma_12_interval(start: Any, target: Any) -> tuple[Fraction, Fraction, Fraction]:
    """l = min(t/2, s), u = max(2t, s) and delta = max(u/t, t/l).

    >>> lemma_12_interval(2.0, 1.5)
    (Fraction(3, 4), Fraction(3, 1), Fraction(2, 1))
    """
    s, t = rationals(start), rationals(target)
    lower, upper = min(t / 2, s), max(2 * t, s)
    return lower, upper, max(upper / t, t / lower)


def proof_step(start: Any, target: Any, n: int, d: int, L: int) -> Fraction:
    """1 / (2 n L (d² + 1) t^{2L-2} (1 + u)^{L-1} L u^L).

    >>> proof_step(1, 1, 1, 0, 1)
    Fraction(1, 4)
    """
    t, (_, upper, _) = rationals(target), lemma_12_interval(start, target)
    below = 2 * n * L * (d * d + 1) * t ** (2 * L - 2)
    return 1 / (below * (1 + upper) ** (L - 1) * L * upper**L)


def lemma_12_step(start: Any, target: Any, n: int, d: int, L: int) -> Fraction:
    """The step size of Lemma 12, max(1, s/t - 1) times that of its proof.

    >>> lemma_12_step(4, 1, 1, 0, 1)
    Fraction(3, 8)
    """
    larger = max(Fraction(1), rationals(start) / rationals(target) - 1)
    return larger * proof_step(start, target, n, d, L)


def theorem_2_step(spectrum: Sequence[Any], n: int, d: int, L: int) -> Fraction:
    """Eq. (25).

    >>> theorem_2_step([1.0], 1, 0, 1)
    Fraction(1, 8)
    """
    steps = []
    for t in map(rationals, spectrum):
        lower, upper, delta = lemma_12_interval(1 + d, t)
        below = 2 * n * L**2 * delta**2 * (d * d + 1) * upper ** (2 * L - 3)
        small = min(Fraction(1), t ** -(2 * L - 2))
        steps.append(lower ** (2 * L - 1) * small / (below * (1 + upper) ** (L - 1)))
    return min(steps)


def corrected_step(start: Any, spectrum: Sequence[Any], n: int, d: int, L: int) -> Fraction:
    """1 / (n L² (d² + 1) M^{2L-2}), M the largest of the start and the targets.

    >>> corrected_step(2, [1.0], 2, 1, 2)
    Fraction(1, 64)
    """
    top = max(map(rationals, [start, *spectrum]))
    return 1 / (n * L**2 * (d * d + 1) * top ** (2 * L - 2))


def iterations(
    spectrum: Sequence[Any],
    shape: tuple[int, int],
    accuracy: Any,
    rate: Fraction,
    ball: Callable[[Any], Any],
) -> Any:
    """Eq. (24) in balls for shape (d, L), or 0 if that is larger; a target of 1 asks for no step."""
    d, L = shape
    found = [ball(0)]
    for t in map(rationals, spectrum):
        lower, upper, _ = lemma_12_interval(1 + d, t)
        inside = ball(len(spectrum) * L * upper * (1 - t) ** 2) / accuracy
        if t != 1:
            found.append(inside.log() / ball(rate * L**2 * (d * d + 1) * lower ** (2 * L - 2)))
    return reduce(lambda x, y: x.max(y), found)
