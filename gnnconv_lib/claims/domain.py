"""The domain of a claim: its hypotheses in words, and the cases on which it is looked at.

One object gives both, so that a page cannot print other hypotheses than those that were checked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gnnconv_lib.claims.hypotheses import Part
from gnnconv_lib.validation import InvalidInput, require_choice

__all__ = ["BUDGETS", "Cases", "Domain", "domain"]

BUDGETS: tuple[str, ...] = ("quick", "full")
Columns = Mapping[str, Any]


@dataclass(frozen=True)
class Cases:
    """The cases of one budget: named columns of one length, smallest case first."""

    columns: Mapping[str, Sequence[Any] | np.ndarray]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def row(self, index: int) -> dict[str, Any]:
        """One case."""
        return {name: values[index] for name, values in self.columns.items()}

    def followed_by(self, other: Cases) -> Cases:
        """These cases, then those of `other`."""
        return Cases(
            {
                name: np.concatenate([np.asarray(values), np.asarray(other.columns[name])])
                for name, values in self.columns.items()
            }
        )

    def only(self, index: int) -> Cases:
        """The same columns with a single case."""
        return Cases({name: values[index : index + 1] for name, values in self.columns.items()})


@dataclass(frozen=True)
class Domain:
    """Hypotheses and cases.

    Fields:
        parts: the hypotheses; `hypotheses` joins their words.
        make: the cases of a budget, as named columns or as a list of mappings.
        regime: what the statement is really about, where small or degenerate cases are allowed by
            its words but not meant; a violation outside of it is said to be one.
        derived: columns that follow from the others (sums of a graph, a step size).
        words: how a case reads; by default "name = value, ...".
        move: from columns, a spread that shrinks from 1 to 0 and a generator, nearby columns; with
            it an optimiser climbs from every case towards the largest violation.
    """

    parts: tuple[Part, ...]
    make: Callable[[str], Columns | Sequence[Mapping[str, Any]]]
    regime: Part | None = None
    derived: tuple[str, ...] = ()
    words: Callable[..., str] | None = None
    move: Callable[[Columns, float, np.random.Generator], Columns] | None = None
    _known: dict[str, Cases] = field(default_factory=dict, repr=False, compare=False)

    @property
    def hypotheses(self) -> str:
        """All hypotheses in words."""
        return "; ".join(part.words for part in self.parts)

    def cases(self, budget: str) -> Cases:
        """The cases of a budget, with every hypothesis held against them.

        Raises:
            InvalidInput: for a column without a hypothesis, a value outside its range, and a range
                whose ends the cases do not reach.
        """
        require_choice("budget", budget, BUDGETS)
        if budget not in self._known:
            self._known[budget] = self.checked(_columns(self.make(budget)))
        return self._known[budget]

    def in_regime(self, cases: Cases) -> np.ndarray:
        """Which cases the statement is really about."""
        inside = np.ones(len(cases), bool)
        if self.regime is not None:
            for index in range(len(cases)):
                inside[index] = not self.regime.complaints([cases.row(index)])
        return inside

    def say(self, case: Mapping[str, Any]) -> str:
        """A case in words."""
        if self.words is not None:
            wanted = self.words.__code__.co_varnames[: self.words.__code__.co_argcount]
            return self.words(*(case[name] for name in wanted))
        named = [part.column for part in self.parts if part.column]
        return ", ".join(_say(name, case[name]) for name in dict.fromkeys(named))

    def checked(self, cases: Cases) -> Cases:
        """The same cases, if they are all of what the hypotheses say and no more."""
        lengths = {name: len(values) for name, values in cases.columns.items()}
        if not lengths or len(set(lengths.values())) != 1 or not len(cases):
            raise InvalidInput(f"the columns of a domain must have one length, got {lengths}.")
        spoken = {part.column for part in self.parts if part.column}
        for name in lengths:
            if name not in spoken and name not in self.derived:
                raise InvalidInput(f"column {name!r} has no hypothesis: a page could not name it.")
        for name in spoken - set(lengths):
            raise InvalidInput(f"hypothesis on {name!r} has no column in the cases.")
        rows = [cases.row(index) for index in range(len(cases))]
        for part in self.parts:
            for sentence in part.complaints(rows):
                raise InvalidInput(f"The hypotheses say '{part.words}', but {sentence}")
        return cases


def domain(
    *parts: Part,
    cases: Callable[[str], Columns | Sequence[Mapping[str, Any]]],
    regime: Part | None = None,
    derived: Sequence[str] = (),
    words: Callable[..., str] | None = None,
    move: Callable[[Columns, float, np.random.Generator], Columns] | None = None,
) -> Domain:
    """A domain from its hypotheses and a function that lists its cases, smallest first.

    Args:
        parts: the hypotheses, in the order in which they are printed.
        cases: from a budget, named columns of one length, or a list of mappings.
        regime: see `Domain`.
        derived: names of columns that follow from others.
        words: how a case reads, from the columns by the names of its parameters.
        move: see `Domain`.

    >>> from gnnconv_lib.claims.hypotheses import integer
    >>> sizes = domain(integer("n", "[1, inf)"), cases=lambda budget: {"n": [1, 2, 10]})
    >>> sizes.hypotheses
    'n ≥ 1'
    >>> sizes.say(sizes.cases("quick").row(2))
    'n = 10'
    """
    if not parts:
        raise InvalidInput("parts must hold at least one hypothesis.")
    return Domain(parts, cases, regime, tuple(derived), words, move)


def _columns(made: Columns | Sequence[Mapping[str, Any]]) -> Cases:
    if isinstance(made, Mapping):
        return Cases(dict(made))
    rows = list(made)
    if not rows:
        raise InvalidInput("the cases of a domain must hold at least one.")
    return Cases({name: [row[name] for row in rows] for name in rows[0]})


def _say(name: str, value: Any) -> str:
    if hasattr(value, "degrees"):
        return str(value.name)
    if isinstance(value, (int, float, np.number)):
        return f"{name} = {float(value):.6g}"
    if isinstance(value, str):
        return value
    text = np.array2string(np.asarray(value), precision=4, separator=", ", threshold=12)
    return f"{name} = {' '.join(text.split())}"
