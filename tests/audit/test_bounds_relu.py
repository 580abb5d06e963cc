"""The bounds of section 3: where they are equalities, by brute force, and that wrong ones are caught."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm

from gnnconv_lib import graphs, relu_gnn
from gnnconv_lib.audit._relu_collections import FAMILIES, families
from gnnconv_lib.audit._relu_paths import escapes, gaussian_starts
from gnnconv_lib.bounds import awasthi2021_relu as bounds
from gnnconv_lib.summaries import overlap

STEP = 1 / (6 * math.pi)


def test_sizes_of_the_sums_by_hand():
    # A single node: M = S = 1, A = 1, B(c) = s(c), C(c) = s'(c).
    low_a, high_a, low_b, high_c = bounds.lemma_5(1.0, 1.0, -1.0)
    assert (high_a, high_c) == (1.0, 1.0)
    assert low_a == pytest.approx(1 / math.pi)
    assert low_b == pytest.approx(1 / math.pi - 1 / 2)
    # A graph without edges: A = n + n (n-1)/pi meets the upper bound with equality.
    n = 7
    full = float(relu_gnn.sums(graphs.empty(n), 1.0)[0])
    assert full == pytest.approx(bounds.lemma_5(n**2, n, 0.0)[1], rel=1e-14)


def test_lower_bound_of_b_is_attained_by_complete_graphs():
    cos = np.linspace(-1, 0, 21)
    full, mixed, _ = (np.asarray(v) for v in relu_gnn.sums(graphs.complete(4), cos))
    np.testing.assert_allclose(mixed / full, bounds.lemma_1_lower(cos), rtol=1e-13, atol=1e-15)
    full, mixed, _ = (np.asarray(v) for v in relu_gnn.sums(graphs.star(5), cos))
    assert np.all(mixed / full >= bounds.lemma_1_lower(cos))


def test_one_step_stays_between_its_bounds_and_attains_them():
    low, high = bounds.lemma_1(np.array([0.0, 2.0]), 1.0, 0.25)
    np.testing.assert_allclose(low, high)  # B = A: parallel to the teacher, both are the length
    np.testing.assert_allclose(high, [0.25, 1.75])


def test_escape_bounds_are_ordered_and_grow_with_the_graph():
    cos = np.linspace(-0.999, -0.01, 60)
    low, high = bounds.lemma_3(1.0, cos, 0.5, 1.0, 1.0)
    assert np.all((low >= 0) & (high >= low + 1 - 1e-12))
    assert np.all(np.diff(high) < 0)
    assert bounds.lemma_3(1.0, -1.0, 0.0, 1.0, 1.0)[1] == math.inf
    assert bounds.lemma_3(1.0, 0.5, 1.0, 9.0, 0.1) == (0.0, pytest.approx(1.0))
    ten = bounds.lemma_3(1.0, -0.5, 0.5, 10.0, 1.0)
    one = bounds.lemma_3(1.0, -0.5, 0.5, 1.0, 1.0)
    assert ten[0] == pytest.approx(10 * one[0])
    assert ten[1] - 1 == pytest.approx(10 * (one[1] - 1))


@pytest.mark.parametrize("graph", [graphs.cycle(30), graphs.star(6), graphs.complete(3)], ids=str)
def test_escape_times_match_descent_in_the_weights(graph):
    measure = overlap(graph)
    full = float(relu_gnn.sums(measure, 1.0)[0])
    w = np.array([[-0.9, 0.7]])
    length, cos = np.linalg.norm(w), w[0, 0] / np.linalg.norm(w)
    (time,), (size,) = escapes(measure, np.array([length]), np.array([cos]), 0.3, alpha=0.0)
    steps = 0
    while w[0, 0] < 0:
        w = w - 0.3 / full * np.asarray(relu_gnn.gradient(w, np.array([[1.0, 0.0]]), measure))
        steps += 1
    assert (time, size) == (steps, pytest.approx(np.linalg.norm(w), rel=1e-9))
    low, high = bounds.lemma_3(
        length,
        cos,
        float(relu_gnn.sums(measure, cos)[1]) / full,
        full / measure.shared_messages,
        0.3,
    )
    assert low <= time <= high


def test_law_of_the_first_cosine():
    # r = 3: uniform on [-1, 1] (Archimedes); r = 2: the angle is uniform.
    cos = np.array([-0.9, -0.2, 0.5])
    np.testing.assert_allclose(bounds.probability_of_cosine_below(cos, 3), (1 + cos) / 2)
    expected = 1 - np.arccos(cos) / math.pi
    np.testing.assert_allclose(bounds.probability_of_cosine_below(cos, 2), expected)
    _, drawn = gaussian_starts(40000, 10, seed=5)
    exact = float(bounds.probability_of_cosine_below(-0.3, 10))
    score = (np.mean(drawn <= -0.3) - exact) / math.sqrt(exact * (1 - exact) / 40000)
    assert abs(score) < norm.isf(1e-6)


def test_iterations_of_the_global_rate():
    assert bounds.global_rate_iterations(8.0, 4.0, 8.0, -1.0, 1.0, 0.1) == math.inf
    assert bounds.global_rate_iterations(8.0, 4.0, 8.0, 0.0, 0.1, 1.0) == 0.0
    one = bounds.global_rate_iterations(100.0, 10.0, 10.0, 1.0, 1.0, 1e-3)
    assert one == pytest.approx(math.log(1e3) / -math.log(0.9))


def test_families_are_ten_with_twenty_seeds():
    assert len(FAMILIES) >= 10
    assert len(families()) == 20 * len(FAMILIES)
