"""Algorithm 1 line by line, against loops over nodes and graphs; whole runs; the fixed point.

Reference: li2021, Algorithm 1. Book page: `book/li2021/algorithm-1`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gnnconv_lib import activations, averaging_gnn as ag, graphs
from gnnconv_lib.audit._averaging_cases import ACTIVATIONS, READOUTS, shares, small_graphs, values
from gnnconv_lib.claims import (
    both,
    choice,
    claim,
    domain,
    drawn as drawn_from,
    equal,
    fixed,
    graph,
    integer,
)
from gnnconv_lib.witnesses.algorithm_1 import Pass, graph_pass, node_pass, passes_until
from gnnconv_lib.witnesses.averaging_network import averages

_LEVELS = ("node", *READOUTS)
_D, _Q, _RATE = 3, 2, 0.1
_XI = np.array([[2.0, 0.3, 0.0], [0.1, 0.7, 0.2], [0.0, -0.4, 1.5]])


def _settings(budget: str) -> list[dict[str, Any]]:
    """Every graph at both levels; every read-out and activation at least once."""
    found = []
    for k, g in enumerate(small_graphs(budget)):
        levels = _LEVELS if budget == "full" else ("node", READOUTS[k % 3])
        for j, level in enumerate(levels):
            names = ACTIVATIONS if budget == "full" else (ACTIVATIONS[(k + 3 * j) % 7],)
            found += [{"graph": g, "level": level, "activation": name} for name in names]
    return found


SETTINGS = domain(
    graph(),
    choice("level", *_LEVELS, words="label per node, or per graph with the read-out: the level"),
    choice("activation", *ACTIVATIONS),
    fixed("at graph level with a star with 2 leaves as a second graph"),
    fixed("random H, W, v, y with d = 3, q = 2; any matrix in the place of Xi"),
    cases=_settings,
)


def drawn(first: Any, level: str, activation: str) -> tuple[ag.Sample, Any, np.ndarray, np.ndarray]:
    """Data of the library, the same pass as loops (from labels, W, v, Xi, alpha), and W, v."""
    members = [first] if level == "node" else [first, graphs.star(2)]
    generator = np.random.default_rng(8)
    features = [generator.standard_normal((g.nodes, _D)) for g in members]
    number = first.nodes if level == "node" else len(members)
    y, W, v = (generator.standard_normal(shape) for shape in (number, (_D, _Q), _Q))
    sigma = activations.get(activation)
    if level == "node":
        data = ag.node_sample(first, features[0], y, sigma)

        def loops(y: Any, *rest: Any) -> Pass:
            return node_pass(first, features[0], y, sigma, *rest)
    else:
        weights = shares(level, members)
        data = ag.graph_sample(members, features, y, weights, sigma)

        def loops(y: Any, *rest: Any) -> Pass:
            return graph_pass(members, features, y, weights, sigma, *rest)

    return data, loops, W, v


def _loops(data: ag.Sample, loops: Any, W: Any, v: Any) -> Pass:
    found: Pass = loops(np.asarray(data.labels), W, v, _XI, _RATE)
    return found


# Line 1.

COUNTS = domain(
    integer("T", "[1, inf)", "number of iterations T"),
    cases=lambda budget: [{"T": T} for T in (2, 1, 3, 5, 50)],
)


@claim("li2021:remark-line-1", COUNTS, each=True, repair="slip")
def loop(T: int) -> Any:
    """The loop runs T times: it leaves W_T, v_T."""
    names = ("passes through the loop", "T")
    printed, counted = passes_until(T, 1, 0), passes_until(T, 0, 1)
    return equal(printed, T, names), equal(counted, T, names)


# Lines 2 to 8.


@claim("li2021:remark-line-2", SETTINGS, each=True, tolerance=1e-13)
def averaged_features(graph: Any, level: str, activation: str) -> Any:
    """c̄ = D⁻¹AH holds the average of the features over N_i for each node, on each graph."""
    data = drawn(graph, level, activation)[0]
    members = [graph] if level == "node" else [graph, graphs.star(2)]
    generator = np.random.default_rng(8)
    wanted = [averages(g, generator.standard_normal((g.nodes, _D))) for g in members]
    # The library keeps the nodes that are read.
    weights = [np.ones(graph.nodes)] if level == "node" else shares(level, members)
    kept = np.concatenate([rows[a > 0] for rows, a in zip(wanted, weights, strict=True)])
    return equal(np.asarray(data.features).T, kept, ("library", "loop over N_i"), 1.0)


@claim("li2021:remark-line-3", SETTINGS, each=True, tolerance=1e-13, repair="slip")
def prediction(graph: Any, level: str, activation: str) -> Any:
    """ȳ = σ(c'W)v, or a_j σ(c'W)v, is the output of the network; c', undefined, taken as H."""
    data, loops, W, v = drawn(graph, level, activation)
    wanted = _loops(data, loops, W, v).predictions
    generator = np.random.default_rng(8)
    members = [graph] if level == "node" else [graph, graphs.star(2)]
    sigma = activations.get(activation)
    raw = [values(sigma, generator.standard_normal((g.nodes, _D)) @ W) @ v for g in members]
    if level != "node":
        raw = [a @ part for a, part in zip(shares(level, members), raw, strict=True)]
    names = ("y-bar", "output of the network")
    printed = equal(np.ravel(raw[0] if level == "node" else raw), wanted, names, 1.0)
    return printed, equal(np.asarray(ag.predict(W, v, data)), wanted, names, 1.0)


