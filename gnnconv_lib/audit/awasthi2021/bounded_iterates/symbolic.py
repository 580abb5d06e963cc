"""Lemmas 6 and 7 by SymPy: the recursion of the length, the derivatives, the Hessian.

B is an arbitrary function of c = alpha/l, C = B' and K = B''. The identities hold at one point and have
derivatives of B up to the second order only, so a quadratic with free coefficients, expanded at that
point, stands for every twice differentiable B. Nothing about graphs enters.

Reference: awasthi2021, Lemmas 6 and 7. Book page: book/awasthi2021/bounded-iterates.
"""

from __future__ import annotations

from typing import Any

from gnnconv_lib.evidence import Evidence, Witness

__all__ = [
    "convex_part_along_w",
    "hessian_in_polar_frame",
    "length_recursion_identity",
    "slopes_of_b_and_c",
]


def length_recursion_identity(budget: str = "quick") -> Evidence:
    """The nine-term expansion of l_{t+1}^2 from Eqs. (14) and (15)."""
    s = Symbols()
    x, a, b, length = s.eta, s.alpha, s.beta, s.length
    next_a = a - x * s.diff(s.loss, a)
    next_b = b - x * s.diff(s.loss, b)
    printed = (
        length**2
        + x**2 * s.full**2 * length**2
        + x**2 * s.mixed**2
        + x**2 * b**2 / length**2 * s.slope**2
        - 2 * x * s.full * length**2
        + 2 * x * length * s.mixed
        - 2 * x**2 * s.full * s.mixed * length
    )
    return identities("l_{t+1}^2 as printed", [next_a**2 + next_b**2 - printed], s)


def slopes_of_b_and_c(budget: str = "quick") -> Evidence:
    """B_alpha = C beta^2/l^3, B_beta = -C alpha beta/l^3, and the same for C with K: the power is 3."""
    s = Symbols()
    a, b, length = s.alpha, s.beta, s.length
    gaps = [
        s.diff(s.mixed, a) - b**2 / length**3 * s.slope,
        s.diff(s.mixed, b) + a * b / length**3 * s.slope,
        s.diff(s.slope, a) - b**2 / length**3 * s.curvature,
        s.diff(s.slope, b) + a * b / length**3 * s.curvature,
    ]
    return identities("the derivatives of B and C carry l^3", gaps, s)


def hessian_in_polar_frame(budget: str = "quick") -> Evidence:
    """Hess L = A I - (1/l) (B - c C + sin^2 K) e e' in the plane, e = (-beta, alpha)/l."""
    s = Symbols()
    a, b, length = s.alpha, s.beta, s.length
    cos = a / length
    turn = (s.mixed - cos * s.slope + (1 - cos**2) * s.curvature) / length
    gaps = [
        s.diff(s.diff(s.loss, a), a) - (s.full - turn * b**2 / length**2),
        s.diff(s.diff(s.loss, a), b) - turn * a * b / length**2,
        s.diff(s.diff(s.loss, b), b) - (s.full - turn * a**2 / length**2),
    ]
    return identities(
        "the Hessian is diag(A, A - (B - cC + sin^2 C')/l) in the frame of w", gaps, s
    )


def convex_part_along_w(budget: str = "quick") -> Evidence:
    """f = l B(alpha/l) is 1-homogeneous: w . grad f = f and (Hess f) w = 0."""
    s = Symbols()
    a, b = s.alpha, s.beta
    f = s.length * s.mixed
    gaps = [
        a * s.diff(f, a) + b * s.diff(f, b) - f,
        a * s.diff(s.diff(f, a), a) + b * s.diff(s.diff(f, a), b),
        a * s.diff(s.diff(f, b), a) + b * s.diff(s.diff(f, b), b),
    ]
    return identities("|w| B(c) is 1-homogeneous, so its Hessian kills w", gaps, s)


class Symbols:
    """alpha, beta, eta, A and B, C, K as functions of c = alpha/l, for `zero` at the point itself.

    With B = B0 + B1 (c - c0) + B2 (c - c0)^2/2 and free B0, B1, B2; c0 becomes alpha/l in the end.
    """

    def __init__(self) -> None:
        import sympy

        self.sympy = sympy
        self.alpha, self.beta = sympy.symbols("alpha beta", positive=True)
        self.full, self.eta = sympy.symbols("A eta", positive=True)
        self._center = sympy.Symbol("c0")
        zeroth, first, second = sympy.symbols("B0:3", real=True)
        self.length = sympy.sqrt(self.alpha**2 + self.beta**2)
        away = self.alpha / self.length - self._center
        self.mixed = zeroth + first * away + second * away**2 / 2
        self.slope = first + second * away
        self.curvature = second
        self.loss = self.full * (self.length**2 + 1) / 2 - self.length * self.mixed

    def diff(self, expression: Any, by: Any) -> Any:
        """The derivative."""
        return self.sympy.diff(expression, by)

    def zero(self, expression: Any) -> bool:
        """Whether an expression vanishes at c0 = alpha/l, whatever B0, B1, B2 are."""
        sympy = self.sympy
        size = sympy.Symbol("l", positive=True)
        here = expression.subs(self._center, self.alpha / self.length)
        # beta = sqrt(l^2 - alpha^2) makes l a symbol and all the rest rational in even powers.
        plain = here.subs(self.beta, sympy.sqrt(size**2 - self.alpha**2))
        return bool(sympy.expand(sympy.numer(sympy.together(plain))) == 0)


def identities(words: str, gaps: list[Any], symbols: Symbols) -> Evidence:
    """Evidence that all `gaps` vanish."""
    failing = [index for index, gap in enumerate(gaps) if not symbols.zero(gap)]
    numbers = {"identities": float(len(gaps)), "failing": float(len(failing))}
    if not failing:
        return Evidence("symbolic", "holds", f"Proved for every B: {words}.", numbers)
    witness = Witness(f"identity number {failing[0] + 1}", 0.0, float("nan"))
    return Evidence("symbolic", "false as printed", f"Not proved: {words}.", numbers, None, witness)
