"""The checks of the setting: their verdicts, and that each can turn red."""

import numpy as np
import pytest

from gnnconv_lib import graphs
from gnnconv_lib.audit.awasthi2021 import setting

EXPECTED = {
    "definition_shared_messages": "holds",
    "eq_4": "holds with correction",
    "remark_factor_sqrt_2": "holds",
    "remark_neighbourhood_sum": "holds",
    "remark_unit_norms": "holds",
}


@pytest.mark.parametrize("name", setting.__all__)
def test_verdicts(name: str) -> None:
    assert getattr(setting, name)("quick").verdict == EXPECTED[name]


@pytest.mark.parametrize(
    "name", ["definition_shared_messages", "remark_unit_norms", "remark_factor_sqrt_2"]
)
def test_the_full_budget_gives_the_same_verdict(name: str) -> None:
    assert getattr(setting, name)("full").verdict == EXPECTED[name]


def test_a_wrong_loss_turns_eq_4_false(monkeypatch) -> None:
    right = setting.relu_gnn.loss
    monkeypatch.setattr(setting.relu_gnn, "loss", lambda *a: 1.2 * right(*a))
    assert setting.eq_4().verdict == "false as printed"


def test_a_loss_of_the_open_reading_would_let_eq_4_hold(monkeypatch) -> None:
    losses = {}

    def open_loss(_w, _teacher, measure):
        return losses[measure.nodes]

    for graph in (graphs.complete(2), graphs.star(3), graphs.petersen()):
        estimate = setting.monte_carlo.loss(
            setting._WEIGHTS, setting._TEACHER, graph, 400_000, 77, neighborhood="open"
        )
        losses[graph.nodes] = estimate.mean
    monkeypatch.setattr(setting.relu_gnn, "loss", open_loss)
    assert setting.eq_4().verdict == "holds"


def test_a_wrong_scaling_turns_the_norm_remark_false(monkeypatch) -> None:
    right = setting.relu_gnn.loss
    monkeypatch.setattr(setting.relu_gnn, "loss", lambda *a: right(*a) + 1e-6)
    assert setting.remark_unit_norms().verdict == "false as printed"


def test_a_wrong_dual_turns_the_factor_remark_false(monkeypatch) -> None:
    monkeypatch.setattr(setting.dual, "dual", lambda name, rho: np.ones_like(rho))
    assert setting.remark_factor_sqrt_2().verdict == "false as printed"


def test_a_wrong_sampler_turns_the_neighbourhood_remark_false(monkeypatch) -> None:
    right = setting.monte_carlo.blocks
    monkeypatch.setattr(
        setting.monte_carlo, "blocks", lambda *a: (1.05 * block for block in right(*a))
    )
    assert setting.remark_neighbourhood_sum().verdict == "false as printed"


def test_a_wrong_count_turns_the_definition_false(monkeypatch) -> None:
    class Wrong:
        shared_messages = 3

    monkeypatch.setattr(setting, "overlap", lambda graph: Wrong())
    found = setting.definition_shared_messages()
    assert found.verdict == "false as printed"
    assert found.witness.input.startswith("total")
