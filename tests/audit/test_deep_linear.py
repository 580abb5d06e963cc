"""The claims on deep linear networks: planted failures turn them red, witnesses refute, and the slow
definitions agree with the library."""

from __future__ import annotations

import numpy as np
import pytest

from gnnconv_lib import audit, graphs, linear_gnn
from gnnconv_lib.audit._linear_regular import power_sum
from gnnconv_lib.bounds import awasthi2021_linear as bounds
from gnnconv_lib.claims import engine
from gnnconv_lib.witnesses import linear_network

PAPER = "awasthi2021:"


def plant(monkeypatch, name, change):
    # Beside a machine-checked theorem a wrong number stops the engine: here the numbers decide.
    monkeypatch.setattr(engine.proofs, "theorem", lambda name: None)
    true = getattr(bounds, name)
    monkeypatch.setattr(bounds, name, lambda *a: change(true(*a)))


def decide(name):
    return audit.run(f"{PAPER}{name}")


@pytest.mark.parametrize("factor", [30.0, 2.5])
def test_a_corrected_step_that_is_too_long_is_noticed(monkeypatch, factor):
    plant(monkeypatch, "theorem_2_step_corrected", lambda step: factor * step)
    assert decide("theorem-2/corrected").corrected is False
    assert decide("theorem-2").verdict == "false"
    assert decide("remark-theorem-3-contraction").verdict == "false"
    assert decide("eq-25").corrected is False


@pytest.mark.parametrize("share", [0.33, 0.9])
def test_too_few_corrected_steps_are_noticed(monkeypatch, share):
    plant(monkeypatch, "theorem_2_iterations_corrected", lambda count: int(share * count))
    assert decide("theorem-2/corrected").corrected is False
    assert decide("eq-24").corrected is False


def test_more_corrected_steps_than_stated_are_noticed(monkeypatch):
    plant(monkeypatch, "theorem_2_iterations_corrected", lambda count: 2 * count + 2)
    assert decide("theorem-2/corrected").corrected is False


def test_a_printed_step_that_is_short_enough_would_pass(monkeypatch):
    true = bounds.theorem_2_step_corrected
    monkeypatch.setattr(bounds, "theorem_2_step_printed", lambda *a: 0.5 * true(*a))
    assert decide("eq-25").verdict == "holds"


def test_a_longer_step_of_lemma_12_is_noticed(monkeypatch):
    plant(monkeypatch, "lemma_12_step_corrected", lambda step: 2.5 * step)
    assert decide("lemma-12/interval").verdict == "false"


def test_a_smaller_upper_bound_of_lemma_13_is_noticed(monkeypatch):
    plant(monkeypatch, "lemma_13_upper_corrected", lambda factor: 0.5 * factor)
    assert decide("lemma-13/upper").verdict == "false"


@pytest.mark.parametrize(("name", "claim"), [("loss", "eq-37"), ("loss", "lemma-10")])
def test_a_wrong_loss_is_noticed(monkeypatch, name, claim):
    true = linear_gnn.regular.loss
    monkeypatch.setattr(linear_gnn.regular, name, lambda *a: 1.5 * true(*a))
    assert decide(claim).verdict != "holds"


def test_ascent_is_noticed(monkeypatch):
    true = linear_gnn.gradient
    monkeypatch.setattr(linear_gnn, "gradient", lambda *a: tuple(-part for part in true(*a)))
    assert decide("eq-22").verdict == decide("eq-23").verdict == "false"


def test_the_slow_definitions_agree_with_the_library():
    weights = list(np.random.default_rng(0).normal(size=(4, 2, 2)))
    graph = graphs.path(4)
    adjacency = graph.adjacency.toarray()
    assert float(linear_network.loss(weights, adjacency, 3)) == pytest.approx(
        float(linear_gnn.loss(*weights, graph, 3)), rel=1e-12
    )
    found = linear_network.gradient(weights, adjacency, 3)
    for one, other in zip(found, linear_gnn.gradient(*weights, graph, 3), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-11)


def test_power_sum_for_several_depths_at_once():
    found = power_sum(np.array([2.0, 2.0, 3.0]), np.array([5.0, 5.0, 0.0]), np.array([1, 3, 2]))
    assert found.tolist() == [1.0, 4.0 + 10.0 + 25.0, 3.0]
