"""Odd depth: teachers of a star that the identity never reaches.

Book page: book/beyond/main-eigenvalues.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gnnconv_lib import graphs
from gnnconv_lib.audit._main_spectra import columns, descend, loss, spectra
from gnnconv_lib.claims import at_most, claim, domain, drawn, fixed, integer, where


def _traps(budget: str) -> dict[str, Any]:
    generator = np.random.default_rng(4)
    rows = []
    for leaves in (2, 3, 5) if budget == "quick" else (2, 3, 4, 5, 9, 16, 30):
        root = np.sqrt(leaves)
        for L in (3, 5):
            for _ in range(8):
                high = 1 + root + generator.choice([0.0, 1.0]) * generator.exponential()
                # Above 1 the teacher has a negative β*.
                low = generator.uniform(0.02, 1.0) * high * generator.choice([1.0, 1.5])
                rows.append((leaves, L, (high + low) / 2, (high - low) / (2 * root)))
    return columns(rows, "k", "L", "alpha_star", "beta_star")


TRAPS = domain(
    integer("k", "[2, inf)", "leaves k"),
    integer("L", "[3, inf)", "L"),
    where("L odd", lambda L: L % 2 == 1),
    where("α* > √k β*", lambda k, alpha_star, beta_star: alpha_star > np.sqrt(k) * beta_star),
    where(
        "α* + √k β* ≥ 1 + √k",
        lambda k, alpha_star, beta_star: (
            alpha_star + np.sqrt(k) * beta_star >= (1 + np.sqrt(k)) * (1 - 1e-12)
        ),
    ),
    fixed("start at the identity, η = 1 / (2 L² (1+k) c₊ max(B, 1)^(2L-2))"),
    drawn("alpha_star", "α*"),
    drawn("beta_star", "β*"),
    cases=_traps,
    words=lambda k, L, alpha_star, beta_star: (
        f"star with {k} leaves, L = {L}, α* = {alpha_star:.4g}, β* = {beta_star:.4g}"
    ),
)


@claim("companion:theorem-star-trap", TRAPS, theorem="StarTrap.star_trap")
def star_trap(k: Any, L: Any, alpha_star: Any, beta_star: Any) -> Any:
    """The loss never falls below c_- (alpha* - sqrt(k) beta*)^{2L} / 2, c_- = (sqrt(k) - 1)^2 / 2."""
    chosen = [graphs.star(int(leaves)) for leaves in k]
    measure, root, star = spectra(chosen), np.sqrt(k), (alpha_star, beta_star)
    ones = (np.ones(len(k)), np.ones(len(k)))
    away = np.hypot(1 - alpha_star, 1 - beta_star)
    reach = alpha_star + root * np.abs(beta_star) + np.sqrt(1 + k) * away
    heavier = 0.5 * (root + 1) ** 2
    rate = 1 / (2 * L**2 * (1 + k) * heavier * np.maximum(reach, 1.0) ** (2.0 * L - 2))
    path = descend(measure, L, ones, star, rate, 600)
    lowest = np.min(
        [loss(measure, L, (path[:, t, 0], path[:, t, 1]), star) for t in range(0, 601, 20)], axis=0
    )
    floor = 0.25 * (root - 1) ** 2 * (alpha_star - root * beta_star) ** (2.0 * L)
    return at_most(floor, lowest, ("stated floor", "lowest loss"))
