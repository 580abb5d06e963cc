"""Settings of Theorem 2 of li2021, as domains for the claims on its constants and conditions.

A case is a `bounds.Setting` whose step size is a share of the largest one that Eq. (40) allows. The
start is given by |v_0| and its cosine to v*, so that |v_0 - v*| and v_0'v* belong together.

Book page: book/li2021/convergence.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from gnnconv_lib.bounds import li2021 as bounds
from gnnconv_lib.claims import choice, domain, integer, real, where
from gnnconv_lib.claims.domain import Domain
from gnnconv_lib.claims.hypotheses import Part

__all__ = ["lemma_2_constants", "settings"]

_BASE: dict[str, Any] = {
    "level": "node",
    "d": 1,
    "q": 1,
    "slope": 1.0,
    "share": 0.5,
    "mean_size": 2.0,
    "smallest": 2.0,
    "largest": 2,
    "start": 1.0,
    "target": 1.0,
    "cosine_v": 1.0,
    "trace": 0.5,
    "noise": 1.0,
    "at_zero": 0.0,
    "n": 1000,
    "inverse_xi": 1.0,
    "c": 1.0,
}
# The ends of the ranges, each tried alone.
_CORNERS: dict[str, tuple[float, ...]] = {
    "d": (10,),
    "q": (10,),
    "slope": (1.5, 10.0),
    "share": (1e-3, 0.999),
    "mean_size": (20.0,),
    "smallest": (1.0,),
    "largest": (1, 10),
    "start": (0.01, 20.0),
    "target": (0.01, 20.0),
    "cosine_v": (0.01,),
    "trace": (0.01, 1.0),
    "noise": (0.0, 20.0),
    "at_zero": (20.0,),
    "n": (2, 10**9),
    "inverse_xi": (0.01, 50.0),
    "c": (0.01, 50.0),
}
_WORDS = {
    "d": "d",
    "q": "d_out",
    "slope": "L_σ",
    "mean_size": "d̄",
    "smallest": "d_min",
    "largest": "n_max",
    "share": "α over the limit of (40)",
    "start": "|v_0|",
    "target": "|v*|",
    "cosine_v": "cosine of v_0 and v*",
    "trace": "Tr(W*'W_0)",
    "noise": "ν",
    "at_zero": "|σ(0)|",
    "inverse_xi": "|Ξ⁻¹|",
}


def settings(
    levels: tuple[str, ...] = ("node", "graph"),
    steepness: str = "(0, inf)",
    share: str = "(0, 1)",
    starts: str = "(0, 1]",
    more: tuple[Mapping[str, Any], ...] = (),
    limits: tuple[Part, ...] = (),
    **extra: tuple[Part, tuple[float, ...]],
) -> Domain:
    """Settings of these levels.

    Args:
        steepness: the range of L_sigma. share: of the step size over its limit.
        starts: of Tr(W*'W_0) and of the cosine of v_0 and v*.
        more: further settings, as changes of the first one. limits: hypotheses on the setting.
        extra: further columns: their hypothesis and the values that are tried.
    """
    ends = {
        "slope": (0.1,) if steepness.startswith("(0") else (),
        "share": (1.0,) if share.endswith("]") else (),
        "trace": (0.0,) if starts.startswith("[") else (),
        "cosine_v": (0.0,) if starts.startswith("[") else (),
    }
    lower = 0.1 if steepness.startswith("(0") else 1.0

    def cases(budget: str) -> list[dict[str, Any]]:
        rows = []
        first = _rows(levels, ends, lower, 40 if budget == "quick" else 400)
        for row in (*first, *({**_BASE, **changed} for changed in more)):
            setting = _setting(row)
            for values in _product(extra):
                rows.append({**row, **values, "setting": setting})
        return rows

    parts: list[Part] = [
        choice("level", *levels),
        integer("d", "[1, inf)", "feature dimension d"),
        integer("q", "[1, inf)", "output dimension d_out"),
        real("slope", steepness, "L_σ"),
        real("mean_size", "[1, inf)", "d̄"),
        real("smallest", "[1, inf)", "d_min"),
        where("d_min ≤ d̄", lambda smallest, mean_size: smallest <= mean_size),
        integer("largest", "[1, inf)", "n_max"),
        real("share", share, "α over the largest step size of (40)"),
        real("start", "(0, inf)", "|v_0|"),
        real("target", "(0, inf)", "|v*|"),
        real("cosine_v", starts, "cosine of v_0 and v*"),
        real("trace", starts, "Tr(W*'W_0)"),
        real("noise", "[0, inf)", "ν"),
        real("at_zero", "[0, inf)", "|σ(0)|"),
        integer("n", "[2, inf)", "number of labels n"),
        real("inverse_xi", "(0, inf)", "|Ξ⁻¹|"),
        real("c", "(0, inf)", "constant c of Theorem 2"),
        *limits,
        *(part for part, _ in extra.values()),
    ]
    return domain(*parts, derived=("setting",), cases=cases, words=_words)


def lemma_2_constants(setting: bounds.Setting) -> tuple[float, float, float]:
    """sigma_m, sigma_M and L for which (13)-(15) are Lemma 2: L^2 q, B L^2, sqrt(2) B L.

    B = d + 4 d d-bar at node level, 2 d n_max^2 at graph level, the slope of g^v in v over L^2.

    >>> m, M, L = lemma_2_constants(bounds.Setting(features=1, outputs=3, slope=2.0))
    >>> m, M, round(L / math.sqrt(2), 9)
    (12.0, 20.0, 10.0)
    """
    d, L = setting.features, setting.slope
    node = d + 4 * d * setting.mean_size
    B = node if setting.level == "node" else 2 * d * setting.largest_graph**2
    return L**2 * setting.outputs, B * L**2, math.sqrt(2) * B * L


def _setting(row: Mapping[str, Any]) -> bounds.Setting:
    start, target, cosine = row["start"], row["target"], row["cosine_v"]
    base = bounds.Setting(
        level=row["level"],
        features=int(row["d"]),
        outputs=int(row["q"]),
        slope=row["slope"],
        distance=math.sqrt(max(0.0, start**2 + target**2 - 2 * start * target * cosine)),
        target=target,
        product=start * target * cosine,
        trace=row["trace"],
        mean_size=row["mean_size"],
        smallest_size=row["smallest"],
        largest_graph=int(row["largest"]),
        noise=row["noise"],
        at_zero=row["at_zero"],
        labels=int(row["n"]),
        inverse_xi=row["inverse_xi"],
        constant=row["c"],
    )
    return base.but(learning_rate=row["share"] * bounds.equation_40(base))


def _rows(
    levels: tuple[str, ...], ends: Mapping[str, tuple[float, ...]], lower: float, drawn: int
) -> Iterator[dict[str, Any]]:
    for level in levels:
        yield {**_BASE, "level": level}
    for level in levels:
        yield {**_BASE, "level": level, "mean_size": 1.0, "smallest": 1.0}
        for name, values in _CORNERS.items():
            for value in (*values, *ends.get(name, ())):
                yield {**_BASE, "level": level, name: value}
        # d_min can be large only where the mean is.
        yield {**_BASE, "level": level, "mean_size": 20.0, "smallest": 15.0}
    rng = np.random.default_rng(1729)
    for index in range(drawn):
        mean = float(rng.uniform(1, 30))
        yield {
            "level": levels[index % len(levels)],
            "d": int(rng.integers(1, 9)),
            "q": int(rng.integers(1, 9)),
            "slope": float(lower + rng.exponential(1.0)),
            "share": float(rng.uniform(0.001, 0.999)),
            "mean_size": mean,
            "smallest": float(rng.uniform(1, mean)),
            "largest": int(rng.integers(1, 9)),
            "start": float(np.exp(rng.normal(0, 2))),
            "target": float(np.exp(rng.normal(0, 2))),
            "cosine_v": float(rng.uniform(0.01, 1)),
            "trace": float(rng.uniform(0.01, 1)),
            "noise": float(rng.exponential(1)),
            "at_zero": float(rng.exponential(1)),
            "n": int(10 ** rng.uniform(1, 9)),
            "inverse_xi": float(np.exp(rng.normal(0, 2))),
            "c": float(np.exp(rng.normal(0, 1))),
        }


def _product(extra: Mapping[str, tuple[Part, tuple[float, ...]]]) -> list[dict[str, float]]:
    rows: list[dict[str, float]] = [{}]
    for name, (_, values) in extra.items():
        rows = [{**row, name: value} for value in values for row in rows]
    return rows


def _words(
    level: str,
    d: int,
    q: int,
    slope: float,
    mean_size: float,
    smallest: float,
    largest: int,
    share: float,
    start: float,
    target: float,
    cosine_v: float,
    trace: float,
    noise: float,
    at_zero: float,
    inverse_xi: float,
) -> str:
    """The level, d, d_out and the sizes of that level, then what is not as in the first setting."""
    given = dict(locals())
    shown = ["d", "q", *(("mean_size", "smallest") if level == "node" else ("largest",)), "share"]
    others = [
        name
        for name in _WORDS
        if name not in ("mean_size", "smallest", "largest") and given[name] != _BASE[name]
    ]
    names = dict.fromkeys([*shown, *others])
    return f"{level} level, " + ", ".join(f"{_WORDS[name]} = {given[name]:.4g}" for name in names)
