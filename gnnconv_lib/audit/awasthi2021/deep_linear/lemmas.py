"""The algebra of Lemmas 11-13 and of the recurrence (42), as identities of SymPy and lemmas of z3.

Letters for one singular value: x = σ, t = σ*, e = x - t, p = x^(L-1), D = x^L - t^L, and powers
l1 = l^(L-1), u1 = u^(L-1) of the ends of an interval that holds both; c collects positive factors.

Reference: awasthi2021, Lemmas 11-13. Book page: book/awasthi2021/deep-linear.
"""

# ruff: noqa: E741
from __future__ import annotations

from functools import cache
from typing import Any

import sympy
from sympy.physics.quantum.trace import Tr

from gnnconv_lib.claims import SymbolicZero, lemma, symbolic_zero

_L = sympy.Symbol("L", positive=True, integer=True)
_n, _d, _eta = sympy.symbols("n d eta", positive=True)
_x, _t = sympy.symbols("x t", positive=True)


# Matrices, as letters that do not commute. `_tr` becomes the trace, which SymPy knows to be cyclic.
_tr = sympy.Function("tr")


def _traces(expression: Any) -> Any:
    return expression.replace(_tr, Tr)


@cache
def power_derivative() -> SymbolicZero:
    """The derivative of M^L along H is T_L = sum_{k<L} M^k H M^{L-1-k}, by induction over L.

    T_1 = H. With P = M^L and S = T_L, the product rule gives S M + P H for M^{L+1}, and the summand
    R of T_L becomes that of T_{L+1} by R M, where M^{L-k} = M^{L-1-k} M; the last one is P H.
    """
    M, H, P, S, R = sympy.symbols("M H P S R", commutative=False)
    eps = sympy.Symbol("eps")
    k = sympy.Symbol("k", integer=True, nonnegative=True)
    product = sympy.diff((P + eps * S) * (M + eps * H), eps)
    step = symbolic_zero(product - S * M - P * H, lambda e: sympy.expand(e).subs(eps, 0))
    if not step.proved:
        return step
    summand = M**k * H * M ** (_L - 1 - k)
    return symbolic_zero(R * M - M**k * H * M ** (_L - k), lambda e: e.subs(R, summand))


@cache
def gradient() -> SymbolicZero:
    """Lemma 11, corrected: n <E, X H Y> = n <X' E Y', H> for X = M^k, Y = M^{L-1-k}.

    With `power_derivative` the slope of n/2 |M^L - M*^L|_F^2 (Lemma 10) along H is that of
    n sum_k (M')^k E (M')^{L-1-k}. Both sides are traces: Et is E', and (X' E Y')' = Y E' X.
    """
    X, H, Y, Et = sympy.symbols("X H Y Et", commutative=False)
    if not power_derivative().proved:
        return power_derivative()
    return symbolic_zero(_n * (_tr(Et * X * H * Y) - _tr(Y * Et * X * H)), _traces)


_a, _b = sympy.symbols("a b", real=True)


def _step() -> tuple[Any, Any, Any]:
    """An entry a of W1 and b of W2 after a step, and the derivative of the loss in that of M.

    The loss is a function of M = W1 + d W2 (Lemma 10), so of a + d b where only these two move.
    """
    loss, m = sympy.Function("loss"), sympy.Symbol("m", real=True)
    here = loss(_a + _d * _b)
    moved = [value - _eta * sympy.diff(here, value) for value in (_a, _b)]
    return *moved, sympy.diff(loss(m), m).subs(m, _a + _d * _b)


@cache
def update() -> SymbolicZero:
    """Eq. (40), corrected: entry by entry a step moves W1 + d W2 by -eta (d^2 + 1) dL/dM."""
    if not gradient().proved:
        return gradient()
    a, b, slope = _step()
    return symbolic_zero(a + _d * b - (_a + _d * _b) + _eta * (_d**2 + 1) * slope)


@cache
def conserved() -> SymbolicZero:
    """A step does not move d W1 - W2, entry by entry, whatever function of W1 + d W2 the loss is."""
    a, b, _ = _step()
    return symbolic_zero(_d * a - b - (_d * _a - _b))


@cache
def commuting() -> SymbolicZero:
    """[X Y, S] = X [Y, S] + [X, S] Y: products of what commutes with S commute with S.

    With S = M* the start (1 + d) I and M* itself do, and by (40) a step adds sums of products of M_t,
    its transpose and M*. M_t is symmetric as such a sum, so that every M_t commutes with M*.
    """
    if not update().proved:
        return update()
    X, Y, S = sympy.symbols("X Y S", commutative=False)
    return symbolic_zero(X * Y * S - S * X * Y - (X * (Y * S - S * Y) + (X * S - S * X) * Y))


