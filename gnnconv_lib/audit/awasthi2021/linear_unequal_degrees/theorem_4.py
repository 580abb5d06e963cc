"""Lemma 14 and Theorem 4 on the true loss, and Eq. (57): what is promised, and what happens.

Ranges for the lemma are those of the run itself, widened by a tenth: the best that it could give.

Reference: awasthi2021, Lemma 14 and Theorem 4. Book page: book/awasthi2021/linear-unequal-degrees.
"""

from __future__ import annotations

from functools import cache, partial
from typing import Any

import jax
import numpy as np

from gnnconv_lib import graphs
from gnnconv_lib.audit import _exact_linear as exact
from gnnconv_lib.audit._main_spectra import (
    collection,
    columns,
    descend,
    loss,
    pairs,
    safe_rate,
    spectra,
    unequal,
    with_step,
)
from gnnconv_lib.audit.awasthi2021.linear_unequal_degrees.recurrences import (
    ALL_FOUR,
    PAIR,
    ROUNDS,
    UNEQUAL,
)
from gnnconv_lib.bounds import awasthi2021_linear as bounds
from gnnconv_lib.claims import (
    at_most,
    both,
    claim,
    correction,
    domain,
    fixed,
    graph,
    less,
    readings,
    real,
    where,
)
from gnnconv_lib.graphs import Graph
from gnnconv_lib.linear_gnn import one_round
from gnnconv_lib.summaries.main_eigenvalues import main_eigenvalues

Array = np.ndarray
_FROM_IDENTITY = fixed("gradient descent on the population loss from α = β = 1")
_TEACHER = ALL_FOUR[2:]


def _teachers(budget: str) -> dict[str, Any]:
    grid = [(0.05, 0.05), (12.0, 0.05), (0.05, 12.0), (2.0, 0.5)]
    rows = [(g, L, *star) for g in unequal(budget) for L in (1, 2, 3, 4) for star in grid]
    return columns(rows, "graph", "L", "alpha_star", "beta_star")


TEACHERS = domain(UNEQUAL, PAIR, _FROM_IDENTITY, ROUNDS, *_TEACHER, cases=_teachers)


@claim(
    "awasthi2021:lemma-14/bounds",
    TEACHERS,
    repair="replacement",
    corrected_by="awasthi2021:lemma-14/distance",
)
def positive_bounds(graph: Any, L: Any, alpha_star: Any, beta_star: Any) -> Any:
    """Both spectra stay above some positive l for all step sizes below a positive one (three step
    sizes are run, each half the one before)."""
    star, measure = (alpha_star, beta_star), spectra(graph)
    ones = (np.ones(len(L)), np.ones(len(L)))
    rate = safe_rate(graph, L, ones, star)
    lowest = [
        descend(measure, L, ones, star, rate * share, round(60 / share)).min(axis=(1, 2))
        for share in (0.5, 0.25, 0.125)
    ]
    names = ("0", "lowest value at the most favourable step")
    # Smaller steps than these three are not run, so that this stays a search.
    return less(0.0, np.max(lowest, axis=0), names)


def _any_start(budget: str) -> dict[str, Any]:
    made = pairs(budget, collection, (1, 3, 5), 4, seed=9, low=0.05)
    made["alpha"][::2] *= -1
    made["beta_star"][::3] *= -1
    return with_step(made, (0.01, 1.0))


ANY_START = domain(
    graph("graph", "every graph"),
    PAIR,
    ROUNDS,
    where("L odd", lambda L: L % 2 == 1),
    *(real(name, "(-inf, inf)") for name in ("alpha", "beta", "alpha_star", "beta_star")),
    real("share", "(0, 1]", "share of the step 1 / (L² B^(2L-2) λ_max(H))", reach=100.0),
    cases=lambda budget: _with_both_signs(_any_start(budget)),
)


def _with_both_signs(made: dict[str, Any]) -> dict[str, Any]:
    half = np.arange(len(made["L"])) % 2 == 0
    for name in ("alpha", "beta", "alpha_star", "beta_star"):
        made[name] = np.where(half, made[name], -made[name])
    return made


