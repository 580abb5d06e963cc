"""The report on a graph: independent routes, degenerate graphs, refusals."""

import dataclasses
import json
import re
from pathlib import Path

import numpy as np
import pytest

from gnnconv_lib import averaging_gnn, graph_report, graphs
from gnnconv_lib.bounds import li2021
from gnnconv_lib.cli import main
from gnnconv_lib.graph_report import theorems
from gnnconv_lib.validation import InvalidInput

ROOT = Path(__file__).resolve().parents[1]
DEGENERATE = {
    "one node": graphs.empty(1),
    "no edges": graphs.empty(4),
    "complete": graphs.complete(5),
    "isolated": graphs.disjoint_union(graphs.complete(2), graphs.empty(1)),
    "star": graphs.star(4),
}


@pytest.mark.parametrize("name", DEGENERATE)
def test_degenerate_graphs_have_a_page_that_needs_no_other_file(name):
    graph = DEGENERATE[name]
    text = graph_report.page(graph_report.report(graph), graph)
    assert not re.search(r"\b(nan|inf)\b", re.sub(r"<svg.*?</svg>", "", text, flags=re.S), re.I)
    assert not re.search(r"""(?:src|href)=["']https?:|url\(https?:|<script|<link""", text)


def test_sums_from_the_definition():
    graph = graphs.star(4)
    closed = graph.adjacency.toarray() + np.eye(graph.nodes)
    shared = closed @ closed
    mass = np.sqrt(np.outer(closed.sum(0), closed.sum(0)))
    rho = np.minimum(shared / mass, 1)
    found = graph_report.report(graph)
    angle = np.pi - np.arccos(rho)
    assert found.slope == pytest.approx(float((shared * angle).sum() / np.pi))
    full = mass * (np.sqrt(1 - rho**2) + rho * angle) / np.pi
    assert found.full == pytest.approx(float(full.sum()))
    assert found.messages == shared.sum()
    assert found.run_steps <= found.bounded_steps


def test_a_number_that_is_not_finite_is_refused():
    graph = graphs.complete(3)
    spoilt = dataclasses.replace(graph_report.report(graph), slope=float("nan"))
    with pytest.raises(InvalidInput, match="slope must be finite"):
        graph_report.page(spoilt, graph)


def test_an_output_that_exists_is_not_replaced(tmp_path, capsys):
    source, target = tmp_path / "g.txt", tmp_path / "g.html"
    source.write_text("0 1\n1 2\n")
    assert main(["report", str(source), "--output", str(target)]) == 0
    before = target.read_bytes()
    assert main(["report", str(source), "--output", str(target)]) == 2
    assert "must not exist" in capsys.readouterr().err
    assert target.read_bytes() == before


def test_the_ending_says_what_is_written(tmp_path, capsys):
    source = tmp_path / "g.txt"
    source.write_text("0 1\n1 2\n")
    assert main(["report", str(source), "--output", str(tmp_path / "g.json")]) == 0
    assert json.loads((tmp_path / "g.json").read_text())["facts"]["nodes"] == 3
    capsys.readouterr()
    for name, options in (("g.pdf", []), ("g", []), ("g.html", ["--json"])):
        target = tmp_path / name
        assert main(["report", str(source), *options, "--output", str(target)]) == 2
        error = capsys.readouterr().err
        assert "output must end in " in error
        assert error.count("\n") == 1
        assert not target.exists()


def test_a_published_repository_is_linked_and_a_bad_address_is_refused(
    tmp_path, monkeypatch, capsys
):
    source, target = tmp_path / "g.txt", tmp_path / "g.html"
    source.write_text("0 1\n1 2\n")
    monkeypatch.setenv("GNNCONV_REPOSITORY_URL", "https://github.com/owner/name")
    assert main(["report", str(source), "--output", str(target)]) == 0
    chapter = "book/awasthi2021/pl-condition"
    link = f'<a href="https://github.com/owner/name/blob/HEAD/{chapter}.ipynb">{chapter}</a>'
    assert link in target.read_text(encoding="utf-8")
    assert (ROOT / f"{chapter}.ipynb").is_file()
    monkeypatch.setenv("GNNCONV_REPOSITORY_URL", "owner/name")
    assert main(["report", str(source), "--output", str(tmp_path / "h.html")]) == 2
    assert "GNNCONV_REPOSITORY_URL must be like" in capsys.readouterr().err


def rows_of(graph):
    return {row.name: row for row in graph_report.report(graph).theorems}


def number_before(words, text):
    return float(re.search(rf"([\d.e+]+) {words}", text)[1])


@pytest.mark.parametrize("graph", [graphs.complete(3), graphs.cycle(8), graphs.star(4)])
def test_a_run_needs_no_more_steps_than_the_corrected_theorem_1_promises(graph):
    row = rows_of(graph)["awasthi2021, Theorem 1"]
    assert number_before("steps$", row.happens) <= number_before("steps$", row.promise)


@pytest.mark.parametrize("degree", [0, 2])
def test_theorem_2_on_a_regular_graph_against_the_recurrence_by_hand(degree):
    graph = graphs.cycle(6) if degree else graphs.empty(3)
    row = rows_of(graph)["awasthi2021, Theorem 2"]
    n, sigma, star = graph.nodes, 1.0 + degree, (1 + degree) / 2
    step = number_before("", re.search(r"as corrected: step (.*),", row.promise)[1] + " ")
    # Two rounds: the loss is n/2 (sigma^2 - star^2)^2, its gradient 2 n sigma (sigma^2 - star^2).
    steps = 0
    step = 1 / (n * 4 * (degree**2 + 1) * sigma**2)
    assert f"step {step:.3g}," in row.promise
    while n / 2 * (sigma**2 - star**2) ** 2 > 0.01:
        sigma -= step * (degree**2 + 1) * 2 * n * sigma * (sigma**2 - star**2)
        steps += 1
    assert row.happens.endswith(f"with the corrected step: the loss is reached after {steps} steps")
    assert steps <= number_before("steps$", row.promise)


