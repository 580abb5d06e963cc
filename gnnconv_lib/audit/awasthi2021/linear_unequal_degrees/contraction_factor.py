"""P, Q, R and Eqs. (58), (59): the factor by which the squared distance is said to fall.

Steps have the size that Lemma 14 allows, or a part of it; r is that of Eq. (54), over the degrees.
Lemma 14 does not say what its sigma_i* are: those of W1* + d W2*, as in Theorem 2, or those of the
one matrix that its interval belongs to. With the first, a step is short: m <= delta m* and
m* <= sigma* give r_i <= L (delta sigma*)^{2L-2}, and delta <= u/l, l <= 1 <= u with the start in the
interval, so that eta (s_0 + s_2) <= 1/2. Then P, R >= 1/2 and 0 <= Q <= 1/4.

Reference: awasthi2021, proof of Theorem 4. Book page: book/awasthi2021/linear-unequal-degrees.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import sympy
from scipy.sparse.csgraph import connected_components

from gnnconv_lib import graphs
from gnnconv_lib.audit._exact_linear import sums_of_r
from gnnconv_lib.audit._main_spectra import collection, columns, degrees, series, unequal
from gnnconv_lib.audit.awasthi2021.linear_unequal_degrees import lemmas
from gnnconv_lib.audit.awasthi2021.linear_unequal_degrees.recurrences import (
    ALL_FOUR,
    ROUNDS,
    UNEQUAL,
)
from gnnconv_lib.bounds import awasthi2021_linear as bounds
from gnnconv_lib.claims import (
    at_most,
    claim,
    correction,
    domain,
    equal,
    exact_zero,
    fixed,
    graph,
    less,
    proved,
    rationals,
    readings,
    real,
    symbolic_zero,
    where,
)

Array = np.ndarray
_NUMBERS = ("P", "Q", "R", "a", "b", "s0", "s1", "s2", "short")


def _steps(budget: str, shares: Sequence[float]) -> dict[str, Any]:
    """States within l, u (the range of the state and the teacher), at shares of Lemma 14's step."""
    generator = np.random.default_rng(58)
    # On large stars and with many rounds the step of the lemma is longer than 2 / lambda_max.
    chosen = [*unequal(budget), graphs.star(40), graphs.star(100)]
    rows = []
    for g in chosen:
        for L in (1, 2, 3, 4):
            drawn = np.exp(generator.uniform(np.log(0.02), np.log(20), size=(3, 4)))
            near = np.ones(4) + np.outer([1.0, -1.0], [0.01, -0.005, -0.01, 0.01])
            rows += [
                (g, L, *state, share)
                for state in [*near.tolist(), *drawn.tolist()]
                for share in shares
            ]
    made = columns(rows, "graph", "L", "alpha", "beta", "alpha_star", "beta_star", "share")
    return made | _numbers(made)


def _numbers(made: dict[str, Any]) -> dict[str, Array]:
    nodes, mass = degrees(made["graph"])
    m = made["alpha"][:, None] + nodes * made["beta"][:, None]
    goal = made["alpha_star"][:, None] + nodes * made["beta_star"][:, None]
    depth = made["L"][:, None]
    r = mass * m ** (depth - 1) * series(m, goal, made["L"])
    s0, s1, s2 = (np.sum(nodes**k * r, axis=1) for k in range(3))
    eta = made["share"] * _lemma_14(made, of_sum=False)
    return {
        "eta": eta,
        "short": made["share"] * _lemma_14(made, of_sum=True),
        "P": 1 - eta * s0,
        "Q": eta * s1,
        "R": 1 - eta * s2,
        "a": made["alpha"] - made["alpha_star"],
        "b": made["beta"] - made["beta_star"],
        "s0": s0,
        "s1": s1,
        "s2": s2,
    }


