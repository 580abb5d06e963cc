"""The algebra of Lemma 9 and of Theorem 1, Eqs. (16), (17), (26)-(36), as lemmas about A, B, C, C(1).

Letters as in `_relu_facts`; e = eps/(hn), so that delta = e/4; D = d + 1, w = 1/pi. A, B, C carry D.

Reference: awasthi2021, Lemma 9. Book page: book/awasthi2021/pl-condition.
"""

# ruff: noqa: E741
from __future__ import annotations

from fractions import Fraction
from typing import Any

from gnnconv_lib.audit._relu_facts import (
    inverse_of_pi,
    loss,
    opening,
    regular,
    sizes,
    squared_gradient,
    sums,
)
from gnnconv_lib.claims import lemma


def _weight(A: Any, B: Any, C: Any, K: Any, c: Any, l: Any) -> dict[str, Any]:
    return {**sums(A, B, C, K, c), "a length": l > 0}


_SMALL = "0 < ε < 1, h, n ≥ 1"


@lemma
def loss_without_b(A: Any, B: Any, C: Any, K: Any, c: Any, l: Any) -> Any:
    """Eq. (26): L <= A(l^2 + 1)/2."""
    return _weight(A, B, C, K, c, l), loss(A, B, l) <= A * (l * l + 1) / 2


@lemma
def ratio(A: Any, B: Any, C: Any, K: Any, c: Any, l: Any) -> Any:
    """|grad L|^2 (l^2 + 1) A >= 2 |grad L|^2 L."""
    squared = squared_gradient(A, B, C, c, l)
    return _weight(A, B, C, K, c, l), squared * (l * l + 1) * A >= 2 * squared * loss(A, B, l)


@lemma
def long_iterates(A: Any, B: Any, G: Any, l: Any, e: Any) -> Any:
    """Eq. (27), first part: G = |grad L|^2 >= A e^2/16 L."""
    return {
        "awasthi2021:remark-gradient-norm": (A * l - B) * (A * l - B) <= G,
        "companion:lemma-sums/mixed": (B >= 0, B <= A, A > 0),
        _SMALL: (e > 0, e < 1),
        "l - 1 > e/4": l > 1 + e / 4,
    }, A * e * e * loss(A, B, l) <= 16 * G


@lemma
def long_iterates_in_degrees(A: Any, n: Any, D: Any, w: Any, e: Any) -> Any:
    """Eq. (27), last part: A e^2/16 >= (d+1) n^2 e^2/(16 pi), e^2 = eps^2/(h^2 n^2)."""
    facts = {"awasthi2021:lemma-5/a-lower": n * n * D * w <= A}
    return facts, A * e * e / 16 >= D * n * n * e * e * w / 16


@lemma
def long_iterates_first_order(A: Any, B: Any, C: Any, K: Any, c: Any, l: Any) -> Any:
    """|grad L|^2 (2l - 1) >= 4A(l - 1) L for l > 1."""
    facts = {**_weight(A, B, C, K, c, l), "l > 1": l > 1}
    left = squared_gradient(A, B, C, c, l) * (2 * l - 1)
    return facts, left >= 4 * A * (l - 1) * loss(A, B, l)


@lemma
def unit_length(A: Any, B: Any, C: Any, K: Any, c: Any, l: Any) -> Any:
    """Eq. (28), first part without 1/(d+1)^2 <= 1: |grad L|^2 (l^2+1) A >= 2 beta^2 C^2 L."""
    squared = squared_gradient(A, B, C, c, l)
    right = 2 * l * l * (1 - c * c) * C * C * loss(A, B, l)
    return _weight(A, B, C, K, c, l), squared * (l * l + 1) * A >= right


@lemma
def unit_length_end(b: Any, l: Any, e: Any) -> Any:
    """Eq. (28), last part: 2 beta^2/(l^2 + 1) >= e^2/80."""
    return {
        _SMALL: (e > 0, e < 1),
        "|l - 1| ≤ e/4": (l >= 1 - e / 4, l <= 1 + e / 4),
        "|β| > e/4": b > e / 4,
    }, 2 * b * b / (l * l + 1) >= e * e / 80


