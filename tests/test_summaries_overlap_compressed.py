"""The compressed overlap measure against the exact one, with sums in extended precision."""

import importlib
import sys

import mpmath
import numpy as np
import pytest

from gnnconv_lib import InvalidInput, graphs, relu_gnn
from gnnconv_lib.summaries import overlap, overlap_blocks, overlap_compressed, overlap_tiled
from gnnconv_lib.witnesses.relu_dual import relu_dual, step_dual

COSINES = [1.0, 1 - 1e-12, 1 - 1e-6, 0.99, 0.7, 0.3, 1e-9, 0.0, -0.3, -0.7, -0.99, -1 + 1e-6, -1.0]

IRREGULAR = [
    graphs.erdos_renyi(150, 0.5, seed=1),
    graphs.erdos_renyi(150, 0.1, seed=2),
    graphs.erdos_renyi(150, 0.97, seed=3),
    graphs.barabasi_albert(300, 5, seed=4),
    graphs.star(40),
    graphs.grid(6, 9),
    graphs.disjoint_union(graphs.erdos_renyi(60, 0.7, 5), graphs.star(60), graphs.empty(9)),
    graphs.disjoint_union(graphs.complete(20), graphs.erdos_renyi(80, 0.9, 6)),
]


def sums(measure, cosine):
    """A, B(c), C(c) from the definition, in extended precision."""
    rho, mass = (np.asarray(v, np.longdouble) for v in (measure.rho, measure.mass))
    inner = rho * np.longdouble(cosine)
    return np.array(
        [
            np.sum(mass * relu_dual(rho)),
            np.sum(mass * relu_dual(inner)),
            np.sum(mass * rho * step_dual(inner)),
        ]
    )


@pytest.fixture(params=["dense", "sparse"])
def route(request, monkeypatch):
    for module in (overlap_blocks, overlap_compressed):
        monkeypatch.setattr(module, "prefers_dense", lambda graph: request.param == "dense")
    return request.param


@pytest.mark.skipif(np.finfo(np.longdouble).eps > 1e-18, reason="no extended precision here")
@pytest.mark.parametrize("graph", IRREGULAR, ids=lambda graph: graph.name)
def test_sums_agree_with_the_exact_measure(graph, route):
    exact = overlap(graph, method="exact")
    small = overlap(graph, method="compressed")
    assert small.method == "compressed"
    assert small.total_pairs == graph.nodes**2
    assert small.shared_messages == int(np.sum((graph.degrees + 1) ** 2))
    assert np.all(np.diff(small.rho) > 0)
    for cosine in COSINES:
        reference = sums(exact, cosine)
        error = np.abs(sums(small, cosine) - reference) / reference
        assert np.all(error <= 1e-14), (cosine, error)


def test_against_multiple_precision_from_the_definition():
    """No exact measure in between: all n^2 pairs in 40 digits."""
    graph = graphs.erdos_renyi(24, 0.6, seed=9)
    small = overlap(graph, method="compressed")
    matrix = graph.adjacency.toarray() + np.eye(24, dtype=np.int64)
    shared, closed = matrix @ matrix, graph.degrees + 1
    with mpmath.workdps(40):

        def slope(x):
            return 1 - mpmath.acos(x) / mpmath.pi

        def value(x):
            return mpmath.sqrt(1 - x * x) / mpmath.pi + x * slope(x)

        for cosine in (1, 0.5, 0, -0.5, -1):
            expected, found = [mpmath.mpf(0)] * 2, [mpmath.mpf(0)] * 2
            for i in range(24):
                for j in range(24):
                    mass = mpmath.sqrt(int(closed[i] * closed[j]))
                    rho = int(shared[i, j]) / mass if i != j else mpmath.mpf(1)
                    expected[0] += mass * value(rho * cosine)
                    expected[1] += mass * rho * slope(rho * cosine)
            for rho, mass in zip(small.rho.tolist(), small.mass.tolist(), strict=True):
                found[0] += mpmath.mpf(mass) * value(mpmath.mpf(rho) * cosine)
                found[1] += mpmath.mpf(mass) * rho * slope(mpmath.mpf(rho) * cosine)
            for one, other in zip(found, expected, strict=True):
                assert abs(one / other - 1) < 1e-14


def test_chosen_only_when_there_are_many_values():
    assert overlap(graphs.erdos_renyi(1000, 0.003, seed=1)).method == "exact"
    assert overlap(graphs.random_regular(300, 150, seed=1)).method == "exact"
    dense = overlap(graphs.erdos_renyi(300, 0.5, seed=1))
    assert dense.method == "compressed"
    assert dense.values < 150
    assert 0 < dense.error < 1e-15


