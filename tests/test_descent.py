"""The driver: statuses, records, chains, resuming, interruption; agreement with plain loops."""

import re
from pathlib import Path
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import gnnconv_lib as gc
from gnnconv_lib import descent, relu_gnn
from gnnconv_lib.descent import driver

GRAPH = gc.graphs.random_regular(20, 4, seed=0)
OVERLAP = gc.summaries.overlap(GRAPH)
A = float(relu_gnn.sums(OVERLAP, 1.0)[0])


def weights(seed=0, shape=(3, 5)):
    random = np.random.default_rng(seed)
    W, W_star = random.normal(size=shape), random.normal(size=shape[-2:])
    return W, W_star / np.linalg.norm(W_star, axis=-1, keepdims=True)


def plain_loop(W, W_star, rate, steps):
    """Gradient descent as Eq. (8) says, one step at a time."""
    path = [jnp.asarray(W)]
    for _ in range(steps):
        path.append(path[-1] - rate * relu_gnn.gradient(path[-1], W_star, OVERLAP))
    return np.stack(path)


def test_reduced_full_and_plain_descent_agree():
    W, W_star = weights()
    wanted = plain_loop(W, W_star, 0.7 / A, 60)
    reduced = descent.run_relu(W, W_star, OVERLAP, 0.7 / A, 60, records=range(61))
    full = descent.run(
        relu_gnn.full_model(OVERLAP, W_star), jnp.asarray(W), 0.7 / A, 60, records=range(61)
    )
    assert reduced.steps.tolist() == list(range(61))
    side = relu_gnn.reduce(W, W_star)[1]
    expanded = relu_gnn.expand(reduced.parameters, W_star, side)
    np.testing.assert_allclose(full.parameters, wanted, rtol=0, atol=1e-14)
    np.testing.assert_allclose(expanded, wanted, rtol=0, atol=1e-14)
    # The losses agree to 1e-12 while the weights can represent the distance to the teacher.
    away = reduced.losses > 1e-6 * reduced.losses[0]
    assert away.sum() > 15
    np.testing.assert_allclose(full.losses[away], reduced.losses[away], rtol=1e-12)


def test_iterates_stay_in_the_plane_of_start_and_teacher():
    W, W_star = weights(3, (1, 6))
    for iterate in plain_loop(W, W_star, 0.9 / A, 30):
        basis = np.stack([W[0], W_star[0]]).T
        combination, *_ = np.linalg.lstsq(basis, iterate[0], rcond=None)
        np.testing.assert_allclose(basis @ combination, iterate[0], atol=1e-13)


def test_polar_descent_is_the_same_and_its_angle_never_grows():
    W, W_star = weights(4, (1, 2))
    path = descent.run_relu(W, W_star, OVERLAP, 1.0 / A, 40, records=range(41))
    at = relu_gnn.to_polar(relu_gnn.reduce(W, W_star)[0])
    angles = [float(at.angle[0])]
    for _ in range(40):
        at = relu_gnn.polar_step(at, OVERLAP, 1.0 / A)
        angles.append(float(at.angle[0]))
    got = np.asarray(relu_gnn.to_polar(path.parameters).angle[:, 0])
    np.testing.assert_allclose(got, angles, rtol=1e-10)
    assert np.all(np.diff(got) < 0)


def test_local_rate_is_two_log_one_minus_eta_c():
    W, W_star = weights(1, (1, 4))
    _, _, C = relu_gnn.sums(OVERLAP, 1.0)
    rate = 0.5 / A
    path = descent.run_relu(W, W_star, OVERLAP, rate, 400, records=[300, 400])
    slope = np.log(path.losses[-1] / path.losses[-2]) / 100
    assert slope == pytest.approx(2 * np.log(1 - rate * float(C)), rel=1e-8)


def test_converged_at_the_first_step_below_the_target():
    W, W_star = weights()
    every = descent.run_relu(W, W_star, OVERLAP, 0.9 / A, 200, records=range(201))
    first = int(np.argmax(every.losses <= 1e-6))
    path = descent.run_relu(W, W_star, OVERLAP, 0.9 / A, 10**7, target=1e-6, records=10)
    assert (path.status, path.stopped_at) == ("converged", first)
    assert path.steps[-1] == first
    assert path.losses[-1] == pytest.approx(every.losses[first], rel=1e-12)


