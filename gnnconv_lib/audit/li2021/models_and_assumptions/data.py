"""Eqs. (4) and (10): the labels that the generators of `averaging_gnn` draw.

Reference: li2021, The Graph Neural Network. Book page: `book/li2021/models-and-assumptions`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gnnconv_lib import averaging_gnn as ag
from gnnconv_lib import graphs
from gnnconv_lib.audit._averaging_cases import Failure, outcome
from gnnconv_lib.evidence import Evidence

__all__ = ["graph_teacher", "node_teacher"]

_TOLERANCE = 1e-13
_Z = 5.0
_D, _Q = 3, 2
_SIGMA = "swish"


def node_teacher(budget: str = "quick") -> Evidence:
    """Eq. (4): labels of the generator minus the network by loops are the noise; its moments."""
    nodes = {"quick": 4000, "full": 40_000}[budget]
    graph = graphs.disjoint_union(graphs.cycle(nodes - 5), graphs.star(3), graphs.empty(1))
    sets = ag.node_experiment(_SIGMA, graph=graph, dimension=_D, outputs=_Q, seeds=[0])
    bare = ag.node_experiment(_SIGMA, graph=graph, dimension=_D, outputs=_Q, seeds=[0], noise=0.0)
    return _noise(sets, bare)


def graph_teacher(budget: str = "quick") -> Evidence:
    """Eq. (10): labels of the generator minus the network by loops are the noise; its moments."""
    number = {"quick": 1500, "full": 15_000}[budget]
    many = ag.collect([graphs.path(3), graphs.empty(1), graphs.star(3)] * (number // 3))
    settings: dict[str, Any] = {"collection": many, "dimension": _D, "outputs": _Q, "seeds": [0]}
    return _noise(
        ag.graph_experiment(_SIGMA, **settings), ag.graph_experiment(_SIGMA, **settings, noise=0.0)
    )


def _noise(sets: ag.Experiment, bare: ag.Experiment) -> Evidence:
    """Mean, variance, fourth moment and correlation with the output of labels minus the network."""
    clean = np.asarray(ag.predict(*sets.teacher, sets.data))[0]
    exact = float(np.abs(np.asarray(bare.data.labels)[0] - clean).max())
    noise = (np.asarray(sets.data.labels)[0] - clean) / ag.noise_deviation("variance")
    centred = clean - clean.mean()
    terms = np.stack(
        [
            noise,
            noise**2 - 1,
            noise**4 - 3,
            noise * centred,
            noise[1:].dot(noise[:-1]) / noise.size + 0 * noise,
        ]
    )
    scale = np.append(terms[:4].std(axis=1), 1.0) / np.sqrt(noise.size)
    z = np.abs(terms.mean(axis=1) / scale)
    failures: list[Failure] = []
    if exact > _TOLERANCE:
        failures.append(("labels without noise", 0.0, exact))
    if z.max() > _Z:
        failures.append(
            (f"moment {int(z.argmax())} of the noise", 0.0, float(terms.mean(axis=1)[z.argmax()]))
        )
    summary = (
        f"Labels are network plus independent noise of variance 0.04; largest |z| {z.max():.1f}."
    )
    return outcome("monte carlo", failures, summary, {"largest z": float(z.max())}, _Z)
