"""Whether the constraints of the proof of Lemma 14 on the bounds of both spectra can be met at all.

Reference: awasthi2021, proof of Lemma 14. Book page: book/awasthi2021/linear-unequal-degrees.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import linprog

from gnnconv_lib.audit._main_spectra import columns
from gnnconv_lib.audit.awasthi2021.linear_unequal_degrees._lemma_14_states import ITEM
from gnnconv_lib.audit.awasthi2021.linear_unequal_degrees.recurrences import ALL_FOUR
from gnnconv_lib.claims import (
    Found,
    choice,
    claim,
    correction,
    domain,
    equal,
    fixed,
    less,
    readings,
)


def _targets(budget: str) -> dict[str, Any]:
    grid = [0.01, 0.25, 0.5, 0.75, 1.0, 12.0]
    if budget == "full":
        grid += [0.1, 0.4, 0.49, 0.51, 0.99, 1.01, 2.0, 5.0]
    return columns([(x, y) for x in sorted(grid) for y in sorted(grid)], "alpha_star", "beta_star")


TARGETS = domain(
    fixed("start α = β = 1 within the bounds, all l > 0"),
    *ALL_FOUR[2:],
    cases=_targets,
)


READ = domain(
    fixed("start α = β = 1 within the bounds, all l > 0"),
    *ALL_FOUR[2:],
    choice("case_5", "printed", "needed", words="constraint of case 5"),
    cases=lambda budget: {
        **{name: np.tile(v, 2) for name, v in _targets(budget).items()},
        "case_5": np.repeat(["printed", "needed"], len(_targets(budget)["alpha_star"])).tolist(),
    },
)


def largest_slack(x: float, y: float, needed: bool = False) -> float:
    """The largest s for which bounds exist with l >= s and every numerator of a step size >= s.

    A linear program in (l_alpha, u_alpha, l_beta, u_beta, s); positive exactly if some positive step
    size meets the constraints of all five cases. `needed` takes for case 5 the constraint under
    which its bound on beta stays below u_beta.
    """
    rows, limits = zip(*constraints(x, y, needed), strict=True)
    ranges = [(0, 1), (1, None), (0, 1), (1, None), (None, None)]
    found = linprog([0, 0, 0, 0, -1], rows, limits, bounds=ranges, method="highs")
    return float(-found.fun)


def constraints(x: float, y: float, needed: bool = False) -> list[tuple[list[int], float]]:
    """Rows and limits: row times (l_alpha, u_alpha, l_beta, u_beta, s) is at most its limit."""
    return [
        ([1, 0, 0, 0, 1], x),  # case 1: alpha* - l_alpha
        ([0, 0, 1, 0, 1], y),
        ([0, -1, 0, 0, 1], -x),  # case 2: u_alpha - alpha*
        ([0, 0, 0, -1, 1], -y),
        ([0, 1, 1, 0, 1], x + y),  # case 3: beta* + alpha* - u_alpha - l_beta
        ([1, 0, 0, 1, 1], x + y),  # case 4: beta* + alpha* - u_beta - l_alpha
        ([-1, 0, 0, -1, 1], -x - y) if needed else ([0, 0, 0, 1, 1], x + y),  # case 5
        ([-1, 0, 0, 0, 1], 0.0),
        ([0, 0, -1, 0, 1], 0.0),
    ]


@claim(
    f"{ITEM}-feasible/settings",
    TARGETS,
    each=True,
    repair="replacement",
    corrected_by=f"{ITEM}-feasible/exactly",
)
def constraints_can_be_met(alpha_star: float, beta_star: float) -> Any:
    """There are l_alpha, u_alpha, l_beta, u_beta for which some positive step size satisfies the
    constraints of all five cases."""
    names = ("0", "largest slack of all constraints")
    printed, needed = (largest_slack(alpha_star, beta_star, which) for which in (False, True))
    return Found(
        readings(
            constraints_as_printed=less(1e-9, printed, names),
            case_5_with_the_constraint_that_its_bound_needs=less(1e-9, needed, names),
        )
    )


@correction(f"{ITEM}-feasible/exactly", READ, each=True)
def feasible_exactly(alpha_star: float, beta_star: float, case_5: str) -> Any:
    """Some positive step size satisfies the printed constraints exactly if alpha* + beta* > 1; with
    the constraint that the bound of case 5 needs, none does for any teacher."""
    slack = largest_slack(alpha_star, beta_star, case_5 == "needed")
    expected = case_5 == "printed" and alpha_star + beta_star > 1
    names = ("the constraints can be met (1: yes)", "predicted (1: yes)")
    return equal(float(slack > 1e-9), float(expected), names)