@pytest.mark.parametrize(("times", "status"), [(1.9, "converged"), (3.0, "diverged")])
def test_large_learning_rates(times, status):
    W, W_star = weights()
    path = descent.run_relu(W, W_star, OVERLAP, times / A, 20_000, target=1e-20)
    assert path.status == status
    assert np.isfinite(path.losses).all()
    if status == "diverged":  # far out |w| is multiplied by |1 - eta A| each step
        steps = descent.run_relu(
            W, W_star, OVERLAP, times / A, 60, records=[50, 60], limit=1e300
        ).losses
        assert steps[-1] / steps[-2] == pytest.approx((times - 1) ** 20, rel=1e-6)


def test_a_huge_rate_diverges_at_the_last_finite_state():
    W, W_star = weights()
    path = descent.run_relu(W, W_star, OVERLAP, 1e200, 100)
    assert path.status == "diverged"
    assert path.stopped_at == 1
    start = relu_gnn.reduce(W, W_star)[0]
    np.testing.assert_array_equal(path.final.u, start.u)
    assert np.isfinite(path.losses).all()


def test_records():
    assert descent.record_steps(0).tolist() == [0]
    chosen = descent.record_steps(10**12, 50)
    assert chosen[0] == 0
    assert chosen[-1] == 10**12
    assert len(chosen) <= 52
    W, W_star = weights()
    path = descent.run_relu(W, W_star, OVERLAP, 0.1 / A, 0)
    assert path.steps.tolist() == [0]
    assert path.losses[0] == pytest.approx(float(relu_gnn.loss(W, W_star, OVERLAP)), rel=1e-13)


def test_long_gaps_are_cut_into_calls_without_extra_records(monkeypatch):
    W, W_star = weights()
    whole = descent.run_relu(W, W_star, OVERLAP, 0.1 / A, 1000, records=[700])
    monkeypatch.setattr(driver, "WORK_PER_CALL", 0)
    cut = descent.run_relu(W, W_star, OVERLAP, 0.1 / A, 1000, records=[700])
    assert cut.steps.tolist() == whole.steps.tolist() == [0, 700, 1000]
    np.testing.assert_allclose(cut.losses, whole.losses, rtol=1e-12)


def test_resuming_continues_the_same_run():
    W, W_star = weights()
    model = relu_gnn.reduced_model(OVERLAP, np.ones(3))
    start = relu_gnn.reduce(W, W_star)[0]
    whole = descent.run(model, start, 0.5 / A, 100, records=[30, 60])
    part = descent.run(model, start, 0.5 / A, 30, records=[30])
    rest = descent.run(model, part, 0.5 / A, 100, records=[60])
    assert rest.steps.tolist() == whole.steps.tolist() == [0, 30, 60, 100]
    np.testing.assert_allclose(rest.losses, whole.losses, rtol=1e-12)
    # a target that has been reached is not undone; a tighter one is pursued
    loose = descent.run(model, start, 0.5 / A, 1000, target=1e-2)
    assert descent.run(model, loose, 0.5 / A, 1000, target=1e-2).stopped_at == loose.stopped_at
    tight = descent.run(model, loose, 0.5 / A, 1000, target=1e-6)
    straight = descent.run(model, start, 0.5 / A, 1000, target=1e-6)
    assert tight.status == "converged"
    assert tight.stopped_at == straight.stopped_at


def test_interruption_returns_what_there_is(monkeypatch):
    W, W_star = weights()
    calls = []
    advance = driver._advance

    def interrupted(*arguments):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return advance(*arguments)

    monkeypatch.setattr(driver, "_advance", interrupted)
    path = descent.run_relu(W, W_star, OVERLAP, 0.1 / A, 40, records=range(41))
    assert path.interrupted
    assert path.steps.tolist() == list(range(driver.RECORDS_PER_CALL))
    monkeypatch.setattr(driver, "_advance", advance)
    model = relu_gnn.reduced_model(OVERLAP, np.ones(3))
    done = descent.run(model, path, 0.1 / A, 40, records=range(41))
    whole = descent.run_relu(W, W_star, OVERLAP, 0.1 / A, 40, records=range(41))
    np.testing.assert_allclose(done.losses, whole.losses, rtol=1e-12)


