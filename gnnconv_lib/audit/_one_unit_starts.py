"""Starts with one hidden unit that (39) and (40) allow, averaged over the data, in both readings of Xi.

Isolated nodes, d = 2, v* = 1/2; the starts are nearly orthogonal or easy. Book page:
book/li2021/convergence.
"""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import Any

import numpy as np

from gnnconv_lib.audit._averaging_paths import ALLOWED, Path, mean_product, path
from gnnconv_lib.bounds import li2021 as bounds
from gnnconv_lib.claims import choice, domain, fixed, real
from gnnconv_lib.claims.domain import Domain

__all__ = ["ONE_UNIT", "TARGET", "gather", "starts"]

TARGET = 0.5
_FULL = 1000  # where the places of the full budget begin


def starts(activation: str, n: int, budget: str) -> tuple[list[bounds.Setting], Path, Path]:
    """The settings, and the paths in the mean and in the literal reading, recorded every 20 steps."""
    return _paths(activation, n, budget)


@cache
def _paths(activation: str, n: int, budget: str) -> tuple[list[bounds.Setting], Path, Path]:
    made = [_setting(*start) for start in _starts(budget)]
    cosine, v = np.array(_starts(budget)).T
    rate = np.array([entry.learning_rate for entry in made])
    steps = 1200 if budget == "quick" else 20_000
    M = mean_product(activation)
    found = [path(M, cosine, v, TARGET, rate, steps, gain) for gain in (1.0, 1.0 / n)]
    mean, literal = (Path(entry.angle[::20], entry.v[::20]) for entry in found)
    return made, mean, literal


def _starts(budget: str) -> list[tuple[float, float]]:
    if budget == "quick":
        return list(product((0.5, 0.001, 0.999), (0.5, 0.05, 20.0)))
    return list(product((0.5, 1e-6, 0.001, 0.1, 0.999), (0.5, 0.001, 0.05, 3.0, 20.0)))


def _setting(cosine: float, v: float) -> bounds.Setting:
    base = bounds.Setting(
        features=2, distance=abs(v - TARGET), target=TARGET, product=v * TARGET, trace=cosine
    )
    rate = 0.9 * bounds.equation_40(base)
    # (40) with B = 10, L_σ = 1 and one output.
    assert rate < min(1 / (2 * (base.distance**2 + base.target**2)), 1 / 600)
    return base.but(learning_rate=rate)


def _cases(budget: str) -> list[dict[str, Any]]:
    return [
        {"activation": name, "n": 10, "cosine": cosine, "v": v, "place": place}
        for name in ALLOWED
        for place, (cosine, v) in enumerate(_starts(budget), _FULL if budget == "full" else 0)
    ]


ONE_UNIT: Domain = domain(
    choice("activation", *ALLOWED),
    fixed("n isolated nodes, d = 2, d_out = 1, v* = 1/2, averaged over the data (no deviations)"),
    choice("n", 10, words="n in the literal reading of Ξ_N"),
    real("cosine", "(0, 1)", "W*'W_0"),
    real("v", "(0, inf)", "v_0"),
    fixed("α at 0.9 of the limit of (40)"),
    cases=_cases,
    derived=("place",),
    words=lambda activation, n, cosine, v: (
        f"{activation}, {n} isolated nodes, d = 2, d_out = 1, v* = 1/2, W*'W_0 = {cosine:g}, v_0 = {v:g}"
    ),
)


def gather(activation: Any, n: Any, place: Any, value: Any) -> dict[str, np.ndarray]:
    """For each reading value(setting, path, column) of every case, one row per case."""
    rows: dict[str, list[Any]] = {"literal": [], "mean": []}
    for name, number, where in zip(activation, n, place, strict=True):
        budget = "full" if where >= _FULL else "quick"
        k = int(where) % _FULL
        made, mean, literal = starts(str(name), int(number), budget)
        rows["mean"].append(value(made[k], mean, k))
        rows["literal"].append(value(made[k], literal, k))
    return {name: np.array(values) for name, values in rows.items()}
