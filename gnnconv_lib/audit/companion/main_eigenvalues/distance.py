"""The distance of a pair to its teacher: it never grows, and how fast it falls.

Book page: book/beyond/main-eigenvalues.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gnnconv_lib.audit._main_spectra import gradient_by_definition, safe_rate
from gnnconv_lib.audit.awasthi2021.linear_unequal_degrees.theorem_4 import ANY_START, POSITIVE
from gnnconv_lib.claims import at_most, both, claim, less
from gnnconv_lib.linear_gnn import one_round


def _distances(graph: Any, L: Any, point: Any, star: Any, share: Any) -> tuple[Any, Any, Any]:
    """The distance to the teacher before and after a step of the given share, and the step size."""
    rate = share * safe_rate(graph, L, point, star, ball=False)
    slope = gradient_by_definition(graph, L, point, star)
    (a, b), (a_star, b_star) = point, star
    after = np.hypot(a - rate * slope[0] - a_star, b - rate * slope[1] - b_star)
    return np.hypot(a - a_star, b - b_star), after, rate


@claim("companion:lemma-distance/odd-depth", ANY_START)
def distance_never_grows(
    graph: Any, L: Any, alpha: Any, beta: Any, alpha_star: Any, beta_star: Any, share: Any
) -> Any:
    """The distance of a pair to its teacher never grows."""
    before, after, _ = _distances(graph, L, (alpha, beta), (alpha_star, beta_star), share)
    return at_most(after, before, ("distance after a step", "distance before"), before)


@claim("companion:lemma-distance/rate", POSITIVE)
def distance_contracts(
    graph: Any,
    L: Any,
    alpha: Any,
    beta: Any,
    alpha_star: Any,
    beta_star: Any,
    share: Any,
    m_min: Any,
) -> Any:
    """The distance contracts by 1 - eta L^2 m_min^{2L-2} lambda_min(H) per step, with m_min the least
    of all m_mu and m*_mu, and lambda_min(H) > 0."""
    before, after, rate = _distances(graph, L, (alpha, beta), (alpha_star, beta_star), share)
    smallest = np.array([one_round.quadratic(entry).smallest for entry in graph])
    factor = 1 - rate * L**2 * m_min ** (2.0 * L - 2) * smallest
    return both(
        at_most(after, factor * before, ("distance after a step", "bound"), before),
        less(0.0, smallest, ("0", "λ_min(H)")),
    )
