"""The formats that `graphs.read` knows, compressed or not, and what options do."""

import bz2
import gzip
import io
import json
import lzma
import zipfile

import networkx
import numpy as np
import pytest
import scipy.sparse

from gnnconv_lib import InvalidInput, graphs
from gnnconv_lib.graphs import memory

SAMPLE = networkx.relabel_nodes(networkx.petersen_graph(), {k: f"node {k}" for k in range(10)})
DENSE = networkx.to_numpy_array(SAMPLE, dtype=int)


def written(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refusal(path, **options):
    with pytest.raises(InvalidInput) as caught:
        graphs.read(path, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("ending", ["graphml", "gml", "gexf", "net", "json", "csv", "adjlist"])
def test_labels_and_edges_come_back(tmp_path, ending):
    path = tmp_path / f"g.{ending}"
    if ending == "json":
        path.write_text(json.dumps(networkx.node_link_data(SAMPLE, edges="links")))
    elif ending == "csv":
        networkx.write_edgelist(SAMPLE, path, delimiter=",", data=False)
    elif ending == "adjlist":
        networkx.write_adjlist(networkx.petersen_graph(), path)
    else:
        name = "pajek" if ending == "net" else ending
        getattr(networkx, f"write_{name}")(SAMPLE, path)
    graph = graphs.read(path).to_networkx()
    expected = networkx.petersen_graph() if ending == "adjlist" else SAMPLE
    assert set(graph.nodes) == set(expected.nodes)
    assert {frozenset(edge) for edge in graph.edges} == {frozenset(edge) for edge in expected.edges}


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_compressed_files_whatever_their_name(tmp_path, pack):
    ending = {gzip.compress: "gz", bz2.compress: "bz2", lzma.compress: "xz"}[pack]
    text = b"0 1\n1 2\n" * 1 + b"# nodes: 4\n"
    assert graphs.read(written(tmp_path, f"g.txt.{ending}", pack(text))).nodes == 4
    assert graphs.read(written(tmp_path, "g.txt", pack(text))).edges == 2
    cut = pack(text * 1000)[:-20]
    assert "truncated" in refusal(written(tmp_path, f"g.txt.{ending}", cut))


def test_zip_archives_of_one_file(tmp_path):
    def archive(*names):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as packed:
            for name in names:
                packed.writestr(name, "0 1\n1 2\n")
        return stream.getvalue()

    assert graphs.read(written(tmp_path, "g.zip", archive("inner.txt"))).edges == 2
    assert "archive of 2" in refusal(written(tmp_path, "h.zip", archive("a.txt", "b.txt")))
    assert "zip" in refusal(written(tmp_path, "i.zip", archive("a.txt")[:-30]))


def test_a_compressed_bomb_is_refused_before_it_fills_the_memory(tmp_path, monkeypatch):
    path = written(tmp_path, "g.txt.gz", gzip.compress(b"0 1\n" * 10_000_000, 1))
    monkeypatch.setattr(memory, "memory_available", lambda: 200 << 20)
    assert "a smaller file would fit" in refusal(path)


def test_matrices_and_index_pairs_in_numpy_files(tmp_path):
    expected = graphs.from_scipy(DENSE)
    half = np.array(expected.edge_pairs)
    both = np.concatenate([half, half[:, ::-1]]).T
    one_way = "must be symmetric"
    for name, array, options, right in [
        ("dense", DENSE, {}, expected),
        ("pairs", half, {}, expected),
        ("index", both, {}, expected),
        ("half", half.T, {}, one_way),
        ("half", half.T, {"directed": "symmetrise"}, expected),
        ("vector", np.arange(5), {}, "pairs of nodes"),
        ("objects", np.array([{}, {}]), {}, "pickle"),
        ("square", np.array([[0, 1], [2, 3]]), {}, "format="),
        ("square", np.array([[0, 1], [2, 3]]), {"format": "edgelist"}, 2),
    ]:
        path = tmp_path / f"{name}.npy"
        np.save(path, array, allow_pickle=True)
        if isinstance(right, str):
            assert right in refusal(path, **options)
        elif isinstance(right, int):
            assert graphs.read(path, **options).edges == right
        else:
            assert graphs.read(path, **options) == right
    path = tmp_path / "g.npz"
    for save in (scipy.sparse.csr_array, scipy.sparse.coo_array, scipy.sparse.csc_array):
        scipy.sparse.save_npz(path, save(DENSE))
        assert graphs.read(path) == expected
    np.savez(path, edge_index=both, num_nodes=12, x=np.zeros((12, 2)))
    assert graphs.read(path).nodes == 12
    weights = np.ones(both.shape[1])
    np.savez(path, edge_index=both, edge_weight=weights)
    assert graphs.read(path) == expected
    np.savez(path, edge_index=both, edge_weight=3 * weights)
    assert "weight 3" in refusal(path)
    np.savez(path, edge_index=both, edge_weight=weights[1:])
    assert "one real weight for each of 30 edges" in refusal(path)
    np.savez(path, edge_index=both, edges=half[1:])
    assert "one of the names" in refusal(path)
    np.savez(path, half, weights)
    assert "got arr_0, arr_1" in refusal(path)
    np.savez(path, edges=half, num_nodes=12.5)
    assert "num_nodes must be an integer" in refusal(path)
    csr = scipy.sparse.csr_array(DENSE)
    parts = {"adj_data": csr.data, "adj_indices": csr.indices, "adj_indptr": csr.indptr}
    np.savez(path, **parts, adj_shape=csr.shape, attr_data=np.zeros(3), labels=np.zeros(3))
    assert graphs.read(path) == expected


def test_a_lying_header_of_an_array_is_refused(tmp_path):
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        stream, {"descr": "<i8", "fortran_order": False, "shape": (10**9, 2)}
    )
    assert "truncated" in refusal(written(tmp_path, "g.npy", stream.getvalue() + bytes(64)))


def test_text_matrices(tmp_path):
    expected = graphs.from_scipy(DENSE)
    rows = [",".join(map(str, row)) for row in DENSE]
    labels = [f"v{k}" for k in range(10)]
    headed = "," + ",".join(labels) + "\n"
    headed += "".join(f"{label},{row}\n" for label, row in zip(labels, rows, strict=True))
    assert graphs.read(written(tmp_path, "g.csv", "\n".join(rows))) == expected
    graph = graphs.read(written(tmp_path, "g.csv", headed))
    assert graph == expected
    assert graph.labels == tuple(labels)
    above = ",".join(labels) + "\n" + "\n".join(rows)
    assert graphs.read(written(tmp_path, "g.csv", above)).labels == tuple(labels)
    index = np.concatenate([expected.edge_pairs, expected.edge_pairs[:, ::-1]]).T
    text = "\n".join(" ".join(map(str, row)) for row in index)
    assert graphs.read(written(tmp_path, "g.txt", text)) == expected


def test_a_square_table_that_may_be_edges_is_not_guessed(tmp_path):
    text = "1 2 1 10\n2 3 1 11\n3 4 1 12\n4 1 1 13\n"
    path = written(tmp_path, "g.txt", text)
    assert "goes on with" in refusal(path)
    assert "format='edgelist'" in refusal(path, weights="ignore")
    assert graphs.read(path, format="edgelist", weights="ignore").edges == 4


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("source,target,weight,time\n1,2,1,9\n2,3,1,8\n", [1, 2, 3]),
        ('"source","target"\n"1","2"\n"2","3"\n', [1, 2, 3]),
        ("Id;Source;Target;Type\n0;1;2;Undirected\n1;2;3;Undirected\n", [1, 2, 3]),
        ("FromNodeId\tToNodeId\n1\t2\n2\t3\n", [1, 2, 3]),
        ("person friend\n1 2\n2 3\n", [1, 2, 3]),
        ("source,target\nNew York,Boston\nBoston,\"Washington, D.C.\"\n",
         ["New York", "Boston", "Washington, D.C."]),
        ("a b\nb c\nc a\n", ["a", "b", "c"]),
        ("% note\n'a' 'b'\n", ["a", "b"]),
        ("C# Java\n", ["C#", "Java"]),
        ("\tsource\ttarget\n0\t1\t2\n1\t2\t3\n2\t3\t4\n3\t4\t5\n", [1, 2, 3, 4, 5]),
        ("\tsource\ttarget\n0\ta\tb\n1\tb\tc\n", ["a", "b", "c"]),
        ("source\tname\ttarget\ttime\n1\tx\t2\t5\n2\t\t3\t6\n", [1, 2, 3]),
        ("source\tname\ttarget\ttime\n1\t\t2\t5\n2\t\t3\t6\n", [1, 2, 3]),
        ("a\t\tb\nlong\tb\n", ["a", "b", "long"]),
        ("source,target,weight\n0,1,1\n1,2,1\n0,2,1\n", [0, 1, 2]),
        ("u,v,w\n0,1,1\n1,2,1\n0,2,1\n", [0, 1, 2]),
        (",source,target\n0,1,2\n1,2,3\n2,3,4\n", [1, 2, 3, 4]),
        ("f(x) g(y)\n", ["f(x)", "g(y)"]),
    ],
)  # fmt: skip
def test_headers_and_names(tmp_path, text, labels):
    graph = graphs.read(written(tmp_path, "g.csv", text))
    assert list(graph.labels) == labels


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Source,Target,Type\n1,2,Directed\n", "directed"),
        ("source,target,weight\n1,2,3\n", "weight 3"),
        ("a,b\n1,b\n", "among names"),
        ("1,a\n", "labels='text'"),
        ("a,\nb,c\n", "two nodes"),
        (",a\nb,c\n", "leaves one out"),
        ('a,"b\n', "quotes"),
        ("0 1\n1 2 3 4\n", "as many columns"),
        ("0 1 2 3\n1 2\n", "adjlist"),
        ("0 1 2\n1 3 5 7\n", "as many columns"),
        ('"source" "target"\n"1" 1 2\n"2" 2 3\n"3" 3 4\n', "names 2 and line 2 has 3"),
        ("(0, 1)\n(1, 2)\n", "brackets"),
        ("[[0, 1],\n [1, 2]]\n", "brackets"),
        ("Source\tTarget\tLabel\tWeight\n1\t2\t\t7\n", "weight 7"),
        (
            "a b\nc,1 d\n",
            "alike on every line, got no tab, semicolon or comma on line 1 and a comma",
        ),
    ],
)
def test_refused_columns(tmp_path, text, words):
    path = written(tmp_path, "g.csv", text)
    assert words in refusal(path)
    if "columns" in words:
        assert words in refusal(path, weights="ignore")


