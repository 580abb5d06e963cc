"""The checks of the chapter on dual activations: verdicts, witnesses, and that they can fail."""

import pytest

from gnnconv_lib import activations, audit, dual
from gnnconv_lib.audit.awasthi2021 import dual_activations
from gnnconv_lib.dual import inequalities

VERDICTS = {
    "definition_1": ("numerical", "holds"),
    "derivative_of_dual": ("numerical", "holds with correction"),
    "dual_above_one_over_pi": ("certified", "holds"),
    "dual_continuous": ("symbolic", "holds"),
    "dual_convex": ("symbolic", "holds"),
    "dual_nondecreasing": ("certified", "holds"),
    "dual_of_absolute_value": ("certified", "holds"),
    "relu_dual_convex": ("certified", "holds"),
    "step_dual_above_half": ("certified", "false as printed"),
    "step_dual_closed_form": ("symbolic", "holds"),
}


def test_all_checks_are_listed():
    assert sorted(VERDICTS) == sorted(dual_activations.__all__)


@pytest.mark.parametrize("name", VERDICTS)
def test_verdict(name):
    evidence = audit.run(f"awasthi2021.dual_activations.{name}")
    assert (evidence.kind, evidence.verdict) == VERDICTS[name]


def test_the_witness_is_recomputed():
    witness = dual_activations.step_dual_above_half().witness
    assert witness.printed == 0.5
    assert witness.actual == float(dual.step(-1 / 50)) < 0.5


def _off(function, by):
    return lambda *arguments: function(*arguments) + by


@pytest.mark.parametrize("name", ["definition_1", "derivative_of_dual"])
def test_a_wrong_dual_is_noticed(monkeypatch, name):
    target = "dual" if name == "definition_1" else "derivative"
    monkeypatch.setattr(dual, target, _off(getattr(dual, target), 1e-9))
    evidence = getattr(dual_activations, name)()
    assert evidence.verdict == "false as printed"
    assert evidence.witness.actual > 0.9e-9


def test_a_jumping_dual_is_noticed(monkeypatch):
    true = dual.dual
    monkeypatch.setattr(dual, "dual", lambda a, rho: true(a, rho) + 0.01 * (rho == 1.0))
    assert dual_activations.dual_continuous().verdict == "false as printed"


def test_a_concave_dual_is_noticed(monkeypatch):
    true = dual.dual
    monkeypatch.setattr(dual, "dual", lambda a, rho: true(a, rho) - 0.3 * rho**2)
    assert dual_activations.dual_convex().verdict == "false as printed"


def test_a_wrong_step_dual_is_noticed(monkeypatch):
    monkeypatch.setattr(dual, "step", _off(dual.step, 1e-9))
    assert dual_activations.step_dual_closed_form().verdict == "false as printed"


@pytest.mark.parametrize(
    ("check", "inequality"),
    [
        ("dual_above_one_over_pi", "at least 1/pi"),
        ("dual_nondecreasing", "nondecreasing"),
        ("relu_dual_convex", "convex"),
        ("dual_of_absolute_value", "nonnegative"),
        ("dual_of_absolute_value", "largest on the positive side"),
    ],
)
def test_a_false_inequality_is_noticed(monkeypatch, check, inequality):
    entry = inequalities.INEQUALITIES[inequality]
    pieces = tuple(
        (lambda t, f=function: f(t) - 0.01, largest) for function, largest in entry.pieces
    )
    changed = inequalities.Inequality(entry.formula, entry.low, entry.high, pieces)
    monkeypatch.setitem(inequalities.INEQUALITIES, inequality, changed)
    evidence = getattr(dual_activations, check)()
    assert evidence.verdict == "false as printed"
    assert evidence.witness.actual < 0


def test_every_activation_is_looked_at():
    assert [entry.name for entry in dual_activations._all()] == list(activations.names())
