"""The attack behind the checks of section 3: it finds what is false, and cannot pass on nothing."""

from __future__ import annotations

import numpy as np
import pytest

from gnnconv_lib import InvalidInput, graphs, relu_gnn
from gnnconv_lib.audit._relu_cases import attack, cases
from gnnconv_lib.audit._relu_paths import paths
from gnnconv_lib.audit.awasthi2021.bounded_iterates import smoothness
from gnnconv_lib.summaries import OverlapMeasure


def test_a_false_claim_is_refuted_by_the_smallest_graph():
    at = cases()
    found = attack("A <= 20", at, at.full, 20.0)
    assert found.verdict == "false as printed"
    assert found.witness is not None
    assert found.witness.actual > 20 >= found.witness.printed
    row = [name for name in at.names if found.witness.input.startswith(name + ",")]
    smaller = at.full[: at.names.index(row[0])]
    assert np.all(smaller <= 20)


def test_a_claim_off_by_more_than_rounding_is_refuted():
    at = cases()
    assert attack("B <= A", at, at.mixed, at.full).verdict == "holds"
    assert attack("B <= A (1 - 1e-9)", at, at.mixed, at.full * (1 - 1e-9)).verdict != "holds"


def test_a_wrong_correction_is_not_accepted():
    at = cases()
    wrong = ("A <= 21", at.full, 21.0)
    assert attack("A <= 20", at, at.full, 20.0, corrected=wrong).verdict == "false as printed"
    right = ("A <= max A", at.full, float(at.full.max()))
    assert attack("A <= 20", at, at.full, 20.0, corrected=right).verdict == "holds with correction"


def test_a_hypothesis_that_never_holds_is_an_error():
    at = cases()
    with pytest.raises(InvalidInput, match="where must hold for some weight"):
        attack("nothing", at, at.full, at.full, at.nodes < 0)


def test_cases_agree_with_the_library():
    at = cases()
    row = at.names.index("petersen()") if "petersen()" in at.names else 5
    measure = OverlapMeasure(at.rho[row], at.mass[row], 0 * at.mass[row], int(at.nodes[row, 0]))
    full, mixed, slope = relu_gnn.sums(measure, at.cos[row])
    np.testing.assert_allclose(at.mixed[row], mixed, rtol=1e-13)
    np.testing.assert_allclose(at.slope[row], slope, rtol=1e-13)
    np.testing.assert_allclose(at.full[row, 0], np.asarray(full)[0], rtol=1e-13)
    large = at.length[row] > 0.01
    loss = relu_gnn.reduced_loss(at.along[row] - 1, at.across[row], measure)
    np.testing.assert_allclose(at.loss[row][large], np.asarray(loss)[large], rtol=1e-8)


def test_paths_follow_gradient_descent_in_the_weights():
    run = paths("quick", 0.5)
    row = run.cases.names.index("complete(3)")
    graph = graphs.complete(3)
    full = float(run.cases.full[row, 0])
    for column in range(2):
        length, cos = run.length[row, column, 0], run.cos[row, column, 0]
        w = np.array([[length * cos, length * np.sqrt(1 - cos**2)]])
        teacher = np.array([[1.0, 0.0]])
        for _ in range(5):
            w = w - 0.5 / full * np.asarray(relu_gnn.gradient(w, teacher, graph))
        assert np.linalg.norm(w) == pytest.approx(run.length[row, column, 5], rel=1e-10)
        assert w[0, 0] / np.linalg.norm(w) == pytest.approx(run.cos[row, column, 5], rel=1e-9)


def test_exact_hessian_entries_agree_with_the_library():
    point = smoothness.interior("quick")
    row, columns = 3, slice(80, 90)
    measure = OverlapMeasure(
        point.at.rho[row], point.at.mass[row], 0 * point.at.mass[row], int(point.at.nodes[row, 0])
    )
    exact = relu_gnn.reduced_hessian(point.a[row, columns] - 1, point.b[row, columns], measure)
    for index, (i, j) in enumerate([(0, 0), (0, 1), (1, 1)]):
        ours = np.broadcast_to(point.exact[index], point.l.shape)[row, columns]
        np.testing.assert_allclose(ours, np.asarray(exact)[:, i, j], rtol=1e-9, atol=1e-9)
