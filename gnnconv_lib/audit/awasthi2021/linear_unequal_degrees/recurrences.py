"""Eqs. (49)-(56): the updates of the two spectra, and whether the two spectra are enough.

Reference: awasthi2021, appendix C.2. Book page: book/awasthi2021/linear-unequal-degrees.
"""

from __future__ import annotations

from math import comb
from typing import Any

import numpy as np
import sympy

from gnnconv_lib.audit import _exact_linear as exact
from gnnconv_lib.audit._main_spectra import (
    collection,
    columns,
    degrees,
    gradient,
    gradient_by_definition,
    pairs,
    spectra,
    unequal,
)
from gnnconv_lib.audit.awasthi2021.linear_unequal_degrees import lemmas
from gnnconv_lib.claims import (
    Found,
    Sides,
    claim,
    correction,
    domain,
    drawn,
    equal,
    fixed,
    graph,
    integer,
    proved,
    rationals,
    readings,
    real,
    symbolic_zero,
    where,
)
from gnnconv_lib.claims.hypotheses import Part
from gnnconv_lib.graphs import Graph
from gnnconv_lib.summaries.main_eigenvalues import components_regular
from gnnconv_lib.witnesses import linear_network

Array = np.ndarray
PAIR = fixed("one common eigenvector of symmetric weights that commute")
ROUNDS = integer("L", "[1, inf)", "L")
UNEQUAL = graph("graph", "every graph with two different degrees")


def positive(*names: str) -> list[Part]:
    """Each of the named numbers is positive."""
    words = {"alpha": "α", "beta": "β", "alpha_star": "α*", "beta_star": "β*"}
    return [real(name, "(0, inf)", words[name]) for name in names]


ALL_FOUR = positive("alpha", "beta", "alpha_star", "beta_star")
_DEPTHS = (1, 2, 3, 4)

PAIRS = domain(
    UNEQUAL,
    PAIR,
    ROUNDS,
    *ALL_FOUR,
    cases=lambda budget: pairs(budget, unequal, _DEPTHS, 2),
)


def _signed(budget: str) -> dict[str, Any]:
    made = pairs(budget, collection, _DEPTHS, 3, seed=3, low=0.1, high=12.0)
    signs = np.random.default_rng(4).choice([-1.0, 1.0], size=(4, len(made["L"])))
    for row, name in zip(signs, ("alpha", "beta", "alpha_star", "beta_star"), strict=True):
        made[name] = made[name] * row
    return made


ANY_SIGN = domain(
    graph("graph", "every graph"),
    PAIR,
    ROUNDS,
    *(real(name, "(-inf, inf)") for name in ("alpha", "beta", "alpha_star", "beta_star")),
    cases=_signed,
)


def _regular(budget: str) -> tuple[Graph, ...]:
    return tuple(entry for entry in collection(budget) if components_regular(entry))


REGULAR = domain(
    graph(
        "graph",
        "every graph whose connected components are regular",
        corners={
            "a single node": lambda g: g.nodes == 1,
            "a graph with two different degrees": lambda g: bool(np.ptp(g.degrees) > 0),
            "a complete graph": lambda g: bool(g.nodes > 1 and min(g.degrees) == g.nodes - 1),
        },
        member=components_regular,
    ),
    PAIR,
    ROUNDS,
    *ALL_FOUR,
    cases=lambda budget: pairs(budget, _regular, _DEPTHS, 2),
)

_NAMES = ("sum over the nodes", "derivative of the loss")


def _update(which: int, graph: Any, L: Any, point: Any, star: Any) -> Any:
    true = gradient_by_definition(graph, L, point, star)[which]
    without, with_L = (
        gradient(degrees(graph), L, point, star, factor)[which] for factor in (np.ones(len(L)), L)
    )
    return readings(
        g_of_equation_51=equal(without, true, _NAMES, exactly=_exact(which, False)),
        g_with_the_factor_L_that_equation_51_lacks=equal(
            with_L, true, _NAMES, exactly=_exact(which, True)
        ),
    )


