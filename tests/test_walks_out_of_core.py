"""Stored graphs and walk counts from row blocks: the same integers, wherever they are computed."""

import json
import os
import pickle
import subprocess
import sys
import textwrap
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, strategies as st

from gnnconv_lib import InvalidInput, graphs, relu_gnn
from gnnconv_lib.summaries import overlap, walk_counts_by_blocks, walks, walks_out_of_core as module
from gnnconv_lib.summaries.walks import from_counts, walk_counts

FAMILIES = [
    graphs.empty(1),
    graphs.empty(4),
    graphs.complete(2),
    graphs.path(7),
    graphs.star(50),
    graphs.petersen(),
    graphs.disjoint_union(graphs.empty(3), graphs.star(3), graphs.complete(4), graphs.empty(2)),
    graphs.erdos_renyi(80, 0.1, 1),
    graphs.barabasi_albert(300, 3, 2),
]


@pytest.mark.parametrize("graph", FAMILIES, ids=lambda graph: graph.name)
@pytest.mark.parametrize("block_bytes", [1, 300, 1 << 24])
def test_blocks_change_nothing(graph, block_bytes):
    assert walk_counts_by_blocks(graph, 9, block_bytes) == walk_counts(graph, 9)
    assert walk_counts_by_blocks(graph, 0, block_bytes) == (graph.nodes,)


def test_counts_beyond_64_bits_are_exact():
    assert walk_counts_by_blocks(graphs.complete(1000), 30) == tuple(
        1000 * 999**k for k in range(31)
    )
    graph = graphs.barabasi_albert(400, 4, 1)
    assert len(module._moduli(graph, 40)) > 5
    assert walk_counts_by_blocks(graph, 40, 500) == walk_counts(graph, 40)


@given(st.integers(1, 10**9), st.integers(1, 10**6), st.integers(0, 60))
def test_residues_give_back_every_count_below_the_bound(nodes, degree, length):
    moduli, candidate = [], 2**31 - 1
    while np.prod([float(m) for m in moduli]) <= nodes * float(degree) ** length:
        moduli.append(candidate)
        candidate -= 2
        while any(np.gcd(candidate, m) > 1 for m in moduli):
            candidate -= 2
    value = nodes * degree**length
    assert module._joined(tuple(value % m for m in moduli), moduli) == value


@pytest.mark.parametrize("graph", FAMILIES, ids=lambda graph: graph.name)
def test_a_stored_graph_is_the_same_graph(graph, tmp_path):
    stored = graphs.store(graph, tmp_path / "graph")
    again = graphs.open_stored(tmp_path / "graph")
    for other in (stored, again, pickle.loads(pickle.dumps(stored))):
        assert (other.nodes, other.edges, other.name) == (graph.nodes, graph.edges, graph.name)
        assert other.indices.dtype == graph.indices.dtype
        assert other.indptr.tolist() == graph.indptr.tolist()
        assert other.indices.tolist() == graph.indices.tolist()
        assert other.degrees.tolist() == graph.degrees.tolist()
    assert walks(stored, 3).moments.tolist() == walks(graph, 3).moments.tolist()
    measures = overlap(stored), overlap(graph)
    assert measures[0].count.tolist() == measures[1].count.tolist()
    assert float(relu_gnn.sums(stored, 1.0)[0]) == float(relu_gnn.sums(graph, 1.0)[0])
    with pytest.raises(ValueError, match="read-only"):
        stored.indptr[0] = 1


def edge(*columns):
    return [(np.array([len(c)]), np.array(c, dtype=int)) for c in columns]


@pytest.mark.parametrize(
    ("nodes", "blocks", "words"),
    [
        (2, edge([1], []), "both directions"),
        (3, edge([1], [0, 2], [0]), "both directions"),
        (2, edge([1]), "must hold 2 rows, got 1"),
        (2, edge([0], [1]), "other than the node"),
        (2, edge([2], [0]), "other than the node"),
        (3, edge([2, 1], [0], [0]), "increase within each row"),
        (3, edge([1, 1], [0], []), "increase within each row"),
        (2, [(np.array([2]), np.array([1]))], "degrees with that many"),
    ],
)
def test_bad_rows_leave_nothing_behind(nodes, blocks, words, tmp_path):
    with pytest.raises(InvalidInput, match=words):
        graphs.store_rows(nodes, blocks, tmp_path / "graph")
    assert list(tmp_path.iterdir()) == []


