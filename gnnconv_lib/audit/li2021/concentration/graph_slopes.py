"""Lemma 5: the slopes of both directions at graph level, Eqs. (31)-(34).

Reference: li2021, Lemma 5. Book page: book/li2021/concentration.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import special, stats

from gnnconv_lib.audit.li2021.concentration._settings import LOG_TEN, at_half, log_two_sided
from gnnconv_lib.audit.li2021.concentration.slopes import (
    PROBABILITY,
    noise_tail,
    noisy,
    slopes_at_the_edge,
)
from gnnconv_lib.bounds import li2021 as bounds
from gnnconv_lib.claims import (
    at_most,
    both,
    choice,
    claim,
    correction,
    domain,
    fixed,
    integer,
    readings,
    real,
    where,
)


def _collections(budget: str) -> list[dict[str, Any]]:
    shapes = [(1, 1), (1, 4), (3, 1), (4, 3), (6, 5)]
    draws = 1 if budget == "quick" else 10
    return [
        {
            "n": n,
            "size": size,
            "features": features,
            "outputs": q,
            "activation": name,
            "noise": (0.0, 0.3, 1e4)[(n + features + seed) % 3],
            "seed": seed,
        }
        for n, size in shapes
        for features, q in ((1, 1), (2, 2), (5, 1))
        for name in ("identity", "relu", "leaky_relu(0.2)")
        for seed in range(draws)
    ]


COLLECTIONS = domain(
    integer("n", "[1, inf)", "number of graphs"),
    integer("size", "[1, inf)", "nodes of each graph"),
    integer("features", "[1, inf)", "d"),
    choice("activation", "identity", "relu", "leaky_relu(0.2)"),
    real("noise", "[0, inf)", "ν"),
    fixed(
        "any averages; read-outs that pick a node; |v|, |v'|, |v*| ≤ D_0; |W|, |W'| = 1, spectral"
    ),
    cases=_collections,
    derived=("outputs", "seed"),
    words=lambda n, size, features, activation: (
        f"{n} graphs of {size} nodes, d = {features}, {activation}"
    ),
)


def _at_the_edge(
    n: int, size: int, features: int, outputs: int, activation: str, noise: float, seed: int
) -> tuple[Any, ...]:
    """The slopes where sum_j |H_j|_F^2 = 2 d sum n_j, the most that the event allows."""
    rng = np.random.default_rng(seed)
    setting = at_half(
        level="graph",
        features=features,
        outputs=outputs,
        largest_graph=size,
        noise=noise,
        labels=n,
    )
    H = rng.standard_normal((n, size, features))
    H *= math.sqrt(2 * features * size * n / np.sum(H**2))
    weights = np.eye(size)[rng.integers(size, size=n)]
    if seed % 2:
        weights = rng.dirichlet(np.full(size, 0.3), size=n)
    return slopes_at_the_edge(setting, np.einsum("jk,jkd->jd", weights, H), activation, rng)


def _tail(n: int, size: int, features: int) -> Any:
    """P(chi^2_N > 2 N) against the smallest delta, exp(-N / 8), with N = d sum n_j."""
    N = n * size * features
    return at_most(
        float(stats.chi2.logsf(2 * N, N)), -N / 8, ("log of the probability", "log of delta")
    )


@claim("li2021:eq-31", COLLECTIONS, each=True, tolerance=1e-10)
def direction_in_weights(
    n: int, size: int, features: int, outputs: int, activation: str, noise: float, seed: int
) -> Any:
    """(31) fails with probability at most δ: it holds on an event that fails so rarely."""
    first, *_ = _at_the_edge(n, size, features, outputs, activation, noise, seed)
    return both(_tail(n, size, features), first)


@claim("li2021:eq-34", COLLECTIONS, each=True, tolerance=1e-10)
def gradient_in_v(
    n: int, size: int, features: int, outputs: int, activation: str, noise: float, seed: int
) -> Any:
    """(34) fails with probability at most δ: it holds on an event that fails so rarely."""
    *_, last = _at_the_edge(n, size, features, outputs, activation, noise, seed)
    return both(_tail(n, size, features), last)


@correction("li2021:lemma-5/corrected", COLLECTIONS, each=True, tolerance=1e-10)
def lemma_5_corrected(
    n: int, size: int, features: int, outputs: int, activation: str, noise: float, seed: int
) -> Any:
    """With Σn_j ≥ 8 ln(2/δ)/d, n ≥ ln(2/δ) graphs and a noise term in (32), all four hold at 1 - δ.

    The noise of every label is Gaussian in the probability.
    """
    log_half_delta = -min(n * size * features / 8, float(n))
    noise_is_large = at_most(
        float(stats.chi2.logsf(16 * n / 3, n)),
        log_half_delta,
        ("log P(|noise|^2 > 2 n nu^2)", "log(δ/2)"),
    )
    parts = _at_the_edge(n, size, features, outputs, activation, noise, seed)
    return both(_tail(n, size, features), noise_is_large, *parts)


@claim("li2021:eq-32", noisy("graph"), corrected_by="li2021:lemma-5/corrected")
def direction_in_v(n: Any, deviation: Any) -> Any:
    """(32), with the norm of Ξ⁻¹ where the matrix is printed, fails with probability at most δ."""
    return at_most(noise_tail(n, deviation, "graph"), -n / 8 / LOG_TEN, PROBABILITY)


@claim("li2021:lemma-5", noisy("graph"), corrected_by="li2021:lemma-5/corrected")
def lemma_5(n: Any, deviation: Any) -> Any:
    """(31) to (34) hold together with probability at least 1 - δ."""
    return at_most(noise_tail(n, deviation, "graph"), -n / 8 / LOG_TEN, PROBABILITY)


def _few(budget: str) -> dict[str, np.ndarray]:
    some = [1, 10, 100, 300, 1000, 3000, 10_000]
    features = some if budget == "quick" else [1, *range(10, 10_000, 50)]
    counts = (1, 2, 4, 10)
    return {"n": np.repeat(counts, len(features)), "features": np.tile(features, len(counts))}


FEW_GRAPHS = domain(
    integer("n", "[1, inf)", "number of graphs"),
    integer("features", "[1, inf)", "d"),
    fixed(
        "graphs of one node, identity, q = 1, |v*| = 1e-6, v = 0, W and W' = -W along Σ_j x_j y_j"
    ),
    fixed(
        "Gaussian noise with ν² the rest of (33), in the last reading also with a thousand times that ν; "
        "δ the smallest one that the condition allows"
    ),
    regime=where("n ≥ 2", lambda n: n >= 2),
    cases=_few,
)


def _log_chi_tail(n: int, threshold: float) -> float:
    """A lower bound on log P(chi^2_n > threshold): exact for n = 1, else by a term of Poisson's law."""
    if n == 1:
        return float(log_two_sided(math.sqrt(threshold)))
    half = n // 2  # chi^2_n is at least chi^2_{2 half}
    return (half - 1) * math.log(threshold / 2) - threshold / 2 - math.lgamma(half)