def _exact(which: int, with_L: bool) -> Any:
    """The sum over the nodes and the derivative of the loss, in fractions."""

    def sides(
        graph: Graph, L: int, alpha: float, beta: float, alpha_star: float, beta_star: float
    ) -> tuple[Any, Any]:
        rounds = int(L)
        point, star = rationals([alpha, beta]), rationals([alpha_star, beta_star])
        found = exact.gradient_by_degrees(graph, rounds, point, star)[which]
        true = exact.gradient(graph, rounds, point, star)[which]
        return found * (rounds if with_L else 1), true

    return sides


def _over_main_eigenvalues(which: int, graph: Any, L: Any, point: Any, star: Any) -> Sides:
    true = gradient_by_definition(graph, L, point, star)
    found = gradient(spectra(graph), L, point, star)
    size = np.abs(true[0]) + np.abs(true[1])
    return equal(found[which], true[which], ("sum over main eigenvalues", _NAMES[1]), size)


@claim(
    "awasthi2021:eq-49/update",
    PAIRS,
    repair="replacement",
    corrected_by="awasthi2021:eq-49/main-eigenvalues",
)
def first_update(graph: Any, L: Any, alpha: Any, beta: Any, alpha_star: Any, beta_star: Any) -> Any:
    """A step of gradient descent lowers alpha_p by eta times the sum of g_i over the nodes."""
    return Found(_update(0, graph, L, (alpha, beta), (alpha_star, beta_star)))


@correction("awasthi2021:eq-49/main-eigenvalues", ANY_SIGN, tolerance=1e-10)
def first_update_corrected(
    graph: Any, L: Any, alpha: Any, beta: Any, alpha_star: Any, beta_star: Any
) -> Any:
    """A step of gradient descent lowers alpha_p by eta L sum_mu c_mu g_mu."""
    return _over_main_eigenvalues(0, graph, L, (alpha, beta), (alpha_star, beta_star))


@claim(
    "awasthi2021:eq-50/update",
    PAIRS,
    repair="replacement",
    corrected_by="awasthi2021:eq-50/main-eigenvalues",
)
def second_update(
    graph: Any, L: Any, alpha: Any, beta: Any, alpha_star: Any, beta_star: Any
) -> Any:
    """A step of gradient descent lowers beta_p by eta times the sum of d_i g_i over the nodes."""
    return Found(_update(1, graph, L, (alpha, beta), (alpha_star, beta_star)))


@correction("awasthi2021:eq-50/main-eigenvalues", ANY_SIGN, tolerance=1e-10)
def second_update_corrected(
    graph: Any, L: Any, alpha: Any, beta: Any, alpha_star: Any, beta_star: Any
) -> Any:
    """A step of gradient descent lowers beta_p by eta L sum_mu c_mu mu g_mu."""
    return _over_main_eigenvalues(1, graph, L, (alpha, beta), (alpha_star, beta_star))


@claim("awasthi2021:eq-51/factor", REGULAR)
def factor_of_g(graph: Any, L: Any, alpha: Any, beta: Any, alpha_star: Any, beta_star: Any) -> Any:
    """Where Eq. (46) is true, the sum of g_i over the nodes is the derivative of the loss."""
    point, star = (alpha, beta), (alpha_star, beta_star)
    true = gradient_by_definition(graph, L, point, star)[0]
    measure = degrees(graph)
    printed = gradient(measure, L, point, star, np.ones(len(L)))[0]
    # Nothing cancels at the point itself against a teacher of zero.
    zero = (np.zeros(len(L)), np.zeros(len(L)))
    size = gradient(measure, L, point, zero)[0] + gradient(measure, L, star, zero)[0]
    corrected = gradient(measure, L, point, star)[0]
    return (
        equal(printed, true, ("sum of g", _NAMES[1]), size, exactly=_exact(0, False)),
        proved(
            lemmas.derivative_of_the_loss(),
            sides=equal(corrected, true, ("sum of L g", _NAMES[1]), size),
        ),
    )


