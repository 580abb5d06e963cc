"""The report on a graph: independent routes, degenerate graphs, refusals."""

import dataclasses
import re

import numpy as np
import pytest

from gnnconv_lib import graph_report, graphs
from gnnconv_lib.cli import main
from gnnconv_lib.validation import InvalidInput

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
