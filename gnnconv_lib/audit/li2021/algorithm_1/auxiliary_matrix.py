"""Eqs. (11)-(12): Xi = xi I in closed form, its inverse, and what a pass over the data gives.

Reference: li2021, Algorithm Design. Book page: `book/li2021/algorithm-1`.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from gnnconv_lib import activations, averaging_gnn as ag, graphs
from gnnconv_lib.audit._averaging_cases import ACTIVATIONS, READOUTS, shares, small_graphs, values
from gnnconv_lib.claims import (
    Found,
    both,
    choice,
    claim,
    domain,
    equal,
    fixed,
    graph,
    integer,
    less,
    readings,
    sampled,
)
from gnnconv_lib.witnesses.averaging_network import averages

INCREASING = tuple(name for name in ACTIVATIONS if name != "swish")
_SAMPLES = {"quick": 60_000, "full": 1_200_000}  # random numbers per case: one compilation for all


def _nodes(names: tuple[str, ...], budgeted: bool = False) -> Any:
    return domain(
        graph(),
        choice("activation", *names),
        cases=lambda budget: [
            {"graph": g, "activation": name} | ({"size": _SAMPLES[budget]} if budgeted else {})
            for g in small_graphs(budget)
            for name in names
        ],
        derived=("size",) if budgeted else (),
    )


def _collections(names: tuple[str, ...], budgeted: bool = False) -> Any:
    return domain(
        graph("graph", corners={}),
        fixed("n = 2 graphs: this one and a star with 2 leaves"),
        choice("readout", *READOUTS, words="read-out"),
        choice("activation", *names),
        cases=lambda budget: [
            {"graph": g, "readout": readout, "activation": name}
            | ({"size": _SAMPLES[budget]} if budgeted else {})
            for g in small_graphs(budget)
            for readout in READOUTS
            for name in names
        ],
        derived=("size",) if budgeted else (),
    )


@cache
def _weighted_mean(activation: str, size: int) -> float:
    """E X sigma(X) for X Gaussian of variance 1/size, by quadrature on both sides of the kink."""
    z, weight = np.polynomial.legendre.leggauss(200)
    z, weight = 7.0 * (z + 1), 7.0 * weight
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    sigma, scale = activations.get(activation), size**-0.5
    gap = values(sigma, scale * z) - values(sigma, -scale * z)
    return float(np.sum(weight * density * scale * z * gap))


def _matrix(given: Any) -> np.ndarray:
    """D^-1 A from averages of unit vectors."""
    return averages(given, np.eye(given.nodes))


@claim("li2021:eq-11/closed-form", _nodes(ACTIVATIONS), each=True, tolerance=1e-11)
def xi_node_level(graph: Any, activation: str) -> Any:
    """Eq. (11) is ξ I with ξ = Σ_i τ_i² E σ'(τ_i Z), τ_i² = 1/|N_i|, a sum over the nodes."""
    wanted = sum(_weighted_mean(activation, int(size)) for size in graph.degrees + 1)
    return equal(ag.xi_node(graph, activation, "sum"), wanted, ("closed form", "sum of E X s(X)"))


