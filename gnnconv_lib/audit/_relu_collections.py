"""The graphs on which the claims about the one-round ReLU GNN are looked at.

`standard` is for single weights: small extreme graphs first, then regular ones up to the paper's sizes.
`families` is for trajectories: ten families with twenty seeds each; the seed is that of the random
graph, or grows the graph where the family is deterministic.

Reference: awasthi2021, section 3 and Appendix B. Book page: book/awasthi2021/bounded-iterates.
"""

from __future__ import annotations

from collections.abc import Callable

from gnnconv_lib import graphs
from gnnconv_lib.graphs import Graph

__all__ = ["FAMILIES", "families", "standard"]

SEEDS = 20

FAMILIES: dict[str, Callable[[int], Graph]] = {
    "cycle": lambda seed: graphs.cycle(4 + 2 * seed),
    "path": lambda seed: graphs.path(2 + 2 * seed),
    "star": lambda seed: graphs.star(2 + 2 * seed),
    "grid": lambda seed: graphs.grid(2 + seed % 4, 2 + seed // 2),
    "complete": lambda seed: graphs.complete(1 + seed),
    "disjoint cliques": lambda seed: graphs.disjoint_cliques(2 + seed // 4, 1 + seed % 4),
    "random 3-regular": lambda seed: graphs.random_regular(10 + 4 * seed, 3, seed),
    "random 8-regular": lambda seed: graphs.random_regular(12 + 3 * seed, 8, seed),
    "Erdos-Renyi": lambda seed: graphs.erdos_renyi(8 + seed, 0.2, seed),
    "preferential attachment": lambda seed: graphs.barabasi_albert(8 + seed, 2, seed),
}


def families() -> list[tuple[str, Graph]]:
    """(family, graph) for ten families and twenty seeds."""
    return [(name, make(seed)) for name, make in FAMILIES.items() for seed in range(SEEDS)]


def standard(budget: str = "quick") -> list[Graph]:
    """About 45 graphs (quick) or 120 (full)."""
    chosen = [graphs.complete(n) for n in (1, 2, 3, 4, 5, 20)]
    chosen += [graphs.cycle(n) for n in (4, 5, 6, 7, 12, 40, 100)]
    chosen += [graphs.empty(n) for n in (2, 3, 10, 40)]
    chosen += [graphs.star(k) for k in (2, 3, 4, 9, 30)] + [graphs.path(n) for n in (4, 5, 20)]
    chosen += [graphs.petersen(), graphs.grid(4, 4), graphs.complement(graphs.cycle(7))]
    chosen += [graphs.disjoint_cliques(k, size) for k, size in [(2, 2), (2, 3), (5, 4), (20, 2)]]
    chosen += [graphs.disjoint_union(graphs.star(3), graphs.cycle(5))]
    sizes = [
        (10, 3),
        (20, 3),
        (36, 6),
        (50, 5),
        (100, 5),
        (100, 10),
        (100, 30),
        (100, 80),
        (400, 8),
    ]
    chosen += [graphs.random_regular(n, d, 1) for n, d in sizes]
    chosen += [graphs.erdos_renyi(30, 0.1, 2), graphs.barabasi_albert(30, 2, 3)]
    if budget == "full":
        for seed in range(8):
            chosen += [graphs.erdos_renyi(n, 3 / n, seed) for n in (6, 12, 24, 60)]
            chosen += [graphs.random_regular(n, d, seed) for n, d in [(8, 3), (16, 4), (64, 7)]]
            chosen += [graphs.barabasi_albert(20, 3, seed)]
        chosen += [graphs.random_regular(n, d, 1) for n, d in [(1000, 5), (2000, 30), (400, 20)]]
    return chosen
