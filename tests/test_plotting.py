"""Figures: readable in grey, the same on every run, refusing what cannot be drawn."""

import itertools

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from gnnconv_lib import InvalidInput, graphs, plotting
from gnnconv_lib.plotting.layouts import LAYOUTS, layout


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    plt.close("all")


def luminance(color: str) -> float:
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return float(np.dot([0.2126, 0.7152, 0.0722], channels))


def test_no_two_series_differ_by_colour_alone() -> None:
    for first, second in itertools.combinations(plotting.SERIES, 2):
        assert first.linestyle != second.linestyle
        assert first.marker != second.marker
        assert first.color != second.color


def test_every_series_stands_out_from_the_card() -> None:
    card = luminance(plotting.CARD)
    for entry in plotting.SERIES:
        assert (card + 0.05) / (luminance(entry.color) + 0.05) > 3


def test_figures_have_a_fixed_size_and_no_title() -> None:
    figure, axes = plotting.figure(columns=2, rows=3, width=6)
    assert tuple(figure.get_size_inches()) == pytest.approx((6, 0.66 * 9))
    assert axes.shape == (3, 2)
    assert all(not panel.get_title() for panel in axes.ravel())
    assert matplotlib.rcParams["figure.dpi"] == matplotlib.rcParams["savefig.dpi"] == 144


def test_loss_curves_draw_median_and_band() -> None:
    steps = np.array([0, 1, 10, 100])
    table = np.outer(np.arange(1.0, 12), 2.0 ** -np.arange(4))
    _, axes = plotting.figure()
    plotting.loss_curves(axes, steps, {"d = 5": table})
    np.testing.assert_allclose(axes.lines[0].get_ydata(), np.median(table, axis=0))
    np.testing.assert_allclose(axes.lines[0].get_xdata(), [0.5, 1, 10, 100])
    band = axes.collections[0].get_paths()[0].vertices
    assert band[:, 1].max() == pytest.approx(np.quantile(table[:, 0], 0.9))
    assert axes.get_xscale() == axes.get_yscale() == "log"


def test_loss_curves_end_where_a_run_diverges_or_reaches_zero() -> None:
    _, axes = plotting.figure()
    plotting.loss_curves(axes, np.arange(1, 5), {"a": [1.0, 0.5, 0.0, np.nan]})
    assert list(axes.lines[0].get_ydata()) == [1.0, 0.5]


@pytest.mark.parametrize(
    "values", [[1.0, 2.0], [[np.nan] * 3], [0.0, 0.0, -1.0], np.ones((1, 1, 3))]
)
def test_loss_curves_refuse_what_cannot_be_drawn(values: object) -> None:
    _, axes = plotting.figure()
    with pytest.raises(InvalidInput, match=r"losses\['a'\] must"):
        plotting.loss_curves(axes, [1, 2, 3], {"a": values})


FAMILIES = [
    graphs.star(5),
    graphs.path(4),
    graphs.petersen(),
    graphs.cycle(7),
    graphs.path(1),
    graphs.disjoint_cliques(3, 4),
]


@pytest.mark.parametrize("graph", FAMILIES, ids=lambda graph: graph.name)
@pytest.mark.parametrize("name", [None, *LAYOUTS])
def test_layouts_give_every_node_its_own_finite_place(graph, name) -> None:
    places = layout(graph, name)
    assert places.shape == (graph.nodes, 2)
    assert np.isfinite(places).all()
    assert len({tuple(np.round(place, 9)) for place in places}) == graph.nodes


def test_a_graph_is_drawn_with_its_edges_and_nodes() -> None:
    graph = graphs.petersen()
    _, axes = plotting.figure()
    plotting.draw_graph(axes, graph, labels=[str(d) for d in graph.degrees], caption="Petersen")
    edges, nodes = axes.collections
    assert len(edges.get_segments()) == graph.edges == 15
    assert len(nodes.get_offsets()) == 10
    assert axes.texts[-1].get_text() == "Petersen"


def test_a_graph_too_large_to_draw_is_refused() -> None:
    _, axes = plotting.figure()
    with pytest.raises(InvalidInput, match=r"graph\.nodes must be an integer in \[1, 200\]"):
        plotting.draw_graph(axes, graphs.cycle(201))
    with pytest.raises(InvalidInput, match="shape"):
        plotting.draw_graph(axes, graphs.cycle(3), positions=np.zeros((2, 2)))
