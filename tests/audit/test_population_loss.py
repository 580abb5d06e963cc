"""The claims on the setting and the population loss can fail."""

import pytest

from gnnconv_lib import audit, relu_gnn
from gnnconv_lib.witnesses import relu_network, relu_pairs


def verdict(name):
    return audit.check(f"awasthi2021:{name}")().verdict


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
        ("eq-5", "loss", 1.3),
        ("eq-7", "loss", 1 + 1e-9),
        ("eq-9", "sums", 1 + 1e-9),
        ("eq-11", "sums", 1 + 1e-9),
        ("eq-12", "loss", 1 + 1e-9),
        ("eq-13", "reduced_loss", 1 + 1e-9),
        ("eq-14/derivative", "reduced_gradient", 1 + 1e-9),
        ("eq-15", "reduced_gradient", -1),
        ("definition-a-b-c", "sums", 1 + 1e-9),
        ("definition-a-b-c-unequal/sums", "sums", 1 + 1e-9),
        ("remark-unit-norms/iterates", "loss", 1 + 1e-9),
        ("remark-factor-sqrt-2/iterates", "gradient", 1 + 1e-9),
    ],
)
def test_a_planted_error_is_found(monkeypatch, name, broken, factor):
    monkeypatch.setattr(relu_gnn, broken, scaled(getattr(relu_gnn, broken), factor))
    assert verdict(name) == "false"


def test_a_gradient_that_mixes_units_is_found(monkeypatch):
    true = relu_gnn.gradient
    monkeypatch.setattr(
        relu_gnn, "gradient", lambda W, V, measure: true(W, V, measure) + 1e-6 * W.sum()
    )
    assert verdict("remark-units-independent") == "false"
    assert verdict("remark-two-dimensional") == "false"


def test_a_loss_with_one_valley_is_found(monkeypatch):
    monkeypatch.setattr(relu_gnn, "loss", lambda W, V, _: abs(W[0][0] - V[0][0]))
    monkeypatch.setattr(relu_pairs, "loss", lambda _, W, V: abs(W[0][0] - V[0][0]))
    assert verdict("remark-multiple-local-minima/one-input") == "false"


def test_open_neighbourhoods_are_found(monkeypatch):
    true = relu_network.outputs
    monkeypatch.setattr(relu_network, "outputs", lambda x, W, g: true(x, W, g, "open"))
    assert verdict("remark-loss-expansion") == "false"
    assert verdict("eq-5") == "false"


def test_the_reading_of_the_neighbourhood_decides(monkeypatch):
    assert verdict("eq-4") == "depends on the reading"
    true = relu_gnn.loss
    monkeypatch.setattr(relu_gnn, "loss", lambda *given: 1.5 * true(*given))
    assert verdict("eq-4") == "false"