def test_theorem_4_on_a_path_against_descent_on_two_numbers():
    graph = graphs.path(3)
    row = rows_of(graph)["awasthi2021, Theorem 4"]
    adjacency = graph.adjacency.toarray()
    one = np.ones(3)
    hessian = np.array([[3.0, 4.0], [4.0, 6.0]])  # 1'1, 1'A1, 1'A^2 1
    step = 1 / (4 * 3.0**2 * np.linalg.eigvalsh(hessian)[-1])
    assert f"step {step:.3g}," in row.setting
    target = np.linalg.matrix_power(np.eye(3) / 2 + adjacency / 2, 2) @ one
    weights, steps = np.array([1.0, 1.0]), 0
    while True:
        network = weights[0] * np.eye(3) + weights[1] * adjacency
        gap = network @ network @ one - target
        if gap @ gap / 2 <= 0.01:
            break
        slopes = [(part @ network + network @ part) @ one @ gap for part in (np.eye(3), adjacency)]
        weights, steps = weights - step * np.array(slopes), steps + 1
    assert f"teacher W₁ = W₂ = 1/2: the loss is reached after {steps} steps" in row.happens


def test_effective_labels_of_graphs_whose_features_are_one_or_all_different():
    assert graph_report.report(graphs.complete(7)).effective_labels == pytest.approx(1.0)
    assert graph_report.report(graphs.empty(7)).effective_labels == pytest.approx(7.0)
    assert graph_report.report(graphs.cycle(9), exact_nodes=3).effective_labels is None


def test_the_step_of_theorem_1_is_inside_the_range_of_its_lemma():
    row = rows_of(graphs.star(4))["awasthi2021, Theorem 1"]
    parts = float(re.search(r"step 1/\((\d+)πA\)", row.setting)[1])
    assert 6 < parts < 16
    # 600 n^4 (d+1)/eps^2 log(n r/eps) with n = 5, d = 4, r = 2, eps = 0.1.
    assert f"{600 * 5**4 * 5 / 0.01 * np.log(100):.3g} steps" in row.promise


def test_theorem_2_of_li2021_is_asked_about_the_start_that_runs():
    graph = graphs.cycle(8)
    row = rows_of(graph)["li2021, Theorem 2"]
    at_45 = li2021.Setting(
        features=2,
        distance=0.5,
        product=0.5,
        trace=np.sqrt(0.5),
        mean_size=3.0,
        smallest_size=3.0,
        labels=8,
        inverse_xi=1 / averaging_gnn.xi_node(graph, normalization="mean"),
    )
    half = 0.5 * li2021.equation_40(at_45)
    assert f"a step of at most {2 * half:.3g}," in row.speaks
    needed = li2021.labels_needed(at_45.but(learning_rate=half))
    assert f"for {needed:.3g} labels" in row.speaks
    # At an angle of 0 fewer would do.
    assert li2021.labels_needed(at_45.but(learning_rate=half, trace=1.0)) < 0.6 * needed


def test_a_run_is_told_by_its_status():
    told = [str(theorems.Run("a", status, 1, 0.25)) for status in ("converged", "diverged", "")]
    assert told[0] == "a: the loss is reached after 1 step"
    assert told[1] == "a: the loss grows without a limit, seen after 1 step"
    assert told[2] == "a: the loss is 0.25 after 1 step, not reached"


def test_the_report_says_what_was_done_to_read_the_graph(tmp_path, capsys):
    source = tmp_path / "g.csv"
    source.write_text("source,target,weight,time\na,b,2,9\nb,a,3,9\nb,c,1,9\nc,c,1,9\n")
    options = ["--weights", "ignore", "--loops", "ignore", "--repeated", "merge"]
    for name in ("g.html", "g.json"):
        assert main(["report", str(source), *options, "--output", str(tmp_path / name)]) == 0
    capsys.readouterr()
    about = json.loads((tmp_path / "g.json").read_text())
    assert (about["file"], about["listed"], about["facts"]["edges"]) == ("g.csv", 4, 2)
    assert about["notes"] == [
        "line 1 was taken as the names of the columns",
        "the column 'time' was ignored",
    ]
    text = (tmp_path / "g.html").read_text()
    for sentence in (
        "self loops that were dropped (--loops ignore): 1",
        "further listings of an edge that were merged (--repeated merge, or reverse arcs): 1",
    ):
        assert sentence in about["done"]
        assert f"<li>{sentence}</li>" in text
    source.write_text("0 1\n")
    assert main(["report", str(source), "--output", str(tmp_path / "h.html")]) == 0
    assert "What was done" not in (tmp_path / "h.html").read_text()


def test_degrees_and_intervals_on_the_page():
    ring = graphs.cycle(5)
    text = graph_report.page(graph_report.report(ring), ring)
    assert "<td>all 2</td>" in text
    assert "A = Σ m<sub>ij</sub>" in text
    narrow = dataclasses.replace(graph_report.report(ring), full_interval=(39.1234567, 39.1234569))
    assert "(39.1234567 to 39.1234569)" in graph_report.page(narrow, ring)
    star = graphs.star(4)
    assert "<td>1 to 4, mean 1.6</td>" in graph_report.page(graph_report.report(star), star)