@correction("awasthi2021:lemma-14/distance", ANY_START)
def distance_never_grows(
    graph: Any,
    L: Any,
    alpha: Any,
    beta: Any,
    alpha_star: Any,
    beta_star: Any,
    share: Any,
) -> Any:
    """From any start the distance (alpha - alpha*)^2 + (beta - beta*)^2 never grows."""
    point, star = (alpha, beta), (alpha_star, beta_star)
    rate = share * safe_rate(graph, L, point, star)
    path = descend(spectra(graph), L, point, star, rate, 60)
    away = np.hypot(path[..., 0] - alpha_star[:, None], path[..., 1] - beta_star[:, None])
    size = away[:, :1]
    return at_most(away[:, 1:], away[:, :-1], ("distance after a step", "distance before"), size)


_TARGETS = ((2.0, 1.5), (0.9, 1.1), (1.1, 0.9), (1.02, 0.97))


def _promises(budget: str) -> list[dict[str, Any]]:
    chosen = [
        (g, 1, *star, eps) for g in unequal(budget) for star in _TARGETS for eps in (0.01, 0.3)
    ]
    chosen += [(g, L, 1.02, 0.97, 0.3) for g in unequal("quick")[:2] for L in (2, 4)]
    chosen += [(graphs.path(3), 3, 2.0, 0.5, 0.3), (graphs.path(3), 3, 1.8, 0.6, 0.2)]
    rows = []
    for g, L, x, y, eps in chosen:
        found = _promise(g, L, (x, y), eps)
        if found is not None:
            names = ("graph", "L", "alpha_star", "beta_star", "eps")
            rows.append(dict(zip(names, (g, L, x, y, eps), strict=True)) | found)
    return sorted(rows, key=lambda row: row["graph"].nodes)


@cache
def _ranges(g: Graph, L: int, star: tuple[float, float]) -> tuple[Array, Array]:
    """The range of both spectra along the run, widened by a tenth."""
    ones = (np.ones(1), np.ones(1))
    pair = (np.array([star[0]]), np.array([star[1]]))
    rate = safe_rate([g], np.array([L]), ones, pair)
    path = descend(spectra([g]), np.array([L]), ones, pair, rate, 300)[0]
    return path.min(axis=0) * 0.9, path.max(axis=0) * 1.1


def _promise(g: Graph, L: int, star: tuple[float, float], eps: float) -> dict[str, float] | None:
    """Step size and number of steps of the theorem; None where there are no positive bounds."""
    lower, upper = _ranges(g, L, star)
    if lower.min() <= 0:
        return None
    d = int(g.degrees.max())
    ranges = [bounds.Interval(lower[k], upper[k]) for k in (0, 1)]
    largest = min(bounds.lemma_14_step_printed(ranges[k], [star[k]], g.nodes, d, L) for k in (0, 1))
    eta = (1 - 1e-12) * largest
    steps = max(
        bounds.theorem_4_iterations_printed(ranges[k], [star[k]], d, L, eps, eta) for k in (0, 1)
    )
    return {"eta": eta, "T": float(max(np.ceil(steps), 0))}


PROMISES = domain(
    UNEQUAL,
    fixed("r = 1, start at the identity, l and u the range of the run widened by a tenth, l > 0"),
    fixed("σ* in the step of Lemma 14 is α* or β*"),
    ROUNDS,
    real("alpha_star", "[0.9, 2]", "α*"),
    real("beta_star", "[0.5, 1.5]", "β*"),
    real("eps", "(0, 0.3]", "ε"),
    cases=_promises,
    derived=("eta", "T"),
    words=lambda graph, L, alpha_star, beta_star, eps, T: (
        f"{graph.name}, L = {L}, r = 1, α* = {alpha_star:g}, β* = {beta_star:g}, ε = {eps:g}, "
        f"T = {T:.0f}"
    ),
)
ONE_ROUND = domain(
    UNEQUAL,
    fixed(
        "L = 1 and r = 1, start at the identity, l and u the range of the run widened by a tenth"
    ),
    *PROMISES.parts[4:],
    cases=lambda budget: [row for row in _all_rounds(budget) if row["L"] == 1],
    derived=("eta", "T", "L"),
    words=PROMISES.words,
)


