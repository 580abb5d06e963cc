"""Sampled overlaps: unbiased, intervals that cover on every kind of graph, also out of core."""

import math

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy import stats

from gnnconv_lib import InvalidInput, dual, graphs, relu_gnn
from gnnconv_lib.summaries import overlap, overlap_sampled as module, sampled_overlap, stack
from gnnconv_lib.summaries.wedges import degree_totals, sample_wedges, shared_messages


def hidden_hub():
    """Nearly all wedges lie in one star; the rest of the mass is in many small cliques."""
    return graphs.disjoint_union(graphs.star(3000), graphs.disjoint_cliques(300, 5))


FAMILIES = {
    "regular": graphs.random_regular(400, 6, 1),
    "erdos renyi": graphs.erdos_renyi(400, 0.02, 1),
    "dense": graphs.erdos_renyi(120, 0.5, 2),
    "heavy tails": graphs.barabasi_albert(1500, 3, 1),
    "tree with heavy tails": graphs.barabasi_albert(1500, 1, 1),
    "star": graphs.star(500),
    "hidden hub": hidden_hub(),
}


@pytest.fixture(scope="module")
def exact():
    """A, B(0.3), C(0.3), C(1), A / C(1) of each family, from the exact measure."""
    found = {}
    for name, graph in FAMILIES.items():
        measure = overlap(graph, method="exact")
        at_one = [float(v) for v in relu_gnn.sums(measure, 1.0)]
        inner = [float(v) for v in relu_gnn.sums(measure, 0.3)]
        found[name] = (*inner, at_one[2], at_one[0] / at_one[2])
    return found


def estimates(sampled, level=0.9):
    slope = sampled.sums(1.0, level)[2]
    return (*sampled.sums(0.3, level), slope, sampled.condition_number(level))


@given(st.integers(1, 12), st.floats(0, 1), st.integers(0, 999))
def test_shared_messages_against_the_square_of_the_matrix(n, p, seed):
    graph = graphs.erdos_renyi(n, p, seed)
    matrix = graph.adjacency.toarray() + np.eye(n, dtype=np.int64)
    first, second = np.nonzero(~np.eye(n, dtype=bool))
    found = shared_messages(graph, first, second)
    np.testing.assert_array_equal(found, (matrix @ matrix)[first, second])


def test_shared_messages_in_small_pieces(monkeypatch):
    from gnnconv_lib.summaries import wedges

    graph = FAMILIES["heavy tails"]
    draw = np.random.default_rng(0)
    first = draw.integers(0, 1500, 500)
    second = (first + draw.integers(1, 1500, 500)) % 1500
    whole = shared_messages(graph, first, second)
    monkeypatch.setattr(wedges, "_PIECE", 13)
    np.testing.assert_array_equal(shared_messages(graph, first, second), whole)


def test_ends_of_wedges_have_the_right_distribution(monkeypatch):
    """Chi-squared against d_ij / W over all ordered pairs, with blocks of three rows."""
    from gnnconv_lib.summaries import wedges

    monkeypatch.setattr(wedges, "_ROWS", 3)
    graph = graphs.disjoint_union(graphs.star(4), graphs.empty(2), graphs.complete(3))
    matrix = graph.adjacency.toarray() + np.eye(graph.nodes, dtype=np.int64)
    shared = matrix @ matrix
    np.fill_diagonal(shared, 0)
    totals = degree_totals(graph)
    assert totals.wedges == shared.sum()
    first, second = sample_wedges(graph, 40_000, np.random.default_rng(3))
    found = np.zeros_like(shared)
    np.add.at(found, (first, second), 1)
    assert np.all(found[shared == 0] == 0)
    expected = 40_000 * shared[shared > 0] / totals.wedges
    assert stats.chisquare(found[shared > 0], expected).pvalue > 1e-3


@pytest.mark.parametrize("cos", [1.0, 0.7, 0.0, -0.4, -1.0])
def test_integrands_are_those_of_the_sums(cos):
    """f(rho) = f(0) + rho h(rho), for f from the library's dual."""
    rho = np.array([1e-9, 0.01, 0.3, 0.9, 1.0])
    value, slope = module._Term(cos, "value"), module._Term(cos, "slope")
    by_dual = np.asarray(dual.relu.scaled_relu(rho * cos))
    np.testing.assert_allclose(value.at_zero + rho * value.integrand(rho), by_dual, atol=1e-15)
    np.testing.assert_allclose(slope.integrand(rho), dual.relu.step(rho * cos), atol=1e-15)
    inside = np.linspace(0, 1, 300)
    for term in (value, slope):
        found = term.integrand(inside)
        assert np.all(found >= term.smallest)
        assert np.all(found <= term.largest)


