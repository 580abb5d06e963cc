"""The printed forms in `bounds` against the second transcription, on random arguments.

The second transcription was made from the text alone. Where its reading is uncertain, one of the
readings must be the one that `bounds` computes, and the ledger names the others.
"""

import inspect

import numpy as np
import pytest

from gnnconv_lib.bounds import awasthi2021_linear as linear, awasthi2021_relu as relu, li2021 as li
from tests.transcription import awasthi2021, li2021


def settings(level):
    """Random settings of li2021, with every quantity away from 0 and 1."""
    generator = np.random.default_rng(7)
    for _ in range(20):
        yield li.Setting(
            learning_rate=float(generator.uniform(1e-6, 1e-4)),
            features=int(generator.integers(2, 9)),
            outputs=int(generator.integers(2, 5)),
            slope=float(generator.uniform(0.5, 2)),
            distance=float(generator.uniform(0.2, 3)),
            target=float(generator.uniform(0.2, 3)),
            product=float(generator.uniform(1e-3, 2)),
            trace=float(generator.uniform(0.1, 1)),
            mean_size=float(generator.uniform(2, 9)),
            smallest_size=float(generator.uniform(1, 2)),
            largest_graph=int(generator.integers(2, 7)),
            labels=int(generator.integers(10, 10_000)),
            inverse_xi=float(generator.uniform(1, 5)),
            noise=float(generator.uniform(0.1, 2)),
            at_zero=float(generator.uniform(0.1, 1)),
            constant=float(generator.uniform(0.5, 2)),
            level=level,
        )


def arguments(setting):
    """A setting in the symbols of the second transcription."""
    return {
        "alpha": setting.learning_rate,
        "L_sigma": setting.slope,
        "d_out": setting.outputs,
        "d": setting.features,
        "d_bar": setting.mean_size,
        "d_min": setting.smallest_size,
        "n_max": setting.largest_graph,
        "n": setting.labels,
        "xi_inv_norm": setting.inverse_xi,
        "xi_inv": setting.inverse_xi,
        "nu": setting.noise,
        "sigma_zero": setting.at_zero,
        "c": setting.constant,
        "v_gap": setting.distance,
        "v_star_norm": setting.target,
        "v_inner": setting.product,
        "trace": setting.trace,
        "gamma_1": li.equation_13(setting),
        "gamma_2": li.equation_14_printed(setting),
        "gamma_3": li.equation_15(setting),
        "D": li.equation_16_printed(setting),
        "D_0": li.radius(setting),
        "rho": li.equation_17(setting),
        "a_W": li.equation_45(setting),
        "a_v": li.equation_48(setting),
    }


def called(function, known):
    return function(**{name: known[name] for name in inspect.signature(function).parameters})


# Our function, the second one at node level and at graph level; None where there is none.
PAIRS = [
    (li.equation_13, "equation_13_ngnn", "equation_13_ggnn"),
    (li.equation_14_printed, "equation_14_ngnn", "equation_14_ggnn"),
    (li.equation_15, "equation_15", "equation_15"),
    (li.equation_16_printed, "equation_16", "equation_16"),
    (li.radius, "section_convergence_D_0", "section_convergence_D_0"),
    (li.equation_17, "equation_17_ngnn", "equation_17_ggnn"),
    (li.equation_24_printed, "equation_24", "equation_32"),
    (li.equation_26, "equation_26", "equation_34"),
    (li.equation_28, "equation_28", None),
    (li.equation_30, "equation_30", None),
    (li.equation_36_printed, None, "equation_36"),
    (li.equation_38, None, "equation_38"),
    (li.equation_40, "equation_40_ngnn", "equation_40_ggnn"),
    (li.equation_45, "equation_45", "equation_45"),
    (li.equation_46, "equation_46_ngnn", "equation_46_ggnn"),
    (li.equation_48, "equation_48", "equation_48"),
    (li.equation_49, "equation_49_ngnn", "equation_49_ggnn"),
]


def readings(paper, name):
    """The first reading and its alternatives."""
    found = {name: getattr(paper, name)}
    for letter in "bcd":
        other = getattr(paper, f"{name}_reading_{letter}", None)
        if other is not None:
            found[f"{name}, reading {letter}"] = other
    return found


