"""The checks of the chapter on the population loss: their verdicts, and that each can fail."""

import numpy as np
import pytest

from gnnconv_lib import graphs, monte_carlo, relu_gnn
from gnnconv_lib.audit import _relu_pairs
from gnnconv_lib.audit.awasthi2021 import population_loss


@pytest.mark.parametrize("name", population_loss.__all__)
def test_verdicts(name):
    evidence = getattr(population_loss, name)("quick")
    wanted = "false as printed" if name == "local_minima" else "holds"
    assert evidence.verdict == wanted, evidence.summary


def test_quadrature_over_pairs_by_hand():
    # one node: E sigma(w . x)^2 = |w|^2; orthogonal vectors: |w| |v| / pi
    single = graphs.path(1)
    assert _relu_pairs.cross_moment(single, _row(3.0, 0), _row(3.0, 0)) == pytest.approx(
        9, rel=1e-14
    )
    mixed = _relu_pairs.cross_moment(single, _row(0, 2.0), _row(5.0, 0))
    assert mixed == pytest.approx(10 / 3.141592653589793, rel=1e-14)


def _row(*values):
    return np.array(values, dtype=float)


def scaled(function, factor):
    def wrong(*arguments, **options):
        result = function(*arguments, **options)
        if hasattr(result, "_fields"):
            return type(result)(*(factor * x for x in result))
        return tuple(factor * x for x in result) if isinstance(result, tuple) else factor * result

    return wrong


@pytest.mark.parametrize(
    ("name", "broken", "factor"),
    [
        ("eq_5", "loss", 1.3),
        ("gradient_from_samples", "gradient", 1.6),
        ("loss_expansion", "loss", 1 + 1e-9),
        ("eq_7", "loss", 1 + 1e-9),
        ("eq_8", "gradient", 1 + 1e-9),
        ("eq_9", "sums", 1 + 1e-9),
        ("eq_11", "sums", 1 + 1e-9),
        ("eq_12", "loss", 1 + 1e-9),
        ("eq_13", "reduced_loss", 1 + 1e-9),
        ("eq_14", "reduced_gradient", 1 + 1e-4),
        ("eq_15", "reduced_gradient", -1),
        ("definition_a_b_c", "sums", 1 + 1e-5),
        ("definition_a_b_c_unequal", "sums", 1 + 1e-5),
    ],
)
def test_a_planted_error_is_found(monkeypatch, name, broken, factor):
    monkeypatch.setattr(relu_gnn, broken, scaled(getattr(relu_gnn, broken), factor))
    evidence = getattr(population_loss, name)("quick")
    assert evidence.verdict == "false as printed"
    assert evidence.witness is not None


def test_a_gradient_that_mixes_units_is_found(monkeypatch):
    true = relu_gnn.gradient
    monkeypatch.setattr(
        relu_gnn, "gradient", lambda W, V, measure: true(W, V, measure) + 1e-6 * W.sum()
    )
    assert population_loss.units_independent().verdict == "false as printed"
    assert population_loss.iterates_stay_in_a_plane().verdict == "false as printed"


def test_a_loss_with_two_valleys_is_found(monkeypatch):
    monkeypatch.setattr(
        relu_gnn, "reduced_loss", lambda u, b, _: ((1 + np.asarray(u)) ** 2 - 1) ** 2 + np.abs(b)
    )
    monkeypatch.setattr(relu_gnn, "sums", lambda _, c: (1.0, 1.0, 1.0 + 0 * np.asarray(c)))
    assert population_loss.local_minima().verdict == "holds"


def test_samples_are_not_shared_between_graphs():
    assert monte_carlo.loss([1.0], [0.0], graphs.path(1), 10, 0) != monte_carlo.loss(
        [1.0], [0.0], graphs.path(1), 10, 1
    )