def test_chains_of_starts_rates_teachers_and_graphs_are_single_runs():
    graphs = [GRAPH, gc.graphs.star(6), gc.graphs.complete(5)]
    overlaps = [gc.summaries.overlap(graph) for graph in graphs]
    W = np.random.default_rng(0).normal(size=(3, 2, 4))
    V = np.random.default_rng(1).normal(size=(3, 2, 4))
    rates = [0.5 / A, 0.01, 0.2]
    cases = [
        (W, V[0], OVERLAP, rates[0]),
        (W[0], V[0], OVERLAP, np.array(rates)),
        (W, V, OVERLAP, rates[0]),
        (W[0], V[0], overlaps, 0.01),
        (W, V, overlaps, np.array(rates)),
    ]
    for start, teacher, measure, rate in cases:
        many = descent.run_relu(start, teacher, measure, rate, 50, target=1e-3, records=[20])
        assert many.losses.shape[1] == many.status.shape[0] == 3
        for k in range(3):
            one = descent.run_relu(
                start[k] if start.ndim == 3 else start,
                teacher[k] if teacher.ndim == 3 else teacher,
                measure[k] if isinstance(measure, list) else measure,
                rate[k] if np.ndim(rate) else rate,
                50,
                target=1e-3,
                records=[20],
            )
            assert many.status[k] == one.status
            assert many.stopped_at[k] == one.stopped_at
            assert many.losses[-1, k] == pytest.approx(one.losses[-1], rel=1e-9)


def test_one_bad_chain_does_not_stop_the_others():
    W = np.random.default_rng(0).normal(size=(2, 1, 3))
    path = descent.run_relu(
        W, np.eye(3)[:1], OVERLAP, np.array([10 / A, 0.9 / A]), 3000, target=1e-9
    )
    assert path.status.tolist() == ["diverged", "converged"]
    assert path.stopped_at[0] != path.stopped_at[1]
    assert np.isfinite(path.losses).all()


class Plain(relu_gnn.ReducedModel):
    """The same model without a faster way: chains by `vmap`."""

    def advance(self, *_):
        return None


class Inheriting(relu_gnn.ReducedModel):
    """A subclass with nothing of its own: it is as fast as its parent."""


class Damped(relu_gnn.ReducedModel):
    """A subclass with another step, of which the kernel knows nothing."""

    def update(self, parameters, learning_rate):
        return super().update(parameters, learning_rate / 2)


def kernel_calls(monkeypatch):
    """How many programs took the kernel, counted while they are traced."""
    calls, run_chains = [], relu_gnn.chains.run_chains
    monkeypatch.setattr(relu_gnn.chains, "run_chains", lambda *a: calls.append(1) or run_chains(*a))
    driver._advance.clear_cache()
    return calls


def test_a_subclass_is_as_fast_as_its_parent(monkeypatch):
    calls = kernel_calls(monkeypatch)
    model = Inheriting(*relu_gnn.reduced_model(OVERLAP, np.ones(3)))
    start = relu_gnn.reduce(*weights())[0]
    path = descent.run(model, start, 0.1 / A, 30, records=3)
    assert calls == [1]
    wanted = descent.run(relu_gnn.ReducedModel(*model), start, 0.1 / A, 30, records=3)
    np.testing.assert_array_equal(path.losses, wanted.losses)


def test_a_subclass_with_its_own_step_takes_that_step(monkeypatch):
    calls = kernel_calls(monkeypatch)
    model = relu_gnn.reduced_model(OVERLAP, np.ones(3))
    start = relu_gnn.reduce(*weights())[0]
    path = descent.run(Damped(*model), start, 0.2 / A, 30, records=3)
    assert calls == []
    wanted = descent.run(model, start, 0.1 / A, 30, records=3)
    assert calls == [1]
    np.testing.assert_allclose(path.losses, wanted.losses, rtol=1e-12)


