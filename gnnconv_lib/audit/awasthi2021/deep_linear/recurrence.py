"""Eqs. (41)-(42) and the sentences around them: M_t keeps its eigenvectors, its eigenvalues move.

Every claim runs gradient descent on both matrices, by the complex step over the nodes.

Reference: awasthi2021, appendix C.2. Book page: book/awasthi2021/deep-linear.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np

from gnnconv_lib import graphs, proofs
from gnnconv_lib.audit import _exact_linear as exact, _exact_steps as steps_of
from gnnconv_lib.audit._linear_cases import sigma_step
from gnnconv_lib.audit._linear_regular import EDGES
from gnnconv_lib.audit.awasthi2021.deep_linear import lemmas
from gnnconv_lib.bounds import awasthi2021_linear as bounds
from gnnconv_lib.claims import (
    at_most,
    both,
    claim,
    correction,
    domain,
    drawn,
    equal,
    fixed,
    graph,
    integer,
    less,
    proved,
    rationals,
    real,
    where,
)
from gnnconv_lib.witnesses import linear_network

STEPS = 6


def _cases(budget: str) -> list[dict[str, Any]]:
    known = [graphs.complete(1), graphs.empty(2), graphs.complete(2), graphs.complete(3)]
    known += [graphs.cycle(4), graphs.complete(5)]
    depths = (1, 2, 4) if budget == "quick" else (1, 2, 3, 4, 5)
    shapes: list[tuple[float, ...]] = [(0.4,), (5 / 3,), (4.0,), (0.6, 1.0, 1.3, 2.0)]
    if budget == "full":
        shapes += [(0.05,), (9.0,), (0.3, 1.1, 3.0)]
    rows = []
    for g, L, shape, share in product(known, depths, shapes, (0.05, 1.0)):
        d, r = int(g.degrees[0]), len(shape)
        basis = np.linalg.qr(np.random.default_rng(r).normal(size=(r, r)))[0]
        spectrum = (1 + d) * np.array(shape)
        # W1* and W2* need not commute; only their sum M* has the basis.
        turn = np.linalg.qr(np.random.default_rng(L).normal(size=(r, r)))[0]
        part = turn @ np.diag(np.linspace(0.2, 0.8, r)) @ turn.T
        root = basis @ np.diag(np.sqrt(spectrum)) @ basis.T
        S2 = root @ part @ root / max(d, 1)
        S1 = basis @ np.diag(spectrum) @ basis.T - d * S2
        rows.append(
            {
                "graph": g,
                "L": L,
                "r": r,
                "share": share,
                "teacher": (S1, S2),
                "basis": basis,
                "spectrum": spectrum,
            }
        )
    return rows


PATHS = domain(
    graph(among="every regular graph"),
    integer("L", "[1, inf)"),
    integer("r", "[1, inf)"),
    real("share", "(0, 1]", "step size over the largest one"),
    drawn("teacher", "symmetric positive definite W1*, W2*"),
    fixed("start at the identity"),
    derived=("basis", "spectrum"),
    regime=EDGES,
    cases=_cases,
    words=lambda graph, L, spectrum, share: (
        f"{graph.name}, L = {L}, σ* = {', '.join(f'{x:g}' for x in spectrum)}, "
        f"step {share:g} of the largest"
    ),
)


def _corrected_step(graph: Any, L: int, spectrum: Any) -> float:
    return bounds.theorem_2_step_corrected(spectrum, graph.nodes, int(graph.degrees[0]), L)


def _printed_step(graph: Any, L: int, spectrum: Any) -> float:
    return bounds.theorem_2_step_printed(spectrum, graph.nodes, int(graph.degrees[0]), L)


def _matrices(
    graph: Any, L: int, teacher: Any, rate: float, steps: int
) -> tuple[list[np.ndarray], np.ndarray]:
    """M_0, ..., M_T of gradient descent from W1 = W2 = I, and the last d W1 - W2."""
    d, adjacency, unit = int(graph.degrees[0]), graph.adjacency.toarray(), np.eye(len(teacher[0]))
    W1, W2, path = unit, unit, [(1.0 + d) * unit]
    for _ in range(steps):
        first, second = linear_network.gradient((W1, W2, *teacher), adjacency, L)
        W1, W2 = W1 - rate * first, W2 - rate * second
        path.append(W1 + d * W2)
    return path, d * W1 - W2


def _numbers(graph: Any, L: int, spectrum: Any, rate: float, steps: int, factor: float) -> Any:
    """The recurrence (42) after `steps` steps, with n/2 (factor 1/2) or n (factor 1)."""
    d = int(graph.degrees[0])
    sigma = np.full_like(spectrum, 1.0 + d)
    for _ in range(steps):
        sigma = sigma_step(sigma, spectrum, (graph.nodes, d, L), rate, factor)
    return sigma


def _sides(
    graph: Any, L: int, share: float, teacher: Any, basis: Any, spectrum: Any, steps: int
) -> Any:
    rate = share * _corrected_step(graph, L, spectrum)
    M = _matrices(graph, L, teacher, rate, steps)[0][-1]
    true = np.diag(basis.T @ M @ basis)
    names, scale = ("recurrence", "eigenvalue of W1 + d W2"), float(np.abs(true).max())
    printed, corrected = (
        _numbers(graph, L, spectrum, rate, steps, factor) for factor in (0.5, 1.0)
    )
    return (
        equal(printed, true, names, scale, exactly=_exact_path(steps)),
        proved(lemmas.recurrence(), sides=equal(corrected, true, names, scale)),
    )


def _exact_path(steps: int) -> Any:
    """For r = 1, in fractions: the recurrence with n/2, and gradient descent on both numbers."""

    def sides(graph: Any, L: int, share: float, teacher: Any, spectrum: Any) -> tuple[Any, Any]:
        assert len(spectrum) == 1
        star = [rationals(S[0, 0]) for S in teacher]
        n, d = graph.nodes, int(graph.degrees[0])
        goal = star[0] + d * star[1]
        rate = rationals(share) * steps_of.corrected_step(1 + d, [goal], n, d, L)
        end = exact.descend(graph, L, (Fraction(1), Fraction(1)), star, rate, steps)[-1]
        sigma = Fraction(1 + d)
        for _ in range(steps):
            pull = rate * n / 2 * (d * d + 1) * L
            sigma -= pull * sigma ** (L - 1) * (sigma**L - goal**L)
        return sigma, end[0] + d * end[1]

    return sides


@claim("awasthi2021:eq-41", PATHS, each=True)
def one_step(graph: Any, L: int, share: float, teacher: Any, basis: Any, spectrum: Any) -> Any:
    """One step moves each singular value by -eta n/2 g, with the g of Lemma 13's proof."""
    return _sides(graph, L, share, teacher, basis, spectrum, 1)