def test_text_labels_on_request(tmp_path):
    graph = graphs.read(written(tmp_path, "g.csv", "1,a\n07,7\n"), labels="text")
    assert graph.labels == ("1", "a", "07", "7")
    smile = written(tmp_path, "g.csv", "a,:(\n")
    assert "cut within brackets" in refusal(smile)
    assert graphs.read(smile, labels="text").labels == ("a", ":(")


def test_lists_of_neighbours(tmp_path):
    both = "0 1 2\n1 0\n2 0\n3\n"
    graph = graphs.read(written(tmp_path, "g.adjlist", both))
    assert (graph.nodes, graph.edges) == (4, 2)
    assert "must not repeat" in refusal(written(tmp_path, "g.adjlist", "0 1 2\n1 0\n"))
    assert "brackets" in refusal(written(tmp_path, "g.adjlist", "(0, 0) (1, 0) (0, 1)\n"))
    metis = written(tmp_path, "g.graph", "% note\n4 2\n2\n1 3\n2\n\n")
    assert graphs.read(metis).degrees.tolist() == [1, 2, 1, 0]
    assert "truncated" in refusal(written(tmp_path, "g.graph", "4 2\n2\n1 3\n"))


def test_options_count_what_they_did(tmp_path):
    text = "% asym weighted\n1 2 5\n2 1 5\n2 3 1\n3 3 1\n2 3 1\n"
    options = {"directed": "symmetrise", "weights": "ignore", "loops": "ignore"}
    path = written(tmp_path, "out.g", text)
    assert "repeated='merge'" in refusal(path, **options)
    found = graphs.read_settled(path, repeated="merge", **options)
    assert (found.graph.nodes, found.graph.edges, found.listed) == (3, 2, 5)
    assert (found.symmetrised, found.loops, found.merged) == (1, 1, 2)