def _states(budget: str) -> dict[str, Any]:
    return pairs(budget, unequal, (1, 2, 3, 5), 20 if budget == "quick" else 40, seed=5, low=0.05)


STATES = domain(
    UNEQUAL,
    fixed("g of Eq. (51), γ with the binomial index j + 1"),
    ROUNDS,
    *ALL_FOUR,
    cases=_states,
)


def weights_r(graph: Any, L: Any, point: Any, star: Any) -> tuple[Array, Array, Array, Array]:
    """Degrees, g of Eq. (51), r of Eq. (54) and m - m* by node; padded nodes have g = r = 0."""
    nodes, mass = degrees(graph)
    depth = np.asarray(L, int)[:, None]
    m, goal = (pair[0][:, None] + nodes * pair[1][:, None] for pair in (point, star))
    s = m / goal - 1
    gamma = np.zeros_like(s)
    for row, rounds in enumerate(np.asarray(L, int).tolist()):
        gamma[row] = sum(comb(rounds, j + 1) * s[row] ** j for j in range(rounds))
    r = mass * m ** (depth - 1) * goal ** (depth - 1) * gamma
    g = mass * m ** (depth - 1) * (m**depth - goal**depth)
    return nodes, g, r, m - goal


def _deviations(which: int, graph: Any, L: Any, point: Any, star: Any) -> Sides:
    nodes, g, r, _ = weights_r(graph, L, point, star)
    a, b = point[0] - star[0], point[1] - star[1]
    x = nodes**which
    new = np.sum(x * g, axis=1)
    first, second = np.sum(x * r, axis=1), np.sum(x * nodes * r, axis=1)
    eta = 0.3 / np.sum((1 + nodes**2) * r, axis=1)
    own = a if which == 0 else b
    scale = np.abs(own) + eta * (np.abs(a) * np.abs(first) + np.abs(b) * np.abs(second))
    if which == 0:
        right = a * (1 - eta * first) - eta * b * second
    else:
        right = b * (1 - eta * second) - eta * a * first
    sides = equal(own - eta * new, right, ("deviation after a step", "Eq. (52) or (53)"), scale)
    # Both rest on Eq. (54).
    step = lemmas.first_step() if which == 0 else lemmas.second_step()
    return proved(step if lemmas.deviation_of_g().proved else None, sides=sides)


@claim("awasthi2021:eq-52", STATES)
def first_deviation(
    graph: Any, L: Any, alpha: Any, beta: Any, alpha_star: Any, beta_star: Any
) -> Any:
    """alpha - alpha* after the step of Eq. (49) is (alpha - alpha*)(1 - eta sum r_i) - eta (beta -
    beta*) sum d_i r_i."""
    return _deviations(0, graph, L, (alpha, beta), (alpha_star, beta_star))


@claim("awasthi2021:eq-53", STATES)
def second_deviation(
    graph: Any, L: Any, alpha: Any, beta: Any, alpha_star: Any, beta_star: Any
) -> Any:
    """beta - beta* after the step of Eq. (50) is (beta - beta*)(1 - eta sum d_i^2 r_i) - eta
    (alpha - alpha*) sum d_i r_i."""
    return _deviations(1, graph, L, (alpha, beta), (alpha_star, beta_star))


@claim("awasthi2021:eq-54", STATES)
def g_is_r_times_the_deviation(
    graph: Any, L: Any, alpha: Any, beta: Any, alpha_star: Any, beta_star: Any
) -> Any:
    """g_i is r_i times the deviation (alpha - alpha*) + d_i (beta - beta*)."""
    _, g, r, away = weights_r(graph, L, (alpha, beta), (alpha_star, beta_star))
    scale = np.max(np.abs(g) + np.abs(r * away), axis=1, keepdims=True)
    names, scale = ("g", "r times the deviation"), np.broadcast_to(scale, g.shape)
    return proved(lemmas.deviation_of_g(), sides=equal(g, r * away, names, scale))


