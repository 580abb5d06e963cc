"""Lemmas 4 and 6: deviations of both directions from their means, Eqs. (27)-(30) and (35)-(38).

The constant c of the lemmas is absolute but not given, so each claim looks at many values of c. That
the bounds fail on complete graphs for every c is proved on the page.

Reference: li2021, Lemmas 4 and 6. Book page: book/li2021/concentration.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import special

from gnnconv_lib.audit._exact_constants import ExactConstants
from gnnconv_lib.audit.li2021.concentration._settings import (
    LOG_TEN,
    at_half,
    log_two_sided,
    smallest_delta,
)
from gnnconv_lib.bounds import li2021 as bounds
from gnnconv_lib.claims import at_most, claim, domain, fixed, integer, readings, real

PROBABILITY = ("log10 of a lower bound on the probability", "log10 of delta")
_READINGS = {"(3/2)_log(2/δ)": "log(2/delta)", "(3/2)(log_2)/δ": "log(2)/delta"}


def _constants(budget: str) -> np.ndarray:
    powers = [0, 1, 2, 4, 8, 16, 30] if budget == "quick" else range(31)
    return np.array([10.0**-k for k in powers])


def _complete_graphs(budget: str) -> dict[str, Any]:
    c = _constants(budget)
    # So many nodes that the bound is below a fifth of a typical deviation.
    n = np.ceil(2e4 / c**2 * (1 - np.log(c)))
    return {"n": n, "c": c}


COMPLETE = domain(
    integer("n", "[3, inf)", "nodes of a complete graph"),
    real("c", "(0, 1]", "the constant c (a larger one asks for more)"),
    fixed(
        "identity, d = q = 1, W = W*, v = v* + D, as v_0 may be, |v*| = 1, ν = 0, half of the step "
        "size of (40)"
    ),
    fixed("δ the smallest one that the condition on n allows"),
    cases=lambda budget: _with_three(_complete_graphs(budget)),
)


def _with_three(columns: dict[str, Any]) -> dict[str, Any]:
    """The smallest n as well, at the smallest c: where nothing fails."""
    return {"n": np.append(columns["n"], 3.0), "c": np.append(columns["c"], 1e-30)}


def _complete_setting(nodes: float, constant: float) -> bounds.Setting:
    return at_half(
        features=1,
        mean_size=float(nodes),
        smallest_size=float(nodes),
        inverse_xi=float(nodes),
        labels=int(nodes),
        constant=float(constant),
    )


def _exact_delta(n: Any, reading: str, ball: Any) -> Any:
    """log10 of the smallest delta that Lemma 4 allows."""
    root, ten = (ball(n) * ball(n).log()).sqrt(), ball(10).log()
    if reading == "log(2/delta)":
        return (ball(2).log() - 2 * root / 3) / ten
    return (3 * ball(2).log() / (2 * root)).log().min(ball(0)) / ten


def _exactly(limit: Any, reading: str) -> Any:
    """log10 of P(z^2 > 1 + x) = erfc(sqrt((1 + x)/2)) and of delta, in balls."""

    def sides(n: Any, c: Any, ball: Any) -> tuple[Any, Any]:
        e = ExactConstants(_complete_setting(n, c), ball)
        tail = ((1 + limit(e)) / 2).sqrt().erfc()
        return tail.log() / ball(10).log(), _exact_delta(int(n), reading, ball)

    return sides


def _exact_28(e: ExactConstants) -> Any:
    return 4 * e.rate() * e.x.inverse_xi * e.bracket() / e.D()


def _exact_30(e: ExactConstants) -> Any:
    return 2 * e.rate() * (1 + e.x.at_zero) * e.bracket() * e.x.labels / e.D()


def _exact_both(e: ExactConstants) -> Any:
    return _exact_28(e).max(_exact_30(e))


def _on_complete_graphs(n: Any, c: Any, limit: Any, exact: Any) -> dict[str, Any]:
    """All rows are equal: the deviations are |z^2 - 1| times a number, z a standard normal."""
    found, deltas = [], {name: [] for name in _READINGS}  # type: ignore[var-annotated]
    for nodes, constant in zip(n, c, strict=True):
        setting = _complete_setting(nodes, constant)
        # P(|z^2 - 1| > x) >= P(z^2 > 1 + x)
        found.append(float(log_two_sided(math.sqrt(1 + limit(setting)))) / LOG_TEN)
        for name, reading in _READINGS.items():
            deltas[name].append(smallest_delta(float(nodes), reading) / LOG_TEN)
    return {
        name: at_most(
            np.array(found),
            np.array(values),
            PROBABILITY,
            exactly=_exactly(exact, _READINGS[name]),
        )
        for name, values in deltas.items()
    }


def _of_28(setting: bounds.Setting) -> float:
    # The deviation of G^W is |z^2 - 1| D D_0.
    return bounds.equation_28(setting) / (
        bounds.equation_16_printed(setting) * bounds.radius(setting)
    )


def _of_30(setting: bounds.Setting) -> float:
    # The deviation of g^v is |z^2 - 1| D / n.
    return bounds.equation_30(setting) * setting.labels / bounds.equation_16_printed(setting)


@claim("li2021:eq-28", COMPLETE, repair="replacement", corrected_by="li2021:lemma-4/corrected")
def direction_on_complete_graphs(n: Any, c: Any) -> Any:
    """(28) fails with probability at most δ."""
    return readings(**_on_complete_graphs(n, c, _of_28, _exact_28))


@claim("li2021:eq-30", COMPLETE, repair="replacement", corrected_by="li2021:lemma-4/corrected")
def gradient_on_complete_graphs(n: Any, c: Any) -> Any:
    """(30) fails with probability at most δ."""
    return readings(**_on_complete_graphs(n, c, _of_30, _exact_30))


@claim("li2021:lemma-4", COMPLETE, repair="replacement", corrected_by="li2021:lemma-4/corrected")
def lemma_4(n: Any, c: Any) -> Any:
    """(28) and (30) hold with probability at least 1 - δ, with this constant, on complete graphs."""
    return readings(**_on_complete_graphs(n, c, lambda s: max(_of_28(s), _of_30(s)), _exact_both))


# Graph level: independent graphs of one node.


MANY_FEATURES = domain(
    integer("d", "[2, inf)", "d"),
    real("c", "(0, 1]", "the constant c (a larger one asks for more)"),
    fixed(
        "100 graphs of one node, identity, |v*| = 1, |v - v*| = D and |v| = D_0, as v_0 may be, ν = 0, "
        "half the step size of (40)"
    ),
    fixed("δ = 1/4, which the condition on n allows in all readings"),
    cases=lambda budget: {
        "d": np.concatenate([[2.0], np.ceil(3000 / _constants(budget)[:5] ** 2)]),
        "c": np.concatenate([[1.0], _constants(budget)[:5]]),
    },
)
_NAMES = ("deviation that is passed with probability 1/4", "bound")


def _exceeded(d: Any) -> np.ndarray:
    """x with P(|(S - I) b| >= x |b|) >= 1/4, S the mean of 100 outer products of Gaussian vectors.

    Across b the vector has the norm of |x_b| |z| / n with chi-square variables |x_b|^2, |z|^2 of n and
    d - 1 degrees of freedom, whose medians are at least n - 1 and d - 2.
    """
    return np.asarray(np.sqrt((d - 2) * 99.0) / 100)


def _graph_setting(d: float, c: float, q: int = 1) -> bounds.Setting:
    return at_half(level="graph", features=int(d), outputs=q, constant=float(c), labels=100)


@claim(
    "li2021:eq-36/dimension",
    MANY_FEATURES,
    repair="replacement",
    corrected_by="li2021:lemma-6/corrected",
)
def direction_with_many_features(d: Any, c: Any) -> Any:
    """(36) fails with probability at most δ, for q = 1 and every d."""
    sides = {}
    for name, bound in (
        ("as_printed", bounds.equation_36_printed),
        ("with_the_factor_D_0_of_(45)", bounds.equation_36_corrected),
    ):
        limits = []
        for row in zip(d, c, strict=True):
            s = _graph_setting(*row)
            # G^W - mean = (S - I)(W v - W* v*) v with |W v - W* v*| = D and |v| = D_0.
            limits.append(bound(s) / (bounds.equation_16_printed(s) * bounds.radius(s)))
        sides[name] = at_most(_exceeded(d), np.array(limits), _NAMES, exactly=_exact_36(name))
    return readings(**sides)


def _exact_36(name: str) -> Any:
    """sqrt(99 (d - 2))/100 and (36), without or with its factor D_0, over D D_0."""

    def sides(d: Any, c: Any, ball: Any) -> tuple[Any, Any]:
        e = ExactConstants(_graph_setting(d, c), ball)
        bound = 4 * e.rate() * e.x.inverse_xi * e.graph_bracket() / (e.D() * e.D_0())
        with_factor = bound if name == "as_printed" else bound * e.D_0()
        return (99 * (ball(d) - 2)).sqrt() / 100, with_factor

    return sides


def _exact_38(d: Any, c: Any, ball: Any) -> tuple[Any, Any]:
    e = ExactConstants(_graph_setting(d, c, q=int(d)), ball)
    bound = 4 * e.rate() * (1 + e.x.at_zero) * e.graph_bracket() / e.D()
    return (99 * (ball(d) - 2)).sqrt() / 100, bound


@claim(
    "li2021:eq-38/dimension",
    MANY_FEATURES,
    repair="replacement",
    corrected_by="li2021:lemma-6/corrected",
)
def gradient_with_many_units(d: Any, c: Any) -> Any:
    """(38) fails with probability at most δ, for q = d and W = W* a multiple of the identity."""
    limits = []
    for row in zip(d, c, strict=True):
        setting = _graph_setting(*row, q=int(row[0]))
        limits.append(bounds.equation_38(setting) / bounds.equation_16_printed(setting))
    # |W| = 1 makes W the identity in the spectral norm, and 1/sqrt(q) of it in the Frobenius norm.
    return readings(
        spectral_norm_of_W=at_most(_exceeded(d), np.array(limits), _NAMES, exactly=_exact_38),
        Frobenius_norm_of_W=at_most(_exceeded(d) / d, np.array(limits), _NAMES),
    )


LARGE_TEACHERS = domain(
    real("target", "(0, inf)", "|v*|"),
    real("c", "(0, 1]", "the constant c (a larger one asks for more)"),
    fixed("100 graphs of one node, identity, d = q = 1, W = W*, v = v* + D, ν = 0"),
    fixed("half of the step size of (40); δ the smallest one that the condition on n allows"),
    cases=lambda budget: {
        "target": np.concatenate([[0.01], 100 / _constants(budget)[:5]]),
        "c": np.concatenate([[1.0], _constants(budget)[:5]]),
    },
)


@claim(
    "li2021:eq-36/powers",
    LARGE_TEACHERS,
    repair="replacement",
    corrected_by="li2021:lemma-6/corrected",
)
def direction_without_the_factor(target: Any, c: Any) -> Any:
    """(36), of first order in D_0, fails with probability at most δ for every |v*|."""
    tails = []
    for length, constant in zip(target, c, strict=True):
        s = at_half(
            level="graph",
            features=1,
            target=float(length),
            product=float(length) ** 2,
            labels=100,
            constant=float(constant),
        )
        # The deviation is |mean of x^2 - 1| D D_0.
        x = bounds.equation_36_printed(s) / (bounds.equation_16_printed(s) * bounds.radius(s))
        # P(chi^2_100 > 100 (1 + x)), by P(chi^2_k > t) >= P(Poisson(t/2) = k/2 - 1).
        t = 50 * (1 + x)
        tails.append((49 * math.log(t) - t - float(special.gammaln(50))) / LOG_TEN)
    return readings(
        **{
            name: at_most(np.array(tails), smallest_delta(100.0, reading) / LOG_TEN, PROBABILITY)
            for name, reading in _READINGS.items()
        }
    )


def _graphs(budget: str) -> dict[str, Any]:
    c = _constants(budget)
    return {
        "n": np.append(np.ceil((100 / c**2) ** 2 * (1 - np.log(c)) ** 2), 3.0),
        "c": np.append(c, 1e-30),
    }


INDEPENDENT = domain(
    integer("n", "[3, inf)", "number of graphs"),
    real("c", "(0, 1]", "the constant c"),
    fixed(
        "graphs of one node, identity, d = q = 1, W = W*, v = v*, Gaussian noise, limit of large ν"
    ),
    fixed("δ the smallest one that the condition on n allows"),
    cases=_graphs,
)


@claim("li2021:eq-38/tail", INDEPENDENT, corrected_by="li2021:lemma-6/corrected")
def tail_of_the_gradient(n: Any, c: Any) -> Any:
    """(38) fails with probability at most δ."""
    below, above = [], []
    for count, constant in zip(n, c, strict=True):
        large = 1e12
        setting = at_half(
            level="graph", features=1, labels=int(count), constant=float(constant), noise=large
        )
        # |sum x eps| / n in standard deviations s of the noise, whose psi_2 norm is s sqrt(8/3).
        limit = bounds.equation_38(setting) / (large * math.sqrt(3 / 8))
        x = limit * math.sqrt(count) * math.sqrt(count / (count - 1))
        below.append((math.log(0.5) + float(log_two_sided(x))) / LOG_TEN)
        above.append(_log_product_tail(float(count), limit) / LOG_TEN)
    deltas = {
        name: np.array([smallest_delta(float(k), reading) for k in n]) / LOG_TEN
        for name, reading in _READINGS.items()
    }
    first, second = deltas
    return readings(
        **{
            first: at_most(np.array(below), deltas[first], PROBABILITY),
            second: at_most(
                np.array(above),
                deltas[second],
                ("log10 of an upper bound on the probability", "log10 of delta"),
            ),
        }
    )


def _log_product_tail(n: float, limit: float) -> float:
    """log 2 exp(-n (t x + log(1 - t^2) / 2)) at the best t: a bound on P(|sum x_j z_j| > n x)."""
    # The exponent is largest where t / (1 - t^2) = x.
    t = 2 * limit / (1 + math.sqrt(1 + 4 * limit**2))
    return math.log(2) - n * (t * limit + 0.5 * math.log(t / limit))


@claim(
    "li2021:lemma-6", MANY_FEATURES, repair="replacement", corrected_by="li2021:lemma-6/corrected"
)
def lemma_6(d: Any, c: Any) -> Any:
    """(36) and (38) hold with probability at least 1 - δ, with this constant, for q = 1 and every d."""
    limits = []
    for row in zip(d, c, strict=True):
        s = _graph_setting(*row)
        limits.append(
            bounds.equation_36_printed(s) / (bounds.equation_16_printed(s) * bounds.radius(s))
        )
    return at_most(_exceeded(d), np.array(limits), _NAMES, exactly=_exact_36("as_printed"))
