"""The claims on Figure 1 turn when an error is planted in the runs."""

import dataclasses

import numpy as np
import pytest

from gnnconv_lib import audit, relu_gnn
from gnnconv_lib.audit import _figure_1_runs as shared
from gnnconv_lib.claims import decide


def altered(name, change):
    """The verdict on the same claim with columns that `change` replaces."""
    entry = audit.check(f"awasthi2021:{name}")
    columns = dict(entry.domain.cases("quick").columns)
    columns.update(change(columns))
    planted = dataclasses.replace(entry.domain, make=lambda budget: columns, _known={})
    return decide(dataclasses.replace(entry, domain=planted)).verdict


def test_a_power_law_would_be_believed():
    def change(columns):
        early = np.maximum(columns["early"], 1)
        return {"late": 1e6 * early * (1 + 0.01 * np.arange(len(early)))}

    assert altered("remark-rate-seems-tight", change) == "open"


@pytest.mark.parametrize("name", ["remark-teacher-columns/rate"])
def test_a_wrong_slope_is_found(name):
    change = lambda c: {"predicted": c["predicted"] * (1 + 1e-4)}  # noqa: E731
    assert altered(name, change) == "false"


def test_a_rising_loss_is_found():
    def change(columns):
        shares = np.array(columns["shares"])
        shares[5, 20] *= 3
        return {"shares": shares}

    assert altered("figure-1", change) == "false"


def test_an_order_that_does_not_fall_is_found():
    swapped = lambda c: {"steps": c["steps_larger"], "steps_larger": c["steps"]}  # noqa: E731
    assert altered("remark-denser-is-faster", swapped) == "false"


def test_rates_that_fall_in_every_pair_hold():
    change = lambda c: {"steps_larger": [0.5 * x for x in c["steps"]]}  # noqa: E731
    assert altered("remark-denser-is-faster", change) == "holds"


def test_unit_rows_in_place_of_unit_columns_are_found():
    def change(columns):
        teacher = np.array(columns["teacher"])
        return {"teacher": teacher / np.linalg.norm(teacher, axis=2, keepdims=True)}

    assert altered("remark-teacher-columns/lengths", change) == "false"


def test_a_wrong_gradient_is_found(monkeypatch):
    true = relu_gnn.gradient
    monkeypatch.setattr(relu_gnn, "gradient", lambda *inputs: 1.5 * true(*inputs))
    found = audit.run("awasthi2021:remark-figure-1-setting/population-gradient")
    assert found.verdict == "false"


def test_a_complete_graph_of_another_scale_is_found(monkeypatch):
    true = relu_gnn.forward
    monkeypatch.setattr(
        relu_gnn, "forward", lambda x, W, graph: true(x, W, graph) * (1 + 1e-9 * graph.nodes)
    )
    assert audit.run("awasthi2021:remark-complete-graph").verdict == "false"


def test_a_complete_graph_that_slows_down_is_found():
    change = lambda c: {"reached": c["reached"] ** 2}  # noqa: E731
    assert altered("remark-complete-graph-rate", change) == "false"


def test_the_paper_s_learning_rates():
    assert [shared.paper_rate(degree) for degree in shared.DEGREES] == [2e-5, *[1e-6] * 4]
