"""Theorem 2, formula by formula: the conditions (39)-(42) and the constants (44)-(46), (48), (49).

Do they agree with Lemmas 1, 2, 4 and 6 and with each other? Reference: li2021, Theorem 2. Book page:
book/li2021/convergence.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import sympy

from gnnconv_lib.audit._convergence_settings import settings
from gnnconv_lib.audit._exact_constants import ExactConstants
from gnnconv_lib.audit.li2021.convergence import lemmas
from gnnconv_lib.bounds import li2021 as bounds
from gnnconv_lib.claims import (
    SymbolicZero,
    at_most,
    both,
    claim,
    correction,
    equal,
    less,
    proved,
    readings,
    symbolic_zero,
)

SETTINGS = settings()
NODE, GRAPH = settings(("node",)), settings(("graph",))
STEPS = settings(share="(0, 1]")


def _sample_size_exists(setting: bounds.Setting) -> Any:
    names = ("0", "right side of (41) or (42)")
    return (
        less(0.0, bounds.equation_17(setting), ("0", "rho")),
        less(0.0, bounds.equation_41_printed(setting), names),
    )


@claim("li2021:eq-39", SETTINGS, each=True)
def strict_starts_have_room(setting: Any) -> Any:
    """With both inequalities strict, ρ and the right side of (41) or (42) are positive, so that a
    large n meets the condition while all other numbers in it are kept."""
    proof = lemmas.strict_starts()
    return both(*(proved(proof, sides=part) for part in _sample_size_exists(setting)))


def _at_the_limit(setting: Any, ball: Any) -> tuple[Any, Any]:
    """Rounding, and gamma_1^2 where the step size is q/(6 B^2 L^2) itself, not the nearest double."""
    e = ExactConstants(setting, ball)
    s, q = e.x.slope**2, e.x.outputs
    limit = q / (6 * e.width**2 * s)
    first = limit * s * q / 2
    return first / 10**12, (1 - 6 * limit * e.width**2 * s / q).max(ball(0)) * first


def _positive_beyond_rounding(setting: bounds.Setting) -> Any:
    first = setting.learning_rate * setting.slope**2 * setting.outputs / 2
    square = bounds.equation_13(setting) ** 2
    # At equality rounding decides whether the root is 0 or not real.
    seen = square if square > 1e-12 * first else 0.0
    return less(1e-12 * first, seen, ("rounding", "gamma_1^2"), exactly=_at_the_limit)


@claim("li2021:eq-40", STEPS, each=True, repair="slip", corrected_by="li2021:eq-40/strict")
def steps_have_a_rate(setting: Any) -> Any:
    """For every step size that (40) allows γ_1 is real and not 0 (beyond rounding), so that one can
    divide by it in (15) and (16)."""
    return _positive_beyond_rounding(setting)


@correction("li2021:eq-40/strict", SETTINGS, each=True)
def strict_steps_have_a_rate(setting: Any) -> Any:
    """With strict inequalities in (40) γ_1 is real and not 0."""
    return proved(lemmas.strict_steps(), sides=_positive_beyond_rounding(setting))


# (41), (42): the deviation of G^W that the step of W can bear.


def _needed(setting: bounds.Setting) -> float:
    """rho Tr / (8 (1 + alpha rho)), the bound on eta_W that the first minimum in (41) encodes."""
    rho = bounds.equation_17(setting)
    return setting.trace * rho / (8 * (1 + setting.learning_rate * rho))


def _brackets(setting: bounds.Setting) -> dict[str, float]:
    """The bracket of (28) and (46) at node level in its two readings."""
    d, size, radius = setting.features, setting.smallest_size, bounds.radius(setting)
    first = radius * d / size * (1 + setting.at_zero)
    return {
        "root over the fraction": first + math.sqrt(d / size) * setting.noise,
        "root over d": first + math.sqrt(d) / size * setting.noise,
    }


def _allowed(setting: bounds.Setting, limit: float, bracket: float) -> float:
    """eta_W of (46) where (2/c) sqrt(log n/n) is `limit`."""
    return 2 * limit * setting.inverse_xi * bounds.radius(setting) * bracket


@claim("li2021:eq-41", NODE, each=True)
def labels_condition(setting: Any) -> Any:
    """Under (41) η_W of (46) is at most ρ Tr/(8(1 + αρ)), as it is under (42) at graph level."""
    names = ("eta_W of (46) at equality in (41)", "rho Tr / (8 (1 + alpha rho))")

    def sides(limit: float, bracket: float, exactly: Any = None) -> Any:
        allowed, needed = _allowed(setting, limit, bracket), _needed(setting)
        return at_most(allowed, needed, names, exactly=exactly)

    printed, brackets = bounds.equation_41_printed(setting), _brackets(setting)
    fraction, numerator = brackets.values()
    corrected = bounds.equation_41_corrected(setting)
    return (
        readings(
            root_over_the_fraction=sides(printed, fraction, _exact_fraction),
            root_over_d=sides(printed, numerator, _exact_root_over_d),
        ),
        proved(lemmas.labels(), sides=sides(corrected, fraction)),
    )


def _exact_labels(setting: Any, ball: Any, root_over_d: bool) -> tuple[Any, Any]:
    e = ExactConstants(setting, ball)
    allowed = 2 * e.room_41() * e.x.inverse_xi * e.D_0() * e.bracket(root_over_d)
    return allowed, e.x.trace * e.rho() / (8 * (1 + e.x.learning_rate * e.rho()))


def _exact_fraction(setting: Any, ball: Any) -> tuple[Any, Any]:
    return _exact_labels(setting, ball, False)


def _exact_root_over_d(setting: Any, ball: Any) -> tuple[Any, Any]:
    return _exact_labels(setting, ball, True)


@claim("li2021:eq-42", GRAPH, each=True)
def graphs_condition(setting: Any) -> Any:
    """Under (42) η_W of (46) is at most ρ Tr/(8(1 + αρ))."""
    limit = bounds.equation_41_printed(setting)
    found = bounds.equation_46(setting) / bounds.equation_48(setting) * limit
    names = ("eta_W of (46) at equality", "rho Tr/(8(1+alpha rho))")
    return proved(lemmas.labels(), sides=at_most(found, _needed(setting), names))


# (44)-(49): the floors.


@cache
def _floor_proof() -> SymbolicZero:
    """rho ((44) - k)/eta_W = 2 (s - 1)^2 with s^2 = 1 + alpha rho."""
    s = sympy.Symbol("s", positive=True)
    x = s**2 - 1
    return symbolic_zero(6 * x + 8 - 4 * (1 + x + s) - 2 * (s - 1) ** 2)


@claim("li2021:eq-44", SETTINGS, each=True)
def floor_covers_constant(setting: Any) -> Any:
    """η_W(6α + 8/ρ) is at least the constant k of (18): the difference is 2(s - 1)²η_W/ρ with
    s² = 1 + αρ."""
    rho = bounds.equation_17(setting)
    k = bounds.equation_18_constant(setting.learning_rate, rho, bounds.equation_46(setting))
    sides = at_most(k, bounds.equation_44(setting), ("k", "eta_W (6 alpha + 8/rho)"))
    return proved(_floor_proof(), sides=sides)


@claim("li2021:eq-45", NODE, each=True)
def prefactor_of_weights(setting: Any) -> Any:
    """ā_W times the bracket of (28) is the bound (28) of Lemma 4."""
    bracket = _brackets(setting)["root over the fraction"]
    names = ("a_W times the bracket", "(28)")
    sides = equal(bounds.equation_45(setting) * bracket, bounds.equation_28(setting), names)
    return proved(lemmas.deviation_of_weights(), sides=sides)


@claim("li2021:eq-46/node", NODE, each=True)
def deviation_of_weights_nodes(setting: Any) -> Any:
    """At node level η_W is the bound (28) of Lemma 4, if both are read alike."""
    fraction, numerator = _brackets(setting).values()
    names = ("(46)", "(28)")
    prefactor = bounds.equation_45(setting)
    other = bounds.equation_28(setting) / fraction * numerator
    proof = lemmas.deviation_of_weights()
    one = equal(bounds.equation_46(setting), bounds.equation_28(setting), names)
    two = equal(prefactor * numerator, other, names)
    return readings(
        root_over_the_fraction=proved(proof, sides=one), root_over_d=proved(proof, sides=two)
    )


@claim("li2021:eq-46/graph", GRAPH, each=True)
def deviation_of_weights_graphs(setting: Any) -> Any:
    """At graph level η_W is at least the bound (36) of Lemma 6 with the factor D_0 of (45)."""
    lemma, names = bounds.equation_36_corrected(setting), ("(36) times D_0", "(46)")
    m, D_0 = setting.largest_graph, bounds.radius(setting)
    inner = 2 * math.sqrt(m) * (1 + setting.at_zero) * D_0 + setting.noise
    corrected = bounds.equation_45(setting) * math.sqrt(m) * inner
    printed, proof = bounds.equation_46(setting), lemmas.graph_brackets()
    return (
        readings(
            with_the_c_of_Lemma_6=at_most(lemma, printed, names, exactly=_exact_46),
            # c/2 for c: both constants are only said to exist.
            with_a_c_of_its_own=proved(proof, sides=at_most(lemma, 2 * printed, names)),
        ),
        proved(lemmas.deviation_of_graphs(), sides=at_most(lemma, corrected, names)),
    )


def _exact_46(setting: Any, ball: Any) -> tuple[Any, Any]:
    e = ExactConstants(setting, ball)
    factor = 4 * e.rate() * e.x.inverse_xi * e.D_0()
    return factor * e.graph_bracket(), factor * e.bracket()


@claim("li2021:eq-48", NODE, each=True)
def prefactor_of_v(setting: Any) -> Any:
    """ā_v times 1 + |σ(0)| and the bracket of (28) is the bound (30) of Lemma 4."""
    bracket = _brackets(setting)["root over the fraction"] * (1 + setting.at_zero)
    names = ("a_v times the brackets", "(30)")
    sides = equal(bounds.equation_48(setting) * bracket, bounds.equation_30(setting), names)
    return proved(lemmas.deviation_of_v(), sides=sides)


@claim("li2021:eq-49/node", NODE, each=True)
def deviation_of_v_nodes(setting: Any) -> Any:
    """At node level η_v is the bound (30) of Lemma 4, if both are read alike."""
    fraction, numerator = _brackets(setting).values()
    names = ("(49)", "(30)")
    zero = 1 + setting.at_zero
    other = bounds.equation_30(setting) / fraction * numerator
    proof = lemmas.deviation_of_v()
    one = equal(bounds.equation_49(setting), bounds.equation_30(setting), names)
    two = equal(bounds.equation_48(setting) * zero * numerator, other, names)
    return readings(
        root_over_the_fraction=proved(proof, sides=one), root_over_d=proved(proof, sides=two)
    )


@claim("li2021:eq-49/graph", GRAPH, each=True)
def deviation_of_v_graphs(setting: Any) -> Any:
    """At graph level η_v is at least the bound (38) of Lemma 6."""
    lemma, names = bounds.equation_38(setting), ("(38)", "(49)")
    m, D_0, zero = setting.largest_graph, bounds.radius(setting), 1 + setting.at_zero
    inner = 2 * math.sqrt(m) * zero * D_0 + setting.noise
    corrected = 2 * bounds.equation_48(setting) * math.sqrt(m) * zero * inner
    printed, proof = bounds.equation_49(setting), lemmas.graph_brackets()
    return (
        readings(
            with_the_c_of_Lemma_6=at_most(lemma, printed, names, exactly=_exact_49),
            # c/4 for c: both constants are only said to exist.
            with_a_c_of_its_own=proved(proof, sides=at_most(lemma, 4 * printed, names)),
        ),
        proved(lemmas.deviation_of_v_of_graphs(), sides=at_most(lemma, corrected, names)),
    )


def _exact_49(setting: Any, ball: Any) -> tuple[Any, Any]:
    e = ExactConstants(setting, ball)
    factor = 2 * e.rate() * (1 + e.x.at_zero)
    return 2 * factor * e.graph_bracket(), factor * e.bracket()
