"""The algebra of Lemmas 1, 3, 6, 7 and 8: one step of the length and of alpha, as lemmas.

Letters as in `_relu_facts`; x = eta A and y = lambda eta A for a point of a segment; n = |w+|.

Reference: awasthi2021, Appendix B. Book page: book/awasthi2021/bounded-iterates.
"""

# ruff: noqa: E741
from __future__ import annotations

from fractions import Fraction
from typing import Any

from gnnconv_lib.audit._relu_facts import inverse_of_pi, one_step, opening, sums
from gnnconv_lib.claims import lemma


def _step(A: Any, B: Any, C: Any, K: Any, c: Any, l: Any, x: Any, n: Any) -> dict[str, Any]:
    return {
        **sums(A, B, C, K, c),
        **one_step(A, B, C, c, l, x, n),
        "0 ≤ x ≤ 1": (x >= 0, x <= 1),
    }


def _alpha(A: Any, B: Any, C: Any, c: Any, l: Any, x: Any) -> Any:
    """alpha after a step."""
    return l * c * (1 - x) + x * c * B / A + x * (1 - c * c) * C / A


@lemma
def upper(A: Any, B: Any, C: Any, K: Any, c: Any, l: Any, x: Any, n: Any, u: Any) -> Any:
    """|w+| <= (1-x) l + x, so at most any u with u >= l and u >= 1."""
    facts = {**_step(A, B, C, K, c, l, x, n), "u ≥ max(l, 1)": (u >= l, u >= 1)}
    return facts, (n <= (1 - x) * l + x, n <= u)


@lemma
def lower(A: Any, B: Any, C: Any, K: Any, c: Any, l: Any, x: Any, n: Any) -> Any:
    """|w+|^2 >= ((1-x) l)^2 + 2xB/A (1-x) l + (xB/A)^2, at least each of the two squares."""
    kept, ratio = (1 - x) * l, x * B / A
    bound = kept * kept + 2 * ratio * kept + ratio * ratio
    facts = _step(A, B, C, K, c, l, x, n)
    return facts, (n * n >= bound, bound >= ratio * ratio, bound >= kept * kept, n >= ratio)


@lemma
def length_keeps(A: Any, B: Any, C: Any, K: Any, c: Any, l: Any, x: Any, n: Any) -> Any:
    """|w+| >= (1-x) l."""
    return _step(A, B, C, K, c, l, x, n), n >= (1 - x) * l


@lemma
def drift(A: Any, B: Any, C: Any, K: Any, c: Any, l: Any, x: Any, n: Any) -> Any:
    """|w+| >= l - x(l - 1) + x(B - A)/A."""
    return _step(A, B, C, K, c, l, x, n), n >= l - x * (l - 1) + x * (B - A) / A


@lemma
def near_one(A: Any, B: Any, K: Any, S: Any, c: Any, l: Any, x: Any, n: Any) -> Any:
    """|w+| >= 1 - 2S/A from l >= 1 - 2S/A."""
    return {
        "0 ≤ x ≤ 1": (x >= 0, x <= 1),
        "a cosine": c >= -1,
        "companion:lemma-sums/slope": (K >= 0, K <= A, K <= S, A > 0),
        "companion:lemma-sums/gap": K * (1 - c) >= A - B,
        "awasthi2021:remark-length-drift/step": n >= l - x * (l - 1) + x * (B - A) / A,
        "ℓ ≥ 1 - 2S/A": l >= 1 - 2 * S / A,
    }, n >= 1 - 2 * S / A


@lemma
def segment_keeps(l: Any, y: Any, w: Any) -> Any:
    """(1 - y) l >= (1 - 1/(6 pi)) l for y <= 1/(6 pi)."""
    return {"λ ≤ 1, x ≤ 1/(6π)": (6 * y <= w, l >= 0)}, (1 - y) * l >= (1 - w / 6) * l


@lemma
def segment_length(l: Any, y: Any, w: Any, n: Any) -> Any:
    """|w+| >= (1 - 1/(6 pi))/(36 pi^2) from l >= 1/(36 pi^2)."""
    return {
        **inverse_of_pi(w),
        "λ ≤ 1, x ≤ 1/(6π)": 6 * y <= w,
        "ℓ ≥ 1/(36π²)": 36 * l >= w * w,
        "awasthi2021:remark-segment-lower-step, corrected": n >= (1 - y) * l,
    }, 36 * n >= w * w * (1 - w / 6)


@lemma
def least_length(A: Any, B: Any, n: Any, x: Any, r: Any, w: Any) -> Any:
    """|w+| >= 1/(36 pi^2): r = n^2 (d+1)/(4 pi) is at most B, and x r/A >= 1/(36 pi^2)."""
    return {
        "A > 0, x > 0": (A > 0, x > 0),
        "awasthi2021:lemma-5/b-lower": r <= B,
        "awasthi2021:remark-length-lower/chain": x * r / A >= w * w / 36,
        "awasthi2021:remark-length-lower-step": n >= x * B / A,
    }, n >= w * w / 36


@lemma
def alpha_early(A: Any, B: Any, C: Any, K: Any, c: Any, l: Any, x: Any) -> Any:
    """alpha+ >= alpha (1 - x/2) for l >= 2 and alpha < 0."""
    facts = {**sums(A, B, C, K, c), "0 ≤ x ≤ 1": (x >= 0, x <= 1), "ℓ ≥ 2, α < 0": (l >= 2, c < 0)}
    return facts, _alpha(A, B, C, c, l, x) >= l * c * (1 - x / 2)