def _lemma_14(made: dict[str, Any], of_sum: bool) -> Array:
    """The step of Lemma 14 with l and u the least and largest of the state, the start and x*; sigma*
    is x* or, `of_sum`, that of W1* + d W2*."""
    found = []
    for k, g in enumerate(made["graph"]):
        L, d = int(made["L"][k]), int(g.degrees.max())
        sigma = [made["alpha_star"][k] + d * made["beta_star"][k]] if of_sum else None
        steps = []
        for name in ("alpha", "beta"):
            values = np.array([made[name][k], made[f"{name}_star"][k], 1.0])
            interval = bounds.Interval(values.min(), values.max())
            steps.append(bounds.lemma_14_step_printed(interval, [values[1]], g.nodes, d, L, sigma))
        found.append(min(steps))
    return np.array(found)


_DERIVED = (*_NUMBERS, "eta")
_SHARE = real("share", "(0, 1]", "share of the step of Lemma 14", reach=100.0)
_OF_ONE, _OF_SUM = "sigma_star_of_W1_or_W2", "sigma_star_of_W1_plus_d_W2"
_PARTS = (
    UNEQUAL,
    fixed("l and u the range of state, start and target; r over the degrees"),
    ROUNDS,
    *ALL_FOUR,
    _SHARE,
)
STEPS = domain(*_PARTS, cases=lambda budget: _steps(budget, (0.01, 0.3, 1.0)), derived=_DERIVED)


def _forward(budget: str) -> dict[str, Any]:
    made = _steps(budget, (0.01, 0.3, 1.0))
    kept = np.flatnonzero(made["P"] + made["R"] >= 0)
    return {
        name: [values[k] for k in kept] if isinstance(values, list) else values[kept]
        for name, values in made.items()
    }


FORWARD = domain(
    *_PARTS,
    where("P + R ≥ 0", lambda P, R: P + R >= 0),
    cases=_forward,
    derived=_DERIVED,
)


def _any_numbers(budget: str) -> dict[str, Any]:
    drawn = np.random.default_rng(1).normal(size=(200, 5)) * 20
    return dict(zip(("P", "Q", "R", "a", "b"), drawn.T, strict=True))


NUMBERS = domain(
    *(real(name, "(-inf, inf)") for name in ("P", "Q", "R", "a", "b")), cases=_any_numbers
)


@claim("awasthi2021:definition-p-q-r/q", STEPS, repair="slip")
def definition_of_q(eta: Any, P: Any, Q: Any, a: Any, b: Any, s0: Any, s1: Any) -> Any:
    """With Q = sum d_i r_i, alpha - alpha* is P (alpha - alpha*) - Q (beta - beta*) after a step."""
    after = a - eta * (s0 * a + s1 * b)
    size = np.abs(a) + eta * (np.abs(s0 * a) + np.abs(s1 * b))
    names = ("P a - Q b", "Eq. (52)")
    corrected = a * P - b * bounds.theorem_4_q_corrected(eta, s1)
    return (
        equal(a * P - b * s1, after, names, size, exactly=_exact_q),
        proved(lemmas.first_step(), sides=equal(corrected, after, names, size)),
    )


def _exact_numbers(case: Any) -> tuple[Any, ...]:
    """P, Q, R, a, b and s_0, s_1 of a state, in fractions; the step is the number that it is."""
    point = rationals([case["alpha"], case["beta"]])
    star = rationals([case["alpha_star"], case["beta_star"]])
    s0, s1, s2 = sums_of_r(case["graph"], int(case["L"]), point, star)
    eta = rationals(case["eta"])
    return 1 - eta * s0, eta * s1, 1 - eta * s2, *(point - star), s0, s1


def _exact_q(
    graph: Any, L: int, alpha: float, beta: float, alpha_star: float, beta_star: float, eta: float
) -> tuple[Any, Any]:
    P, Q, _, a, b, _, s1 = _exact_numbers(locals())
    return a * P - b * s1, a * P - b * Q


def _exact_58(
    graph: Any, L: int, alpha: float, beta: float, alpha_star: float, beta_star: float, eta: float
) -> tuple[Any, Any]:
    P, Q, R, a, b, *_ = _exact_numbers(locals())
    cross = Q * (P + R)
    return _after(P, Q, R, a, b), a**2 * (P**2 + Q**2 + cross) + b**2 * (P**2 + R**2 + cross)


