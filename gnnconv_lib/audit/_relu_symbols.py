"""The loss of one unit by SymPy, for a B that may be any function of the cosine.

B is an arbitrary function of c = alpha/l, C = B' and K = B''. Identities between derivatives of the
loss up to the second order hold at one point, so a quadratic with free coefficients, expanded at
that point, stands for every twice differentiable B. Nothing about graphs enters.

Reference: awasthi2021, section 3 and Appendix B.
Book pages: book/awasthi2021/bounded-iterates, book/awasthi2021/pl-condition.
"""

from __future__ import annotations

from typing import Any

__all__ = ["Symbols"]


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

    def numerator(self, expression: Any) -> Any:
        """The numerator of an expression at c0 = alpha/l, a polynomial for `symbolic_zero`."""
        sympy = self.sympy
        size = sympy.Symbol("l", positive=True)
        here = expression.subs(self._center, self.alpha / self.length)
        # beta = sqrt(l^2 - alpha^2) makes l a symbol and all the rest rational in even powers.
        plain = here.subs(self.beta, sympy.sqrt(size**2 - self.alpha**2))
        return sympy.expand(sympy.numer(sympy.together(plain)))

    def zero(self, expression: Any) -> bool:
        """Whether an expression vanishes at c0 = alpha/l, whatever B0, B1, B2 are."""
        return bool(self.numerator(expression) == 0)
