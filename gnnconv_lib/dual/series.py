"""Dual activations of smooth activations without a closed form: a series computed once per scale.

With the normalised Hermite polynomials he_k and a_k(scale) = E[sigma(scale X) he_k(X)], Mehler's
formula is

    E[sigma(p X) sigma(q Y)] = sum_k a_k(p) a_k(q) rho^k.

1. The a_k come from a trapezoid rule, which for functions analytic in a strip converges
   geometrically; Gauss-Hermite quadrature of the same size stalls on steep activations.
2. For a steep activation the a_k decay only like exp(-y sqrt(k)), y the distance of its poles:
   tanh at scale 3 needs 1,100 of them at rho = 1. Rewritten in Chebyshev polynomials of rho, whose
   coefficients decay like exp(-(3/2) (y m)^(2/3)), 104 remain. The change of basis has nonnegative
   entries and column sums 1, hence loses no digits.
3. Even and odd parts are kept apart (half of the terms vanish for tanh, sigmoid, softplus, swish),
   and are evaluated by Clenshaw's recurrence.

Book page: book/awasthi2021/dual-activations.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gnnconv_lib.activations import Activation
from gnnconv_lib.validation import InvalidInput

__all__ = ["LARGEST_SCALE", "Series", "evaluate", "hermite_coefficients", "series"]

LARGEST_SCALE = 3.0
HERMITE_TERMS = 1536
CHEBYSHEV_TERMS = 160
SPACING = 1 / 24
REACH = 13.0
TRUNCATION = 1e-16
FEW_POINTS = 10_000


@dataclass(frozen=True)
class Series:
    """The Chebyshev coefficients of one dual activation on [-1, 1].

    Fields:
        coefficients: of T_0, T_1, ... in rho, cut where the rest is below rounding.
        bound: what was cut off, at most, anywhere on [-1, 1]: the sum of the cut Chebyshev
            coefficients, plus the sum of the last eighth of the Mehler terms computed, which is
            larger than all that follow as long as these decay.
    """

    coefficients: tuple[float, ...]
    bound: float


@lru_cache(maxsize=256)
def series(activation: Activation, scale_x: float, scale_y: float, order: int = 0) -> Series:
    """The series of the `order`-th derivative in rho of the dual at two fixed scales.

    Raises:
        InvalidInput: if the activation has kinks or is too steep for the terms kept.

    >>> from gnnconv_lib.activations import get
    >>> tanh = series(get("tanh"), 1.0, 1.0)
    >>> len(tanh.coefficients) < 50, tanh.bound < 1e-15
    (True, True)
    """
    if activation.kinks:
        raise InvalidInput(
            f"activation must be smooth or have a closed form, got {activation.name!r} "
            f"with kinks at {', '.join(f'{kink:g}' for kink in activation.kinks)}."
        )
    weights, nodes = _hermite_rule()
    with jax.ensure_compile_time_eval():
        values = [np.asarray(activation(scale * nodes)) for scale in (scale_x, scale_y)]
    table_x, table_y = (weights @ entry.astype(np.float64) for entry in values)
    products = _falling(order) * table_x * table_y
    coefficients = _change_of_basis() @ _shift(products, order)
    tails = np.cumsum(np.abs(coefficients)[::-1])[::-1]
    kept = int(np.argmax(np.append(tails, 0.0) <= TRUNCATION * max(1.0, tails[0])))
    rest = float(tails[kept]) if kept < len(tails) else 0.0
    mehler = float(np.sum(np.abs(products[-HERMITE_TERMS // 8 :])))
    bound = rest + mehler
    if order == 0 and bound > 1e-13 * max(1.0, tails[0]):
        raise InvalidInput(
            f"activation {activation.name!r} at scales {scale_x:g} and {scale_y:g} must have a "
            f"series converging to 1e-13, got a remainder of {bound:.1e}."
        )
    return Series(tuple(float(entry) for entry in coefficients[:kept]), bound)


def hermite_coefficients(activation: Activation, scale: jax.Array) -> jax.Array:
    """The Hermite coefficients a_k(scale) = E[sigma(scale X) he_k(X)], k < `HERMITE_TERMS`.

    Args:
        activation: a smooth activation.
        scale: any shape.

    Returns:
        an array of shape (`HERMITE_TERMS`, ...), differentiable in the scale.
    """
    weights, nodes = _hermite_rule()
    values = activation(scale[..., None] * jnp.asarray(nodes, scale.dtype))
    return jnp.einsum("kn,...n->k...", jnp.asarray(weights, scale.dtype), values)


def evaluate(
    activation: Activation, rho: jax.Array, scale_x: jax.Array, scale_y: jax.Array
) -> jax.Array:
    """The dual by its series; coefficients are cached when the scales are known numbers.

    Args:
        activation: a smooth activation.
        rho, scale_x, scale_y: arrays that broadcast, of one floating type.
    """
    if isinstance(scale_x, jax.core.Tracer) or isinstance(scale_y, jax.core.Tracer):
        scale_x, scale_y = jnp.broadcast_arrays(scale_x, scale_y)
        place = None
    else:
        both = np.stack(np.broadcast_arrays(scale_x, scale_y))
        pairs, place = np.unique(both.reshape(2, -1), axis=1, return_inverse=True)
        if pairs.shape[1] == 1:
            shape = jnp.broadcast_shapes(rho.shape, both.shape[1:])
            scales = float(pairs[0, 0]), float(pairs[1, 0])
            return _fixed(activation, *scales, 0, jnp.broadcast_to(rho, shape))
        place = place.reshape(both.shape[1:])
        scale_x, scale_y = jnp.asarray(pairs[0]), jnp.asarray(pairs[1])
    table_x = hermite_coefficients(activation, scale_x)
    table_y = hermite_coefficients(activation, scale_y)
    products = table_x * table_y
    if place is not None:
        products = products[:, place]
    return _traced(0, rho, products)


@partial(jax.custom_jvp, nondiff_argnums=(0, 1, 2, 3))
def _fixed(
    activation: Activation, scale_x: float, scale_y: float, order: int, rho: jax.Array
) -> jax.Array:
    entries = series(activation, scale_x, scale_y, order).coefficients
    even, odd = (_without_noise(entries[start::2]) for start in (0, 1))
    if isinstance(rho, jax.core.Tracer) or rho.size > FEW_POINTS:
        return _written_out(even, odd, rho)
    return _looped(*(_padded(entry, rho.dtype) for entry in (even, odd)), rho)


@_fixed.defjvp
def _(
    activation: Activation, scale_x: float, scale_y: float, order: int, primals: Any, tangents: Any
) -> tuple[jax.Array, jax.Array]:
    (rho,), (change,) = primals, tangents
    slope = _fixed(activation, scale_x, scale_y, order + 1, rho)
    return _fixed(activation, scale_x, scale_y, order, rho), slope * change


@partial(jax.custom_jvp, nondiff_argnums=(0,))
def _traced(order: int, rho: jax.Array, products: jax.Array) -> jax.Array:
    return _traced_sum(order, rho, products)


@_traced.defjvp
def _(order: int, primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    (rho, products), (change, product_change) = primals, tangents
    slope = _traced(order + 1, rho, products)
    return _traced(order, rho, products), slope * change + _traced_sum(order, rho, product_change)


def _traced_sum(order: int, rho: jax.Array, products: jax.Array) -> jax.Array:
    scaled = products * _falling(order).reshape(-1, *(1,) * (products.ndim - 1))
    basis = jnp.asarray(_change_of_basis()[:, : HERMITE_TERMS - order], products.dtype)
    entries = jnp.tensordot(basis, scaled[order:].astype(products.dtype), axes=1)
    shape = jnp.broadcast_shapes(rho.shape, entries.shape[1:])
    rho = jnp.broadcast_to(rho, shape)
    entries = entries.reshape(-1, *(1,) * (len(shape) + 1 - entries.ndim), *entries.shape[1:])
    return _clenshaw(entries[0::2], entries[1::2], rho)


def _clenshaw(even: Any, odd: Any, rho: jax.Array) -> jax.Array:
    """sum_j even_j T_2j(rho) + odd_j T_(2j+1)(rho); entries are numbers or of the shape of rho."""
    twice = 2 * (2 * rho * rho - 1)
    first, second = _recurrence(even, twice)
    result = first - second * twice / 2
    first, second = _recurrence(odd, twice)
    return result + rho * (first - second)


# Written out, the sum runs several times faster but compiles anew for each activation and scale.
_written_out = partial(jax.jit, static_argnums=(0, 1))(_clenshaw)
_looped = jax.jit(_clenshaw)


def _recurrence(entries: Any, twice: jax.Array) -> tuple[jax.Array, jax.Array]:
    """The last two terms b_0, b_1 of Clenshaw's b_j = entry_j + twice b_(j+1) - b_(j+2).

    Known numbers (a tuple) are written out, so that the compiler fuses everything into one pass
    over the array; arrays of coefficients go through a loop.
    """
    zero = jnp.zeros_like(twice)
    if isinstance(entries, tuple):
        first, second = zero, zero
        for entry in reversed(entries):
            first, second = entry + twice * first - second, first
        return first, second

    def advance(state: tuple[jax.Array, jax.Array], entry: jax.Array) -> Any:
        following, after = state
        return (entry + twice * following - after, following), None

    (first, second), _ = jax.lax.scan(advance, (zero, zero), entries[::-1], unroll=8)
    return first, second


def _without_noise(entries: tuple[float, ...]) -> tuple[float, ...]:
    """`entries` without its tail of numbers that sum to rounding error or less."""
    tails = np.cumsum(np.abs(entries)[::-1])[::-1]
    return entries[: int(np.sum(tails > TRUNCATION))]


def _padded(entries: tuple[float, ...], dtype: Any) -> np.ndarray:
    """`entries` filled up with zeros to one length, so that one compiled loop serves all."""
    return np.pad(np.asarray(entries, dtype), (0, CHEBYSHEV_TERMS // 2 - len(entries)))


def _falling(order: int) -> np.ndarray:
    """k (k - 1) ... (k - order + 1) for k < `HERMITE_TERMS`."""
    powers = np.arange(HERMITE_TERMS, dtype=np.float64)
    return np.prod([powers - i for i in range(order)], axis=0) if order else np.ones_like(powers)


def _shift(products: np.ndarray, order: int) -> np.ndarray:
    return np.append(products[order:], np.zeros(order))


@lru_cache(maxsize=1)
def _hermite_rule() -> tuple[np.ndarray, np.ndarray]:
    """The matrix of spacing * density * he_k at the nodes, and the nodes.

    Each factor carries half of the Gaussian, so that the recurrence
    sqrt(k + 1) he_(k+1) = x he_k - sqrt(k) he_(k-1) neither overflows nor underflows.
    """
    count = round(REACH / SPACING)
    nodes = SPACING * np.arange(-count, count + 1)
    half = np.exp(-nodes * nodes / 4) * (2 * math.pi) ** -0.25
    table = np.zeros((HERMITE_TERMS, len(nodes)))
    table[0], table[1] = half, nodes * half
    for k in range(1, HERMITE_TERMS - 1):
        table[k + 1] = (nodes * table[k] - math.sqrt(k) * table[k - 1]) / math.sqrt(k + 1)
    return SPACING * half * table, nodes


@lru_cache(maxsize=1)
def _change_of_basis() -> np.ndarray:
    """Entry (m, k): the coefficient of T_m in rho^k, from rho T_m = (T_(m-1) + T_(m+1)) / 2.

    Cut at `CHEBYSHEV_TERMS`; what leaves at the cut does not come back.
    """
    size = 2 * CHEBYSHEV_TERMS
    table = np.zeros((size, HERMITE_TERMS))
    table[0, 0] = 1.0
    for k in range(1, HERMITE_TERMS):
        before = table[:, k - 1]
        table[1:, k] += before[:-1] * np.where(np.arange(size - 1) == 0, 1.0, 0.5)
        table[:-1, k] += before[1:] / 2
    return table[:CHEBYSHEV_TERMS]