@claim("awasthi2021:eq-42", PATHS, each=True, tolerance=1e-11)
def several_steps(graph: Any, L: int, share: float, teacher: Any, basis: Any, spectrum: Any) -> Any:
    """Step after step, σ moves by -eta n/2 L (d^2 + 1) σ^{L-1} (σ^L - σ*^L)."""
    return _sides(graph, L, share, teacher, basis, spectrum, STEPS)


@claim("awasthi2021:remark-spectral-update", PATHS, each=True, tolerance=1e-11)
def whole_matrix(graph: Any, L: int, share: float, teacher: Any, basis: Any, spectrum: Any) -> Any:
    """After a step M is the sum of the moved singular values times v_i v_i'."""
    rate = share * _corrected_step(graph, L, spectrum)
    M = _matrices(graph, L, teacher, rate, 2)[0][-1]
    names, scale = ("sum over eigenvectors", "W1 + d W2"), float(np.abs(M).max())
    printed, corrected = (
        basis @ np.diag(_numbers(graph, L, spectrum, rate, 2, factor)) @ basis.T
        for factor in (0.5, 1.0)
    )
    return (
        equal(printed, M, names, scale, exactly=_exact_path(2)),
        proved(lemmas.recurrence(), sides=equal(corrected, M, names, scale)),
    )


@claim("awasthi2021:remark-common-eigenvectors/eigenvectors", PATHS, each=True, tolerance=1e-10)
def eigenvectors_stay(graph: Any, L: int, share: float, teacher: Any, spectrum: Any) -> Any:
    """Every M_t has the eigenvectors of M*: the two commute."""
    rate = share * _corrected_step(graph, L, spectrum)
    M = _matrices(graph, L, teacher, rate, STEPS)[0][-1]
    goal = teacher[0] + int(graph.degrees[0]) * teacher[1]
    scale = float(np.linalg.norm(M, 2) * np.linalg.norm(goal, 2))
    return proved(lemmas.commuting(), sides=equal(M @ goal, goal @ M, ("M_t M*", "M* M_t"), scale))


def _lowest(graph: Any, L: int, spectrum: Any, rate: float) -> np.ndarray:
    with np.errstate(all="ignore"):
        values = [_numbers(graph, L, spectrum, rate, t, 1.0) for t in range(1, 13)]
    return np.min(values, axis=1)


@claim("awasthi2021:remark-common-eigenvectors/definite", PATHS, each=True)
def stays_definite(graph: Any, L: int, share: float, spectrum: Any) -> Any:
    """With the step size of Eq. (25) every M_t is positive definite."""
    lowest = [
        _lowest(graph, L, spectrum, share * step(graph, L, spectrum))
        for step in (_printed_step, _corrected_step)
    ]
    floor = np.minimum(1.0 + graph.degrees[0], np.min(spectrum)) * (1 - 1e-12)
    names = ("smaller of 1 + d and σ*", "smallest eigenvalue of M_t")
    return (
        less(0.0, lowest[0], ("0", names[1]), exactly=_exact_lowest),
        proved(
            proofs.theorem("DeepLinear.eigenvalue_moves_monotonically"),
            sides=at_most(floor, lowest[1], names),
        ),
    )