def _exact_59(
    graph: Any,
    L: int,
    alpha: float,
    beta: float,
    alpha_star: float,
    beta_star: float,
    eta: float,
    ball: Any,
) -> tuple[Any, Any]:
    P, Q, R = (ball(number) for number in _exact_numbers(locals())[:3])
    root = ((P - R) ** 2 + 4 * Q**2).sqrt()
    return ((abs(P + R) + root) / 2) ** 2, P**2 + R**2 + Q**2 + Q * (P + R)


def _exact_factor(
    graph: Any, L: int, alpha: float, beta: float, alpha_star: float, beta_star: float, eta: float
) -> tuple[Any, Any]:
    P, Q, R = _exact_numbers(locals())[:3]
    return P**2 + R**2 + Q**2 + Q * (P + R), 1


def _exact_squares(
    graph: Any, L: int, alpha: float, beta: float, alpha_star: float, beta_star: float, eta: float
) -> tuple[Any, Any]:
    P, Q, R, a, b, *_ = _exact_numbers(locals())
    return _after(P, Q, R, a, b), a**2 + b**2


@claim("awasthi2021:remark-theorem-4-square", NUMBERS, tolerance=1e-13)
def squared_distance(P: Any, Q: Any, R: Any, a: Any, b: Any) -> Any:
    """(P a - Q b)^2 + (R b - Q a)^2 is a^2 (P^2 + Q^2) + b^2 (R^2 + Q^2) - 2 a b (P Q + R Q)."""
    p, q, r, x, y = sympy.symbols("p q r x y", real=True)
    exact = _after(p, q, r, x, y) - _expanded(p, q, r, x, y)
    size = (P**2 + Q**2 + R**2) * (a**2 + b**2)
    return proved(
        symbolic_zero(exact),
        sides=equal(_after(P, Q, R, a, b), _expanded(P, Q, R, a, b), scale=size),
    )


def _after(P: Any, Q: Any, R: Any, a: Any, b: Any) -> Any:
    """The squared distance after a step."""
    return (P * a - Q * b) ** 2 + (R * b - Q * a) ** 2


def _expanded(P: Any, Q: Any, R: Any, a: Any, b: Any) -> Any:
    return a**2 * (P**2 + Q**2) + b**2 * (R**2 + Q**2) - 2 * a * b * (P * Q + R * Q)


def _of_short(short: Any, s0: Any, s1: Any, s2: Any) -> tuple[Any, Any, Any]:
    """P, Q, R at the step of Lemma 14 with the sigma* of W1* + d W2*."""
    return 1 - short * s0, short * s1, 1 - short * s2


@claim("awasthi2021:eq-58/bound", STEPS)
def equation_58(
    P: Any, Q: Any, R: Any, a: Any, b: Any, short: Any, s0: Any, s1: Any, s2: Any
) -> Any:
    """At the step sizes of Lemma 14 the squared distance after a step is at most
    a^2 (P^2 + Q^2 + Q (P + R)) + b^2 (P^2 + R^2 + Q (P + R))."""
    names = ("squared distance after the step", "Eq. (58)")
    after, small = _after(P, Q, R, a, b), (*_of_short(short, s0, s1, s2), a, b)
    by_name = {
        _OF_ONE: at_most(
            after, bounds.equation_58_printed(P, Q, R, a, b), names, exactly=_exact_58
        ),
        _OF_SUM: at_most(_after(*small), bounds.equation_58_printed(*small), names),
    }
    return (
        readings(**by_name),
        proved(
            lemmas.equation_58(),
            sides=at_most(after, bounds.equation_58_corrected(P, Q, R, a, b), names),
        ),
    )


def _worst(P: Any, Q: Any, R: Any) -> Any:
    """The largest ratio of squared distances after and before a step."""
    step = np.stack([np.stack([P, -Q], -1), np.stack([-Q, R], -1)], -2)
    return np.linalg.norm(step, 2, axis=(1, 2)) ** 2


