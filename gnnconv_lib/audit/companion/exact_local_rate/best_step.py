"""The step size with the best rate, and that rate.

Book page: book/beyond/exact-local-rate.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import sympy

from gnnconv_lib import descent
from gnnconv_lib.audit.companion.exact_local_rate._few_graphs import few_graphs
from gnnconv_lib.audit.companion.exact_local_rate._runs import RUNS
from gnnconv_lib.claims import (
    at_most,
    claim,
    domain,
    equal,
    fixed,
    graph,
    lemma,
    proved,
    real,
    symbolic_zero,
)
from gnnconv_lib.graphs import Graph
from gnnconv_lib.witnesses import relu_pairs


def _other_steps(budget: str) -> list[dict[str, Any]]:
    shares = np.concatenate([np.linspace(0.02, 1.98, 25), [1.0, 5.0, 12.0]])
    return [{"graph": g, "share": float(s)} for g in few_graphs(budget) for s in shares]


ANY_STEP = domain(
    graph(),
    real("share", "(0, inf)", "η over 2/(A + C(1))"),
    fixed("r ≥ 2"),
    cases=_other_steps,
    words=lambda graph, share: f"{graph.name}, eta = {share:g} * 2/(A + C(1))",
)


@claim("companion:lemma-best-step/best", ANY_STEP, each=True)
def no_step_is_better(graph: Graph, share: float) -> Any:
    """max(|1 - ηA|, |1 - ηC(1)|) is at least (κ - 1)/(κ + 1)."""
    full, _, slope = relu_pairs.pair_sums(graph, 1.0)
    rate = math.exp(descent.local_slope(graph, 2 * share / (full + slope)) / 2)
    kappa = full / slope
    names = ("(kappa-1)/(kappa+1)", "larger factor")
    return proved(larger_factor(), sides=at_most((kappa - 1) / (kappa + 1), rate, names, 1.0))


@lemma
def larger_factor(A: Any, K: Any, e: Any, f: Any) -> Any:
    """f >= |1 - eA| and f >= |1 - eK| give f (A + K) >= A - K, for K = C(1) and the step e."""
    given = {
        "a step": e > 0,
        "companion:lemma-sums/positive": K > 0,
        "companion:lemma-sums/slope": K <= A,
        "the larger factor": (f >= 1 - e * A, f >= e * A - 1, f >= 1 - e * K, f >= e * K - 1),
    }
    return given, f * (A + K) >= A - K


@claim("companion:lemma-best-step/value", RUNS, each=True)
def value_at_the_best_step(graph: Graph) -> Any:
    """At η = 2/(A + C(1)) it is (κ - 1)/(κ + 1)."""
    full, _, slope = relu_pairs.pair_sums(graph, 1.0)
    rate = math.exp(descent.local_slope(graph, 2 / (full + slope)) / 2)
    a, c = sympy.symbols("A C", positive=True)
    best, value = 2 / (a + c), (a / c - 1) / (a / c + 1)
    exact = symbolic_zero((best * a - 1 - value) ** 2 + (1 - best * c - value) ** 2)
    names = ("larger factor", "(kappa-1)/(kappa+1)")
    return proved(exact, sides=equal(rate, (full / slope - 1) / (full / slope + 1), names, 1.0))