@cache
def recurrence() -> SymbolicZero:
    """Eqs. (41), (42), corrected: sum_k x^k (x^L - t^L) x^{L-1-k} = L x^{L-1} (x^L - t^L).

    M_t and M* are symmetric and commute, so (40) holds for each common eigenvector.
    """
    k = sympy.Symbol("k", integer=True, nonnegative=True)
    if not commuting().proved:
        return commuting()
    total = sympy.Sum(_x**k * _x ** (_L - 1 - k) * (_x**_L - _t**_L), (k, 0, _L - 1))
    return symbolic_zero(total - _L * _x ** (_L - 1) * (_x**_L - _t**_L), lambda e: e.doit())


@cache
def loss_of_eigenvalues() -> SymbolicZero:
    """|Q D Q'|_F^2 = tr((Q D Q')(Q D Q')) = tr(D D) for Q'Q = I: the sum of the squares of D.

    M_t and M* have common eigenvectors by `commuting`, so M_t^L - M*^L is such a Q D Q'.
    """
    if not commuting().proved:
        return commuting()
    Q, Qt, D = sympy.symbols("Q Qt D", commutative=False)
    # The trace is cyclic: tr(Q D Q' Q D Q') = tr(D Q'Q D Q'Q).
    turned = symbolic_zero(_tr(Q * D * Qt * Q * D * Qt) - _tr(D * Qt * Q * D * Qt * Q), _traces)
    if not turned.proved:
        return turned
    return symbolic_zero(
        _tr(D * Qt * Q * D * Qt * Q) - _tr(D * D), lambda e: e.subs(Qt * Q, sympy.S.One)
    )


# One singular value.


@cache
def scalar_gradient() -> SymbolicZero:
    """Eq. (43): the derivative of (d^2 + 1)(x^L - t^L)^2/2 is L (d^2 + 1) x^{L-1} (x^L - t^L)."""
    loss = (_d**2 + 1) * (_x**_L - _t**_L) ** 2 / 2
    return symbolic_zero(
        sympy.diff(loss, _x) - _L * (_d**2 + 1) * _x ** (_L - 1) * (_x**_L - _t**_L)
    )


@cache
def below() -> SymbolicZero:
    """The factor with x = t (1 - δ): (1 - δ)^{L-1} (1 - (1 - δ)^L)."""
    gap = sympy.Symbol("delta", positive=True)
    x = _t * (1 - gap)
    pull = _eta * _n / 2 * _L * (_d**2 + 1)
    # Powers of x and of t apart; (1 - δ) > 0.
    base = sympy.Symbol("b", positive=True)
    moved = _t * base - pull * (_t * base) ** (_L - 1) * ((_t * base) ** _L - _t**_L)
    stated = _t * (base + pull * _t ** (2 * _L - 2) * base ** (_L - 1) * (1 - base**_L))
    assert sympy.expand(x - _t * base.subs(base, 1 - gap)) == 0
    return symbolic_zero(moved - stated, sympy.expand_power_base, sympy.expand, sympy.powsimp)


@cache
def half() -> SymbolicZero:
    """eta n/2 L (d^2 + 1) t^{2L-2} b = 1/4 for the step 1/(2 n L (d^2 + 1) t^{2L-2} b)."""
    b = sympy.Symbol("b", positive=True)
    pull = _n / 2 * _L * (_d**2 + 1) * _t ** (2 * _L - 2) * b
    return symbolic_zero(
        pull / (2 * _n * _L * (_d**2 + 1) * _t ** (2 * _L - 2) * b) - sympy.S(1) / 4
    )


@cache
def start() -> SymbolicZero:
    """(W1 + d W2) v = (1 + d) v for W1 = W2 = I: its eigenvalue is 1 + d."""
    v = sympy.Symbol("v", commutative=False)
    return symbolic_zero(1 * v + _d * (1 * v) - (1 + _d) * v)


def _value(p: Any, D: Any, e: Any, l1: Any, u1: Any, N: Any) -> dict[str, Any]:
    """Powers of a value in [l, u] with the target in it as well; N stands for L >= 1."""
    return {
        "l ≤ σ ≤ u": (l1 > 0, p >= l1, u1 >= p, N >= 1),
        "awasthi2021:remark-power-difference": D * e >= N * l1 * e * e,
        "its upper half, DeepLinear.powers_apart": D * e <= N * u1 * e * e,
        "D = 0 only at the target": D * D * e * e == (D * e) * (D * e),
    }


@lemma
def moves_towards_the_target(x: Any, p: Any, D: Any, e: Any, c: Any, s: Any) -> Any:
    """x - c p D is at most x above the target, s = 1, and at least x below it, s = -1, for c >= 0."""
    facts = {"σ > 0, a step size": (p > 0, c >= 0), "D has the sign of σ - σ*": D * e >= 0}
    facts["s is the sign of σ - σ*, not 0"] = (s * s == 1, s * e > 0)
    return facts, s * (x - c * p * D) <= s * x


@lemma
def gradient_upper(p: Any, D: Any, e: Any, l1: Any, u1: Any, N: Any, q: Any) -> Any:
    """g^2 <= N^2 q^2 u1^2 D^2, g = N q p D, q = d^2 + 1."""
    facts = {**_value(p, D, e, l1, u1, N), "q ≥ 1": q >= 1}
    return facts, (N * q * p * D) * (N * q * p * D) <= N * N * q * q * u1 * u1 * D * D


