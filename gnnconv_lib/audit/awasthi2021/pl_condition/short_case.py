"""Eqs. (30)-(36): the case ℓ < 1 - δ of Lemma 9, on the weights where its assumption holds.

The proof assumes |B - ℓA| ≤ εA/(8hn): lengths next to B(c)/A. With δ = ε/(4hn); A, B, C carry d + 1.

Reference: awasthi2021, Lemma 9. Book page: book/awasthi2021/pl-condition.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gnnconv_lib import dual
from gnnconv_lib.audit import _pair_lemmas, _size_lemmas
from gnnconv_lib.audit._exact_relu import exactly
from gnnconv_lib.audit._relu_domains import SPARSE, SPARSE_REGULAR, columns, weights
from gnnconv_lib.audit._relu_starts import (
    EPSILON,
    UNITS,
    gradient_squared,
    loss,
    placed,
    with_error,
)
from gnnconv_lib.audit.awasthi2021.pl_condition import lemmas
from gnnconv_lib.bounds import awasthi2021_relu as bounds
from gnnconv_lib.claims import (
    at_most,
    claim,
    correction,
    domain,
    drawn,
    fixed,
    graph,
    integer,
    proved,
    readings,
    real,
    where,
)
from gnnconv_lib.dual.inequalities import certificate

SHORTEST = bounds.lemma_1_printed(1.0, 1)[0]
_ONE_UNIT = fixed("one unit, teacher of length 1, any r")
_SIGNS = real("sign", "[-1, 1]", "κ = (B - ℓA)8hn/(εA)")
_DERIVED = (*weights().derived, "length", "cos")


def _at_the_ridge(start: Any) -> tuple[Any, Any]:
    """Lengths with B - ℓA = κεA/(8hn); half of the weights are turned towards the teacher."""
    share = start["eps"] / (8 * start["h"] * start["n"])
    return start["B"] / start["A"] - _signs(start) * share, start["cos"]


def _signs(start: Any) -> Any:
    return np.array([-1.0, 1.0, 0.0, 0.5])[np.arange(len(start["cos"])) % 4]


def _ridge(among: str, keep: Any) -> Any:
    def cases(budget: str) -> dict[str, Any]:
        made = placed(among, budget, _towards, lambda start: {"sign": _signs(start)})
        wanted = keep.__code__.co_varnames[: keep.__code__.co_argcount]
        inside = np.asarray(keep(*(made[name] for name in wanted))) & (made["length"] > 0)
        return {name: values[inside] for name, values in made.items()}

    return cases


def _towards(start: Any) -> tuple[Any, Any]:
    """As `_at_the_ridge`, at angles of the order at which A - B is of the order of δA, too."""
    delta = start["eps"] / (4 * start["h"] * start["n"])
    close = np.arange(len(delta)) % 3 == 1
    # 1 - c = m δA/(2 C(1)): from m = 1 on the lengths are below 1 - δ.
    size = np.array([1.05, 1.3, 2.0, 8.0, 1.01])[np.arange(len(delta)) // 3 % 5]
    turn = np.minimum(np.arccos(start["cos"]), np.sqrt(size * delta * start["A"] / start["C1"]))
    cos = np.where(close, np.cos(turn), start["cos"])
    graphs = start["graph"]
    first = np.flatnonzero([True, *(graphs[1:] != graphs[:-1])])
    shape = (len(first), -1)
    at = columns(list(graphs[first]), start["length"].reshape(shape), cos.reshape(shape))
    return _at_the_ridge({**start, "B": at["B"], "cos": cos})


def _say(graph: Any, length: float, cos: float, eps: float, h: float) -> str:
    return f"{graph.name}, ℓ = {length:.6g}, c = {cos:.8g}, ε = {eps:g}, h = {h:g}"


_ASSUMED = where(
    "|B - ℓA| ≤ εA/(8hn)",
    lambda A, B, length, eps, h, n: np.abs(B - length * A) <= eps * A / (8 * h * n) + 1e-12 * A,
)
_SHORT = where("ℓ < 1 - ε/(4hn)", lambda length, eps, h, n: length < 1 - eps / (4 * h * n))
_LEMMAS = where(
    "α ≥ -1/100 and ℓ ≥ 1/(36π²), by Lemmas 1 and 3",
    lambda along, length: (along >= -0.01) & (length >= SHORTEST),
)
_COMMON: dict[str, Any] = {"derived": _DERIVED, "words": _say}


def _short(length: Any, eps: Any, h: Any, n: Any) -> Any:
    return length < 1 - eps / (4 * h * n)


def _short_and_settled(length: Any, eps: Any, h: Any, n: Any, along: Any) -> Any:
    return _short(length, eps, h, n) & (along >= -0.01) & (length >= SHORTEST)


def _with_edge(length: Any, eps: Any, h: Any, n: Any, d: Any) -> Any:
    return _short(length, eps, h, n) & (d >= 1)


def _settled_with_edge(length: Any, eps: Any, h: Any, n: Any, along: Any, d: Any) -> Any:
    return _short_and_settled(length, eps, h, n, along) & (d >= 1)


def _parts(among: str, *more: Any) -> tuple[Any, ...]:
    return (graph("graph", among), _ONE_UNIT, EPSILON, UNITS, _SIGNS, _ASSUMED, *more)


RIDGE = domain(
    *_parts("every regular graph", _SHORT),
    cases=_ridge("every regular graph", _short),
    regime=SPARSE,
    **_COMMON,
)
SETTLED = domain(
    weights(SPARSE_REGULAR).parts[0],
    *_parts("every regular graph", _SHORT, _LEMMAS)[1:],
    cases=_ridge(SPARSE_REGULAR, _short_and_settled),
    **_COMMON,
)
RIDGE_WITH_EDGE = domain(
    graph(
        "graph",
        "every regular graph with an edge",
        {
            "a complete graph": lambda g: g.degrees[0] == g.nodes - 1,
            "d = 1": lambda g: g.degrees[0] == 1,
        },
        lambda g: bool(np.ptp(g.degrees) == 0 and g.degrees[0] > 0),
    ),
    *_parts("every regular graph", _SHORT)[1:],
    cases=_ridge("every regular graph", _with_edge),
    regime=SPARSE,
    **_COMMON,
)
SETTLED_WITH_EDGE = domain(
    RIDGE_WITH_EDGE.parts[0],
    *_parts("every regular graph", _SHORT, _LEMMAS)[1:],
    cases=_ridge("every regular graph", _settled_with_edge),
    regime=SPARSE,
    **_COMMON,
)
OFF_THE_RIDGE = weights(
    "every regular graph",
    EPSILON,
    UNITS,
    where(
        "|B - ℓA| > εA/(8hn)",
        lambda A, B, length, eps, h, n: np.abs(B - length * A) > eps * A / (8 * h * n),
    ),
    length="(0, 1)",
    place=lambda length, cos: (length / (1 + length), cos),
    keep=lambda A, B, length, eps, h, n: np.abs(B - length * A) > eps * A / (8 * h * n),
    more=with_error,
)
EVERY = weights()
NOT_PARALLEL = weights(
    "every regular graph", cos="[-1, 1)", keep=lambda cos: cos < 1, regime=SPARSE
)
SETTLED_WEIGHTS = weights(
    "every graph",
    where(
        "α ≥ -1/100 and ℓ ≥ 1/(36π²)",
        lambda along, length: (along >= -0.01) & (length >= SHORTEST),
    ),
    length="(1/(36*pi**2), inf)",
    keep=lambda along, length: (along >= -0.01) & (length >= SHORTEST),
    place=lambda length, cos: (length + 1.001 * SHORTEST, cos),
)
ACUTE = weights(
    "every graph",
    where("α ≥ 0", lambda along: along >= 0),
    cos="[0, 1]",
    keep=lambda cos: cos >= 0,
)
PAIRS = domain(
    real("rho", "[0, 1]", "ρ"),
    real("cos", "[-1, 1]", "c"),
    cases=lambda budget: dict(
        zip(
            ("rho", "cos"),
            np.array(
                [
                    (rho, cos)
                    for rho in np.linspace(0, 1, {"quick": 41, "full": 401}[budget])
                    for cos in np.cos(np.linspace(0, np.pi, {"quick": 61, "full": 401}[budget]))
                ]
            ).T,
            strict=True,
        )
    ),
)
LARGE = domain(
    integer("d", "[1, inf)"),
    drawn("n", "n ≥ 72π³d², as every sequence with d = o(√n) comes to"),
    EPSILON,
    UNITS,
    where("n ≥ 72π³d²", lambda n, d: n >= 72 * math.pi**3 * d**2),
    cases=lambda budget: [
        {"d": d, "n": math.ceil(72 * math.pi**3 * d**2 * factor), "eps": eps, "h": h}
        for d in (1, 2, 5, 100)
        for factor in (1, 2, 100)
        for eps, h in ((0.99, 1), (0.01, 10))
    ],
)


@claim("awasthi2021:eq-30", PAIRS, tolerance=1e-13)
def convexity_termwise(rho: Any, cos: Any) -> Any:
    """s(ρc) - s(ρ) ≥ ρ(c - 1)s'(ρ)."""
    gap = np.asarray(dual.scaled_relu_difference(rho, 1 - cos))
    bound = rho * (1 - cos) * np.asarray(dual.step(rho))
    sides = at_most(gap, bound, ("s(ρ) - s(ρc)", "ρ(1 - c)s'(ρ)"))
    return proved(certificate("convex"), sides=sides)


