"""A, B and C of many overlap measures at many cosines at once.

Reference: awasthi2021, section 3 and Appendix B.
Book pages: book/awasthi2021/bounded-iterates, book/awasthi2021/pl-condition.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gnnconv_lib import dual

__all__ = ["evaluate", "pair_sums"]

Array = np.ndarray


def evaluate(rho: Array, mass: Array, cos: Array) -> tuple[Array, Array, Array]:
    """B(c), C(c) and A - B(c) for measures (graphs, values) and cosines (graphs, weights)."""
    mixed, slope, gap = pair_sums(rho, mass, cos)
    return np.asarray(mixed), np.asarray(slope), np.asarray(gap)


@jax.jit
def pair_sums(rho: Any, mass: Any, cos: Any) -> tuple[jax.Array, jax.Array, jax.Array]:
    """`evaluate` under JAX, one overlap value at a time, so that memory does not grow with them."""

    def one_value(
        carry: tuple[jax.Array, jax.Array, jax.Array], column: tuple[jax.Array, jax.Array]
    ) -> tuple[tuple[jax.Array, jax.Array, jax.Array], None]:
        overlap, weight = column[0][:, None], column[1][:, None]
        mixed = weight * dual.scaled_relu(overlap * cos)
        slope = weight * overlap * dual.step(overlap * cos)
        gap = weight * dual.scaled_relu_difference(overlap, 1 - cos)
        return (carry[0] + mixed, carry[1] + slope, carry[2] + gap), None

    zero = jnp.zeros_like(cos)
    columns = (jnp.moveaxis(rho, 1, 0), jnp.moveaxis(mass, 1, 0))
    return jax.lax.scan(one_value, (zero, zero, zero), columns)[0]
