"""The checks of Eqs. (1)-(10) and of the assumptions: their verdicts, and that each can fail."""

import dataclasses

import jax.numpy as jnp
import numpy as np
import pytest

from gnnconv_lib import activations, audit, graphs
from gnnconv_lib import averaging_gnn as ag
from gnnconv_lib.audit._averaging_cases import averages, outcome

PREFIX = "li2021.models_and_assumptions."
WANTED = {
    "closed_neighbourhood": "holds with correction",
    "embedding_dimension": "holds with correction",
    "matrix_norm": "holds with correction",
    "convolutional_networks": "false as printed",
    "listed_activations": "false as printed",
    "stated_hypotheses": "false as printed",
    "swish_is_covered": "false as printed",
    "unit_norm": "false as printed",
}
NAMES = [name.removeprefix(PREFIX) for name in audit.names() if name.startswith(PREFIX)]


@pytest.mark.parametrize("name", NAMES)
def test_verdicts(name):
    evidence = audit.run(PREFIX + name)
    assert evidence.verdict == WANTED.get(name, "holds"), evidence.summary


def test_averages_by_hand():
    # a path 0 - 1 - 2 and an isolated node 3
    graph = graphs.disjoint_union(graphs.path(3), graphs.empty(1))
    rows = averages(graph, np.array([[0.0], [6.0], [3.0], [5.0]]))
    assert rows.ravel().tolist() == [3.0, 3.0, 4.5, 5.0]


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("node_update", "hidden"),
        ("graph_convolution", "hidden"),
        ("node_network", "predict"),
        ("one_node_readout", "predict"),
        ("attention_readout", "predict"),
        ("average_readout", "predict"),
        ("node_teacher", "predict"),
        ("graph_teacher", "predict"),
    ],
)
def test_a_planted_error_is_found(monkeypatch, name, broken):
    true = getattr(ag, broken)
    monkeypatch.setattr(ag, broken, lambda *arguments: 1.2 * true(*arguments) + 0.01)
    evidence = audit.run(PREFIX + name)
    assert evidence.verdict == "false as printed"
    assert evidence.witness is not None


def test_an_average_without_the_node_itself_is_found(monkeypatch):
    monkeypatch.setattr(ag, "average", lambda graph, H: graph.adjacency @ H)
    assert audit.run(PREFIX + "closed_neighbourhood").verdict == "false as printed"


def test_a_list_of_good_activations_passes(monkeypatch):
    # The search finds nothing in a list that satisfies both assumptions.
    true = activations.get

    def get(name):
        return true("relu" if name in ("sigmoid", "softplus", "swish") else name)

    monkeypatch.setattr(activations, "get", get)
    for name in ("listed_activations", "stated_hypotheses", "swish_is_covered"):
        assert audit.run(PREFIX + name).verdict == "holds"


def test_the_unit_norm_is_harmless_for_homogeneous_activations(monkeypatch):
    true = activations.get
    monkeypatch.setattr(activations, "get", lambda name: true("leaky_relu(0.3)"))
    assert audit.run(PREFIX + "unit_norm").verdict == "holds"


@pytest.mark.parametrize("name", ["listed_activations", "swish_is_covered"])
def test_a_steep_activation_is_found(monkeypatch, name):
    steep = dataclasses.replace(
        activations.get("relu"), function=lambda t: 1.001 * jnp.maximum(t, 0)
    )
    monkeypatch.setattr(activations, "get", lambda name: steep)
    evidence = audit.run(PREFIX + name)
    assert evidence.verdict == "false as printed"
    assert evidence.witness.actual == pytest.approx(1.001)


def test_an_outcome_is_decided_by_its_failures():
    assert outcome("search", [], "Fine.", {}).verdict == "holds"
    failure = [("n = 1", 1.0, 2.0)]
    assert outcome("search", failure, "Fine.", {}).verdict == "false as printed"
    assert (
        outcome("search", failure, "Fine.", {}, None, "Twice.", False).verdict == "false as printed"
    )
    right = outcome("search", failure, "Fine.", {}, None, "Twice.", True)
    assert (right.verdict, right.witness.input) == ("holds with correction", "n = 1")
