"""A chapter uses a parameter as it was set, or refuses it; before a kernel starts where it can."""

import itertools
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from gnnconv_lib import graphs
from gnnconv_lib.chapters import notebooks, rerun
from gnnconv_lib.page import finding, parameters, ties
from gnnconv_lib.page.parameters import InvalidParameter
from gnnconv_lib.sweeps import sweep_chapter
from tests.parameter_use import cells_of, run_the_check, unused

ROOT = Path(__file__).resolve().parents[1]
CHAPTERS = finding.chapter_paths(ROOT)
WITH_GRAPHS = [name for name, path in CHAPTERS.items() if "graph_file" in rerun.declared(path)]
SMALL = {"steps": 20, "seeds": 2, "starts": 2, "nodes": 60, "n": 20, "hub": 5, "samples": 1000}


def up_to_the_check(path: Path, **values: object) -> dict[str, object]:
    """The variables of a chapter after the cell that checks its parameters."""
    return run_the_check(path, {**small_for(path, values), **values})


def small_for(path: Path, values: dict[str, object]) -> dict[str, object]:
    """Small values for a chapter, without those that its rules say nothing uses beside `values`."""
    known = rerun.declared(path)
    left = {n: v for n, v in SMALL.items() if n in known and _contains(known[n], v)} | values
    for rule in rerun.rules(path):
        defaults = {name: entry.default for name, entry in known.items()}
        if isinstance(rule, ties.Unused) and rule.holds(defaults | left):
            left = {n: v for n, v in left.items() if n in values or n not in rule.listed}
    return left


def _contains(entry: parameters.Parameter, value: object) -> bool:
    try:
        entry.accept(value)
    except InvalidParameter:
        return False
    return True


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
@pytest.mark.parametrize("family", ["complete", "path"])
def test_a_graph_file_replaces_the_family(chapter, family, tmp_path) -> None:
    (tmp_path / "ring.txt").write_text("0 1\n1 2\n2 3\n3 4\n4 5\n5 0\n")
    names = up_to_the_check(CHAPTERS[chapter], graph_file=str(tmp_path / "ring.txt"))
    assert names["graph"].nodes == 6
    for ignored in ({"family": family}, {"nodes": 4}):
        with pytest.raises(InvalidParameter, match="must not be set when graph_file is set"):
            up_to_the_check(CHAPTERS[chapter], graph_file=str(tmp_path / "ring.txt"), **ignored)
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
        ("pl-condition", ["family=random", "nodes=5"], "degree < nodes must hold"),
        ("pl-condition", ["degree=300", "nodes=400"], "4 * degree < largest must hold"),
        ("relu-unequal-degrees", ["nodes=20"], "hub < nodes must hold, got hub = 30, nodes = 20."),
        ("convergence", ["edge_probability=0.5", "nodes=4000"], "nodes < 3001 must hold"),
        ("global-linear-rate", ["family=cliques", "nodes=11"], "nodes % (degree + 1) is 0"),
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
        ("global-linear-rate", ["family=empty", "nodes=3"]),
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


def settings_of(path: Path, file: Path) -> list[dict[str, object]]:
    """Each choice of each parameter in turn, a graph file, and a text where any text is allowed."""
    found: list[dict[str, object]] = [{}]
    for name, entry in rerun.declared(path).items():
        if name == "graph_file":
            found.append({name: str(file)})
        elif name == "spectrum":
            found.append({name: "1, 2"})
        elif entry.type == "bool":
            found.append({name: not entry.default})
        elif name != "activation":
            found += [{name: choice} for choice in entry.choices if choice != entry.default]
    return found


def declared_unused(path: Path, values: dict[str, object]) -> set[str]:
    """The parameters that the rules of a chapter say nothing uses at `values`."""
    known = {name: entry.default for name, entry in rerun.declared(path).items()} | values
    rules = [rule for rule in rerun.rules(path) if isinstance(rule, ties.Unused)]
    return {name for rule in rules if rule.holds(known) for name in rule.listed}


def fitting(path: Path, setting: dict[str, object]) -> dict[str, object]:
    """`setting` with small values beside it that pass the rules which tie parameters."""
    known = rerun.declared(path)
    corners = [{"nodes": nodes, "degree": degree} for nodes in (60, 16) for degree in (5, 4, 3)]
    for corner in [{}, *corners]:
        values = small_for(path, {**{k: v for k, v in corner.items() if k in known}, **setting})
        gone = declared_unused(path, values)
        values = {k: v for k, v in values.items() if k not in gone or k in setting}
        every = {name: entry.default for name, entry in known.items()} | values
        try:
            ties.require_ties(cells_of(path)[1], every, values)
        except InvalidParameter:
            continue
        return values
    raise AssertionError(f"{path.stem} must take some small values with {setting}")


