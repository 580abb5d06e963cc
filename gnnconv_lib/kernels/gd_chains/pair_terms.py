"""What one pair of nodes contributes to loss, gradient and Hessian, without cancellation.

A pair has overlap rho = cos(phi) and enters the population objects through psi = arccos(rho c),
c the cosine of the angle theta between w and w*. With delta = psi - phi >= 0, the textbook
differences become sums of nonnegative terms:

    pi (s(rho) - s(rho c))                = rho t (pi - psi) + rho (delta - sin delta)
                                            + sin(phi) (1 - cos delta),
    pi rho s'(rho c)                      = rho (pi - psi),
    pi (s(rho) - c s(rho c) - sin(theta)^2 rho s'(rho c))
                                          = rho (delta - sin delta) + rho sin delta (1 - cos delta)
                                            + sin(phi)^2 (sin(delta) / rho) cos delta
                                            + 2 sin(phi) sin(delta)^2,
    pi rho^2 sin(theta)^2 s''(rho c)      = rho^2 sin(theta)^2 / sin(psi),

where t = 1 - c. (For cos delta < 0 the third line has one negative term; its sum is then of order
one.) Summed with weights m_ij they are called D, C, E and F below:

    D = A - B(c),   C = C(c),   E = A - c B(c) - sin(theta)^2 C(c),   F = sin(theta)^2 C'(c).

Two further reasons behind the code:

1. C'(c) is infinite at c = +-1 (the pairs i = j have rho = 1), F is not: it tends to 0.
2. One angle is measured, in whichever of the two forms has relative accuracy: delta from
   (sin delta, cos delta) for c >= 0, and pi - psi from (sin psi, -rho c) for c < 0. The other
   follows from delta + (pi - psi) = pi - phi.

Reference: awasthi2021, Eqs. (12)-(15) and Appendix B (unequal degrees).
Book page: book/awasthi2021/population-loss.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import jax
import jax.numpy as jnp

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = [
    "Direction",
    "PairSums",
    "PairTable",
    "direction",
    "length_of",
    "pair_terms",
    "surplus_of",
]

# (a - sin a) / (sin a (1 - cos a)) as a polynomial in v = 1 - cos a on [0, 1], lowest power first:
# the interpolant in 21 Chebyshev points, computed at 60 digits (relative error 5e-17). The
# function is analytic on [0, 2), so that the coefficients fall like 5.83^-k.
_EXCESS = (
    0.33333333333333337,
    0.1333333333333216,
    0.057142857144574496,
    0.025396825297269287,
    0.011544014593116173,
    0.0053279483088366185,
    0.0024871121300071887,
    0.0011638546001328132,
    0.0005940854424188283,
    7.211352983263087e-05,
    0.000833000937426987,
    -0.0019569674992866073,
    0.0045212623352351,
    -0.007800214739855487,
    0.010588885862776898,
    -0.011041195077543494,
    0.008721864552393708,
    -0.005044212363588533,
    0.002023068410342283,
    -0.0005042029562849602,
    5.9559620437726244e-05,
)


class PairTable(NamedTuple):
    """What the sums need of an overlap measure, computed once.

    Fields, each of shape (K,) except the last two:
        rho, mass: the overlaps and their total weights m_ij.
        sine: sin(phi) = sqrt((1 - rho)(1 + rho)).
        rest: pi - phi.
        full: A, the sum of mass s(rho).
        messages: the sum of mass rho = sum of d_ij = sum of (d_i + 1)^2.
    """

    rho: Float[jax.Array, "*graphs values"]
    mass: Float[jax.Array, "*graphs values"]
    sine: Float[jax.Array, "*graphs values"]
    rest: Float[jax.Array, "*graphs values"]
    full: Float[jax.Array, "*graphs"]
    messages: Float[jax.Array, "*graphs"]


class Direction(NamedTuple):
    """The direction of w relative to w*: c, sin(theta)^2 and t = 1 - c, each to relative accuracy.

    Fields:
        cosine, sine_squared, shortfall: arrays of one shape.
    """

    cosine: Float[jax.Array, "*units"]
    sine_squared: Float[jax.Array, "*units"]
    shortfall: Float[jax.Array, "*units"]


class PairSums(NamedTuple):
    """D, C, E and F of the module docstring, each of the shape of the direction."""

    loss_gap: Float[jax.Array, "*units"]
    slope: Float[jax.Array, "*units"]
    along: Float[jax.Array, "*units"]
    bend: Float[jax.Array, "*units"]


def length_of(
    along: Float[jax.Array, "*#points"], across: Float[jax.Array, "*#points"]
) -> Float[jax.Array, "*points"]:
    """The length l = sqrt(alpha^2 + beta^2), without overflow or underflow on the way.

    >>> float(length_of(jnp.asarray(3e-200), jnp.asarray(4e-200))) == 5e-200
    True
    """
    larger = jnp.maximum(jnp.abs(along), jnp.abs(across))
    safe = jnp.where(larger == 0, 1.0, larger)
    return larger * jnp.sqrt((along / safe) ** 2 + (across / safe) ** 2)


def surplus_of(
    shift: Float[jax.Array, "*#points"],
    across: Float[jax.Array, "*#points"],
    length: Float[jax.Array, "*#points"],
) -> Float[jax.Array, "*points"]:
    """l - 1 = (2 u + u^2 + beta^2) / (l + 1), with the digits that l - 1 would lose.

    >>> float(surplus_of(jnp.asarray(1e-30), jnp.asarray(0.0), jnp.asarray(1.0))) == 1e-30
    True
    """
    return (shift * (2 + shift) + across * across) / (length + 1)


def direction(
    along: Float[jax.Array, "*#points"],
    across: Float[jax.Array, "*#points"],
    length: Float[jax.Array, "*#points"],
) -> Direction:
    """The direction of a vector with components `along` w* and `across` it, and this `length`.

    >>> at = direction(jnp.asarray(1.0), jnp.asarray(2.0**-60), jnp.asarray(1.0))
    >>> float(at.shortfall) == 2.0**-121  # t = sin^2 / (1 + c)
    True
    """
    cosine = along / length
    sine_squared = (across / length) ** 2
    near = cosine >= 0
    shortfall = jnp.where(near, sine_squared / (1 + jnp.abs(cosine)), 1 - cosine)
    return Direction(cosine, sine_squared, shortfall)


def pair_terms(rho: jax.Array, sine: jax.Array, rest: jax.Array, at: Direction) -> PairSums:
    """The four quantities of the module docstring for single pairs, times pi and without weight.

    Args:
        rho, sine, rest: fields of a `PairTable`, broadcast against those of `at`.
        at: the direction of w.

    Returns:
        `PairSums` of one pair each, in the common shape; nothing is summed.

    >>> one, zero = jnp.asarray(1.0), jnp.asarray(0.0)
    >>> across = Direction(zero, one, one)
    >>> [round(float(value), 9) for value in pair_terms(one, zero, one * jnp.pi, across)[:2]]
    [2.141592654, 1.570796327]
    """
    c, sine2, t = at
    sine_psi = jnp.sqrt(sine * sine + rho * rho * sine2)
    near = c >= 0
    reach = sine_psi + jnp.abs(c) * sine
    # sin(delta) / rho = sin psi - c sin phi = sin(theta)^2 / (sin psi + c sin phi)
    ratio = jnp.where(near, sine2 / jnp.where(reach == 0, 1.0, reach), reach)
    sine_delta = rho * ratio
    cosine_delta = rho * rho * c + sine_psi * sine
    measured, excess, acute = _angle(
        jnp.where(near, sine_delta, sine_psi), jnp.where(near, cosine_delta, -rho * c)
    )
    other = rest - measured
    delta = jnp.where(near, measured, other)
    angle = jnp.where(near, other, measured)
    versed = jnp.where(
        cosine_delta >= 0, sine_delta * sine_delta / (1 + jnp.abs(cosine_delta)), 1 - cosine_delta
    )
    arc = rho * jnp.where(near & acute, excess, delta - sine_delta)
    loss_gap = rho * t * angle + arc + sine * versed
    along = (
        arc
        + rho * sine_delta * versed
        + sine * sine * ratio * cosine_delta
        + 2 * sine * sine_delta * sine_delta
    )
    bend = rho * rho * sine2 / jnp.where(sine_psi == 0, 1.0, sine_psi)
    return PairSums(loss_gap, rho * angle, along, bend)


def _angle(sine: jax.Array, cosine: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
    """The angle a in [0, pi] of a point on the unit circle, a - sin a if it is acute, and whether.

    Both values are to relative accuracy: a - sin a = sin(a) v R(v), v = 1 - cos a.
    """
    versed = sine * sine / (1 + jnp.abs(cosine))
    excess = sine * versed * _polynomial(versed)
    folded = sine + excess
    acute = cosine >= 0
    return jnp.where(acute, folded, jnp.pi - folded), excess, acute


def _polynomial(v: jax.Array) -> jax.Array:
    """`_EXCESS` at v by Estrin's scheme: five dependent steps where Horner's rule has twenty."""
    terms: list[Any] = list(_EXCESS)
    power = v
    while len(terms) > 1:
        pairs = [terms[i : i + 2] for i in range(0, len(terms), 2)]
        terms = [p[0] + p[1] * power if len(p) == 2 else p[0] for p in pairs]
        power = power * power
    return terms[0]
