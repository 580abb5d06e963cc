"""Gradient descent over so many steps that only the last phase is seen.

Book page: book/beyond/main-eigenvalues.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import numpy as np

Array = np.ndarray


@partial(jax.jit, static_argnames=("L", "records"))
def long(
    mu: Array,
    mass: Array,
    aim: Array,
    x: Array,
    eta: float,
    gap: int,
    L: int,
    records: int,
) -> Any:
    """Deviations x after gap, 2 gap, 4 gap, ... steps, in coordinates that do not cancel."""

    def step(_: Any, x: Any) -> Any:
        away = x[0] + mu * x[1]
        m = aim + away
        g = L * mass * m ** (L - 1) * away * sum(m**j * aim ** (L - 1 - j) for j in range(L))
        return x - eta * jax.numpy.stack([g.sum(), (mu * g).sum()])

    found = []
    for k in range(records):
        x = jax.lax.fori_loop(0, gap if k == 0 else gap * 2 ** (k - 1), step, x)
        found.append(x)
    return jax.numpy.stack(found)
