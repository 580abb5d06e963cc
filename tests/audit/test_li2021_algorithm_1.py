"""The claims on Algorithm 1 of li2021: that each can fail, and what the slow definition gives."""

import numpy as np
import pytest

from gnnconv_lib import activations, audit, averaging_gnn as ag, graphs
from gnnconv_lib.audit.li2021.algorithm_1 import auxiliary_matrix
from gnnconv_lib.claims import decide, named
from gnnconv_lib.witnesses.algorithm_1 import graph_pass, node_pass, passes_until


def verdict(name):
    audit.names()
    return decide(named(f"li2021:{name}"))


def scaled(function, factor):
    def wrong(*arguments, **options):
        found = function(*arguments, **options)
        return (
            tuple(factor * part for part in found) if isinstance(found, tuple) else factor * found
        )

    return wrong


@pytest.mark.parametrize(
    ("name", "broken", "factor"),
    [
        ("eq-11/closed-form", "xi_node", 1 + 1e-9),
        ("eq-12/closed-form", "xi_graph", 1 + 1e-9),
        ("eq-11/all-entries", "xi_node", 1.2),
        ("eq-12/all-entries", "xi_graph", 1.2),
        ("remark-xi-invertible/node-level", "xi_node", -1.0),
        ("remark-xi-invertible/graph-level", "xi_graph", -1.0),
        ("remark-line-4/average-at-node-level", "xi_node", 2.0),
        ("remark-line-4/average-at-graph-level", "xi_graph", 2.0),
        ("remark-line-4/formula", "approximate_direction", 1 + 1e-9),
        ("remark-line-5/exact", "approximate_direction", 1 + 1e-9),
        ("remark-exact-gradient/entry-by-entry", "exact_gradient", 1 + 1e-9),
    ],
)
def test_a_planted_error_is_found(monkeypatch, name, broken, factor):
    monkeypatch.setattr(ag, broken, scaled(getattr(ag, broken), factor))
    assert verdict(name).verdict == "false"


def test_a_step_that_leaves_the_teacher_is_found(monkeypatch):
    true = ag.step

    def wrong(W, v, *rest):
        after = true(W, v, *rest)
        return ag.Weights(after.W, after.v + 1e-9)

    monkeypatch.setattr(ag, "step", wrong)
    assert verdict("algorithm-1/fixed-point").verdict == "false"
    assert verdict("remark-lines-6-to-8").verdict == "false"


def test_one_pass_serves_where_the_rows_are_independent(monkeypatch):
    # On a graph without edges the average over the data is good too, and the claim says so.
    monkeypatch.setattr(auxiliary_matrix.graphs, "erdos_renyi", lambda n, p, seed: graphs.empty(n))
    assert verdict("remark-one-epoch").verdict == "holds"


def test_the_slow_pass_by_hand():
    # Residuals 3 and -1 at features 1 and 3: X'r = 0, so W rests; v moves by 0.5 * (3 - 3)/2.
    identity = activations.get("identity")
    given = ([[1.0], [3.0]], [5.0, 5.0], identity, [[1.0]], [2.0], [[1.0]], 0.5)
    one = node_pass(graphs.empty(2), *given)
    assert one.predictions.tolist() == [2.0, 6.0]
    assert one.G.tolist() == [[0.0]]
    assert one.v.tolist() == [2.0]
    two = graph_pass([graphs.empty(1)] * 2, [[[1.0]], [[3.0]]], [5.0, 5.0], [[1.0]] * 2, *given[2:])
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))


def test_the_loop_as_printed_does_not_end():
    assert passes_until(7, start=1, increment=0) == np.inf
    assert passes_until(7, start=1, increment=1) == 6


@pytest.mark.parametrize("name", ["algorithm-1/ends", "remark-line-1"])
def test_the_claims_run_the_loop_as_printed(name):
    audit.names()
    printed, corrected = named(f"li2021:{name}").function(T=7)
    assert (printed.left, corrected.left) == (np.inf, 7)
