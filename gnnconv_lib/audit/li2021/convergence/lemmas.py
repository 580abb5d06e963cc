"""The algebra of Eqs. (13)-(17) and (39)-(49), as identities of SymPy and lemmas of z3.

B is the width of (26) and (34): d + 4 d d-bar at node level, 2 d n_max^2 at graph level. With it both
levels share one formula each. Letters: a = alpha, q = d_out, L = L_sigma, D_0 = D + |v*|, X = |Xi^-1|.

Reference: li2021, Eqs. (13)-(17) and Theorem 2. Book page: book/li2021/convergence.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy

from gnnconv_lib.claims import SymbolicZero, lemma, symbolic_zero

_a, _q, _L, _B, _T, _d = sympy.symbols("a q L B T d", positive=True)
_FIRST = _a * _L**2 * _q / 2 - 3 * _a**2 * _B**2 * _L**4


def _lemma_2(lowest: Any, largest: Any, steepest: Any) -> tuple[Any, Any, Any]:
    """The three factors of Eqs. (19)-(20)."""
    keep = 1 - _a * lowest / 2 + 3 * largest**2 * _a**2
    pull = _a * steepest**2 / lowest + 3 * steepest**2 * _a**2
    return keep, pull, 2 * _a / lowest + 3 * _a**2


_LOWEST, _LARGEST, _STEEPEST = sympy.symbols("sigma_m sigma_M steepest", positive=True)
_KEEP, _PULL, _LEFT = _lemma_2(_LOWEST, _LARGEST, _STEEPEST)


def _constants(expression: Any) -> Any:
    """sigma_m = L^2 q, sigma_M = B L^2 and sqrt(2) B L for the constants of Lemma 2."""
    return expression.subs(
        {_LOWEST: _L**2 * _q, _LARGEST: _B * _L**2, _STEEPEST: sympy.sqrt(2) * _B * _L}
    )


@cache
def decrease() -> SymbolicZero:
    """Eq. (13): 1 - gamma_1^2 is the factor of |v - v*|^2."""
    return symbolic_zero(1 - _FIRST - _KEEP, _constants)


@cache
def pull() -> SymbolicZero:
    """Eq. (14), corrected: gamma_2^2 = 2 a B^2/q + 6 a^2 B^2 L^2."""
    return symbolic_zero(2 * _a * _B**2 / _q + 6 * _a**2 * _B**2 * _L**2 - _PULL, _constants)


@cache
def remainder() -> SymbolicZero:
    """Eq. (15): gamma_1^2 gamma_3^2 is the factor of eta_v^2."""
    third = (2 * _a + 3 * _a**2 * _L**2 * _q) / (_FIRST * _L**2 * _q)
    return symbolic_zero(_FIRST * third - _LEFT, _constants)


@cache
def share() -> SymbolicZero:
    """Eq. (17): L^2 q |v*|^2/(B L^2 + 1) = sigma_m |v*|^2/(sigma_M + 1)."""
    printed = _L**2 * _q * _T**2 / (_B * _L**2 + 1)
    return symbolic_zero(printed - _T**2 / ((_LARGEST + 1) / _LOWEST), _constants)


@lemma
def ball_around_the_teacher(T: Any, D: Any, e: Any, p: Any, v: Any) -> Any:
    """|v| <= T + D for e = |v - v*| <= D, p = v*'(v - v*); with equality where v - v* = D v*/T."""
    return {
        "lengths": (T >= 0, D >= 0, e >= 0, e <= D, v >= 0),
        "Cauchy-Schwarz": p <= T * e,
        "|v|² = |v*|² + 2p + e²": v * v == T * T + 2 * p + e * e,
    }, (v <= T + D, T * T + 2 * T * D + D * D == (T + D) * (T + D))


@lemma
def the_node_itself(d: Any) -> Any:
    """d + 1 > 0 for a degree d."""
    return {"a degree": d >= 0}, d + 1 > 0


@lemma
def strict_starts(
    p: Any, s: Any, T: Any, B: Any, t: Any, a: Any, X: Any, R: Any, k: Any, z: Any
) -> Any:
    """rho and the right side of (41) or (42) are positive: s = L^2 q, R = D_0, k the bracket."""
    part = s * T * T / (B * s + 1)
    return {
        "(39), strict": (p > 0, t > 0),
        "a setting": (s > 0, T > 0, B > 0, a > 0, X > 0, R > 0, k > 0, z >= 0),
    }, (part > 0, p * t / (16 * (1 + a * p) * X * R) / k > 0, p / (T * (1 + z)) / k > 0)


@lemma
def strict_steps(a: Any, s: Any, B: Any, q: Any) -> Any:
    """gamma_1^2 > 0 for 0 < a < q/(6 B^2 L^2), s = L^2."""
    facts = {"(40), strict": (a > 0, s > 0, B > 0, q > 0, a < q / (6 * B * B * s))}
    return facts, a * s * q / 2 - 3 * (a * B * s) * (a * B * s) > 0


