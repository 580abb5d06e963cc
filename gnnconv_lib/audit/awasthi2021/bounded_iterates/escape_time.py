"""Lemmas 3 and 8: how long the initial phase takes.

The printed time c log(sigma log h) has no graph in it. With R = max(l_0, 1), b = min(l_0, B(c_0)/A),
x = eta A and S/A of the order of (d+1)/n, the first t with c_t >= 0 satisfies

    (2 b / x) (A/S) (theta_0 - pi/2) <= t <= 7 (R / x) (A/S) (1/phi_0 - 2/pi) + 1,   phi = pi - theta,

so that it grows like n/(d+1). No step turns w away from w* and l_{t+1} - 1 <= (1-x)(l_t - 1), so that
alpha_t >= c_0 (1 + (1-x)^t l_0): with c_0 > -1/100, alpha passes -1/100 after a time without n.

The printed statement is looked at for one unit, which is the most favourable reading of "with
probability at least 1 - 1/h^2", and where the printed time is positive: for every constant c there is
a cycle on which alpha stays below -1/100 for that long, with an r of at most 10.

Reference: awasthi2021, Lemmas 3 and 8. Book page: book/awasthi2021/bounded-iterates.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np

from gnnconv_lib import dual, graphs
from gnnconv_lib.audit._relu_paths import gaussian_starts, run
from gnnconv_lib.audit._relu_runs import runs
from gnnconv_lib.audit._relu_steps import STEP_ENDS
from gnnconv_lib.bounds import awasthi2021_relu as bounds
from gnnconv_lib.claims import (
    at_most,
    both,
    claim,
    correction,
    domain,
    fixed,
    integer,
    real,
    sampled,
    where,
)
from gnnconv_lib.summaries import overlap

_STARTS = 2000
# (c, h, sigma, r); the printed time is c log(sigma log h).
_SETTINGS: list[tuple[float, float, float, int]] = [
    (1, 3, 1, 2),
    (1, 2, 100, 2),
    (10, 10, 1, 3),
    (10, 1000, 1, 10),
    (0.05, 20, 0.5, 2),
]
_SETTINGS += [(50, 100, 1, 2), (100, 1e9, 0.05, 4)]

CYCLES = domain(
    fixed("cycle of n nodes, one unit, ηA = 1/(6π)"),
    real("c", "(0, inf)", "the constant c"),
    integer("h", "[2, inf)"),
    real("sigma", "(0, inf)", "σ"),
    integer("r", "[2, inf)"),
    where("σ log h > 1", lambda sigma, h: sigma * math.log(h) > 1),
    integer("n", "[400, inf)", "n = 400 times the number of steps ⌈c log(σ log h)⌉"),
    cases=lambda budget: _cycles(),
    derived=("steps",),
)
OBTUSE_RUNS = runs(
    real("x", "(0, 1]", "x = ηA"),
    chosen=(0.01, *STEP_ENDS, 0.3, 1.0),
    cos="(-1, 0)",
    keep=lambda cos: (cos > -1) & (cos < 0),
)


def _cycles() -> list[dict[str, float]]:
    rows = []
    for c, h, sigma, r in _SETTINGS:
        steps = math.ceil(c * math.log(sigma * math.log(h)))
        rows.append({"c": c, "h": h, "sigma": sigma, "r": r, "n": 400 * steps, "steps": steps})
    return sorted(rows, key=lambda row: row["n"])


def _cycle_measure(nodes: int) -> tuple[np.ndarray, np.ndarray]:
    """The overlap measure of a cycle, from that of a small one: all but d_ij = 0 grows like n."""
    small = overlap(graphs.cycle(12))
    rho, mass = np.asarray(small.rho), np.array(small.mass) * nodes / 12
    none = rho == 0
    mass[none] = 3.0 * nodes**2 - mass[~none].sum()
    return rho, mass


@cache
def _after(steps: int, sigma: float, r: int, nodes: int) -> tuple[np.ndarray, np.ndarray]:
    """Length and alpha of Gaussian starts after so many steps on a cycle."""
    rho, mass = _cycle_measure(nodes)
    full = np.array([[float(np.sum(mass * np.asarray(dual.scaled_relu(rho))))]])
    length, cos = gaussian_starts(_STARTS, r, seed=3)
    lengths, cosines = run(
        rho[None], mass[None], full, sigma * length[None], cos[None], STEP_ENDS[1], steps
    )
    last = np.asarray(lengths)[-1, 0]
    return last, last * np.asarray(cosines)[-1, 0]


def _share(missed: np.ndarray) -> tuple[float, float]:
    """The share of starts that miss, and its standard error, never zero."""
    count, total = int(missed.sum()), len(missed)
    smooth = (count + 1) / (total + 2)
    return count / total, math.sqrt(smooth * (1 - smooth) / total)


def _long_enough(c: Any, steps: Any, sigma: Any, h: Any) -> None:
    assert math.exp(steps / c) >= sigma * math.log(h)


def alpha_after_the_printed_time(c: Any, steps: Any, sigma: Any, r: Any, n: Any, h: Any) -> Any:
    """P(α_t < -1/100) ≤ 1/h² at t = ⌈c log(σ log h)⌉."""
    _long_enough(c, steps, sigma, h)
    share, error = _share(_after(int(steps), float(sigma), int(r), int(n))[1] < -0.01)
    return sampled(share, error, 1 / h**2, ("P(α_t < -1/100)", "1/h²"), relation="<=")


for _name in ("awasthi2021:lemma-3/alpha", "awasthi2021:remark-early-phase-end/alpha"):
    claim(
        _name,
        CYCLES,
        each=True,
        repair="replacement",
        corrected_by="awasthi2021:lemma-3/escape",
    )(alpha_after_the_printed_time)


@claim("awasthi2021:remark-early-phase-end/length", CYCLES, each=True, repair="replacement")
def length_after_the_printed_time(c: Any, steps: Any, sigma: Any, r: Any, n: Any, h: Any) -> Any:
    """P(ℓ_t < 2) ≤ 1/h² at t = ⌈c log(σ log h)⌉."""
    _long_enough(c, steps, sigma, h)
    share, error = _share(_after(int(steps), float(sigma), int(r), int(n))[0] < 2)
    return sampled(share, error, 1 / h**2, ("P(ℓ_t < 2)", "1/h²"), relation="<=")


@correction("awasthi2021:lemma-3/escape", OBTUSE_RUNS, tolerance=1e-9)
def escape_between_bounds(
    length: Any, cos: Any, A: Any, B: Any, S: Any, x: Any, lengths: Any, cosines: Any
) -> Any:
    """The first t with c_t ≥ 0 lies between the two bounds of the module; from then on α_t ≥ 0, and
    α_t ≥ c₀(1 + (1-x)^t ℓ₀) all along."""
    reached = cosines >= 0
    happened, last = reached.any(axis=1), cosines.shape[1] - 1
    first = np.argmax(reached, axis=1).astype(float)
    low, high = bounds.lemma_3(length, cos, B / A, A / S, x)
    since = np.maximum.accumulate(reached, axis=1)
    growth = 1 - (1 - x[:, None]) ** np.arange(last + 1)
    floor = growth * (1 - (1 - cos) * S / A)[:, None]
    below = cos[:, None] * (1 + (1 - growth) * length[:, None])
    return both(
        at_most(low, np.where(happened, first, np.inf), ("lower bound", "first t with c_t ≥ 0")),
        at_most(np.where(happened, first, last), high, ("first t with c_t ≥ 0", "upper bound")),
        at_most(0.0, np.where(since, lengths * cosines, 0.0), ("0", "α_t after the first such t")),
        at_most(floor, lengths, ("(1-(1-x)^t)(1-(1-c₀)S/A)", "ℓ_t"), scale=1.0),
        at_most(
            below, lengths * cosines, ("c₀(1 + (1-x)^t ℓ₀)", "α_t"), scale=1.0 + length[:, None]
        ),
    )
