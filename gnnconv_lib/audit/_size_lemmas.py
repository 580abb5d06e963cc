"""What A, B and C are at least and at most on graphs of small degree, as lemmas about M, S, n, d + 1.

D = d + 1 and w = 1/pi. Facts as in `_relu_facts`.

Book pages: book/awasthi2021/bounded-iterates, book/awasthi2021/pl-condition.
"""

from __future__ import annotations

from typing import Any

from gnnconv_lib.audit._relu_facts import inverse_of_pi, opening, regular, sizes
from gnnconv_lib.claims import lemma


@lemma
def full_sum_is_large(A: Any, K: Any, M: Any, S: Any, w: Any, n: Any, D: Any) -> Any:
    """A >= n^2 (d+1)/pi."""
    return {**sizes(A, K, M, S, w), **regular(n, D, M, S)}, n * n * D * w <= A


@lemma
def full_sum_is_small(A: Any, K: Any, M: Any, S: Any, w: Any, n: Any, D: Any) -> Any:
    """A <= (d+1) n^2, so that (d+1) n/2 >= A/(2n)."""
    facts = {**sizes(A, K, M, S, w), **regular(n, D, M, S)}
    return facts, (D * n * n >= A, D * n / 2 >= A / (2 * n))


@lemma
def slope_vanishes(A: Any, K: Any, C: Any, M: Any, S: Any, w: Any, n: Any, D: Any) -> Any:
    """|C| <= S <= A pi (d+1)/n."""
    facts = {**sizes(A, K, M, S, w), **regular(n, D, M, S)}
    facts["companion:lemma-sums/slope"] = (C >= 0, C <= K, K <= S)
    return facts, (C * w * n <= A * D, S * w * n <= A * D)


@lemma
def mixed_sum_is_large(B: Any, M: Any, S: Any, w: Any, n: Any, D: Any) -> Any:
    """B >= n^2 (d+1)/(4 pi) for d + 1 <= 3n/(2 pi)."""
    return {
        **regular(n, D, M, S),
        **inverse_of_pi(w),
        "d + 1 ≤ 3n/(2π)": 3 * n * w >= 2 * D,
        "awasthi2021:remark-b-lower/tangent": w * M - S / 2 <= B,
    }, w * n * n * D / 4 <= B


@lemma
def count_is_enough(n: Any, d: Any, w: Any) -> Any:
    """(n^2 - n d^2)/pi - n d^2 >= n^2/(4 pi) for n >= 6 d^2."""
    facts = {"n ≥ 6d²": (n >= 1, d >= 0, n >= 6 * d * d), **inverse_of_pi(w)}
    return facts, (n * n - n * d * d) * w - n * d * d >= n * n * w / 4


@lemma
def slope_is_large(A: Any, K: Any, C: Any, c: Any, M: Any, S: Any, w: Any, n: Any, D: Any) -> Any:
    """C >= A/(2n) for d + 1 <= 3n/(2 pi) and c >= -1/50."""
    facts = {**sizes(A, K, M, S, w), **regular(n, D, M, S), **opening(C, S, c)}
    facts["d + 1 ≤ 3n/(2π)"] = 3 * n * w >= 2 * D
    return facts, 2 * n * C >= A


@lemma
def length_after_a_step(A: Any, K: Any, M: Any, S: Any, w: Any, n: Any, D: Any, x: Any) -> Any:
    """eta n^2(d+1)/(4 pi) >= 1/(36 pi^2) for x >= 1/(16 pi), n >= 16 and 4 d^2 <= n."""
    facts = {**sizes(A, K, M, S, w), **regular(n, D, M, S)}
    facts["n ≥ 16, 4d² ≤ n"] = (n >= 16, n >= 4 * (D - 1) * (D - 1))
    facts["x ≥ 1/(16π)"] = 16 * x >= w
    return facts, x * D * n * n * w / (4 * A) >= w * w / 36


@lemma
def c_above_quarter(S: Any, C: Any, c: Any) -> Any:
    """C >= S/4 for c >= -1/50."""
    return {**opening(C, S, c), "S > 0": S > 0}, C >= S / 4


@lemma
def counted_overlaps(K: Any, S: Any, n: Any, D: Any, M: Any, c: Any) -> Any:
    """(1-c) C(1) <= (1-c) n (d+1)^2."""
    facts = {**regular(n, D, M, S), "companion:lemma-sums/slope": K <= S, "a cosine": c <= 1}
    return facts, (1 - c) * K <= (1 - c) * n * D * D


@lemma
def slope_by_count(K: Any, S: Any, C: Any, n: Any, D: Any, M: Any) -> Any:
    """|C| <= S = n (d+1)^2 <= (d+1) n d^2 for d >= 2."""
    facts = {**regular(n, D, M, S), "companion:lemma-sums/slope": (C >= 0, C <= K, K <= S)}
    return {**facts, "d ≥ 2": D >= 3}, D * n * (D - 1) * (D - 1) >= C


# Unequal degrees: D is the largest degree + 1.


@lemma
def full_sum_of_any_graph(A: Any, K: Any, M: Any, S: Any, w: Any, n: Any) -> Any:
    """A >= n^2/pi, since every m_ij is at least 1."""
    facts = {**sizes(A, K, M, S, w), "m_ij ≥ 1": (n >= 1, n * n <= M)}
    return facts, n * n * w <= A


@lemma
def mixed_sum_of_any_graph(B: Any, M: Any, S: Any, w: Any, n: Any, d: Any) -> Any:
    """B >= n^2/(4 pi) for n >= 9 d^2 and d >= 1; S is at most n(d+1)^2."""
    return {
        **inverse_of_pi(w),
        "n ≥ 9d², d ≥ 1": (d >= 1, n >= 9 * d * d),
        "m_ij ≥ 1, |N_i| ≤ d + 1": (n * n <= M, n * (d + 1) * (d + 1) >= S),
        "awasthi2021:remark-b-lower/tangent": w * M - S / 2 <= B,
    }, w * n * n / 4 <= B


@lemma
def slope_of_any_graph(
    A: Any, C: Any, K: Any, S: Any, M: Any, w: Any, n: Any, D: Any, r: Any, T: Any
) -> Any:
    """C/A <= pi r D/n with r = sqrt(D); T is the sum of sqrt(D_i), 1 <= sqrt(D_i) <= r."""
    facts = sizes(A, K, M, S, w)
    facts["companion:lemma-sums/slope"] = (C >= 0, C <= K, K <= S)
    facts["sums of √D_i"] = (n >= 1, n <= T, T * T == M, r >= 1, r * r == D, D * r * T >= S)
    return facts, C * w * n <= A * D * r


@lemma
def slope_is_large_on_any_graph(
    A: Any, K: Any, C: Any, c: Any, M: Any, S: Any, w: Any, n: Any
) -> Any:
    """C >= A/(2n) for c >= -1/50 and n >= 2; M <= n sum D_i <= n S."""
    facts = {**sizes(A, K, M, S, w), **opening(C, S, c)}
    facts["M ≤ n ΣD_i ≤ nS"] = (n >= 2, n * S >= M)
    return facts, 2 * n * C >= A