@lemma
def power_upper(D: Any, e: Any, u1: Any, N: Any) -> Any:
    """D^2 <= N^2 u1^2 e^2 where 0 <= D e <= N u1 e^2."""
    facts = {"DeepLinear.powers_apart": (D * e >= 0, D * e <= N * u1 * e * e)}
    facts["signs"] = (u1 > 0, N >= 1)
    facts["σ ≠ σ*, else both are 0"] = e != 0
    return facts, N * N * u1 * u1 * e * e >= D * D


@lemma
def progress_first(p: Any, D: Any, e: Any, l1: Any, c: Any) -> Any:
    """Eq. (44): c p D e >= c l1 D e."""
    facts = {"l ≤ σ": (l1 > 0, p >= l1), "c > 0": c > 0, "D has the sign of σ - σ*": D * e >= 0}
    return facts, c * p * D * e >= c * l1 * D * e


@lemma
def progress_second(D: Any, e: Any, l1: Any, N: Any, q: Any) -> Any:
    """Eq. (45): N q l1 D e >= N^2 q l1^2 e^2."""
    facts = {"signs": (l1 > 0, N >= 1, q >= 1)}
    facts["awasthi2021:remark-power-difference"] = D * e >= N * l1 * e * e
    return facts, N * q * l1 * D * e >= N * N * q * l1 * l1 * e * e


@lemma
def square_of_the_gradient(p: Any, D: Any, e: Any, u1: Any, N: Any, q: Any) -> Any:
    """Lemma 13, corrected: g^2 <= N^4 q^2 u1^4 e^2."""
    return {
        "σ ≤ u": (p > 0, u1 >= p, N >= 1, q >= 1),
        "awasthi2021:remark-gradient-upper-second": N * N * u1 * u1 * e * e >= D * D,
    }, (N * q * p * D) * (N * q * p * D) <= N * N * N * N * q * q * u1 * u1 * u1 * u1 * e * e


@lemma
def step_below_two(f: Any, c: Any, x: Any, u: Any) -> Any:
    """f c x <= 1 < 2 for the step 1/(n L^2 (d^2+1) u) = c/u, x = σ*^{2L-2} <= u = max^{2L-2}."""
    facts = {"f is 1/2 or 1": (f > 0, f <= 1), "σ* ≤ max(1 + d, σ*)": (x > 0, x <= u)}
    facts["c n L²(d² + 1) = 1"] = c == 1
    return facts, f * c * x / u < 2


@lemma
def ends_of_the_range(t: Any, s: Any, l: Any, u: Any, a: Any, b: Any) -> Any:
    """min(t/2, s) = t (1 - max(1/2, 1 - s/t)) and max(2t, s) = t (1 + max(1, s/t - 1))."""
    return {
        "a target and a start": (t > 0, s > 0),
        "l = min(t/2, s)": (2 * l <= t, l <= s, (2 * l - t) * (l - s) == 0),
        "u = max(2t, s)": (u >= 2 * t, u >= s, (u - 2 * t) * (u - s) == 0),
        "a = max(1/2, 1 - s/t)": (2 * a >= 1, a * t >= t - s, (2 * a - 1) * (a * t - t + s) == 0),
        "b = max(1, s/t - 1)": (b >= 1, b * t >= s - t, (b - 1) * (b * t - s + t) == 0),
    }, (l == t * (1 - a), u == t * (1 + b))


@cache
def quarter() -> SymbolicZero:
    """eta n/2 L (d^2+1) t^{2L-2} b (1+u)^{L-1} L u^L = m/4 for the step of Lemma 12, m its maximum."""
    m, u = sympy.symbols("m u", positive=True)
    bracket = (1 + u) ** (_L - 1) * _L * u**_L
    step = m / (2 * _n * _L**2 * u**_L * (_d**2 + 1) * _t ** (2 * _L - 2) * (1 + u) ** (_L - 1))
    return symbolic_zero(step * _n / 2 * _L * (_d**2 + 1) * _t ** (2 * _L - 2) * bracket - m / 4)


@lemma
def below_the_upper_end(t: Any, m: Any) -> Any:
    """t (1 + m/4) <= u = t (1 + m)."""
    return {"m = max(1, σ₀/σ* - 1)": m >= 1, "σ* > 0": t > 0}, t * (1 + m / 4) <= t * (1 + m)


@lemma
def loss_from_the_largest(n: Any, r: Any, S: Any, g: Any, e: Any, h: Any) -> Any:
    """n/2 S <= n r g^2 <= e^2 for a sum S of r squares, g the largest |σ^L - σ*^L|, h = √(n r)."""
    return {
        "a sum of r squares, each at most g²": (n >= 1, r >= 1, S >= 0, r * g * g >= S),
        "h = √(n r)": (h > 0, h * h == n * r),
        "all |σ^L - σ*^L| at most ε/√(n r)": (g >= 0, g <= e / h),
    }, (n / 2 * S <= n * r * g * g, n * r * g * g <= e * e)
