"""What a claim's function returns at its cases, gathered over all of them."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from gnnconv_lib.claims.domain import Cases
from gnnconv_lib.claims.registry import Claim
from gnnconv_lib.claims.sides import Alternatives, Conjunction, Found, Sides
from gnnconv_lib.validation import InvalidInput

__all__ = ["Statement", "as_column", "evaluate", "printed_of", "statements"]

Statement = Sides | Conjunction


def statements(found: Found) -> list[Statement]:
    """The printed statements, one per reading, and the corrected one if there is one."""
    printed, _ = printed_of(found)
    return [*printed.values(), *([found.corrected] if found.corrected is not None else [])]


def evaluate(claim: Claim, cases: Cases) -> Found:
    """What the claim says at its cases, one row per case.

    Raises:
        InvalidInput: for a parameter that is no column of the domain, and for what is no statement.
    """
    wanted = inspect.signature(claim.function).parameters
    unknown = [name for name in wanted if name not in cases.columns]
    if unknown:
        raise InvalidInput(f"{claim.id}: the domain has no column {unknown[0]!r}.")
    if not claim.each:
        columns = {name: as_column(cases.columns[name]) for name in wanted}
        return _found(claim, claim.function(**columns))
    rows = [
        _found(claim, claim.function(**{name: cases.columns[name][index] for name in wanted}))
        for index in range(len(cases))
    ]
    return _stacked(claim, rows)


def printed_of(found: Found) -> tuple[dict[str, Statement], str]:
    """The printed statement under the name of each reading, and what the text leaves open."""
    if isinstance(found.printed, Alternatives):
        return dict(found.printed.by_name), found.printed.text
    return {"": found.printed}, ""


def as_column(values: Any) -> Any:
    """One value per case as an array: of numbers where all are numbers, else of objects."""
    if isinstance(values, np.ndarray):
        return values
    if all(isinstance(value, (bool, int, float, np.generic)) for value in values):
        return np.asarray(values)
    objects = np.empty(len(values), dtype=object)
    objects[:] = values
    return objects


def _found(claim: Claim, returned: Any) -> Found:
    if isinstance(returned, Found):
        return returned
    if isinstance(returned, tuple) and len(returned) == 2:
        return Found(*returned)
    if isinstance(returned, (Sides, Conjunction, Alternatives)):
        return Found(returned)
    raise InvalidInput(f"{claim.id}: sides must be returned, got {type(returned).__name__}.")


def _stacked(claim: Claim, rows: list[Found]) -> Found:
    """One `Found` over all cases from one per case."""
    first = rows[0]
    if isinstance(first.printed, Alternatives):
        names = list(first.printed.by_name)
        printed: Any = Alternatives(
            {name: _stack(claim, [_named(row.printed, name) for row in rows]) for name in names},
            first.printed.text,
        )
    else:
        printed = _stack(claim, [row.printed for row in rows])
    corrected = None
    if first.corrected is not None:
        corrected = _stack(claim, [row.corrected for row in rows])
    facts: dict[str, float] = {}
    for row in rows:
        for name, value in row.facts.items():
            smaller = name.startswith("smallest")
            known = facts.get(name, float(value))
            facts[name] = (min if smaller else max)(known, float(value))
    return Found(printed, corrected, facts)


def _named(printed: Any, name: str) -> Any:
    return printed.by_name[name]


def _stack(claim: Claim, entries: list[Any]) -> Any:
    if isinstance(entries[0], Conjunction):
        columns = zip(*(entry.parts for entry in entries), strict=True)
        return Conjunction(tuple(_stack(claim, list(column)) for column in columns))
    first = entries[0]
    return Sides(
        _joined([entry.left for entry in entries]),
        _joined([entry.right for entry in entries]),
        first.relation,
        first.names,
        None if first.scale is None else _joined([entry.scale for entry in entries]),
        None if first.error is None else _joined([entry.error for entry in entries]),
        _common(claim, [entry.proof for entry in entries]),
        _common(claim, [entry.refutation for entry in entries]),
        first.exactly,
    )


def _common(claim: Claim, found: list[Any]) -> Any:
    """The proof that all cases share: one that a single case lacks says nothing of the others."""
    if any(proof != found[0] for proof in found):
        raise InvalidInput(f"{claim.id}: all cases must rest on one proof.")
    return found[0]


def _joined(values: list[Any]) -> np.ndarray:
    """Numbers or arrays of one case each, one row per case; shorter rows repeat their last entry."""
    flat = [np.ravel(np.asarray(value, float)) for value in values]
    width = max(len(row) for row in flat)
    return np.stack([np.pad(row, (0, width - len(row)), mode="edge") for row in flat])
