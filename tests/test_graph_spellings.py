"""Graph files with marks, spellings and containers of many programs: read right, or one sentence."""

import bz2
import gzip
import io
import tarfile
import zipfile

import numpy as np
import pytest
import scipy.sparse

from gnnconv_lib import InvalidInput, graphs
from gnnconv_lib.graphs import read_settled

GEXF = '<gexf version="1.3"><graph defaultedgetype="{}">{}<nodes>{}</nodes><edges>{}</edges></graph></gexf>'
NODES = '<node id="0"/><node id="1"/>'
WEIGHT = (
    '<attributes class="edge"><attribute id="weight" title="Weight" type="float"/></attributes>'
)
VALUES = '<edge source="0" target="1"><attvalues>{}</attvalues></edge>'


def gexf(edges, default="undirected", attributes="", nodes=NODES):
    return GEXF.format(default, attributes, nodes, edges)


def value(weight, start):
    return f'<attvalue for="weight" value="{weight}" start="{start}"/>'


#: File name, content, options, and what is right: edges by labels, or words of the refusal.
CASES = {
    # Decimal commas are weights, never two columns.
    "decimal": ("g.csv", "1;2;0,5\n2;3;1,5\n", {}, "goes on with '0,5'"),
    "decimal, ignored": ("g.csv", "1;2;0,5\n2;3;1,5\n", {"weights": "ignore"}, {(1, 2), (2, 3)}),
    "decimal, tabs": ("g.txt", "1\t2\t0,5\n", {}, "goes on with '0,5'"),
    "decimal, spaces": ("g.txt", "1 2 0,5\n2 3 1,0\n", {}, "line 1 has a comma and '1 2 0'"),
    "thousands": ("g.txt", "1,000 2\n3 2,000\n", {}, "line 1 has a comma and '000 2'"),
    "thousands, ignored": (
        "g.txt",
        "1,000 2,000\n2,000 3,000\n",
        {"weights": "ignore"},
        "must separate fields alike",
    ),
    "decimal, named": (
        "g.csv",
        "source;target;weight\n1;2;1\n1;3;0,5\n",
        {},
        "(1, 3) on line 3 has the weight '0,5'",
    ),
    "comma and blank": ("g.csv", "1, 2\n2, 3\n", {}, {(1, 2), (2, 3)}),
    "rows of separators": ("g.csv", "a,b\n,\nb,c\n,,\n", {}, {("a", "b"), ("b", "c")}),
    # One number, two spellings.
    "padded": ("g.csv", "007,008\n008,009\n", {}, {(7, 8), (8, 9)}),
    "padded and not": ("g.csv", "007,8\n7,9\n", {}, "line 2 of 'g.csv' holds 7 where another"),
    "padded, integers": ("g.csv", "007,8\n7,9\n", {"labels": "integers"}, {(7, 8), (7, 9)}),
    "padded, text": ("g.csv", "007,8\n7,9\n", {"labels": "text"}, {("007", "8"), ("7", "9")}),
    # Names of columns that no list knows, and what stands between two nodes.
    "header?": ("g.csv", "person_a,person_b\nx,y\ny,z\n", {}, "or the names of columns"),
    "header? told": (
        "g.csv",
        "person_a,person_b\nx,y\ny,x\n",
        {"labels": "text", "repeated": "merge"},
        {("person_a", "person_b"), ("x", "y")},
    ),
    "pairs": (
        "g.txt",
        "a b\nc d\nd e\nf g\n",
        {},
        {("a", "b"), ("c", "d"), ("d", "e"), ("f", "g")},
    ),
    "arrow": ("g.txt", "a -> b\nb -> c\n", {"weights": "ignore"}, "has '->' between them"),
    # What programs write first, and texts of other formats that would pass for lists of edges.
    "excel": ("g.csv", "sep=;\nsource;target\n1;2\n2;3\n", {}, {(1, 2), (2, 3)}),
    "gdf": ("g.txt", "nodedef>name VARCHAR,a\nx,X\nedgedef>a,b\nx,X\n", {}, "but it is GDF"),
    "dimacs": (
        "g.txt",
        "c note\np sp 3 2\na 1 2 5\na 2 3 5\n",
        {"weights": "ignore"},
        "but it is DIMACS",
    ),
    "dl": ("g.txt", "dl n=3 format=edgelist1\ndata:\n1 2\n", {}, "but it is DL"),
    "dot": ("g.txt", "graph { a -- b; }\n", {}, "but it is DOT"),
    # Hashtags are names, not comments.
    "hashtags": ("g.csv", "source,target\n#a,#b\n#b,c\nc,d\n", {}, "line 3 is '#b,c'"),
    "hashtags, first": ("g.csv", "#a,#b\n#b,c\nc,d\n", {}, "line 2 is '#b,c'"),
    "hashtags, quoted": (
        "g.csv",
        'source,target\n"#a","#b"\n"#b",c\n',
        {},
        {("#a", "#b"), ("#b", "c")},
    ),
    "header behind a sign": ("g.csv", "#source,target\nx,y\ny,z\n", {}, {("x", "y"), ("y", "z")}),
    "comment below": ("g.csv", "x,y\n# then, at last\ny,z\n", {}, {("x", "y"), ("y", "z")}),
    "sign in a name": ("g.csv", "x,a #1\ny,a #2\n", {}, "line 1 may have such a name"),
    "comment behind": ("g.txt", "x y # first\ny z\n", {}, {("x", "y"), ("y", "z")}),
    # A column that says whether an edge is an arc.
    "directed": ("g.csv", "source,target,directed\na,b,true\nb,c,false\n", {}, "is directed"),
    "directed, 1": ("g.csv", "source,target,directed\n1,2,1\n2,3,0\n", {}, "is directed"),
    "directed, 0": ("g.csv", "source,target,directed\n1,2,0\n2,3,0\n", {}, {(1, 2), (2, 3)}),
    # Adjacency matrices with rows in another order than their columns.
    "rows elsewhere": (
        "g.csv",
        ",a,b,c\nb,1,0,1\na,0,1,0\nc,0,1,0\n",
        {},
        {("a", "b"), ("b", "c")},
    ),
    "rows twice": ("g.csv", ",a,a,c\na,0,1,0\na,1,0,0\nc,0,0,0\n", {}, "another label"),
    "nearly one": ("g.txt", "a b 1\nb c 1.000000000000001\n", {}, "the weight 1.000000000000001;"),
    "mtx, outside": (
        "g.mtx",
        "%%MatrixMarket matrix coordinate pattern symmetric\n3 3 2\n2 1\n4 2\n",
        {},
        "from 1 to 3, got 4 and 2 on line 4",
    ),
    # JSON: true is no 1, and a weight in quotes is no number.
    "json, true": (
        "g.json",
        '{"nodes":[{"id":0},{"id":true}],"links":[{"source":0,"target":1}]}',
        {},
        "'g.json' must have numbers or text as ids of nodes, got true",
    ),
    "json, text": (
        "g.json",
        '{"nodes":["a","b"],"links":[{"source":"a","target":"b","weight":"2"}]}',
        {},
        "has the weight '2'",
    ),
    "json, list": ("g.json", "[[0,1]]", {}, "something else stands there"),
    "gml, text": (
        "g.gml",
        'graph [ node [ id 1 ] node [ id 2 ] edge [ source 1 target 2 weight "0,5" ] ]',
        {},
        "has the weight '0,5'",
    ),
    "pajek, text": ("g.net", "*Vertices 2\n*Edges\n1 2 0,5\n", {}, "has the weight '0,5'"),
    # GEXF: what is there at some time only.
    "gexf": ("g.gexf", gexf('<edge source="0" target="1"/>'), {}, {("0", "1")}),
    "gexf, start": (
        "g.gexf",
        gexf('<edge source="0" target="1" start="3"/>'),
        {},
        "<edge> says when",
    ),
    "gexf, spells": (
        "g.gexf",
        gexf('<edge source="0" target="1"><spells><spell start="1"/></spells></edge>'),
        {},
        "<spell> says when",
    ),
    "gexf, node": (
        "g.gexf",
        gexf("", nodes='<node id="0" end="4"/>'),
        {},
        "<node> says when",
    ),
    "gexf, two weights": (
        "g.gexf",
        gexf(VALUES.format(value(2, 0) + value(1, 5)), attributes=WEIGHT),
        {},
        "one weight, got 2 and 1",
    ),
    "gexf, one weight": (
        "g.gexf",
        gexf(VALUES.format(value(1, 0) + value(1, 5)), attributes=WEIGHT),
        {},
        {("0", "1")},
    ),
    "gexf, mutual": (
        "g.gexf",
        gexf('<edge source="0" target="1" type="mutual"/>'),
        {},
        {("0", "1")},
    ),
    "gexf, directed": ("g.gexf", gexf('<edge source="0" target="1"/>', "directed"), {}, "directed"),
    # Nothing there.
    **{
        f"empty {ending}": (
            f"g.{ending}",
            " \n",
            {},
            f"'g.{ending}' must hold a graph, but it is empty",
        )
        for ending in ("txt", "mtx", "graphml", "gml", "net", "g6", "json", "npy", "npz")
    },
    "empty, packed": (
        "g.g6.gz",
        gzip.compress(b""),
        {},
        "'g.g6.gz' must hold a graph, but it is empty",
    ),
}


