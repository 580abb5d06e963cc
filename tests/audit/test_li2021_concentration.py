"""The claims on Lemmas 3 to 6 turn red when a bound or its correction is broken."""

import math

import numpy as np
import pytest
from scipy import stats

from gnnconv_lib import audit
from gnnconv_lib.audit.li2021.concentration import corrected
from gnnconv_lib.audit.li2021.concentration._settings import log_two_sided, log_weighted_tail
from gnnconv_lib.bounds import li2021 as bounds


def test_tails_bound_exact_ones():
    weights = np.ones(5)
    for threshold in (12.0, 40.0, 300.0):
        found = log_weighted_tail(weights, 2, threshold)
        best = -(threshold - 10) / 2 + 5 * math.log(threshold / 10)
        assert stats.chi2.logsf(threshold, 10) <= found
        assert found == pytest.approx(best, abs=1e-3)
    assert float(log_two_sided(1.959963984540054)) == pytest.approx(math.log(0.05))


@pytest.mark.parametrize(
    ("formula", "factor", "claim"),
    [
        ("equation_23", 0.9, "li2021:lemma-3/corrected"),
        ("equation_24_corrected", 0.1, "li2021:lemma-3/corrected"),
        ("equation_26", 0.9, "li2021:lemma-3/corrected"),
        ("equation_23", 0.9, "li2021:eq-31"),
        ("equation_26", 0.9, "li2021:eq-34"),
        ("deviation_W_corrected", 0.5, "li2021:lemma-4/corrected"),
        ("deviation_gradient_corrected", 0.5, "li2021:lemma-6/corrected"),
    ],
)
def test_a_smaller_bound_is_found(monkeypatch, formula, factor, claim):
    true = getattr(bounds, formula)
    monkeypatch.setattr(bounds, formula, lambda *arguments: factor * true(*arguments))
    assert audit.run(claim).verdict == "false"


def test_counting_every_node_as_a_label_is_found(monkeypatch):
    monkeypatch.setattr(corrected, "effective_labels", lambda graph: float(graph.nodes))
    evidence = audit.run("li2021:lemma-4/corrected")
    assert evidence.verdict == "false"
    assert evidence.witness.left > evidence.witness.right


@pytest.mark.parametrize(("claim", "formula"), [("28", "equation_28"), ("30", "equation_30")])
def test_a_bound_that_does_not_fall_with_n_would_hold(monkeypatch, claim, formula):
    true = getattr(bounds, formula)

    def constant(setting):
        return true(setting) * math.sqrt(setting.labels / math.log(setting.labels)) * 1e6

    monkeypatch.setattr(bounds, formula, constant)
    assert audit.run(f"li2021:eq-{claim}").verdict != "false"
