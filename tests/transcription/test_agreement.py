"""The printed forms in `bounds` against the second transcription, on random arguments.

The second transcription was made from the text alone. Where its reading is uncertain, one of the
readings must be the one that `bounds` computes, and the ledger names the others.
"""

import inspect

import numpy as np
import pytest

from gnnconv_lib.bounds import awasthi2021_relu as relu, li2021 as li
from tests.transcription import awasthi2021, li2021

STEP, DELTA = 7, 0.03


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
        "t": STEP,
        "v_gap_0": setting.distance,
        "W_gap_0": np.sqrt(2 - 2 * setting.trace),
        "eta_W": li.equation_46(setting),
        "eta_v": li.equation_49(setting),
        "delta": DELTA,
        "W_gap_next": 0.0,
        "W_gap": 0.3,
        "sigma_m": 0.7,
        "sigma_M": 1.9,
        "L": 2.3,
    }


def both_sides(setting):
    return [li.equation_48(setting), li.equation_41_printed(setting)]


def error_of_W(setting):
    return float(li.equation_43(setting, [STEP])[0]) + li.equation_44(setting)


def error_of_v(setting):
    return float(li.equation_47(setting, [STEP])[0])


def minus_the_constant_of_18(setting):
    rho = li.equation_17(setting)
    return -li.equation_18_constant(setting.learning_rate, rho, li.equation_46(setting))


def recursion_of_v(setting):
    known = arguments(setting)
    return li.equation_20(known["v_gap"], 0.3, setting, 0.7, 1.9, 2.3, known["eta_v"])


def nodes_of_lemma_3(setting):
    return li.lemma_3_nodes(setting, DELTA)


def nodes_of_lemma_5(setting):
    return li.lemma_5_nodes(setting, DELTA)


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
    (minus_the_constant_of_18, "equation_18_left", "equation_18_left"),
    (recursion_of_v, "equation_19", "equation_19"),
    (nodes_of_lemma_3, "lemma_3_samples", None),
    (nodes_of_lemma_5, None, "lemma_5_samples"),
    (li.equation_23, "equation_23", "equation_31"),
    (li.equation_24_printed, "equation_24", "equation_32"),
    (li.equation_25, "equation_25", "equation_33"),
    (li.equation_26, "equation_26", "equation_34"),
    (li.equation_28, "equation_28", None),
    (li.equation_30, "equation_30", None),
    (li.equation_36_printed, None, "equation_36"),
    (li.equation_38, None, "equation_38"),
    (li.equation_40, "equation_40_ngnn", "equation_40_ggnn"),
    (both_sides, "equation_41", "equation_42"),
    (error_of_W, "equation_44", "equation_44"),
    (error_of_v, "equation_47", "equation_47"),
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
        if not np.all(np.isfinite(value)):
            continue
        compared += 1
        agreeing = {
            other
            for other in agreeing
            if np.allclose(called(readings(li2021, name)[other], known), value, rtol=1e-12, atol=0)
        }
    assert compared >= 5
    assert agreeing, f"no reading of {name} gives what {getattr(ours, '__name__', 'ours')} does"


def draws(count=20):
    generator = np.random.default_rng(11)
    for _ in range(count):
        yield {
            "n": int(generator.integers(2, 50)),
            "d": int(generator.integers(1, 9)),
            "h": int(generator.integers(1, 9)),
            "r": int(generator.integers(2, 9)),
            "epsilon": float(generator.uniform(0.01, 0.5)),
            "c": float(generator.uniform(0.5, 2)),
            "sigma": float(generator.uniform(0.1, 1)),
            "A": float(generator.uniform(1, 50)),
            "o_one": 0.0,
        }


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
    ("lemma_1_length_lower", lambda at: relu.lemma_1_printed(at["sigma"], at["r"])[0]),
    ("lemma_1_length_upper", lambda at: relu.lemma_1_printed(at["sigma"], at["r"])[1]),
    (
        "lemma_2_smoothness",
        lambda at: relu.lemma_2_printed((at["d"] + 1) * at["A"], at["sigma"], at["r"]),
    ),
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


def test_every_printed_form_is_compared():
    compared = {ours.__name__ for ours, *_ in PAIRS}
    for function in (*(ours for ours, *_ in PAIRS), *(ours for _, ours in RELU)):
        compared |= set(function.__code__.co_names)
    known = {
        name
        for module in (li, relu)
        for name in module.__all__
        if name.endswith("_printed") or (name.startswith("equation_") and "corrected" not in name)
    }
    # A part of (25) and (33).
    assert known - {"equation_33_noise"} <= compared
