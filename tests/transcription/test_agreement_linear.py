"""The printed bounds of the deep linear network against the second transcription, on random arguments."""

import numpy as np
import pytest

from gnnconv_lib.bounds import awasthi2021_linear as linear
from tests.transcription import awasthi2021
from tests.transcription.test_agreement import called, readings


def draws(count=20):
    """Three singular values each; no logarithm of zero."""
    generator = np.random.default_rng(11)
    for _ in range(count):
        d, stars = int(generator.integers(1, 9)), generator.uniform(1.1, 9, 3)
        started = linear.lemma_12_interval_printed(1.0 + d, stars)
        low, high = generator.uniform(0.1, 0.9, 2), generator.uniform(2, 5, 2)
        P, Q, R, a, b = generator.uniform(-2, 2, 5)
        yield {
            "n": int(generator.integers(2, 50)),
            "d": d,
            "L": int(generator.integers(1, 5)),
            "r": 3,
            "epsilon": float(generator.uniform(0.01, 0.5)),
            "eta_0": float(generator.uniform(1e-4, 1e-2)),
            "sigma_0": float(generator.uniform(0.1, 5)),
            "sigma_star": stars[0],
            "sigma_t": stars[0] + 1,
            "sigma_stars": stars,
            "us": started.upper,
            "ells": started.lower,
            "deltas": np.maximum(started.upper / stars, stars / started.lower),
            "alpha_stars": stars[:1],
            "beta_stars": stars[1:2],
            "ell_alpha": low[0],
            "ell_beta": low[1],
            "u_alpha": high[0],
            "u_beta": high[1],
            "delta_alpha_max": max(high[0] / stars[0], stars[0] / low[0]),
            "delta_beta_max": max(high[1] / stars[1], stars[1] / low[1]),
            "P": P,
            "Q": Q,
            "R": R,
            "alpha_gap": a,
            "beta_gap": b,
        }


def interval(at):
    found = linear.lemma_12_interval_printed(at["sigma_0"], at["sigma_star"])
    return float(found.lower), float(found.upper)


def of_lemma_12(at):
    low, high = interval(at)
    return {
        **at,
        "u": high,
        "ell_i": low,
        "delta_i": float(linear.lemma_13_delta(at["sigma_0"], at["sigma_star"])),
    }


def both(at, function, **more):
    """A formula of Lemma 14 or Theorem 4 for alpha and for beta."""
    return [
        function(
            linear.Interval(at[f"ell_{name}"], at[f"u_{name}"]),
            at[f"{name}_stars"],
            **{key: at[known] for key, known in more.items()},
        )
        for name in ("alpha", "beta")
    ]


SIZES = {"nodes": "n", "degree": "d", "rounds": "L"}
TIMES = {"degree": "d", "rounds": "L", "accuracy": "epsilon", "learning_rate": "eta_0"}
START = ("sigma_0", "sigma_star")


def at_start(at, function):
    return function(*(at[name] for name in START), at["d"], at["L"])


PAIRS = [
    ("lemma_12_upper", lambda at: interval(at)[1]),
    ("lemma_12_lower", lambda at: interval(at)[0]),
    (
        "lemma_12_eta",
        lambda at: linear.lemma_12_step_printed(
            *(at[name] for name in (*START, "n", "d", "L")),
        ),
    ),
    ("lemma_13_delta", lambda at: linear.lemma_13_delta(*(at[name] for name in START))),
    ("lemma_13_g_squared_upper", lambda at: at_start(at, linear.lemma_13_upper_printed)),
    ("lemma_13_product_lower", lambda at: at_start(at, linear.lemma_13_lower)),
    (
        "equation_24",
        lambda at: linear.theorem_2_iterations_printed(
            at["sigma_stars"], at["n"], *(at[name] for name in TIMES.values())
        ),
    ),
    (
        "equation_25",
        lambda at: linear.theorem_2_step_printed(
            at["sigma_stars"], *(at[name] for name in SIZES.values())
        ),
    ),
    (
        "lemma_14_eta",
        lambda at: min(both(at, linear.lemma_14_step_printed, **SIZES, of_sum="sigma_star")),
    ),
    ("equation_57", lambda at: max(both(at, linear.theorem_4_iterations_printed, **TIMES))),
    (
        "equation_58",
        lambda at: linear.equation_58_printed(
            *(at[name] for name in ("P", "Q", "R", "alpha_gap", "beta_gap"))
        ),
    ),
    (
        "equation_59",
        lambda at: (
            linear.equation_59_printed(at["P"], at["Q"], at["R"])
            * (at["alpha_gap"] ** 2 + at["beta_gap"] ** 2)
        ),
    ),
]
# r is 1 where alpha* and beta* are single numbers.
ONE = {"equation_57"}


def agreeing(name, ours):
    """The readings of a formula that give what ours does in every draw."""
    found = set(readings(awasthi2021, name))
    for at in draws():
        known = of_lemma_12(at) | ({"r": 1} if name in ONE else {})
        found = {
            other
            for other in found
            if np.isclose(called(readings(awasthi2021, name)[other], known), ours(at), rtol=1e-12)
        }
    return found


@pytest.mark.parametrize(("name", "ours"), PAIRS, ids=[name for name, _ in PAIRS])
def test_bounds_of_the_deep_linear_network_are_as_printed(name, ours):
    assert agreeing(name, ours)


@pytest.mark.parametrize(("name", "ours"), PAIRS, ids=[name for name, _ in PAIRS])
def test_a_slip_in_a_printed_form_is_found(name, ours):
    assert not agreeing(name, lambda at: 1.001 * ours(at))


def test_every_printed_form_is_compared():
    compared = set()
    for function in (f for _, f in PAIRS):
        compared |= set(function.__code__.co_names)
    printed = {name for name in linear.__all__ if name.endswith("_printed")}
    assert printed - {"lemma_12_interval_printed"} <= compared