@claim("awasthi2021:eq-59/bound", STEPS)
def equation_59(P: Any, Q: Any, R: Any, short: Any, s0: Any, s1: Any, s2: Any) -> Any:
    """At the step sizes of Lemma 14 the squared distance after a step is at most
    P^2 + R^2 + Q^2 + Q (P + R) times the one before, in the worst direction."""
    worst, small = _worst(P, Q, R), _of_short(short, s0, s1, s2)
    names = ("largest ratio of squared distances", "factor")
    by_name = {
        _OF_ONE: at_most(worst, bounds.equation_59_printed(P, Q, R), names, exactly=_exact_59),
        _OF_SUM: at_most(_worst(*small), bounds.equation_59_printed(*small), names),
    }
    return (
        readings(**by_name),
        proved(
            lemmas.equation_59(),
            sides=at_most(worst, bounds.equation_59_corrected(P, Q, R), names),
        ),
    )


@correction("awasthi2021:eq-59/forward", FORWARD)
def equation_59_forward(P: Any, Q: Any, R: Any) -> Any:
    """While P + R >= 0 the printed factor is an upper bound of the sharp one."""
    printed, sharp = bounds.equation_59_printed(P, Q, R), bounds.equation_59_corrected(P, Q, R)
    return at_most(sharp, printed, ("sharp factor", "printed factor"))


_DECAY = "awasthi2021:remark-theorem-4-geometric"


@claim(f"{_DECAY}/factor", STEPS, repair="replacement", corrected_by=f"{_DECAY}/sharp")
def factor_below_one(
    P: Any, Q: Any, R: Any, a: Any, b: Any, short: Any, s0: Any, s1: Any, s2: Any
) -> Any:
    """At the step sizes of Lemma 14 "the above" falls at a geometric rate: the factor of Eq. (59) is
    below 1; or the sum of squares itself falls, by (1 - eta lambda_min)^2 in a step."""
    names = ("factor of Eq. (59)", "1")
    squares = ("sum of squares after the step", "sum of squares")
    before, small = a**2 + b**2, _of_short(short, s0, s1, s2)
    least = 2 * (s0 * s2 - s1**2) / (s0 + s2 + np.hypot(s0 - s2, 2 * s1))
    rate = (1 - short * least) ** 2
    return readings(
        the_bound_of_Eq_59=less(
            bounds.equation_59_printed(P, Q, R), 1.0, names, exactly=_exact_factor
        ),
        the_bound_of_Eq_59_with_sigma_star_of_W1_plus_d_W2=less(
            bounds.equation_59_printed(*small), 1.0, names
        ),
        the_sum_of_squares_itself=at_most(
            _after(P, Q, R, a, b), before, squares, exactly=_exact_squares
        ),
        the_sum_of_squares_itself_with_sigma_star_of_W1_plus_d_W2=at_most(
            _after(*small, a, b), rate * before, ("sum of squares after the step", "bound"), before
        ),
    )


def _stable(budget: str) -> dict[str, Any]:
    made = _steps(budget, (0.01, 0.5, 1.0))
    s0, s1, s2 = made["s0"], made["s1"], made["s2"]
    eta = made["share"] * 1.999 / (0.5 * (s0 + s2 + np.hypot(s0 - s2, 2 * s1)))
    return made | {"eta": eta, "P": 1 - eta * s0, "Q": eta * s1, "R": 1 - eta * s2}


STABLE = domain(
    UNEQUAL,
    fixed("r_i > 0 over the degrees, r(d) the weights of Eq. (54)"),
    ROUNDS,
    *ALL_FOUR,
    real("share", "(0, 1]", "η over 1.999 / λ_max of [[s₀, s₁], [s₁, s₂]]", reach=100.0),
    where("s₀ s₂ - s₁² is not lost to rounding", lambda s0, s1, s2: s0 * s2 > (1 + 1e-6) * s1**2),
    cases=lambda budget: _well_conditioned(_stable(budget)),
    derived=_DERIVED,
)


