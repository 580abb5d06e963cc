"""What the terms of one pair give for the sums A, B, C, C(1), S over all pairs.

Of a pair with overlap r = rho, A, B, C, C(1), S hold the terms s(r), s(rc), r s'(rc), r s'(r), r, all
times the same mass m >= 0. An inequality that is linear in these terms with coefficients that depend
on c alone, and that holds for every pair, therefore holds for the sums. Of s itself nothing is used
but what ball arithmetic certifies.

Book page: book/beyond/global-linear-rate.
"""

from __future__ import annotations

from typing import Any

from gnnconv_lib.claims import lemma


def _dual(r: Any, c: Any, s: Any, t: Any, p: Any, q: Any) -> dict[str, Any]:
    """s, t = s(r), s(rc) and p, q = s'(r), s'(rc)."""
    return {
        "an overlap and a cosine": (r >= 0, r <= 1, c >= -1, c <= 1),
        # A convex function lies above its tangents, and its derivative does not decrease.
        "companion:lemma-dual-facts/convex": (
            t >= s + p * r * (c - 1),
            s >= t + q * r * (1 - c),
            p >= q,
        ),
        "companion:lemma-dual-facts/tangent": (s >= r * p, t >= r * c * q),
        "companion:lemma-dual-facts/nonnegative": (s >= 0, t >= 0),
        "companion:lemma-dual-facts/slope": q >= 0,
        "s' = 1 - arccos/π": p <= 1,
    }


def _ordered(r: Any, c: Any, s: Any, t: Any, p: Any, q: Any) -> tuple[Any, ...]:
    slope = (r * q >= 0, r * q <= r * p, r * p <= s, r * p <= r)
    return (*slope, t >= c * s, t >= c * r * q, t <= s, s - t <= r * p * (1 - c))


@lemma
def terms(r: Any, c: Any, s: Any, t: Any, p: Any, q: Any) -> Any:
    """0 <= C <= C(1) <= min(A, S), max(cA, cC, 0) <= B <= A and A - B <= C(1)(1-c), of each pair."""
    return _dual(r, c, s, t, p, q), (t >= 0, *_ordered(r, c, s, t, p, q))


@lemma
def leaky_terms(r: Any, c: Any, s: Any, t: Any, p: Any, q: Any, m: Any) -> Any:
    """The same for the dual m u + (1-m) s(u), except that B >= -A instead of B >= 0."""
    mixed = (
        *(m * r + (1 - m) * s, m * r * c + (1 - m) * t),
        *(m + (1 - m) * p, m + (1 - m) * q),
    )
    facts = {**_dual(r, c, s, t, p, q), "a share": (m >= 0, m <= 1)}
    return facts, (mixed[1] >= -mixed[0], *_ordered(r, c, *mixed))


@lemma
def leaky_tangents(r: Any, c: Any, e: Any, g: Any, t: Any, q: Any, u: Any, m: Any) -> Any:
    """`tangents` for the dual m u + (1-m) s(u)."""
    facts, _ = _tangents(r, c, e, g, t, q, u)
    here, slope, there = (m * r * c + (1 - m) * t, m + (1 - m) * q, m * r * e + (1 - m) * u)
    return {**facts, "a share": (m >= 0, m <= 1)}, there >= here * g + r * slope * (e - c * g)


@lemma
def leaky_sizes(r: Any, s: Any, q: Any, w: Any, m: Any) -> Any:
    """For the dual m u + (1-m) s(u): 1/2 <= its slope at u >= 0, and it is <= 1/pi + (1 - 1/pi) r."""
    return {
        "an overlap": (r >= 0, r <= 1),
        "a share": (m >= 0, m <= 1),
        "w = 1/π": (w >= 0, w <= 1),
        "companion:lemma-dual-facts/half": (2 * q >= 1, q <= 1),
        "companion:lemma-dual-facts/chord": s <= w + (1 - w) * r,
    }, (2 * (m + (1 - m) * q) >= 1, m + (1 - m) * q <= 1, m * r + (1 - m) * s <= w + (1 - w) * r)


