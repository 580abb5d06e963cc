"""Gradient and Hessian of the one-round ReLU GNN: automatic differentiation, high precision, kinks."""

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, strategies as st

import gnnconv_lib as gc
from gnnconv_lib import relu_gnn
from gnnconv_lib.witnesses import relu_pairs
from gnnconv_lib.witnesses.relu_dual import relu_dual

GRAPHS = {
    "complete": gc.graphs.complete(4),
    "star": gc.graphs.star(5),
    "cliques": gc.graphs.disjoint_cliques(3, 4),
    "regular": gc.graphs.random_regular(30, 5, seed=1),
    "irregular": gc.graphs.grid(3, 3),
}


@pytest.fixture(params=GRAPHS)
def overlap(request):
    return gc.summaries.overlap(GRAPHS[request.param])


def textbook(w, v, overlap):
    """The loss of one unit as printed in Eq. (12), to be differentiated by JAX."""
    length, teacher = jnp.linalg.norm(w), jnp.linalg.norm(v)
    A, B, _ = relu_gnn.sums(overlap, w @ v / (length * teacher))
    return A * (length**2 + teacher**2) / 2 - length * teacher * B


def random_unit(seed, size=4):
    random = np.random.default_rng(seed)
    return random.normal(size=size), random.normal(size=size)


@pytest.mark.parametrize("seed", range(2))
def test_derivatives_agree_with_the_differentiated_textbook_loss(overlap, seed):
    w, v = random_unit(seed)
    scale = float(relu_gnn.sums(overlap, 1.0)[0])
    close = {"rtol": 0, "atol": 1e-12 * scale}
    for argument in (0, 1):
        wanted = jax.grad(textbook, argument)(w, v, overlap)
        np.testing.assert_allclose(
            jax.grad(relu_gnn.loss, argument)(w, v, overlap), wanted, **close
        )
    np.testing.assert_allclose(
        relu_gnn.gradient(w, v, overlap), jax.grad(textbook)(w, v, overlap), **close
    )
    wanted = jax.hessian(textbook)(w, v, overlap)
    np.testing.assert_allclose(relu_gnn.hessian(w, v, overlap), wanted, **close)
    np.testing.assert_allclose(jax.hessian(relu_gnn.loss)(w, v, overlap), wanted, **close)
    mixed = jax.jacfwd(jax.grad(textbook), 1)(w, v, overlap)
    np.testing.assert_allclose(
        jax.jacfwd(jax.grad(relu_gnn.loss), 1)(w, v, overlap), mixed, **close
    )
    by_teacher = jax.hessian(textbook, 1)(w, v, overlap)
    np.testing.assert_allclose(jax.hessian(relu_gnn.loss, 1)(w, v, overlap), by_teacher, **close)


def test_gradient_agrees_with_finite_differences_of_all_pairs():
    graph = GRAPHS["irregular"]
    w, v = random_unit(7)
    step = 1e-5
    for k, unit in enumerate(np.eye(4)):
        ahead, behind = (relu_pairs.loss(graph, w + s * step * unit, v) for s in (1, -1))
        got = float(relu_gnn.gradient(w, v, graph)[k])
        assert got == pytest.approx((ahead - behind) / (2 * step), rel=1e-7, abs=1e-5)


def test_units_and_batches_do_not_mix(overlap):
    random = np.random.default_rng(1)
    W, W_star = random.normal(size=(3, 4)), random.normal(size=(3, 4))
    whole = relu_gnn.gradient(W, W_star, overlap)
    rows = [relu_gnn.gradient(w, v, overlap) for w, v in zip(W, W_star, strict=True)]
    np.testing.assert_allclose(whole, np.stack(rows), rtol=1e-13)
    mapped = jax.vmap(lambda w, v: relu_gnn.loss(w, v, overlap))(W, W_star)
    assert float(mapped.sum()) == pytest.approx(float(relu_gnn.loss(W, W_star, overlap)), rel=1e-14)
    jitted = jax.jit(jax.grad(relu_gnn.loss))(W, W_star, overlap)
    np.testing.assert_allclose(jitted, whole, rtol=1e-12)