@claim("li2021:remark-line-4/formula", SETTINGS, each=True, tolerance=1e-12)
def direction_for_w(graph: Any, level: str, activation: str) -> Any:
    """G^W = -1/n Ξ⁻¹ Σ c̄ᵀ(y - ȳ)vᵀ at node level, with a_jᵀ under the sum at graph level."""
    data, loops, W, v = drawn(graph, level, activation)
    G, _ = ag.approximate_direction(W, v, data, _XI)
    return equal(np.asarray(G), _loops(data, loops, W, v).G, ("library", "loops"), 1.0)


@claim("li2021:remark-line-5/formula", SETTINGS, each=True, tolerance=1e-12)
def gradient_for_v(graph: Any, level: str, activation: str) -> Any:
    """g^v = -1/n Σ σ(Wᵀc̄ᵀ)(y - ȳ) at node level, with a_jᵀ under the sum at graph level."""
    data, loops, W, v = drawn(graph, level, activation)
    _, g = ag.approximate_direction(W, v, data, _XI)
    return equal(np.asarray(g), _loops(data, loops, W, v).g, ("library", "loops"), 1.0)


@claim("li2021:remark-lines-6-to-8", SETTINGS, each=True, tolerance=1e-12)
def step_and_norm(graph: Any, level: str, activation: str) -> Any:
    """U = W - αG^W, W ← U/|U| with the Frobenius norm, v ← v - αg^v."""
    data, loops, W, v = drawn(graph, level, activation)
    after, wanted = ag.step(W, v, data, _XI, _RATE), _loops(data, loops, W, v)
    return both(
        equal(np.asarray(after.W), wanted.W, ("W, library", "W, loops"), 1.0),
        equal(np.asarray(after.v), wanted.v, ("v, library", "v, loops"), 1.0),
    )


# The whole.


@claim("li2021:algorithm-1/ends", COUNTS, each=True, repair="slip")
def ends(T: int) -> Any:
    """Run as printed, the algorithm returns the T-th iterate."""
    names = ("passes through the loop", "T")
    return equal(passes_until(T, 1, 0), T, names), equal(passes_until(T, 0, 1), T, names)


def _runs(budget: str) -> list[dict[str, Any]]:
    levels = ("node", "average") if budget == "quick" else _LEVELS
    return [{"level": level, "activation": name} for level in levels for name in ("relu", "tanh")]


RUNS = domain(
    fixed("a star with 3 leaves; at graph level with a star with 2 leaves as a second graph"),
    drawn_from("level", "a label per node, or per graph with the read-outs of Eqs. (6)-(8)"),
    choice("activation", "relu", "tanh"),
    fixed("random H, W, v, y with d = 3, q = 2; any matrix in the place of Xi"),
    cases=_runs,
)


@claim("li2021:algorithm-1/iterates", RUNS, each=True, tolerance=1e-11)
def iterates(level: str, activation: str) -> Any:
    """Four passes with a counter give the iterates of the loops."""
    data, loops, W, v = drawn(graphs.star(3), level, activation)
    path = ag.run(W, v, data, _XI, _RATE, 4, records=2)
    for _ in range(4):
        after = _loops(data, loops, W, v)
        W, v = after.W, after.v
    last = [np.asarray(part)[-1] for part in path.parameters]
    return both(
        equal(last[0], W, ("W after 4 passes, library", "loops"), 1.0),
        equal(last[1], v, ("v after 4 passes, library", "loops"), 1.0),
    )


@claim(
    "li2021:algorithm-1/fixed-point",
    SETTINGS,
    each=True,
    tolerance=1e-13,
    exempt="a step of length zero leaves every number as it is",
)
def fixed_point(graph: Any, level: str, activation: str) -> Any:
    """Without noise a pass from W = W*, |W*| = 1, and v = v* stays there."""
    data, loops, W, v = drawn(graph, level, activation)
    W = W / np.linalg.norm(W)
    clean = loops(np.asarray(data.labels), W, v, _XI, _RATE).predictions
    after = ag.step(W, v, data.with_labels(clean), _XI, _RATE)
    return both(
        equal(np.asarray(after.W), W, ("W after a pass", "W*"), 1.0),
        equal(np.asarray(after.v), v, ("v after a pass", "v*"), 1.0),
    )