def _all_rounds(budget: str) -> list[dict[str, Any]]:
    rows = _promises(budget)
    return [*rows, *({**row, "beta_star": 0.5} | _again(row) for row in rows[:1])]


def _again(row: dict[str, Any]) -> dict[str, float]:
    found = _promise(row["graph"], row["L"], (row["alpha_star"], 0.5), row["eps"])
    return found or {}


@partial(jax.jit, static_argnames="L")
def _run(mu: Array, mass: Array, star: Array, eta: float, T: int, L: int) -> Any:
    goal = (star[0] + mu * star[1]) ** L

    def step(_: Any, point: Any) -> Any:
        m = point[0] + mu * point[1]
        g = L * mass * m ** (L - 1) * (m**L - goal)
        return point - eta * jax.numpy.stack([g.sum(), (mu * g).sum()])

    return jax.lax.fori_loop(0, T, step, jax.numpy.ones(2))


def _loss_after(g: Graph, L: int, star: tuple[float, float], eta: float, T: float) -> float:
    """The loss after T steps of gradient descent on the true loss."""
    mu, mass = (np.pad(part, (0, -len(part) % 16)) for part in main_eigenvalues(g))
    end = np.asarray(_run(mu, mass, np.array(star), eta, int(T), int(L)))
    measure = (mu[None], mass[None])
    return float(loss(measure, [L], ([end[0]], [end[1]]), ([star[0]], [star[1]]))[0])


@claim(
    "awasthi2021:theorem-4/loss",
    PROMISES,
    each=True,
    repair="replacement",
    corrected_by="awasthi2021:theorem-4/contraction",
)
def loss_after_the_steps(
    graph: Graph, L: int, alpha_star: float, beta_star: float, eps: float, eta: float, T: float
) -> Any:
    """After the number T of steps of Eq. (57), of the size of Lemma 14, the loss is at most eps^2."""
    found = _loss_after(graph, L, (alpha_star, beta_star), eta, T)
    return at_most(found, eps**2, ("loss", "ε²"), exactly=_exact_loss_after)


def _exact_loss_after(
    graph: Graph,
    L: int,
    alpha_star: float,
    beta_star: float,
    eps: float,
    eta: float,
    T: float,
    ball: Any,
) -> tuple[Any, Any]:
    _promised(graph, int(L), (alpha_star, beta_star), eps, eta, T, ball)
    star, one = (ball(alpha_star), ball(beta_star)), ball(1)
    end = exact.descend(graph, int(L), (one, one), star, ball(eta), int(T))[-1]
    return exact.loss(graph, int(L), end, star), ball(eps) ** 2


def _promised(
    graph: Graph, L: int, star: tuple[float, float], eps: float, eta: float, T: float, ball: Any
) -> None:
    """The step is no larger than Lemma 14 allows, and T no smaller than Eq. (57)."""
    for low, high, value in zip(*_ranges(graph, L, star), star, strict=True):
        given = [ball(float(x)) for x in (low, high, value, eps, eta)]
        step, steps = exact.steps_of_57(graph, L, given[:2], *given[2:])
        assert given[4] <= step
        assert steps <= T


@claim(
    "awasthi2021:remark-similar-rate-unequal",
    PROMISES,
    each=True,
    repair="replacement",
    corrected_by="awasthi2021:theorem-4/contraction",
)
def similar_rate(
    graph: Graph, L: int, alpha_star: float, beta_star: float, eps: float, eta: float, T: float
) -> Any:
    """The rate for unequal degrees is similar: Eq. (57) grows by no more per decade of ε than Eq. (24)
    does with its least l; or the loss of gradient descent is at most ε² after that many steps."""
    star, d = (alpha_star, beta_star), int(graph.degrees.max())
    lower, upper = _ranges(graph, L, star)

    def stated(accuracy: float) -> float:
        return max(
            bounds.theorem_4_iterations_printed(
                bounds.Interval(lower[k], upper[k]), [star[k]], d, L, accuracy, eta
            )
            for k in (0, 1)
        )

    of_24 = np.log(10) / (eta * L**2 * (d**2 + 1) * float(min(lower)) ** (2 * L - 2))
    names = ("steps per decade of ε, Eq. (57)", "Eq. (24)")
    found = _loss_after(graph, L, star, eta, T)
    return readings(
        the_numbers_as_stated=at_most(stated(eps / 10) - stated(eps), of_24, names),
        gradient_descent=at_most(found, eps**2, ("loss", "ε²"), exactly=_exact_loss_after),
    )