@claim("li2021:eq-11/all-entries", _nodes(ACTIVATIONS, True), each=True)
def xi_node_level_sampled(graph: Any, activation: str, size: int) -> Any:
    """E[Xᵀσ(X)] = ξ I in all entries, the average taken over random features."""
    H = np.random.default_rng(11).standard_normal((graph.nodes, 2, size // (2 * graph.nodes)))
    X = averages(graph, H)
    draws = np.einsum("nas,nbs->abs", X, _images(activation, X))
    return _against(draws, ag.xi_node(graph, activation, "sum"))


def _images(activation: str, X: np.ndarray) -> np.ndarray:
    return values(activations.get(activation), X.ravel()).reshape(X.shape)


def _against(draws: np.ndarray, xi: float) -> Any:
    error = draws.std(axis=-1, ddof=1) / np.sqrt(draws.shape[-1])
    return sampled(draws.mean(axis=-1), error, xi * np.eye(2), ("sample average", "entry of xi I"))


def _members(first: Any) -> list[Any]:
    return [first, graphs.star(2)]


@claim("li2021:eq-12/closed-form", _collections(ACTIVATIONS), each=True, tolerance=1e-11)
def xi_graph_level(graph: Any, readout: str, activation: str) -> Any:
    """Eq. (12) is ξ I with ξ = 1/n Σ_j Σ_kl a_jk a_jl (P_j P_jᵀ)_kl E σ'(τ_l Z), P_j = D_j⁻¹A_j."""
    members = _members(graph)
    weights, wanted = shares(readout, members), 0.0
    for member, a in zip(members, weights, strict=True):
        covariance = _matrix(member) @ _matrix(member).T
        # X_k is its regression on X_l plus a part that is independent of X_l.
        own = [_weighted_mean(activation, int(size)) for size in member.degrees + 1]
        wanted += float(a @ (covariance / np.diag(covariance)) @ (a * own)) / len(members)
    found = ag.xi_graph(members, np.concatenate(weights), activation)
    return equal(found, wanted, ("closed form", "regression and E X s(X)"))


@claim("li2021:eq-12/all-entries", _collections(ACTIVATIONS, True), each=True)
def xi_graph_level_sampled(graph: Any, readout: str, activation: str, size: int) -> Any:
    """The average over graphs and random features is ξ I in all entries."""
    members = _members(graph)
    weights, generator, draws = shares(readout, members), np.random.default_rng(12), 0.0
    for member, a in zip(members, weights, strict=True):
        X = averages(member, generator.standard_normal((member.nodes, 2, size // 60)))
        pair = np.tensordot(a, X, 1), np.tensordot(a, _images(activation, X), 1)
        draws = draws + np.einsum("as,bs->abs", *pair) / len(members)
    return _against(np.asarray(draws), ag.xi_graph(members, np.concatenate(weights), activation))


@claim("li2021:remark-xi-invertible/node-level", _nodes(INCREASING), each=True)
def invertible_node_level(graph: Any, activation: str) -> Any:
    """Ξ_N is a positive multiple of the identity."""
    return less(0.0, ag.xi_node(graph, activation, "sum"), ("0", "xi"))


@claim("li2021:remark-xi-invertible/graph-level", _collections(INCREASING), each=True)
def invertible_graph_level(graph: Any, readout: str, activation: str) -> Any:
    """Ξ_G is a positive multiple of the identity."""
    members = _members(graph)
    weights = np.concatenate(shares(readout, members))
    return less(0.0, ag.xi_graph(members, weights, activation), ("0", "xi"))


# One pass over the data.


def _passes(budget: str) -> list[dict[str, Any]]:
    sizes = {100: 8, 1000: 1} if budget == "quick" else {100: 100, 1000: 20}
    return [{"n": n, "seed": seed} for n, count in sizes.items() for seed in range(count)]


DENSE = domain(
    integer("n", "[100, 1000]", "nodes n"),
    fixed("one graph whose edges have probability 0.5"),
    fixed("ReLU"),
    integer("seed", "[0, inf)", "seed of graph and features"),
    cases=_passes,
)


@claim("li2021:remark-one-epoch", DENSE, each=True)
def one_pass(n: int, seed: int) -> Any:
    """After one pass over the data a matrix is known whose eigenvalues have the sign of Ξ_N's."""
    dense = graphs.erdos_renyi(n, 0.5, seed)
    H = np.random.default_rng(seed).standard_normal((n, 2))
    wanted = sum(_weighted_mean("relu", int(size)) for size in dense.degrees + 1)
    average = ag.xi_empirical(ag.node_sample(dense, H, np.zeros(n)), "sum")
    lowest = float(np.linalg.eigvals(np.asarray(average)).real.min()) / wanted
    names = ("0", "smallest eigenvalue over that of Xi")
    known = ag.xi_node(dense, "relu", "sum")
    exact = equal(known, wanted, ("xi from the sizes |N_i|", "sum of E X s(X)"))
    return Found(
        readings(
            the_sizes_of_the_neighbourhoods=both(less(0.0, known / wanted, names), exact),
            the_average_over_the_data=less(0.0, lowest, names),
        ),
        facts={"smallest eigenvalue over that of Xi": lowest},
    )