def test_diagonal_and_disjoint_pairs_are_kept_exactly():
    graph = graphs.disjoint_union(graphs.complete(7), graphs.erdos_renyi(50, 0.5, 1))
    exact, small = (overlap(graph, method=name) for name in ("exact", "compressed"))
    for place in (0, -1):  # rho = 0 and rho = 1
        assert small.rho[place] == exact.rho[place]
        assert small.count[place] == exact.count[place]
        assert small.mass[place] == pytest.approx(exact.mass[place], rel=1e-14)


def test_only_trivial_pairs(route):
    for graph in (graphs.empty(3), graphs.complete(5), graphs.disjoint_cliques(2, 3)):
        exact, small = (overlap(graph, method=name) for name in ("exact", "compressed"))
        assert small.error == 0.0
        assert small.rho.tolist() == exact.rho.tolist()
        assert small.count.tolist() == exact.count.tolist()
        np.testing.assert_allclose(small.mass, exact.mass, rtol=1e-15)


def test_growth_constant_of_the_error_bound():
    """max |f| on the ellipse over min f on the panel, for both integrands, panels, cosines."""
    radius = 3 + np.sqrt(8)
    circle = radius * np.exp(1j * np.linspace(0, 2 * np.pi, 361)) * (1 - 1e-12)
    ellipse = (circle + 1 / circle) / 2
    line = np.linspace(-1, 1, 41)
    cosines = np.concatenate([np.linspace(-1, 1, 41), 1 - np.logspace(-7, -1, 7)])
    cosines = np.concatenate([cosines, -1 + np.logspace(-7, -1, 7)])
    worst = 0.0
    for exponent in range(2, 14):
        size = 2.0**-exponent
        for to_rho in (lambda v: v, lambda v: 1 - v):
            outside, inside = (to_rho(size * (1.5 + 0.5 * x)) for x in (ellipse, line))
            for cosine in cosines:
                for f in (_value, _weighted_slope):
                    large = np.abs(f(outside, outside * cosine)).max()
                    worst = max(worst, large / f(inside, inside * cosine).min())
    assert 5.0 < worst < overlap_compressed._GROWTH


def _value(rho, inner):
    return relu_dual(inner)


def _weighted_slope(rho, inner):
    return rho * step_dual(inner)


@pytest.mark.parametrize("points", [6, 8, 10, 12])
def test_error_bound_holds_and_is_not_idle(points, monkeypatch):
    """With few points the error is visible: below the bound, and not by many orders."""
    monkeypatch.setattr(overlap_compressed, "POINTS", points)
    graph = graphs.erdos_renyi(120, 0.8, seed=1)
    exact = overlap(graph, method="exact")
    small = overlap(graph, method="compressed")
    bound = overlap_compressed.a_priori_error(points)
    worst = 0.0
    for cosine in COSINES:
        reference = sums(exact, cosine)
        worst = max(worst, float(np.max(np.abs(sums(small, cosine) - reference) / reference)))
    assert worst <= bound
    if points == 6:
        assert worst > 1e-9


def test_compressed_from_groups_and_from_pairs_are_the_same(monkeypatch):
    """Sparse products are counted first; with too many groups for that, pairs are compressed."""
    from gnnconv_lib import InvalidInput
    from gnnconv_lib.summaries import overlap_counting

    module = sys.modules[overlap.__module__]
    monkeypatch.setattr(overlap_blocks, "prefers_dense", lambda graph: False)
    monkeypatch.setattr(module, "prefers_dense", lambda graph: False)
    monkeypatch.setattr(overlap_compressed, "prefers_dense", lambda graph: False)
    for graph in IRREGULAR:
        from_groups = overlap(graph, method="compressed")
        with monkeypatch.context() as patch:
            patch.setattr(module, "_COUNT_LIMIT", 3)
            patch.setattr(overlap_counting, "_TABLE_LIMIT", 0)
            from_pairs = overlap(graph, method="compressed")
            if graph.degrees.max() > 60:
                with pytest.raises(InvalidInput, match="sampled_overlap"):
                    overlap(graph, method="compressed", step_limit=1000)
        for cosine in (1.0, 0.2, -0.9):
            one, other = sums(from_groups, cosine), sums(from_pairs, cosine)
            np.testing.assert_allclose(one.astype(float), other.astype(float), rtol=2e-14)
        assert from_groups.total_pairs == from_pairs.total_pairs == graph.nodes**2


def test_groups_beyond_memory_fall_back_to_compression(monkeypatch):
    from gnnconv_lib.graphs import memory
    from gnnconv_lib.summaries import overlap_counting

    graph = graphs.barabasi_albert(3000, 4, seed=1)
    expected = overlap(graph)
    monkeypatch.setattr(overlap_counting, "_TABLE_LIMIT", 0)
    monkeypatch.setattr(overlap_counting, "_MEMORY_FROM", 0)
    monkeypatch.setattr(memory, "memory_available", lambda: 1000)
    found = overlap(graph)
    assert found.method == "compressed"
    np.testing.assert_allclose(
        sums(found, 0.5).astype(float), sums(expected, 0.5).astype(float), rtol=2e-14
    )


