"""The average direction for W, and what the exact gradients are.

Reference: li2021, Algorithm 1 and the text below Eq. (12). Book page: `book/li2021/algorithm-1`.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gnnconv_lib import activations, averaging_gnn as ag, graphs
from gnnconv_lib.audit._averaging_cases import ACTIVATIONS, READOUTS, shares, small_graphs, values
from gnnconv_lib.audit.li2021.algorithm_1.lines import SETTINGS, drawn
from gnnconv_lib.claims import (
    choice,
    claim,
    correction,
    domain,
    drawn as drawn_from,
    equal,
    fixed,
    graph,
    readings,
    sampled,
)
from gnnconv_lib.witnesses.averaging_network import averages

_SAMPLES = {"quick": 60_000, "full": 1_200_000}
_WV = np.array([[0.6], [0.8]]), np.array([[1.0], [0.0]]), 1.5, 0.7


def _average_direction(
    members: list[Any],
    weights: list[np.ndarray],
    activation: str,
    xi: float,
    size: int,
    over: int = 1,
) -> Any:
    """Line 4 averaged over features, against (W v - W* v*) v, which `over` divides."""
    W, W_star, v, v_star = _WV
    sigma, generator = activations.get(activation), np.random.default_rng(2)
    total: Any = 0.0
    for member, a in zip(members, weights, strict=True):
        X = averages(member, generator.standard_normal((member.nodes, 2, size)))
        both = np.stack([np.einsum("nds,d->ns", X, w[:, 0]) for w in (W, W_star)])
        images = values(sigma, both.ravel()).reshape(both.shape)
        residual = v * images[0] - v_star * images[1]
        if len(a) == 0:  # a label per node
            total = total + np.einsum("nds,ns->ds", X, residual) * v / member.nodes
        else:
            pooled = np.tensordot(a, X, 1) * np.tensordot(a, residual, 1)
            total = total + pooled * v / len(members)
    draws = np.asarray(total) / xi
    error = draws.std(axis=-1, ddof=1) / np.sqrt(draws.shape[-1])
    needed = ((W * v - W_star * v_star) * v)[:, 0] / over
    names = ("average direction", "(W v - W* v*) v" if over == 1 else "(W v - W* v*) v / n")
    return sampled(draws.mean(axis=-1), error, needed, names)


NODE_LEVEL = domain(
    graph(),
    choice("activation", *ACTIVATIONS),
    fixed("q = 1, |W| = |W*| = 1, centred noise"),
    cases=lambda budget: [
        {"graph": g, "activation": name, "size": _SAMPLES[budget] // (2 * g.nodes)}
        for g in small_graphs(budget)
        for name in ACTIVATIONS
    ],
    derived=("size",),
)


@claim("li2021:remark-line-4/average-at-node-level", NODE_LEVEL, each=True)
def average_at_node_level(graph: Any, activation: str, size: int) -> Any:
    """On average the step leads W v to W* v*, in both readings: E G^W = (W v - W* v*) vᵀ with Ξ_N / n,
    and 1/n of it with Ξ_N as printed in Eq. (11)."""
    one, n = ([graph], [np.zeros(0)], activation), graph.nodes
    literal = ag.xi_node(graph, activation, "sum")
    mean = ag.xi_node(graph, activation, "mean")
    return readings(
        Xi_N_as_printed_in_Eq_11=_average_direction(*one, literal, size, over=n),
        Xi_N_divided_by_n_as_in_Eq_12=_average_direction(*one, mean, size),
    )


GRAPH_LEVEL = domain(
    graph(),
    fixed("n = 2 graphs: this one and a star with 2 leaves"),
    choice("readout", *READOUTS, words="read-out"),
    choice("activation", *ACTIVATIONS),
    fixed("q = 1, |W| = |W*| = 1, centred noise"),
    cases=lambda budget: [
        {"graph": g, "readout": readout, "activation": name, "size": _SAMPLES[budget] // 60}
        for g in small_graphs(budget)
        for readout in READOUTS
        for name in ACTIVATIONS
    ],
    derived=("size",),
)


@claim("li2021:remark-line-4/average-at-graph-level", GRAPH_LEVEL, each=True)
def average_at_graph_level(graph: Any, readout: str, activation: str, size: int) -> Any:
    """With Ξ_G of Eq. (12), E G^W = (W v - W* v*) vᵀ."""
    members = [graph, graphs.star(2)]
    weights = shares(readout, members)
    xi = ag.xi_graph(members, np.concatenate(weights), activation)
    return _average_direction(members, weights, activation, xi, size)


# Exact gradients.


def _slope(which: int, W: Any, v: Any, data: ag.Sample) -> np.ndarray:
    """The automatic derivative of half the loss in W (0) or in v (1)."""

    def half(W: jax.Array, v: jax.Array) -> jax.Array:
        return ag.loss(W, v, data) / 2

    return np.asarray(jax.grad(half, argnums=which)(jnp.asarray(W), jnp.asarray(v)))


@claim("li2021:remark-line-5/exact", SETTINGS, each=True, tolerance=1e-12)
def gradient_for_v_is_exact(graph: Any, level: str, activation: str) -> Any:
    """g^v is the gradient in v of half the loss, |y - ȳ|²/(2n)."""
    data, _, W, v = drawn(graph, level, activation)
    _, g = ag.approximate_direction(W, v, data, 1.0)
    return equal(np.asarray(g), _slope(1, W, v, data), ("line 5", "automatic derivative"), 1.0)


def _lone(budget: str) -> list[dict[str, Any]]:
    generator = np.random.default_rng(4)
    count = {"quick": 6, "full": 60}[budget]
    rows = [(1.0, 1.0, -1.0, 1.0), *map(tuple, generator.standard_normal((count, 4)))]
    return [{"case": (h, y, np.sign(w), v)} for h, y, w, v in rows]


LONE = domain(
    fixed("one node and d = q = 1, where the product of line 4 is defined; ReLU"),
    drawn_from("case", "feature, label, W = 1 or -1, v"),
    cases=_lone,
    words=lambda case: "feature {:.3g}, label {:.3g}, W = {:g}, v = {:.3g}".format(*case),
)


@claim(
    "li2021:remark-exact-gradient",
    LONE,
    each=True,
    corrected_by="li2021:remark-exact-gradient/entry-by-entry",
)
def exact_gradient_as_printed(case: Any) -> Any:
    """With σ'(D⁻¹AH) for Ξ_N⁻¹, line 4 is the gradient in W of half the loss."""
    h, y, w, v = case
    data = ag.node_sample(graphs.empty(1), [[h]], [y])
    slope = float(activations.get("relu").derivative(jnp.asarray(h)))
    residual = y - float(ag.predict([[w]], [v], data)[0])
    wanted = float(_slope(0, [[w]], [v], data)[0, 0])
    return equal(-slope * h * residual * v, wanted, ("line 4", "automatic derivative"), 1.0)


@correction("li2021:remark-exact-gradient/entry-by-entry", SETTINGS, each=True, tolerance=1e-12)
def exact_gradient(graph: Any, level: str, activation: str) -> Any:
    """The gradient of half the loss is -1/n c̄ᵀ((y - ȳ)vᵀ ⊙ σ'(c̄W)), ⊙ entry by entry."""
    data, _, W, v = drawn(graph, level, activation)
    found = np.asarray(ag.exact_gradient(W, v, data)[0])
    return equal(found, _slope(0, W, v, data), ("formula", "automatic derivative"), 1.0)
