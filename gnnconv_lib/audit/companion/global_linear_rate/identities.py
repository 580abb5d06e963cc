"""Identities behind the proof, by computer algebra.

Book page: book/beyond/global-linear-rate.
"""

from __future__ import annotations

from typing import Any

import sympy

from gnnconv_lib.claims import claim, domain, fixed, integer, proved, symbolic_zero

ANY = domain(
    fixed("any A > 0, B, C, l > 0, x and θ"),
    integer("case", "[1, 1]"),
    cases=lambda budget: {"case": [1]},
)


def letters() -> Any:
    return sympy.symbols("A B C l x theta", positive=True)


@claim("companion:lemma-identities/loss", ANY)
def loss_is_a_square_and_a_rest(case: Any) -> Any:
    """A(l² + 1)/2 - lB = (Al - B)²/(2A) + (A - B)(A + B)/(2A)."""
    A, B, _, l, _, _ = letters()  # noqa: E741
    loss = A * (l**2 + 1) / 2 - l * B
    return proved(symbolic_zero(loss - (A * l - B) ** 2 / (2 * A) - (A - B) * (A + B) / (2 * A)))


@claim("companion:lemma-identities/across", ANY)
def part_across_the_teacher(case: Any) -> Any:
    """a sin θ - b cos θ = sin θ ((1-x) l + x (B - cC)/A), a and b the parts of the step."""
    A, B, C, l, x, theta = letters()  # noqa: E741
    radial, turning = (1 - x) * l + x * B / A, x * C * sympy.sin(theta) / A
    sine, cosine = sympy.sin(theta), sympy.cos(theta)
    found = radial * sine - turning * cosine
    return proved(symbolic_zero(found - sine * ((1 - x) * l + x * (B - cosine * C) / A)))


@claim("companion:lemma-identities/leaky", ANY)
def dual_of_a_leaky_relu(case: Any) -> Any:
    """The normalised dual of a leaky ReLU is (2a u + (1-a)² s(u))/(1+a²), 2 s(u) - u that of |t|."""
    u, leak, relu = sympy.symbols("u a s", positive=True)
    p, q = (1 + leak) / 2, (1 - leak) / 2  # the activation is p t + q |t|
    mixture = (p**2 * u + q**2 * (2 * relu - u)) / (p**2 + q**2)
    return proved(symbolic_zero(mixture - (2 * leak * u + (1 - leak) ** 2 * relu) / (1 + leak**2)))
