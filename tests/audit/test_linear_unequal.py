"""Claims on unequal degrees: planted failures turn them red."""

import numpy as np
import pytest

from gnnconv_lib import audit
from gnnconv_lib.audit.awasthi2021.linear_unequal_degrees import lemma_14_feasible, loss
from gnnconv_lib.bounds import awasthi2021_linear as bounds
from gnnconv_lib.validation import InvalidInput
from tests.transcription import awasthi2021
from tests.transcription.test_agreement import called


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


CONSTRAINTS = (
    *("case_1_eta_alpha", "case_1_eta_beta", "case_2_eta_alpha", "case_2_eta_beta"),
    *("case_3_eta", "case_4_eta", "case_5_eta"),
)


def test_constraints_of_the_linear_program_are_the_printed_numerators():
    """What a row leaves of its limit is the numerator of a step size, looked at for nG = d = 1."""
    for values in np.random.default_rng(0).uniform(0.1, 3, size=(5, 6)):
        names = ("ell_alpha", "u_alpha", "ell_beta", "u_beta", "alpha_star", "beta_star")
        known = dict(zip(names, values, strict=True)) | {"n": 1, "d": 1, "G_u": 1.0}
        rows = lemma_14_feasible.constraints(known["alpha_star"], known["beta_star"])
        left = [limit - row[:4] @ values[:4] for row, limit in ((np.array(r), s) for r, s in rows)]
        printed = [
            called(getattr(awasthi2021, f"proof_of_lemma_14_{name}"), known) for name in CONSTRAINTS
        ]
        assert left[:7] == pytest.approx(printed, rel=1e-12)
        assert left[7:] == pytest.approx([known["ell_alpha"], known["ell_beta"]])
        assert all(row[4] == 1 for row, _ in rows)
