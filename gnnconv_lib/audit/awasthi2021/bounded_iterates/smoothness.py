"""Lemmas 2 and 7: the Hessian, its printed entries, and its largest eigenvalue.

With a = alpha, b = beta, l = sqrt(a^2 + b^2), c = a/l and K(c) = C'(c):

    B_a = C b^2/l^3,   B_b = -C a b/l^3,   C_a = K b^2/l^3,   C_b = -K a b/l^3.

Entries and derivatives are compared with automatic differentiation of the textbook loss; the
corrected ones are proved by SymPy for every B.

Reference: awasthi2021, Lemmas 2 and 7. Book page: book/awasthi2021/bounded-iterates.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np

from gnnconv_lib.audit._exact_relu import exactly
from gnnconv_lib.audit._relu_domains import SPARSE, in_turn
from gnnconv_lib.audit._relu_hessian import interior, largest_eigenvalue
from gnnconv_lib.audit._relu_symbols import Symbols
from gnnconv_lib.audit.awasthi2021.bounded_iterates import lemmas
from gnnconv_lib.bounds import awasthi2021_relu as bounds
from gnnconv_lib.claims import (
    Found,
    SymbolicZero,
    at_most,
    claim,
    equal,
    fixed,
    integer,
    proved,
    real,
    symbolic_zero,
)

INTERIOR = interior("every graph", regime=SPARSE)
_SHORTEST = (1 - 1 / (6 * math.pi)) / (36 * math.pi**2)
# The proof's lower bound of the length on segments; 10 S is o(A), since S/A <= pi (d+1)/n.
ON_SEGMENTS = interior(
    "every graph",
    fixed("o(A) read as 10 S"),
    length="[(1 - 1/(6*pi))/(36*pi**2), inf)",
    shortest=_SHORTEST,
    regime=SPARSE,
)
GAUSSIAN = interior(
    "every graph",
    real("sigma", "(0, inf)", "σ"),
    integer("r", "[2, inf)"),
    fixed("the o(1), which could only help, left out"),
    more=in_turn(sigma=(1.0, 1e-3, 0.1, 30.0), r=(2, 10, 100)),
)


@claim("awasthi2021:lemma-2", GAUSSIAN, tolerance=1e-9)
def largest_eigenvalue_bounded(
    sigma: Any, r: Any, length: Any, cos: Any, A: Any, B: Any, C: Any, aa: Any, ab: Any, bb: Any
) -> Found:
    """λ_max(∇²L) ≤ 4A(1 + √(2σ√r + 4π + 1)) at every w off the teacher's line."""
    # The directions orthogonal to w and w* have one eigenvalue of their own.
    largest = np.maximum(largest_eigenvalue(aa, ab, bb), A - (B - cos * C) / length)
    facts = {
        "largest eigenvalue / A": np.max(largest / A),
        "smallest of the largest eigenvalues / A": np.min(largest / A),
    }
    names = ("λ_max", "4A(1 + √(2σ√r + 4π + 1))")
    return Found(at_most(largest, bounds.lemma_2_printed(A, sigma, r), names), facts=facts)


@claim("awasthi2021:remark-eigenvalue-by-entries", INTERIOR, tolerance=1e-9)
def eigenvalue_by_entries(aa: Any, ab: Any, bb: Any) -> Any:
    """λ_max(∇²L) is at most the sum of the absolute values of the four second derivatives."""
    total = np.abs(aa) + np.abs(bb) + 2 * np.abs(ab)
    sides = at_most(largest_eigenvalue(aa, ab, bb), total, ("λ_max", "sum of |entries|"))
    return proved(lemmas.eigenvalue(), sides=sides)


def _exactly(formula: Any) -> Any:
    """Exact sides from a formula of the numbers of `_exact_relu.at` and beta."""
    return exactly(lambda x, pi: formula(x, x.length * x.sine, pi))


