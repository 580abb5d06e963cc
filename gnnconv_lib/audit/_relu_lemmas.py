"""The algebra of the linear rate on every graph, as lemmas about the sums A, B, C and C(1).

Letters and facts as in `_relu_facts`. Which claim says a hypothesis stands beside it. A step of size
x = eta A turns w by the angle whose cosine and sine are p/|w+| and x C sin/(A |w+|) with the radial
part p; what is left across the teacher is sin(theta) (p - x cC/A) = |w+| sin(theta+).

Book page: book/beyond/global-linear-rate.
"""

# ruff: noqa: E741
from __future__ import annotations

from typing import Any

from gnnconv_lib.audit._relu_facts import (
    inverse_of_pi,
    leaky_sums,
    loss,
    next_squared,
    one_step,
    radial,
    squared_gradient,
    sums,
)
from gnnconv_lib.claims import lemma

# The ReLU and leaky ReLU.
_SLOPE = "companion:lemma-sums/slope, companion:theorem-leaky-relu/sums"
_FROM_DEGREES = "companion:lemma-sums/slope-from-degrees, companion:theorem-leaky-relu/sizes"
_INEQUALITY = (
    "companion:lemma-gradient-inequality/inequality, companion:theorem-leaky-relu/gradient"
)


@lemma
def gradient_inequality(A: Any, B: Any, C: Any, K: Any, c: Any, l: Any) -> Any:
    """|grad L|^2 >= (1+c) C^2/K L, and the constant is at most 2K."""
    squared, here = squared_gradient(A, B, C, c, l), loss(A, B, l)
    return {**sums(A, B, C, K, c), "a length": l >= 0}, (
        K * squared >= (1 + c) * C * C * here,
        (1 + c) * C * C <= 2 * K * K,
    )


@lemma
def leaky_gradient(A: Any, B: Any, C: Any, K: Any, c: Any, l: Any) -> Any:
    """The gradient inequality for |B| <= A, where B may be negative."""
    squared, here = squared_gradient(A, B, C, c, l), loss(A, B, l)
    facts = {**leaky_sums(A, B, C, K, c), "a length": l >= 0}
    return facts, K * squared >= (1 + c) * C * C * here


@lemma
def leaky_angle(A: Any, B: Any, C: Any, K: Any, c: Any, l: Any, x: Any) -> Any:
    """p - xcC/A >= 0 and xC/A > 0 where c > -1, and the next weight is not 0."""
    facts = {**leaky_sums(A, B, C, K, c), "0 < x ≤ 1": (x > 0, x <= 1), "a length": l > 0}
    facts["companion:theorem-leaky-relu/positive"] = (c > -1, C > 0, K > 0)
    across = radial(A, B, l, x) - x * c * C / A
    return facts, (across >= 0, x * C / A > 0, next_squared(A, B, C, c, l, x) > 0)


@lemma
def constant_increases(C: Any, D: Any, K: Any, c: Any, e: Any) -> Any:
    """(1+c) C^2 rises with c, up to 2 K^2 at c = 1."""
    return {
        "two cosines": (c >= -1, c <= e, e <= 1),
        "companion:lemma-dual-facts/convex": (C <= D, D <= K),
        _SLOPE: (C >= 0, K > 0),
    }, ((1 + c) * C * C <= (1 + e) * D * D, (1 + e) * D * D <= 2 * K * K)


@lemma
def best_constant(A: Any, B: Any, C: Any, K: Any, c: Any, l: Any) -> Any:
    """|grad L|^2 (A^2 - B^2) >= 2 A C^2 sin^2 L."""
    squared = squared_gradient(A, B, C, c, l)
    right = 2 * A * C * C * (1 - c * c) * loss(A, B, l)
    return {**sums(A, B, C, K, c), "a length": l >= 0}, squared * (A * A - B * B) >= right


@lemma
def best_constant_is_larger(A: Any, B: Any, C: Any, K: Any, c: Any) -> Any:
    """(1+c) C^2/(2K) <= A C^2 sin^2/(A^2 - B^2), multiplied out."""
    left = (1 + c) * C * C * (A * A - B * B)
    return sums(A, B, C, K, c), left <= 2 * K * A * C * C * (1 - c * c)


@lemma
def subtracted_gradient(A: Any, B: Any, C: Any, c: Any, N: Any, F: Any) -> Any:
    """|grad f| <= A: the tangent at w, taken at v = grad f(w), with N = |v| and f(v) = N F."""
    return {
        "N = |∇f(w)|": (N >= 0, B * B + C * C * (1 - c * c) == N * N),
        "a cosine": (c >= -1, c <= 1),
        "companion:lemma-convexity/tangents": N * N <= N * F,
        "companion:lemma-sums/mixed": (F >= 0, F <= A),
    }, N <= A


@lemma
def descent(A: Any, a: Any, b: Any, g: Any, h: Any, f: Any, F: Any, x: Any) -> Any:
    """L+ <= L - (x/A)(1 - x/2)|grad L|^2 with w = (a, b), grad L = (g, h), f = |w| B(c), F at w+."""
    moved_a, moved_b = a - x * g / A, b - x * h / A
    tangent = (A * a - g) * (moved_a - a) + (A * b - h) * (moved_b - b)
    before = A * (a * a + b * b + 1) / 2 - f
    after = A * (moved_a * moved_a + moved_b * moved_b + 1) / 2 - F
    return {
        "A > 0, x ≥ 0": (A > 0, x >= 0),
        "companion:lemma-convexity/tangents, companion:theorem-leaky-relu/tangents": f + tangent
        <= F,
    }, after <= before - x * (1 - x / 2) * (g * g + h * h) / A