def _binomials(budget: str) -> dict[str, Any]:
    depths = range(1, 7) if budget == "quick" else range(1, 16)
    shifts = [-0.99, -0.5, -0.1, 0.01, 0.5, 1.0, 12.0]
    rows = [(L, t, s) for L in depths for t in (0, 1, 2, 5) for s in shifts]
    return columns(rows, "L", "t", "s")


BINOMIALS = domain(
    ROUNDS,
    integer("t", "[0, inf)", "number t of the step"),
    real("s", "(-1, inf)", "s = m/m* - 1"),
    cases=_binomials,
)


@claim("awasthi2021:eq-55", BINOMIALS, each=True, repair="slip")
def binomial_sum(L: int, t: int, s: float) -> Any:
    """gamma, the number for which m^L - m*^L is m*^{L-1} gamma (m - m*), is sum_j C(L, t) s^j."""
    L, t = int(L), int(t)
    true = sum((1 + s) ** k for k in range(L))
    names = ("sum of binomials", "gamma")
    step = sum(comb(L, t) * s**j for j in range(L))
    index = sum(comb(L, j) * s**j for j in range(L))
    corrected = equal(sum(comb(L, j + 1) * s**j for j in range(L)), true, names)
    return Found(
        readings(
            t_is_the_step=equal(step, true, names, exactly=_exact_step),
            t_is_j=equal(index, true, names, exactly=_exact_index),
        ),
        proved(lemmas.gamma(), sides=corrected),
    )


def _exact_step(L: int, t: int, s: float) -> tuple[Any, Any]:
    shift, L, t = rationals(s), int(L), int(t)
    found = sum(comb(L, t) * shift**j for j in range(L))
    return found, sum((1 + shift) ** k for k in range(L))


def _exact_index(L: int, s: float) -> tuple[Any, Any]:
    shift, L = rationals(s), int(L)
    found = sum(comb(L, j) * shift**j for j in range(L))
    return found, sum((1 + shift) ** k for k in range(L))


@claim("awasthi2021:eq-56", STATES, tolerance=1e-11)
def relative_deviation(
    graph: Any, L: Any, alpha: Any, beta: Any, alpha_star: Any, beta_star: Any
) -> Any:
    """s_i = m_i/m_i* - 1 is the number with m_i^L - m_i*^L = m_i*^L ((1 + s_i)^L - 1)."""
    m, goal = sympy.symbols("m goal", positive=True)
    rounds = sympy.Symbol("L", positive=True, integer=True)
    shift = m / goal - 1
    difference = goal**rounds * (sympy.together(1 + shift) ** rounds - 1) - (
        m**rounds - goal**rounds
    )
    largest = np.array([entry.degrees.max() for entry in graph], float)
    at, star = alpha + largest * beta, alpha_star + largest * beta_star
    numbers = equal(
        star**L * ((1 + (at / star - 1)) ** L - 1), at**L - star**L, scale=at**L + star**L
    )
    return proved(symbolic_zero(sympy.expand_power_base(difference)), sides=numbers)


def _matrices(budget: str, commuting: bool) -> dict[str, Any]:
    steps = 4 if budget == "quick" else 40
    rows = []
    for entry in collection("quick"):
        if entry.nodes > 4:
            continue
        for L, r in ((1, 2), (2, 2), (4, 2), (1, 1), (1, 4)):
            rows.append((entry, L, r, _teachers(r, commuting, r + entry.nodes), steps))
    return columns(rows, "graph", "L", "r", "teachers", "steps")


