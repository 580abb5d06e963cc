"""Lemmas 4 and 9, Eqs. (26)-(29): how large the gradient is against the loss.

Every printed factor d + 1 is kept. In the columns A, B and C carry d + 1 already: the paper's are
A/(d+1), B/(d+1), C/(d+1). With δ = ε/(4hn).

Reference: awasthi2021, Lemmas 4 and 9. Book page: book/awasthi2021/pl-condition.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from gnnconv_lib.audit import _relu_lemmas
from gnnconv_lib.audit._exact_relu import exactly
from gnnconv_lib.audit._relu_domains import SPARSE_REGULAR, collection, columns, weights
from gnnconv_lib.audit._relu_starts import (
    EPSILON,
    UNITS,
    gradient_squared,
    loss,
    paths,
    placed,
    with_error,
)
from gnnconv_lib.audit._relu_symbols import Symbols
from gnnconv_lib.audit.awasthi2021.pl_condition import lemmas
from gnnconv_lib.bounds import awasthi2021_relu as bounds
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
    proved,
    readings,
    symbolic_zero,
    where,
)

REGULAR = weights("every regular graph")
EVERY = weights()
FAR = weights(
    "every graph",
    where("L > 0", lambda A, gap, length: loss(A, gap, length) > 0),
    keep=lambda A, gap, length: loss(A, gap, length) > 0,
)
LONG = weights(
    "every regular graph",
    EPSILON,
    UNITS,
    where("ℓ - 1 > ε/(4hn)", lambda length, eps, h, n: length - 1 > eps / (4 * h * n)),
    length="(1, inf)",
    place=lambda length, cos: (1 + length, cos),
    keep=lambda length, eps, h, n: length - 1 > eps / (4 * h * n),
    more=with_error,
)


def _near_unit_length(start: Any) -> tuple[Any, Any]:
    """Lengths in [1 - δ, 1 + δ]; half of the weights also turn towards the teacher."""
    delta = start["eps"] / (4 * start["h"] * start["n"])
    angle = np.arccos(start["cos"])
    close = np.arange(len(delta)) % 2 == 1
    turned = np.where(close, np.minimum(angle, 1.01 * delta * (1 + angle)), angle)
    return 1 + 0.999 * delta * np.tanh(start["length"] - 1), np.cos(turned)


def _near(budget: str) -> dict[str, Any]:
    made = placed("every regular graph", budget, _near_unit_length)
    inside = made["length"] * made["sine"] > made["eps"] / (4 * made["h"] * made["n"])
    return {name: values[inside] for name, values in made.items()}


def _near_with_slope(budget: str) -> dict[str, Any]:
    made = _near(budget)
    inside = made["C"] >= made["A"] / (2 * made["n"])
    return {name: values[inside] for name, values in made.items()}


_DERIVED = tuple(name for name in weights().derived)
_NEAR_PARTS = (
    graph("graph", "every regular graph"),
    fixed("one unit, teacher of length 1, any r"),
    EPSILON,
    UNITS,
    where(
        "|ℓ - 1| ≤ ε/(4hn)",
        lambda length, eps, h, n: np.abs(length - 1) <= eps / (4 * h * n),
    ),
    where("|β| > ε/(4hn)", lambda length, sine, eps, h, n: length * sine > eps / (4 * h * n)),
)


def _say(graph: Any, length: float, cos: float, eps: float, h: float) -> str:
    return f"{graph.name}, ℓ = {length:.8g}, c = {cos:.8g}, ε = {eps:g}, h = {h:g}"


UNIT_LENGTH = domain(*_NEAR_PARTS, cases=_near, derived=(*_DERIVED, "length", "cos"), words=_say)
UNIT_LENGTH_SLOPE = domain(
    *_NEAR_PARTS,
    where("C ≥ A/(2n)", lambda A, C, n: A / (2 * n) <= C),
    cases=_near_with_slope,
    derived=(*_DERIVED, "length", "cos"),
    words=_say,
)
SETTLED = weights(
    "every graph",
    EPSILON,
    UNITS,
    where("α ≥ -1/100", lambda along: along >= -0.01),
    length="[0.99, inf)",
    cos="(-0.011, 1]",
    place=lambda length, cos: (0.99 + length * (length > 1e-5), cos),
    keep=lambda along: along >= -0.01,
    more=with_error,
)


def _gaussian_paths(budget: str) -> dict[str, Any]:
    chosen = [g for g in collection(SPARSE_REGULAR, budget) if g.nodes <= 400]
    return paths(chosen, {"quick": 10, "full": 100}[budget], 10, 300)


GAUSSIAN_PATHS = domain(
    graph(
        "graph",
        SPARSE_REGULAR,
        {
            "a graph without edges": lambda g: g.edges == 0,
            "a graph with edges": lambda g: g.edges > 0,
        },
        lambda g: bool(np.ptp(g.degrees) == 0 and max(16, 4 * g.degrees[0] ** 2) <= g.nodes),
    ),
    fixed("r = 10, σ = 1, η = 1/(6πA), all of 300 steps"),
    drawn("seed", "Gaussian starts"),
    cases=_gaussian_paths,
    derived=("A", "C1", "n", "d", "cos_0", "slope_0", "losses", "squares"),
)


@cache
def _square_is_right() -> Any:
    s = Symbols()
    squared = s.diff(s.loss, s.alpha) ** 2 + s.diff(s.loss, s.beta) ** 2
    claimed = (s.full * s.length - s.mixed) ** 2 + (s.beta / s.length) ** 2 * s.slope**2
    return symbolic_zero(squared - claimed, s.numerator)


@cache
def _loss_is_right() -> Any:
    import sympy

    A, B, length = sympy.symbols("A B l")
    return symbolic_zero(A * (length**2 + 1) / 2 - length * B - loss(A, A - B, length))


@claim("awasthi2021:remark-gradient-norm", REGULAR, repair="slip", tolerance=1e-11)
def gradient_norm(A: Any, gap: Any, length: Any, C: Any, sine: Any, cos: Any, d: Any) -> Any:
    """|∇L|² = (d+1)²((ℓA - B)² + β²C²/(ℓ²(d+1)²)) in the paper's A, B, C."""
    radial = A * (length - 1) + gap
    by_parts = (cos * radial - sine**2 * C) ** 2 + (sine * radial + cos * sine * C) ** 2
    printed = radial**2 + (sine * C / (d + 1)) ** 2
    names = ("stated square", "(∂L/∂α)² + (∂L/∂β)²")
    size = radial**2 + (sine * C) ** 2
    corrected = equal(gradient_squared(A, gap, length, C, sine), by_parts, names, size)
    by_hand = exactly(
        lambda x, pi: (
            (x.A * x.length - x.B) ** 2 + (x.sine * x.C / (x.d + 1)) ** 2,
            x.square,
        )
    )
    return (
        equal(printed, by_parts, names, size, exactly=by_hand),
        proved(_square_is_right(), sides=corrected),
    )


