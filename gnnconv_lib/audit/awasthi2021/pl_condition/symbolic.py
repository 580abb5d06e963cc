"""Lemma 9 by SymPy: the squared gradient, and the two splittings of the loss.

Reference: awasthi2021, Lemma 9 and Eq. (26). Book page: book/awasthi2021/pl-condition.
"""

from __future__ import annotations

from gnnconv_lib.audit.awasthi2021.bounded_iterates.symbolic import Symbols, identities
from gnnconv_lib.evidence import Evidence

__all__ = ["gradient_norm_identity", "loss_splitting"]


def gradient_norm_identity(budget: str = "quick") -> Evidence:
    """|grad L|^2 = (A l - B)^2 + (beta/l)^2 C^2 in the sums that carry d + 1."""
    s = Symbols()
    a, b, length = s.alpha, s.beta, s.length
    squared = s.diff(s.loss, a) ** 2 + s.diff(s.loss, b) ** 2
    claimed = (s.full * length - s.mixed) ** 2 + (b / length) ** 2 * s.slope**2
    return identities("|grad L|^2 = (A l - B)^2 + sin^2 C^2", [squared - claimed], s)


def loss_splitting(budget: str = "quick") -> Evidence:
    """L = ((A l - B)^2 + (A - B)(A + B))/(2 A), and L = A (l-1)^2/2 + l (A - B)."""
    s = Symbols()
    full, mixed, length = s.full, s.mixed, s.length
    by_gradient = ((full * length - mixed) ** 2 + (full - mixed) * (full + mixed)) / (2 * full)
    by_length = full * (length - 1) ** 2 / 2 + length * (full - mixed)
    return identities(
        "L = ((A l - B)^2 + A^2 - B^2)/(2 A) = A (l-1)^2/2 + l (A - B)",
        [s.loss - by_gradient, s.loss - by_length],
        s,
    )