def test_the_ratio_integrand_has_the_stated_range():
    rho = np.linspace(0, 1, 400)
    a, c = module._Term(1.0, "value").integrand(rho), module._Term(1.0, "slope").integrand(rho)
    for kappa in (1.0, 1.7, 30.0):
        combined = a - kappa * c
        assert np.all(np.diff(combined) < 0)
        assert np.ptp(combined) == pytest.approx(kappa / 2 - 0.5 + 1 / math.pi, rel=1e-14)


@pytest.mark.parametrize("name", FAMILIES)
def test_estimates_are_unbiased_and_intervals_cover(name, exact):
    """300 seeds: the mean within 4 standard errors, at most the promised share missed."""
    repeats, level = 300, 0.9
    runs = [estimates(sampled_overlap(FAMILIES[name], 400, s), level) for s in range(repeats)]
    for k, reference in enumerate(exact[name]):
        values = np.array([run[k].value for run in runs])
        spread = values.std(ddof=1)
        if k < 4:  # a ratio is only asymptotically unbiased
            assert (
                abs(values.mean() - reference)
                <= 4 * spread / math.sqrt(repeats) + 1e-11 * reference
            )
        missed = sum(not run[k].covers(reference) for run in runs)
        assert missed <= stats.binom.ppf(0.999, repeats, 1 - level)
        claimed = np.array([run[k].standard_error for run in runs])
        if spread > 1e-9 * reference and name != "hidden hub":
            assert np.median(claimed) == pytest.approx(spread, rel=0.25)


def test_normal_intervals_would_not_cover_where_a_hub_hides_the_rest(exact):
    """What the guaranteed interval is for: most samples see the star only."""
    graph, reference = FAMILIES["hidden hub"], exact["hidden hub"][3]
    runs = [sampled_overlap(graph, 100, seed).sums(1.0, 0.9)[2] for seed in range(200)]
    normal = sum(abs(r.value - reference) <= 1.645 * r.standard_error for r in runs)
    assert normal < 150  # 180 were promised
    assert all(r.covers(reference) for r in runs)


def test_relative_errors_stay_below_the_stated_constants(exact):
    """0.16 / sqrt(N) for A and 0.36 / sqrt(N) for C(1), whatever the graph."""
    for graph in FAMILIES.values():
        sampled = sampled_overlap(graph, 10_000, 5)
        full, _, slope = sampled.sums(1.0)
        assert full.standard_error <= 0.16 / 100 * full.value
        assert slope.standard_error <= 0.36 / 100 * slope.value
        assert full.low <= full.value <= full.high
        assert (slope.high - slope.low) / 2 <= 0.015 * slope.value


def test_intervals_shrink_with_samples_and_widen_with_the_level():
    graph = FAMILIES["heavy tails"]
    widths = []
    for samples in (100, 10_000, 1_000_000):
        kappa = sampled_overlap(graph, samples, 0).condition_number()
        widths.append(kappa.high - kappa.low)
    assert widths[0] > 5 * widths[1] > 25 * widths[2]
    sampled = sampled_overlap(graph, 5000, 0)
    ends = [sampled.condition_number(level) for level in (0.5, 0.95, 0.999999)]
    assert ends[0].low > ends[1].low > ends[2].low >= 1
    assert ends[0].high < ends[1].high < ends[2].high


def test_predicted_iterations(exact):
    sampled = sampled_overlap(FAMILIES["regular"], 20_000, 1)
    steps, kappa = sampled.iterations(3.0), sampled.condition_number()
    for end in ("low", "value", "high"):
        expected = 3 * math.log(10) / (-2 * math.log(1 - 1 / getattr(kappa, end)))
        assert getattr(steps, end) == pytest.approx(expected, rel=1e-12)
    change = (module._steps(3.0, kappa.value * 1.0001) / steps.value - 1) / 0.0001
    relative = kappa.standard_error / kappa.value
    assert steps.standard_error / steps.value == pytest.approx(change * relative, rel=1e-3)
    reference = 3 * math.log(10) / (-2 * math.log(1 - 1 / exact["regular"][4]))
    assert steps.covers(reference)