@lemma
def unit_length_with_slope(
    A: Any,
    B: Any,
    C: Any,
    K: Any,
    c: Any,
    l: Any,
    e: Any,
    n: Any,
    D: Any,
    w: Any,
) -> Any:
    """Eq. (29): |grad L|^2 >= e^2 w/(380 D) L where C >= A/(2n)."""
    facts = {
        **_weight(A, B, C, K, c, l),
        **inverse_of_pi(w),
        _SMALL: (e > 0, e < 1, n >= 1, D >= 1),
    }
    facts["|l - 1| ≤ e/4"] = (l >= 1 - e / 4, l <= 1 + e / 4)
    facts["|β| > e/4"] = 16 * l * l * (1 - c * c) > e * e
    facts["C ≥ A/(2n)"] = 2 * n * C >= A
    facts["awasthi2021:lemma-5/a-lower"] = n * n * D * w <= A
    return facts, 380 * D * squared_gradient(A, B, C, c, l) >= e * e * w * loss(A, B, l)


def _settled(C: Any, K: Any, S: Any, c: Any, m: Any, G: Any, L: Any) -> dict[str, Any]:
    """c >= -1/50, m <= 1/(380 pi), G = |grad L|^2."""
    return {
        **opening(C, S, c),
        "a cosine": c <= 1,
        "companion:definition-sizes/order": S >= 1,
        "companion:lemma-sums/slope": (C <= K, K <= S),
        "0 < µ* ≤ 1/(380π)": (m > 0, 1000 * m <= 1),
        "companion:lemma-gradient-inequality/inequality": (L >= 0, (1 + c) * C * C * L <= K * G),
    }


@lemma
def lemma_4(C: Any, K: Any, S: Any, c: Any, m: Any, G: Any, L: Any) -> Any:
    """|grad L|^2 >= m L for the printed constant m = mu*."""
    return _settled(C, K, S, c, m, G, L), m * L <= G


@lemma
def contraction(
    A: Any, C: Any, K: Any, S: Any, c: Any, x: Any, m: Any, G: Any, L: Any, N: Any
) -> Any:
    """Eq. (17): N = L+ <= (1 - eta m) L for x <= 1."""
    facts = {**_settled(C, K, S, c, m, G, L), "0 < x ≤ 1": (x > 0, x <= 1, A > 0)}
    facts["awasthi2021:eq-16"] = L - x * (1 - x / 2) * G / A >= N
    return facts, (1 - x * m / A) * L >= N


@lemma
def loss_below_distance(A: Any, B: Any, C: Any, K: Any, c: Any, l: Any) -> Any:
    """L <= A/2 |w - w*|^2."""
    squared = (l - 1) * (l - 1) + 2 * l * (1 - c)
    return _weight(A, B, C, K, c, l), loss(A, B, l) <= A / 2 * squared


@lemma
def convexity_with_assumption(A: Any, B: Any, K: Any, c: Any, l: Any, e: Any, s: Any) -> Any:
    """Eq. (32), corrected: (c - 1)C(1) <= (l - 1)A + s e A/8."""
    return {
        "B - lA = s e A/8": B - l * A == s * e * A / 8,
        "companion:lemma-sums/gap": K * (1 - c) >= A - B,
    }, (c - 1) * K <= (l - 1) * A + s * e * A / 8


@lemma
def convexity_at_most_plus(A: Any, c: Any, K: Any, l: Any, e: Any, s: Any, h: Any) -> Any:
    """Eq. (32) with +: (c - 1)C(1) <= (l - 1)A + h e A/8, h e = eps/n."""
    return {
        "awasthi2021:eq-32, corrected": (c - 1) * K <= (l - 1) * A + s * e * A / 8,
        "h ≥ 1, |κ| ≤ 1": (h >= 1, s <= 1, e > 0, A > 0),
    }, (c - 1) * K <= (l - 1) * A + h * e * A / 8