def _entry(
    printed: Any, corrected: Any, exact: Any, symbolic: Any, length: Any, A: Any, by_hand: Any
) -> Any:
    names = ("the formula", "the second derivative")
    scale = A * (1 + 1 / length)
    good = equal(corrected, exact, names, scale)
    return (
        equal(printed, exact, names, scale, exactly=_exactly(by_hand)),
        proved(symbolic, sides=good),
    )


def _alpha_alpha(
    a: Any, b: Any, ell: Any, A: Any, B: Any, C: Any, B_a: Any, C_a: Any, e: Any
) -> Any:
    return A - a / ell * B_a - b**2 / ell**e * B - b**2 / ell**2 * C_a + 2 * a * b**2 / ell**4 * C


@claim("awasthi2021:remark-second-derivative-alpha-alpha", INTERIOR, tolerance=1e-8)
def second_derivative_alpha_alpha(
    along: Any, sine: Any, length: Any, A: Any, B: Any, C: Any, B_a: Any, C_a: Any, aa: Any
) -> Any:
    """∂²L/∂α² is as printed."""
    given = (along, length * sine, length, A, B, C, B_a, C_a)
    s = Symbols()
    exact = s.diff(s.diff(s.loss, s.alpha), s.alpha)
    B_s, C_s = s.diff(s.mixed, s.alpha), s.diff(s.slope, s.alpha)
    formula = _alpha_alpha(s.alpha, s.beta, s.length, s.full, s.mixed, s.slope, B_s, C_s, 3)
    zero = symbolic_zero(exact - formula, s.numerator)
    printed, corrected = _alpha_alpha(*given, 1.5), _alpha_alpha(*given, 3)

    def by_hand(x: Any, b: Any, pi: Any) -> tuple[Any, Any]:
        return _alpha_alpha(x.along, b, x.length, x.A, x.B, x.C, x.B_a, x.C_a, 1.5), x.aa

    return _entry(printed, corrected, aa, zero, length, A, by_hand)


@claim("awasthi2021:remark-second-derivative-beta-beta", INTERIOR, tolerance=1e-8)
def second_derivative_beta_beta(
    along: Any,
    sine: Any,
    length: Any,
    A: Any,
    B: Any,
    C: Any,
    B_b: Any,
    C_a: Any,
    C_b: Any,
    bb: Any,
) -> Any:
    """∂²L/∂β² is as printed."""
    a, b, ell = along, length * sine, length
    last = a * (a**2 - b**2) / ell**4 * C
    printed = A - b / ell * B_b + a * b / ell**1.5 * B + a * b / ell**2 * C_a + last

    def formula(a: Any, b: Any, ell: Any, A: Any, B: Any, C: Any, B_b: Any, C_b: Any) -> Any:
        last = a * (a**2 - b**2) / ell**4 * C
        return A - b / ell * B_b - a**2 / ell**3 * B + a * b / ell**2 * C_b + last

    s = Symbols()
    exact = s.diff(s.diff(s.loss, s.beta), s.beta)
    B_s, C_s = s.diff(s.mixed, s.beta), s.diff(s.slope, s.beta)
    found = formula(s.alpha, s.beta, s.length, s.full, s.mixed, s.slope, B_s, C_s)
    corrected = formula(a, b, ell, A, B, C, B_b, C_b)

    def by_hand(x: Any, b: Any, pi: Any) -> tuple[Any, Any]:
        a, ell = x.along, x.length
        last = a * (a**2 - b**2) / ell**4 * x.C
        mixed = a * b / ell**1.5 * x.B + a * b / ell**2 * x.C_a
        return x.A - b / ell * x.B_b + mixed + last, x.bb

    return _entry(
        printed, corrected, bb, symbolic_zero(exact - found, s.numerator), length, A, by_hand
    )


def _alpha_beta(a: Any, b: Any, ell: Any, B: Any, C: Any, B_a: Any, C_a: Any, e: Any) -> Any:
    last = b * (b**2 - a**2) / ell**4 * C
    return -b / ell * B_a + a * b / ell**e * B + a * b / ell**2 * C_a + last