@claim("awasthi2021:eq-26", EVERY, tolerance=1e-11)
def loss_without_b(A: Any, B: Any, gap: Any, length: Any) -> Any:
    """L = A(ℓ² + 1)/2 - ℓB ≤ A(ℓ² + 1)/2."""
    exact, bound = loss(A, gap, length), A * (length**2 + 1) / 2
    return both(
        proved(
            _loss_is_right(),
            sides=equal(bound - length * B, exact, ("printed loss", "loss"), bound),
        ),
        proved(lemmas.loss_without_b(), sides=at_most(exact, bound, ("loss", "A(ℓ² + 1)/2"))),
    )


@claim("awasthi2021:remark-pl-ratio", FAR, tolerance=1e-11)
def pl_ratio(A: Any, gap: Any, length: Any, C: Any, sine: Any) -> Any:
    """|∇L|²/L ≥ (ℓA - B)²/A + 2β²C²/((ℓ² + 1)A)."""
    squared, here = gradient_squared(A, gap, length, C, sine), loss(A, gap, length)
    printed = (A * (length - 1) + gap) ** 2 / A + 2 * (length * sine * C) ** 2 / (
        (length**2 + 1) * A
    )
    names = ("stated bound", "|∇L|²/L")
    ratio = squared / here

    def by_hand(x: Any, pi: Any) -> tuple[Any, Any]:
        across = 2 * (x.length * x.sine * x.C) ** 2 / ((x.length**2 + 1) * x.A)
        return (x.A * x.length - x.B) ** 2 / x.A + across, x.square / x.loss

    return (
        at_most(printed, ratio, names, exactly=exactly(by_hand)),
        proved(lemmas.ratio(), sides=at_most(2 * squared / ((length**2 + 1) * A), ratio, names)),
    )