@lemma
def alpha_nonnegative(A: Any, B: Any, C: Any, K: Any, c: Any, l: Any, x: Any) -> Any:
    """alpha+ >= 0 from alpha >= 0."""
    facts = {**sums(A, B, C, K, c), "0 ≤ x ≤ 1": (x >= 0, x <= 1), "α ≥ 0": (l >= 0, c >= 0)}
    return facts, _alpha(A, B, C, c, l, x) >= 0


@lemma
def alpha_slightly_negative(
    A: Any,
    B: Any,
    C: Any,
    K: Any,
    S: Any,
    c: Any,
    l: Any,
    x: Any,
) -> Any:
    """alpha+ >= alpha - x alpha (1 - 1/l) + x c (B - A)/A + x sin^2 S/(4A)."""
    facts = {**sums(A, B, C, K, c), **opening(C, S, c), "0 ≤ x ≤ 1": (x >= 0, x <= 1)}
    facts["S > 0, ℓ > 0"] = (S > 0, l > 0)
    share = (1 - c * c) * S / 4
    bound = l * c - x * l * c * (1 - 1 / l) + x * c * (B - A) / A + x * share / A
    return facts, _alpha(A, B, C, c, l, x) >= bound


@lemma
def beta_share(c: Any, l: Any) -> Any:
    """sin >= 1/2 for l >= 1/2 and alpha in [-1/100, 0)."""
    facts = {"ℓ ≥ 1/2, α in [-1/100, 0)": (2 * l >= 1, c < 0, 100 * l * c >= -1)}
    return facts, 4 * (1 - c * c) >= 1


@lemma
def alpha_nondecreasing(A: Any, B: Any, C: Any, S: Any, c: Any, l: Any) -> Any:
    """alpha+ >= alpha + (x/A)(4 alpha S + S/16) >= alpha for alpha in [-1/100, 0), l >= 1 - 2S/A.

    alpha+ - alpha is x/A times c(B - lA) + sin^2 C.
    """
    return {
        **opening(C, S, c),
        "companion:lemma-sums/mixed": B <= A,
        "ℓ ≥ 1/2, α in [-1/100, 0)": (2 * l >= 1, c < 0, 100 * l * c >= -1),
        "ℓ ≥ 1 - 2S/A": (S > 0, A * l >= A - 2 * S),
    }, (
        c * (B - l * A) + (1 - c * c) * C >= 4 * l * c * S + S / 16,
        4 * l * c * S + S / 16 >= 0,
    )


@lemma
def diagonal(c: Any, l: Any, q: Any) -> Any:
    """s'(c) >= 1/200 for alpha >= -1/100 and l >= 1/2."""
    return {
        "α ≥ -1/100, ℓ ≥ 1/2": (100 * l * c >= -1, 2 * l >= 1, c <= 1),
        "awasthi2021:remark-step-dual-above-half": q >= Fraction(617, 1250),
    }, (c >= Fraction(-1, 50), q >= Fraction(1, 200))


@lemma
def eigenvalue(p: Any, q: Any, r: Any, t: Any, P: Any, Q: Any, R: Any) -> Any:
    """An eigenvalue t of ((p, r), (r, q)) is at most |p| + |q| + 2|r|; P = |p|, Q = |q|, R = |r|."""
    return {
        "absolute values": (p <= P, -p <= P, q <= Q, -q <= Q, r <= R, -r <= R),
        "an eigenvalue": (t - p) * (t - q) == r * r,
    }, t <= P + Q + 2 * R


@lemma
def mixed_derivatives(C: Any, a: Any, b: Any, l: Any) -> Any:
    """C b^2/l^3 and C |a| b/l^3 are at most C/l."""
    facts = {"a weight": (l > 0, a * a + b * b == l * l, b >= 0)}
    facts["companion:lemma-sums/slope"] = C >= 0
    top = C / l
    return facts, (C * b * b / l**3 <= top, C * a * b / l**3 <= top, -C * a * b / l**3 <= top)


@lemma
def curvature_terms(c: Any, s: Any, r: Any, q: Any, m: Any) -> Any:
    """K sin <= R/pi and K sin |c| <= R |c|/pi, pair by pair: m r^2 sin/(pi q) <= m r^2/pi.

    K is the sum of m r^2/(pi q) with q = sqrt(1 - r^2 c^2), R that of m r^2; m carries 1/pi.
    """
    return {
        "a pair": (m >= 0, r >= 0, r <= 1, q > 0, q * q == 1 - r * r * c * c),
        "sine": (s >= 0, s * s == 1 - c * c),
    }, (m * r * r * s / q <= m * r * r, m * r * r * s * s / q <= m * r * r * s)


@lemma
def entries(A: Any, X: Any, Y: Any, W: Any, c: Any, s: Any, l: Any) -> Any:
    """The Hessian is A - s^2 (X + Y)/l, A - c^2 (X + Y)/l and c s (X + Y)/l off the diagonal.

    X = B - cC, Y = s^2 K and W = R/pi; the tangent at c, taken at 0, says X <= B(0).
    """
    bent = (X + Y) / l
    first, second, mixed = A - s * s * bent, A - c * c * bent, c * s * bent
    ends, half = A + (A + W) / l, (A + W) / (2 * l)
    return {
        "a cosine and its sine": (s >= 0, c * c + s * s == 1, l > 0),
        "companion:lemma-sums/mixed, companion:lemma-dual-facts/convex": (X >= 0, X <= A),
        "awasthi2021:remark-derivative-of-c-alpha/bound": (Y >= 0, Y <= W),
    }, (
        *(first <= ends, -first <= ends, second <= ends, -second <= ends),
        mixed <= half,
        -mixed <= half,
    )
