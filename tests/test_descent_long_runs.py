"""Long runs: against steps one by one, against run_relu, in the limit, and their refusals."""

import math

import jax.numpy as jnp
import mpmath
import numpy as np
import pytest

import gnnconv_lib as gc
from gnnconv_lib import descent, relu_gnn
from gnnconv_lib.descent import block_march, half_angle, step_blocks
from gnnconv_lib.relu_gnn.geometry import read_measure

RING = gc.summaries.overlap(gc.graphs.cycle(100))
STAR = gc.summaries.overlap(gc.graphs.star(6))
CLIQUE = gc.summaries.overlap(gc.graphs.complete(6))
TEACHER = [[1.0, 0.0]]


def sums(overlap):
    full, _, bend = (float(value) for value in relu_gnn.sums(overlap, 1.0))
    return full, bend


def test_one_step_against_fifty_digits():
    """The formulas of the papers in polar form: arccos, and differences that cancel."""
    with mpmath.workdps(60):
        rho, mass = ([mpmath.mpf(float(v)) for v in values] for values in (STAR.rho, STAR.mass))

        def s(x):
            return (mpmath.sqrt(1 - x * x) + (mpmath.pi - mpmath.acos(x)) * x) / mpmath.pi

        def slope(x):
            return 1 - mpmath.acos(x) / mpmath.pi

        full = mpmath.fsum(m * s(r) for r, m in zip(rho, mass, strict=True))
        table = read_measure(STAR, jnp.float64)
        rate = 0.3 / float(full)
        for q, length in ((-25.0, 1.0 + 1e-9), (-3.0, 0.4), (0.1, 2.0), (2.0, 0.7), (9.0, 0.5)):
            angle = 2 * mpmath.atan(mpmath.exp(q))
            cosine, size = mpmath.cos(angle), mpmath.mpf(length)
            mixed = mpmath.fsum(m * s(r * cosine) for r, m in zip(rho, mass, strict=True))
            bend = mpmath.fsum(m * r * slope(r * cosine) for r, m in zip(rho, mass, strict=True))
            radial = size + rate * (full - full * size - (full - mixed))
            turning = rate * bend * mpmath.sin(angle)
            new_angle = angle - mpmath.atan2(turning, radial)
            new_size = mpmath.sqrt(radial**2 + turning**2)
            new_q = mpmath.log(mpmath.tan(new_angle / 2))
            start = half_angle.HalfAngle(
                jnp.asarray(q), jnp.asarray(float((size - 1) * (1 + mpmath.exp(-q))))
            )
            got = half_angle.increments(start, table, jnp.asarray(rate))
            assert float(got.q) == pytest.approx(float(new_q - q), rel=2e-14)
            new_z = (new_size - 1) * (1 + mpmath.exp(-new_q))
            allowed = 1e-14 * (1 + abs(float(start.z)))
            assert float(start.z + got.z) == pytest.approx(float(new_z), abs=allowed)
            loss = full * (size - 1) ** 2 / 2 + size * (full - mixed)
            assert float(half_angle.log_loss(start, table)) == pytest.approx(
                float(mpmath.log(loss)), abs=1e-13
            )


def test_sums_over_steps_are_exact_for_polynomials():
    for points in (14, 20):
        rule = step_blocks.block_rule(points)
        steps = 1000
        matrix = np.tensordot(float(steps) ** rule.powers, rule.sums, 1)
        k = np.arange(steps) / steps
        for power in (0, 1, 5, points - 1):
            got = matrix[-1] @ rule.points**power
            assert got == pytest.approx(np.sum(k**power), rel=1e-13)


@pytest.mark.parametrize(
    ("overlap", "share", "start"),
    [(RING, 1e-4, [1.0, 1.0]), (STAR, 1e-3, [-2.0, 0.01]), (CLIQUE, 1e-4, [0.3, 2.0])],
)
def test_a_million_steps_against_one_by_one(overlap, share, start):
    """Compensated steps one by one; the block method never takes that many."""
    full, _ = sums(overlap)
    table = read_measure(overlap, jnp.float64)
    path = descent.run_long([start], TEACHER, overlap, share / full, 10**6, records=[10**5])
    angle = math.atan2(start[1], start[0])
    q = math.log(math.tan(angle / 2))
    surplus = math.hypot(*start) - 1
    at = half_angle.HalfAngle(jnp.asarray([q]), jnp.asarray([surplus * (1 + math.exp(-q))]))
    brute = []
    for _ in range(10):
        iterates = half_angle.run_steps(at, table, jnp.asarray(share / full), 100_000)
        at = half_angle.HalfAngle(iterates.q[-1], iterates.z[-1])
        brute.append(float(at.q[0]))
    np.testing.assert_allclose(path.log_tangents[[1, 2], 0], [brute[0], brute[-1]], rtol=3e-14)
    assert path.error < 1e-13