@lemma
def labels(a: Any, r: Any, t: Any, X: Any, R: Any, k: Any, m: Any) -> Any:
    """2 (m/k) X R k <= r t/(8 (1 + a r)) for m at most the first of the two terms of (41)."""
    return {
        "a setting": (a > 0, r > 0, t >= 0, X > 0, R > 0, k > 0),
        "the minimum": m <= r * t / (16 * (1 + a * r) * X * R),
    }, 2 * (m / k) * X * R * k <= r * t / (8 * (1 + a * r))


# The deviations of Lemma 4 against (45)-(49): l = sqrt(log n/n), z = |sigma(0)|, and h stands for
# sqrt(d/d_min) or sqrt(d)/d_min, the two readings of the root.
_l, _c, _X, _R, _z, _nu, _h, _D = sympy.symbols("l c X R z nu h D", positive=True)
_k = sympy.Symbol("k", positive=True)


def _bracket(expression: Any) -> Any:
    """The bracket of (46) and (49) for k."""
    return expression.subs(_k, _R * _d / _D * (1 + _z) + _h * _nu)


@cache
def deviation_of_weights() -> SymbolicZero:
    """Eqs. (45), (46): (4/c) l X D_0 times the bracket is (28)."""
    printed_28 = _X * _R * (_R * _d * (1 + _z) / _D + _nu * _h) * 4 * _l / _c
    return symbolic_zero(4 / _c * _l * _X * _R * _k - printed_28, _bracket)


@cache
def deviation_of_v() -> SymbolicZero:
    """Eqs. (48), (49): (2/c) l (1 + z) times the bracket is (30)."""
    printed_30 = (1 + _z) * (_R * _d * (1 + _z) / _D + _nu * _h) * 2 * _l / _c
    return symbolic_zero(2 / _c * _l * (1 + _z) * _k - printed_30, _bracket)


@lemma
def graph_brackets(r: Any, z: Any, R: Any, n: Any) -> Any:
    """r (2 r z R + n) lies between r (r z R + n) and twice that; r = sqrt(n_max), n = nu."""
    facts = {"a setting": (r >= 1, z >= 1, R > 0, n >= 0)}
    ours, theirs = r * (2 * r * z * R + n), r * (r * z * R + n)
    return facts, (ours <= 2 * theirs, ours >= theirs)


_m, _b = sympy.symbols("m b", positive=True)


def _graph_bracket(expression: Any) -> Any:
    """The bracket of (36) and (38) for b."""
    return expression.subs(_b, sympy.sqrt(_m) * (2 * sympy.sqrt(_m) * (1 + _z) * _R + _nu))


@cache
def deviation_of_graphs() -> SymbolicZero:
    """(46) with 2 sqrt(n_max) in its bracket is (36) with the factor D_0."""
    inner = 2 * sympy.sqrt(_m) * (1 + _z) * _R + _nu
    corrected = 4 / _c * _l * _X * _R * sympy.sqrt(_m) * inner
    return symbolic_zero(corrected - 4 * _l / _c * _X * _b * _R, _graph_bracket)


@cache
def deviation_of_v_of_graphs() -> SymbolicZero:
    """(49) with 2 sqrt(n_max) in its bracket and twice the factor is (38)."""
    inner = 2 * sympy.sqrt(_m) * (1 + _z) * _R + _nu
    corrected = 2 * (2 / _c * _l) * sympy.sqrt(_m) * (1 + _z) * inner
    return symbolic_zero(corrected - 4 * _l / _c * (1 + _z) * _b, _graph_bracket)


@lemma
def any_step_of_v(a: Any, t: Any, e: Any, g: Any, n: Any, M: Any) -> Any:
    """(19)-(20) for sigma_m = L = 1, sigma_M = M, eta_v = g and any v: n = |v - v*| after a step.

    v+ - v* = (I - a F'F/n)(v - v*) + a (the gradient at v*), and t is the norm of F'F/n.
    """
    keep = 1 - a / 2 + 3 * M * M * a * a
    return {
        "a step": (a > 0, t >= 0, e >= 0, g >= 0, n >= 0),
        "triangle inequality": n <= (1 + a * t) * e + a * g,
        "σ_M": 3 * a * a * M * M == 2 * (1 + a * t) * (1 + a * t) - 1 + a / 2,
    }, n * n <= keep * e * e + (2 * a + 3 * a * a) * g * g


@lemma
def any_step_of_weights(s: Any, e: Any, b: Any, n: Any) -> Any:
    """(18) for eta_W = 1/(2 a), e = a rho, s = sqrt(1 + e), k = 2 (1 + e + s)/e: n <= 2 and b >= 0."""
    k = 2 * (1 + e + s) / e
    return {
        "a step size": (e > 0, s >= 1, s * s == 1 + e),
        "distances of matrices of norm 1": (b >= 0, n >= 0, n <= 2),
    }, n - k <= (b - k) / s