@claim(
    "awasthi2021:eq-57/steps",
    ONE_ROUND,
    each=True,
    repair="replacement",
    corrected_by="awasthi2021:eq-57/one-round",
)
def steps_for_one_round(
    graph: Graph, alpha_star: float, beta_star: float, eps: float, eta: float, T: float
) -> Any:
    """The number T is at least the number of steps to a loss of eps^2."""
    start = np.array([1 - alpha_star, 1 - beta_star])
    needed = one_round.iterations_needed(one_round.quadratic(graph), start, eta, eps**2)
    names = ("steps needed", "T")
    return at_most(float("inf") if needed is None else needed, T, names, exactly=_exact_steps)


def _exact_steps(
    graph: Graph,
    alpha_star: float,
    beta_star: float,
    eps: float,
    eta: float,
    T: float,
    ball: Any,
) -> tuple[Any, Any]:
    """Steps until the loss is at most eps^2 for certain, all losses before being above it."""
    _promised(graph, 1, (alpha_star, beta_star), eps, eta, T, ball)
    star, wanted = (ball(alpha_star), ball(beta_star)), ball(eps) ** 2
    point: Any = (ball(1), ball(1))
    count = 0
    while (found := exact.loss(graph, 1, point, star)) > wanted:
        point = exact.descend(graph, 1, point, star, ball(eta), 1)[-1]
        count += 1
    assert found <= wanted
    return count, int(T)


def _quadratics(budget: str) -> dict[str, Any]:
    starts = [(1.0, 0.0), (0.0, 1.0), (-1.0, 3.0), (20.0, -20.0), (-20.0, 20.0)]
    rows = [
        (g, *x, eps, share)
        for g in unequal(budget)
        for x in starts
        for eps in (1e-6, 0.1, 20.0)
        for share in (0.01, 0.3, 1.0)
    ]
    return columns(rows, "graph", "x", "y", "eps", "share")


QUADRATIC = domain(
    UNEQUAL,
    fixed("L = 1, one singular value"),
    real("x", "(-inf, inf)", "α₀ - α*"),
    real("y", "(-inf, inf)", "β₀ - β*"),
    real("eps", "(0, inf)", "ε"),
    real("share", "(0, 1]", "η λ_max(H)", reach=100.0),
    cases=_quadratics,
)


@correction("awasthi2021:eq-57/one-round", QUADRATIC, each=True)
def enough_for_one_round(graph: Graph, x: float, y: float, eps: float, share: float) -> Any:
    """The loss is at most eps^2 after T >= log(|H| |x_0|^2 / (2 eps^2)) / (2 eta lambda_min) steps."""
    form = one_round.quadratic(graph)
    eta, start = share / form.largest, np.array([x, y])
    count = bounds.equation_57_corrected(form.largest, form.smallest, x**2 + y**2, eps, eta)
    # The definition: one step after the other, in the eigenbasis of H from its entries.
    values, vectors = np.linalg.eigh(form.hessian)
    left = (1 - eta * values) ** np.ceil(max(count, 0.0)) * (vectors.T @ start)
    return at_most(0.5 * np.sum(values * left**2), eps**2, ("loss", "ε²"))


def _positive(budget: str) -> dict[str, Any]:
    made = pairs(budget, unequal, (1, 2, 3, 4), 6, seed=11)
    measure = spectra(made["graph"])
    # Shifted so that the least W1 + mu W2 is positive, for the student and for the teacher.
    shift = np.max(np.abs(measure[0]), axis=1)
    made["alpha"] = made["alpha"] + shift * made["beta"]
    made["alpha_star"] = made["alpha_star"] + shift * made["beta_star"]
    return with_step(made, (0.01, 1.0))