def exact_gradient(overlap, u, beta):
    """Eqs. (14) and (15) at 120 digits for a unit teacher."""
    alpha = 1 + u
    length = mp.sqrt(alpha**2 + beta**2)
    cos = alpha / length
    full = mixed = slope = mp.mpf(0)
    for rho, mass in zip(np.asarray(overlap.rho), np.asarray(overlap.mass), strict=True):
        rho, mass = mp.mpf(float(rho)), mp.mpf(float(mass))
        full += mass * relu_dual(rho, mp)
        mixed += mass * relu_dual(rho * cos, mp)
        slope += mass * rho * (1 - mp.acos(rho * cos) / mp.pi)
    along = full * alpha - cos * mixed - beta**2 / length**2 * slope
    across = full * beta - beta / length * mixed + alpha * beta / length**2 * slope
    return along, across


def test_gradient_keeps_its_relative_accuracy_in_both_components(overlap):
    """Also on K_n, where the component along w* is of order beta^3 at u = 0."""
    with mp.workdps(120):
        for exponent in np.linspace(0, -18, 19):
            for ratio in (0.0, 1e-9, 1.0, -1.7):
                beta = float(10**exponent)
                u = ratio * beta
                got = relu_gnn.reduced_gradient(u, beta, overlap)
                along, across = exact_gradient(overlap, mp.mpf(u), mp.mpf(beta))
                assert abs(float(float(got.beta) / across - 1)) <= 1e-14
                # A u and E(c) may have opposite signs; the error is relative to the larger.
                size = max(abs(along), abs(mp.mpf(u)) * mp.mpf(float(overlap.mass.sum())))
                assert abs(float((float(got.u) - along) / size)) <= 1e-14


@pytest.mark.parametrize("factor", [1.0, -1.0, 2.0, -0.3, 1e-8, 1 + 1e-12])
def test_derivatives_on_the_line_of_the_teacher(overlap, factor):
    v = np.array([0.6, -0.8, 0.0])
    A, opposite, slope = (float(x) for x in relu_gnn.sums(overlap, -1.0))
    got = jax.grad(relu_gnn.loss)(factor * v, v, overlap)
    wanted = A * (factor - 1) if factor > 0 else A * factor + opposite
    np.testing.assert_allclose(got, wanted * v, atol=1e-13 * A)
    matrix = jax.hessian(relu_gnn.loss)(factor * v, v, overlap)
    assert bool(jnp.isfinite(matrix).all())
    np.testing.assert_allclose(matrix, relu_gnn.hessian(factor * v, v, overlap), atol=1e-12 * A)
    _, _, towards = (float(x) for x in relu_gnn.sums(overlap, 1.0))
    flat = (A - towards) if factor > 0 else opposite + slope
    other = A - flat / abs(factor)
    scale = A * (1 + 1 / abs(factor))
    np.testing.assert_allclose(
        np.linalg.eigvalsh(matrix), sorted([A, other, other]), atol=1e-13 * scale
    )


def test_hessian_at_the_teacher(overlap):
    v = np.array([0.0, 1.0, 0.0])
    A, _, C = (float(x) for x in relu_gnn.sums(overlap, 1.0))
    np.testing.assert_allclose(relu_gnn.hessian(v, v, overlap), np.diag([C, A, C]), atol=1e-13 * A)


@given(st.integers(0, 2**31), st.sampled_from(sorted(GRAPHS)), st.sampled_from([1, 2, 4]))
def test_largest_eigenvalue_of_the_hessian_is_a_everywhere(seed, name, size):
    w, v = random_unit(seed, size)
    overlap = gc.summaries.overlap(GRAPHS[name])
    matrix = np.asarray(relu_gnn.hessian(w, v, overlap))
    A = float(relu_gnn.sums(overlap, 1.0)[0])
    assert np.linalg.eigvalsh(matrix)[-1] == pytest.approx(A, rel=1e-12)
    np.testing.assert_allclose(matrix, matrix.T, atol=1e-12 * A)
    np.testing.assert_allclose(matrix @ w, A * w, rtol=0, atol=1e-10 * A)


