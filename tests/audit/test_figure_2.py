"""The claims on Figure 2: closed forms behind them, and planted failures that turn them red."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gnnconv_lib import InvalidInput, audit, descent, graphs, linear_gnn
from gnnconv_lib.audit import _figure_2_runs as runs
from gnnconv_lib.audit._positive_probability import positive_probability
from gnnconv_lib.audit.awasthi2021 import figure_2
from gnnconv_lib.bounds import awasthi2021_linear as bounds

# The probability of a positive definite symmetric Gaussian matrix.


def test_probability_of_three_by_three():
    # (pi - 2 sqrt 2) / (4 pi) is the share of the sphere; known in closed form for r = 3.
    volume = (math.pi - 2 * math.sqrt(2)) / (4 * math.pi)
    assert positive_probability(3) == pytest.approx(volume, rel=1e-12)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("shift", [-0.3, 0.4, 2.5])
def test_probability_against_samples(size, shift):
    samples = 40_000
    gauss = np.random.default_rng(size).normal(size=(samples, size, size))
    lowest = np.linalg.eigvalsh((gauss + np.swapaxes(gauss, 1, 2)) / 2)[:, 0]
    exact = positive_probability(size, shift)
    error = math.sqrt(exact * (1 - exact) / samples)
    assert abs(np.mean(lowest > -shift) - exact) < 5 * error + 1e-12


def test_probability_is_one_far_away_and_refuses_nonsense():
    assert positive_probability(4, 40.0) == pytest.approx(1.0, abs=1e-12)
    with pytest.raises(InvalidInput, match="size must be"):
        positive_probability(0)
    with pytest.raises(InvalidInput, match="shift must be a finite number"):
        positive_probability(2, math.nan)


# The runs.


@pytest.mark.parametrize("recipe", runs.RECIPES)
@pytest.mark.parametrize("rounds", [1, 2, 3])
def test_the_reduction_is_gradient_descent_on_the_graph(recipe, rounds):
    graph, degree, size = graphs.petersen(), 3, 4
    W1, W2 = runs.teacher(recipe, size, 7)
    M_star = W1 + degree * W2
    largest = max(1.0 + degree, float(np.linalg.norm(M_star, 2)))
    rate = 0.05 / (graph.nodes * rounds**2 * (degree**2 + 1) * largest ** (2 * rounds - 2))
    model = linear_gnn.full_model(W1, W2, graph, rounds)
    path = descent.run(model, linear_gnn.identity_start(size), rate, 20, records=range(21))
    goal = M_star[None] if recipe == "literal" else np.linalg.eigvalsh(M_star)[None]
    strength = runs.strength(rate, "as defined", degree, graph.nodes, size)
    ours = runs.descend(goal, np.array([3.0]), np.array([strength]), rounds, 20, target=0.0)
    np.testing.assert_allclose(
        ours.shares[:, 0], (path.losses / path.losses[0])[ours.at], rtol=1e-9
    )


def test_matrices_and_eigenvalues_give_the_same_runs():
    W1, W2 = runs.teacher("Wishart over r", 5, 1)
    M = W1 + W2
    by_matrix = runs.descend(M[None], np.ones(1), np.array([1e-3]), 3, 50)
    by_value = runs.descend(np.linalg.eigvalsh(M)[None], np.ones(1), np.array([1e-3]), 3, 50)
    np.testing.assert_allclose(by_matrix.shares, by_value.shares, rtol=1e-9)


@pytest.mark.parametrize(
    ("goal", "strength", "rounds", "status"),
    [
        (3.0, 0.5, 1, "converged"),
        (3.0, 2.0, 1, "stalls"),  # the error changes its sign and keeps its size
        (3.0, 2.5, 1, "diverged"),
        (3.0, 1e-5, 1, "falling"),
        (-1.0, 0.01, 3, "stalls"),  # a cube stays positive: it stops at 0
        (-1.0, 0.05, 2, "converged"),  # a square does not see the sign
        (2.0, 0.135, 2, "oscillates"),
    ],
)
def test_every_status_occurs(goal, strength, rounds, status):
    run = runs.descend(np.array([[goal]]), np.zeros(1), np.array([strength]), rounds, 4000)
    assert run.status.tolist() == [status]


def test_a_run_that_starts_at_its_teacher_has_converged():
    run = runs.descend(np.array([[1.0]]), np.zeros(1), np.array([0.1]), 2, 10)
    assert run.status.tolist() == ["converged"]
    assert run.steps.tolist() == [0.0]


def test_factors_of_the_normalisations():
    found = [runs.factor(name, 100, 10) for name in runs.NORMALISATIONS]
    assert found == pytest.approx([1, 0.1, 0.01, 0.001, 1e-4, 1e-5])


def test_descent_that_falls_is_not_taken_for_granted(monkeypatch):
    true = figure_2.strength
    assert audit.run("awasthi2021:figure-2/means").corrected
    monkeypatch.setattr(figure_2, "strength", lambda *a: -true(*a))
    assert audit.run("awasthi2021:figure-2/means").corrected is False


def test_rates_that_are_stable_in_every_reading_would_pass(monkeypatch):
    true = figure_2.strength
    monkeypatch.setattr(figure_2, "strength", lambda *a: 1e-9 * true(*a))
    assert audit.run("awasthi2021:remark-linear-learning-rates").verdict == "holds"
    assert audit.run("awasthi2021:figure-2").verdict == "holds"


def test_a_wrong_gradient_is_noticed(monkeypatch):
    true = linear_gnn.gradient
    monkeypatch.setattr(
        linear_gnn, "gradient", lambda *a: tuple(2 * np.asarray(part) for part in true(*a))
    )
    assert audit.run("awasthi2021:remark-figure-2-setting").verdict == "false"


def test_faster_linear_networks_would_pass(monkeypatch):
    monkeypatch.setattr(
        figure_2, "teacher", lambda recipe, size, seed: (np.eye(size), 0.999 * np.eye(size))
    )
    assert audit.run("awasthi2021:remark-linear-faster").verdict == "holds"


# Steps that a singular value needs.


@pytest.mark.parametrize(("nodes", "degree", "rounds"), [(1, 0, 1), (4, 3, 2), (4, 3, 3)])
def test_integrated_counts_agree_with_simulated_ones(nodes, degree, rounds):
    target = (1 + degree) * np.array([0.4, 0.9, 1.0, 1.1, 2.5])
    rate = np.array(
        [0.05 * bounds.theorem_2_step_corrected([x], nodes, degree, rounds) for x in target]
    )
    exact = linear_gnn.iterations_needed(target, nodes, degree, rounds, rate, 1e-5, 40_000)
    mixed = linear_gnn.iterations_needed(target, nodes, degree, rounds, rate, 1e-5, 50)
    assert np.all(exact == np.round(exact))
    assert exact[2] == 0
    np.testing.assert_allclose(mixed, exact, rtol=0.01)


def test_a_diverging_value_needs_infinitely_many_steps():
    found = linear_gnn.iterations_needed([2.0, 2.0], 1, 0, 1, [2.5, 0.5], 0.1)
    assert found.tolist() == [math.inf, 3.0]
    # Two rounds, thrown to sigma < -sigma*, where sigma + sigma* is negative: no arrival.
    assert linear_gnn.iterations_needed([1201.2], 1001, 1000, 2, 2e-14, 1e-3).tolist() == [math.inf]
    with pytest.raises(InvalidInput, match="sigma_star must hold positive"):
        linear_gnn.iterations_needed([0.0], 1, 0, 1, 0.1, 0.1)
    with pytest.raises(InvalidInput, match="accuracy must be above 0"):
        linear_gnn.iterations_needed([1.0], 1, 0, 1, 0.1, 0.0)