def least(measure: Any, point: Any) -> Array:
    """The least m_mu over the main eigenvalues."""
    m = point[0][:, None] + measure[0] * point[1][:, None]
    return np.asarray(np.min(np.where(measure[1] > 0, m, np.inf), axis=1))


POSITIVE = domain(
    UNEQUAL,
    PAIR,
    ROUNDS,
    *ALL_FOUR,
    where(
        "every α + μ β and α* + μ β* is positive, μ the main eigenvalues",
        lambda m_min: m_min > 0,
    ),
    real("share", "(0, 1]", "share of the step 1 / (L² B^(2L-2) λ_max(H))", reach=100.0),
    cases=lambda budget: (
        (made := _positive(budget))
        | {
            "m_min": np.minimum(
                *(
                    least(spectra(made["graph"]), (made[one], made[two]))
                    for one, two in (("alpha", "beta"), ("alpha_star", "beta_star"))
                )
            )
        }
    ),
    derived=("m_min",),
)


@correction("awasthi2021:theorem-4/contraction", POSITIVE)
def contraction_near_the_teacher(
    graph: Any,
    L: Any,
    alpha: Any,
    beta: Any,
    alpha_star: Any,
    beta_star: Any,
    share: Any,
    m_min: Any,
) -> Any:
    """A step multiplies the distance to the teacher by at most 1 - eta L^2 m_min^{2L-2}
    lambda_min(H), with m_min the least of all alpha + mu beta and alpha* + mu beta*."""
    point, star = (alpha, beta), (alpha_star, beta_star)
    rate = share * safe_rate(graph, L, point, star, ball=False)
    after = descend(spectra(graph), L, point, star, rate, 1)[:, 1]
    before = np.hypot(alpha - alpha_star, beta - beta_star)
    moved = np.hypot(after[:, 0] - alpha_star, after[:, 1] - beta_star)
    smallest = np.array([one_round.quadratic(entry).smallest for entry in graph])
    factor = 1 - rate * L**2 * m_min ** (2.0 * L - 2) * smallest
    return at_most(moved, factor * before, ("distance after", "bound"), before)


def _paw(budget: str) -> dict[str, Any]:
    paw = graphs.from_edges(4, [(0, 1), (0, 2), (1, 2), (2, 3)], name="paw")
    return {"graph": [paw, paw], "eta": np.array([2e-4, 1e-4])}


PAW = domain(
    graph(
        "graph",
        "the paw, a triangle with a pendant node",
        corners={"it": lambda g: g.nodes == 4},
        member=lambda g: sorted(g.degrees.tolist()) == [1, 2, 2, 3],
    ),
    fixed("L = 2, r = 1, W1* = 5, W2* = 0.02, start at the identity"),
    real("eta", "[1e-4, 2e-4]", "η"),
    cases=_paw,
)


@correction(
    "awasthi2021:theorem-4/spurious-minimum",
    PAW,
    each=True,
    exempt="both step sizes end at one point, which is the statement",
)
def spurious_minimum(graph: Graph, eta: float) -> Any:
    """For even L gradient descent from the identity can end at a strict local minimum of positive
    loss."""
    star, mu = (5.0, 0.02), main_eigenvalues(graph)
    padded = [np.pad(part, (0, 16 - len(part))) for part in mu]
    end = np.asarray(_run(*padded, np.array(star), eta, 40_000, 2))
    m, goal, (nodes, mass) = end[0] + mu[0] * end[1], star[0] + mu[0] * star[1], mu
    slope, bend = 2 * mass * m * (m**2 - goal**2), 2 * mass * (3 * m**2 - goal**2)
    hessian = np.array([[np.sum(bend * nodes ** (i + j)) for j in (0, 1)] for i in (0, 1)])
    gradient = np.hypot(slope.sum(), (nodes * slope).sum())
    size = np.sum(mass * goal**4)
    return both(
        at_most(gradient, 1e-9 * size, ("|gradient|", "1e-9 of its scale")),
        less(1.0, float(np.linalg.eigvalsh(hessian)[0]), ("1", "least curvature")),
        less(1.0, 0.5 * float(np.sum(mass * (m**2 - goal**2) ** 2)), ("1", "loss")),
    )
