"""Graph files as people have them: the right graph, or one sentence; never another graph."""

import networkx
import numpy as np
import pytest
import scipy.sparse

from gnnconv_lib import InvalidInput, graphs


def graphml(body, keys="", root=""):
    space = 'xmlns="http://graphml.graphdrawing.org/xmlns"'
    return f'<graphml {space}>{keys}<graph edgedefault="undirected">{body}</graph>{root}</graphml>'


MTX = "%%MatrixMarket matrix coordinate pattern symmetric\n"

#: File name, content, options, and what is right: (nodes, edges), or words of the refusal.
CASES = {
    # Numbers in comments are facts in a known form only.
    "prose": ("g.txt", "# 4 nodes 5 edges\n0 1\n1 2\n2 3\n0 2\n1 3\n", {}, (4, 5)),
    "prose, cut": ("g.txt", "# 4 nodes, 5 edges\n0 1\n1 2\n", {}, "truncated"),
    "release": ("g.txt", "# nodes of release 2019\n0 1\n1 2\n", {}, (3, 2)),
    "year": ("g.txt", "# crawl: 2019 nodes are blogs, 12 edges removed\n0 1\n", {}, (2, 1)),
    "bare": ("g.txt", "# nodes 5\n0 1\n", {}, (5, 1)),
    "vertices": ("g.txt", "# Number of vertices = 5\n0 1\n", {}, (5, 1)),
    "thousands": ("g.txt", "# Nodes: 5,000\n0 1\n1 2\n", {}, (5000, 2)),
    "points": ("g.txt", "# Nodes: 5.000\n0 1\n1 2\n", {}, "whole number"),
    "blanks": ("g.txt", "# Nodes: 5 000\n0 1\n1 2\n", {}, "whole number"),
    "exponent": ("g.txt", "# Nodes: 5e3\n0 1\n1 2\n", {}, "whole number"),
    "two headers": (
        "g.txt",
        "# nodes: 5\n# nodes: 6\n0 1\n",
        {},
        "line 1 says 5 and line 2 says 6",
    ),
    "footer": ("g.txt", "0 1\n# nodes: 5\n", {}, (5, 1)),
    "more words": ("g.txt", "# Nodes: 4 Edges: 2 AvgDegree: 1.0\n0 1\n1 2\n", {}, (4, 2)),
    "edges missing": (
        "g.txt",
        "# Nodes: 4 Edges: 5\n0\t1\n1\t2\n",
        {},
        "5 edges on line 1, but holds 2",
    ),
    "edges only": ("g.txt", "# Edges: 3\n0\t1\n1\t2\n", {}, "truncated"),
    "edges too many": ("g.txt", "# Nodes: 4 Edges: 1\n0\t1\n1\t2\n", {}, "one of them is wrong"),
    "gap": (
        "g.txt",
        "# nodes: 5\n1 2\n2 3\n5 3\n",
        {},
        "5 nodes, but holds 4 different labels up to 5",
    ),
    "n m above": ("g.txt", "4 3\n0 1\n1 2\n2 3\n", {}, "numbers of nodes and edges"),
    "n m above, told": ("g.txt", "# edges: 4\n4 3\n0 1\n1 2\n2 3\n", {"repeated": "merge"}, (5, 4)),
    # SNAP and KONECT.
    "asym": ("g.txt", "% asym unweighted\n% 2 3 3\n1 2\n2 3\n", {}, "says that it is directed"),
    "asym, made": (
        "g.txt",
        "% asym unweighted\n% 2 3 3\n1 2\n2 3\n",
        {"directed": "symmetrise"},
        (3, 2),
    ),
    "bip": ("out.g", "% bip unweighted\n% 2 2 2\n1 2\n2 1\n", {"repeated": "merge"}, "bipartite"),
    "sym": ("out.g", "% sym unweighted\n% 2 3 3\n1 2\n2 3\n", {}, (3, 2)),
    "sym, isolated": ("out.g", "% sym unweighted\n% 2 5 5\n1 2\n2 3\n", {}, (5, 2)),
    "sym, cut": ("out.g", "% sym unweighted\n% 3 3 3\n1 2\n2 3\n", {}, "truncated"),
    "sym, times": (
        "out.g",
        "% sym weighted\n% 2 3 3\n1 2 1 99\n2 3 1 98\n",
        {},
        "goes on with '1 99'",
    ),
    "sym, no times": (
        "out.g",
        "% sym weighted\n% 2 3 3\n1 2 1 99\n2 3 1 98\n",
        {"weights": "ignore"},
        (3, 2),
    ),
    "snap directed": (
        "g.txt",
        "# Directed graph (each unordered pair once): g.txt\n0 1\n",
        {},
        "directed",
    ),
    "snap twice": (
        "g.txt",
        "# Undirected graph, each edge is saved twice\n# Nodes: 3 Edges: 5\n1 2\n2 1\n2 3\n3 2\n3 3\n",
        {},
        "loops='ignore' would drop them, and repeated='merge' would be needed as well",
    ),
    "snap twice, read": (
        "g.txt",
        "# Undirected graph, each edge is saved twice\n# Nodes: 3 Edges: 5\n1 2\n2 1\n2 3\n3 2\n3 3\n",
        {"loops": "ignore", "repeated": "merge"},
        (3, 2),
    ),
    # Sentences in the words of the file.
    "labels": ("g.txt", "100 200\n200 100\n", {}, "(100, 200) occurs 2 times (lines 1 and 2)"),
    "loop on a line": ("g.txt", "a b\n\nc c\n", {}, "('c', 'c') on line 3"),
    "weight on a line": ("g.txt", "0 1 1\n1 2 0.5\n", {}, "(1, 2) on line 2 has the weight 0.5"),
    # Encodings.
    "latin 1": ("g.txt", b"# caf\xe9\n0 1\n", {}, (2, 1)),
    "latin 1 name": ("g.txt", b"caf\xe9 bar\n", {}, "encoding='latin-1'"),
    "latin 1 told": ("g.txt", b"caf\xe9 bar\n", {"encoding": "latin-1"}, (2, 1)),
    "utf 16": ("g.txt", "0 1\r\n1 2\r\n".encode("utf-16"), {}, (3, 2)),
    "utf 16 bare": ("g.txt", "0 1\n".encode("utf-16-le"), {}, "utf-16-le"),
    "mark": ("g.txt", "﻿0 1\r\n1 2\r\n", {}, (3, 2)),
    "old mac": ("g.txt", "0 1\r1 2\r", {}, (3, 2)),
    "mtx mark": ("g.mtx", "﻿" + MTX + "3 3 2\n2 1\n3 2\n", {}, (3, 2)),
    "mtx utf 16": ("g.mtx", (MTX + "3 3 2\n2 1\n3 2\n").encode("utf-16"), {}, (3, 2)),
    # NetworkX's edge lists.
    "dictionary": ("g.edgelist", "0 1 {'weight': 1.0}\n", {}, (2, 1)),
    "other attribute": ("g.edgelist", "0 1 {'color': 'red', 'since': 1999}\n", {}, (2, 1)),
    "heavy dictionary": ("g.edgelist", "0 1 {'weight': 3}\n", {}, "weight 3"),
    # GML.
    "gml twice": (
        "g.gml",
        "graph [ node [ id 0 ] node [ id 1 ] node [ id 2 ] edge [ source 0 target 1 ]"
        " edge [ source 1 target 0 ] edge [ source 1 target 2 ] ]",
        {"merge": True},
        (3, 2),
    ),
    "gml utf 8": (
        "g.gml",
        'graph [ node [ id 0 label "Zoë" ] node [ id 1 label "B" ] edge [ source 0 target 1 ] ]',
        {},
        (2, 1),
    ),
    "gml negative": (
        "g.gml",
        'Creator "x"\ngraph [ node [ id -1 ] node [ id -2 ] edge [ source -1 target -2 ] ]',
        {},
        (2, 1),
    ),
    "gml two": ("g.gml", "graph [ node [ id 0 ] ]\ngraph [ node [ id 0 ] ]", {}, "second graph"),
    "gml undeclared": (
        "g.gml",
        "graph [ node [ id 0 ] edge [ source 0 target 7 ] ]",
        {},
        "ends at 7",
    ),
    "gml value": (
        "g.gml",
        "graph [ node [ id 0 ] node [ id 1 ] edge [ source 0 target 1 value 5 ] ]",
        {},
        "weight 5",
    ),
    "gml weight and value": (
        "g.gml",
        "graph [ node [ id 0 ] node [ id 1 ] edge [ source 0 target 1 value 5 weight 1 ] ]",
        {},
        (2, 1),
    ),
    "gml value of words": (
        "g.gml",
        'graph [ node [ id 0 ] node [ id 1 ] edge [ source 0 target 1 value "high" ] ]',
        {"weights": "ignore"},
        (2, 1),
    ),
    "json value": (
        "g.json",
        '{"nodes": [{"id": 0}, {"id": 1}], "links": [{"source": 0, "target": 1, "value": 5}]}',
        {},
        "weight 5",
    ),
    # Pajek.
    "pajek, one relation": (
        "g.net",
        '*Vertices 3\n*Edges :1 "friend"\n1 2\n*Edges :1 "friend"\n2 3\n',
        {},
        (3, 2),
    ),
    "pajek, two relations": (
        "g.net",
        '*Vertices 3\n*Edges :1 "friend"\n1 2\n*Edges :2 "foe"\n2 3\n',
        {},
        "second relation (line 4)",
    ),
    "gml directed": ("g.gml", "graph [ directed 1 node [ id 0 ] ]", {}, "directed"),
    # GraphML.
    "nested": (
        "g.graphml",
        graphml(
            '<node id="a"><graph edgedefault="undirected"><node id="a1"/><node id="a2"/>'
            '<edge source="a1" target="a2"/></graph></node><node id="b"/><edge source="a1" target="b"/>'
        ),
        {},
        (4, 2),
    ),
    "second graph": ("g.graphml", graphml('<node id="a"/>', root="<graph/>"), {}, "second one"),
    "undeclared": (
        "g.graphml",
        graphml('<node id="a"/><edge source="a" target="typo"/>'),
        {},
        "'typo'",
    ),
    "default weight": (
        "g.graphml",
        graphml(
            '<node id="a"/><node id="b"/><edge source="a" target="b"/>',
            '<key id="w" for="edge" attr.name="weight" attr.type="double"><default>2.5</default></key>',
        ),
        {},
        "weight 2.5",
    ),
    "unused attribute": (
        "g.graphml",
        graphml(
            '<node id="a"><data key="x">true </data></node><node id="b"/><edge source="a" target="b"/>',
            '<key id="x" for="node" attr.name="x" attr.type="boolean"/>',
        ),
        {},
        (2, 1),
    ),
    "parallel, one id": (
        "g.graphml",
        graphml(
            '<node id="a"/><node id="b"/><edge id="e" source="a" target="b"/>'
            '<edge id="e" source="a" target="b"/>'
        ),
        {},
        "must not repeat",
    ),
    "one directed edge": (
        "g.graphml",
        graphml('<node id="a"/><node id="b"/><edge directed="true" source="a" target="b"/>'),
        {},
        "directed",
    ),
    "hyperedge": (
        "g.graphml",
        graphml('<node id="a"/><hyperedge><endpoint node="a"/></hyperedge>'),
        {},
        "hyperedge",
    ),
    "twice declared": ("g.graphml", graphml('<node id="a"/><node id="a"/>'), {}, "once"),
    # Matrix Market.
    "blank lines": (
        "g.mtx",
        "%%MatrixMarket  MATRIX    Coordinate    Pattern Symmetric\n\n   3  3     2\n\n  2 1\n\t3 2\n\n",
        {},
        (3, 2),
    ),
    "many digits": (
        "g.mtx",
        "%%MatrixMarket matrix coordinate real symmetric\n3 3 2\n2 1 1.00000000000000000000000000\n"
        "3 2 1.0e+00\n",
        {},
        (3, 2),
    ),
    "upper triangle": ("g.mtx", MTX + "3 3 2\n1 2\n2 3\n", {}, "lower triangle"),
    "mtx in txt": ("g.txt", MTX + "3 3 2\n2 1\n3 2\n", {}, (3, 2)),
    "complex": (
        "g.mtx",
        "%%MatrixMarket matrix coordinate complex hermitian\n2 2 1\n2 1 0 1\n",
        {"weights": "ignore"},
        (2, 1),
    ),
    # graph6.
    "graph6": ("g.g6", b">>graph6<<Bw\r\n", {}, (3, 3)),
    "sparse6": ("g.s6", networkx.to_sparse6_bytes(networkx.petersen_graph()), {}, (10, 15)),
    "sparse6, damaged": ("g.s6", b">>sparse6<<:I`ES@obGkqegW-1~\n", {}, "out of range"),
    "gml, text": ("g.gml", 'graph [ "a\nb" ]', {}, "without a name"),
    "unbound prefix": ("g.graphml", "<graphml><x:graph/></graphml>", {}, "unbound prefix"),
    "numpy header": ("g.npy", b"\x93NUMPY\x01\x00\x05\x00{'a' ", {}, ".npy"),
    "sparse6, lying": ("g.s6", b">>sparse6<<:~~~~~~~~\n", {}, "memory"),
}