def test_any_model_may_offer_a_faster_way():
    class Halving(NamedTuple):
        """The loss x^2 and steps x / 2, many of them as one power."""

        taken: jax.Array

        def loss(self, x):
            return x**2

        def update(self, x, learning_rate):
            raise AssertionError("one step after the other")

        def advance(self, state, course, batched, model_axes):
            step = state.step + jnp.cumsum(course.gaps)
            x = state.parameters * 0.5 ** jnp.cumsum(course.gaps)
            code = jnp.zeros_like(course.gaps, state.code.dtype)
            return state._replace(parameters=x[-1], step=step[-1]), (step, x**2, x, code)

    path = descent.run(Halving(jnp.zeros(())), jnp.asarray(8.0), 1.0, 4, records=[1, 2])
    assert path.steps.tolist() == [0, 1, 2, 4]
    assert path.losses.tolist() == [64.0, 16.0, 4.0, 0.25]


def test_the_driver_knows_no_model():
    lines = Path(driver.__file__).read_text(encoding="utf-8").splitlines()
    imports = [line for line in lines if re.match(r"\s*(from|import) ", line)]
    assert any("gnnconv_lib.stepping" in line for line in imports)
    assert not re.search("relu|linear|averaging|kernels", " ".join(imports))


def test_the_fast_way_of_the_reduced_model_is_the_general_one():
    graphs = [GRAPH, gc.graphs.star(6), gc.graphs.cycle(9)]
    W = np.random.default_rng(0).normal(size=(3, 2, 4))
    V = np.random.default_rng(1).normal(size=(3, 2, 4))
    start, _ = relu_gnn.reduce(W, V)
    fast = relu_gnn.reduced_model(graphs, np.linalg.norm(V, axis=-1))
    rates = np.array([10 / A, 0.05 / A, 0.01])
    options = {"chains": 3, "model_axes": 0, "target": 1e-2, "records": [0, 1, 2, 40, 41]}
    got = descent.run(fast, start, rates, 500, **options)
    wanted = descent.run(Plain(*fast), start, rates, 500, **options)
    assert got.status.tolist() == wanted.status.tolist()
    assert set(got.status) == {"converged", "diverged", "budget"}
    assert got.steps.tolist() == wanted.steps.tolist()
    assert got.stopped_at.tolist() == wanted.stopped_at.tolist()
    np.testing.assert_allclose(got.losses, wanted.losses, rtol=1e-11)
    for one, other in zip(got.parameters, wanted.parameters, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-13)


def test_any_model_runs():
    class Quadratic(tuple):
        __slots__ = ()

        def loss(self, parameters):
            return jnp.sum(parameters["x"] ** 2) / 2

        def update(self, parameters, rate):
            return {"x": parameters["x"] - rate * parameters["x"]}

    jax.tree_util.register_pytree_node(Quadratic, lambda q: ((), None), lambda *_: Quadratic())
    path = descent.run(Quadratic(), {"x": jnp.array([4.0, 3.0])}, 0.5, 2, records=3)
    assert path.losses.tolist() == [12.5, 3.125, 0.78125]
    assert path.parameters["x"].shape == (3, 2)


def test_w_zero_and_the_antipode_are_defined():
    v = np.array([[0.0, 1.0]])
    assert descent.run_relu(0 * v, v, OVERLAP, 0.5 / A, 2000, target=1e-20).status == "converged"
    stuck = descent.run_relu(-v, v, OVERLAP, 0.5 / A, 2000, target=1e-20)
    B = float(relu_gnn.sums(OVERLAP, -1.0)[1])
    assert stuck.status == "budget"
    assert float(stuck.final.u[0]) + 1 == pytest.approx(-B / A, rel=1e-12)