def test_agrees_with_run_relu():
    full, _ = sums(RING)
    random = np.random.default_rng(0)
    W, V = random.normal(size=(3, 4)), random.normal(size=(3, 4))
    records = [0, 1, 7, 900, 1500, 20_000]
    rate = 1e-3 / full
    wanted = descent.run_relu(W, V, RING, rate, 20_000, records=records)
    got = descent.run_long(W, V, RING, rate, 20_000, records=records)
    assert got.steps.tolist() == wanted.steps.tolist()
    np.testing.assert_allclose(np.exp(got.log_losses), wanted.losses, rtol=1e-10)
    angles = np.arctan2(wanted.parameters.beta, 1 + wanted.parameters.u)
    np.testing.assert_allclose(got.log_angles, np.log(angles), rtol=0, atol=1e-11)
    lengths = np.hypot(1 + wanted.parameters.u, wanted.parameters.beta)
    np.testing.assert_allclose(got.surplus, lengths - 1, rtol=0, atol=1e-12)


@pytest.mark.parametrize("share", [1.2, 0.5, 1e-3, 1e-9])
def test_a_billion_billion_steps_end_in_a_straight_line(share):
    full, bend = sums(RING)
    rate = share / full
    path = descent.run_long(
        [[1.0, 2.0], [-1.0, 0.1]], [[1.0, 0.0]] * 2, RING, rate, 10**15, records=[10**14]
    )
    slopes = np.diff(path.log_tangents[1:], axis=0)[0] / 9e14
    np.testing.assert_allclose(slopes, math.log1p(-rate * bend), rtol=1e-12)
    loss_slope = (path.log_losses[-1] - path.log_losses[-2]) / 9e14
    assert loss_slope == pytest.approx(2 * math.log1p(-rate * bend), rel=1e-12)
    assert path.error < 1e-12
    assert path.blocks < 200


def test_on_the_line_of_the_teacher_only_the_length_moves():
    full, _ = sums(STAR)
    path = descent.run_long(
        [[3.0, 0.0], [1.0, 0.0]], [[1.0, 0.0]] * 2, STAR, 0.25 / full, 10**9, records=[0, 2]
    )
    assert np.all(path.log_tangents == -np.inf)
    assert path.surplus[1].tolist() == pytest.approx([2 * 0.75**2, 0.0])
    expected = math.log(full / 2 * 4) + 2e9 * math.log(0.75)
    assert path.log_losses[-1] == pytest.approx(expected, rel=1e-14)
    exact = descent.run_long([1.0], [1.0], STAR, 0.25 / full, 10)
    assert np.all(exact.log_losses == -np.inf)


def test_the_error_sees_blocks_that_are_too_long(monkeypatch):
    full, _ = sums(RING)
    arguments = ([1.0, 1.0], [1.0, 0.0], RING, 1e-6 / full, 10**9)
    fine = descent.run_long(*arguments)
    monkeypatch.setattr(block_march, "_TAIL", 1e-2)
    rough = descent.run_long(*arguments)
    assert rough.error > 1e-10 > fine.error
    worst = np.max(np.abs(rough.log_tangents - fine.log_tangents))
    assert worst <= 10 * rough.error * np.max(np.abs(fine.log_tangents))


@pytest.mark.parametrize(
    ("start", "share", "words"),
    [
        ([1.0, 1.0], 2.1, "learning_rate must be below"),
        ([-1.0, 0.0], 0.1, "opposite to its teacher"),
        ([0.0, 0.0], 0.1, "no zero row"),
        ([1.0, 1.0, 1.0], 0.1, "one shape"),
        ([1.0, float("nan")], 0.1, "finite"),
    ],
)
def test_refusals_are_one_sentence(start, share, words):
    full, _ = sums(RING)
    with pytest.raises(gc.InvalidInput, match=words) as error:
        descent.run_long(start, [1.0, 0.0], RING, share / full, 100)
    assert "\n" not in str(error.value)


def test_an_angle_that_changes_its_sign_is_refused():
    full, _ = sums(RING)
    with pytest.raises(gc.InvalidInput, match="changing its sign"):
        descent.run_long([20.0, 1.0], [1.0, 0.0], RING, 1.2 / full, 100)