@lemma
def gap_from_convexity(A: Any, B: Any, K: Any, c: Any, l: Any, e: Any) -> Any:
    """Eq. (33): eA/8 <= (1 - c)C(1)."""
    return {
        "A > 0, e > 0": (A > 0, e > 0),
        "|B - lA| ≤ eA/8": (B - l * A <= e * A / 8, l * A - B <= e * A / 8),
        "l < 1 - e/4": l < 1 - e / 4,
        "companion:lemma-sums/gap": K * (1 - c) >= A - B,
    }, e * A / 8 <= (1 - c) * K


@lemma
def relative_gap(A: Any, K: Any, c: Any, e: Any, n: Any, D: Any, M: Any, S: Any, w: Any) -> Any:
    """Eq. (35), corrected: 1 - c >= e n w/(8 D), that is eps/(8 pi h (d+1))."""
    return {
        **sizes(A, K, M, S, w),
        **regular(n, D, M, S),
        "c ≤ 1": c <= 1,
        "e > 0": e > 0,
        "awasthi2021:eq-33": e * A / 8 <= (1 - c) * K,
    }, 1 - c >= e * n * w / (8 * D)


@lemma
def beta_from_gap(a: Any, b: Any, l: Any) -> Any:
    """Eq. (36), for alpha >= 0: |beta| >= l - alpha."""
    return {"a weight": (l >= 0, b >= 0, a * a + b * b == l * l), "α ≥ 0": a >= 0}, b >= l - a


@lemma
def degree_condition(n: Any, d: Any, p: Any) -> Any:
    """Eq. (36), last: 1/(288 p d^2) >= 1/(4n) for n >= 72 p d^2, p = pi^3."""
    facts = {"n ≥ 72π³d²": (p > 0, d >= 1, n >= 72 * p * d * d)}
    return facts, 1 / (288 * p * d * d) >= 1 / (4 * n)


@lemma
def off_the_ridge(A: Any, B: Any, C: Any, K: Any, c: Any, l: Any, e: Any) -> Any:
    """|grad L|^2 >= A e^2/64 L where |B - lA| > eA/8 and l < 1."""
    facts = {**_weight(A, B, C, K, c, l), "l < 1, e > 0": (l < 1, e > 0)}
    facts["|B - lA| > eA/8"] = 64 * (B - l * A) * (B - l * A) > e * e * A * A
    return facts, 64 * squared_gradient(A, B, C, c, l) >= A * e * e * loss(A, B, l)


@lemma
def near_the_teacher(a: Any, b: Any, l: Any, e: Any) -> Any:
    """(l-1)^2 + 2(l - alpha) <= e^2/2 where |beta| <= e/4, |l - 1| <= e/4 and alpha >= -1/100."""
    return {
        "a weight": (a * a + b * b == l * l, b >= 0, l > 0),
        "0 < e < 1": (e > 0, e < 1),
        "|l - 1| ≤ e/4": (l >= 1 - e / 4, l <= 1 + e / 4),
        "|β| ≤ e/4": b <= e / 4,
        "α ≥ -1/100": a >= Fraction(-1, 100),
    }, (l - 1) * (l - 1) + 2 * (l - a) <= e * e / 2


@lemma
def conclusion(A: Any, B: Any, n: Any, D: Any, l: Any, e: Any, r: Any) -> Any:
    """L <= (d+1) n^2 e^2/2 <= (d+1) eps^2/h^2 where |w - w*|^2 = r <= e^2/2."""
    return {
        "awasthi2021:remark-loss-below-distance": (A >= 0, loss(A, B, l) <= A / 2 * r),
        "awasthi2021:remark-distance-to-teacher": (r >= 0, r <= e * e / 2),
        "awasthi2021:remark-c-lower/full": D * n * n >= A,
    }, loss(A, B, l) <= D * n * n * e * e