def _exact_lowest(graph: Any, L: int, share: float, spectrum: Any) -> tuple[Any, Any]:
    """For r = 1, in fractions: the first eigenvalue of twelve that is not positive."""
    assert len(spectrum) == 1
    n, d, goal = graph.nodes, int(graph.degrees[0]), rationals(spectrum[0])
    rate = rationals(share) * steps_of.theorem_2_step([goal], n, d, L)
    sigma = Fraction(1 + d)
    for _ in range(12):
        sigma -= rate * n * (d * d + 1) * L * sigma ** (L - 1) * (sigma**L - goal**L)
        if sigma <= 0:
            break
    return 0, sigma


@claim("awasthi2021:remark-singular-values-suffice/track", PATHS, each=True, tolerance=1e-11)
def loss_of_singular_values(graph: Any, L: int, share: float, teacher: Any, spectrum: Any) -> Any:
    """The loss along gradient descent is that of the singular values of M_t and M* alone."""
    rate, unit = share * _corrected_step(graph, L, spectrum), np.eye(len(spectrum))
    M = _matrices(graph, L, teacher, rate, STEPS)[0][-1]
    # Any pair with this sum has the same loss.
    pair = (
        (M, np.zeros_like(unit)) if graph.degrees[0] == 0 else (M - unit * graph.degrees[0], unit)
    )
    true = linear_network.loss((*pair, *teacher), graph.adjacency.toarray(), L)
    values = np.sort(np.linalg.svd(M, compute_uv=False)) ** L - np.sort(spectrum) ** L
    scale = graph.nodes * float(max(spectrum[-1], 1.0 + graph.degrees[0])) ** (2 * L)
    names = ("from singular values", "over unit features")
    # By rank, since the vectors are not looked at; `lemmas.loss_of_eigenvalues` pairs them by vectors.
    return equal(graph.nodes / 2 * np.sum(values**2), true, names, scale)


@claim(
    "awasthi2021:remark-singular-values-suffice/converge",
    PATHS,
    each=True,
    theorem="DeepLinear.eigenvalue_converges_linearly",
)
def singular_values_converge(graph: Any, L: int, share: float, spectrum: Any) -> Any:
    """For a step size that is small enough the singular values of M_t converge to those of M*."""
    n, d = graph.nodes, int(graph.degrees[0])
    rate = share * _corrected_step(graph, L, spectrum)
    error = 1.0 + d - spectrum
    kappa = rate * n * L**2 * (d**2 + 1) * np.minimum(1.0 + d, spectrum) ** (2 * L - 2)
    distances = [_numbers(graph, L, spectrum, rate, t, 1.0) - spectrum for t in range(41)]
    bounds_ = [np.abs(error) * (1 - np.minimum(kappa, 1.0)) ** t for t in range(41)]
    return both(
        at_most(np.abs(distances), bounds_, ("|σ - σ*|", "geometric bound"), float(spectrum[-1])),
        less(0.0, kappa, ("0", "rate of the geometric bound")),
    )


@correction(
    "awasthi2021:remark-singular-values-suffice/conserved", PATHS, each=True, tolerance=1e-11
)
def difference_is_conserved(graph: Any, L: int, share: float, teacher: Any, spectrum: Any) -> Any:
    """d W1 - W2 never moves, so that only W1* + d W2* is found."""
    d, rate = int(graph.degrees[0]), share * _corrected_step(graph, L, spectrum)
    left = _matrices(graph, L, teacher, rate, STEPS)[1]
    expected = (d - 1.0) * np.eye(len(spectrum))
    scale = (1 + d) * float(max(spectrum[-1], 1.0 + d))
    sides = equal(left, expected, ("d W1 - W2 at the end", "at the start"), scale)
    return proved(lemmas.conserved(), sides=sides)


START = domain(
    integer("n", "[1, inf)"),
    integer("d", "[0, n - 1]"),
    where("a d-regular graph on n nodes exists", lambda n, d: n * d % 2 == 0),
    real("target", "(0, inf)", "σ*"),
    fixed("start at the identity"),
    regime=where("d ≥ 1", lambda d: d >= 1),
    cases=lambda budget: [
        {"n": n, "d": d, "target": target}
        for n, d in ((1, 0), (2, 1), (3, 2), (6, 2), (100, 99))
        for target in (1.0, 0.05, 2.0, 30.0)
    ],
)


@claim("awasthi2021:remark-theorem-3-start", START, each=True)
def initial_distance(n: int, d: int, target: float) -> Any:
    """The squared distance of a singular value from its target is at most (1 - σ*)^2 at the start."""
    basis = np.linalg.qr(np.random.default_rng(d).normal(size=(3, 3)))[0]
    unit = basis @ basis.T
    start = float(np.linalg.eigvalsh(unit + d * unit)[1])
    away, names, scale = (start - target) ** 2, ("(σ_0 - σ*)^2", "stated"), (start + target) ** 2
    return (
        at_most(away, (1 - target) ** 2, names, scale, exactly=_exact_start),
        proved(lemmas.start(), sides=equal(away, (1 + d - target) ** 2, names, scale)),
    )


def _exact_start(d: int, target: float) -> tuple[Any, Any]:
    goal = rationals(target)
    return (1 + int(d) - goal) ** 2, (1 - goal) ** 2
