"""Domains for claims on every overlap measure: an optimiser climbs in length, angle and step.

Book page: book/beyond/global-linear-rate.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from gnnconv_lib.audit._measures import every_measure, measures
from gnnconv_lib.claims import Domain, domain, real

__all__ = ["on_measures"]

Array = np.ndarray


def say_point(measure: Any, l: Any, theta: Any) -> str:  # noqa: E741
    """A case in words."""
    known = measures("full") if measure >= len(measures("quick").names) else measures("quick")
    return f"{known.names[int(measure)]}, l = {l:.6g}, theta = {theta:.8g}"


def say_step(measure: Any, l: Any, theta: Any, x: Any) -> str:  # noqa: E741
    """A case with its step in words."""
    return f"{say_point(measure, l, theta)}, x = {x:.6g}"


def moved(
    columns: Mapping[str, Any],
    spread: float,
    generator: np.random.Generator,
    steps: tuple[float, float],
    angles: tuple[float, float],
) -> dict[str, Array]:
    """Nearby lengths, angles and steps on the same measures."""
    length, angle = (np.asarray(columns[name], float) for name in ("l", "theta"))
    size = length.shape
    near = np.minimum(angle, np.pi - angle)
    turn = np.where(generator.uniform(size=size) < 0.5, near, 1.0) * spread
    low, high = angles
    new = {
        **columns,
        "l": np.clip(length * np.exp(spread * generator.normal(size=size)), 1e-4, 1e4),
        "theta": np.clip(angle + turn * generator.normal(size=size), low, high),
    }
    if "x" in columns:
        paced = np.asarray(columns["x"]) + spread * (steps[1] - steps[0]) * generator.normal(
            size=size
        )
        new["x"] = np.clip(paced, max(steps[0], 1e-6), steps[1])
    return new


def on_measures(
    steps: tuple[float, float] | None = None,
    angles: tuple[float, float] = (0.0, np.pi),
    open_ends: tuple[bool, bool] = (False, False),
    leaks: tuple[float, ...] = (),
    printed_steps: str = "",
) -> Domain:
    """Every measure and length, angles in a range, and steps where the claim has one.

    Args:
        steps: the range of x = eta A, its end 0 left out; by default there is no step.
        angles: the range of theta.
        open_ends: which ends of it are left out, by 1e-9.
        leaks: slopes of the leaky ReLU that are drawn, with both ends of the range that is meant, in a
            column `leak`; by default the ReLU alone.
        printed_steps: the range of steps that is meant, such as "(2, inf)", where `steps` is what
            is drawn of it.
    """
    low, high = angles
    inside = (low + 1e-9 * open_ends[0], high - 1e-9 * open_ends[1])
    of_steps = steps or (0.0, 1.0)

    def cases(budget: str) -> dict[str, Array]:
        given = measures(budget)
        width = {"quick": 24, "full": 48}[budget]
        shape = (len(given.names), width)
        length, angle, step = _starts(np.random.default_rng(40), shape, of_steps, inside)
        columns = {
            "measure": np.repeat(np.arange(shape[0]), width),
            "l": length.ravel(),
            "theta": angle.ravel(),
        }
        if steps:
            columns["x"] = step.ravel()
        if leaks:
            columns["leak"] = np.resize(np.repeat(leaks, width), shape[0] * width)
        return columns

    start, end = "[("[open_ends[0]], "])"[open_ends[1]]
    parts = [
        every_measure(),
        real("l", "(0, inf)", "length l of w"),
        real("theta", f"{start}{_name(low)}, {_name(high)}{end}", "angle θ to the teacher"),
    ]
    if steps:
        opening = f"[{steps[0]:g}" if steps[0] > 0 else "(0"
        interval = printed_steps or f"{opening}, {steps[1]:g}]"
        parts.append(real("x", interval, "step x = ηA"))
    if leaks:
        parts.append(real("leak", f"[{min(leaks):g}, {max(leaks):g}]", "slope a of the leaky ReLU"))
    move = partial(moved, steps=of_steps, angles=inside)
    return domain(*parts, cases=cases, words=say_step if steps else say_point, move=move)


def _name(angle: float) -> str:
    return {0.0: "0", np.pi: "pi", np.pi / 2: "pi / 2"}[angle]


def _starts(
    generator: np.random.Generator,
    shape: tuple[int, int],
    steps: tuple[float, float],
    angles: tuple[float, float],
) -> tuple[Array, Array, Array]:
    low, high = angles
    length = 10.0 ** generator.uniform(-3, 3, shape)
    length[:, ::4] = 1 + 10.0 ** generator.uniform(-6, 0, length[:, ::4].shape)
    angle = low + (high - low) * generator.uniform(size=shape)
    angle[:, ::3] = high - (high - low) / 4 * 10.0 ** generator.uniform(-4, 0, angle[:, ::3].shape)
    angle[:, 1::6] = low + (high - low) / 4 * 10.0 ** generator.uniform(-6, 0, angle[:, 1::6].shape)
    angle[:, :2] = [low, high]
    step = generator.uniform(max(steps[0], 1e-6), steps[1], shape)
    step[:, ::2] = steps[1]
    step[:, 1] = max(steps[0], 1e-3)
    return length, angle, step
