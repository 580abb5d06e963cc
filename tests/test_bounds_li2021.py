"""Bounds of li2021: both levels, printed against corrected, edge cases, and the corrected theorem."""

import math

import numpy as np
import pytest

from gnnconv_lib.audit._averaging_paths import mean_product, path
from gnnconv_lib.bounds import li2021 as bounds
from gnnconv_lib.validation import InvalidInput


def at(share=0.5, **values):
    base = bounds.Setting(**values)
    return base.but(learning_rate=share * bounds.equation_40(base))


def test_constants_by_hand_at_both_levels():
    node = bounds.Setting(learning_rate=1e-3, features=3, mean_size=2.0, slope=0.5, outputs=2)
    B = 3 + 4 * 3 * 2
    assert bounds.width(node) == B
    assert bounds.equation_13(node) ** 2 == pytest.approx(1e-3 * 0.25 * 2 / 2 - 3e-6 * B**2 / 16)
    graph = bounds.Setting(
        learning_rate=1e-6, features=3, largest_graph=4, slope=0.5, outputs=2, level="graph"
    )
    first = 8 * 1e-6 * 9 * 256 / 2
    assert bounds.equation_14_printed(graph) ** 2 == pytest.approx(first + 24e-12 * 9 / 16 * 16)
    assert bounds.equation_14_corrected(graph) ** 2 == pytest.approx(first + 24e-12 * 9 / 4 * 256)
    assert bounds.equation_13(graph) ** 2 == pytest.approx(1e-6 / 4 - 12e-12 * 9 / 16 * 256)


def test_too_large_a_step_has_no_real_constants():
    entry = bounds.Setting(learning_rate=0.1)
    assert math.isnan(bounds.equation_13(entry))
    assert math.isnan(bounds.equation_16_printed(entry))
    assert math.isnan(bounds.radius(entry))


def test_equality_in_the_conditions():
    assert bounds.equation_44(at(product=0.0)) == math.inf
    assert bounds.equation_41_printed(at(trace=0.0)) == 0
    assert bounds.labels_needed(at(trace=0.0)) == math.inf


@pytest.mark.parametrize("level", ["node", "graph"])
def test_labels_needed_is_the_threshold(level):
    entry = at(level=level, largest_graph=2, target=3.0, product=9.0)
    n = bounds.labels_needed(entry)
    right = bounds.equation_41_printed(entry)
    assert bounds.equation_48(entry.but(labels=math.ceil(n * 1.001))) <= right
    assert bounds.equation_48(entry.but(labels=math.floor(n * 0.999))) > right


def test_a_larger_constant_shrinks_every_deviation():
    for level in ("node", "graph"):
        small, large = (at(level=level, noise=0.3, constant=c) for c in (1.0, 10.0))
        for bound in (
            bounds.equation_46,
            bounds.equation_49,
            bounds.equation_28,
            bounds.equation_38,
        ):
            assert bound(large) == pytest.approx(bound(small) / 10)


def test_hypotheses_of_an_activation_that_breaks_the_assumptions():
    rows = bounds.hypotheses(bounds.Setting(), "sigmoid")
    assert not next(r for r in rows if r.name.startswith("Assumption 2")).satisfied
    assert not any(r.name.startswith("(41)") for r in rows)
    rows = bounds.hypotheses(bounds.Setting(), "swish")
    assert [r.satisfied for r in rows[:2]] == [False, False]


@pytest.mark.parametrize("name", ["relu", "tanh", "leaky_relu(0.2)"])
def test_corrected_bound_holds_and_is_not_idle(name):
    M = mean_product(name)
    found = path(M, [0.3], [0.2], 1.0, 0.5, 60)
    rho = bounds.corrected_rho(0.2, 1.0, float(M(0.3) / M(1.0)))
    W, v = bounds.corrected_path(0.5, rho, float(M(1.0)), 1.0, 1.0, found.error_W[0, 0], 0.8, 60)
    assert np.all(found.error_W[:, 0] <= W * (1 + 1e-12))
    assert np.all(np.abs(found.v[:, 0] - 1) <= v * (1 + 1e-9) + 1e-12)
    assert np.all(found.v[:, 0] >= rho - 1e-12)
    assert W[-1] < 0.5 * W[0]


def test_corrected_floors():
    k, of_v = bounds.corrected_floor(0.1, 0.5, 0.25, 1.0, 1.0, 1e-3, 1e-3)
    assert k == pytest.approx(k / math.sqrt(1.05) + 4 * 0.1 * 1e-3)
    assert of_v == pytest.approx((1e-3 + k**2 / 2) / 0.25)
    assert k <= 1e-3 * (6 * 0.1 + 8 / 0.5)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"mean_size": 0.5}, "mean_size"),
        ({"learning_rate": 0.0}, "learning_rate"),
        ({"level": "edge"}, "level"),
    ],
)
def test_settings_out_of_range(values, named):
    with pytest.raises(InvalidInput, match=named):
        bounds.Setting(**values)


def test_delta_out_of_range():
    with pytest.raises(InvalidInput, match="delta"):
        bounds.lemma_3_nodes(bounds.Setting(), 0.0)