@lemma
def angle(A: Any, B: Any, C: Any, K: Any, c: Any, l: Any, x: Any) -> Any:
    """p - xcC/A >= 0 and xC/A > 0, so the angle falls; the next weight is not 0."""
    facts = {**sums(A, B, C, K, c), "0 < x ≤ 1": (x > 0, x <= 1), "a length": l > 0}
    facts["companion:lemma-sums/positive"] = (c > -1, C > 0, K > 0)
    across = radial(A, B, l, x) - x * c * C / A
    return facts, (across >= 0, x * C / A > 0, next_squared(A, B, C, c, l, x) > 0)


@lemma
def length(A: Any, B: Any, C: Any, K: Any, c: Any, l: Any, x: Any, n: Any) -> Any:
    """|w+| <= (1-x) l + x for x <= 1."""
    facts = {**sums(A, B, C, K, c), **one_step(A, B, C, c, l, x, n)}
    facts["0 < x ≤ 1"] = (x > 0, x <= 1)
    return facts, n <= (1 - x) * l + x


@lemma
def loss_after_one(A: Any, n: Any, F: Any) -> Any:
    """At x = 1, L(w+) <= A, F = B(c+)."""
    return {
        "companion:lemma-length/bound": (n >= 0, n <= 1),
        "companion:lemma-sums/mixed": (F >= 0, A >= F),
    }, loss(A, F, n) <= A


@lemma
def contraction(A: Any, C: Any, K: Any, c: Any, x: Any, G: Any, L: Any, N: Any) -> Any:
    """L+ <= (1 - x(2-x) mu/A) L, with G = |grad L|^2 and N = L+, and the factor is >= 0."""
    rate = x * (2 - x) * (1 + c) * C * C / (2 * K * A)
    return {
        "a cosine": (c >= -1, c <= 1),
        "0 < x ≤ 2": (x > 0, x <= 2),
        _SLOPE: (C >= 0, C <= K, K <= A),
        "companion:lemma-sums/positive, companion:theorem-leaky-relu/positive": K > 0,
        "companion:lemma-descent, companion:theorem-leaky-relu/descent": L - x * (1 - x / 2) * G / A
        >= N,
        _INEQUALITY: (L >= 0, (1 + c) * C * C * L <= K * G),
    }, ((1 - rate) * L >= N, rate <= 1)


@lemma
def induction(L: Any, N: Any, R: Any, q: Any, r: Any) -> Any:
    """From L_t <= (1-q)^t L_0 = R the same after a step whose factor is 1 - r, r >= q."""
    return {
        "companion:theorem-linear-rate/step": ((1 - r) * L >= N, r >= q, r <= 1),
        "so far": (L >= 0, L <= R, q >= 0),
    }, (1 - q) * R >= N


@lemma
def size(A: Any, M: Any, S: Any, n: Any, m: Any, w: Any) -> Any:
    """A/S <= w n/m + 1 - w with m = mean degree + 1."""
    return {
        **inverse_of_pi(w),
        "companion:lemma-sums/full": w * M + (1 - w) * S >= A,
        "companion:definition-sizes/order": (S > 0, m > 0, M * m <= n * S),
    }, w * n / m + 1 - w >= A / S


@lemma
def overshoot(A: Any, B: Any, C: Any, c: Any, l: Any, x: Any) -> Any:
    """p - xcC/A has the sign of x(B - cC)/((x-1)A) - l, for x > 1."""
    across = radial(A, B, l, x) - x * c * C / A
    limit = x * (B - c * C) / ((x - 1) * A)
    return {"A > 0, x > 1": (A > 0, x > 1)}, across == (x - 1) * (limit - l)


@lemma
def divergence(A: Any, B: Any, C: Any, K: Any, c: Any, l: Any, x: Any, n: Any) -> Any:
    """|w+| >= (x-1) l - x for x > 2."""
    facts = {**sums(A, B, C, K, c), **one_step(A, B, C, c, l, x, n), "x > 2": x > 2}
    return facts, n >= (x - 1) * l - x


@lemma
def growth(l: Any, x: Any, n: Any) -> Any:
    """Above x/(x-2) the length grows."""
    return {
        "x > 2, a length above x/(x-2)": (x > 2, l > x / (x - 2)),
        "companion:lemma-divergence": n >= (x - 1) * l - x,
    }, n > l


@lemma
def number_of_steps(A: Any, C: Any, K: Any, S: Any, c: Any, x: Any, R: Any, y: Any) -> Any:
    """R/y <= 8 A R/(x(2-x) S), R = log(L_0/target) and y = -log(1 - x(2-x) mu/A)."""
    share = x * (2 - x) * (1 + c) * C * C / (2 * K * A)
    return {
        "c ≥ 0, 0 < x ≤ 1": (c >= 0, c <= 1, x > 0, x <= 1),
        "log(1 - s) ≤ -s": y >= share,
        "R ≥ 0": R >= 0,
        _SLOPE: (C <= K, K <= S, K <= A),
        _FROM_DEGREES: (S > 0, 2 * C >= S),
    }, (y > 0, R * x * (2 - x) * S <= 8 * A * R * y)