def written(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refusal(path, **options):
    with pytest.raises(InvalidInput) as caught:
        graphs.read(path, **options)
    message = str(caught.value)
    assert "\n" not in message
    assert message.endswith(".")
    return message


def edges_of(graph):
    return {frozenset(edge) for edge in graph.to_networkx().edges}


@pytest.mark.parametrize(("name", "content", "options", "right"), CASES.values(), ids=CASES)
def test_spelling(tmp_path, name, content, options, right):
    path = written(tmp_path, name, content)
    if isinstance(right, str):
        assert right in refusal(path, **options)
    else:
        assert edges_of(graphs.read(path, **options)) == {frozenset(edge) for edge in right}


def zipped(**members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return stream.getvalue()


def gzipped(content):
    # Its bytes name the case: with the time of day in them two workers would collect other tests.
    return gzip.compress(content, mtime=0)


LOOP = "0 1\n1 1\n"


@pytest.mark.parametrize(
    ("name", "content", "subject"),
    [
        ("g.txt.gz", gzipped(LOOP.encode()), "'g.txt.gz'"),
        ("g.csv.bz2", bz2.compress(b"0,1\n1,1\n"), "'g.csv.bz2'"),
        ("g.zip", zipped(inner_txt=LOOP), "'g.zip/inner.txt'"),
        ("g.txt", gzipped(LOOP.encode()), "'g.txt'"),
        ("g.mtx.gz", gzipped(b"%%MatrixMarket matrix\n"), "'g.mtx.gz'"),
        ("g.gml.gz", gzipped(b"graph ["), "'g.gml.gz'"),
        ("g.xml.gz", gzipped(b"<graphml>"), "'g.xml.gz'"),
        ("g.dat.gz", gzipped(LOOP.encode()), "'g.dat.gz'"),
        ("g.zip", zipped(inner_dat=LOOP), "'g.zip/inner.dat'"),
        ("g.zip", zipped(inner_npy=b"\x93NUMPY?"), "'g.zip/inner.npy'"),
    ],
)
def test_sentences_name_the_file_that_was_given(tmp_path, name, content, subject):
    assert subject in refusal(written(tmp_path, name, content))


def test_a_file_that_a_browser_unpacked_is_read(tmp_path):
    graph = graphs.read(written(tmp_path, "g.txt.gz", "0 1\n1 2\n"))
    assert edges_of(graph) == {frozenset((0, 1)), frozenset((1, 2))}


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_tar_archives_are_refused_as_such(tmp_path, pack):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        archive.add(written(tmp_path, "g.txt", "0 1\n"), "g.txt")
    assert "'g.tar.gz' must hold one graph, but it is a tar archive" in refusal(
        written(tmp_path, "g.tar.gz", pack(stream.getvalue()))
    )


def test_an_edge_index_has_as_many_nodes_as_features(tmp_path):
    path, index = tmp_path / "g.npz", np.array([[0, 1, 1, 2], [1, 0, 2, 1]])
    np.savez(path, edge_index=index, x=np.ones((5, 2)))
    found = read_settled(path)
    assert (found.graph.nodes, found.graph.edges) == (5, 2)
    assert found.notes == ("there are as many nodes as rows of features in 'x': 5",)
    assert graphs.read(path, nodes=4).nodes == 4
    np.savez(path, edge_index=index, x=np.ones((2, 2)))
    assert "must hold nodes in 0, ..., 1, got 0 to 2" in refusal(path)
    np.savez(path, edge_index=index, num_nodes=3, edge_attr=np.full(4, 2.0))
    assert read_settled(path).notes == ("the array 'edge_attr' was ignored",)
    np.savez(path, edge_index=np.zeros((2, 0), int), num_nodes=3)
    assert (graphs.read(path).nodes, graphs.read(path).edges) == (3, 0)
    np.savez(path, edge_index=index)
    found = read_settled(path)
    assert found.graph.nodes == 3
    assert found.notes == ("the nodes are 0 to the largest of the edge index; nodes=N adds more",)


def test_arrays_that_are_refused_say_what_is_wrong(tmp_path):
    path = tmp_path / "g.npy"
    np.save(path, np.array([[0, 2**63 + 1], [1, 2], [5, 6]], np.uint64))
    assert "got 9223372036854775809" in refusal(path)
    np.save(path, np.array([[0.0, 1.0], [1.0, 2.0], [2.0, 3.0]]))
    assert "format=" not in refusal(path)
    matrix = scipy.sparse.dia_array(np.array([[0, 1.0], [1, 0]]))
    scipy.sparse.save_npz(tmp_path / "g.npz", matrix)
    assert "in CSR, CSC or COO form, got 'dia'" in refusal(tmp_path / "g.npz")


@pytest.mark.parametrize(
    ("content", "unweighted", "noted"),
    [
        ("source,target,weight\na,b,2\nb,c,1\n", 1, False),
        ("source,target,weight\n1,2,2\n2,3,1\n", 1, False),
        ("source;target;weight\na;b;0,5\nb;c;1\n", 1, False),
        ("1 2 5\n2 3 1\n", 1, False),
        ("a b 5\nb c 1\n", 1, False),
        ("a b {'weight': 5}\nb c {}\n", 1, False),
        ("a b\nb c 1\nc d 2\n", 0, "as many columns"),
        ("a b friend\nb c foe\n", 0, True),
        ("1 2 5 99\n2 3 1 98\n3 4 1 97\n4 5 1 96\n5 6 1 95\n6 7 1 94\n", 0, True),
        ("a b\nb c\n", 0, False),
    ],
)
def test_what_is_dropped_behind_the_nodes_is_said(tmp_path, content, unweighted, noted):
    path = written(tmp_path, "g.csv", content)
    if isinstance(noted, str):
        assert noted in refusal(path, weights="ignore")
        return
    found = read_settled(path, weights="ignore")
    assert found.unweighted == unweighted
    said = [note for note in found.notes if "behind the two nodes" in note]
    assert bool(said) == noted