@claim("awasthi2021:remark-second-derivative-alpha-beta", INTERIOR, tolerance=1e-8)
def second_derivative_alpha_beta(
    along: Any, sine: Any, length: Any, A: Any, B: Any, C: Any, B_a: Any, C_a: Any, ab: Any
) -> Any:
    """∂²L/∂α∂β is as printed."""
    given = (along, length * sine, length, B, C, B_a, C_a)
    s = Symbols()
    exact = s.diff(s.diff(s.loss, s.beta), s.alpha)
    B_s, C_s = s.diff(s.mixed, s.alpha), s.diff(s.slope, s.alpha)
    formula = _alpha_beta(s.alpha, s.beta, s.length, s.mixed, s.slope, B_s, C_s, 3)
    zero = symbolic_zero(exact - formula, s.numerator)

    def by_hand(x: Any, b: Any, pi: Any) -> tuple[Any, Any]:
        return _alpha_beta(x.along, b, x.length, x.B, x.C, x.B_a, x.C_a, 1.5), x.ab

    printed, corrected = _alpha_beta(*given, 1.5), _alpha_beta(*given, 3)
    return _entry(printed, corrected, ab, zero, length, A, by_hand)


@claim("awasthi2021:remark-second-derivative-beta-alpha", INTERIOR, tolerance=1e-8)
def second_derivative_beta_alpha(
    along: Any, sine: Any, length: Any, A: Any, B: Any, C: Any, B_b: Any, C_b: Any, ab: Any
) -> Any:
    """∂²L/∂β∂α is as printed."""
    a, b, ell = along, length * sine, length
    last = 2 * a * b**2 / ell**4 * C
    printed = -a / ell * B_b + a * b / ell**1.5 * B - b**2 / ell**2 * C_b - last

    def formula(a: Any, b: Any, ell: Any, B: Any, C: Any, B_b: Any, C_b: Any) -> Any:
        last = 2 * a**2 * b / ell**4 * C
        return -a / ell * B_b + a * b / ell**3 * B - b**2 / ell**2 * C_b - last

    s = Symbols()
    exact = s.diff(s.diff(s.loss, s.alpha), s.beta)
    B_s, C_s = s.diff(s.mixed, s.beta), s.diff(s.slope, s.beta)
    found = formula(s.alpha, s.beta, s.length, s.mixed, s.slope, B_s, C_s)
    corrected = formula(a, b, ell, B, C, B_b, C_b)

    def by_hand(x: Any, b: Any, pi: Any) -> tuple[Any, Any]:
        a, ell = x.along, x.length
        mixed = a * b / ell**1.5 * x.B - b**2 / ell**2 * x.C_b
        return -a / ell * x.B_b + mixed - 2 * a * b**2 / ell**4 * x.C, x.ab

    return _entry(
        printed, corrected, ab, symbolic_zero(exact - found, s.numerator), length, A, by_hand
    )


_SUM_C = ("the derivative", "√ℓ |C|")
_SUM_R = ("the derivative", "(d+1)√ℓ Σρ²")


@claim("awasthi2021:remark-derivative-of-b-alpha/bound", INTERIOR)
def derivative_of_b_alpha(length: Any, C: Any, B_a: Any) -> Any:
    """|∂B/∂α| ≤ √ℓ |C|."""
    return (
        at_most(
            np.abs(B_a),
            np.sqrt(length) * C,
            _SUM_C,
            exactly=_exactly(lambda x, b, pi: (abs(x.B_a), x.length.sqrt() * x.C)),
        ),
        proved(lemmas.mixed_derivatives(), sides=at_most(np.abs(B_a), C / length, _SUM_C)),
    )


