"""Two hidden units: runs that end at a network with other outputs than the teacher's.

An exchange of units is no witness against a reader who wants the function of the teacher only, and
Remark 2 may mean the best of four runs. These starts are for both: in the limit of many labels, where
(41) holds and all floors vanish, no choice of signs comes to the teacher's outputs.

Reference: li2021, Theorem 2, Remarks 2 and 3. Book page: book/li2021/convergence.
"""

from __future__ import annotations

import math
from functools import cache
from itertools import product
from typing import Any

import numpy as np

from gnnconv_lib.audit._two_unit_paths import paths
from gnnconv_lib.bounds import li2021 as bounds
from gnnconv_lib.claims import at_most, choice, claim, domain, equal, fixed

STEPS = 20_000
FINITE = "li2021:theorem-2/finite-samples"

# W_0, v_0, W*, v*, rows of W first; W_0 and W* are scaled to norm 1.
_STARTS: dict[str, tuple[Any, ...]] = {
    "W_0 ∝ (-1 2; 2 2), v_0 = (2, 2), W* ∝ (1 1; -1 1), v* = (2, -1)": (
        ((-1, 2), (2, 2)),
        (2, 2),
        ((1, 1), (-1, 1)),
        (2, -1),
    ),
    "W_0 ∝ (2 -1; -1 1), v_0 = (-1, -1), W* ∝ (-1 0; -1 2), v* = (-2, 1)": (
        ((2, -1), (-1, 1)),
        (-1, -1),
        ((-1, 0), (-1, 2)),
        (-2, 1),
    ),
    "W_0 ∝ (-1 1; 0 2), v_0 = (0, -1), W* ∝ (0 1; 1 0), v* = (1, -2)": (
        ((-1, 1), (0, 2)),
        (0, -1),
        ((0, 1), (1, 0)),
        (1, -2),
    ),
}
_SIGNS = tuple(product((1, -1), (1, -1)))

WRONG = domain(
    fixed("ReLU, isolated nodes, d = d_out = 2, α at half of the limit of (40)"),
    choice("start", *_STARTS, words="start and teacher"),
    fixed("|W_0| = |W*| = 1, Tr(W*'W_0) > 0, v_0'v* > 0"),
    choice("reading", "mean", "literal", words="reading of Ξ_N"),
    fixed(
        "n → ∞, which meets (41) and takes its floors to 0: the step averaged over the data; in the "
        "literal reading W stays at W_0"
    ),
    fixed(f"{STEPS} steps"),
    cases=lambda budget: [
        {"start": start, "reading": reading} for start in _STARTS for reading in ("mean", "literal")
    ],
    words=lambda start, reading: f"{start}, {reading} reading",
)


def _arrays(start: str) -> tuple[np.ndarray, ...]:
    W, v, W_star, v_star = (np.array(x, float) for x in _STARTS[start])
    return W / np.linalg.norm(W), v, W_star / np.linalg.norm(W_star), v_star


def _entry(start: str) -> bounds.Setting:
    """The setting of Theorem 2, with log 1 = 0 in the floors, as for infinitely many labels."""
    W, v, W_star, v_star = _arrays(start)
    base = bounds.Setting(
        features=2,
        outputs=2,
        distance=float(np.linalg.norm(v - v_star)),
        target=float(np.linalg.norm(v_star)),
        product=float(v @ v_star),
        trace=float(np.sum(W * W_star)),
        labels=1,
    )
    assert min(base.product, base.trace) > 0
    return base.but(learning_rate=_rate(W, v, W_star, v_star))


def _norm(W: np.ndarray, v: np.ndarray, W_star: np.ndarray, v_star: np.ndarray) -> float:
    """The root of E|σ(x'W)v - σ(x'W*)v*|² for the ReLU: a kernel of angles in the plane."""
    columns = np.concatenate([W, W_star], axis=1)
    signs = np.concatenate([v, -v_star])
    sizes = np.linalg.norm(columns, axis=0)
    scale = np.outer(sizes, sizes)
    c = np.clip(columns.T @ columns / scale, -1, 1)
    kernel = scale * (np.sqrt(1 - c * c) + c * (np.pi - np.arccos(c))) / (2 * np.pi)
    return math.sqrt(max(0.0, float(signs @ kernel @ signs)))


@cache
def _ends(reading: str) -> dict[tuple[str, int, int], tuple[np.ndarray, np.ndarray]]:
    """W and v after all steps, for each start and each choice of signs."""
    keys = [(start, *signs) for start in _STARTS for signs in _SIGNS]
    rows = [
        (a * W, b * v, W_star, v_star) for s, a, b in keys for W, v, W_star, v_star in [_arrays(s)]
    ]
    W, v, W_star, v_star = (np.stack(x) for x in zip(*rows, strict=True))
    rate = np.array([_rate(*row) for row in rows])
    gain = np.full(len(rows), 1.0 if reading == "mean" else 0.0)
    of_W, of_v = paths(W, v, W_star, v_star, rate, gain, STEPS)
    return {key: (of_W[k, -1], of_v[k, -1]) for k, key in enumerate(keys)}


def _rate(W: np.ndarray, v: np.ndarray, W_star: np.ndarray, v_star: np.ndarray) -> float:
    distance, target = (float(np.linalg.norm(x)) for x in (v - v_star, v_star))
    base = bounds.Setting(features=2, outputs=2, distance=distance, target=target)
    rate = 0.5 * bounds.equation_40(base)
    # (40) with B = 10, L_σ = 1 and two outputs.
    assert rate < min(1 / (2 * (distance**2 + target**2)), 1 / 300)
    return rate


def outputs_of_the_teacher(start: str, reading: str) -> Any:
    """The outputs come as close to the teacher's as (43) and (47) make them: the root of the loss is at
    most (47)/√2 + |v*| times (43)."""
    _, _, W_star, v_star = _arrays(start)
    entry = _entry(start)
    reached = _norm(*_ends(reading)[start, 1, 1], W_star, v_star)
    # |σ(x'W)(v - v*)| has the mean square of at most |v - v*|²|W|²/2, σ is 1-Lipschitz.
    of_W, of_v = bounds.equation_43(entry, [STEPS]), bounds.equation_47(entry, [STEPS])
    allowed = float(of_v[0]) / math.sqrt(2) + entry.target * float(of_W[0])
    return at_most(reached, allowed, ("root of the loss", "what (43) and (47) leave of it"))


def best_of_four_runs(start: str, reading: str) -> Any:
    """One of the runs from (W, v), (-W, v), (W, -v), (-W, -v) comes to the teacher's outputs."""
    _, _, W_star, v_star = _arrays(start)
    ends = [_ends(reading)[start, a, b] for a, b in _SIGNS]
    best = min(_norm(*end, W_star, v_star) for end in ends)
    first = _norm(W_star, 0 * v_star, W_star, v_star)
    return equal(best, 0.0, ("root of the loss, best run", "limit"), first)


claim("li2021:theorem-2/outputs", WRONG, each=True, repair="replacement", corrected_by=FINITE)(
    outputs_of_the_teacher
)
claim("li2021:remark-3/outputs", WRONG, each=True)(outputs_of_the_teacher)
claim("li2021:remark-contribution-cost/outputs", WRONG, each=True)(outputs_of_the_teacher)
claim(
    "li2021:remark-2/best-of-four",
    WRONG,
    each=True,
    tolerance=0.1,
    repair="replacement",
    corrected_by=FINITE,
)(best_of_four_runs)
