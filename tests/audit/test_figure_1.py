"""The checks of Figure 1: their verdicts, and that each turns when an error is planted."""

import numpy as np
import pytest

from gnnconv_lib import descent, relu_gnn
from gnnconv_lib.audit import _figure_1_runs as shared
from gnnconv_lib.audit.awasthi2021 import figure_1

VERDICTS = {
    "complete_graph": "holds with correction",
    "complete_graph_rate": "holds",
    "denser_is_faster": "holds with correction",
    "learning_rates": "holds",
    "loss_falls": "holds",
    "no_better_than_inverse_square": "false as printed",
    "setting": "holds",
    "teacher_columns": "holds with correction",
}


@pytest.mark.parametrize("name", figure_1.__all__)
def test_verdicts(name):
    evidence = getattr(figure_1, name)("quick")
    assert evidence.verdict == VERDICTS[name], evidence.summary


def altered(monkeypatch, change):
    """The checks with runs whose fields `change` replaces."""
    original = shared.runs

    def planted(*arguments):
        run = original(*arguments)
        return shared.Runs(**{**vars(run), **change(run)})

    monkeypatch.setattr(figure_1, "runs", planted)


def power_law(run):
    losses = 1 / np.maximum(run.steps, 0.5)[:, None, None] + 0 * run.losses
    return {"losses": losses}


def test_a_power_law_would_be_believed(monkeypatch):
    altered(monkeypatch, power_law)
    assert figure_1.no_better_than_inverse_square().verdict == "holds"
    assert figure_1.loss_falls().verdict == "false as printed"


def test_a_wrong_slope_is_found(monkeypatch):
    altered(monkeypatch, lambda run: {"predicted": run.predicted * (1 + 1e-4)})
    assert figure_1.no_better_than_inverse_square().verdict == "holds"
    assert figure_1.teacher_columns().verdict == "false as printed"


def test_a_rising_loss_is_found(monkeypatch):
    def change(run):
        losses = run.losses.copy()
        losses[20, 1, 0] *= 3
        return {"losses": losses}

    altered(monkeypatch, change)
    found = figure_1.loss_falls()
    assert found.verdict == "false as printed"
    assert found.witness.input == "d = 10"


def test_a_diverging_run_is_found(monkeypatch):
    def change(run):
        status = run.status.copy()
        status[2, 0] = "diverged"
        return {"status": status}

    altered(monkeypatch, change)
    found = figure_1.learning_rates()
    assert found.verdict == "false as printed"
    assert "d = 30" in found.summary


def test_an_order_that_does_not_fall_is_found(monkeypatch):
    altered(monkeypatch, lambda run: {"losses": run.losses[:, ::-1]})
    assert figure_1.denser_is_faster().verdict == "false as printed"


def test_rates_that_fall_need_no_correction(monkeypatch):
    equal = shared.runs("quick", 0.5)
    monkeypatch.setattr(figure_1, "runs", lambda *_: equal)
    assert figure_1.denser_is_faster().verdict == "holds"


def test_unit_rows_need_no_correction(monkeypatch):
    altered(monkeypatch, lambda run: {"row_lengths": np.ones_like(run.row_lengths)})
    assert figure_1.teacher_columns().verdict == "holds"


def test_condition_numbers_out_of_their_bounds_are_found(monkeypatch):
    true = relu_gnn.sums

    def tripled(graph, cos):
        full, mixed, slope = true(graph, cos)
        return 3 * full, mixed, slope

    monkeypatch.setattr(relu_gnn, "sums", tripled)
    rows = figure_1._condition_bounds("quick")
    assert any(not low <= value <= high for _, low, value, high in rows)
    monkeypatch.undo()
    assert all(low <= value <= high for _, low, value, high in figure_1._condition_bounds("quick"))


def test_a_wrong_gradient_is_found(monkeypatch):
    true = relu_gnn.gradient
    monkeypatch.setattr(relu_gnn, "gradient", lambda *inputs: 1.5 * true(*inputs))
    assert figure_1.setting().verdict == "false as printed"


def test_a_complete_graph_of_another_scale_is_found(monkeypatch):
    true = relu_gnn.forward
    monkeypatch.setattr(
        relu_gnn, "forward", lambda x, W, graph: true(x, W, graph) * (1 + 1e-9 * graph.nodes)
    )
    assert figure_1.complete_graph().verdict == "false as printed"


def test_a_complete_graph_that_slows_down_is_found(monkeypatch):
    true = descent.steps_until
    monkeypatch.setattr(
        descent, "steps_until", lambda t, losses, level: true(t, losses, level) ** 2
    )
    assert figure_1.complete_graph_rate().verdict == "false as printed"


def test_the_paper_s_learning_rates():
    assert [shared.paper_rate(degree) for degree in shared.DEGREES] == [2e-5, *[1e-6] * 4]
