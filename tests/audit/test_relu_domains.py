"""The domains behind the claims on the ReLU model, their columns, and planted failures."""

from __future__ import annotations

import math
from contextlib import suppress

import numpy as np
import pytest

from gnnconv_lib import dual, graphs, relu_gnn
from gnnconv_lib.audit import _relu_symbols as symbolic, claims_of, run
from gnnconv_lib.audit._relu_domains import SPARSE_REGULAR, WIDE_REGULAR, collection, weights
from gnnconv_lib.audit._relu_hessian import interior
from gnnconv_lib.audit._relu_runs import runs
from gnnconv_lib.audit._relu_steps import library_step, next_point
from gnnconv_lib.bounds import awasthi2021_relu as bounds
from gnnconv_lib.claims import at_most, decide, less, real
from gnnconv_lib.claims.registry import Claim
from gnnconv_lib.validation import InvalidInput
from gnnconv_lib.witnesses.relu_expectation import expected_product


def _claim(function, domain):
    return Claim("test:planted-claim", domain, function)


@pytest.fixture(scope="module")
def every():
    return weights()


def test_columns_are_those_of_the_library(every):
    cases = every.cases("quick")
    for k in range(0, len(cases), 97):
        case = cases.row(k)
        full, mixed, slope = (float(v) for v in relu_gnn.sums(case["graph"], case["cos"]))
        assert (case["A"], case["B"]) == (
            pytest.approx(full, rel=1e-12),
            pytest.approx(mixed, rel=1e-12, abs=1e-12),
        )
        assert case["C"] == pytest.approx(slope, rel=1e-12, abs=1e-12)
        assert case["gap"] == pytest.approx(full - mixed, abs=1e-9 * full)
        assert case["S"] == np.sum((case["graph"].degrees + 1.0) ** 2)


def test_a_false_claim_is_refuted_on_the_smallest_graph(every):
    found = decide(_claim(_a_below_20, every))
    assert found.verdict == "false"
    assert found.witness.left > 20
    sizes = [g.nodes for g in collection("every graph", "quick")]
    assert sizes == sorted(sizes)
    assert decide(_claim(_strictly_below, every)).verdict == "false"


def _a_below_20(A):
    """A <= 20."""
    return at_most(A, 20.0)


def _strictly_below(A, B):
    """B < A, which fails at c = 1."""
    return less(B, A)


@pytest.mark.parametrize("among", [SPARSE_REGULAR, WIDE_REGULAR])
def test_classes_are_what_their_words_say(among):
    for graph in collection(among, "full"):
        n, d = graph.nodes, int(graph.degrees[0])
        assert np.all(graph.degrees == d)
        assert (
            (n >= 16 and 4 * d * d <= n) if among is SPARSE_REGULAR else d + 1 <= 1.5 * n / math.pi
        )


def test_automatic_derivatives_are_those_of_the_library():
    cases = interior("every graph").cases("quick")
    for k in range(5, len(cases), 311):
        case = cases.row(k)
        u, beta = case["along"] - 1, case["length"] * case["sine"]
        exact = np.asarray(relu_gnn.reduced_hessian(u, beta, case["graph"]))
        scale = case["A"] * (1 + 1 / case["length"])
        ours = np.array([[case["aa"], case["ab"]], [case["ab"], case["bb"]]])
        np.testing.assert_allclose(ours / scale, exact / scale, atol=1e-8)


def test_a_step_is_that_of_the_library(every):
    columns = every.cases("quick").columns
    x = np.full(len(columns["A"]), 0.3)
    along, across = library_step(
        columns["graph"], columns["length"], columns["cos"], columns["A"], x
    )
    ours = next_point(*(columns[k] for k in ("length", "cos", "A", "B", "C")), x)
    scale = 1 + columns["length"]
    assert np.max(np.abs(ours[0] - along) / scale) < 1e-9
    assert np.max(np.abs(ours[1] - across) / scale) < 1e-9


def test_runs_follow_gradient_descent_in_the_weights():
    cases = runs(real("x", "[0.5, 0.5]"), chosen=(0.5,)).cases("quick")
    for k in (3, 333, 700):
        case = cases.row(k)
        c = case["cos"]
        w = case["length"] * np.array([[c, math.sqrt(1 - c * c)]])
        for _ in range(5):
            slope = relu_gnn.gradient(w, np.array([[1.0, 0.0]]), case["graph"])
            w = w - 0.5 / case["A"] * np.asarray(slope)
        assert np.linalg.norm(w) == pytest.approx(case["lengths"][5], rel=1e-9)
        assert w[0, 0] / np.linalg.norm(w) == pytest.approx(case["cosines"][5], abs=1e-8)


def test_expectation_by_quadrature_is_the_dual():
    rho = np.linspace(-1, 1, 41)
    ours = expected_product(2.0, 8.0, 4.0 * rho) / 4.0
    np.testing.assert_allclose(ours, np.asarray(dual.scaled_relu(rho)), atol=1e-13)


def test_a_false_identity_is_not_proved():
    s = symbolic.Symbols()
    assert s.zero(s.diff(s.mixed, s.alpha) - s.beta**2 / s.length**3 * s.slope)
    assert not s.zero(s.diff(s.mixed, s.alpha) - s.beta**2 / s.length**2 * s.slope)
    assert not s.zero(s.curvature)


@pytest.mark.parametrize(
    ("name", "replacement", "claim"),
    [
        ("lemma_3", lambda f: lambda *a: (f(*a)[0], 0.2 * f(*a)[1]), "lemma-3/escape"),
        ("lemma_3", lambda f: lambda *a: (3 * f(*a)[0], f(*a)[1]), "lemma-3/escape"),
        ("lemma_1_printed", lambda f: lambda *a: (4 * f(*a)[0], f(*a)[1]), "lemma-1/lower"),
        ("lemma_1", lambda f: lambda *a: (f(*a)[0], 0.99 * f(*a)[1]), "remark-length-upper-step"),
        ("lemma_2_printed", lambda f: lambda *a: 0.05 * f(*a), "lemma-2"),
    ],
)
def test_a_wrong_bound_turns_its_claim_red(monkeypatch, name, replacement, claim):
    before = run(f"awasthi2021:{claim}")
    monkeypatch.setattr(bounds, name, replacement(getattr(bounds, name)))
    # Where a proof stands beside the numbers the engine stops.
    with suppress(InvalidInput):
        after = run(f"awasthi2021:{claim}")
        assert (after.verdict, after.corrected) != (before.verdict, before.corrected)


def test_lemma_3_fails_for_every_constant_that_was_tried():
    (found,) = (run(c.id) for c in claims_of("awasthi2021:lemma-3") if c.clause == "alpha")
    assert found.verdict == "false"
    assert found.numbers["violations"] == found.numbers["cases"]


def test_the_dense_cycle_measure_of_the_escape_claims():
    from gnnconv_lib.audit.awasthi2021.bounded_iterates.escape_time import _cycle_measure
    from gnnconv_lib.summaries import overlap

    rho, mass = _cycle_measure(60)
    exact = overlap(graphs.cycle(60))
    np.testing.assert_allclose(rho, exact.rho)
    np.testing.assert_allclose(mass, exact.mass)
