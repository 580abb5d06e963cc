"""The dual of sqrt(2) max(t, 0): the facts that the proof rests on.

Book page: book/beyond/global-linear-rate.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gnnconv_lib.claims import both, claim, domain, proved, real
from gnnconv_lib.dual import inequalities


def _on(low: float, high: float) -> Any:
    return domain(
        real("u", f"[{low:g}, {high:g}]"), cases=lambda budget: {"u": np.array([low, high])}
    )


def _certified(name: str) -> Any:
    """All certificates of one inequality, each on its part of the interval."""
    parts = [proved(certificate) for certificate in inequalities.prove(name)]
    return parts[0] if len(parts) == 1 else both(*parts)


@claim("companion:lemma-dual-facts/nonnegative", _on(-1, 1), theorem="Dual.dual_facts")
def dual_is_nonnegative(u: Any) -> Any:
    """s(u) ≥ 0."""
    return _certified("nonnegative")


@claim("companion:lemma-dual-facts/slope", _on(-1, 1), theorem="Dual.dual_facts")
def dual_is_nondecreasing(u: Any) -> Any:
    """s'(u) ≥ 0."""
    return _certified("nondecreasing")


@claim("companion:lemma-dual-facts/convex", _on(-1, 1))
def dual_is_convex(u: Any) -> Any:
    """s''(u) ≥ 0 inside the interval."""
    return _certified("convex")


@claim("companion:lemma-dual-facts/tangent", _on(-1, 1), theorem="Dual.dual_facts")
def dual_is_above_its_slope(u: Any) -> Any:
    """s(u) ≥ u s'(u)."""
    return _certified("above x times its slope")


@claim("companion:lemma-dual-facts/diagonal", _on(-1, 1), theorem="Dual.dual_facts")
def dual_is_above_the_diagonal(u: Any) -> Any:
    """s(u) ≥ u."""
    return _certified("at least x")


@claim("companion:lemma-dual-facts/chord", _on(0, 1), theorem="Dual.dual_facts")
def dual_is_below_its_chord(u: Any) -> Any:
    """s(u) ≤ 1/π + (1 - 1/π) u, from the parabola 1/π + u/2 + (1/2 - 1/π) u² and u² ≤ u."""
    return _certified("below a parabola")


@claim("companion:lemma-dual-facts/line", _on(0, 1), theorem="Dual.dual_facts")
def dual_is_above_a_line(u: Any) -> Any:
    """s(u) ≥ 1/π + u/2, from the parabola 1/π + u/2 + u²/(2π)."""
    return _certified("above a parabola")


@claim("companion:lemma-dual-facts/half", _on(0, 1), theorem="Dual.dual_facts")
def step_is_at_least_one_half(u: Any) -> Any:
    """s'(u) ≥ 1/2."""
    return _certified("step at least 1/2 on the positive side")