@claim("awasthi2021:eq-27", LONG, tolerance=1e-11)
def long_iterates(
    A: Any, gap: Any, length: Any, C: Any, sine: Any, n: Any, d: Any, eps: Any, h: Any
) -> Any:
    """ℓ - 1 > ε/(4hn) gives |∇L|²/L ≥ Aε²/(16h²n²) ≥ (d+1)ε²/(16πh²)."""
    ratio = gradient_squared(A, gap, length, C, sine) / loss(A, gap, length)
    middle = A * eps**2 / (16 * h**2 * n**2)
    last = (d + 1) * eps**2 / (16 * np.pi * h**2)
    return both(
        proved(lemmas.long_iterates(), sides=at_most(middle, ratio, ("Aε²/(16h²n²)", "|∇L|²/L"))),
        proved(
            lemmas.long_iterates_in_degrees(),
            sides=at_most(last, middle, ("(d+1)ε²/(16πh²)", "Aε²/(16h²n²)")),
        ),
    )


def _chain(fifths: int) -> Any:
    """The last term of Eq. (28) with this many fifths in front, and the middle one."""

    def terms(x: Any, pi: Any, eps: Any, h: Any) -> tuple[Any, Any]:
        paper = x.C**2 / (x.A * (x.d + 1) ** 2)
        middle = 2 * (x.length * x.sine) ** 2 * paper / ((x.length**2 + 1) * h**2)
        return fifths * paper * eps**2 / (80 * h**2 * x.n**2), middle

    return terms


@claim("awasthi2021:eq-28", UNIT_LENGTH, repair="slip", tolerance=1e-11)
def unit_length(
    A: Any, gap: Any, length: Any, C: Any, sine: Any, n: Any, d: Any, eps: Any, h: Any
) -> Any:
    """|∇L|²/L ≥ 2(d+1)β²C²/((ℓ²+1)h²(d+1)²A) ≥ 5 C²ε²/(16A(d+1)h²n²) in the paper's A, C."""
    ratio = gradient_squared(A, gap, length, C, sine) / loss(A, gap, length)
    paper = C**2 / (A * (d + 1))
    beta = length * sine

    def chain(constant: float, units: Any, first: Any = None, second: Any = None) -> Any:
        middle = 2 * beta**2 * paper / ((length**2 + 1) * units**2 * (d + 1))
        last = constant * paper / (d + 1) * eps**2 / (16 * h**2 * n**2)
        names, by_hand = ("last term", "middle term"), exactly(_chain(round(5 * constant)))
        return both(
            proved(first, sides=at_most(middle, ratio, ("middle term", "|∇L|²/L"))),
            proved(second, sides=at_most(last, middle, names, exactly=by_hand)),
        )

    return readings(five=chain(5.0, h), one_fifth=chain(0.2, h)), chain(
        0.2, 1.0, lemmas.unit_length(), lemmas.unit_length_end()
    )


@claim("awasthi2021:eq-29", UNIT_LENGTH_SLOPE, tolerance=1e-11)
def unit_length_with_slope(
    A: Any, gap: Any, length: Any, C: Any, sine: Any, n: Any, d: Any, eps: Any, h: Any
) -> Any:
    """Where C ≥ A/(2n), |∇L|²/L ≥ ε²/(380πh²n²(d+1))."""
    ratio = gradient_squared(A, gap, length, C, sine) / loss(A, gap, length)
    sides = at_most(bounds.lemma_4_printed(eps, n, d, h), ratio, ("printed bound", "|∇L|²/L"))
    return proved(lemmas.unit_length_with_slope(), sides=sides)


@claim("awasthi2021:lemma-4/region", SETTLED, tolerance=1e-11)
def lemma_4(
    A: Any, gap: Any, length: Any, C: Any, sine: Any, n: Any, d: Any, eps: Any, h: Any
) -> Any:
    """Where α ≥ -1/100 and ℓ ≥ 0.99, |∇L|² ≥ µ*L with µ* = ε²/(380π(d+1)h²n²)."""
    squared = gradient_squared(A, gap, length, C, sine)
    bound = bounds.lemma_4_printed(eps, n, d, h) * loss(A, gap, length)
    return proved(lemmas.lemma_4(), sides=at_most(bound, squared, ("µ*L", "|∇L|²")))


