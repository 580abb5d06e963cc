"""The claims on Eqs. (1)-(10) and on the assumptions turn red when what they look at is broken."""

import dataclasses

import jax.numpy as jnp
import numpy as np
import pytest

from gnnconv_lib import activations, audit, averaging_gnn as ag, graphs
from gnnconv_lib.witnesses.averaging_network import averages


def test_averages_by_hand():
    # a path 0 - 1 - 2 and an isolated node 3
    graph = graphs.disjoint_union(graphs.path(3), graphs.empty(1))
    rows = averages(graph, np.array([[0.0], [6.0], [3.0], [5.0]]))
    assert rows.ravel().tolist() == [3.0, 3.0, 4.5, 5.0]


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("eq-1", "hidden"),
        ("eq-5", "hidden"),
        ("eq-3", "predict"),
        ("eq-6/value", "predict"),
        ("eq-7", "predict"),
        ("eq-8", "predict"),
        ("eq-9/value", "predict"),
    ],
)
def test_a_planted_error_is_found(monkeypatch, name, broken):
    true = getattr(ag, broken)
    monkeypatch.setattr(ag, broken, lambda *arguments: 1.2 * true(*arguments) + 0.01)
    evidence = audit.run(f"li2021:{name}")
    assert evidence.verdict == "false"
    assert evidence.witness is not None


@pytest.mark.parametrize(("name", "maker"), [("eq-4", "node"), ("eq-10", "graph")])
def test_noise_that_is_not_independent_of_the_output_is_found(monkeypatch, name, maker):
    true = getattr(ag, f"{maker}_experiment")

    def skewed(*arguments, **options):
        found = true(*arguments, **options)
        labels = found.data.labels + 0.2 * found.data.labels
        return dataclasses.replace(found, data=dataclasses.replace(found.data, labels=labels))

    monkeypatch.setattr(ag, f"{maker}_experiment", skewed)
    assert audit.run(f"li2021:{name}").verdict == "false"


def test_a_steep_activation_is_found(monkeypatch):
    steep = dataclasses.replace(
        activations.get("relu"), function=lambda t: 1.001 * jnp.maximum(t, 0)
    )
    true = activations.get
    monkeypatch.setattr(activations, "get", lambda name: steep if name == "relu" else true(name))
    evidence = audit.run("li2021:remark-assumptions-list/increasing-and-lipschitz")
    assert evidence.verdict == "false"
    assert evidence.witness.left == pytest.approx(1.001)
