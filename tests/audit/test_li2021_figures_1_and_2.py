"""The claims on Figures 1 and 2 of li2021 follow the curves: of another kind, another verdict."""

from dataclasses import replace

import numpy as np
import pytest

from gnnconv_lib import averaging_gnn as ag
from gnnconv_lib.audit import _averaging_panels as runs
from gnnconv_lib.audit.li2021.figures_1_and_2 import panels, statements
from gnnconv_lib.claims import decide, named

STEPS = np.array([0, 1, 10, 30, 100, 200, 500, 1000])
SEEDS = 40


@pytest.fixture(scope="module")
def small():
    return ag.figure_2(["relu"], graphs=3, steps=1, seeds=range(SEEDS), fits=False)[0]


def bent(panel, W, v, rise=-1.0):
    """Curves from 1 to W and to v for all seeds, losses with a slope, v* that make W the faster."""
    shape = (SEEDS, STEPS.size)

    def curve(last):
        return np.broadcast_to(np.geomspace(1.0, last, STEPS.size), shape).copy()

    losses = 20 + rise * np.broadcast_to(np.arange(STEPS.size), shape)
    v_star = np.full((SEEDS, 1), 2.0)
    return replace(panel, steps=STEPS, W=curve(W), v=curve(v), losses=losses, v_star=v_star)


@pytest.fixture
def plant(monkeypatch, small):
    """Let all runs be given curves: for Xi as printed (sum), over n (mean), without noise."""

    def put(printed, mean=None, clean=(0.9, 1e-6), sigmoid=None, rises=False):
        def node(activation, seeds):
            here = sigmoid if sigmoid and activation == "sigmoid" else None
            curves = {"sum": here or printed, "mean": here or mean or printed}
            readings = [(form, noise) for form in runs.FORMS for noise in runs.NOISES]
            found = {}
            for k, (form, noise) in enumerate(readings):
                W, v = curves[form]  # a little apart, for no two readings give the same run
                panel = bent(small, W, v * (1 + 1e-6 * k))
                found[form, noise] = replace(panel, normalization=form)
            found["mean", 0.0] = bent(small, *clean)
            return found

        def long(activation, seeds):
            return {form: node("relu", seeds)[form, runs.NOISES[1]] for form in runs.FORMS}

        def graph(activation, seeds):
            W, v = printed
            return {
                noise: bent(small, W, v, noise + 1 if rises else -noise) for noise in runs.NOISES
            }

        for module in (panels, statements):
            monkeypatch.setattr(module, "node_runs", node)
            monkeypatch.setattr(module, "graph_runs", graph)
        monkeypatch.setattr(panels, "long_runs", long)

    return put


def verdict(name):
    return decide(named(f"li2021:{name}")).verdict


@pytest.mark.parametrize(
    ("W", "v", "described", "completed"),
    [
        (0.1, 0.1, "holds", "holds"),
        (0.9, 0.1, "not reproducible as described", "false"),
        (0.1, 1.9, "not reproducible as described", "false"),
    ],
)
def test_a_panel_follows_its_curves(plant, W, v, described, completed):
    plant((W, v))
    assert verdict("figure-1a/as-described") == verdict("figure-2a") == described
    assert verdict("figure-1a/completed") == completed


@pytest.mark.parametrize(
    ("name", "printed", "mean", "expected"),
    [
        ("remark-figure-1-stable", (0.9, 0.9), (0.9, 0.9), "holds"),
        ("remark-figure-1-stable", (0.9, 0.9), (1.3, 0.9), "depends on the reading"),
        ("remark-figure-1-stable", (1.3, 0.9), (1.3, 0.9), "false"),
        ("remark-figure-1-order", (0.9, 0.1), (0.9, 0.1), "holds"),
        ("remark-figure-1-order", (0.9, 0.1), (0.1, 0.9), "depends on the reading"),
        ("remark-figure-1-order", (1.1, 1.9), (1.1, 1.9), "false"),
        ("remark-figure-2-order", (0.1, 0.9), None, "holds"),
        ("remark-figure-2-order", (0.9, 0.1), None, "false"),
        ("remark-figure-2-smooth/stable", (1.3, 0.1), None, "false"),
    ],
)
def test_a_sentence_follows_the_curves(plant, name, printed, mean, expected):
    plant(printed, mean)
    assert verdict(name) == expected


def test_a_loss_that_rises_is_not_smooth(plant):
    plant((0.1, 0.1))
    assert verdict("remark-figure-2-smooth/smooth") == "holds"
    plant((0.1, 0.1), rises=True)
    assert verdict("remark-figure-2-smooth/smooth") == "false"


def test_a_run_that_diverges_is_not_stable(small):
    assert runs.stays(bent(small, 0.9, 0.9)) == 1.0
    wild = replace(bent(small, 0.9, 0.9), status=np.full(SEEDS, "diverged"))
    assert runs.stays(wild) == 0.0


def test_a_slow_sigmoid_is_found(plant):
    plant((0.9, 0.5), sigmoid=(0.9, 0.01))
    assert verdict("remark-figure-1-sigmoid/fast") == "holds"
    plant((0.9, 0.5), sigmoid=(0.9, 0.6))
    assert verdict("remark-figure-1-sigmoid/fast") == "false"


def test_noise_that_does_not_matter_is_found(plant):
    plant((0.9, 0.1), clean=(0.9, 0.2))
    assert verdict("remark-figure-1-sublinear") == "false"
    assert verdict("remark-figure-1-statistical-error/level") == "false"


def test_shares_have_exact_intervals():
    # none of 20: the upper end p solves (1 - p)^20 = 0.025
    value, low, high = runs.share(np.zeros(20, bool))
    assert (value, low) == (0.0, 0.0)
    assert high == pytest.approx(1 - 0.025 ** (1 / 20))
