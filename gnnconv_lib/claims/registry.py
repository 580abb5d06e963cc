"""The claims by id: `<item>/<clause>`, or the item's id alone where it has one clause.

A third part names a further witness of the same clause: `awasthi2021:eq-13/gradient/sampled`.
"""

from __future__ import annotations

import difflib
import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from gnnconv_lib.claims.domain import Domain
from gnnconv_lib.evidence import Evidence
from gnnconv_lib.validation import InvalidInput, require_choice

__all__ = ["REPAIRS", "Claim", "claim", "claims_of", "correction", "named", "names"]

_ID = re.compile(r"[a-z]+(?:[0-9]{4})?:[a-z0-9]+(?:-[a-z0-9]+)+(?:/[a-z0-9-]+){0,2}")
_CLAIMS: dict[str, Claim] = {}

# What becomes of a statement that fails as printed while its corrected form holds.
REPAIRS: dict[str, str] = {
    "slip": "slip",  # a misprint or a constant: nothing that uses it changes
    "correction": "holds with correction",  # of the same form and use, with other constants or hypotheses
    "replacement": "false",  # something else is true instead
}


@dataclass(frozen=True)
class Claim:
    """A sentence with its hypotheses, and the function that gives its sides.

    Fields:
        id: see the module docstring.
        domain: hypotheses and cases.
        function: from the columns of the domain, by the names of its parameters, the sides.
        tolerance: what rounding may do, relative to the scale of the sides.
        each: whether the function takes one case at a time.
        role: "printed", or "correction": a statement of ours that must hold.
        repair: one of `REPAIRS`.
        corrected_by: the id of the correction, where it has a domain of its own.
        conjecture: whether the sentence is only conjectured: it is never said to hold.
        exempt: why sides that do not depend on the case are no fault here.
        theorem: the machine-checked theorem, or several joined by " and ", that say the whole
            sentence on the whole domain, as in `"LinearRate.descent"` (`gnnconv_lib.proofs`).
    """

    id: str
    domain: Domain
    function: Callable[..., Any] = field(repr=False)
    tolerance: float = 1e-12
    each: bool = False
    role: str = "printed"
    repair: str = "correction"
    corrected_by: str = ""
    conjecture: bool = False
    exempt: str = ""
    theorem: str = ""

    def __call__(self, budget: str = "quick") -> Evidence:
        """What the engine decides within a budget."""
        from gnnconv_lib.claims.engine import decide

        return decide(self, budget)

    @property
    def item(self) -> str:
        """The ledger item that it belongs to."""
        return self.id.split("/")[0]

    @property
    def clause(self) -> str:
        """The clause of the item, empty where the item has one only."""
        parts = self.id.split("/")
        return parts[1] if len(parts) > 1 else ""

    @property
    def sentence(self) -> str:
        """What is claimed."""
        return " ".join((self.function.__doc__ or "").split())

    @property
    def theorems(self) -> tuple[str, ...]:
        """The names of the machine-checked theorems behind it."""
        return tuple(self.theorem.split(" and ")) if self.theorem else ()

    @property
    def source(self) -> str:
        """Where its code is: module and function."""
        return f"{self.function.__module__}:{self.function.__qualname__}"


def claim(
    identifier: str,
    domain: Domain,
    *,
    tolerance: float = 1e-12,
    each: bool = False,
    repair: str = "correction",
    corrected_by: str = "",
    conjecture: bool = False,
    exempt: str = "",
    theorem: str = "",
) -> Callable[[Callable[..., Any]], Claim]:
    """Decorator: a statement of a ledger item, as printed; see `Claim` for the arguments.

    The function's docstring is the sentence; it returns sides, (printed, corrected), or a `Found`.

    Raises:
        InvalidInput: for an id of another form or used twice, or a function without a sentence.
    """
    require_choice("repair", repair, REPAIRS)

    def make(function: Callable[..., Any]) -> Claim:
        return _register(
            Claim(
                identifier,
                domain,
                function,
                tolerance,
                each,
                "printed",
                repair,
                corrected_by,
                conjecture,
                exempt,
                theorem,
            )
        )

    return make


def correction(
    identifier: str,
    domain: Domain,
    *,
    tolerance: float = 1e-12,
    each: bool = False,
    exempt: str = "",
    theorem: str = "",
) -> Callable[[Callable[..., Any]], Claim]:
    """Decorator: a corrected statement with a domain of its own; it must hold on all of it."""

    def make(function: Callable[..., Any]) -> Claim:
        return _register(
            Claim(
                identifier,
                domain,
                function,
                tolerance,
                each,
                "correction",
                exempt=exempt,
                theorem=theorem,
            )
        )

    return make


def names() -> tuple[str, ...]:
    """The ids of all claims of the modules imported so far, sorted."""
    return tuple(sorted(_CLAIMS))


def named(identifier: str) -> Claim:
    """The claim with this id.

    Raises:
        InvalidInput: for an unknown id, with the nearest known one.
    """
    if identifier not in _CLAIMS:
        near = difflib.get_close_matches(identifier, _CLAIMS, n=1)
        hint = f" (did you mean {near[0]!r}?)" if near else ""
        raise InvalidInput(f"claim must be the id of a claim, got {identifier!r}{hint}.")
    return _CLAIMS[identifier]


def claims_of(item: str) -> tuple[Claim, ...]:
    """The claims of a ledger item, in the order in which they were registered."""
    return tuple(entry for entry in _CLAIMS.values() if entry.item == item)


def _register(new: Claim) -> Claim:
    if not _ID.fullmatch(new.id):
        raise InvalidInput(
            f"the id of a claim must be like 'li2021:eq-18/weights', got {new.id!r}."
        )
    if not new.sentence:
        raise InvalidInput(f"{new.id}: the function must state its claim in its docstring.")
    if new.role == "correction" and new.repair != "correction":
        raise InvalidInput(f"{new.id}: a correction has no repair.")
    if any(
        parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
        for parameter in inspect.signature(new.function).parameters.values()
    ):
        raise InvalidInput(f"{new.id}: the function must name the columns that it takes.")
    known = _CLAIMS.get(new.id)
    if known is not None and known.source != new.source:
        raise InvalidInput(f"{new.id}: claimed twice, in {known.source} and {new.source}.")
    _CLAIMS[new.id] = new
    return new