def _log_product_tail(n: int, d: int, threshold: float) -> float:
    """log P(chi^2_n chi^2_d > threshold) for independent factors, by quadrature."""
    # Far tails move chi^2_d by a factor, whatever its standard deviation.
    log_z = math.log(d) + np.linspace(-1.0, 1.0, 8001) * (3 + 36 / math.sqrt(d))
    z = np.exp(log_z)
    # The density of log chi^2_d, and what the other factor must exceed.
    logs = stats.chi2.logpdf(z, d) + log_z + stats.chi2.logsf(threshold / z, n)
    return float(special.logsumexp(logs) + math.log(log_z[1] - log_z[0]))


@claim("li2021:eq-33", FEW_GRAPHS, corrected_by="li2021:lemma-5/corrected")
def gradient_in_weights(n: Any, features: Any) -> Any:
    """(33) fails with probability at most δ."""
    nested = "second root inside of the first"
    sides: dict[str, list[float]] = {"sqrt(n_max)_ν²": [], "sqrt(n_max_ν²)": [], nested: []}
    for count, d in zip(map(int, n), map(int, features), strict=True):
        setting = at_half(level="graph", features=d, target=1e-6, product=1e-12)
        rest = bounds.equation_25(setting)
        nu = math.sqrt(rest)
        printed = bounds.equation_25(setting.but(noise=nu))
        # The slope is |Σ x_j y_j|/n, more likely to be large than |Σ x_j ε_j|/n by Anderson's theorem. Given
        # ε that sum is |ε| z, and |z|² ≥ d - 1 with probability 1/2.
        unit = max(math.sqrt(max(d - 1, 0)) * nu * math.sqrt(3 / 8), 1e-300)
        for name, limit in (("sqrt(n_max)_ν²", printed), ("sqrt(n_max_ν²)", rest + nu)):
            tail = math.log(0.5) + _log_chi_tail(count, min(count * limit / unit, 1e150) ** 2)
            sides[name].append(max(tail, -1e300) / LOG_TEN)
        # d sqrt(1 + ν²) grows like the noise itself: the longest noise is the worst.
        for larger in (1.0, 1e3):
            limit = rest - d + d * math.sqrt(1 + (larger * nu) ** 2)
            squared = (count * limit / (larger * nu)) ** 2 / (3 / 8)
            tail = _log_product_tail(count, d, squared)
            sides[nested].append(max(tail, -1e300) / LOG_TEN)
    sides[nested] = list(np.reshape(sides[nested], (-1, 2)).max(axis=1))
    delta = -n * features / 8 / LOG_TEN
    return readings(
        **{name: at_most(np.array(left), delta, PROBABILITY) for name, left in sides.items()}
    )