CASES = [
    (ours, name, level)
    for ours, node, graph in PAIRS
    for level, name in (("node", node), ("graph", graph))
    if name is not None
]


@pytest.mark.parametrize(
    ("ours", "name", "level"), CASES, ids=[f"{c[0].__name__}-{c[2]}" for c in CASES]
)
def test_bounds_of_li2021_are_as_printed(ours, name, level):
    agreeing = set(readings(li2021, name))
    compared = 0
    for setting in settings(level):
        value, known = ours(setting), arguments(setting)
        if not np.isfinite(value):
            continue
        compared += 1
        agreeing = {
            other
            for other in agreeing
            if np.isclose(called(readings(li2021, name)[other], known), value, rtol=1e-12)
        }
    assert compared >= 5
    assert agreeing, f"no reading of {name} gives what {getattr(ours, '__name__', 'ours')} does"


def draws(count=20):
    generator = np.random.default_rng(11)
    for _ in range(count):
        yield {
            "n": int(generator.integers(2, 50)),
            "d": int(generator.integers(1, 9)),
            "L": int(generator.integers(1, 5)),
            "h": int(generator.integers(1, 9)),
            "r": int(generator.integers(2, 9)),
            "epsilon": float(generator.uniform(0.01, 0.5)),
            "c": float(generator.uniform(0.5, 2)),
            "sigma": float(generator.uniform(0.1, 1)),
            "A": float(generator.uniform(1, 50)),
            "sigma_0": float(generator.uniform(0.1, 5)),
            "sigma_star": float(generator.uniform(0.1, 5)),
            "o_one": 0.0,
        }


def interval(at):
    found = linear.lemma_12_interval_printed(at["sigma_0"], at["sigma_star"])
    return float(found.lower), float(found.upper)


def linear_arguments(at):
    low, high = interval(at)
    return {**at, "u": high, "ell_i": low}


LINEAR = [
    ("lemma_12_upper", lambda at: interval(at)[1]),
    ("lemma_12_lower", lambda at: interval(at)[0]),
    (
        "lemma_12_eta",
        lambda at: linear.lemma_12_step_printed(
            at["sigma_0"], at["sigma_star"], at["n"], at["d"], at["L"]
        ),
    ),
    ("lemma_13_delta", lambda at: linear.lemma_13_delta(at["sigma_0"], at["sigma_star"])),
]


@pytest.mark.parametrize(("name", "ours"), LINEAR, ids=[name for name, _ in LINEAR])
def test_bounds_of_the_deep_linear_network_are_as_printed(name, ours):
    agreeing = set(readings(awasthi2021, name))
    for at in draws():
        known = linear_arguments(at)
        agreeing = {
            other
            for other in agreeing
            if np.isclose(called(readings(awasthi2021, name)[other], known), ours(at), rtol=1e-12)
        }
    assert agreeing


RELU = [
    (
        "theorem_1_iterations",
        lambda at: relu.theorem_1_iterations_printed(
            at["n"], at["d"], at["h"], at["epsilon"], at["c"]
        ),
    ),
    (
        "lemma_4_mu_star",
        lambda at: relu.lemma_4_printed(at["epsilon"], at["n"], at["d"], at["h"]),
    ),
    ("lemma_1_length_upper", lambda at: relu.lemma_1_printed(at["sigma"], at["r"])[1]),
]


@pytest.mark.parametrize(("name", "ours"), RELU, ids=[name for name, _ in RELU])
def test_bounds_of_the_relu_network_are_as_printed(name, ours):
    agreeing = set(readings(awasthi2021, name))
    for at in draws():
        agreeing = {
            other
            for other in agreeing
            if np.isclose(called(readings(awasthi2021, name)[other], at), ours(at), rtol=1e-12)
        }
    assert agreeing


def test_a_slip_in_a_printed_form_is_found():
    with pytest.raises(AssertionError, match="no reading of equation_26"):
        test_bounds_of_li2021_are_as_printed(
            lambda setting: 1.01 * li.equation_26(setting), "equation_26", "node"
        )
