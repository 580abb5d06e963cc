"""The algebra of Eqs. (51)-(55), (58) and (59), as identities of SymPy and lemmas of z3.

Letters: m = alpha + d beta, g = m*, s = m/m* - 1; P, Q, R and a, b as in the proof of Theorem 4.

Reference: awasthi2021, appendix C.2. Book page: book/awasthi2021/linear-unequal-degrees.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy

from gnnconv_lib.claims import SymbolicZero, lemma, symbolic_zero

_L = sympy.Symbol("L", positive=True, integer=True)
_s = sympy.Symbol("s", positive=True)


@cache
def gamma() -> SymbolicZero:
    """Eq. (55), corrected: sum_j C(L, j+1) s^j = sum_{k<L} (1 + s)^k, as polynomials in s."""
    j = sympy.Symbol("j", integer=True, nonnegative=True)
    # SymPy sums the binomials for s <= 1, which is enough for two polynomials.
    binomials = sympy.summation(sympy.binomial(_L, j + 1) * _s**j, (j, 0, _L - 1)).args[0][0]
    return symbolic_zero(binomials - sympy.summation((1 + _s) ** j, (j, 0, _L - 1)))


@cache
def deviation_of_g() -> SymbolicZero:
    """Eq. (54): m^(L-1) (m^L - m*^L) = m^(L-1) m*^(L-1) gamma (m - m*), gamma = ((1+s)^L - 1)/s."""
    m, goal = sympy.symbols("m goal", positive=True)
    # γ is a sum of binomials there; that it is this quotient is `gamma`.
    if not gamma().proved:
        return gamma()
    power = (m / goal) ** _L
    r = goal ** (_L - 1) * (power - 1) / (m / goal - 1)
    exact = r * (m - goal) - (m**_L - goal**_L)
    return symbolic_zero(exact, _apart, lambda e: sympy.powsimp(sympy.expand(sympy.cancel(e))))


def _apart(expression: Any) -> Any:
    return sympy.expand_power_base(expression, force=True)


@cache
def first_step() -> SymbolicZero:
    """Eq. (52) from (54): sum g_i = sum r_i (a + d_i b) = s_0 a + s_1 b."""
    a, b, eta, s0, s1 = sympy.symbols("a b eta s0 s1", real=True)
    return symbolic_zero(a - eta * (s0 * a + s1 * b) - (a * (1 - eta * s0) - eta * b * s1))


@cache
def second_step() -> SymbolicZero:
    """Eq. (53) from (54): sum d_i g_i = s_1 a + s_2 b."""
    a, b, eta, s1, s2 = sympy.symbols("a b eta s1 s2", real=True)
    return symbolic_zero(b - eta * (s1 * a + s2 * b) - (b * (1 - eta * s2) - eta * a * s1))


@cache
def derivative_of_the_loss() -> SymbolicZero:
    """Eq. (51), corrected: d/d alpha of (m^L - g^L)^2/2 is L m^(L-1) (m^L - g^L), m = alpha + d beta.

    On a component of degree d the vector of ones is an eigenvector of A, of eigenvalue d.
    """
    alpha, beta, d, goal = sympy.symbols("alpha beta d g", positive=True)
    m = alpha + d * beta
    loss = (m**_L - goal**_L) ** 2 / 2
    return symbolic_zero(sympy.diff(loss, alpha) - _L * m ** (_L - 1) * (m**_L - goal**_L))


@lemma
def equation_58(P: Any, Q: Any, R: Any, a: Any, b: Any, k: Any) -> Any:
    """(P a - Q b)^2 + (R b - Q a)^2 <= a^2 (P^2 + Q^2 + k) + b^2 (Q^2 + R^2 + k), k = |Q (P + R)|."""
    after = (P * a - Q * b) * (P * a - Q * b) + (R * b - Q * a) * (R * b - Q * a)
    bound = a * a * (P * P + Q * Q + k) + b * b * (Q * Q + R * R + k)
    return {"k = |Q(P + R)|": (k >= Q * (P + R), k >= -Q * (P + R))}, after <= bound


@lemma
def equation_59(P: Any, Q: Any, R: Any, f: Any, t: Any, h: Any) -> Any:
    """The eigenvalues of ((P, -Q), (-Q, R)) are f and its like with minus signs; |f| <= (t + h)/2."""
    return {
        "an eigenvalue": (f - P) * (f - R) == Q * Q,
        "t = |P + R|": (t >= P + R, t >= -P - R),
        "h² = (P - R)² + 4Q²": (h >= 0, h * h == (P - R) * (P - R) + 4 * Q * Q),
    }, (2 * f <= t + h, -2 * f <= t + h)
