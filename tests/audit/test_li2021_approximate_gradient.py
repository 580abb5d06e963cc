"""The checks of the page on approximate gradient descent, and independent witnesses of its formulas."""

import math

import numpy as np
import pytest

from gnnconv_lib import audit, graphs
from gnnconv_lib import averaging_gnn as ag
from gnnconv_lib.audit._averaging_paths import mean_product

EXPECTED = {
    "li2021.approximate_gradient.rows_are_dependent": "holds with correction",
    "li2021.approximate_gradient.information_about_weights": "false as printed",
    "li2021.approximate_gradient.structure_beyond_degrees": "holds",
    "li2021.approximate_gradient.cost_per_step": "holds with correction",
    "li2021.approximate_gradient.derivative_from_values": "holds with correction",
    "companion.approximate_gradient.efficiency": "holds",
    "companion.approximate_gradient.equal_local_rates": "holds",
    "companion.approximate_gradient.line_of_fixed_points": "holds",
    "companion.approximate_gradient.local_rates": "holds",
    "companion.approximate_gradient.one_hidden_unit": "holds",
    "companion.approximate_gradient.opposite_fixed_point": "holds",
}


@pytest.mark.parametrize("name", EXPECTED)
def test_verdicts(name):
    assert audit.run(name).verdict == EXPECTED[name]


def test_no_check_is_left_out():
    listed = {n for n in audit.names() if n.split(".")[1] == "approximate_gradient"}
    assert listed == set(EXPECTED)


@pytest.mark.parametrize("slope", [0.05, 0.2, 0.7])
def test_ratio_of_leaky_relu_by_hand(slope):
    M = mean_product(f"leaky_relu({slope})")
    assert float(M(-1.0)) / float(M(1.0)) == pytest.approx(-2 * slope / (1 + slope**2), rel=1e-12)


def test_efficiency_is_one_for_linear_activations_only():
    for name, expected in (("identity", 1.0), ("relu", 0.5)):
        value = ag.mean_derivative(name, 0.4) ** 2 / ag.mean_squared_derivative(name, 0.4)
        assert float(value) == pytest.approx(expected, rel=1e-12)
    assert float(ag.mean_derivative("tanh", 1.0) ** 2 / ag.mean_squared_derivative("tanh", 1.0)) < 1


def test_the_opposite_point_is_fixed_in_the_library_too():
    M = mean_product("leaky_relu(0.2)")
    ratio = float(M(-1.0)) / float(M(1.0))
    model = ag.population_map(graphs.empty(1), "leaky_relu(0.2)", 1.0)
    state = model.update(ag.Polar(math.pi, ratio - 1.0), 0.2)
    assert float(state.error) == pytest.approx(ratio - 1.0, abs=1e-12)
    assert abs(float(np.cos(state.angle))) == pytest.approx(1.0, abs=1e-12)
    assert float(model.loss(state)) == pytest.approx(float(M(1.0)) * (1 - ratio**2), rel=1e-9)
