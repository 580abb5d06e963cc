"""Lemma 3: the slopes of both directions at node level, Eqs. (23)-(26).

Reference: li2021, Lemma 3. Book page: book/li2021/concentration.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np
from scipy import stats

from gnnconv_lib import activations
from gnnconv_lib.audit._averaging_cases import small_graphs, values
from gnnconv_lib.audit._overlaps import average_matrix
from gnnconv_lib.audit.li2021.concentration._settings import (
    LOG_TEN,
    at_half,
    log_two_sided,
    log_weighted_tail,
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
    graph,
    integer,
    readings,
    real,
)
from gnnconv_lib.witnesses.approximate_directions import directions

PROBABILITY = ("log10 of a lower bound on the probability", "log10 of delta")

STARS = domain(
    integer("k", "[0, inf)", "a star with 2^k leaves, k"),
    fixed("identity, d = q = 1, ν = 0, |v*| = 1, half of the step size of (40)"),
    fixed("δ the smallest one that the condition on n allows"),
    cases=lambda budget: {
        "k": np.array([*range(60), 500, 2000] if budget == "quick" else [*range(400), 2000, 4000])
    },
    words=lambda k: f"star with 2^{k:.0f} leaves",
)


def _star(k: int) -> tuple[bounds.Setting, float]:
    """The setting of a star, and s_1^2 / n with the largest singular value s_1 of D^-1 A."""
    leaves = 2.0 ** min(k, 500)  # from here on both are at their limits, to all digits
    n, root = leaves + 1, math.sqrt(leaves)
    block = np.array([[1 / n, root / n], [root / 2, 0.5]])
    top = float(np.linalg.norm(block, 2)) ** 2
    mean = (2 * leaves + n) / n
    return at_half(features=1, mean_size=mean, smallest_size=2.0), top / n


def _on_stars(k: Any, allowed: Any) -> dict[str, Any]:
    """For both readings of 8 ln 2/δ, P(|X|_F^2 / n > allowed) >= P(s_1^2 Z^2 > n allowed) and delta."""
    found, small, large = [], [], []
    for exponent in map(int, k):
        setting, share = _star(exponent)
        size = setting.features * setting.smallest_size
        log_n = float(np.logaddexp(exponent * math.log(2), 0.0))
        found.append(float(log_two_sided(math.sqrt(allowed(setting) / share))))
        small.append(math.log(2) - math.exp(min(log_n, 700.0)) * size / 8)
        large.append(min(0.0, math.log(8 * math.log(2) / size) - log_n))
    return {
        name: at_most(np.array(found) / LOG_TEN, np.array(delta) / LOG_TEN, PROBABILITY)
        for name, delta in (("8_ln(2/δ)", small), ("8_ln(2)/δ", large))
    }


def _of_23(setting: bounds.Setting) -> float:
    # For the identity and |v| = D_0 the slope is D_0^2 |Xi^-1| |X|_F^2 / n.
    return bounds.equation_23(setting) / (bounds.radius(setting) ** 2 * setting.inverse_xi)


def _of_25(setting: bounds.Setting) -> float:
    # For the identity, between W = 1 and W' = -1, the slope is |v*| |X|_F^2 / n.
    return bounds.equation_25(setting) / setting.target


def _of_26(setting: bounds.Setting) -> float:
    # For the identity the slope is |X|_F^2 / n.
    return bounds.equation_26(setting)


@claim("li2021:eq-23", STARS, corrected_by="li2021:lemma-3/corrected")
def direction_in_weights(k: Any) -> Any:
    """(23) fails with probability at most δ."""
    return readings(**_on_stars(k, _of_23))


@claim("li2021:eq-25", STARS, corrected_by="li2021:lemma-3/corrected")
def gradient_in_weights(k: Any) -> Any:
    """(25) fails with probability at most δ."""
    return readings(**_on_stars(k, _of_25))


@claim("li2021:eq-26", STARS, corrected_by="li2021:lemma-3/corrected")
def gradient_in_v(k: Any) -> Any:
    """(26) fails with probability at most δ."""
    return readings(**_on_stars(k, _of_26))


# The noise in the slope of G^W in v.


def noisy(level: str) -> Any:
    """n isolated nodes, or graphs of one node, at the smallest delta of the lemma."""
    reach = [16, 64, 1024]
    return domain(
        integer("n", "[16, inf)", f"number of {'nodes' if level == 'node' else 'graphs'}"),
        real("deviation", "(0, inf)", "standard deviation of Gaussian noise", reach=1e4),
        fixed(
            f"{'isolated nodes' if level == 'node' else 'graphs of one node'}, identity, d = q = 1, "
            "|v*| = 1, v = 0, half of the step size of (40)"
        ),
        fixed("δ the smallest one that the condition on n allows"),
        cases=lambda budget: {
            "n": np.repeat(reach, 5),
            "deviation": np.tile([1e-4, 1.0, 100.0, 1e4, 1e6], 3),
        },
    )


def noise_tail(n: Any, deviation: Any, level: str) -> np.ndarray:
    """A lower bound on log10 P(|sum x y| / n > right side of (24) or (32)), at v = 0.

    Given x, sum x y is Gaussian, and a shift of its mean makes large values more likely; sum x^2 is
    at least n - 1 with probability 1/2.
    """
    found = []
    for count, s in zip(n, deviation, strict=True):
        setting = at_half(level=level, features=1, labels=int(count), noise=s * math.sqrt(8 / 3))
        limit = bounds.equation_24_printed(setting)
        found.append(math.log(0.5) + log_two_sided(limit * count / (s * math.sqrt(count - 1))))
    return np.array(found) / LOG_TEN


@claim("li2021:eq-24", noisy("node"), corrected_by="li2021:lemma-3/corrected")
def direction_in_v(n: Any, deviation: Any) -> Any:
    """(24) fails with probability at most δ."""
    left = noise_tail(n, deviation, "node")
    small = (math.log(2) - n / 8) / LOG_TEN
    large = np.log10(8 * math.log(2) / n)
    return readings(
        **{
            "8_ln(2/δ)": at_most(left, small, PROBABILITY),
            "8_ln(2)/δ": at_most(left, large, PROBABILITY),
        }
    )


@claim("li2021:lemma-3", STARS, corrected_by="li2021:lemma-3/corrected")
def lemma_3(k: Any) -> Any:
    """(23), (25) and (26) hold together with probability at least 1 - δ."""
    parts = [_on_stars(k, allowed) for allowed in (_of_23, _of_25, _of_26)]
    return readings(**{name: both(*(part[name] for part in parts)) for name in parts[0]})


# The corrected lemma.


def _settings(budget: str) -> list[dict[str, Any]]:
    rows = []
    draws = 1 if budget == "quick" else 8
    for number, one in enumerate(small_graphs(budget)):
        for features, q in ((1, 1), (2, 2), (5, 1)):
            for name in ("identity", "relu", "leaky_relu(0.2)"):
                for seed in range(draws):
                    rows.append(
                        {
                            "graph": one,
                            "features": features,
                            "outputs": q,
                            "activation": name,
                            "share": (1.0, 0.5, 0.04)[(number + seed) % 3],
                            "noise": (0.0, 0.3, 1e4)[(number + seed + features) % 3],
                            "seed": seed,
                        }
                    )
    return rows


CORRECTED = domain(
    graph(),
    integer("features", "[1, inf)", "d"),
    choice("activation", "identity", "relu", "leaky_relu(0.2)"),
    real("noise", "[0, inf)", "ν"),
    real("share", "(0, 1]", "ln(2/δ) over the largest that min(d/s², 1) n allows"),
    fixed(
        "|v|, |v'|, |v*| ≤ D_0; |W|, |W'| = 1 in the spectral norm; s the largest singular value of "
        "D⁻¹A; Gaussian noise in the probability"
    ),
    cases=_settings,
    derived=("outputs", "seed"),
    words=lambda graph, features, activation: f"{graph.name}, d = {features}, {activation}",
)


@correction("li2021:lemma-3/corrected", CORRECTED, each=True, tolerance=1e-10)
def lemma_3_corrected(
    graph: Any,
    features: int,
    outputs: int,
    activation: str,
    share: float,
    noise: float,
    seed: int,
) -> Any:
    """With n ≥ max(1, s²/d) ln(2/δ) labels and a noise term in (24), all four hold at 1 - δ.

    On the event that |X|_F² ≤ nB and |ε|² ≤ 2nν² they hold at its edge, and the event fails with
    probability at most δ/2 + δ/2.
    """
    squares = np.linalg.svd(average_matrix(graph), compute_uv=False) ** 2
    n = graph.nodes
    log_half_delta = -share * min(features / float(squares.max()), 1.0) * n
    setting = at_half(
        features=features,
        outputs=outputs,
        mean_size=float(np.mean(graph.degrees + 1)),
        smallest_size=float(np.min(graph.degrees + 1)),
        noise=noise,
        labels=n,
    )
    tails = at_most(
        np.array(
            [
                log_weighted_tail(squares, features, n * bounds.width(setting)),
                float(stats.chi2.logsf(16 * n / 3, n)),
            ]
        ),
        log_half_delta,
        ("log of the probability", "log(δ/2)"),
    )
    rng = np.random.default_rng(seed)
    X = average_matrix(graph) @ rng.standard_normal((n, features))
    X *= math.sqrt(n * bounds.width(setting) / np.sum(X**2))
    return both(tails, *slopes_at_the_edge(setting, X, activation, rng))


def slopes_at_the_edge(
    setting: bounds.Setting, rows: np.ndarray, activation: str, rng: np.random.Generator
) -> tuple[Any, ...]:
    """The four slopes at random points with |v| = D_0 against (23)-(26) with the noise term.

    Args:
        rows: X with |X|_F^2 = n B. The noise gets |eps|^2 = 2 n nu^2, along its worst direction in half
            of the draws.
    """
    n, d = rows.shape
    q, D_0 = setting.outputs, bounds.radius(setting)

    def unit(*shape: int) -> np.ndarray:
        draw = rng.standard_normal(shape)
        return np.asarray(draw / np.linalg.norm(draw, 2))

    W, V, star = unit(d, q), unit(d, q), unit(d, q)
    if q == d == 1:
        V = -W
    v, v_star = D_0 * unit(q), setting.target * unit(q)
    w = -v if q == 1 or rng.random() < 0.5 else D_0 * unit(q)
    apart = float(np.linalg.norm(W - V, 2))
    noise = rows @ unit(d) if rng.random() < 0.5 else rng.standard_normal(n)
    noise *= setting.noise * math.sqrt(2 * n) / max(float(np.linalg.norm(noise)), 1e-300)
    sigma = partial(values, activations.get(activation))
    labels = sigma(rows @ star) @ v_star + noise

    def at(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return directions(rows, labels, sigma, first, second, 1 / setting.inverse_xi)

    (G, g), (G_W, g_W), (G_v, g_v) = at(W, v), at(V, v), at(W, w)
    step = float(np.linalg.norm(v - w))
    return (
        at_most(np.linalg.norm(G - G_W, 2) / apart, bounds.equation_23(setting), ("slope", "(23)")),
        at_most(
            np.linalg.norm(G - G_v, 2) / step,
            bounds.equation_24_corrected(setting),
            ("slope", "(24) with its noise term"),
        ),
        at_most(np.linalg.norm(g - g_W) / apart, bounds.equation_25(setting), ("slope", "(25)")),
        at_most(np.linalg.norm(g - g_v) / step, bounds.equation_26(setting), ("slope", "(26)")),
    )
