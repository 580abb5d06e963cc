"""The slow definitions: by hand, against each other, and what they may import."""

import ast
from pathlib import Path

import numpy as np
import pytest

from gnnconv_lib import activations, graphs
from gnnconv_lib.validation import InvalidInput
from gnnconv_lib.witnesses import dual_activation, relu_dual, relu_network, relu_pairs

FOLDER = Path(relu_pairs.__file__).parent


def test_witnesses_import_graphs_and_activations_only():
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("gnnconv_lib."):
                name = node.module.split(".")[1]
                assert name in {"activations", "graphs", "validation", "witnesses"}, path.name


def test_two_routes_to_the_dual_of_the_relu():
    rho = np.linspace(-1, 1, 41)
    by_definition = dual_activation.dual_activation("scaled_relu", rho)
    np.testing.assert_allclose(relu_dual.relu_dual(rho), by_definition, rtol=0, atol=1e-14)
    slope = dual_activation.dual_activation("scaled_relu", rho, derivative=True)
    np.testing.assert_allclose(relu_dual.step_dual(rho), slope, rtol=0, atol=1e-14)


def test_a_kink_that_is_not_at_the_origin_of_two_rays_is_refused():
    bent = activations.Activation(
        "bent", lambda t: np.maximum(t, 0) ** 2, lambda t: t, 1.0, True, False, (0.0,), 0.0
    )
    with pytest.raises(InvalidInput, match="activation must be smooth or made of two rays"):
        dual_activation.dual_activation(bent, 0.5)
    with pytest.raises(InvalidInput, match="scale_x must be positive"):
        dual_activation.dual_activation("relu", 0.5, 0.0)


def test_moments_by_hand():
    # one node: E sigma(w . x)^2 = |w|^2; orthogonal vectors: |w| |v| / pi
    single = graphs.path(1)
    assert relu_pairs.cross_moment(single, [3.0, 0], [3.0, 0]) == pytest.approx(9, rel=1e-14)
    mixed = relu_pairs.cross_moment(single, [0, 2.0], [5.0, 0])
    assert mixed == pytest.approx(10 / np.pi, rel=1e-14)
    assert relu_pairs.cross_moment(graphs.empty(3), [1.0], [1.0], "open") == 0.0


def test_the_gradient_is_that_of_the_loss():
    W, W_star = np.random.default_rng(0).normal(size=(2, 2, 3))
    for graph in (graphs.path(1), graphs.star(3), graphs.petersen()):
        slope = relu_pairs.gradient(graph, W, W_star)
        for place in np.ndindex(W.shape):
            step = np.zeros_like(W)
            step[place] = 1e-5
            ahead, behind = (relu_pairs.loss(graph, W + s * step, W_star) for s in (1, -1))
            assert slope[place] == pytest.approx((ahead - behind) / 2e-5, rel=1e-6, abs=1e-6)


def test_samples_of_the_network_have_the_loss_of_the_pairs():
    W, W_star = np.random.default_rng(1).normal(size=(2, 2, 3))
    features = np.random.default_rng(2).normal(size=(200_000, 4, 3))
    for neighborhood in ("closed", "open"):
        ours, theirs = (
            relu_network.outputs(features, rows, graphs.star(3), neighborhood)
            for rows in (W, W_star)
        )
        losses = ((ours - theirs) ** 2).sum(axis=1) / 2
        error = losses.std() / np.sqrt(len(losses))
        expected = relu_pairs.loss(graphs.star(3), W, W_star, neighborhood)
        assert abs(losses.mean() - expected) < 5 * error
