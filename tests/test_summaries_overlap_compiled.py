"""Compiled counting and merged twins: the same integers as SciPy's product, to the last one."""

import subprocess
import sys
import textwrap

import numpy as np
import pytest
from hypothesis import given, strategies as st

from gnnconv_lib import InvalidInput, graphs
from gnnconv_lib.summaries import (
    overlap,
    overlap_blocks,
    overlap_compiled,
    overlap_counting as counting,
)
from gnnconv_lib.summaries.overlap_twins import as_weighted, merge_twins

needs_numba = pytest.mark.skipif(
    not overlap_compiled.is_available(), reason="the extra `fast` is not installed"
)

FAMILIES = [
    graphs.empty(1),
    graphs.empty(5),
    graphs.path(2),
    graphs.path(9),
    graphs.cycle(12),
    graphs.star(1),
    graphs.star(300),
    graphs.complete(2),
    graphs.complete(30),
    graphs.complete(300),
    graphs.petersen(),
    graphs.grid(5, 7),
    graphs.disjoint_cliques(4, 5),
    graphs.disjoint_union(graphs.star(4), graphs.complete(3), graphs.empty(3)),
    graphs.disjoint_union(graphs.star(9), graphs.star(9), graphs.barabasi_albert(50, 1, 3)),
    graphs.complement(graphs.disjoint_cliques(3, 4)),
    graphs.random_regular(300, 5, 1),
    graphs.erdos_renyi(300, 0.02, 1),
    graphs.erdos_renyi(200, 0.5, 1),
    graphs.barabasi_albert(2000, 3, 1),
]


def all_groups(graph):
    groups = counting.overlapping_pairs(graph)
    return np.stack([groups.first, groups.second, groups.shared, groups.count])


@pytest.fixture
def reference(monkeypatch):
    """Groups by SciPy's sparse product, nothing merged."""
    monkeypatch.setattr(overlap_blocks, "prefers_dense", lambda graph: False)
    monkeypatch.setattr(counting, "_MERGE_FROM", np.inf)
    monkeypatch.setattr(overlap_compiled, "is_available", lambda: False)
    return {id(graph): all_groups(graph) for graph in FAMILIES}


def use(monkeypatch, compiled, merged):
    monkeypatch.setattr(overlap_compiled, "is_available", lambda: compiled)
    monkeypatch.setattr(overlap_compiled, "COMPILED_FROM", 0)
    monkeypatch.setattr(counting, "_MERGE_FROM", 0 if merged else np.inf)
    monkeypatch.setattr(counting, "_MERGE_SHARE", 0)


@needs_numba
@pytest.mark.parametrize("merged", [False, True])
@pytest.mark.parametrize("chunk", [7, 1 << 21])
def test_compiled_counts_are_those_of_scipy(reference, monkeypatch, chunk, merged):
    use(monkeypatch, compiled=True, merged=merged)
    monkeypatch.setattr(overlap_compiled, "_CHUNK", chunk)
    for graph in FAMILIES:
        np.testing.assert_array_equal(all_groups(graph), reference[id(graph)], graph.name)


def test_merged_counts_without_numba_are_those_of_scipy(reference, monkeypatch):
    use(monkeypatch, compiled=False, merged=True)
    merged = [graph.name for graph in FAMILIES if merge_twins(graph).rows.nodes < graph.nodes]
    assert len(merged) >= 8
    for graph in FAMILIES:
        np.testing.assert_array_equal(all_groups(graph), reference[id(graph)], graph.name)


@needs_numba
def test_wide_integers_and_many_groups(reference, monkeypatch):
    """Degrees beyond 255 take the wide work array; 10^4 groups make the hash table grow."""
    use(monkeypatch, compiled=True, merged=False)
    graph = FAMILIES[-1]
    assert graph.degrees.max() < 255 < graphs.star(300).degrees.max()
    assert reference[id(graph)].shape[1] > 1 << 11
    big = graphs.barabasi_albert(6000, 8, 1)
    assert big.degrees.max() > 255
    compiled = all_groups(big)
    use(monkeypatch, compiled=False, merged=False)
    np.testing.assert_array_equal(compiled, all_groups(big))
    assert compiled.shape[1] > 1 << 14


