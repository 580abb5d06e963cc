"""Local slopes, fits, step counts and random problems: by hand, and against full runs."""

import math

import numpy as np
import pytest

from gnnconv_lib import descent, graphs, relu_gnn
from gnnconv_lib.validation import InvalidInput


@pytest.mark.parametrize(
    "graph", [graphs.complete(3), graphs.petersen(), graphs.star(4), graphs.empty(3)], ids=str
)
@pytest.mark.parametrize("fraction", [0.3, 0.9, 1.8])
def test_the_slope_is_the_spectral_radius_of_a_step(graph, fraction):
    # independent route: the Jacobian of w -> w - eta gradient at the teacher
    w = np.array([0.6, 0.8, 0.0])
    hessian = np.asarray(relu_gnn.hessian(w, w, graph))
    rate = fraction / float(relu_gnn.sums(graph, 1.0)[0])
    radius = np.abs(np.linalg.eigvalsh(np.eye(3) - rate * hessian)).max()
    assert descent.local_slope(graph, rate) == pytest.approx(2 * math.log(radius), rel=1e-10)


def test_the_slope_without_directions_across():
    graph = graphs.empty(2)
    full = float(relu_gnn.sums(graph, 1.0)[0])
    assert descent.local_slope(graph, 0.5 / full, 1) == pytest.approx(2 * math.log(0.5), rel=1e-12)
    assert descent.local_slope(graph, 1 / full, 1) == -math.inf
    assert descent.local_slope(graph, 3 / full) > 0


def test_a_run_has_the_predicted_slope():
    graph = graphs.petersen()
    drawn = descent.relu_ensemble(10, 3, 1, hidden_units=2, inner_dimension=3)
    rate = 0.5 / float(relu_gnn.sums(graph, 1.0)[0])
    path = descent.run_relu(drawn.W[0], drawn.W_star[0], graph, rate, 200, records=range(201))
    shares = path.losses / path.losses[0]
    measured = descent.measured_slope(path.steps, shares, 1e-16, 1e-24)
    assert measured == pytest.approx(descent.local_slope(graph, rate), rel=1e-6)
    fits = descent.rate_fits(path.steps, shares, 1e-2, 1e-16)
    assert fits.slope_residual < 0.1 < fits.exponent_residual


def test_interpolated_step_counts_are_those_of_a_run_with_every_step():
    graph = graphs.petersen()
    drawn = descent.relu_ensemble(10, 3, 4, hidden_units=2, inner_dimension=3)
    rate = 0.05 / float(relu_gnn.sums(graph, 1.0)[0])
    runs = [
        descent.run_relu(drawn.W, drawn.W_star, graph, rate, 1500, records=records)
        for records in (range(1501), 300)
    ]
    for level in (1e-2, 1e-6, 1e-10):
        every, some = (
            descent.steps_until(path.steps, path.losses / path.losses[0], level) for path in runs
        )
        first = (runs[0].losses / runs[0].losses[0] <= level).argmax(axis=0)
        assert every.tolist() == first.tolist()
        assert np.abs(some - every).max() <= 1


def test_a_power_law_is_told_from_a_linear_rate():
    t = np.arange(1000)
    power = descent.rate_fits(t, 5.0 / (t + 1e-9), 5.0, 1e-12)
    assert power.exponent == pytest.approx(-1, abs=1e-6)
    assert power.exponent_residual < 1e-6 < 0.1 < power.slope_residual
    linear = descent.rate_fits(t, 0.9**t, 1.0, 1e-30)
    assert linear.slope == pytest.approx(math.log(0.9), rel=1e-9)
    assert linear.slope_residual < 1e-9 < 0.1 < linear.exponent_residual


def test_where_nothing_can_be_measured():
    assert descent.measured_slope([0, 1], [1.0, 0.5], 0.4, 0.1) is None
    assert descent.rate_fits([0, 1, 2, 3], [1.0, 2.0, 3.0, 4.0], 9.0, 0.1) is None
    assert descent.rate_fits([0, 1], [1.0, 0.5], 1.0, 0.1) is None
    assert descent.steps_until([0, 1], [[1.0, 1.0], [0.1, 0.9]], 0.5).tolist() == [1, math.inf]
    assert descent.steps_until([0, 1], [0.5, 0.0], 0.5).tolist() == 0
    with pytest.raises(InvalidInput, match="one shape"):
        descent.measured_slope([0, 1], [1.0], 1.0, 0.1)


def test_an_ensemble_normalises_what_it_says():
    for unit_length, axis in (("rows", 2), ("columns", 1)):
        drawn = descent.relu_ensemble(
            6, 2, 3, hidden_units=4, inner_dimension=5, unit_length=unit_length
        )
        assert np.allclose(np.linalg.norm(drawn.W_star, axis=axis), 1, atol=1e-15, rtol=0)
        assert len(drawn.overlaps) == 3
    assert not np.allclose(drawn.W[0], drawn.W[1])


def test_seeds_continue_and_weights_do_not_depend_on_the_graph():
    one = descent.relu_ensemble(8, 3, 3)
    two = descent.relu_ensemble(8, 7, 2, first_seed=1)
    assert np.array_equal(one.W[1:], two.W)
    assert np.array_equal(one.W_star[1:], two.W_star)
    assert two.overlaps[0].rho.tolist() == two.overlaps[1].rho.tolist()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((5, 3, 1), "n \\* d must be even"),
        ((5, 5, 1), "d must be smaller than n"),
        ((5, 2, 0), "seeds must be"),
    ],
)
def test_bad_ensembles(arguments, sentence):
    with pytest.raises(InvalidInput, match=sentence):
        descent.relu_ensemble(*arguments)
    with pytest.raises(InvalidInput, match="unit_length must be"):
        descent.relu_ensemble(4, 2, 1, unit_length="diagonal")
