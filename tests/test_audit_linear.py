"""The corrected factor that the claims on unequal degrees compare with."""

import numpy as np
import pytest

from gnnconv_lib.bounds import awasthi2021_linear as bounds


def test_corrected_factor_is_the_spectral_norm() -> None:
    for P, Q, R in np.random.default_rng(0).normal(size=(20, 3)):
        norm = np.linalg.norm(np.array([[P, -Q], [-Q, R]]), 2)
        assert float(bounds.equation_59_corrected(P, Q, R)) == pytest.approx(norm**2, rel=1e-12)