@needs_numba
def test_many_small_graphs_pay_as_much_as_a_large_one(monkeypatch):
    """Small graphs go to SciPy until enough were counted; once the code is there, to Numba."""
    monkeypatch.setattr(overlap_compiled, "_loaded", set())
    monkeypatch.setattr(overlap_compiled, "_small_graphs", [0.0])
    rows, needed = as_weighted(graphs.cycle(10)).rows, 4 * overlap_compiled.COMPILED_FROM
    assert not overlap_compiled.pays(rows, 1, 3)
    assert overlap_compiled._small_graphs == [90.0]
    overlap_compiled._small_graphs[0] = needed - 91.0
    assert not overlap_compiled.pays(rows, 1, 3)
    assert overlap_compiled.pays(rows, 1, 3)
    overlap_compiled._small_graphs[0] = 0.0
    overlap_compiled._kernel.cache_clear()
    list(overlap_compiled.compiled_counts(rows, np.zeros(10), 1, 3, 1 << 20))
    assert overlap_compiled.pays(rows, 1, 3)  # the code for one label
    assert not overlap_compiled.pays(rows, 2, 3)  # other code
    monkeypatch.setattr(overlap_compiled, "COMPILED_FROM", 90)
    overlap_compiled._small_graphs[0] = 0.0
    assert overlap_compiled.pays(rows, 2, 3)


@needs_numba
def test_small_graphs_are_counted_alike_before_and_after(monkeypatch):
    graph = graphs.barabasi_albert(300, 3, 2)
    monkeypatch.setattr(overlap_compiled, "_loaded", set())
    before = all_groups(graph)
    assert not overlap_compiled._loaded
    monkeypatch.setattr(overlap_compiled, "_small_graphs", [np.inf])
    overlap_compiled._kernel.cache_clear()
    np.testing.assert_array_equal(all_groups(graph), before)
    assert overlap_compiled._loaded


@needs_numba
@pytest.mark.parametrize("threads", [1, 2, 5])
def test_threads_do_not_change_the_result(reference, monkeypatch, threads):
    use(monkeypatch, compiled=True, merged=False)
    monkeypatch.setattr(overlap_compiled, "_CHUNK", 50)
    monkeypatch.setattr(overlap_compiled, "_processors", lambda: threads)
    for graph in FAMILIES[-4:]:
        np.testing.assert_array_equal(all_groups(graph), reference[id(graph)])


@needs_numba
def test_giving_up_early(monkeypatch):
    use(monkeypatch, compiled=True, merged=False)
    monkeypatch.setattr(overlap_blocks, "prefers_dense", lambda graph: False)
    with pytest.raises(counting.TooManyGroups):
        counting.overlapping_pairs(FAMILIES[-1], most=100)


@st.composite
def graphs_with_twins(draw):
    """A small random graph in which nodes are copied, joined to their original or not."""
    n = draw(st.integers(1, 6))
    pairs = [(i, j) for i in range(n) for j in range(i)]
    edges = set(draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else [])
    for _ in range(draw(st.integers(0, 6))):
        node, joined = draw(st.integers(0, n - 1)), draw(st.booleans())
        edges |= {(n, b if a == node else a) for a, b in edges if node in (a, b)}
        edges |= {(n, node)} if joined else set()
        n += 1
    return graphs.from_edges(n, sorted(edges))


