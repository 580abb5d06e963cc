"""The algebra of c = 600 in Theorem 1, as lemmas about the sums of a graph and about logarithms.

A, C = C(c_0), K = C(1), S and x = eta A as in `_relu_facts`; D = d + 1 with the largest degree d,
k = h^2/eps^2. N, P, H, R, E are the logarithms of n, D, h, r and 1/eps. After u/y steps the loss of
a unit is at most eps^2/h: u = log(L_0 h/eps^2), y = -log(1 - q) with the q of `rate`, a = A/S.

Book page: book/awasthi2021/pl-condition.
"""

# ruff: noqa: E741
from __future__ import annotations

from fractions import Fraction
from typing import Any

from gnnconv_lib.audit._relu_facts import inverse_of_pi, loss, sums
from gnnconv_lib.claims import lemma

__all__ = [
    "first_loss",
    "growth_in_the_error",
    "no_constant",
    "number",
    "number_of_moderate",
    "polynomial",
    "rate",
]

_STEP = "1/(16π) ≤ x ≤ 1/(6π)"
_THEOREM = "companion:theorem-constant-of-theorem-1"


@lemma
def rate(C: Any, K: Any, S: Any, c: Any, x: Any, w: Any) -> Any:
    """457 x(2-x) >= 18 and 18(1+c) C^2 >= K S: q = x(2-x)(1+c) C^2/(2KA) is at least S/(914 A)."""
    return {
        **inverse_of_pi(w),
        _STEP: (16 * x >= w, 6 * x <= w),
        "c₀ ≥ -1/2": (c >= Fraction(-1, 2), c <= 1),
        "companion:lemma-sums/slope-from-degrees, s'(-1/2) = 1/3": (S > 0, 3 * C >= S),
        "companion:lemma-sums/slope": (C <= K, K <= S),
    }, (457 * x * (2 - x) >= 18, 18 * (1 + c) * C * C >= K * S)


@lemma
def first_loss(A: Any, B: Any, C: Any, K: Any, c: Any, l: Any, p: Any, n: Any, D: Any) -> Any:
    """L_0 <= 9/2 n^2 D r, with p = sqrt(r)."""
    return {
        **sums(A, B, C, K, c),
        "0 < ℓ₀ ≤ 2√r, r ≥ 1": (p >= 1, l > 0, l <= 2 * p),
        "companion:definition-sizes/order, companion:lemma-sums/full": (D >= 1, n * n * D >= A),
    }, (loss(A, B, l) <= A * (l + 1) * (l + 1) / 2, 2 * loss(A, B, l) <= 9 * n * n * D * p * p)


def _steps(
    a: Any, n: Any, D: Any, k: Any, logs: tuple[Any, ...], w: Any, u: Any, y: Any
) -> dict[str, Any]:
    """u <= log(9/2 n^2 D h r/eps^2), where log(9/2) < 1505/1000, and y >= q >= 1/(914 a)."""
    N, P, H, R, E = logs
    return {
        **inverse_of_pi(w),
        "n ≥ 2, log 2 > 693/1000": (n >= 2, Fraction(693, 1000) <= N),
        "companion:theorem-linear-rate/size": (a > 0, a <= w * n + 1 - w),
        "log D ≤ D - 1": (D >= 1, P >= 0, P <= D - 1),
        "h ≥ 1, r ≥ 1, ε < 1": (k >= 1, H >= 0, R >= 0, E >= 0),
        f"{_THEOREM}/rate, -log(1 - q) ≥ q": 914 * a * y >= 1,
        f"{_THEOREM}/first-loss": u <= Fraction(1505, 1000) + 2 * N + P + H + R + 2 * E,
    }


@lemma
def number(
    a: Any,
    n: Any,
    D: Any,
    k: Any,
    N: Any,
    P: Any,
    H: Any,
    R: Any,
    E: Any,
    w: Any,
    u: Any,
    y: Any,
) -> Any:
    """u/y <= 600 n^4 D k log(nhr/eps)."""
    logs = (N, P, H, R, E)
    return _steps(a, n, D, k, logs, w, u, y), u <= 600 * n**4 * D * k * (N + H + R + E) * y


@lemma
def number_of_moderate(
    a: Any,
    n: Any,
    D: Any,
    k: Any,
    N: Any,
    P: Any,
    H: Any,
    R: Any,
    E: Any,
    w: Any,
    u: Any,
    y: Any,
) -> Any:
    """The same with log(nh/eps), where log r <= n."""
    facts = {**_steps(a, n, D, k, (N, P, H, R, E), w, u, y), "log r ≤ n": n >= R}
    return facts, u <= 600 * n**4 * D * k * (N + H + E) * y


@lemma
def no_constant(R: Any, T: Any, y: Any, t: Any, u: Any) -> Any:
    """Steps u/y, u = R/2 + log(1 - 1/sqrt(r)) - t, exceed T + 1 for log r = R >= 2 + 4T.

    So the first whole number that is T or more is not enough.
    """
    return {
        "a number that is stated": T > 0,
        "the r that is chosen": R >= 2 + 4 * T,
        "0 < y = -log(1 - x) ≤ 1/18": (y > 0, 18 * y <= 1),
        "log(1 - 1/√r) > -1/2 and log(2ε²/(hA)) ≤ 0": (t <= 0, u >= R / 2 - Fraction(1, 2) - t),
    }, u > (T + 1) * y


@lemma
def polynomial(
    a: Any,
    n: Any,
    D: Any,
    h: Any,
    r: Any,
    k: Any,
    N: Any,
    P: Any,
    H: Any,
    R: Any,
    E: Any,
    w: Any,
    u: Any,
    y: Any,
) -> Any:
    """u/y <= 600 n^4 D k r log(2/eps), k = h^2/eps^2."""
    facts = {
        **_steps(a, n, D, k, (N, P, H, R, E), w, u, y),
        "log u ≤ u - 1": (n - 1 >= N, h - 1 >= H, r - 1 >= R, k >= h * h),
    }
    return facts, u <= 600 * n**4 * D * k * r * (Fraction(693, 1000) + E) * y


@lemma
def growth_in_the_error(L: Any, E: Any, t: Any, k: Any) -> Any:
    """(L + 2E) t <= k E (L + 2t): L = log of the first loss times h, t = log 2, k = 1/(4 eps^2)."""
    return {
        "hA(2√r + 1)²/2 ≥ 1": L >= 0,
        "ε ≤ 1/2": (t > 0, t <= E, k >= 1),
    }, (L + 2 * E) * t <= k * E * (L + 2 * t)