@claim("awasthi2021:lemma-4/trajectories", GAUSSIAN_PATHS)
def lemma_4_along_descent(losses: Any, squares: Any, n: Any, d: Any) -> Any:
    """|∇L|² ≥ µ*L at every iterate, with ε = h = 1 in µ*, the largest value."""
    bound = bounds.lemma_4_printed(1.0, n, d, 1)[:, None] * losses
    return at_most(bound, squares, ("µ*L", "|∇L|²"), squares + 1e-20)


@claim("awasthi2021:remark-no-patch-assumption", EVERY, tolerance=1e-11)
def gradient_inequality_on_every_graph(
    A: Any, gap: Any, length: Any, C: Any, C1: Any, sine: Any, cos: Any
) -> Any:
    """|∇L|² ≥ 2µ(c)L with µ(c) = min(A, (1+c)C(c)²/(2C(1))), however neighbourhoods overlap."""
    constant = bounds.polyak_lojasiewicz(A, C, C1, cos)
    squared = gradient_squared(A, gap, length, C, sine)
    sides = at_most(2 * constant * loss(A, gap, length), squared, ("2µ(c)L", "|∇L|²"))
    return proved(_relu_lemmas.gradient_inequality(), sides=sides)


def _starts(budget: str) -> list[dict[str, Any]]:
    rows = []
    for number, (entry, r) in enumerate(
        (g, r) for g in collection("every graph", budget) for r in (1, 2, 10)
    ):
        w = np.random.default_rng(number).normal(size=r)
        length = float(np.linalg.norm(w))
        made = weights_at(entry, length, float(np.clip(w[0] / length, -1, 1)))
        rows.append({"graph": entry, "r": r, "start": number, **made})
    return rows


def weights_at(entry: Any, length: float, cos: float) -> dict[str, Any]:
    """Squared gradient and loss at one weight, and at the point opposite to w* where both meet."""
    here = columns([entry], np.array([[length]]), np.array([[cos]]))
    opposite = here["opposite"][0] / here["A"][0]
    there = columns([entry], np.array([[max(opposite, 1e-12)]]), np.array([[-1.0]]))
    found = {}
    for name, at in (("start", here), ("stuck", there)):
        terms = (at["A"][0], at["gap"][0], at["length"][0])
        found[f"{name}_squared"] = gradient_squared(*terms, at["C"][0], at["sine"][0])
        found[f"{name}_loss"] = loss(*terms)
    return {**found, "n": here["n"][0], "d": here["d"][0]}


STARTS = domain(
    graph(),
    integer("r", "[1, inf)"),
    drawn("start", "standard Gaussian starts"),
    cases=_starts,
    derived=("start_squared", "start_loss", "stuck_squared", "stuck_loss", "n", "d"),
    words=lambda graph, r, start: f"{graph.name}, r = {r}, start {start}",
)


@claim("awasthi2021:remark-no-pl-at-start", STARTS, tolerance=1e-9)
def no_inequality_at_the_start(
    start_squared: Any, start_loss: Any, stuck_squared: Any, stuck_loss: Any, n: Any, d: Any
) -> Any:
    """At a random start |∇L|² ≥ µL does not hold."""
    constant = bounds.lemma_4_printed(1.0, n, d, 1)
    return readings(
        one_constant_for_all_starts=at_most(
            stuck_squared, 1e-6 * stuck_loss, ("|∇L|² next to a possible start", "10⁻⁶ L")
        ),
        the_constant_of_Lemma_4=at_most(
            start_squared, constant * start_loss, ("|∇L|² at a Gaussian start", "µ*L")
        ),
    )


@correction("awasthi2021:eq-27/linear", LONG, tolerance=1e-11)
def long_iterates_first_order(A: Any, gap: Any, length: Any, C: Any, sine: Any) -> Any:
    """|∇L|²/L ≥ 4A(ℓ-1)/(2ℓ-1) for ℓ > 1, of first order in ℓ - 1."""
    ratio = gradient_squared(A, gap, length, C, sine) / loss(A, gap, length)
    sides = at_most(4 * A * (length - 1) / (2 * length - 1), ratio, ("bound", "|∇L|²/L"))
    return proved(lemmas.long_iterates_first_order(), sides=sides)
