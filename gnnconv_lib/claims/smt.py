"""Statements about real numbers without quantifiers, decided by the solver z3.

A lemma is a function of real letters that returns its hypotheses and its conclusion::

    @lemma
    def square_of_a_sum(a, b):
        return {"positive": (a > 0, b > 0)}, (a + b) ** 2 > a**2 + b**2

z3 gets the hypotheses together with the negation of the conclusion. `unsat` proves the lemma for all
reals; a model refutes it, once exact rational arithmetic has confirmed it in the same function;
everything else leaves it undecided. Hypotheses that no numbers satisfy are refused, as is a conclusion
that is one of them. Where a
hypothesis is the sentence of another claim, its name is the id of that claim.

z3 comes with the `book` extra. Without it every lemma is undecided, and a claim rests on its numbers.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from typing import Any, Literal

from gnnconv_lib.claims.proofs import earns
from gnnconv_lib.validation import InvalidInput, require_real

__all__ = ["LEMMAS", "SmtResult", "decide", "lemma"]

Statement = Callable[..., tuple[Mapping[str, Any], Any]]
#: Every lemma by module and name.
LEMMAS: dict[str, Callable[[], SmtResult]] = {}


@earns("symbolic")
@dataclass(frozen=True)
class SmtResult:
    """What became of a statement.

    Fields:
        status: "proved", "refuted" or "undecided".
        hypotheses: their names.
        model: for a refutation, exact values of the letters at which it fails.
        reason: why it is undecided, in words.
    """

    status: Literal["proved", "refuted", "undecided"]
    hypotheses: tuple[str, ...] = ()
    model: Mapping[str, Fraction] = field(default_factory=dict)
    reason: str = ""

    @property
    def proved(self) -> bool:
        """Whether it holds for all real letters."""
        return self.status == "proved"


def lemma(statement: Statement) -> Callable[[], SmtResult]:
    """Decorator: a statement as a function without arguments that decides it, once."""

    @cache
    def result() -> SmtResult:
        return decide(statement)

    result.__doc__ = statement.__doc__
    LEMMAS[f"{statement.__module__}.{statement.__qualname__}"] = result
    return result


def decide(statement: Statement, timeout: float = 60.0) -> SmtResult:
    """Whether the hypotheses of a statement imply its conclusion, for all real letters.

    Args:
        statement: from real letters, by the names of its parameters, the hypotheses (by name, each
            a comparison or several) and the conclusion (a comparison, or several that must all
            hold). Arithmetic and comparisons only, constants as integers or fractions.
        timeout: seconds for each of two questions to z3, above 0.

    Raises:
        InvalidInput: for hypotheses that contradict each other: they prove anything; and for a
            conclusion all parts of which are hypotheses.

    >>> decide(lambda x: ({"not negative": x >= 0}, x * x >= x)).model["x"]
    Fraction(1, 2)
    >>> decide(lambda x: ({"above one": x > 1}, x * x >= x)).status
    'proved'
    """
    require_real("timeout", timeout, minimum=1e-3)
    try:
        import z3
    except ImportError:
        return SmtResult("undecided", reason="z3 is not installed; it comes with the book extra.")
    context = z3.Context()
    names = list(inspect.signature(statement).parameters)
    letters = {name: z3.Real(name, context) for name in names}
    hypotheses, conclusion = statement(**letters)
    given, wanted = _listed(hypotheses.values()), _listed([conclusion])
    labels = tuple(hypotheses)
    if any(isinstance(entry, bool) for entry in (*given, *wanted)):
        raise InvalidInput(f"{statement.__name__}: a comparison holds no letter.")
    assumed = [z3.simplify(part) for part in given]
    if all(any(z3.simplify(part).eq(fact) for fact in assumed) for part in wanted):
        raise InvalidInput(f"{statement.__name__}: its conclusion is among its hypotheses.")

    def ask(*more: Any) -> tuple[Any, Any]:
        solver = z3.SolverFor("QF_NRA", ctx=context)
        solver.set("timeout", int(1000 * timeout))
        solver.set("random_seed", 0)
        solver.add(*given, *more)
        return solver.check(), solver

    possible, solver = ask()
    if possible == z3.unsat:
        raise InvalidInput(f"{statement.__name__}: its hypotheses contradict each other.")
    if possible != z3.sat:
        return SmtResult("undecided", labels, reason="no numbers with its hypotheses were found.")
    found, solver = ask(z3.Or(*(z3.Not(part) for part in wanted)))
    if found == z3.unsat:
        return SmtResult("proved", labels)
    if found != z3.sat:
        return SmtResult("undecided", labels, reason=f"z3 answers: {solver.reason_unknown()}.")
    model = {name: _exact(solver.model(), letter) for name, letter in letters.items()}
    if not _fails(statement, model):
        return SmtResult("undecided", labels, reason="exact arithmetic does not confirm the model.")
    return SmtResult("refuted", labels, model)


def _listed(entries: Any) -> list[Any]:
    flat: list[Any] = []
    for entry in entries:
        flat += entry if isinstance(entry, (tuple, list)) else [entry]
    return flat


def _exact(model: Any, letter: Any) -> Fraction:
    """The value of a letter; an irrational one to fifty digits."""
    value = model.eval(letter, model_completion=True)
    if not hasattr(value, "numerator_as_long"):
        value = value.approx(50)
    return Fraction(value.numerator_as_long(), value.denominator_as_long())


def _fails(statement: Statement, model: Mapping[str, Fraction]) -> bool:
    try:
        hypotheses, conclusion = statement(**model)
    except ZeroDivisionError:
        return False
    return all(_listed(hypotheses.values())) and not all(_listed([conclusion]))
