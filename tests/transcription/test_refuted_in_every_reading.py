"""A claim that refutes one reading of a formula is refuted by the other readings as well.

Where the second transcription gives several readings of a printed side and the claim holds one
statement alone, each other reading takes the place of that side, in the claim's own cases.
"""

from dataclasses import replace

import numpy as np
import pytest

from gnnconv_lib import audit
from gnnconv_lib.claims import Sides
from tests.transcription import (
    awasthi2021,
    test_printed_sides_linear as of_linear,
    test_printed_sides_relu as of_relu,
)
from tests.transcription.sides import PAPERS, array, printed, transcribed
from tests.transcription.test_agreement import readings


def several(row):
    return len(readings(PAPERS[row[0].split(":")[0]], row[2])) > 1


ROWS = [
    row for row in (*of_relu.ROWS, *of_linear.ROWS) if row[1] in ("left", "right") and several(row)
]


def with_side(row, function, case, sides):
    """The sides of one case with a formula of the second transcription in the place of its own."""
    _, name, _, arguments, *after = row
    value = transcribed(function, arguments(case))
    value = np.ravel(after[0](value, case) if after else value)
    flat = {side: np.ravel(getattr(sides, side))[None] for side in ("left", "right")}
    scale = None if sides.scale is None else np.ravel(sides.scale)[None]
    return replace(sides, **flat | {name: value[None], "scale": scale})


def failures(row, function):
    """In how many cases of its regime the claim fails with that function."""
    claim = audit.check(row[0])
    cases = claim.domain.cases("quick")
    regime, columns = claim.domain.in_regime(cases), dict(cases.columns)
    whole = {name: array(column) for name, column in columns.items()}
    together = None if claim.each else printed(claim, whole)
    count = 0
    for k in np.flatnonzero(regime):
        case = {name: column[k] for name, column in columns.items()}
        sides = printed(claim, case) if claim.each else one(together, k, len(cases))
        assert isinstance(sides, Sides)
        count += bool(with_side(row, function, case, sides).excess(1, claim.tolerance)[0] > 0)
    return count


def one(sides, k, count):
    at = {
        name: np.broadcast_to(getattr(sides, name), (count,))[k]
        for name in ("left", "right", "scale")
        if getattr(sides, name) is not None
    }
    return replace(sides, **at)


CASES = [(row, name) for row in ROWS for name in readings(PAPERS[row[0].split(":")[0]], row[2])]


@pytest.mark.parametrize(("row", "name"), CASES, ids=[f"{row[0]}-{name}" for row, name in CASES])
def test_every_reading_is_refuted(row, name):
    assert failures(row, readings(awasthi2021, row[2])[name]) > 0


def test_a_reading_that_holds_is_found():
    row = next(row for row in ROWS if row[0].endswith("segment-upper"))
    assert failures(row, lambda sigma, r: np.inf) == 0


@pytest.mark.parametrize("L", [1, 2, 4])
def test_for_one_singular_value_the_other_reading_of_24_and_57_asks_for_fewer_steps(L):
    """So that a loss that is too large after the larger number refutes both."""
    one, common = np.array([0.7]), {"eta_0": 0.01, "L": L, "d": 2, "r": 1, "epsilon": 0.01}
    of_24 = common | {"sigma_stars": one, "us": 3 * one, "ells": one / 2}
    assert awasthi2021.equation_24_reading_b(**of_24) <= awasthi2021.equation_24(**of_24)
    of_57 = common | {"alpha_stars": one, "beta_stars": one, "u_alpha": 2.0, "u_beta": 2.0}
    of_57 |= {"ell_alpha": 0.5, "ell_beta": 0.5}
    assert awasthi2021.equation_57_reading_b(**of_57) <= awasthi2021.equation_57(**of_57)