@claim("awasthi2021:eq-31", EVERY, tolerance=1e-12)
def convexity_summed(gap: Any, cos: Any, C1: Any) -> Any:
    """B(c) - A ≥ (c - 1)C(1)."""
    sides = at_most(gap, (1 - cos) * C1, ("A - B(c)", "(1 - c)C(1)"))
    return proved(_pair_lemmas.terms(), sides=sides)


@claim("awasthi2021:eq-32", RIDGE, tolerance=1e-9)
def convexity_with_assumption(
    A: Any, C1: Any, cos: Any, length: Any, n: Any, eps: Any, h: Any, sign: Any
) -> Any:
    """With B = ℓA ± εA/(8hn): (ℓ - 1)A ± εA/(8n) ≥ (c - 1)C(1)."""
    left, short = (cos - 1) * C1, (length - 1) * A
    names = ("(c - 1)C(1)", "stated bound")
    return (
        readings(
            at_most_plus=proved(
                lemmas.convexity_at_most_plus(),
                sides=at_most(left, short + eps * A / (8 * n), names, A),
            ),
            the_same_term_as_in_B=at_most(
                left,
                short + sign * eps * A / (8 * n),
                names,
                A,
                exactly=exactly(_on_the_ridge),
            ),
        ),
        proved(
            lemmas.convexity_with_assumption(),
            sides=at_most(left, short + sign * eps * A / (8 * h * n), names, A),
        ),
    )