@pytest.mark.parametrize(("name", "content", "options", "right"), CASES.values(), ids=CASES)
def test_case(tmp_path, name, content, options, right):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    if isinstance(right, str):
        with pytest.raises(InvalidInput) as caught:
            graphs.read(path, **options)
        message = str(caught.value)
        assert right in message
        assert "\n" not in message
        assert message.endswith(".")
    else:
        graph = graphs.read(path, **options)
        assert (graph.nodes, graph.edges) == right


@pytest.mark.parametrize("times", [255, 256, 257])
def test_repeated_entries_are_not_added_up_in_eight_bits(times):
    row = np.r_[np.zeros(times, int), np.ones(times, int)]
    ones = np.ones(2 * times, np.int8)
    matrix = scipy.sparse.coo_array((ones, (row, 1 - row)), shape=(2, 2))
    with pytest.raises(InvalidInput, match=f"weight {times};"):
        graphs.from_scipy(matrix)


def test_karate_club():
    club = networkx.karate_club_graph()
    with pytest.raises(InvalidInput, match="weights='ignore' would drop all weights"):
        graphs.from_networkx(club)
    graph = graphs.from_networkx(club, weights="ignore")
    assert (graph.nodes, graph.edges) == (34, 78)
    assert graphs.from_networkx(networkx.les_miserables_graph(), weights="ignore").edges == 254
