"""The bounds of the linear rate, and the hostile search behind the checks of its proof."""

import math
from dataclasses import replace

import numpy as np
import pytest

from gnnconv_lib import audit, graphs, relu_gnn
from gnnconv_lib.audit import _hostile
from gnnconv_lib.audit._hostile import Point, problems, tried
from gnnconv_lib.bounds import linear_rate as bounds
from gnnconv_lib.summaries import overlap

CHECKS = [name for name in audit.names() if name.startswith("companion.")]


@pytest.mark.parametrize("name", CHECKS)
def test_checks_of_the_companion_hold(name):
    evidence = audit.run(name)
    assert evidence.verdict == "holds"
    assert all(math.isfinite(value) for value in evidence.numbers.values())


# The search must find what is false: constants that are a little too good.


def planted(factor):
    def excess(at):
        best = bounds.best_constant(at.full, at.gap, at.slope, at.angle)
        return np.where(
            at.sine > 1e-3, (2 * factor * best * at.loss - at.gradient_squared) / at.full**2, -1.0
        )

    return excess


def test_the_search_breaks_a_constant_that_is_too_large():
    assert tried("true", planted(1.0)).verdict == "holds"
    found = tried("too good", planted(1.01))
    assert found.verdict == "false as printed"
    assert "theta" in found.witness.input


def test_the_search_needs_the_optimiser(monkeypatch):
    # An excess that is positive in a small region only: random starts alone miss it.
    def excess(at):
        return 0.02 - np.abs(at.angle - 2.0) - np.abs(np.log(at.length / 1.7)) + 0 * at.step

    monkeypatch.setitem(_hostile._ROUNDS, "quick", 0)
    blind = tried("random starts", excess, tolerance=0.01).verdict
    monkeypatch.setitem(_hostile._ROUNDS, "quick", 30)
    assert (blind, tried("climbing", excess, tolerance=0.01).verdict) == (
        "holds",
        "false as printed",
    )


def test_the_search_counts_nan_as_a_violation():
    assert tried("nan", lambda at: at.angle * np.nan).verdict == "false as printed"


def test_a_larger_turn_or_step_breaks_the_angle():
    from gnnconv_lib.audit.companion.global_linear_rate.motion import _rotation

    assert tried("x up to 1.2", _rotation, steps=(0.0, 1.2), tolerance=1e-6).verdict != "holds"


def test_points_follow_the_model():
    given = problems()[0]
    row = given.names.index("star(4)")
    one = replace(given, names=("star(4)",), rho=given.rho[[row]], mass=given.mass[[row]])
    measure = overlap(graphs.star(4))
    length, angle, x = 0.7, 2.4, 0.8
    at = Point(one, *(np.array([[value]]) for value in (length, angle, x)))
    full, mixed, slope = (float(value) for value in relu_gnn.sums(measure, math.cos(angle)))
    assert at.mixed[0, 0] == pytest.approx(mixed, rel=1e-13)
    assert at.slope[0, 0] == pytest.approx(slope, rel=1e-13)
    w, teacher = length * np.array([math.cos(angle), math.sin(angle)]), np.array([1.0, 0.0])
    gradient = np.asarray(relu_gnn.gradient(w, teacher, measure))
    assert at.gradient_squared[0, 0] == pytest.approx(float(gradient @ gradient), rel=1e-12)
    after = w - x / full * gradient
    assert at.after.length[0, 0] == pytest.approx(np.linalg.norm(after), rel=1e-13)
    assert at.after.angle[0, 0] == pytest.approx(math.atan2(after[1], after[0]), rel=1e-13)


def test_leaky_sums_are_those_of_the_dual():
    from gnnconv_lib import activations, dual

    given = problems()[1]
    angle = np.full((len(given.names), 1), 2.0)
    at = Point(given, np.ones_like(angle), angle, np.ones_like(angle), leak=0.2)
    raw = dual.dual(activations.get("leaky_relu(0.2)"), given.rho * math.cos(2.0))
    scaled = np.asarray(raw) / ((1 + 0.2**2) / 2)
    assert np.allclose(at.mixed[:, 0], (given.mass * scaled).sum(axis=1), rtol=1e-12, atol=1e-14)


# The bounds themselves.


def test_the_rate_constants_are_ordered():
    for graph in (graphs.star(5), graphs.cycle(9), graphs.complete(4), graphs.empty(3)):
        measure = overlap(graph)
        slope_at_one = float(relu_gnn.sums(measure, 1.0)[2])
        for angle in (0.1, 1.0, 2.0, 3.0):
            full, mixed, slope = (float(v) for v in relu_gnn.sums(measure, math.cos(angle)))
            low = bounds.rate_constant_from_degrees(measure.shared_messages, math.cos(angle))
            middle = bounds.rate_constant(slope, slope_at_one, math.cos(angle))
            best = bounds.best_constant(full, full - mixed, slope, angle)
            # Equal on complete and edgeless graphs, up to rounding.
            bounded = np.array([0.0, low, middle, best, full])
            assert np.all(bounded[:-1] <= bounded[1:] * (1 + 1e-12))


def test_escape_steps_at_a_step_below_one_tend_to_those_at_one():
    exact = bounds.escape_steps(100.0, 10.0, 0.1)
    near = bounds.escape_steps(100.0, 10.0, 0.1, 40.0, 1 - 1e-9)
    assert near == pytest.approx(float(exact), rel=1e-6)
    slower = bounds.escape_steps(100.0, 10.0, 0.1, 40.0, 0.1, 5.0)
    assert slower > 10 * exact


def test_starting_angle_inverts_the_probability():
    for inner in (2, 3, 10, 1000):
        for units in (1, 10):
            angle = bounds.starting_angle(0.01, units, inner)
            single = bounds.near_antipode_probability(angle, inner)
            assert 1 - (1 - float(single)) ** units == pytest.approx(0.01, rel=1e-9)
    assert bounds.starting_angle(0.4, 1, 1) == 0.0
    assert bounds.starting_angle(0.6, 1, 1) == math.pi


def test_expected_escape_in_three_dimensions():
    # r = 3: the density of phi is sin(phi) / 2, so E(1/phi - 2/pi)_+ = Si(pi/2)/2 - 1/pi.
    from scipy.special import sici

    mean = sici(math.pi / 2)[0] / 2 - 1 / math.pi
    expected = 0.5 + (2.5 * 7.0 + math.pi / 2) * mean
    assert bounds.expected_escape_steps(7.0, 1.0, 3) == pytest.approx(expected, rel=1e-9)


def test_condition_number_bounds_hold():
    for graph in (graphs.star(30), graphs.cycle(50), graphs.complete(7), graphs.grid(3, 8)):
        measure = overlap(graph)
        full, _, slope = (float(value) for value in relu_gnn.sums(measure, 1.0))
        low, high = bounds.condition_number_bounds(
            float(np.sum(measure.mass)), measure.shared_messages
        )
        assert low <= full / slope <= high