def _on_the_ridge(x: Any, pi: Any, eps: Any, h: Any, sign: Any) -> tuple[Any, Any]:
    """The length is the one with B - ℓA = κεA/(8hn) itself, not the nearest double."""
    length = x.B / x.A - sign * eps / (8 * h * x.n)
    bound = (length - 1) * x.A + sign * eps * x.A / (8 * x.n)
    return (x.cos - 1) * x.C1, bound


@claim("awasthi2021:eq-33", RIDGE, tolerance=1e-9)
def gap_from_convexity(A: Any, C1: Any, cos: Any, n: Any, eps: Any, h: Any) -> Any:
    """εA/(8hn) ≤ (1 - c)C(1)."""
    sides = at_most(eps * A / (8 * h * n), (1 - cos) * C1, ("εA/(8hn)", "(1 - c)C(1)"))
    return proved(lemmas.gap_from_convexity(), sides=sides)


@claim("awasthi2021:eq-34", NOT_PARALLEL, tolerance=1e-12, repair="slip")
def counting_overlaps(C1: Any, cos: Any, n: Any, d: Any) -> Any:
    """(1 - c)C(1) ≤ (1 - c)(d + 1)nd²."""
    left, names = (1 - cos) * C1, ("(1 - c)C(1)", "stated bound")
    return (
        at_most(
            left,
            (1 - cos) * (d + 1) * n * d**2,
            names,
            exactly=exactly(
                lambda x, pi: (
                    (1 - x.cos) * x.C1,
                    (1 - x.cos) * (x.d + 1) * x.n * x.d**2,
                )
            ),
        ),
        proved(
            _size_lemmas.counted_overlaps(),
            sides=at_most(left, (1 - cos) * n * (d + 1) ** 2, names),
        ),
    )


