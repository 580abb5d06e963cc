"""Objects that prove something, and the kind of evidence that each of them earns.

A kind above `proved` comes only from here: a theorem of `gnnconv_lib.proofs` is `machine-checked`; a
`Certificate` of ball arithmetic is `certified`; a zero
that SymPy found, or exact rational arithmetic over a finite list, is `symbolic`, as is an `unsat` of
`gnnconv_lib.claims.smt`. Other modules may register what their checker returns with `earns`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from gnnconv_lib.certificates import Certificate
from gnnconv_lib.evidence import KINDS
from gnnconv_lib.proofs import MachineChecked
from gnnconv_lib.validation import InvalidInput, require_choice

__all__ = ["SymbolicZero", "earns", "exact_zero", "kind_of", "symbolic_zero"]

_KINDS: dict[type, str] = {Certificate: "certified", MachineChecked: "machine-checked"}


def earns(kind: str) -> Callable[[type], type]:
    """Class decorator: instances (with attributes `proved` and `status`) are evidence of this kind."""
    require_choice("kind", kind, KINDS)

    def register(returned: type) -> type:
        _KINDS[returned] = kind
        return returned

    return register


def kind_of(proof: Any) -> str:
    """The kind of evidence that an object earns.

    Raises:
        InvalidInput: for an object of a type that is not registered.
    """
    kind = _KINDS.get(type(proof))
    if kind is None:
        raise InvalidInput(f"proof must come from a checker, got {type(proof).__name__}.")
    return kind


@earns("symbolic")
@dataclass(frozen=True)
class SymbolicZero:
    """Whether an expression vanishes identically, as decided by exact arithmetic.

    Fields:
        proved: whether it does.
        remainder: what is left of it, "0" if it vanishes.
    """

    proved: bool
    remainder: str

    @property
    def status(self) -> str:
        """ "proved" or "refuted"."""
        return "proved" if self.proved else "refuted"


def symbolic_zero(expression: Any, *rewritings: Callable[[Any], Any]) -> SymbolicZero:
    """Whether SymPy simplifies `expression` to exactly zero.

    Args:
        expression: what is to vanish, as it is stated.
        rewritings: what to apply to it first, in this order: functions that keep its value, such as a
            substitution of what letters stand for.

    Raises:
        InvalidInput: for floating-point numbers, and for an expression that is 0 as it is stated:
            nothing would be left to decide.

    >>> import sympy
    >>> x, y = sympy.symbols("x y")
    >>> symbolic_zero((x + 1) ** 2 - x**2 - 2 * x - 1).proved
    True
    >>> symbolic_zero(y - x**2, lambda e: e.subs(y, x * x)).proved
    True
    >>> symbolic_zero(x - 1).remainder
    'x - 1'
    """
    import sympy

    left = sympy.sympify(expression)
    if any(isinstance(atom, sympy.Float) for atom in left.atoms()):
        raise InvalidInput("expression must be exact, got one with floating-point numbers.")
    if left == 0:
        raise InvalidInput("expression must not be 0 as it is stated: that proves nothing.")
    for rewriting in rewritings:
        left = rewriting(left)
    left = sympy.simplify(sympy.expand(left))
    return SymbolicZero(left == 0, str(left))


def exact_zero(values: Iterable[Fraction | int]) -> SymbolicZero:
    """Whether all of a list of exact rational numbers are zero.

    >>> exact_zero([Fraction(1, 3) - Fraction(2, 6)]).proved
    True
    """
    listed = list(values)
    if not listed or not all(isinstance(value, (Fraction, int)) for value in listed):
        raise InvalidInput("values must be exact rational numbers, at least one.")
    wrong = [value for value in listed if value != 0]
    return SymbolicZero(not wrong, str(wrong[0]) if wrong else "0")