@claim("awasthi2021:remark-derivative-of-b-beta/bound", INTERIOR)
def derivative_of_b_beta(length: Any, C: Any, B_b: Any) -> Any:
    """|∂B/∂β| ≤ √ℓ |C|."""
    return (
        at_most(
            np.abs(B_b),
            np.sqrt(length) * C,
            _SUM_C,
            exactly=_exactly(lambda x, b, pi: (abs(x.B_b), x.length.sqrt() * x.C)),
        ),
        proved(lemmas.mixed_derivatives(), sides=at_most(np.abs(B_b), C / length, _SUM_C)),
    )


@claim("awasthi2021:remark-derivative-of-b-alpha/formula", INTERIOR, tolerance=1e-8)
def formula_of_b_alpha(length: Any, sine: Any, A: Any, C: Any, B_a: Any) -> Any:
    """|∂B/∂α| = β²/ℓ^{3/2} |C|."""
    b, names = length * sine, ("|∂B/∂α|", "the formula")
    scale = A * (1 + 1 / length)
    return (
        equal(
            np.abs(B_a),
            b**2 / length**1.5 * C,
            names,
            scale,
            exactly=_exactly(lambda x, b, pi: (abs(x.B_a), b**2 / x.length**1.5 * x.C)),
        ),
        proved(_chain_alpha(), sides=equal(np.abs(B_a), b**2 / length**3 * C, names, scale)),
    )


@cache
def _chain_alpha() -> SymbolicZero:
    """d f(alpha/l)/d alpha = f'(alpha/l) beta^2/l^3, for B and for C."""
    s = Symbols()
    exact = s.diff(s.mixed, s.alpha) - s.slope * s.beta**2 / s.length**3
    return symbolic_zero(exact, s.numerator)


@cache
def _chain_beta() -> SymbolicZero:
    """d f(alpha/l)/d beta = -f'(alpha/l) alpha beta/l^3."""
    s = Symbols()
    exact = s.diff(s.mixed, s.beta) + s.slope * s.alpha * s.beta / s.length**3
    return symbolic_zero(exact, s.numerator)


@claim("awasthi2021:remark-derivative-of-b-beta/formula", INTERIOR, tolerance=1e-8)
def formula_of_b_beta(along: Any, length: Any, sine: Any, A: Any, C: Any, B_b: Any) -> Any:
    """|∂B/∂β| = |αβ|/ℓ^{3/2} |C|."""
    product, names = np.abs(along) * length * sine, ("|∂B/∂β|", "the formula")
    scale = A * (1 + 1 / length)
    return (
        equal(
            np.abs(B_b),
            product / length**1.5 * C,
            names,
            scale,
            exactly=_exactly(lambda x, b, pi: (abs(x.B_b), abs(x.along) * b / x.length**1.5 * x.C)),
        ),
        proved(_chain_beta(), sides=equal(np.abs(B_b), product / length**3 * C, names, scale)),
    )


@claim("awasthi2021:remark-derivative-of-c-alpha/bound", INTERIOR, tolerance=1e-9)
def derivative_of_c_alpha(length: Any, sine: Any, R: Any, C_a: Any) -> Any:
    """|∂C/∂α| ≤ (d+1)√ℓ Σρ²."""
    return (
        at_most(
            np.abs(C_a),
            np.sqrt(length) * R,
            _SUM_R,
            exactly=_exactly(lambda x, b, pi: (abs(x.C_a), x.length.sqrt() * x.R)),
        ),
        proved(
            lemmas.curvature_terms(),
            sides=at_most(np.abs(C_a), R * sine / (np.pi * length), _SUM_R),
        ),
    )


@claim("awasthi2021:remark-derivative-of-c-beta/bound", INTERIOR, tolerance=1e-9)
def derivative_of_c_beta(length: Any, cos: Any, R: Any, C_b: Any) -> Any:
    """|∂C/∂β| ≤ (d+1)√ℓ Σρ²."""
    return (
        at_most(
            np.abs(C_b),
            np.sqrt(length) * R,
            _SUM_R,
            exactly=_exactly(lambda x, b, pi: (abs(x.C_b), x.length.sqrt() * x.R)),
        ),
        proved(
            lemmas.curvature_terms(),
            sides=at_most(np.abs(C_b), R * np.abs(cos) / (np.pi * length), _SUM_R),
        ),
    )


