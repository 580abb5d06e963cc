"""The checks of Eqs. (11)-(12) and Algorithm 1: their verdicts, and that each can fail."""

import numpy as np
import pytest

from gnnconv_lib import audit, graphs
from gnnconv_lib import averaging_gnn as ag
from gnnconv_lib.audit.li2021.algorithm_1 import auxiliary_matrix

PREFIX = "li2021.algorithm_1."
WANTED = {
    "direction_for_w": "holds with correction",
    "exact_gradient": "holds with correction",
    "fixed_point": "holds with correction",
    "loop": "holds with correction",
    "one_pass": "false as printed",
    "prediction": "holds with correction",
    "step_and_norm": "holds with correction",
}
NAMES = [name.removeprefix(PREFIX) for name in audit.names() if name.startswith(PREFIX)]


@pytest.mark.parametrize("name", NAMES)
def test_verdicts(name):
    evidence = audit.run(PREFIX + name)
    assert evidence.verdict == WANTED.get(name, "holds"), evidence.summary


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
        ("xi_node_level", "xi_node", 1.2),
        ("xi_graph_level", "xi_graph", 1.2),
        ("invertible", "xi_node", -1.0),
        ("invertible", "xi_graph", 0.0),
        ("direction_for_w", "xi_node", 2.0),
        ("gradient_for_v", "approximate_direction", 1 + 1e-9),
        ("exact_gradient", "exact_gradient", 1 + 1e-9),
        ("prediction", "predict", 1 + 1e-9),
    ],
)
def test_a_planted_error_is_found(monkeypatch, name, broken, factor):
    monkeypatch.setattr(ag, broken, scaled(getattr(ag, broken), factor))
    evidence = audit.run(PREFIX + name)
    assert evidence.verdict == "false as printed"
    assert evidence.witness is not None


def test_a_step_that_leaves_the_teacher_is_found(monkeypatch):
    true = ag.step

    def wrong(W, v, *rest):
        after = true(W, v, *rest)
        return ag.Weights(after.W, after.v + 1e-9)

    monkeypatch.setattr(ag, "step", wrong)
    assert audit.run(PREFIX + "fixed_point").verdict == "false as printed"
    assert audit.run(PREFIX + "step_and_norm").verdict == "false as printed"


def test_averages_that_forget_the_node_are_found(monkeypatch):
    true = ag.node_sample
    monkeypatch.setattr(
        ag, "node_sample", lambda graph, H, y: true(graphs.empty(graph.nodes), H, y)
    )
    assert audit.run(PREFIX + "averaged_features").verdict == "false as printed"


def test_one_pass_serves_where_the_rows_are_independent(monkeypatch):
    # On a graph without edges the same estimate is good, and the check says so.
    lone = ag.node_experiment("relu", graph=graphs.empty(4000), seeds=[0])
    monkeypatch.setattr(auxiliary_matrix.ag, "node_experiment", lambda *a, **k: lone)
    assert auxiliary_matrix.one_pass().verdict == "holds"


def test_the_mean_direction_on_one_node():
    # Identity, one node, xi = 1: E G = (W v - W* v*) v exactly, from E H' H = I.
    H = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]]) * np.sqrt(2)
    data = ag.node_sample(graphs.empty(4), H, H @ [3.0, 0.0], "identity")
    G, _ = ag.approximate_direction([[0.6], [0.8]], [2.0], data, 1.0)
    assert np.asarray(G)[:, 0] == pytest.approx([(1.2 - 3) * 2, 1.6 * 2], rel=1e-14)
