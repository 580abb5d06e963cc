"""The claims on samples, cost, hypotheses and this book's theorems turn red when a formula is broken."""

import math

import numpy as np
import pytest

from gnnconv_lib import audit, averaging_gnn as ag
from gnnconv_lib.audit._averaging_paths import mean_product
from gnnconv_lib.bounds import li2021 as bounds
from gnnconv_lib.validation import InvalidInput
from gnnconv_lib.witnesses.approximate_directions import directions


@pytest.mark.parametrize("slope", [0.05, 0.2, 0.7])
def test_ratio_of_leaky_relu_by_hand(slope):
    M = mean_product(f"leaky_relu({slope})")
    assert float(M(-1.0)) / float(M(1.0)) == pytest.approx(-2 * slope / (1 + slope**2), rel=1e-12)


def test_directions_by_hand():
    # residuals 2 and -2 at the rows 1 and 2; -(1*2 - 2*2) / (2 * 0.5) and -(1*2 - 2*2) / 2
    G, g = directions([[1.0], [2.0]], [3.0, 0.0], lambda t: t, [[1.0]], [1.0], 0.5)
    assert G.tolist() == [[2.0]]
    assert g.tolist() == [1.0]


def test_a_wrong_efficiency_is_found(monkeypatch):
    true = ag.mean_derivative
    monkeypatch.setattr(ag, "mean_derivative", lambda *a: 1.1 * np.asarray(true(*a)))
    assert audit.run("companion:theorem-efficiency/relu").verdict == "false"


def test_a_wrong_scalar_is_found(monkeypatch):
    true = ag.matching_scale
    monkeypatch.setattr(ag, "matching_scale", lambda *a: 1.05 * true(*a))
    assert audit.run("companion:theorem-one-scalar").verdict == "false"


def test_a_faster_rate_than_the_true_one_is_found(monkeypatch):
    monkeypatch.setattr(bounds, "corrected_rho", lambda product, target, ratio: 3 * target**2)
    assert audit.run("companion:theorem-approximate-one-unit/weights").verdict == "false"


def test_a_looser_limit_of_the_step_size_is_found(monkeypatch):
    true = bounds.equation_40
    monkeypatch.setattr(bounds, "equation_40", lambda setting: 1e8 * true(setting))
    with pytest.raises(InvalidInput, match="the numbers contradict what symbolic evidence proves"):
        audit.run("companion:remark-experiments-of-theorem-2")


def test_no_weight_moves_from_the_stuck_start():
    evidence = audit.run("li2021:remark-3/parameters")
    assert evidence.witness.left == pytest.approx(math.hypot(0.4, 0.8), rel=1e-15)