def test_dense_graph_in_bounded_memory():
    """2000 nodes, half of the pairs joined: no float array of n x n (32 MB) beside the graph."""
    import tracemalloc

    graph = graphs.erdos_renyi(2000, 0.5, seed=1)
    tracemalloc.start()
    measure = overlap(graph, working_set=10 << 20)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert measure.method == "compressed"
    assert measure.total_pairs == 2000**2
    assert measure.shared_messages == int(np.sum((graph.degrees + 1) ** 2))
    assert peak < 20 << 20


@pytest.mark.parametrize(
    ("graph", "method", "kind"),
    [
        (graphs.erdos_renyi(200, 0.5, 3), "auto", "compressed"),
        (graphs.erdos_renyi(200, 0.5, 3), "compressed", "compressed"),
        (graphs.random_regular(64, 33, 1), "auto", "exact"),
        (graphs.random_regular(64, 33, 1), "exact", "exact"),
        (graphs.complete(40), "exact", "exact"),
    ],
)
def test_large_dense_graphs_are_counted_in_tiles_of_bits(graph, method, kind, monkeypatch):
    module = importlib.import_module("gnnconv_lib.summaries.overlap")
    expected = module.overlap(graph, method)
    routes = []
    tiled = overlap_tiled.tiled_overlap
    monkeypatch.setattr(overlap_tiled, "tiled_overlap", lambda g: routes.append(1) or tiled(g))
    monkeypatch.setattr(module, "TILED_NODES", 1)
    found = module.overlap(graph, method)
    assert routes == [1]
    assert found.method == expected.method == kind
    for cosine in (1.0, 0.3, -0.9):
        ours = [float(value) for value in relu_gnn.sums(found, cosine)]
        assert ours == pytest.approx([float(v) for v in relu_gnn.sums(expected, cosine)], rel=1e-13)
    assert found.total_pairs == expected.total_pairs


SPARSE, DENSE = graphs.erdos_renyi(300, 0.01, 0), graphs.erdos_renyi(300, 0.5, 0)
REGULAR = graphs.random_regular(300, 150, 0)


@pytest.mark.parametrize(
    ("graph", "method", "tiled_from", "ways"),
    [
        (SPARSE, "auto", 1, ["groups, if they are few", "pair by pair, compressed"]),
        (SPARSE, "compressed", 1, ["groups, if they are few", "pair by pair, compressed"]),
        (SPARSE, "exact", 1, ["groups, exact"]),
        (DENSE, "auto", 1000, ["groups, if they are few", "pair by pair, compressed"]),
        (DENSE, "auto", 1, ["groups, if they are few", "tiles of bits, compressed"]),
        (DENSE, "compressed", 1, ["tiles of bits, compressed"]),
        (DENSE, "compressed", 1000, ["pair by pair, compressed"]),
        (DENSE, "exact", 1, ["groups, exact"]),
        (REGULAR, "auto", 1, ["tiles of bits, counted"]),
        (REGULAR, "exact", 1, ["tiles of bits, counted"]),
        (REGULAR, "exact", 1000, ["groups, exact"]),
        (REGULAR, "compressed", 1, ["pair by pair, compressed"]),
    ],
)
def test_the_ways_are_tried_in_the_order_of_the_table(graph, method, tiled_from, ways, monkeypatch):
    """Every way gives up, as if there were too many groups: what is tried next?"""
    module = importlib.import_module("gnnconv_lib.summaries.overlap")
    monkeypatch.setattr(module, "TILED_NODES", tiled_from)
    tried = []

    def giving_up(way):
        def measure(case):
            tried.append(way.name)
            if not way.name.startswith("groups, if"):
                return "a measure"
            raise module.TooManyGroups

        return way._replace(measure=measure)

    monkeypatch.setattr(module, "WAYS", tuple(map(giving_up, module.WAYS)))
    assert overlap(graph, method) == "a measure"
    assert tried == ways


def test_a_way_costs_what_it_is_refused_for():
    """The cost in the table, above and below the limit."""
    module = importlib.import_module("gnnconv_lib.summaries.overlap")
    for way in module.WAYS:
        case = module.Case(DENSE, "compressed", 1 << 29, 1e9, True, False)
        if way.cost is not None:
            assert way.cost(case) == min(
                overlap_blocks.dense_steps(DENSE), float(np.sum((DENSE.degrees + 1.0) ** 2))
            )
    steps = module._all_pairs(module.Case(DENSE, "compressed", 1 << 29, 1e9, True, False))
    overlap(DENSE, "compressed", step_limit=steps)
    with pytest.raises(InvalidInput, match="graph must take at most"):
        overlap(DENSE, "compressed", step_limit=0.99 * steps)
