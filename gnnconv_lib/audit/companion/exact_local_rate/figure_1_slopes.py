"""The slopes of Figure 1's curves from A and C(1) alone.

Book page: book/beyond/exact-local-rate.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np

from gnnconv_lib import descent, graphs, relu_gnn
from gnnconv_lib.audit._figure_1_runs import DEGREES, NODES, paper_rate
from gnnconv_lib.claims import (
    at_most,
    both,
    choice,
    claim,
    domain,
    drawn,
    equal,
    fixed,
    less,
    where,
)
from gnnconv_lib.summaries import overlap

Array = np.ndarray


@cache
def _curves(
    seeds: int,
) -> tuple[dict[tuple[int, str, int], int], Array, Array, Array, Array]:
    """Chains by degree, step and seed; predicted slopes; steps, shares of the first loss, ends."""
    drawn = [descent.relu_ensemble(NODES, degree, seeds) for degree in DEGREES]
    given = [measure.padded(NODES + 1) for ensemble in drawn for measure in ensemble.overlaps]
    full = np.array([float(relu_gnn.sums(measure, 1.0)[0]) for measure in given])
    printed = np.repeat([paper_rate(degree) for degree in DEGREES], seeds)
    rates = np.concatenate([printed, 0.5 / full])
    given = given + given
    predicted = np.array(
        [descent.local_slope(m, rate) for m, rate in zip(given, rates, strict=True)]
    )
    path = descent.run_relu(
        np.concatenate([ensemble.W for ensemble in drawn] * 2),
        np.concatenate([ensemble.W_star for ensemble in drawn] * 2),
        given,
        rates,
        int(np.ceil(70 / np.min(-predicted))) + 200,
        records=400,
        target=1e-22,
    )
    keys = [(d, step, seed) for step in _STEPS for d in DEGREES for seed in range(seeds)]
    chains = {key: chain for chain, key in enumerate(keys)}
    return chains, predicted, path.steps, path.losses / path.losses[0], path.stopped_at


_STEPS = ("printed", "ηA = 1/2")


_SEEDS = {"quick": 3, "full": 10}


CURVES = domain(
    fixed("n = 100, h = r = 10, random regular graphs, Gaussian starts, unit teachers"),
    choice("d", *DEGREES),
    choice("step", *_STEPS, words="learning rate"),
    where("ηA < 1", lambda d, step: d < 99 or step != "printed"),
    drawn("seed", "seeds of graph, teacher and start"),
    cases=lambda budget: [
        {"d": d, "step": step, "seed": seed}
        for d in DEGREES
        for step in _STEPS
        for seed in range(_SEEDS[budget])
        if d < 99 or step != "printed"
    ],
)


@claim("companion:lemma-slopes-of-figure-1/slopes", CURVES, each=True, tolerance=5e-6)
def slopes_of_figure_1(d: int, step: str, seed: int) -> Any:
    """The slope of log L is 2 log max(|1 - ηA|, |1 - ηC(1)|), to five digits."""
    chains, predicted, steps, shares, ends = _curves(_enough(seed))
    chain = chains[d, step, seed]
    going = steps < ends[chain]
    found = descent.measured_slope(steps[going], shares[going, chain], 1e-16, 1e-25)
    right = float(predicted[chain])
    return equal(math.nan if found is None else found, right, ("measured", "predicted"), abs(right))


def _enough(seed: int) -> int:
    return next(count for count in sorted(_SEEDS.values()) if seed < count)


COMPLETE = domain(
    fixed("d = 99 in the setting of Figure 1, printed learning rate"),
    drawn("seed", "seeds of teacher and start"),
    cases=lambda budget: {"seed": list(range(_SEEDS[budget]))},
)


@claim(
    "companion:lemma-slopes-of-figure-1/complete-graph",
    COMPLETE,
    each=True,
    exempt="A is the same for every seed",
)
def faster_than_linear(seed: int) -> Any:
    """ηA = 1, and from L = L_0/1000 on the factor of each step is below a tenth of the one before."""
    chains, _, steps, shares, ends = _curves(_enough(seed))
    chain = chains[99, "printed", seed]
    curve = shares[steps < ends[chain], chain]
    curve = curve[curve < 1e-3]
    factors = curve[1:] / curve[:-1]
    full = relu_gnn.sums(overlap(graphs.complete(NODES)), 1.0)[0]
    return both(
        equal(paper_rate(99) * float(full), 1.0, ("eta A", "1"), 1.0),
        less(factors[1:], 0.1 * factors[:-1], ("factor of a step", "a tenth of the one before")),
    )


MEDIANS = domain(
    *CURVES.parts[:4],
    fixed("median of three seeds or more"),
    cases=lambda budget: [
        {"d": d, "step": step, "seeds": _SEEDS[budget]}
        for d in DEGREES
        for step in _STEPS
        if d < 99 or step != "printed"
    ],
    derived=("seeds",),
    words=lambda d, step: f"d = {d}, {step}",
)


@claim("companion:lemma-figure-1-from-two-numbers", MEDIANS, each=True)
def steps_from_two_numbers(d: int, step: str, seeds: int) -> Any:
    """The median number of steps to 1e-12 of the first loss is within 25 % of log 1e-12 divided by
    2 log max(|1 - ηA|, |1 - ηC(1)|)."""
    chains, predicted, steps, shares, _ = _curves(seeds)
    chosen = [chains[d, step, seed] for seed in range(seeds)]
    taken = descent.steps_until(steps, shares[:, chosen], 1e-12) * predicted[chosen]
    ratio = float(np.median(taken)) / math.log(1e-12)
    return both(
        at_most(0.75, ratio, ("3/4", "measured over predicted steps")),
        at_most(ratio, 1.25, ("measured over predicted steps", "5/4")),
    )