@lemma
def difference(r: Any, c: Any, s: Any, t: Any, p: Any, q: Any) -> Any:
    """|s(rc) - s(r)| <= 2r."""
    return _dual(r, c, s, t, p, q), (s - t <= 2 * r, t - s <= 2 * r)


@lemma
def from_the_tangent_at_zero(r: Any, c: Any, t: Any, w: Any) -> Any:
    """s(rc) >= 1/pi + rc/2, so that B >= M/pi + cS/2 >= M/pi - S/2."""
    return {
        "an overlap and a cosine": (r >= 0, r <= 1, c >= -1, c <= 1),
        "companion:lemma-dual-facts/convex": t >= w + r * c / 2,
    }, t >= w - r / 2


def _tangents(r: Any, c: Any, e: Any, g: Any, t: Any, q: Any, u: Any) -> tuple[Any, Any]:
    return {
        "an overlap and cosines": (r >= 0, r <= 1, g >= -1, g <= 1),
        "companion:lemma-dual-facts/convex": u >= t + q * r * (e - c),
        "companion:lemma-dual-facts/tangent": t >= r * c * q,
    }, u >= t * g + r * q * (e - c * g)


@lemma
def tangents(r: Any, c: Any, e: Any, g: Any, t: Any, q: Any, u: Any) -> Any:
    """f(v) >= grad f(w).v of one pair in units of |v|: e, g are the cosines of v to w* and to w.

    grad f(w).v is s(rc) g + r s'(rc)(e - cg), and u = s(re).
    """
    return _tangents(r, c, e, g, t, q, u)


@lemma
def positive(R: Any, m: Any, t: Any) -> Any:
    """C > 0: the pairs i = i have r = 1 and s'(c) = 1 - t with t = theta/pi < 1, the others R >= 0."""
    return {
        "companion:lemma-dual-facts/slope": R >= 0,
        "n + 2 |edges| messages": m > 0,
        "c > -1": t < 1,
    }, R + m * (1 - t) > 0


@lemma
def leaky_positive(R: Any, o: Any, t: Any, m: Any) -> Any:
    """C > 0 for the dual m u + (1-m) s(u), whose slope is m + (1-m)(1-t); o stands for the messages."""
    return {
        "companion:lemma-dual-facts/slope": R >= 0,
        "n + 2 |edges| messages": o > 0,
        "c > -1": (t >= 0, t < 1),
        "a share": (m >= 0, m <= 1),
    }, R + o * (m + (1 - m) * (1 - t)) > 0


@lemma
def positive_mixed(R: Any, m: Any, c: Any, s: Any, t: Any, q: Any) -> Any:
    """B > 0: the pairs i = i have r = 1 and s(c) > 0, the others R >= 0.

    t and q are s and s' at the middle of -1 and c, where q > 0; s(c) is above that tangent.
    """
    return {
        "companion:lemma-dual-facts/nonnegative": (R >= 0, t >= 0),
        "n + 2 |edges| messages": m > 0,
        "c > -1": (c > -1, q > 0),
        "companion:lemma-dual-facts/convex": s >= t + q * (c + 1) / 2,
    }, R + m * s > 0


@lemma
def order_of_sizes(s: Any, m: Any, a: Any, b: Any) -> Any:
    """S <= M: of one pair, s = |N_i n N_j| shared messages against m = sqrt(a b), a, b those of i, j."""
    return {
        "shared messages": (s >= 0, s <= a, s <= b),
        "m = √(ab)": (m >= 0, m * m == a * b),
    }, s <= m


@lemma
def mean_of_sizes(p: Any, q: Any, a: Any, b: Any, M: Any, S: Any, T: Any, n: Any, m: Any) -> Any:
    """M m <= n S, m = T/n the mean of the numbers of messages and T their sum.

    Summed over all pairs, 2 p q <= a + b with p = sqrt(a) says M <= n T, 2 a b <= a^2 + b^2 says
    T^2 <= n S.
    """
    return {
        "messages of a pair": (p >= 0, q >= 0, p * p == a, q * q == b),
        "sums over all pairs": (n >= 1, n * T >= M, n * S >= T * T, m * n == T, T > 0, S > 0),
    }, (2 * p * q <= a + b, 2 * a * b <= a * a + b * b, M * m <= n * S)
