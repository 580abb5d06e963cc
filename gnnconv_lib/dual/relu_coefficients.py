"""Coefficients of the two power series behind the dual activations of the ReLU family.

On [0, 1], with h the distance of rho to the nearer end of [-1, 1],

    Q(h) = (sqrt(h (2 - h)) - (1 - h) arccos(1 - h)) / (pi h^1.5),
    P(h) = arccos(1 - h) / (pi h^0.5).

Both are analytic there (nearest singularity at h = 2), so that interpolation in N Chebyshev
points converges like 5.83^-N. The stored numbers are these interpolants in powers of h, lowest
power first, computed by `generate` at 60 digits and rounded to float64.

Book page: book/awasthi2021/dual-activations.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gnnconv_lib.extras import package

__all__ = ["P_DOUBLE", "P_SINGLE", "Q_DOUBLE", "Q_SINGLE", "generate"]


def generate(which: str, terms: int, digits: int = 60) -> tuple[float, ...]:
    """The `terms` coefficients of the interpolant of Q or P, recomputed at `digits` digits.

    Needs mpmath. The tests compare the result with the stored tuples, bit for bit.

    >>> generate("Q", 10) == Q_SINGLE
    True
    """
    mp = package("mpmath")

    with mp.workdps(digits):
        half_angle: Callable[[Any], Any] = lambda h: 2 * mp.asin(mp.sqrt(h / 2))  # noqa: E731

        def target(h: Any) -> Any:
            if which == "P":
                return half_angle(h) / mp.pi / mp.sqrt(h)
            root = mp.sqrt(h * (2 - h))
            return (root - (1 - h) * half_angle(h)) / mp.pi / (h * mp.sqrt(h))

        angles = [mp.pi * (2 * j + 1) / (2 * terms) for j in range(terms)]
        values = [target((1 + mp.cos(angle)) / 2) for angle in angles]
        result = [mp.mpf(0)] * terms
        previous, current = [mp.mpf(0)], [mp.mpf(1)]
        for degree in range(terms):
            weight = mp.mpf(2 if degree else 1) / terms
            pairs = zip(values, angles, strict=True)
            chebyshev = weight * mp.fsum(v * mp.cos(degree * angle) for v, angle in pairs)
            for power, entry in enumerate(current):
                result[power] += chebyshev * entry
            previous, current = current, _next_chebyshev(previous, current, degree)
        return tuple(float(entry) for entry in result)


def _next_chebyshev(previous: list[Any], current: list[Any], degree: int) -> list[Any]:
    """Powers of h in T_(degree+1)(2h - 1) from those of the two polynomials before it."""
    scale = 2 if degree else 1
    following = [0 * current[0]] * (degree + 2)
    for power, entry in enumerate(current):
        following[power] -= scale * entry
        following[power + 1] += 2 * scale * entry
    if degree:
        for power, entry in enumerate(previous):
            following[power] -= entry
    return following


Q_DOUBLE: tuple[float, ...] = (
    0.30010543871903533,
    0.015005271935951765,
    0.0024115615611356744,
    0.0005582318428223718,
    0.00015541682089634481,
    4.841829805563548e-05,
    1.627416984405267e-05,
    5.7758648524028785e-06,
    2.151467739225856e-06,
    7.534839939025274e-07,
    5.566095267361573e-07,
    -5.461289133188456e-07,
    1.5583917381957295e-06,
    -2.6054004923026175e-06,
    3.578965943151398e-06,
    -3.7372401958363423e-06,
    2.970267075541913e-06,
    -1.7274275529103285e-06,
    6.987414024975307e-07,
    -1.759322264153485e-07,
    2.1173158601654978e-08,
)
Q_SINGLE: tuple[float, ...] = (
    0.30010543871173584,
    0.015005273392791315,
    0.002411513995148678,
    0.0005588285677095012,
    0.0001516585668125102,
    6.180842616501176e-05,
    -1.2130430141099748e-05,
    4.173504832661463e-05,
    -2.350291077410465e-05,
    9.262803371153399e-06,
)
P_DOUBLE: tuple[float, ...] = (
    0.45015815807855303,
    0.037513179839879306,
    0.008440465463989974,
    0.002512043291857275,
    0.0008547925397556839,
    0.00031471849189536484,
    0.00012206158422120644,
    4.905037569400504e-05,
    2.0710814462807605e-05,
    6.666008583975393e-06,
    1.0756768585851841e-05,
    -1.8591268087005112e-05,
    4.5736987228618384e-05,
    -7.813024735540973e-05,
    0.00010655846049907594,
    -0.00011123668523939797,
    8.813210136211388e-05,
    -5.1119449573846076e-05,
    2.059037622654603e-05,
    -5.158556962941986e-06,
    6.150244237639093e-07,
)
P_SINGLE: tuple[float, ...] = (
    0.4501581579716003,
    0.03751320118235548,
    0.00843976916780769,
    0.002520765754574015,
    0.0007999817265900128,
    0.0005093564349377916,
    -0.00028886148699072673,
    0.0005656229643855499,
    -0.000343854492538837,
    0.00012586058212357655,
)