def test_reduced_hessian_agrees_with_automatic_differentiation(overlap):
    for u, beta in [(0.3, 0.8), (-1.4, 0.2), (2.0, -1.0)]:
        point = jnp.array([u, beta])
        wanted = jax.hessian(
            lambda p: textbook(jnp.stack([1 + p[0], p[1]]), jnp.array([1.0, 0.0]), overlap)
        )(point)
        A = float(relu_gnn.sums(overlap, 1.0)[0])
        np.testing.assert_allclose(
            relu_gnn.reduced_hessian(u, beta, overlap), wanted, atol=1e-12 * A
        )


def test_zero_weights_follow_the_papers_convention(overlap):
    """At w = 0: minus the sum of d_ij times w*, an element of Clarke's subdifferential."""
    v = np.array([0.5, -1.5])
    messages = float(jnp.sum(overlap.mass * overlap.rho))
    got = relu_gnn.gradient(0 * v, v, overlap)
    np.testing.assert_allclose(got, -messages * v, rtol=1e-14)
    np.testing.assert_allclose(jax.grad(relu_gnn.loss)(0 * v, v, overlap), got, rtol=1e-14)
    # g is in the subdifferential of l m B(c), the concave part, iff g . e <= m B(c) for all e.
    size = np.linalg.norm(v)
    for angle in np.linspace(0, 2 * np.pi, 50):
        unit = np.array([np.cos(angle), np.sin(angle)])
        cos = float(np.clip(unit @ v / size, -1, 1))
        assert messages * (unit @ v) <= size * float(relu_gnn.sums(overlap, cos)[1]) * (1 + 1e-12)
    # and the loss falls from w = 0 at the rate m B(c) in every direction.
    for angle in (0.3, 1.2, 2.9):
        unit = np.array([np.cos(angle), np.sin(angle)])
        slope = (relu_gnn.loss(1e-7 * unit, v, overlap) - relu_gnn.loss(0 * v, v, overlap)) / 1e-7
        mixed = float(relu_gnn.sums(overlap, float(unit @ v / size))[1])
        assert float(slope) == pytest.approx(-size * mixed, rel=1e-4)


def test_tiny_weights_keep_their_direction(overlap):
    v = np.array([1.0, 0.0])
    got = relu_gnn.gradient(np.array([0.0, 1e-30]), v, overlap)
    _, mixed, slope = (float(x) for x in relu_gnn.sums(overlap, 0.0))
    np.testing.assert_allclose(got, [-slope, -mixed], rtol=1e-13)


def test_zero_teacher_is_a_quadratic(overlap):
    w = np.array([[1.0, 2.0], [0.0, 0.0]])
    A = float(relu_gnn.sums(overlap, 1.0)[0])
    np.testing.assert_allclose(relu_gnn.gradient(w, 0 * w, overlap), A * w, rtol=1e-14)
    np.testing.assert_allclose(jax.grad(relu_gnn.loss)(w, 0 * w, overlap), A * w, rtol=1e-14)


def test_reduce_and_expand_are_inverse():
    random = np.random.default_rng(5)
    W, W_star = random.normal(size=(4, 3, 6)), random.normal(size=(3, 6))
    at, side = relu_gnn.reduce(W, W_star)
    np.testing.assert_allclose(relu_gnn.expand(at, W_star, side), W, rtol=0, atol=1e-15 * 10)
    lengths = np.linalg.norm(np.asarray(side), axis=-1)
    np.testing.assert_allclose(lengths, 1, rtol=1e-14)
    np.testing.assert_allclose(jnp.sum(side * W_star, axis=-1), 0, atol=1e-14)


def test_polar_step_is_a_step(overlap):
    A = float(relu_gnn.sums(overlap, 1.0)[0])
    for length, angle in [(0.4, 2.9), (1.7, 0.2), (1.0, 1.5), (3.0, 3.1)]:
        for rate in (0.1 / A, 1.0 / A):
            at = relu_gnn.Polar(length, angle)
            start = relu_gnn.from_polar(at)
            slope = relu_gnn.reduced_gradient(start.u, start.beta, overlap)
            moved = relu_gnn.to_polar(
                relu_gnn.Reduced(start.u - rate * slope.u, start.beta - rate * slope.beta)
            )
            got = relu_gnn.polar_step(at, overlap, rate)
            assert float(got.length) == pytest.approx(float(moved.length), rel=1e-12)
            assert float(got.angle) == pytest.approx(float(moved.angle), rel=1e-10, abs=1e-13)
            assert float(got.angle) <= angle
