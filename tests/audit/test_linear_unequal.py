"""Claims on unequal degrees: planted failures turn them red, shown witnesses refute."""

import numpy as np
import pytest

from gnnconv_lib import audit
from gnnconv_lib.audit.awasthi2021.linear_unequal_degrees import loss
from gnnconv_lib.bounds import awasthi2021_linear as bounds
from gnnconv_lib.claims import refutes
from gnnconv_lib.validation import InvalidInput


@pytest.mark.parametrize(
    "name",
    [
        "awasthi2021:eq-46/loss",
        "awasthi2021:eq-58/bound",
        "awasthi2021:remark-lemma-14-case-4/alpha",
        "awasthi2021:remark-lemma-14-other-cases/covered",
        "awasthi2021:theorem-4/loss",
    ],
)
def test_shown_witnesses_refute(name):
    assert refutes(audit.check(name))


def test_degrees_in_the_place_of_main_eigenvalues_are_noticed(monkeypatch):
    monkeypatch.setattr(loss, "spectra", loss.degrees)
    assert audit.run("awasthi2021:eq-46/main-eigenvalues").verdict == "false"
    assert audit.run("awasthi2021:eq-46/loss").corrected is False


def test_a_bound_that_is_too_small_is_noticed(monkeypatch):
    correct = bounds.equation_58_corrected
    monkeypatch.setattr(bounds, "equation_58_corrected", lambda *a: 0.99 * correct(*a))
    with pytest.raises(InvalidInput, match="the numbers contradict what symbolic evidence proves"):
        audit.run("awasthi2021:eq-58/bound")


def test_too_few_iterations_are_noticed(monkeypatch):
    correct = bounds.equation_57_corrected
    monkeypatch.setattr(bounds, "equation_57_corrected", lambda *a: correct(*a) / 2)
    assert audit.run("awasthi2021:eq-57/one-round").verdict == "false"


def test_corrected_factor_is_the_spectral_norm():
    for P, Q, R in np.random.default_rng(0).normal(size=(20, 3)):
        norm = np.linalg.norm(np.array([[P, -Q], [-Q, R]]), 2)
        assert float(bounds.equation_59_corrected(P, Q, R)) == pytest.approx(norm**2, rel=1e-12)
