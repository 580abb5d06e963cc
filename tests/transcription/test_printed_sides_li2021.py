"""The printed sides of refuting claims on li2021 that no function of `bounds` gives, as transcribed twice."""

import math

import numpy as np
import pytest

from gnnconv_lib import activations, audit, graphs
from gnnconv_lib.audit.li2021.algorithm_1 import lines
from gnnconv_lib.audit.li2021.concentration._settings import smallest_delta
from tests.transcription import li2021 as paper
from tests.transcription.sides import at, printed
from tests.transcription.test_agreement import arguments, called


def function_of(name):
    sigma = activations.get(name)
    return lambda z: np.asarray(sigma.function(np.asarray(z, float)))


def at_zero(c):
    """L_σ stands for any number: at 0 it does not count."""
    return {
        "z": c.get("x", 0.0),
        "L_sigma": 1.0,
        "activation": function_of(c.get("activation", "sigmoid")),
    }


def apart(c):
    """Two points at distance 1, so that the right side is the Lipschitz constant."""
    return {"z_1": 0.0, "z_2": 1.0, "activation": function_of(c["activation"])}


def of_parameters(c):
    W, v, W_star, v_star = (c[name] for name in ("W", "v", "W_star", "v_star"))
    known = {"W": W, "W_0": W, "W_star": W_star, "v_inner": v @ v_star, "L_sigma": 1.0}
    return {**known, "v_star_norm": np.linalg.norm(v_star), "d_out": 2, "d": 2, "d_bar": 1.0}


def at_equality(c):
    """(46) with the number of labels for which (41) is an equality: its left side is half of a_W's."""
    known = arguments(c["setting"])
    right = called(paper.equation_41, known)[1]
    return {**known, "a_W": 2 * right * known["xi_inv_norm"] * known["D_0"]}


def of_raw_features(c):
    """c' taken as H, as the claim takes it."""
    _, _, W, v = lines.drawn(c["graph"], c["level"], c["activation"])
    members, random = of_level(c), np.random.default_rng(8)
    H = np.concatenate([random.standard_normal((g.nodes, len(W))) for g in members])
    return {"c_matrix": H, "W": W, "v": v, "activation": function_of(c["activation"])}


def of_level(c):
    return [c["graph"]] if c["level"] == "node" else [c["graph"], graphs.star(2)]


def read_out(value, c):
    """At graph level a_j stands before the outputs of the nodes."""
    if c["level"] == "node":
        return value
    members = of_level(c)
    parts = np.split(value, np.cumsum([g.nodes for g in members])[:-1])
    weights = lines.shares(c["level"], members)
    return np.array([a @ part for a, part in zip(weights, parts, strict=True)])


def of_one_node(c):
    h, y, w, v = c["case"]
    slope = float(activations.get("relu").derivative(np.asarray(h, float)))
    known = {"xi_inv": np.array([[slope]]), "c_matrix": np.array([[h]]), "v": np.array([v])}
    y_bar = paper.algorithm_1_line_3_ngnn(
        known["c_matrix"], np.array([[w]]), known["v"], function_of("relu")
    )[0]
    return {**known, "y": np.array([y]), "y_bar": y_bar}


def left(value, c):
    return value[0]


def right(value, c):
    return value[1]


P, R = "li2021:", "li2021:remark-"
ROWS = [
    (R + "line-3", "left", "algorithm_1_line_3_ngnn", of_raw_features, read_out),
    (R + "exact-gradient", "left", "algorithm_1_line_4_ngnn", of_one_node),
    (P + "eq-6/shape", "right", "equation_6_length", lambda c: {"d": c["d"]}),
    (P + "eq-9/shape", "right", "equation_9_length", lambda c: {"d": c["d"]}),
    (R + "assumptions-list/bounded", "left", "assumption_2", at_zero, left),
    (R + "assumptions-swish/lipschitz", "1.right", "assumption_1", apart, right),
    (R + "figure-1-statistical-error/theorem-2", "left", "assumption_2", at_zero, left),
    (R + "contribution-hypotheses", "1.right", "assumption_1", apart, right),
    (R + "contribution-hypotheses", "2.left", "assumption_2", at_zero, left),
    (P + "eq-41", "0.left", "equation_46_ngnn", at_equality),
    (P + "eq-41", "1.left", "equation_46_ngnn", at_equality),
    (P + "theorem-3/trace", "0.left", "equation_50_trace", of_parameters, right),
    (P + "theorem-3/product", "0.left", "equation_17_ngnn", of_parameters),
    (P + "theorem-3/both", "0.0.left", "equation_50_trace", of_parameters, right),
    (P + "theorem-3/both", "0.1.left", "equation_17_ngnn", of_parameters),
]


# The smallest delta of each lemma: with it the condition on the number of labels is an equality.

LEAST = [
    (P + "eq-23", "0.right", "lemma_3_samples", 2),
    (P + "eq-23", "1.right", "lemma_3_samples_reading_b", 2),
    (P + "eq-25", "0.right", "lemma_3_samples", 2),
    (P + "eq-26", "0.right", "lemma_3_samples", 2),
    (P + "lemma-3", "0.0.right", "lemma_3_samples", 2),
    (P + "eq-24", "0.right", "lemma_3_samples", 1),
    (P + "eq-24", "1.right", "lemma_3_samples_reading_b", 1),
]


def labels(columns):
    return columns["n"] if "n" in columns else 2.0 ** np.minimum(columns["k"], 1000.0) + 1


@pytest.mark.parametrize("factor", [1.0, 1.001])
@pytest.mark.parametrize(("name", "path", "formula", "smallest_size"), LEAST)
def test_the_least_delta_of_lemma_3(name, path, formula, smallest_size, factor):
    claim = audit.check(name)
    columns = {k: np.asarray(v) for k, v in claim.domain.cases("quick").columns.items()}
    n, logs = labels(columns), at(printed(claim, columns), path)
    small = (logs > -300) & (logs < 0)
    found = getattr(paper, formula)(10.0 ** logs[small], 1, smallest_size)
    assert small.sum() >= 3
    assert np.allclose(found, factor * n[small], rtol=1e-9) == (factor == 1.0)


@pytest.mark.parametrize("factor", [1.0, 1.001])
@pytest.mark.parametrize("name", [P + "eq-32", P + "lemma-5", P + "eq-33"])
def test_the_least_delta_of_lemma_5(name, factor):
    claim = audit.check(name)
    columns = {k: np.asarray(v) for k, v in claim.domain.cases("quick").columns.items()}
    logs = at(printed(claim, columns), "right")
    small = (logs > -300) & (logs < 0)
    d = np.broadcast_to(columns.get("features", 1), logs.shape)[small]
    found = paper.lemma_5_samples(10.0 ** logs[small], d)
    assert small.sum() >= 3
    assert np.allclose(found, factor * columns["n"][small], rtol=1e-9) == (factor == 1.0)


@pytest.mark.parametrize("factor", [1.0, 1.001])
@pytest.mark.parametrize(
    ("reading", "right_side"),
    [
        ("log(2/delta)", paper.lemma_4_condition_right),
        ("log(2)/delta", paper.lemma_4_condition_right_reading_c),
    ],
)
def test_the_least_delta_of_lemmas_4_and_6(reading, right_side, factor):
    for n in (10.0, 100.0, 3000.0):
        delta = math.exp(smallest_delta(n, reading))
        wanted = factor * paper.lemma_4_condition_left(n)
        assert math.isclose(right_side(delta), wanted, rel_tol=1e-9) == (factor == 1.0)
