"""Graph files: what is read, and that hostile or broken ones are refused in one sentence."""

import time

import networkx
import numpy as np
import pytest
import scipy.io
from hypothesis import given, settings, strategies as st

from gnnconv_lib import InvalidInput, graphs
from gnnconv_lib.graphs import memory

SAMPLES = [
    networkx.petersen_graph(),
    networkx.star_graph(4),
    networkx.disjoint_union(networkx.cycle_graph(5), networkx.empty_graph(2)),
    networkx.empty_graph(1),
]


def refusal(path, **options):
    """The message of the refusal: one line, one sentence, soon."""
    start = time.process_time()
    with pytest.raises(InvalidInput) as caught:
        graphs.read(path, **options)
    assert time.process_time() - start < 10
    message = str(caught.value)
    assert "\n" not in message
    assert message.endswith(".")
    return message


def graph_or_sentence(path):
    """Whether the file gives a graph, or a refusal on one line and nothing worse."""
    try:
        return graphs.read(path).nodes >= 1
    except InvalidInput as error:
        return "\n" not in str(error)


def written(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("sample", SAMPLES, ids=len)
@pytest.mark.parametrize("ending", ["txt", "mtx", "graphml", "gml", "g6"])
def test_round_trip(tmp_path, sample, ending):
    path = tmp_path / f"graph.{ending}"
    if ending == "txt":
        lines = "".join(f"{i} {j}\n" for i, j in sample.edges)
        path.write_text(f"# nodes: {len(sample)}\n{lines}")
    elif ending == "mtx":
        scipy.io.mmwrite(path, networkx.to_scipy_sparse_array(sample, dtype=int), field="pattern")
    else:
        writer = {"graphml": networkx.write_graphml, "gml": networkx.write_gml}
        writer.get(ending, networkx.write_graph6)(sample, path)
    graph = graphs.read(path)
    assert np.array_equal(graph.adjacency.toarray(), networkx.to_numpy_array(sample))
    assert graph.name == path.name


def test_networkx_edge_lists_are_read(tmp_path):
    path = tmp_path / "graph.edgelist"
    for data in (True, False):
        networkx.write_edgelist(SAMPLES[0], path, data=data)
        assert np.all(graphs.read(path).degrees == 3)


def test_edge_list_labels_are_kept_in_numeric_order(tmp_path):
    path = written(tmp_path, "g.csv", "100,7\n7;3 # note\n\n% 1 2\n7\t9223372036854775807\t1\n")
    # labels 3, 7, 100, 2^63 - 1
    assert graphs.read(path).edge_pairs.tolist() == [[0, 1], [1, 2], [1, 3]]


def test_edge_list_header_fixes_the_nodes(tmp_path):
    assert graphs.read(written(tmp_path, "a.txt", "# nodes: 5\n0 1\n")).nodes == 5
    assert graphs.read(written(tmp_path, "b.txt", "# Nodes: 3 Edges: 2\n0 1\n1 9\n")).nodes == 3
    assert graphs.read(written(tmp_path, "c.txt", "# nodes: 4\n")).edges == 0
    message = refusal(written(tmp_path, "d.txt", "# nodes: 4\n0 1\n1 9\n"))
    assert "announces 4 nodes, but holds 3 different labels" in message


def test_repeated_edges_merge_on_request(tmp_path):
    path = written(tmp_path, "g.txt", "0 1\n1 0\n")
    assert "must not repeat" in refusal(path)
    assert graphs.read(path, merge=True).edges == 1


def test_format_can_be_given(tmp_path):
    path = written(tmp_path, "graph.data", "0 1\n")
    assert "format must be given" in refusal(path)
    assert graphs.read(path, format="edgelist").edges == 1
    assert "did you mean 'graphml'" in refusal(path, format="grapml")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "it is empty"),
        ("# only a comment\n", "at least one edge"),
        ("0 1\n2\n", "line 2 of 'g.txt' holds only '2'"),
        ("0 1.5\n", "holds '1.5'"),
        ("0 -1\n", "non-negative integers"),
        ("0 a\n", "holds 'a'"),
        ("0 nan\n", "holds 'nan'"),
        ("0 1_0\n", "holds '1_0'"),
        ("0 ²\n", "holds '²'"),
        ("0 1 0.5\n", "unweighted"),
        ("0 1 {'weight': 2}\n", "unweighted"),
        ("3 3\n", "self loops"),
        (f"0 {2**63}\n", "below 2^63"),
        (f"0 {'9' * 10000}\n", "below 2^63"),
        (f"0 {'x' * 10000}\n", "non-negative integers"),
        ("# nodes: 1000000000000\n0 1\n", "announces 1000000000000 nodes, needs about"),
        (f"# nodes: {'9' * 5000}\n0 1\n", "below 2^63"),
        (b"0 1\n\x00\x01\n", "binary"),
        (b"\x89PNG\r\n\x1a\n\xff\xfe", "binary"),
        (bytes(range(256)) * 10, "binary"),
    ],
)
def test_bad_edge_list(tmp_path, content, words):
    message = refusal(written(tmp_path, "g.txt", content))
    assert words in message
    assert len(message) < 300


