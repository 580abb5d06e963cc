"""The checks of li2021's convergence, concentration and hypotheses: verdicts, witnesses, that they can
fail.
"""

import math

import numpy as np
import pytest

from gnnconv_lib import audit, graphs
from gnnconv_lib import averaging_gnn as ag
from gnnconv_lib.audit import _overlaps
from gnnconv_lib.audit._averaging_paths import mean_product, path, setting_of
from gnnconv_lib.audit.li2021.concentration import slopes
from gnnconv_lib.audit.li2021.convergence import conditions, constants, regions, steps, theorem_2
from gnnconv_lib.bounds import li2021 as bounds
from gnnconv_lib.dual import dual

FALSE = {
    "convergence": {
        "constants_against_nodes",
        "contraction_of_v",
        "contraction_of_weights",
        "decaying_part",
        "error_of_v",
        "four_signs",
        "gammas_against_nodes",
        "literal_reading",
        "rate_of_theorem_2",
        "remaining_part",
        "stuck_start",
        "v_stays",
    },
    "concentration": {
        "complete_graphs_direction",
        "complete_graphs_gradient",
        "effective_sample_size",
        "missing_factor",
        "noise_in_v_slope_nodes",
        "slope_of_direction_in_weights",
        "slope_of_gradient_in_v",
        "slope_of_gradient_in_weights",
        "tail_of_g",
    },
    "hypotheses": {"conditions_suffice", "experiment_settings", "smallest_number_of_labels"},
}
NAMES = [
    name for name in audit.names() if name.split(".")[:2][1] in FALSE and name.startswith("li2021")
]


@pytest.mark.parametrize("name", NAMES)
def test_verdicts_and_witnesses(name):
    _, chapter, function = name.split(".")
    evidence = audit.run(name)
    assert (evidence.verdict == "false as printed") == (function in FALSE[chapter])
    assert all(math.isfinite(value) for value in evidence.numbers.values())
    if evidence.verdict == "false as printed":
        assert evidence.witness.printed != evidence.witness.actual
        assert not evidence.witness.input.startswith(("none", "worst case"))


def test_every_refuting_check_is_registered():
    found = {(n.split(".")[1], n.split(".")[2]) for n in NAMES}
    assert all((chapter, name) in found for chapter, names in FALSE.items() for name in names)


@pytest.mark.parametrize("name", ["relu", "tanh", "leaky_relu(0.2)", "sigmoid"])
def test_mean_products_against_duals(name):
    c = np.array([-1.0, -0.3, 0.0, 0.7, 1.0])
    expected = np.asarray(dual(name, c, 0.5, 0.5))
    assert np.allclose(mean_product(name, 4.0)(c), expected, rtol=1e-7, atol=1e-9)


def test_paths_agree_with_the_library():
    found = path(mean_product("relu", 3.0), [math.cos(0.8)], [0.3], 1.2, 0.4, 5)
    model = ag.population_map(graphs.complete(3), "relu", 1.2)
    state = ag.Polar(0.8, 0.3 - 1.2)
    for _ in range(5):
        state = model.update(state, 0.4)
    assert float(state.angle) == pytest.approx(found.angle[-1, 0], rel=1e-9)
    assert float(state.error) == pytest.approx(found.v[-1, 0] - 1.2, rel=1e-9)


def test_witness_of_the_stuck_start_by_hand():
    x = np.linspace(-2, 2, 9)
    student = np.maximum(x * 1.0, 0) * 1.4 + np.maximum(x * 0.0, 0) * 0.0
    teacher = np.maximum(x * 0.6, 0) + np.maximum(x * 0.8, 0)
    assert np.allclose(student, teacher, rtol=0, atol=1e-15)


def test_the_population_shrinks_v_below_rho_for_the_identity_by_hand():
    entry = setting_of(0.001, 0.05, 0.5)
    rho, v, c = bounds.equation_17(entry), 0.05, 0.001
    # One step moves v by alpha (c v* - v): downwards, and rho is below v v* at the start.
    assert rho <= v * 0.5
    assert c * 0.5 < v


def test_a_planted_rate_is_refuted(monkeypatch):
    """The corrected theorem's check must turn red when the claimed rate is doubled."""
    original = bounds.corrected_path

    def doubled(learning_rate, rho, *rest):
        return original(learning_rate, 10 * rho, *rest)

    monkeypatch.setattr(regions.bounds, "corrected_path", doubled)
    assert regions.corrected_theorem().verdict == "false as printed"


def test_a_planted_contraction_is_refuted(monkeypatch):
    """A lower constant M(1)/3 in (19) holds; three times M(1) does not."""
    entry = bounds.Setting(learning_rate=0.01)
    after = (1 - 0.01 * 0.5) ** 2
    assert after <= bounds.equation_20(1.0, 0.0, entry, 0.5, 0.5, 1.0)
    assert after > bounds.equation_20(1.0, 0.0, entry, 5.0, 0.5, 1.0)


def test_repaired_constants_change_the_verdict(monkeypatch):
    monkeypatch.setattr(constants.bounds, "equation_14_printed", bounds.equation_14_corrected)
    assert constants.gamma_2_from_lemma_2().verdict == "holds"
    monkeypatch.setattr(conditions.bounds, "equation_41_printed", bounds.equation_41_corrected)
    assert conditions.labels_condition().verdict == "holds"


def test_star_spectrum_against_the_dense_matrix():
    _, top = slopes._star(9)
    dense = np.linalg.svd(_overlaps.average_matrix(graphs.star(9)), compute_uv=False)[0] ** 2
    assert top == pytest.approx(dense, rel=1e-12)


@pytest.mark.parametrize(
    "graph", [graphs.complete(4), graphs.empty(4), graphs.star(5), graphs.empty(1)]
)
def test_effective_numbers(graph):
    one, two = _overlaps.effective_labels(graph), _overlaps.effective_size(graph)
    assert 1 - 1e-12 <= one <= graph.nodes + 1e-9
    assert 1 - 1e-12 <= two <= graph.nodes + 1e-9
    rho = _overlaps.correlations(graph)
    assert np.allclose(np.diag(rho), 1.0)
    assert rho.min() >= 0
    assert rho.max() <= 1 + 1e-12


def test_full_budgets_reach_the_same_verdicts():
    for check in (
        constants.ball_of_lemma_2,
        steps.contraction_of_v,
        theorem_2.error_of_v,
        conditions.labels_condition,
    ):
        assert check("full").verdict == check("quick").verdict
