"""A chapter uses a parameter as it was set, or refuses it; before a kernel starts where it can."""

from pathlib import Path

import pytest

from gnnconv_lib import graphs
from gnnconv_lib.chapters import notebooks, rerun
from gnnconv_lib.page import finding, parameters
from gnnconv_lib.page.parameters import InvalidParameter

ROOT = Path(__file__).resolve().parents[1]
CHAPTERS = finding.chapter_paths(ROOT)
WITH_GRAPHS = [name for name, path in CHAPTERS.items() if "graph_file" in rerun.declared(path)]
SMALL = {"steps": 20, "seeds": 2, "starts": 2, "nodes": 60, "n": 20, "hub": 5, "samples": 1000}


def up_to_the_check(path: Path, **values: object) -> dict[str, object]:
    """The variables of a chapter after the cell that checks its parameters."""
    cells = [cell for cell in notebooks.read(path).cells if cell.cell_type == "code"]
    place = next(k for k, cell in enumerate(cells) if "parameters" in cell.metadata.get("tags", []))
    declaration, check = cells[place].source, cells[place + 1].source
    names: dict[str, object] = {}
    for cell in cells[: place + 1]:
        exec(compile(cell.source, str(path), "exec"), names)
    known = {entry.name for entry in parameters.parse(declaration)}
    names |= {name: value for name, value in (SMALL | values).items() if name in known}
    names["In"] = ["", declaration, check]
    exec(compile(check, str(path), "exec"), names)
    return names


@pytest.mark.parametrize("chapter", WITH_GRAPHS)
def test_a_graph_file_is_read_wherever_it_is_declared(chapter, tmp_path, monkeypatch) -> None:
    file = tmp_path / "ring.txt"
    file.write_text("0 1\n1 2\n2 3\n3 4\n4 5\n5 0\n")
    read, seen = graphs.read, []

    def watched(path, **options):
        seen.append(path)
        return read(path, **options)

    monkeypatch.setattr(graphs, "read", watched)
    up_to_the_check(CHAPTERS[chapter], graph_file=str(file))
    assert seen == [str(file)]


@pytest.mark.parametrize("chapter", ["linear-unequal-degrees", "main-eigenvalues"])
@pytest.mark.parametrize("family", ["star", "path"])
def test_a_graph_file_replaces_the_family(chapter, family, tmp_path) -> None:
    (tmp_path / "ring.txt").write_text("0 1\n1 2\n2 3\n3 4\n4 5\n5 0\n")
    names = up_to_the_check(
        CHAPTERS[chapter], family=family, nodes=4, graph_file=str(tmp_path / "ring.txt")
    )
    assert names["graph"].nodes == 6
    assert up_to_the_check(CHAPTERS[chapter], family=family, nodes=4)["graph"].nodes == 4


def test_figure_1_takes_one_graph_of_unequal_degrees(tmp_path) -> None:
    (tmp_path / "g.txt").write_text("0 1\n1 2\n2 3\n3 0\n3 4\n")
    names = up_to_the_check(CHAPTERS["figure-1"], graph_file=str(tmp_path / "g.txt"))
    assert (names["n"], names["degrees"]) == (5, [2])
    assert [len(ensemble.overlaps) for ensemble in names["drawn"].values()] == [2]
    assert up_to_the_check(CHAPTERS["figure-1"], degree=4)["degrees"] == [4]


@pytest.mark.parametrize(
    ("chapter", "texts", "words"),
    [
        ("figure-1", ["degree=100"], "degree < n must hold"),
        ("figure-1", ["n=5", "degree=3"], "n * max(degree, 0) % 2 is 0 must hold"),
        ("figure-2", ["n=4", "degree=5"], "degree < n must hold"),
        ("bounded-iterates", ["family=grid", "nodes=10"], "round(nodes ** 0.5) ** 2 is nodes"),
        ("bounded-iterates", ["family=cliques", "nodes=10"], "nodes % (degree + 1) is 0"),
        ("pl-condition", ["family=sparse", "nodes=5"], "degree < nodes must hold"),
        ("pl-condition", ["degree=300", "nodes=400"], "4 * degree < largest must hold"),
        ("relu-unequal-degrees", ["nodes=20"], "hub < nodes must hold, got hub = 30, nodes = 20."),
        ("convergence", ["edge_probability=0.5", "nodes=4000"], "nodes < 3001 must hold"),
        ("global-linear-rate", ["family=cliques", "nodes=11"], "nodes % max(degree, 1) is 0"),
        ("open-questions", ["nodes=51", "degree=5"], "nodes * degree % 2 is 0 must hold"),
        ("towards-the-web-graph", ["nodes=10"], "degree < nodes - 1 must hold"),
        ("deep-linear", ["family=cliques", "nodes=10"], "nodes % (degree + 1) is 0"),
    ],
)
def test_what_no_graph_has_is_refused_before_a_kernel(chapter, texts, words) -> None:
    with pytest.raises(InvalidParameter) as caught:
        rerun.assignments(CHAPTERS[chapter], texts)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("chapter", "texts"),
    [
        ("figure-1", ["n=6"]),
        ("bounded-iterates", ["family=grid", "nodes=9"]),
        ("bounded-iterates", ["family=star", "nodes=3"]),
        ("pl-condition", ["degree=40"]),
        ("convergence", ["nodes=200000"]),
        ("global-linear-rate", ["family=edgeless", "nodes=3"]),
    ],
)
def test_what_a_graph_has_is_not(chapter, texts) -> None:
    assert len(rerun.assignments(CHAPTERS[chapter], texts)) == len(texts)


def test_hub_and_examples_are_as_large_as_was_asked() -> None:
    family = up_to_the_check(CHAPTERS["relu-unequal-degrees"], nodes=12, hub=11)["family"]
    assert int(family["hub and lone nodes"].degrees.max()) == 11
    for nodes in (2, 3, 4, 7, 12):
        made = up_to_the_check(CHAPTERS["relu-unequal-degrees"], nodes=nodes, hub=1)["family"]
        assert {graph.nodes for graph in made.values()} == {nodes}


def test_families_of_cliques_have_the_nodes_that_were_asked_for() -> None:
    make = up_to_the_check(CHAPTERS["concentration"])["families"]["cliques of 5"]
    assert [make(nodes).nodes for nodes in (1, 4, 5, 7, 10, 13)] == [1, 4, 5, 7, 10, 13]
    made = up_to_the_check(CHAPTERS["approximate-gradient"], nodes=63)
    assert made["left_out"] == ["cliques of 10", "random 9-regular"]
    assert {graph.nodes for graph in made["family"].values()} == {63}


def test_all_graphs_that_were_asked_for_are_drawn() -> None:
    assert up_to_the_check(CHAPTERS["hypotheses"], nodes=1200)["many"].number == 1200
