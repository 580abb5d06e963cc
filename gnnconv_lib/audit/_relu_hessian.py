"""The Hessian of one unit in (alpha, beta) by automatic differentiation of the textbook loss.

Off the teacher's line (|c| < 1) a case has, beside the columns of `_relu_domains`, the second
derivatives aa, ab, bb of L, and the first ones of B and C: B_a, B_b, C_a, C_b.

Reference: awasthi2021, Lemma 7. Book page: book/awasthi2021/bounded-iterates.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gnnconv_lib.audit._relu_domains import Columns, measures, weights
from gnnconv_lib.claims import Domain, fixed
from gnnconv_lib.claims.hypotheses import Part

__all__ = ["SECOND", "interior", "largest_eigenvalue"]

SECOND = ("aa", "ab", "bb", "B_a", "B_b", "C_a", "C_b")
_OFF_LINE = fixed("β ≠ 0, so r ≥ 2")


def interior(
    among: str,
    *hypotheses: Part,
    length: str = "(0, inf)",
    shortest: float = 0.01,
    regime: Part | None = None,
    more: Callable[[Columns], Columns] | None = None,
) -> Domain:
    """`weights` with |c| < 1 and the derivatives of the loss."""

    def further(made: Columns) -> Columns:
        found = _derivatives(made["graph"], made["along"], made["length"] * made["sine"])
        return found if more is None else {**found, **more(made)}

    return weights(
        among,
        _OFF_LINE,
        *hypotheses,
        length=length,
        cos="(-1, 1)",
        place=lambda size, c: (np.clip(size, shortest, 100.0), np.clip(c, -0.9999, 0.9999)),
        regime=regime,
        more=further,
        derived=SECOND,
    )


def largest_eigenvalue(aa: Any, ab: Any, bb: Any) -> np.ndarray:
    """Of the symmetric matrix ((aa, ab), (ab, bb))."""
    return np.asarray((aa + bb) / 2 + np.hypot((aa - bb) / 2, ab))


def _derivatives(graph: np.ndarray, along: np.ndarray, across: np.ndarray) -> Columns:
    chosen = list(dict.fromkeys(graph))
    shape = (len(chosen), -1)
    rho, mass = measures(tuple(chosen))
    points = np.stack([along.reshape(shape), across.reshape(shape)], axis=-1)
    second, first = (np.asarray(v) for v in _automatic(rho, mass, points))
    second, first = second.reshape(-1, 2, 2), first.reshape(-1, 2, 2)
    parts = [second[:, 0, 0], second[:, 0, 1], second[:, 1, 1], *first.reshape(-1, 4).T]
    return dict(zip(SECOND, parts, strict=True))


@cache
def _compiled() -> Any:
    def sums(rho: Any, mass: Any, weight: Any) -> Any:
        cos = rho * weight[0] / jnp.sqrt(weight[0] ** 2 + weight[1] ** 2)
        angle = jnp.arccos(cos)
        mixed = jnp.sum(mass * (jnp.sqrt(1 - cos**2) + cos * (jnp.pi - angle)) / jnp.pi)
        return jnp.stack([mixed, jnp.sum(mass * rho * (1 - angle / jnp.pi))])

    def loss(weight: Any, rho: Any, mass: Any) -> Any:
        square = weight[0] ** 2 + weight[1] ** 2
        # s(1) = 1 by itself: the textbook formula has no derivative there, but A needs none.
        full = jnp.sum(mass * jnp.where(rho == 1, 1.0, _dual(jnp.where(rho == 1, 0.0, rho))))
        return full * (square + 1) / 2 - jnp.sqrt(square) * sums(rho, mass, weight)[0]

    def both(weight: Any, rho: Any, mass: Any) -> Any:
        slopes = jax.jacfwd(lambda w: sums(rho, mass, w))(weight)
        return jax.hessian(loss)(weight, rho, mass), slopes

    each = jax.vmap(both, in_axes=(0, None, None))
    return jax.jit(lambda rho, mass, points: jax.lax.map(lambda t: each(*t), (points, rho, mass)))


def _automatic(rho: np.ndarray, mass: np.ndarray, points: np.ndarray) -> Any:
    return _compiled()(jnp.asarray(rho), jnp.asarray(mass), jnp.asarray(points))


def _dual(x: Any) -> Any:
    return (jnp.sqrt(1 - x**2) + x * (jnp.pi - jnp.arccos(x))) / jnp.pi
