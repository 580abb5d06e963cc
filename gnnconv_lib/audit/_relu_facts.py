"""What lemmas about one ReLU unit may assume, by the ids of the claims that say it.

Letters: A = B(1), B = B(c), C = C(c), K = C(1), the cosine c, the length l, the step x = eta A. The
lemmas hold for all real numbers with these properties, so for every graph and every weight.

Book page: book/beyond/global-linear-rate.
"""

# ruff: noqa: E741
from __future__ import annotations

from fractions import Fraction
from typing import Any

__all__ = [
    "inverse_of_pi",
    "leaky_sums",
    "loss",
    "next_squared",
    "one_step",
    "opening",
    "radial",
    "regular",
    "sizes",
    "squared_gradient",
    "sums",
]

Facts = dict[str, Any]


def sums(A: Any, B: Any, C: Any, K: Any, c: Any) -> Facts:
    """The order of the sums of a graph."""
    return {
        "a cosine": (c >= -1, c <= 1),
        "companion:lemma-sums/positive": K > 0,
        "companion:lemma-sums/slope": (C >= 0, C <= K, K <= A),
        "companion:lemma-sums/mixed": (B >= 0, B <= A, c * A <= B, c * C <= B),
        "companion:lemma-sums/gap": K * (1 - c) >= A - B,
        "companion:lemma-convexity/gradient": B * B + C * C * (1 - c * c) <= A * A,
    }


def leaky_sums(A: Any, B: Any, C: Any, K: Any, c: Any) -> Facts:
    """The same for leaky ReLU, where B may be negative."""
    return {
        "a cosine": (c >= -1, c <= 1),
        "companion:theorem-leaky-relu/positive": K > 0,
        "companion:theorem-leaky-relu/sums": (
            *(C >= 0, C <= K, K <= A),
            *(B >= -A, B <= A, c * A <= B, c * C <= B),
            K * (1 - c) >= A - B,
        ),
    }


def inverse_of_pi(w: Any) -> Facts:
    """w stands for 1/pi."""
    return {"w = 1/π": (w >= Fraction(31830, 100000), w <= Fraction(31831, 100000))}


def sizes(A: Any, K: Any, M: Any, S: Any, w: Any) -> Facts:
    """A and C(1) against the sums M and S of the degrees."""
    return {
        **inverse_of_pi(w),
        "companion:definition-sizes/order": (S >= 1, S <= M),
        "companion:lemma-sums/full": (w * M + S / 2 <= A, w * M + (1 - w) * S >= A),
        "companion:lemma-sums/slope": (K >= 0, K <= S),
    }


def regular(n: Any, D: Any, M: Any, S: Any) -> Facts:
    """M and S on a regular graph of degree D - 1."""
    return {
        "a regular graph of degree D - 1": (n >= D, D >= 1),
        "companion:definition-sizes/values": (n * n * D == M, n * D * D == S),
    }


def opening(C: Any, S: Any, c: Any) -> Facts:
    """C(c) against S for a cosine that is at most slightly negative."""
    return {
        "companion:lemma-sums/slope-from-degrees, awasthi2021:remark-step-dual-above-half": (
            c >= Fraction(-1, 50),
            Fraction(617, 1250) * S <= C,
        )
    }


def loss(A: Any, B: Any, l: Any) -> Any:
    """A (l^2 + 1)/2 - l B."""
    return A * (l * l + 1) / 2 - l * B


def squared_gradient(A: Any, B: Any, C: Any, c: Any, l: Any) -> Any:
    """(A l - B)^2 + C^2 sin^2."""
    return (A * l - B) * (A * l - B) + C * C * (1 - c * c)


def radial(A: Any, B: Any, l: Any, x: Any) -> Any:
    """The part of the next weight along w, (1 - x) l + x B/A."""
    return (1 - x) * l + x * B / A


def next_squared(A: Any, B: Any, C: Any, c: Any, l: Any, x: Any) -> Any:
    """|w+|^2, from the part along w and x C sin/A across it."""
    along = radial(A, B, l, x)
    return along * along + x * C / A * (x * C / A) * (1 - c * c)


def one_step(A: Any, B: Any, C: Any, c: Any, l: Any, x: Any, n: Any) -> Facts:
    """n is the length after a step."""
    return {
        "n = |w - η∇L(w)|": (n >= 0, n * n == next_squared(A, B, C, c, l, x)),
        "a length": l >= 0,
    }