BANNER = "%%MatrixMarket matrix coordinate pattern symmetric\n"
GENERAL = "%%MatrixMarket matrix coordinate real general\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "it is empty"),
        (b"\x00\xff" * 100, "could not be read as Matrix Market"),
        ("%%MatrixMarket matrix\n", "could not be read"),
        (BANNER + "1000000000000 1000000000000 1\n2 1\n", "needs about"),
        (BANNER + "99999999999999999999 99999999999999999999 1\n2 1\n", "."),
        (BANNER + "3 3 1000000000000\n2 1\n", "memory"),
        (BANNER + "3 3 1000\n2 1\n", "truncated"),
        (BANNER + "3 3 3\n2 1\n3 1\n", "."),
        (BANNER + "3 3 1\n5 1\n", "row and column numbers from 1 to 3"),
        (BANNER + "3 3 1\n2 x\n", "could not be read"),
        (BANNER + "-3 -3 1\n2 1\n", "."),
        (BANNER + "0 0 0\n", "at least one row"),
        (BANNER + "3 3 1\n2 2\n", "self loops"),
        (GENERAL + "2 3 1\n1 2 1\n", "square"),
        (GENERAL + "2 2 1\n1 2 1\n", "directed"),
        (GENERAL + "2 2 2\n1 2 0.5\n2 1 0.5\n", "weights"),
        (GENERAL + "2 2 2\n1 2 nan\n2 1 nan\n", "weights"),
        (GENERAL + "2 2 4\n1 2 1\n2 1 1\n1 2 1\n2 1 1\n", "must not repeat"),
        ("%%MatrixMarket matrix coordinate complex general\n2 2 1\n1 2 0 1\n", "weight 1j"),
        ("%%MatrixMarket matrix coordinate complex general\n2 2 1\n1 2 1 0\n", "directed"),
        ("%%MatrixMarket matrix coordinate real skew-symmetric\n2 2 1\n2 1 1\n", "weight -1"),
        ("%%MatrixMarket matrix array real general\n2000 2000\n1\n", "truncated"),
        ("%%MatrixMarket matrix array real general\n10000000 10000000\n1\n", "memory"),
    ],
)
def test_bad_matrix_market(tmp_path, content, words):
    assert words in refusal(written(tmp_path, "g.mtx", content))


def test_matrix_market_dense_layout(tmp_path):
    path = written(tmp_path, "g.mtx", "%%MatrixMarket matrix array real general\n2 2\n0\n1\n1\n0\n")
    assert graphs.read(path).edges == 1
    symmetric = "%%MatrixMarket matrix array real symmetric\n2 2\n0\n1\n0\n"
    assert graphs.read(written(tmp_path, "h.mtx", symmetric)).edges == 1


HEAD = '<?xml version="1.0"?>'
BOMB = (
    HEAD
    + '<!DOCTYPE g [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + k)} "{f"&{chr(97 + k)};" * 10}">' for k in range(12))
    + "]><graphml>&m;</graphml>"
)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (BOMB, "declares a document type"),
        (BOMB.encode("utf-16"), "."),
        (
            HEAD + '<!DOCTYPE g [<!ENTITY x SYSTEM "file:///etc/passwd">]><graphml>&x;</graphml>',
            "document type",
        ),
        (HEAD + '<!DOCTYPE g SYSTEM "http://localhost/x.dtd"><graphml/>', "document type"),
        (HEAD + "<graphml>&nothing;</graphml>", "well-formed"),
        (HEAD + "<graphml><graph>", "well-formed"),
        (HEAD + "<graphml>" + "<a>" * 200_000, "nested"),
        ("", "it is empty"),
        (b"\x00\xff\x10" * 50, "well-formed"),
        ("<html><body/></html>", "could not be read as GraphML"),
        (
            '<?xml version="1.0" encoding="no-such"?><graphml/>',
            "well-formed",
        ),
    ],
    ids=range(11),
)
def test_bad_graphml(tmp_path, content, words):
    assert words in refusal(written(tmp_path, "g.graphml", content))


