"""The checks of Figures 1 and 2: their verdicts, and that curves of another kind change them."""

from dataclasses import replace

import numpy as np
import pytest

from gnnconv_lib import audit
from gnnconv_lib.audit import _averaging_panels as panels
from gnnconv_lib.audit.li2021.figures_1_and_2 import statements

PREFIX = "li2021.figures_1_and_2."
WANTED = {
    **{f"figure_1{letter}": "holds with correction" for letter in "abcdef"},
    "node_stable": "false as printed",
    "node_order": "holds with correction",
    "sigmoid_level_is_statistical": "holds with correction",
    "slower_than_linear": "holds with correction",
    "graph_order": "holds with correction",
}
NAMES = [name.removeprefix(PREFIX) for name in audit.names() if name.startswith(PREFIX)]


@pytest.mark.parametrize("name", NAMES)
def test_verdicts(name):
    evidence = audit.run(PREFIX + name)
    assert evidence.verdict == WANTED.get(name, "holds"), evidence.summary


def test_shares_have_exact_intervals():
    # none of 20: the upper end p solves (1 - p)^20 = 0.025
    value, low, high = panels.share(np.zeros(20, bool))
    assert (value, low) == (0.0, 0.0)
    assert high == pytest.approx(1 - 0.025 ** (1 / 20))


def bent(panel, W, v):
    """The panel with curves that go from 1 to W and to v for all seeds, step by step."""
    shape = panel.W.shape

    def curve(last):
        return np.broadcast_to(np.geomspace(1.0, last, shape[1]), shape).copy()

    return replace(panel, W=curve(W), v=curve(v))


@pytest.mark.parametrize(
    ("W", "v", "verdict"),
    [(0.1, 0.1, "holds"), (0.9, 0.1, "false as printed"), (0.1, 0.9, "false as printed")],
)
def test_a_panel_follows_its_curves(monkeypatch, W, v, verdict):
    one = bent(panels.graph_runs("relu")[0], W, v)
    monkeypatch.setattr(panels, "graph_runs", lambda *a: (one,))
    monkeypatch.setattr(panels, "node_runs", lambda *a: (one,))
    monkeypatch.setattr(panels, "long_run", lambda *a: one)
    for level in ("node", "graph"):
        found = panels.panel_verdict("relu", level, "quick")
        assert found.verdict == verdict
        assert (found.witness is None) == (verdict == "holds")


@pytest.mark.parametrize(
    ("name", "W", "v", "verdict"),
    [
        ("node_stable", 0.1, 0.1, "holds"),
        ("node_stable", 0.1, 1.2, "false as printed"),
        ("node_order", 0.9, 0.1, "holds"),
        ("node_order", 0.1, 0.9, "false as printed"),
        ("graph_order", 0.1, 0.9, "holds"),
        ("graph_order", 0.9, 0.1, "false as printed"),
        ("graph_smooth", 0.9, 0.1, "false as printed"),
    ],
)
def test_a_statement_follows_the_curves(monkeypatch, name, W, v, verdict):
    one = bent(panels.graph_runs("relu")[0], W, v)
    monkeypatch.setattr(statements, "_node", lambda *a: (one, one))
    monkeypatch.setattr(statements, "_graph", lambda *a: (one,))
    assert getattr(statements, name)().verdict == verdict


def test_a_run_that_diverges_is_not_stable(monkeypatch):
    one = bent(panels.graph_runs("relu")[0], 0.1, 0.1)
    wild = replace(one, status=np.full(one.status.shape, "diverged"))
    monkeypatch.setattr(statements, "_node", lambda *a: (wild,))
    monkeypatch.setattr(statements, "_graph", lambda *a: (wild,))
    assert statements.node_stable().verdict == "false as printed"
    assert statements.graph_smooth().verdict == "false as printed"


def test_a_slow_sigmoid_is_found(monkeypatch):
    steps = np.array([0, 200, 500, 1000])
    slow = replace(panels.node_runs("sigmoid")[0], steps=steps)
    slow = bent(replace(slow, W=np.ones((20, 4)), v=np.ones((20, 4))), 0.5, 0.5)
    monkeypatch.setattr(statements, "_node", lambda *a: (slow,))
    assert statements.sigmoid_lingers().verdict == "false as printed"
    assert statements.sigmoid_level_is_statistical().verdict == "false as printed"
