"""Gradient descent of the linear GNN through the common driver."""

from __future__ import annotations

import numpy as np
import pytest

from gnnconv_lib import descent, graphs, linear_gnn
from gnnconv_lib.bounds import awasthi2021_linear as bounds
from gnnconv_lib.linear_gnn import regular


def test_three_parametrisations_follow_one_path() -> None:
    graph, rounds, rate, steps = graphs.path(4), 2, 1e-3, 50
    alpha_star, beta_star = np.array([2.0, 1.0]), np.array([0.5, 0.7])
    S1, S2 = np.diag(alpha_star), np.diag(beta_star)
    eye = np.eye(2)
    full = descent.run(
        linear_gnn.full_model(S1, S2, graph, rounds),
        linear_gnn.identity_start(2),
        rate,
        steps,
        records=5,
    )
    apart = descent.run(
        linear_gnn.deviation_model(S1, S2, graph, rounds),
        (eye - S1, eye - S2),
        rate,
        steps,
        records=5,
    )
    pairs = descent.run(
        linear_gnn.pair_model(alpha_star, beta_star, graph, rounds),
        (1 - alpha_star, 1 - beta_star),
        rate,
        steps,
        records=5,
    )
    np.testing.assert_allclose(apart.losses, full.losses, rtol=1e-10)
    np.testing.assert_allclose(pairs.losses, full.losses, rtol=1e-10)
    assert full.status == "budget"


def test_deviations_keep_their_digits_to_the_end() -> None:
    sigma_star, degree, rounds = 2.0, 2, 2
    rate = bounds.theorem_2_step_corrected([sigma_star], 3, degree, rounds)
    model = linear_gnn.deviation_model([[1.0]], [[0.5]], graphs.complete(3), rounds)
    path = descent.run(model, (np.zeros((1, 1)), np.full((1, 1), 0.5)), rate, 400, records=[400])
    deviation = 1.0
    for _ in range(400):
        deviation = regular.singular_value_step(deviation, sigma_star, 3, degree, rounds, rate)
    D1, D2 = path.final
    assert abs(float(D1[0, 0] + degree * D2[0, 0])) < 1e-12
    assert float(path.losses[-1]) < 1e-25
    assert float(regular.singular_value_loss([deviation], [sigma_star], 3, rounds)) < 1e-60


def test_a_diverging_run_is_a_status() -> None:
    model = linear_gnn.full_model([[2.0]], [[2.0]], graphs.complete(3), 2)
    path = descent.run(model, linear_gnn.identity_start(1), 1.0, 100)
    assert path.status == "diverged"


@pytest.mark.parametrize("rounds", [1, 2, 3])
def test_the_corrected_theorem_for_full_matrices(rounds: int) -> None:
    sigma_star, accuracy = np.array([2.0, 5.0]), 1e-4
    setting = (3, 2, rounds)
    rate = bounds.theorem_2_step_corrected(sigma_star, *setting)
    steps = bounds.theorem_2_iterations_corrected(sigma_star, *setting, accuracy, rate)
    S = np.diag(sigma_star / 3)
    path = descent.run(
        linear_gnn.full_model(S, S, graphs.complete(3), rounds),
        linear_gnn.identity_start(2),
        rate,
        steps,
        records=[steps],
    )
    assert float(path.losses[-1]) <= accuracy**2
