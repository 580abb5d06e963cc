"""The degree measure against sums over nodes."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gnnconv_lib import InvalidInput, graphs
from gnnconv_lib.summaries import degrees


@pytest.mark.parametrize(
    "graph",
    [
        graphs.empty(1),
        graphs.star(5),
        graphs.complete(4),
        graphs.petersen(),
        graphs.erdos_renyi(80, 0.1, seed=1),
        graphs.barabasi_albert(80, 2, seed=1),
    ],
    ids=lambda graph: graph.name,
)
def test_totals_are_sums_over_nodes(graph):
    measure = degrees(graph)
    closed = graph.degrees + 1.0
    assert measure.nodes == graph.nodes
    assert measure.count.sum() == graph.nodes
    assert np.all(np.diff(measure.size) > 0)
    assert measure.size.dtype == measure.count.dtype == np.float64
    for function in (np.sqrt, np.reciprocal, lambda size: np.exp(-size)):
        assert measure.total(function) == pytest.approx(function(closed).sum(), rel=1e-14)
    assert measure.total(np.square) == (closed**2).sum()


def test_passes_through_jax():
    measure = degrees(graphs.star(3))
    total = jax.jit(lambda m, scale: m.total(lambda size: jnp.exp(-scale * size)))
    by_hand = np.exp(-0.5 * 4) + 3 * np.exp(-0.5 * 2)
    assert float(total(measure, 0.5)) == pytest.approx(by_hand, rel=1e-15)
    assert len(jax.tree_util.tree_leaves(measure)) == 2


def test_bad_input():
    with pytest.raises(InvalidInput, match="graph must be a Graph, got str"):
        degrees("star")