def test_rows_are_checked_across_blocks_and_widths(tmp_path, monkeypatch):
    from gnnconv_lib.graphs import stored as module

    monkeypatch.setattr(module, "_PIECE", 7)
    graph = FAMILIES[-1]
    assert graphs.store(graph, tmp_path / "a").indices.tolist() == graph.indices.tolist()
    monkeypatch.setattr(module, "index_type", lambda nodes, entries: np.int64)
    wide = graphs.store(graph, tmp_path / "b")
    assert wide.indices.dtype == np.int64
    assert wide.indptr.tolist() == graph.indptr.tolist()
    turned = lambda nodes, entries: np.int64 if entries else np.int32  # noqa: E731
    monkeypatch.setattr(module, "index_type", turned)
    widened = graphs.store(graph, tmp_path / "c")
    assert (widened.indices.dtype, widened.indptr.dtype) == (np.int64, np.int64)
    assert widened.indices.tolist() == graph.indices.tolist()
    assert overlap(widened).count.tolist() == overlap(graph).count.tolist()


def test_half_written_folders_are_not_taken_for_finished(tmp_path):
    """A process that is killed while writing leaves no folder of that name."""
    script = """
        import os, sys, numpy as np
        from gnnconv_lib import graphs
        def blocks():
            yield np.array([1]), np.array([1])
            os._exit(3)
        graphs.store_rows(2, blocks(), sys.argv[1])
    """
    finished = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), str(tmp_path / "graph")], check=False
    )
    assert finished.returncode == 3
    assert not (tmp_path / "graph").exists()
    with pytest.raises(InvalidInput, match="must hold a stored graph"):
        graphs.open_stored(tmp_path / "graph")


def test_damaged_folders_are_refused_in_one_sentence(tmp_path):
    place = tmp_path / "graph"
    graphs.store(graphs.star(5), place)
    with pytest.raises(InvalidInput, match="folder must not exist yet"):
        graphs.store(graphs.star(5), place)
    with (place / "indices.bin").open("ab") as file:
        file.write(b"more")
    with pytest.raises(InvalidInput, match=r"indices.bin has 44 bytes instead of 40"):
        graphs.open_stored(place)
    (place / "graph.json").write_text(json.dumps({"format": "something else"}))
    with pytest.raises(InvalidInput, match="must hold a stored graph"):
        graphs.open_stored(place)
    os.remove(place / "graph.json")
    with pytest.raises(InvalidInput, match="must hold a stored graph"):
        graphs.open_stored(place)
    with pytest.raises(InvalidInput, match="graph must be a Graph"):
        graphs.store([(0, 1)], tmp_path / "other")


def ring(nodes, half):
    """Every node joined to the `half` next ones on either side, row block by row block."""
    shifts = np.concatenate([np.arange(1, half + 1), -np.arange(1, half + 1)])
    for start in range(0, nodes, 10_000):
        rows = np.arange(start, min(start + 10_000, nodes))
        yield np.full(rows.size, 2 * half), np.sort((rows[:, None] + shifts) % nodes).ravel()


def test_memory_is_bounded_by_vectors_and_block(tmp_path):
    """A graph of 32 MB on disk: written and multiplied in a fraction of that."""
    nodes, half = 200_000, 20
    tracemalloc.start()
    stored = graphs.store_rows(nodes, ring(nodes, half), tmp_path / "ring")
    written = tracemalloc.get_traced_memory()[1]
    tracemalloc.reset_peak()
    counts = walk_counts_by_blocks(stored, 3, block_bytes=1 << 20)
    multiplied = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert stored.indices.nbytes == 32_000_000
    assert counts == tuple(nodes * (2 * half) ** k for k in range(4))
    assert written < 28 << 20
    assert multiplied < (3 << 20) + 2 * 8 * nodes


def test_blocks_over_dask_give_the_same_integers(tmp_path):
    distributed = pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    graph = FAMILIES[-1]
    stored = graphs.store(graph, tmp_path / "graph")
    expected = walk_counts(graph, 30)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None
    ) as cluster:
        with distributed.Client(cluster) as client:
            assert walk_counts_by_blocks(graph, 30, 2000, scheduler=client) == expected
            assert walk_counts_by_blocks(stored, 30, 2000, scheduler=client) == expected
        address = cluster.scheduler_address
        assert walk_counts_by_blocks(stored, 5, 2000, scheduler=address) == expected[:6]


def test_without_dask_one_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InvalidInput, match="the extra `cluster` has it"):
        walk_counts_by_blocks(graphs.path(3), 2, scheduler="tcp://127.0.0.1:1")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: walk_counts_by_blocks([(0, 1)], 2), "graph must be a Graph, got list"),
        (lambda: walk_counts_by_blocks(graphs.path(3), -1), "length must be"),
        (lambda: walk_counts_by_blocks(graphs.path(3), 2, 0), "block_bytes must be"),
        (lambda: walk_counts_by_blocks(graphs.path(3), 2, scheduler=7), "scheduler must be None"),
        (lambda: from_counts([3, 4, 6]), "even number of at least 4"),
    ],
)
def test_bad_input(call, words):
    with pytest.raises(InvalidInput, match=words):
        call()
