"""The checks of deep linear GNNs: their verdicts, their witnesses, and that they can fail."""

from __future__ import annotations

import importlib
import math

import numpy as np
import pytest

from gnnconv_lib.audit import _linear_cases as cases
from gnnconv_lib.bounds import awasthi2021_linear as bounds
from gnnconv_lib.evidence import Evidence

ROOT = "gnnconv_lib.audit.awasthi2021"
MODULES = [
    "deep_linear.loss",
    "deep_linear.gradient",
    "deep_linear.lemma_12",
    "deep_linear.lemma_13",
    "deep_linear.theorem_2",
    "deep_linear.corrected_theorem",
    "linear_unequal_degrees.loss",
    "linear_unequal_degrees.recurrences",
    "linear_unequal_degrees.lemma_14",
    "linear_unequal_degrees.theorem_4",
    "linear_unequal_degrees.true_loss",
    "linear_unequal_degrees.beyond",
]
FALSE = {
    "above_stays",
    "below_stays",
    "lemma_12",
    "upper_bound",
    "contraction_factor",
    "iterations",
    "iterations_for_one_value",
    "step_size",
    "with_lemma_13",
    "equation_46",
    "equation_46_by_sampling",
    "equations_47_48",
    "updates",
    "case_4",
    "constraints_can_be_met",
    "other_cases",
    "positive_bounds",
    "geometric_decay",
    "true_loss_even_depth",
    "true_loss_odd_depth",
}
CORRECTED = {
    "expectation_of_lemma_10",
    "lemma_10_needs_equal_degrees",
    "common_eigenvectors",
    "entry_gradient",
    "lemma_11",
    "power_derivative_columns",
    "same_gradient_symbol",
    "singular_value_update",
    "update_of_m",
    "range_depends_on_start",
    "initial_distance",
    "abstract_rate",
    "no_degree_bound",
    "nodes_dependence",
    "binomial_sum",
    "two_spectra",
    "case_5",
    "definition_of_q",
    "equation_58",
    "equation_59",
}
CHECKS = [
    (module, name)
    for module in MODULES
    for name in importlib.import_module(f"{ROOT}.{module}").__all__
]


def module(name: str):  # type: ignore[no-untyped-def]
    return importlib.import_module(f"{ROOT}.{name}")


@pytest.mark.parametrize(("where", "name"), CHECKS)
def test_verdicts(where: str, name: str) -> None:
    evidence = getattr(module(where), name)("quick")
    assert isinstance(evidence, Evidence)
    expected = "holds"
    if name in FALSE:
        expected = "false as printed"
    elif name in CORRECTED:
        expected = "holds with correction"
    assert evidence.verdict == expected
    if expected != "holds":
        assert evidence.witness is not None
        assert evidence.witness.input != "none"
    if expected == "false as printed" and name != "constraints_can_be_met":
        assert evidence.witness.printed != evidence.witness.actual
    assert all(isinstance(value, float) for value in evidence.numbers.values())
    assert not any(math.isnan(value) for value in evidence.numbers.values())


def test_every_name_is_accounted_for() -> None:
    names = {name for _, name in CHECKS}
    assert names >= FALSE
    assert names >= CORRECTED


def test_a_step_that_is_too_long_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    correct = bounds.lemma_12_step_corrected
    monkeypatch.setattr(bounds, "lemma_12_step_corrected", lambda *a: 2.5 * correct(*a))
    assert module("deep_linear.lemma_12").lemma_12_corrected().verdict == "false as printed"
    assert module("deep_linear.corrected_theorem").corrected_theorem().verdict != "holds"


def test_too_few_iterations_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    correct = bounds.theorem_2_iterations_corrected
    monkeypatch.setattr(bounds, "theorem_2_iterations_corrected", lambda *a: correct(*a) // 3)
    assert module("deep_linear.corrected_theorem").corrected_theorem().verdict != "holds"


def test_a_wrong_spectrum_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    target = module("linear_unequal_degrees.loss")
    monkeypatch.setattr(
        target,
        "main_spectrum",
        lambda graph: (graph.degrees.astype(float), np.ones(graph.nodes)),
    )
    assert target.main_eigenvalue_loss().verdict == "false as printed"


def test_decide() -> None:
    assert cases.decide(True) == "holds"
    assert cases.decide(False, True) == "holds with correction"
    assert cases.decide(False) == "false as printed"


def test_definition_in_numpy_agrees_with_the_library() -> None:
    from gnnconv_lib import graphs, linear_gnn

    weights = list(np.random.default_rng(0).normal(size=(4, 2, 2)))
    graph = graphs.path(4)
    adjacency = graph.adjacency.toarray()
    assert float(cases.loss_by_definition(weights, adjacency, 3)) == pytest.approx(
        float(linear_gnn.loss(*weights, graph, 3)), rel=1e-12
    )
    found = cases.gradient_by_definition(weights, adjacency, 3)
    for one, other in zip(found, linear_gnn.gradient(*weights, graph, 3), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-11)


def test_corrected_factor_is_the_spectral_norm() -> None:
    for P, Q, R in np.random.default_rng(0).normal(size=(20, 3)):
        norm = np.linalg.norm(np.array([[P, -Q], [-Q, R]]), 2)
        assert float(bounds.equation_59_corrected(P, Q, R)) == pytest.approx(norm**2, rel=1e-12)