def graphml(body, direction="undirected"):
    space = "http://graphml.graphdrawing.org/xmlns"
    graph = f'<graph edgedefault="{direction}">{body}</graph>'
    return f'{HEAD}<graphml xmlns="{space}">{graph}</graphml>'


EDGE = '<edge source="{}" target="{}"/>'


def test_graphml_of_the_wrong_kind(tmp_path):
    nodes = '<node id="a"/><node id="b"/>'
    edge = EDGE.format("a", "b")
    assert graphs.read(written(tmp_path, "g.graphml", graphml(nodes + edge))).edges == 1
    directed = graphml(nodes + edge, "directed")
    assert "directed" in refusal(written(tmp_path, "g.graphml", directed))
    assert "at least one node" in refusal(written(tmp_path, "g.graphml", graphml("")))
    loop = graphml(nodes + EDGE.format("a", "a"))
    assert "self loops" in refusal(written(tmp_path, "g.graphml", loop))
    twice = written(tmp_path, "g.graphml", graphml(nodes + edge + edge))
    assert "must not repeat" in refusal(twice)
    assert graphs.read(twice, merge=True).edges == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("g.gml", "graph [ node [ id 0"),
        ("g.gml", "graph [" * 5000),
        ("g.gml", b"\x00\xff\x10"),
        ("g.g6", "~~~~~~~~"),
        ("g.g6", "~~_____?"),
        ("g.g6", ""),
        ("g.g6", "A_\nA_\n"),
        ("g.g6", b"\x00\xff"),
    ],
)
def test_bad_gml_and_graph6(tmp_path, name, content):
    assert "'g.g" in refusal(written(tmp_path, name, content))


def test_not_a_file(tmp_path):
    assert "does not exist" in refusal(tmp_path / "nothing.txt")
    folder = tmp_path / "folder.txt"
    folder.mkdir()
    assert "is a folder" in refusal(folder)
    assert "must name a file" in refusal(None)
    assert "must name" in refusal("bad\0name.txt")
    assert "not one" in refusal("/dev/null", format="edgelist")


def test_file_that_would_not_fit(tmp_path, monkeypatch):
    path = written(tmp_path, "g.txt", "0 1\n" * 100)
    monkeypatch.setattr(memory, "memory_available", lambda: 1000)
    assert "a smaller file would fit" in refusal(path)
    small = written(tmp_path, "g.gml", "graph [\n]")
    monkeypatch.setattr(memory, "memory_available", lambda: 100)
    assert "edge list or in Matrix Market" in refusal(small)


ENDINGS = ["txt", "csv", "mtx", "graphml", "gexf", "gml", "g6", "s6", "net", "json"]
ENDINGS += ["adjlist", "graph", "npy", "npz", "txt.gz", "csv.bz2", "net.xz", "zip"]


@settings(max_examples=600)
@given(st.binary(max_size=80), st.sampled_from(ENDINGS))
def test_any_bytes_give_a_graph_or_a_refusal(tmp_path_factory, content, ending):
    path = tmp_path_factory.getbasetemp() / f"fuzz.{ending}"
    path.write_bytes(content)
    assert graph_or_sentence(path)


@settings(max_examples=200)
@given(
    st.integers(0, 400), st.binary(max_size=3), st.sampled_from(["txt", "mtx", "graphml", "gml"])
)
def test_damaged_files_give_a_graph_or_a_refusal(tmp_path_factory, place, patch, ending):
    path = tmp_path_factory.getbasetemp() / f"damaged.{ending}"
    if ending == "txt":
        networkx.write_edgelist(SAMPLES[0], path)
    elif ending == "mtx":
        scipy.io.mmwrite(path, networkx.to_scipy_sparse_array(SAMPLES[0], dtype=int))
    else:
        {"graphml": networkx.write_graphml, "gml": networkx.write_gml}[ending](SAMPLES[0], path)
    content = path.read_bytes()
    path.write_bytes(content[:place] + patch + content[place + len(patch) :])
    assert graph_or_sentence(path)