@claim("awasthi2021:eq-35", RIDGE_WITH_EDGE, tolerance=1e-9, repair="slip")
def relative_gap(cos: Any, d: Any, eps: Any, h: Any) -> Any:
    """(ℓ - α)/ℓ ≥ ε/(8πhd²)."""
    names = ("stated bound", "(ℓ - α)/ℓ")
    return (
        at_most(
            eps / (8 * np.pi * h * d**2),
            1 - cos,
            names,
            exactly=exactly(lambda x, pi, eps, h: (eps / (8 * pi * h * x.d**2), 1 - x.cos)),
        ),
        proved(
            lemmas.relative_gap(),
            sides=at_most(eps / (8 * np.pi * h * (d + 1)), 1 - cos, names),
        ),
    )


@claim(
    "awasthi2021:eq-36/first",
    SETTLED_WEIGHTS,
    repair="slip",
    corrected_by="awasthi2021:eq-36/first-acute",
)
def beta_from_gap(length: Any, along: Any, sine: Any) -> Any:
    """|β| ≥ ℓ - α."""
    by_hand = exactly(lambda x, pi: (x.length - x.along, x.length * x.sine))
    return at_most(length - along, length * sine, ("ℓ - α", "|β|"), exactly=by_hand)


@correction("awasthi2021:eq-36/first-acute", ACUTE, tolerance=1e-9)
def beta_from_gap_acute(length: Any, along: Any, sine: Any) -> Any:
    """|β| ≥ ℓ - α for α ≥ 0."""
    sides = at_most(length - along, length * sine, ("ℓ - α", "|β|"), length)
    return proved(lemmas.beta_from_gap(), sides=sides)


@claim("awasthi2021:eq-36/middle", SETTLED_WITH_EDGE)
def gap_from_degree(length: Any, along: Any, d: Any, eps: Any, h: Any) -> Any:
    """ℓ - α ≥ ε/(8·36·hπ³d²)."""
    return at_most(eps / (288 * h * np.pi**3 * d**2), length - along, ("ε/(288hπ³d²)", "ℓ - α"))


@claim("awasthi2021:eq-36/last", LARGE)
def degree_condition(n: Any, d: Any, eps: Any, h: Any) -> Any:
    """ε/(8·36·hπ³d²) ≥ ε/(4hn) once n is large against d²."""
    left = eps / (4 * h * n)
    sides = at_most(left, eps / (288 * h * np.pi**3 * d**2), ("ε/(4hn)", "ε/(288hπ³d²)"))
    return proved(lemmas.degree_condition(), sides=sides)


@claim("awasthi2021:remark-pl-short-case/otherwise", OFF_THE_RIDGE, tolerance=1e-11)
def off_the_ridge(
    A: Any, gap: Any, length: Any, C: Any, sine: Any, n: Any, eps: Any, h: Any
) -> Any:
    """If |B - ℓA| > εA/(8hn), then |∇L|²/L ≥ Aε²/(64h²n²), a quarter of the bound of Eq. (27)."""
    ratio = gradient_squared(A, gap, length, C, sine) / loss(A, gap, length)
    sides = at_most(A * eps**2 / (64 * h**2 * n**2), ratio, ("Aε²/(64h²n²)", "|∇L|²/L"))
    return proved(lemmas.off_the_ridge(), sides=sides)


@claim("awasthi2021:remark-pl-short-case/conclusion", SETTLED, tolerance=1e-9)
def short_case(length: Any, sine: Any, n: Any, eps: Any, h: Any) -> Any:
    """|β| ≥ ε/(4hn)."""
    return at_most(eps / (4 * h * n), length * sine, ("ε/(4hn)", "|β|"))
