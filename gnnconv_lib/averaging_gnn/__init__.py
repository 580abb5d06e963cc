"""The averaging GNN of li2021: networks, data, approximate and exact gradient descent, population.

Book pages `book/li2021/models-and-assumptions`, `book/li2021/algorithm-1`, `book/li2021/figures-1-and-2`.
"""

from __future__ import annotations

from gnnconv_lib.averaging_gnn.algorithm import errors, run, step
from gnnconv_lib.averaging_gnn.directions import approximate_direction, exact_gradient
from gnnconv_lib.averaging_gnn.exact import matching_scale, run_exact, step_exact
from gnnconv_lib.averaging_gnn.floors import Floors, cramer_rao, least_squares
from gnnconv_lib.averaging_gnn.gaussian_means import (
    mean_derivative,
    mean_square,
    mean_squared_derivative,
)
from gnnconv_lib.averaging_gnn.graph_collection import (
    GraphCollection,
    average,
    average_transposed,
    collect,
    erdos_renyi_collection,
)
from gnnconv_lib.averaging_gnn.model import hidden, loss, predict
from gnnconv_lib.averaging_gnn.pair_measure import PairMeasure, graph_pairs, node_pairs
from gnnconv_lib.averaging_gnn.panel import Panel, panel_rows, read_panels, write_panels
from gnnconv_lib.averaging_gnn.panels import figure_1, figure_2
from gnnconv_lib.averaging_gnn.population_map import (
    Polar,
    PopulationMap,
    polar,
    population_map,
)
from gnnconv_lib.averaging_gnn.population_update import PopulationModel, population_model
from gnnconv_lib.averaging_gnn.readouts import random_attention, weights
from gnnconv_lib.averaging_gnn.sample import Sample, graph_sample, node_sample, stack
from gnnconv_lib.averaging_gnn.teacher_data import (
    Experiment,
    accepted_signs,
    graph_experiment,
    node_experiment,
    noise_deviation,
    random_weights,
)
from gnnconv_lib.averaging_gnn.training import Weights
from gnnconv_lib.averaging_gnn.xi import xi_empirical, xi_graph, xi_node

__all__ = [
    "Experiment",
    "Floors",
    "GraphCollection",
    "PairMeasure",
    "Panel",
    "Polar",
    "PopulationMap",
    "PopulationModel",
    "Sample",
    "Weights",
    "accepted_signs",
    "approximate_direction",
    "average",
    "average_transposed",
    "collect",
    "cramer_rao",
    "erdos_renyi_collection",
    "errors",
    "exact_gradient",
    "figure_1",
    "figure_2",
    "graph_experiment",
    "graph_pairs",
    "graph_sample",
    "hidden",
    "least_squares",
    "loss",
    "matching_scale",
    "mean_derivative",
    "mean_square",
    "mean_squared_derivative",
    "node_experiment",
    "node_pairs",
    "node_sample",
    "noise_deviation",
    "panel_rows",
    "polar",
    "population_map",
    "population_model",
    "predict",
    "random_attention",
    "random_weights",
    "read_panels",
    "run",
    "run_exact",
    "stack",
    "step",
    "step_exact",
    "weights",
    "write_panels",
    "xi_empirical",
    "xi_graph",
    "xi_node",
]