@pytest.mark.parametrize("name", FAMILIES)
def test_the_sampled_measure_gives_the_sampled_sums(name):
    sampled = sampled_overlap(FAMILIES[name], 3000, 2)
    measure = sampled.measure
    assert (measure.method, measure.error) == ("sampled", math.inf)
    assert np.all(np.diff(measure.rho) > 0)
    assert measure.total_pairs == FAMILIES[name].nodes ** 2
    assert measure.shared_messages == int(np.sum((FAMILIES[name].degrees + 1) ** 2))
    for cos in (1.0, 0.3, -0.6):
        for one, other in zip(relu_gnn.sums(measure, cos), sampled.sums(cos), strict=True):
            assert float(one) == pytest.approx(other.value, rel=1e-11)
    assert stack([measure, overlap(graphs.star(2))]).method == "sampled"


def test_counts_of_the_sampled_measure_are_unbiased():
    graph = graphs.barabasi_albert(60, 2, 1)
    reference = dict(
        zip(*(getattr(overlap(graph, "exact"), k).tolist() for k in ("rho", "count")), strict=True)
    )
    runs = []
    for seed in range(300):
        measure = sampled_overlap(graph, 200, seed).measure
        found = dict(zip(measure.rho.tolist(), measure.count.tolist(), strict=True))
        assert set(found) <= set(reference)
        runs.append([found.get(rho, 0.0) for rho in reference])
    mean, error = np.mean(runs, axis=0), np.std(runs, axis=0, ddof=1) / math.sqrt(300)
    z = (mean - list(reference.values())) / np.where(error == 0, 1, error)
    assert np.all(np.abs(z[error == 0]) < 1e-9)
    assert np.mean(z**2) < 1.5


@pytest.mark.parametrize(
    "graph", [graphs.empty(1), graphs.empty(4), graphs.complete(2), graphs.complete(9)], ids=repr
)
def test_degenerate_graphs_are_exact(graph):
    sampled = sampled_overlap(graph, 50, 0)
    expected = [float(v) for v in relu_gnn.sums(overlap(graph), 1.0)]
    for interval, reference in zip(sampled.sums(1.0), expected, strict=True):
        assert interval.value == pytest.approx(reference, rel=1e-15)
        assert interval.standard_error == 0
        assert interval.low * (1 - 1e-15) <= reference <= interval.high * (1 + 1e-15)
    kappa = sampled.condition_number()
    assert kappa.value == pytest.approx(expected[0] / expected[2], rel=1e-15)
    assert kappa.low <= kappa.value <= kappa.high
    assert sampled.iterations().low >= 0
    assert np.all(np.isfinite(sampled.measure.mass))


def test_the_seed_decides_and_the_store_does_not_matter(tmp_path):
    graph = FAMILIES["heavy tails"]
    stored = graphs.store(graph, tmp_path / "graph")
    one, other = sampled_overlap(graph, 2000, 7), sampled_overlap(stored, 2000, 7)
    assert one.rho.tolist() == other.rho.tolist()
    assert one.frequency.tolist() == other.frequency.tolist()
    assert sampled_overlap(graph, 2000, 8).frequency.tolist() != one.frequency.tolist()


def test_memory_does_not_grow_with_the_graph(tmp_path):
    """A stored graph of 24 MB is sampled in less memory than its arrays take."""
    import tracemalloc

    nodes, half = 200_000, 15

    def blocks():
        shifts = np.concatenate([np.arange(1, half + 1), -np.arange(1, half + 1)])
        for start in range(0, nodes, 20_000):
            rows = np.arange(start, start + 20_000)
            yield np.full(20_000, 2 * half), np.sort((rows[:, None] + shifts) % nodes).ravel()

    stored = graphs.store_rows(nodes, blocks(), tmp_path / "ring")
    tracemalloc.start()
    sampled = sampled_overlap(stored, 2000, 1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12 << 20
    assert stored.indices.nbytes == 24_000_000
    small = [
        float(v)
        for v in relu_gnn.sums(
            graphs.from_edges(
                100, [(i, (i + s) % 100) for i in range(100) for s in range(1, half + 1)]
            ),
            1.0,
        )
    ]
    assert sampled.sums(1.0)[2].covers(small[2] * nodes / 100)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: sampled_overlap([(0, 1)], 10, 0), "graph must be a Graph, got list"),
        (lambda: sampled_overlap(graphs.star(2), 1, 0), "samples must be an integer of at least 2"),
        (lambda: sampled_overlap(graphs.star(2), 10, -1), "seed must be"),
        (lambda: sampled_overlap(graphs.star(2), 10, 0).sums(2.0), "cos must be"),
        (lambda: sampled_overlap(graphs.star(2), 10, 0).sums(1.0, 1.0), "level must lie strictly"),
        (lambda: sampled_overlap(graphs.star(2), 10, 0).iterations(-1.0), "decades must be"),
    ],
)
def test_bad_input(call, words):
    with pytest.raises(InvalidInput, match=words):
        call()