@pytest.fixture(scope="module")
def ring(tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("graph") / "ring.txt"
    file.write_text("0 1\n1 2\n2 3\n3 4\n4 5\n5 0\n")
    return file


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_rule_names_exactly_what_nothing_uses(chapter, ring) -> None:
    for setting in settings_of(CHAPTERS[chapter], ring):
        values = fitting(CHAPTERS[chapter], setting)
        known = declared_unused(CHAPTERS[chapter], values)
        assert unused(CHAPTERS[chapter], values) == known, setting


PLANTED = """\
family: str = "ring"  # kind of graph {ring, petersen}
nodes: int = 6  # number of nodes [3, 9]
"""
CHECK = """\
with parameters.check(globals()):
    makers = {"ring": lambda: gc.graphs.cycle(nodes), "petersen": lambda: gc.graphs.petersen()}
    graph = makers[family]()
"""


@pytest.mark.parametrize(
    ("rule", "later", "found", "said"),
    [
        ("", "graph.nodes", {"nodes"}, set()),
        ("# unused: nodes when family is 'petersen'", "graph.nodes", {"nodes"}, {"nodes"}),
        ("# unused: nodes when family is 'petersen'", "graph, nodes", set(), {"nodes"}),
        ("", "[nodes for nodes in range(3)]", {"nodes"}, set()),
        ("", "nodes = 3\nnodes", {"nodes"}, set()),
    ],
)
def test_a_parameter_that_nothing_uses_is_found(tmp_path, rule, later, found, said) -> None:
    cells = [
        new_code_cell("import gnnconv_lib as gc\nfrom gnnconv_lib.page import parameters"),
        new_code_cell(PLANTED + rule, metadata={"tags": ["parameters"]}),
        new_code_cell(CHECK),
        new_code_cell(later),
    ]
    path = tmp_path / "planted.ipynb"
    notebooks.write(path, new_notebook(cells=cells))
    assert unused(path, {"family": "petersen"}) == found
    assert declared_unused(path, {"family": "petersen"}) == said
    assert unused(path, {"family": "ring"}) == set()


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_what_nothing_uses_is_refused_before_a_kernel_and_in_one(chapter, ring) -> None:
    path = CHAPTERS[chapter]
    known = rerun.declared(path)
    for setting in settings_of(path, ring):
        values = fitting(path, setting)
        for name in sorted(declared_unused(path, values)):
            texts = [f"{key}={value}" for key, value in values.items() if key != name]
            with pytest.raises(InvalidParameter, match=f"^{name} must not be set when "):
                rerun.assignments(path, [*texts, f"{name}={known[name].default}"])
            declaration, check = cells_of(path)[1:3]
            lines = [f"{key} = {value!r}" for key, value in values.items() if key != name]
            injected = "\n".join(["# Parameters", *lines, f"{name} = {known[name].default!r}"])
            variables = {key: entry.default for key, entry in known.items()} | values
            variables["In"] = ["", declaration, injected, check]
            with pytest.raises(InvalidParameter, match=f"^{name} must not be set when "):
                parameters.check(variables)


def test_a_graph_file_and_a_family_are_not_set_together(ring) -> None:
    refused = 0
    for path, name in itertools.product(CHAPTERS.values(), ("family", "nodes", "n", "degree")):
        known = rerun.declared(path)
        if name in known and name in declared_unused(path, {"graph_file": str(ring)}):
            with pytest.raises(InvalidParameter, match="when graph_file is set"):
                rerun.assignments(path, [f"graph_file={ring}", f"{name}={known[name].default}"])
            refused += 1
    assert refused > 15


def test_the_corner_start_of_convergence_is_not_given_a_feature() -> None:
    with pytest.raises(InvalidParameter, match="features > 1 or cosine is 1 must hold"):
        rerun.assignments(CHAPTERS["convergence"], ["features=1"])
    assert rerun.assignments(CHAPTERS["convergence"], ["features=1", "cosine=1"])["features"] == 1
    source = "\n".join(cells_of(CHAPTERS["convergence"])[3])
    assert "bounds.Setting(features=features, distance=abs(start_v - target)" in source


def test_a_rule_that_a_sweep_decides_is_left_to_its_runs() -> None:
    path = CHAPTERS["figure-1"]
    with pytest.raises(InvalidParameter, match="degree < n must hold"):
        rerun.assignments(path, ["degree=150"])
    assert rerun.assignments(path, ["degree=150"], swept=["n"]) == {"degree": 150}


def test_a_sweep_over_what_nothing_uses_is_refused_before_it_begins(tmp_path) -> None:
    path = CHAPTERS["deep-linear"]
    for grid in ({"family": ["cycle", "petersen"], "nodes": [12]}, {"size": [4]}):
        with pytest.raises(InvalidParameter, match="must not be set when"):
            sweep_chapter(path, grid, tmp_path / "out", fixed={"spectrum": "1, 2"})
    assert not (tmp_path / "out").exists()
    rerun.require_used(path, [{"family": "cycle", "nodes": 12}, {"family": "petersen"}])
