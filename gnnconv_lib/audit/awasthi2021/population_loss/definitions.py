"""The population loss and its gradient from the network itself, unit by unit.

Reference: awasthi2021, Eqs. (5)-(8). Book page: book/awasthi2021/population-loss.
"""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np

from gnnconv_lib import relu_gnn
from gnnconv_lib.audit.awasthi2021.setting import ANY
from gnnconv_lib.claims import both, claim, equal, sampled
from gnnconv_lib.graphs import Graph
from gnnconv_lib.summaries import overlap
from gnnconv_lib.witnesses import relu_network, relu_pairs


def _samples(g: Graph, W: np.ndarray, W_star: np.ndarray, seed: int) -> tuple[Any, Any]:
    """Outputs of student and teacher on samples of the features."""
    features = np.random.default_rng(seed).normal(size=(20_000, g.nodes, W.shape[1]))
    return (
        relu_network.outputs(features, W, g),
        relu_network.outputs(features, W_star, g),
    )


def _mean_loss(ours: Any, theirs: Any) -> tuple[float, float]:
    losses = ((ours - theirs) ** 2).sum(axis=1) / 2
    return float(losses.mean()), float(losses.std(ddof=1) / np.sqrt(len(losses)))


@claim("awasthi2021:eq-5", ANY, each=True)
def population_loss(graph: Graph, W: np.ndarray, W_star: np.ndarray, seed: int) -> Any:
    """The loss is half the mean squared difference of the two networks' outputs."""
    mean, error = _mean_loss(*_samples(graph, W, W_star, seed))
    exact = float(relu_gnn.loss(W, W_star, overlap(graph)))
    return sampled(mean, error, exact, ("mean loss of samples", "loss"))


@claim("awasthi2021:eq-7", ANY, each=True)
def sum_over_units(graph: Graph, W: np.ndarray, W_star: np.ndarray) -> Any:
    """The loss is the sum of the losses of its units."""
    parts = sum(relu_pairs.loss(graph, w, v) for w, v in zip(W, W_star, strict=True))
    whole = float(relu_gnn.loss(W, W_star, overlap(graph)))
    return equal(whole, parts, ("loss of the network", "sum over units"))


@claim("awasthi2021:eq-8", ANY, tolerance=1e-11, each=True)
def gradient_descent(graph: Graph, W: np.ndarray, W_star: np.ndarray) -> Any:
    """One step is W - η∇L(W), in the entries of W, in (α, β) and in length and angle."""
    measure = overlap(graph)
    rate = 0.7 / float(relu_gnn.sums(measure, 1.0)[0])
    expected = W - rate * relu_pairs.gradient(graph, W, W_star)
    start, side = relu_gnn.reduce(W, W_star)
    slope = relu_gnn.reduced_gradient(start.u, start.beta, measure)
    moved = relu_gnn.Reduced(start.u - rate * slope.u, start.beta - rate * slope.beta)
    turned = relu_gnn.from_polar(relu_gnn.polar_step(relu_gnn.to_polar(start), measure, rate))
    full = relu_gnn.full_model(measure, W_star).update(jnp.asarray(W), jnp.asarray(rate))
    found = [full, *(relu_gnn.expand(at, W_star, side) for at in (moved, turned))]
    names = ("step of the library", "step by pairs")
    return both(*(equal(np.asarray(entry), expected, names, 1.0) for entry in found))


@claim("awasthi2021:remark-loss-expansion", ANY, each=True)
def three_expectations(graph: Graph, W: np.ndarray, W_star: np.ndarray, seed: int) -> Any:
    """Half the mean squared difference is half of each second moment less the mixed moment."""
    w, v = W[:1], W_star[:1]
    mean, error = _mean_loss(*_samples(graph, w, v, seed))
    own, teacher, mixed = (
        relu_pairs.cross_moment(graph, one[0], other[0]) for one, other in ((w, w), (v, v), (w, v))
    )
    names = ("mean loss of samples", "three expectations by pairs")
    return sampled(mean, error, own / 2 + teacher / 2 - mixed, names)


@claim("awasthi2021:remark-units-independent", ANY, each=True)
def units_are_independent(graph: Graph, W: np.ndarray, W_star: np.ndarray) -> Any:
    """A row of the gradient is that of its unit trained alone."""
    whole = np.asarray(relu_gnn.gradient(W, W_star, overlap(graph)))
    alone = np.concatenate(
        [relu_pairs.gradient(graph, w, v) for w, v in zip(W, W_star, strict=True)]
    )
    size = np.linalg.norm(whole, axis=1, keepdims=True) + np.linalg.norm(alone, axis=1).max()
    size = np.broadcast_to(size, whole.shape)
    return equal(whole, alone, ("row of the gradient", "gradient of one unit"), size)
