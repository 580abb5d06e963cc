"""The printed sides of claims, at the claims' own cases, beside the second transcription."""

import inspect

import numpy as np

from gnnconv_lib import audit
from gnnconv_lib.claims import Found
from gnnconv_lib.claims.sides import Alternatives, Conjunction
from tests.transcription import awasthi2021, li2021
from tests.transcription.test_agreement import called, readings

PAPERS = {"awasthi2021": awasthi2021, "li2021": li2021}


def printed(claim, columns):
    """What the claim compares as printed, from the columns that its function names."""
    wanted = inspect.signature(claim.function).parameters
    found = claim.function(**{name: columns[name] for name in wanted})
    sides = found.printed if isinstance(found, Found) else found
    return sides[0] if isinstance(sides, tuple) else sides


def at(sides, path):
    """A side by its path: "left", or "1.0.right" for a part of an alternative; 0 may be left out."""
    *places, name = path.split(".")
    places = [int(place) for place in places]
    while isinstance(sides, Alternatives | Conjunction):
        inner = sides.parts if isinstance(sides, Conjunction) else list(sides.by_name.values())
        sides = inner[places.pop(0) if places else 0]
    assert not places
    return getattr(sides, name)


def values(claim, columns, path):
    """A column, or a side in every case, one array per case."""
    count = len(next(iter(columns.values())))
    if path in columns:
        return [np.ravel(value) for value in columns[path]]
    if claim.each:
        rows = [{name: v[k] for name, v in columns.items()} for k in range(count)]
        return [np.ravel(at(printed(claim, row), path)) for row in rows]
    side = np.asarray(at(printed(claim, {n: array(v) for n, v in columns.items()}), path), float)
    if not side.shape or side.shape[0] != count:
        side = np.broadcast_to(side, (count, *side.shape[1:]))
    return [np.ravel(row) for row in side]


def array(column):
    if isinstance(column, np.ndarray) or isinstance(column[0], int | float | np.generic):
        return np.asarray(column)
    objects = np.empty(len(column), dtype=object)
    objects[:] = column
    return objects


def everything(claim):
    """Both printed sides of every alternative and part, in all cases."""
    columns = claim.domain.cases("quick").columns
    if not claim.each:
        return _numbers(printed(claim, {name: array(v) for name, v in columns.items()}))
    count = len(next(iter(columns.values())))
    rows = [{name: v[k] for name, v in columns.items()} for k in range(count)]
    return np.concatenate([_numbers(printed(claim, row)) for row in rows])


def _numbers(sides):
    if isinstance(sides, Alternatives):
        return np.concatenate([_numbers(part) for part in sides.by_name.values()])
    if isinstance(sides, Conjunction):
        return np.concatenate([_numbers(part) for part in sides.parts])
    return np.concatenate([np.ravel(sides.left), np.ravel(sides.right)]).astype(float)


def transcribed(function, given):
    """The value of a formula, or of one formula at several places."""
    if isinstance(given, list):
        return np.array([called(function, one) for one in given])
    return called(function, given)


def agreeing(row, factor=1.0):
    """The readings of the second transcription that the printed side follows in every case.

    A row: the claim, a side or a column of it, the function of the second transcription, its
    arguments in a case, and perhaps what is made of its value there.
    """
    name, path, formula, arguments, *after = row
    claim = audit.check(name)
    columns = dict(claim.domain.cases("quick").columns)
    sides = [factor * value for value in values(claim, columns, path)]
    found = readings(PAPERS[name.split(":")[0]], formula)
    assert sides
    for k, side in enumerate(sides):
        case = {name: column[k] for name, column in columns.items()}
        known, size = arguments(case), 1e-9 * np.max(np.abs(side), initial=1e-300)
        for reading in list(found):
            value = transcribed(found[reading], known)
            value = np.ravel(after[0](value, case) if after else value)
            if value.size != 1 and value.size != side.size:
                raise ValueError(f"{name}: {value.size} numbers against {side.size}.")
            if not np.allclose(value, side, rtol=1e-9, atol=size):
                del found[reading]
    return found