def _well_conditioned(made: dict[str, Any]) -> dict[str, Any]:
    kept = np.flatnonzero(made["s0"] * made["s2"] > (1 + 1e-6) * made["s1"] ** 2)
    return {
        name: [values[k] for k in kept] if isinstance(values, list) else values[kept]
        for name, values in made.items()
    }


@correction(f"{_DECAY}/sharp", STABLE)
def sharp_factor(P: Any, Q: Any, R: Any, s0: Any, s1: Any, s2: Any) -> Any:
    """The sharp factor, the squared spectral norm of the matrix with rows (P, -Q), (-Q, R), is below 1
    for eta < 2/lambda_max of the matrix with rows (s_0, s_1), (s_1, s_2)."""
    return less(bounds.equation_59_corrected(P, Q, R), 1.0, ("sharp factor", "1"))


def _connected(g: Any) -> bool:
    return bool(g.nodes > 1 and connected_components(g.adjacency)[0] == 1)


def _one_round(budget: str) -> dict[str, Any]:
    rows = []
    for g in collection(budget):
        if not _connected(g):
            continue
        d = g.degrees.astype(float)
        s0, s1, s2 = (float(np.sum(d**k)) for k in range(3))
        # The step at which the factor, a quadratic in eta, is least.
        best = (s0 + s2 - s1) / (s0**2 + s1**2 + s2**2 - s1 * (s0 + s2))
        rows += [(g, eta, s0, s1, s2) for eta in (1e-3, best, 0.1, 1.0, 12.0)]
    return columns(rows, "graph", "eta", "s0", "s1", "s2")


ONE_ROUND = domain(
    graph(
        "graph",
        "every connected graph with two nodes or more",
        corners={
            "a star": lambda g: (
                g.degrees.max() == g.nodes - 1 and g.degrees.sum() == 2 * g.nodes - 2
            ),
            "a complete graph": lambda g: g.degrees.min() == g.nodes - 1,
        },
        member=_connected,
    ),
    fixed("L = 1"),
    real("eta", "(0, inf)", "η"),
    cases=_one_round,
    derived=("s0", "s1", "s2"),
)


@correction(f"{_DECAY}/never-below-one", ONE_ROUND)
def never_below_one(eta: Any, s0: Any, s1: Any, s2: Any) -> Any:
    """For L = 1 the printed factor is at least 1, whatever the step size."""
    factor = bounds.equation_59_printed(1 - eta * s0, eta * s1, 1 - eta * s2)
    return at_most(1.0, factor, ("1", "factor of Eq. (59)"))


STAR = domain(
    fixed("star with four leaves, L = 2, (α, β) = (3, -1/2), (α*, β*) = (1, 1/2), η = 23/1900"),
    derived=("eta",),
    cases=lambda budget: {"eta": [23 / 1900]},
    words=lambda eta: "star with 4 leaves",
)


@correction(f"{_DECAY}/negative-beta", STAR)
def below_one_with_negative_beta(eta: Any) -> Any:
    """With a negative β and L = 2 the printed factor can be below 1: it is 421/475."""
    leaf, hub = ((3 - Fraction(d, 2), 1 + Fraction(d, 2)) for d in (1, 4))
    r = [(4, 1, leaf[0] * (leaf[0] + leaf[1])), (1, 4, hub[0] * (hub[0] + hub[1]))]
    s0, s1, s2 = (sum(count * d**k * value for count, d, value in r) for k in range(3))
    step = Fraction(23, 1900)
    P, Q, R = 1 - step * s0, step * s1, 1 - step * s2
    exact = exact_zero([P**2 + R**2 + Q**2 + Q * (P + R) - Fraction(421, 475)])
    found = bounds.equation_59_printed(1 - eta * float(s0), eta * float(s1), 1 - eta * float(s2))
    return proved(exact, sides=less(found, 1.0, ("factor of Eq. (59)", "1")))