@given(graphs_with_twins())
def test_merged_graphs_have_no_twins_left_and_count_the_same(graph):
    merged = merge_twins(graph)
    assert int(merged.rows.size.sum()) == graph.nodes
    closed = [frozenset({i, *graph.neighbors(i).tolist()}) for i in range(graph.nodes)]
    opened = [closed[i] - {i} for i in range(graph.nodes)]
    classes = {
        (frozenset(j for j in range(graph.nodes) if c == closed[j] or o == opened[j]))
        for c, o in zip(closed, opened, strict=True)
    }
    if graph.nodes - len(classes) >= graph.nodes / 16:
        assert merged.rows.nodes == len(classes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(overlap_blocks, "prefers_dense", lambda graph: False)
        use(patch, compiled=False, merged=True)
        found = all_groups(graph)
        use(patch, compiled=False, merged=False)
        np.testing.assert_array_equal(found, all_groups(graph))


def test_colliding_hashes_merge_nothing_wrong(monkeypatch):
    """With all hashes equal, every candidate has to pass the comparison entry by entry."""
    graph = graphs.disjoint_union(graphs.star(4), graphs.cycle(5), graphs.complete(4))
    right = merge_twins(graph)
    from gnnconv_lib.summaries import overlap_twins

    monkeypatch.setattr(
        overlap_twins, "_row_sums", lambda graph, marks: np.zeros(graph.nodes, np.uint64)
    )
    collided = merge_twins(graph)
    assert collided.rows.nodes >= right.rows.nodes
    members = collided.rows.size > 1
    assert set(collided.closed[members].tolist()) <= {2, 3, 4}
    with pytest.MonkeyPatch.context() as patch:
        use(patch, compiled=False, merged=True)
        found = all_groups(graph)
    np.testing.assert_array_equal(found, all_groups(graph))


def test_star_with_a_million_leaves_in_closed_form():
    leaves = 10**6
    measure = overlap(graphs.star(leaves))
    assert counting.counting_steps(graphs.star(1000)) == 1001**2 + 4000
    assert measure.count.tolist() == [2 * leaves, leaves * (leaves - 1), leaves + 1]
    np.testing.assert_allclose(measure.rho**2, [2 / (leaves + 1), 0.25, 1.0], rtol=1e-15)
    assert measure.mass[1] == 2.0 * leaves * (leaves - 1)


def test_hopeless_work_is_refused_in_one_sentence():
    graph = graphs.barabasi_albert(3000, 3, 1)
    steps = counting.counting_steps(graph)
    with pytest.raises(InvalidInput) as caught:
        overlap(graph, step_limit=1e4)
    message = str(caught.value)
    assert f"has {steps:.3g} wedges" in message
    assert "summaries.sampled_overlap(graph, samples, seed)" in message
    assert message.count(". ") == 0
    assert overlap(graph, step_limit=1e7).total_pairs == graph.nodes**2
    with pytest.raises(InvalidInput, match="step_limit must be"):
        overlap(graph, step_limit=-1)


@needs_numba
def test_no_cache_folder_and_nothing_on_stderr(tmp_path):
    """A read-only installation: Numba finds no place for its cache, the result is the same."""
    script = """
        import numba.core.caching as caching
        from gnnconv_lib import graphs
        caching.FunctionCache._impl_class._locator_classes = []
        caching.CacheImpl._locator_classes = []
        from gnnconv_lib.summaries import overlap_compiled, overlap_counting
        overlap_compiled.COMPILED_FROM = 0
        groups = overlap_counting.overlapping_pairs(graphs.grid(40, 40))
        print(int((groups.shared * groups.count).sum()))
    """
    finished = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(script)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    expected = int(np.sum((graphs.grid(40, 40).degrees + 1) ** 2))
    assert (finished.stdout, finished.stderr) == (f"{expected}\n", "")


def test_small_graphs_do_not_import_numba(tmp_path):
    script = (
        "import sys; from gnnconv_lib import graphs, summaries; "
        "summaries.overlap(graphs.random_regular(2000, 10, 1)); "
        "assert 'numba' not in sys.modules"
    )
    finished = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=False)
    assert finished.returncode == 0


def test_weights_of_an_unmerged_graph():
    merged = as_weighted(graphs.star(3))
    assert merged.rows.steps == counting.counting_steps(graphs.star(3)) == 28
    assert merged.within.tolist() == merged.closed.tolist() == [4, 2, 2, 2]


@needs_numba
def test_graphs_with_wide_indices(reference):
    """Beyond 2^31 entries the arrays hold 64-bit integers."""
    graph = FAMILIES[-1]
    ones = np.ones(graph.nodes, np.int32)
    closed, label = np.unique(graph.degrees + 1, return_inverse=True)
    for integers in (np.int32, np.int64):
        rows = overlap_compiled.Weighted(
            graph.indptr.astype(integers), graph.indices.astype(integers), ones, ones
        )
        arguments = (label, closed.size, int(closed.max()), 1 << 20)
        parts = list(overlap_compiled.compiled_counts(rows, *arguments))
        key = np.concatenate([part[0] for part in parts])
        shared = key % (int(closed.max()) + 1)
        total = 2 * int(np.sum(shared * np.concatenate([part[1] for part in parts])))
        assert total == int(np.sum(graph.degrees * (graph.degrees + 1)))


@needs_numba
def test_marks_of_former_rows_are_wiped_before_they_overflow(monkeypatch):
    """Run uncompiled with a small largest mark, so that it is reached every few rows."""
    from gnnconv_lib.summaries import _overlap_kernel as kernel

    graph = graphs.random_regular(60, 4, 1)
    monkeypatch.setattr(kernel, "_LAST", 40)
    monkeypatch.setattr(kernel, "_count_row", kernel._count_row.py_func)
    ones, work = np.ones(60, np.int32), np.zeros(60, np.int32)
    shared, count = kernel._count_rows(
        graph.indptr, graph.indices, ones, ones, ones * 0, 1, 5, 0, 60, work
    )
    expected = counting.overlapping_pairs(graph)
    assert work.max() <= 45
    assert int(np.sum(2 * shared * count)) == 60 * 4 * 5
    groups = dict(zip(expected.shared.tolist(), expected.count.tolist(), strict=True))
    groups[5] -= 60
    assert {s: 2 * c for s, c in zip(shared.tolist(), count.tolist(), strict=True)} == {
        s: c for s, c in groups.items() if c
    }


@needs_numba
def test_stored_graphs_are_counted_from_disk(monkeypatch, tmp_path):
    use(monkeypatch, compiled=True, merged=False)
    graph = FAMILIES[-1]
    np.testing.assert_array_equal(
        all_groups(graphs.store(graph, tmp_path / "g")), all_groups(graph)
    )
