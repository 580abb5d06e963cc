"""The five cases of the proof of Lemma 14: what they imply and bound, and their step sizes.

u_x and l_x are taken as tight as the case allows.

Reference: awasthi2021, proof of Lemma 14. Book page: book/awasthi2021/linear-unequal-degrees.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gnnconv_lib.audit.awasthi2021.linear_unequal_degrees._lemma_14_states import ITEM, of_case
from gnnconv_lib.claims import at_most, both, claim

CASE_1, CASE_2, CASE_3, CASE_4, CASE_5 = (of_case(number) for number in range(1, 6))


def _size(*values: Any) -> np.ndarray:
    """A scale for differences: nothing is compared below the rounding of what is added up."""
    return np.asarray(sum(np.abs(value) for value in values))


def _after(point: Any, sums: Any, room: Any, most: Any) -> np.ndarray:
    """The point after the largest step that a constraint allows: its room over n G or n d G.

    No step where the room is negative or nothing moves.
    """
    moving = most > 0
    eta = np.where(moving, np.maximum(room / np.where(moving, most, 1.0), 0.0), 0.0)
    return np.asarray(point - eta * sums)


@claim(f"{ITEM}-case-1/alpha", CASE_1)
def case_1_alpha(star: Any, move: Any, after: Any) -> Any:
    """alpha_{t+1} >= alpha* - eta n G."""
    return at_most((star - move)[:, 0], after[:, 0], ("α* - η n G", "α after the step"))


@claim(f"{ITEM}-case-1/beta", CASE_1, repair="slip")
def case_1_beta(star: Any, move: Any, after: Any) -> Any:
    """alpha_{t+1} >= beta* - eta n d G (printed with alpha for beta)."""
    floor = (star - move)[:, 1]
    return (
        at_most(floor, after[:, 0], ("β* - η n d G", "α after the step")),
        at_most(floor, after[:, 1], ("β* - η n d G", "β after the step")),
    )


@claim(f"{ITEM}-case-1/steps", CASE_1)
def case_1_steps(point: Any, star: Any, sums: Any, most: Any) -> Any:
    """With the step sizes stated for this case alpha_{t+1} >= l_alpha and beta_{t+1} >= l_beta."""
    lower = 0.3 * star
    return at_most(lower, _after(point, sums, star - lower, most), ("l", "value after the step"))


@claim(f"{ITEM}-case-2/bounds", CASE_2)
def case_2(star: Any, move: Any, after: Any) -> Any:
    """alpha_{t+1} <= alpha* + eta n G and beta_{t+1} <= beta* + eta n d G."""
    return at_most(after, star + move, ("value after the step", "bound"))


@claim(f"{ITEM}-case-2/steps", CASE_2)
def case_2_steps(point: Any, star: Any, sums: Any, most: Any) -> Any:
    """With the step sizes stated for this case alpha_{t+1} <= u_alpha and beta_{t+1} <= u_beta."""
    upper = 1.7 * star
    return at_most(_after(point, sums, upper - star, most), upper, ("value after the step", "u"))


@claim(f"{ITEM}-case-3/implied", CASE_3)
def case_3_implied(a: Any, b: Any) -> Any:
    """alpha - alpha* >= beta - beta*."""
    return at_most(b, a, ("β - β*", "α - α*"))


@claim(f"{ITEM}-case-3/bounds", CASE_3)
def case_3(point: Any, star: Any, move: Any, after: Any) -> Any:
    """alpha_{t+1} >= alpha* - eta n G, and beta_{t+1} >= beta - eta n d G >= beta* + alpha* - u_alpha
    - eta n d G, with u_alpha >= alpha."""
    (alpha, beta), (alpha_star, beta_star) = point.T, star.T
    return both(
        at_most(alpha_star - move[:, 0], after[:, 0], ("bound", "α after the step")),
        at_most(beta - move[:, 1], after[:, 1], ("bound", "β after the step")),
        at_most(
            beta_star + alpha_star - alpha,
            beta,
            ("β* + α* - u_α at u_α = α", "β"),
            _size(beta_star, alpha_star, alpha),
        ),
    )


@claim(f"{ITEM}-case-3/steps", CASE_3)
def case_3_steps(point: Any, star: Any, sums: Any, most: Any) -> Any:
    """With the step size stated for this case beta_{t+1} >= l_beta."""
    (alpha, beta), (alpha_star, beta_star) = point.T, star.T
    room = beta_star + alpha_star - alpha
    lower = 0.3 * np.maximum(room, 0.0)
    after = _after(beta, sums[:, 1], room - lower, most[:, 1])
    return at_most(lower, after, ("l_β", "β after the step"), _size(beta_star, alpha_star, alpha))


@claim(f"{ITEM}-case-4/implied", CASE_4)
def case_4_implied(a: Any, b: Any) -> Any:
    """alpha - alpha* <= beta - beta*."""
    return at_most(a, b, ("α - α*", "β - β*"))


@claim(f"{ITEM}-case-4/steps", CASE_4)
def case_4_steps(point: Any, star: Any, move: Any, after: Any) -> Any:
    """beta_{t+1} >= beta* - eta n G and alpha_{t+1} >= alpha - eta n G."""
    return both(
        at_most(star[:, 1] - move[:, 0], after[:, 1], ("bound", "β after the step")),
        at_most(point[:, 0] - move[:, 0], after[:, 0], ("bound", "α after the step")),
    )


@claim(f"{ITEM}-case-4/alpha", CASE_4)
def case_4_alpha(alpha: Any, beta: Any, alpha_star: Any, beta_star: Any, d: Any) -> Any:
    """alpha - eta n G >= beta* + alpha* - u_beta - eta n G, with u_beta >= beta."""
    size = _size(alpha_star, d * beta_star, d * beta)
    return (
        at_most(beta_star + alpha_star - beta, alpha, ("β* + α* - u_β at u_β = β", "α"), size),
        at_most(alpha_star - d * (beta - beta_star), alpha, ("α* - d (u_β - β*)", "α"), size),
    )


@claim(f"{ITEM}-case-5/implied", CASE_5)
def case_5_implied(a: Any, b: Any, alpha_star: Any, beta_star: Any) -> Any:
    """alpha - alpha* >= beta - beta*."""
    size = _size(alpha_star, beta_star, a, b)
    return (
        at_most(b, a, ("β - β*", "α - α*"), size),
        at_most(b, -a, ("β - β*", "α* - α"), size),
    )


@claim(f"{ITEM}-case-5/bounds", CASE_5)
def case_5(point: Any, star: Any, move: Any, after: Any) -> Any:
    """alpha_{t+1} <= alpha* + eta n G and beta_{t+1} <= beta* + alpha* - l_alpha + eta n d G, with
    l_alpha <= alpha."""
    alpha, (alpha_star, beta_star) = point[:, 0], star.T
    bound = beta_star + alpha_star - alpha + move[:, 1]
    size = _size(alpha_star, beta_star, alpha, move[:, 1])
    return both(
        at_most(after[:, 0], alpha_star + move[:, 0], ("α after the step", "bound")),
        at_most(after[:, 1], bound, ("β after the step", "bound at l_α = α"), size),
    )


@claim(f"{ITEM}-case-5/steps", CASE_5)
def case_5_steps(point: Any, star: Any, sums: Any, most: Any) -> Any:
    """With eta <= (beta* + alpha* - u_beta)/(n d G) beta_{t+1} <= u_beta, for u_beta >= beta and
    l_alpha <= alpha."""
    (alpha, beta), (alpha_star, beta_star) = (part.T[..., None] for part in (point, star))
    room = np.array([0.0, 0.1, 2.0])
    upper, lower = beta * (1 + room) + room * alpha_star, alpha
    rooms = (
        beta_star + alpha_star - upper,
        upper - beta_star - alpha_star + lower,
    )
    printed, corrected = (_after(beta, sums[:, 1:], entry, most[:, 1:]) for entry in rooms)
    names, size = ("β after the step", "u_β"), _size(alpha_star, beta_star, alpha, beta)
    return at_most(printed, upper, names, size), at_most(corrected, upper, names, size)