@claim("awasthi2021:remark-derivative-of-c-alpha/formula", INTERIOR, tolerance=1e-8)
def formula_of_c_alpha(length: Any, sine: Any, A: Any, R: Any, K: Any, C_a: Any) -> Any:
    """|∂C/∂α| = (d+1)|Σ ρ² (ℓ/β)(β²/ℓ^{3/2})|."""
    b, names = length * sine, ("|∂C/∂α|", "the formula")
    scale = (A + K) * (1 + 1 / length)
    return (
        equal(
            np.abs(C_a),
            R * b / length**0.5,
            names,
            scale,
            exactly=_exactly(lambda x, b, pi: (abs(x.C_a), x.R * b / x.length.sqrt())),
        ),
        proved(_chain_alpha(), sides=equal(np.abs(C_a), K * b**2 / length**3, names, scale)),
    )


@claim("awasthi2021:remark-derivative-of-c-beta/formula", INTERIOR, tolerance=1e-8)
def formula_of_c_beta(along: Any, length: Any, sine: Any, A: Any, R: Any, K: Any, C_b: Any) -> Any:
    """|∂C/∂β| = (d+1)|Σ ρ² (ℓ/β)(αβ/ℓ^{3/2})|."""
    b, names = length * sine, ("|∂C/∂β|", "the formula")
    scale = (A + K) * (1 + 1 / length)
    good = equal(np.abs(C_b), K * np.abs(along) * b / length**3, names, scale)
    return (
        equal(
            np.abs(C_b),
            R * np.abs(along) / length**0.5,
            names,
            scale,
            exactly=_exactly(lambda x, b, pi: (abs(x.C_b), x.R * abs(x.along) / x.length.sqrt())),
        ),
        proved(_chain_beta(), sides=good),
    )


@claim("awasthi2021:remark-hessian-diagonal-bound", ON_SEGMENTS, tolerance=1e-9)
def diagonal_bound(length: Any, A: Any, S: Any, R: Any, aa: Any, bb: Any) -> Any:
    """|∂²L/∂α²| and |∂²L/∂β²| are at most A + √ℓ A + o(A)."""
    larger = np.maximum(np.abs(aa), np.abs(bb))
    names = ("larger entry", "A + √ℓ A + 10 S")
    good = at_most(larger, A + (A + R / np.pi) / length, ("larger entry", "A + (A + R/π)/ℓ"))
    return (
        at_most(
            larger,
            A * (1 + np.sqrt(length)) + 10 * S,
            names,
            exactly=_exactly(
                lambda x, b, pi: (
                    abs(x.aa).max(abs(x.bb)),
                    x.A * (1 + x.length.sqrt()) + 10 * x.S,
                )
            ),
        ),
        proved(lemmas.entries(), sides=good),
    )


@claim("awasthi2021:remark-hessian-mixed-bound", ON_SEGMENTS, tolerance=1e-9)
def mixed_bound(length: Any, A: Any, S: Any, R: Any, ab: Any) -> Any:
    """|∂²L/∂α∂β| is at most √ℓ A + o(A)."""
    good = at_most(np.abs(ab), (A + R / np.pi) / (2 * length), ("|mixed entry|", "(A + R/π)/(2ℓ)"))
    return (
        at_most(
            np.abs(ab),
            A * np.sqrt(length) + 10 * S,
            ("|mixed entry|", "√ℓ A + 10 S"),
            exactly=_exactly(lambda x, b, pi: (abs(x.ab), x.A * x.length.sqrt() + 10 * x.S)),
        ),
        proved(lemmas.entries(), sides=good),
    )
