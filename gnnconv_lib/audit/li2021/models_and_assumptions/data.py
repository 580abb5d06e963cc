"""Eqs. (4) and (10): the labels that the generators of `averaging_gnn` draw.

Reference: li2021, The Graph Neural Network. Book page: `book/li2021/models-and-assumptions`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gnnconv_lib import averaging_gnn as ag, graphs
from gnnconv_lib.audit._averaging_cases import ACTIVATIONS
from gnnconv_lib.claims import both, choice, claim, domain, equal, fixed, sampled

_D, _Q = 3, 2


def _settings(graphs_words: str) -> Any:
    return domain(
        choice("activation", *ACTIVATIONS),
        fixed(f"{graphs_words}; Gaussian noise of variance 0.04; d = 3, q = 2"),
        cases=lambda budget: [
            {"activation": name, "size": {"quick": 1500, "full": 15_000}[budget]}
            for name in ACTIVATIONS
        ],
        derived=("size",),
    )


def _noise(sets: ag.Experiment, bare: ag.Experiment) -> Any:
    """Labels minus the network: exact without noise, else mean, variance, fourth moment of noise."""
    clean = _network(sets)
    noise = (np.asarray(sets.data.labels)[0] - clean) / ag.noise_deviation("variance")
    centred = clean - clean.mean()
    terms = np.stack(
        [
            noise,
            noise**2 - 1,
            noise**4 - 3,
            noise * centred,
            np.append(noise[1:] * noise[:-1], 0.0),
        ]
    )
    error = terms.std(axis=1) / np.sqrt(noise.size)
    names = ("mean of the noise, its moments, its products", "0")
    return both(
        equal(np.asarray(bare.data.labels)[0], clean, ("labels without noise", "network"), 1.0),
        sampled(terms.mean(axis=1), error, 0.0, names),
    )


def _network(sets: ag.Experiment) -> np.ndarray:
    """The teacher's outputs from its averaged features, in NumPy."""
    data, (W, v) = sets.data, (np.asarray(part)[0] for part in sets.teacher)
    hidden = np.asarray(data.activation.function(np.asarray(data.features)[0].T @ W))
    outputs = hidden @ v
    if data.weights is None:
        return outputs
    owner = np.asarray(data.owner)
    return np.bincount(owner, outputs * np.ravel(np.asarray(data.weights)))


@claim(
    "li2021:eq-4",
    _settings("a long cycle with a star and an isolated node"),
    each=True,
    tolerance=1e-13,
)
def node_teacher(activation: str, size: int) -> Any:
    """The labels are the teacher's outputs plus independent centred noise."""
    graph = graphs.disjoint_union(graphs.cycle(size), graphs.star(3), graphs.empty(1))
    settings: dict[str, Any] = {"graph": graph, "dimension": _D, "outputs": _Q, "seeds": [0]}
    return _noise(
        ag.node_experiment(activation, **settings),
        ag.node_experiment(activation, **settings, noise=0.0),
    )


@claim("li2021:eq-10", _settings("paths, stars and single nodes"), each=True, tolerance=1e-13)
def graph_teacher(activation: str, size: int) -> Any:
    """The label of a graph is the teacher's output plus independent centred noise."""
    many = ag.collect([graphs.path(3), graphs.empty(1), graphs.star(3)] * (size // 3))
    settings: dict[str, Any] = {"collection": many, "dimension": _D, "outputs": _Q, "seeds": [0]}
    return _noise(
        ag.graph_experiment(activation, **settings),
        ag.graph_experiment(activation, **settings, noise=0.0),
    )
