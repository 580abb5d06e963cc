"""The panels of Figures 1 and 2: the same runs as one by one, and floors that can be checked."""

from dataclasses import replace

import numpy as np
import pytest

from gnnconv_lib import InvalidInput, averaging_gnn as ag, graphs


@pytest.mark.parametrize("level", ["node", "graph"])
def test_panels_are_the_runs_of_the_experiments(level):
    # All readings side by side on shared draws equal each experiment run alone.
    seeds, steps = [0, 3], 12
    if level == "node":
        panels = ag.figure_1(["relu", "sigmoid"], nodes=30, steps=steps, records=[5], seeds=seeds)
    else:
        panels = ag.figure_2(["relu", "sigmoid"], graphs=12, steps=steps, records=[5], seeds=seeds)
    assert len(panels) == {"node": 8, "graph": 4}[level]
    for panel in panels:
        settings = {"noise": panel.noise, "seeds": seeds}
        if level == "node":
            alone = ag.node_experiment(panel.activation, nodes=30, **settings)
            xi, rate = alone.xi_sum if panel.normalization == "sum" else alone.xi_mean, 0.1
        else:
            alone = ag.graph_experiment(panel.activation, graphs=12, **settings)
            xi, rate = alone.xi_mean, 0.005
        path = ag.run(*alone.start, alone.data, xi, rate, steps, records=[5])
        of_W, of_v = (np.asarray(e).T for e in ag.errors(path, alone.teacher))
        np.testing.assert_allclose(panel.W, of_W, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(panel.v, of_v, rtol=1e-9, atol=1e-12)
        assert panel.steps.tolist() == [0, 5, 12]


def test_the_floor_is_the_spread_of_the_best_fit():
    # 300 noisy copies of one small noise: the fit is unbiased and its spread is the floor.
    base = ag.node_experiment("tanh", graph=graphs.cycle(40), noise=0.0, seeds=[1])
    noise = 0.01 * np.random.default_rng(0).standard_normal((300, 40))
    data = replace(
        base.data,
        features=np.repeat(np.asarray(base.data.features), 300, axis=0),
        labels=np.asarray(base.data.labels) + noise,
    )
    teacher = ag.Weights(*(np.repeat(np.asarray(w), 300, axis=0) for w in base.teacher))
    many = replace(base, data=data, teacher=teacher)
    floor, fit = ag.cramer_rao(base, 0.01), ag.least_squares(many)
    for which in ("W", "v"):
        spread = np.sqrt(np.mean(getattr(fit, which) ** 2))
        assert spread == pytest.approx(float(getattr(floor, which)[0]), rel=0.15)


def test_the_floor_scales_with_the_noise_and_v():
    one = ag.node_experiment("relu", nodes=50, edge_probability=0.1, seeds=[0])
    small, large = ag.cramer_rao(one, 0.1), ag.cramer_rao(one, 0.3)
    assert large.W[0] == pytest.approx(3 * small.W[0])
    assert large.v[0] == pytest.approx(3 * small.v[0])


def test_what_the_labels_do_not_identify_has_no_floor():
    # one label, three unknowns; and two hidden units of an identity, where only W v is seen
    assert ag.cramer_rao(ag.node_experiment("tanh", nodes=1, seeds=[0]), 0.1).v[0] == np.inf
    pair = ag.node_experiment("identity", nodes=20, outputs=2, seeds=[0])
    assert ag.cramer_rao(pair, 0.1).W[0] == np.inf


def test_the_best_fit_has_the_least_loss():
    sets = ag.node_experiment("relu", nodes=200, edge_probability=0.02, noise=0.5, seeds=range(4))
    fit = ag.least_squares(sets)
    angles = np.linspace(0, 2 * np.pi, 721)
    teacher = np.asarray(sets.teacher.W)[..., 0]
    for seed in range(4):
        X = np.maximum(np.asarray(sets.data.features)[seed].T @ [np.cos(angles), np.sin(angles)], 0)
        y = np.asarray(sets.data.labels)[seed]
        v = y @ X / (X**2).sum(axis=0)
        k = int(np.argmin(((y[:, None] - v * X) ** 2).sum(axis=0)))
        error = np.hypot(np.cos(angles[k]) - teacher[seed, 0], np.sin(angles[k]) - teacher[seed, 1])
        assert fit.W[seed] == pytest.approx(error, abs=0.01)


def test_odd_sizes_run():
    lone = ag.figure_1(["relu"], nodes=1, edge_probability=0.0, steps=3, seeds=[0])
    assert all(panel.status[0] in ("budget", "diverged") for panel in lone)
    wild = ag.figure_1(["relu"], nodes=20, learning_rate=1e9, steps=50, seeds=[0, 1])
    assert any((panel.status == "diverged").any() for panel in wild)
    assert all(np.isfinite(panel.W).all() for panel in wild)
    assert ag.figure_2(["tanh"], graphs=4, outputs=2, steps=2, seeds=[0])[0].fit is None


def test_bad_readings_are_refused():
    with pytest.raises(InvalidInput, match="normalization"):
        ag.figure_1(["relu"], readings=[("half", 0.1)], nodes=3, steps=1, seeds=[0])
    with pytest.raises(InvalidInput, match="d = 2 and q = 1"):
        ag.least_squares(ag.node_experiment("relu", nodes=3, dimension=3, seeds=[0]))