def _teachers(r: int, commuting: bool, seed: int) -> list[Array]:
    generator = np.random.default_rng(seed)
    bases = [np.linalg.qr(generator.normal(size=(r, r)))[0] for _ in range(2)]
    if commuting:
        bases[1] = bases[0]
    values = generator.uniform(0.2, 1.5, size=(2, r))
    return [U @ np.diag(v) @ U.T for U, v in zip(bases, values, strict=True)]


def _start(kind: str, commuting: bool) -> Any:
    return domain(
        graph("graph", "every graph"),
        integer("L", "[1, inf)", "L"),
        integer("r", "[1, inf)", "r"),
        fixed("start at the identity, population loss, small steps"),
        drawn("teachers", kind),
        *([where("W1* W2* = W2* W1*", lambda teachers: _commute(*teachers))] if commuting else []),
        cases=lambda budget: _matrices(budget, commuting),
        derived=("steps",),
        words=lambda graph, L, r: f"{graph.name}, L = {L}, r = {r}",
    )


def _commute(S1: Array, S2: Array) -> bool:
    return bool(np.allclose(S1 @ S2, S2 @ S1, atol=1e-12))


TEACHERS = _start("W1*, W2* symmetric and positive definite", False)
COMMUTING = _start("W1*, W2* symmetric and positive definite", True)


def _both_ways(
    chosen: Graph, L: int, teachers: list[Array], steps: int, aligned: bool
) -> tuple[Array, Array]:
    """Spectra of W1 and W2 after gradient descent: by matrices, and by pairs of numbers.

    `aligned` takes a pair from each common eigenvector, else the p-th eigenvalues of W1* and W2*.
    """
    S1, S2 = teachers
    adjacency = chosen.adjacency.toarray()
    size = L * sum(float(np.linalg.norm(W, 2)) for W in (*teachers, 2 * np.eye(len(S1))))
    rate = 0.2 / (chosen.nodes * (1 + chosen.degrees.max()) ** 2 * size ** (2 * L - 1))
    W1 = W2 = np.eye(len(S1))
    for _ in range(steps):
        first, second = linear_network.gradient([W1, W2, S1, S2], adjacency, L)
        W1, W2 = W1 - rate * first, W2 - rate * second
    by_matrices = np.concatenate([np.linalg.eigvalsh(W) for W in (W1, W2)])
    if aligned:
        basis = np.linalg.eigh(S1)[1]
        stars = [np.diag(basis.T @ S @ basis) for S in teachers]
    else:
        stars = [np.linalg.eigvalsh(S) for S in teachers]
    measure = tuple(np.repeat(part, len(S1), axis=0) for part in spectra([chosen]))
    depth = np.full(len(S1), L)
    point = [np.ones(len(S1)), np.ones(len(S1))]
    for _ in range(steps):
        slope = gradient(measure, depth, point, stars)  # type: ignore[arg-type]
        point = [p - rate * s for p, s in zip(point, slope, strict=True)]
    return by_matrices, np.concatenate([np.sort(part) for part in point])


@claim(
    "awasthi2021:remark-two-spectra/separately",
    TEACHERS,
    each=True,
    corrected_by="awasthi2021:remark-two-spectra/commuting",
)
def spectra_separately(graph: Graph, L: int, r: int, teachers: list[Array], steps: int) -> Any:
    """The p-th eigenvalues of W1 and W2 follow from those of W1* and W2* alone, pair by pair."""
    found, pairwise = _both_ways(graph, int(L), teachers, steps, False)
    return equal(pairwise, found, ("spectrum by pairs", "spectrum of the matrices"))


@correction("awasthi2021:remark-two-spectra/commuting", COMMUTING, each=True, tolerance=1e-11)
def spectra_of_commuting(graph: Graph, L: int, r: int, teachers: list[Array], steps: int) -> Any:
    """The eigenvalues of W1 and W2 follow pair by pair, one pair for each common eigenvector of
    W1* and W2*."""
    found, pairwise = _both_ways(graph, int(L), teachers, steps, True)
    return equal(pairwise, found, ("spectrum by pairs", "spectrum of the matrices"))
