"""The claims on dual activations can fail."""

import numpy as np
import pytest

from gnnconv_lib import activations, audit, dual
from gnnconv_lib.audit.awasthi2021 import dual_activations
from gnnconv_lib.dual import inequalities
from gnnconv_lib.validation import InvalidInput


def claim(name):
    return audit.check(f"awasthi2021:{name}")


def _off(function, by):
    return lambda *arguments: function(*arguments) + by


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("definition-1/quadrature", "dual"),
        ("remark-derivative-of-dual/continuous-activations", "derivative"),
    ],
)
def test_a_wrong_dual_is_noticed(monkeypatch, name, target):
    monkeypatch.setattr(dual, target, _off(getattr(dual, target), 1e-9))
    assert claim(name)().verdict == "false"


def test_a_jumping_dual_is_noticed(monkeypatch):
    true = dual.dual
    monkeypatch.setattr(dual, "dual", lambda a, rho: true(a, rho) + 0.01 * (rho == 1.0))
    assert claim("remark-dual-continuous")().verdict == "false"


def test_a_concave_dual_is_noticed(monkeypatch):
    true = dual.dual
    monkeypatch.setattr(dual, "dual", lambda a, rho: true(a, rho) - 0.3 * rho**2)
    assert claim("remark-dual-convex/every-activation")().verdict == "false"


@pytest.mark.parametrize(
    ("name", "inequality"),
    [
        ("remark-dual-above-1-over-pi", "at least 1/pi"),
        ("remark-dual-nondecreasing", "nondecreasing"),
        ("remark-dual-convex/relu", "convex"),
        ("remark-dual-of-absolute-value", "nonnegative"),
        ("remark-dual-of-absolute-value", "largest on the positive side"),
    ],
)
def test_an_inequality_that_is_not_proved_is_no_proof(monkeypatch, name, inequality):
    entry = inequalities.INEQUALITIES[inequality]
    pieces = tuple(
        (lambda t, f=function: f(t) - 0.01, largest) for function, largest in entry.pieces
    )
    changed = inequalities.Inequality(entry.formula, entry.low, entry.high, pieces)
    monkeypatch.setitem(inequalities.INEQUALITIES, inequality, changed)
    assert inequalities.certificate(inequality).status == "refuted"
    with pytest.raises(InvalidInput, match="a proof of it is refuted"):
        claim(name)()


def test_a_wrong_value_next_to_a_proof_is_a_contradiction(monkeypatch):
    monkeypatch.setattr(dual, "scaled_relu", lambda rho: np.asarray(rho) * 0 + 0.3)
    with pytest.raises(Exception, match="the numbers contradict"):
        claim("remark-dual-above-1-over-pi")()


def test_every_activation_is_looked_at():
    assert activations.names() == dual_activations.NAMES
    assert set(dual_activations.NAMES) - set(dual_activations.CONTINUOUS) == {"step", "sign"}
