"""The bounds of the linear rate, and the points on which the claims of its proof are attacked."""

import math

import numpy as np
import pytest

from gnnconv_lib import activations, audit, dual, graphs, relu_gnn
from gnnconv_lib.audit import _measures
from gnnconv_lib.audit._measure_domains import on_measures
from gnnconv_lib.audit._measure_points import Point, escape_times
from gnnconv_lib.audit._measures import measures
from gnnconv_lib.bounds import linear_rate as bounds
from gnnconv_lib.claims import Claim, at_most, decide
from gnnconv_lib.summaries import overlap


def decided(function, over=None, tolerance=1e-9):
    function.__doc__ = "A sentence."
    entry = Claim("companion:lemma-planted", over or on_measures(), function, tolerance)
    return decide(entry)


# The search must find what is false: constants that are a little too good.


def best(factor):
    def sides(measure, l, theta):  # noqa: E741
        at = Point(measure, l, theta)
        constant = factor * bounds.best_constant(at.full, at.gap, at.slope, theta)
        scale = at.gradient_squared + 1e-13 * (at.full * (1 + l)) ** 2
        return at_most(2 * constant * at.loss, at.gradient_squared, scale=scale)

    return sides


def test_the_search_breaks_a_constant_that_is_one_percent_too_large():
    over = on_measures(open_ends=(True, True))
    assert decided(best(1.0), over).verdict == "holds"
    found = decided(best(1.01), over)
    assert found.verdict == "false"
    assert "theta" in found.witness.case


def test_a_larger_step_breaks_the_angle():
    def sides(measure, l, theta, x):  # noqa: E741
        at = Point(measure, l, theta, x)
        return at_most(at.rotation, theta)

    def over(largest):
        return on_measures((0.0, largest), open_ends=(True, True))

    assert decided(sides, over(1.0)).verdict == "holds"
    assert decided(sides, over(1.2)).verdict == "false"


def test_cases_without_every_kind_of_measure_are_refused():
    number = measures("quick").names.index("complete(4)")
    assert _measures.every_measure().complaints([{"measure": number}]) == [
        "the cases lack a graph with nodes that share nothing.",
        "the cases lack a connected graph that is not complete.",
    ]


def test_points_follow_the_model():
    number = np.array([measures("quick").names.index("star(4)")])
    measure = overlap(graphs.star(4))
    length, angle, x = 0.7, 2.4, 0.8
    at = Point(number, np.array([length]), np.array([angle]), np.array([x]))
    _, mixed, slope = (float(value) for value in relu_gnn.sums(measure, math.cos(angle)))
    assert at.mixed[0] == pytest.approx(mixed, rel=1e-13)
    assert at.slope[0] == pytest.approx(slope, rel=1e-13)
    w, teacher = length * np.array([math.cos(angle), math.sin(angle)]), np.array([1.0, 0.0])
    gradient = np.asarray(relu_gnn.gradient(w, teacher, measure))
    assert at.gradient_squared[0] == pytest.approx(float(gradient @ gradient), rel=1e-12)
    after = w - x / at.full[0] * gradient
    assert at.after.length[0] == pytest.approx(np.linalg.norm(after), rel=1e-13)
    assert at.after.angle[0] == pytest.approx(math.atan2(after[1], after[0]), rel=1e-13)


def test_leaky_sums_are_those_of_the_dual():
    given = measures("quick")
    numbers = np.arange(given.graphs, len(given.names))
    angle = np.full(numbers.shape, 2.0)
    at = Point(numbers, np.ones_like(angle), angle, 1.0, 0.2)
    raw = dual.dual(activations.get("leaky_relu(0.2)"), given.rho[numbers] * math.cos(2.0))
    scaled = np.asarray(raw) / ((1 + 0.2**2) / 2)
    assert np.allclose(at.mixed, (given.mass[numbers] * scaled).sum(axis=1), rtol=1e-12, atol=1e-14)


def test_escape_times_are_those_of_the_iterates():
    number = measures("quick").names.index("star(4)")
    at = Point(np.array([number]), np.array([1.0]), np.array([math.pi - 0.1]), np.array([1.0]))
    (taken,) = escape_times(at, 200)
    for _ in range(int(taken)):
        assert at.angle[0] > math.pi / 2
        at = at.after
    assert at.angle[0] <= math.pi / 2 + 1e-12
    assert escape_times(Point(at.measure, at.length, np.array([math.pi - 1e-9])), 3) == [4]


def test_the_claims_of_the_theorem_hold_with_their_words():
    found = audit.run("companion:theorem-linear-rate/step")
    assert found.verdict == "holds"
    assert "0 < step x = ηA ≤ 1" in found.hypotheses
    assert "every graph" in found.hypotheses


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


def test_escape_steps_by_hand():
    """At phi_0 = pi/4 the first bracket is 2/pi; k = 1/5, and 1/15 for g = 5, l_0 = 10."""
    assert bounds.escape_steps(10.0, 2.0, math.pi / 4) == pytest.approx(2 + 25 / math.pi)
    slower = bounds.escape_steps(10.0, 2.0, math.pi / 4, 2 / math.pi, 0.5, 10.0)
    assert slower == pytest.approx(2 + 75 / math.pi)


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