@pytest.mark.parametrize("rate", [0.0, -1.0, float("nan"), float("inf"), "fast", [0.1, 0.2]])
def test_bad_learning_rates(rate):
    W, W_star = weights()
    model = relu_gnn.full_model(OVERLAP, W_star)
    with pytest.raises(gc.InvalidInput, match="learning_rate must"):
        descent.run(model, jnp.asarray(W), rate, 10)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda W, V: descent.run_relu(W, V, OVERLAP, 0.1, -1), "steps must be"),
        (lambda W, V: descent.run_relu(W, V, OVERLAP, 0.1, 10, records=0), "records must be"),
        (lambda W, V: descent.run_relu(W, V, OVERLAP, 0.1, 10, records=[20]), "records must be"),
        (
            lambda W, V: descent.run_relu(W * np.nan, V, OVERLAP, 0.1, 10),
            "initial must hold finite",
        ),
        (lambda W, V: descent.run_relu(W, V, [OVERLAP] * 2, [0.1] * 3, 10), "chains must be"),
        (lambda W, V: descent.run_relu(W[:, :2], V, OVERLAP, 0.1, 10), "shapes"),
        (lambda W, V: descent.run_relu(W, V, OVERLAP, 0.1, 10, target=float("nan")), "target must"),
        (
            lambda W, V: descent.run(relu_gnn.full_model(OVERLAP, V), W, 0.1, 10, chains=7),
            "initial must hold arrays with a first axis of chains = 7",
        ),
    ],
)
def test_bad_input_is_one_sentence(call, words):
    with pytest.raises(gc.InvalidInput, match=words) as error:
        call(*weights())
    assert "\n" not in str(error.value)


def test_nothing_is_compiled_again_for_another_graph_of_the_same_shape():
    W, W_star = weights()
    ring, longer = (gc.summaries.overlap(gc.graphs.cycle(n)) for n in (20, 31))
    assert ring.rho.shape == longer.rho.shape
    descent.run_relu(W, W_star, ring, 0.1 / A, 5, records=[2])
    size = driver._advance._cache_size()
    descent.run_relu(2 * W, W_star, longer, 0.2 / A, 7, records=[3])
    assert driver._advance._cache_size() == size


def test_progress_bar_only_when_asked(capsys):
    W, W_star = weights()
    descent.run_relu(W, W_star, OVERLAP, 0.1 / A, 5)
    assert capsys.readouterr().err == ""
    descent.run_relu(W, W_star, OVERLAP, 0.1 / A, 5, progress=True)
    assert "step" in capsys.readouterr().err


@pytest.mark.parametrize("records", [2, [0, 29600]])
def test_a_run_that_stops_long_before_the_next_record_shows_its_end(records):
    model = relu_gnn.reduced_model(gc.graphs.cycle(6))
    full = float(relu_gnn.sums(gc.graphs.cycle(6), 1.0)[0])
    start = relu_gnn.Reduced(np.array([0.5]), np.array([0.8]))
    path = descent.run(model, start, 0.05 / full, 29600, target=1e-10, records=records)
    dense = descent.run(model, start, 0.05 / full, 29600, target=1e-10, records=200)
    assert path.status == dense.status == "converged"
    assert path.stopped_at == dense.stopped_at
    assert float(path.losses[-1]) <= 1e-10


@pytest.mark.parametrize(
    ("one", "other", "kept"),
    [
        (np.float32, np.float64, "float64"),
        (np.float64, np.float32, "float64"),
        (np.float16, np.float64, "float64"),
        (np.float32, np.float32, "float32"),
    ],
)
def test_arrays_of_two_precisions_give_the_larger(one, other, kept):
    random = np.random.default_rng(0)
    W, W_star = random.standard_normal((2, 2, 3))
    overlap = gc.summaries.overlap(gc.graphs.cycle(7))
    path = descent.run_relu(W.astype(one), W_star.astype(other), overlap, 1e-3, 20)
    assert np.asarray(path.losses).dtype == kept
    exact = descent.run_relu(W, W_star, overlap, 1e-3, 20)
    assert np.allclose(path.losses, exact.losses, rtol=4 * float(np.finfo(one).eps) + 1e-6)