def test_refusals_name_every_option_that_is_needed(tmp_path):
    message = refusal(written(tmp_path, "out.g", "% asym weighted\n1 2 5\n2 3 1\n3 3 1\n2 3 1\n"))
    for option in (
        "directed='symmetrise'",
        "weights='ignore'",
        "loops='ignore'",
        "repeated='merge'",
    ):
        assert message.count(option) == 1


def test_a_wrong_option_is_one_sentence(tmp_path):
    path = written(tmp_path, "g.txt", "0 1\n")
    assert "loops must be one of refuse, ignore" in refusal(path, loops="drop")
    assert "did you mean 'symmetrise'" in refusal(path, directed="symmetrize")


def test_json_of_other_kinds(tmp_path):
    for content in (
        "[]",
        "{}",
        '{"nodes": 3}',
        '{"nodes": [{"id": {}}], "edges": []}',
        "[" * 10**5,
    ):
        assert refusal(written(tmp_path, "g.json", content))
    twice = '{"nodes": ["a", "b"], "edges": [["a", "b"]], "links": []}'
    again = '{"nodes": ["a", "b"], "edges": [["a", "b"]], "edges": []}'
    assert "a key stands twice" in refusal(written(tmp_path, "g.json", again))
    assert "both 'edges' and 'links'" in refusal(written(tmp_path, "g.json", twice))
    assert "no node" in refusal(
        written(tmp_path, "g.json", '{"nodes": ["a"], "links": [["a", "b"]]}')
    )
