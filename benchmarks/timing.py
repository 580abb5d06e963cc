"""Interleaved timing: in every round each contender runs once, so that a disturbance meets all.

A contender is measured in seconds per unit of its work. What is reported is the ratio within a
round, over the rounds: median, lowest and highest.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jax

from benchmarks.stopwatch import seconds_per_call

__all__ = ["Contender", "Spread", "interleave", "ratios", "spread"]

#: A measurement repeats its call until it has lasted about this long, in seconds.
SPAN = 0.01


@dataclass(frozen=True)
class Contender:
    """One way to compute something.

    Fields:
        name: as the tables show it.
        call: computes and returns the result; JAX arrays in it are waited for.
        units: how many units of work a call does (steps, chains, ...), so that contenders of
            different length can be compared.
        seconds: measures itself instead, with the least duration in seconds as argument, and
            returns seconds per call (a peer in another process).
    """

    name: str
    call: Callable[[], Any]
    units: float = 1.0
    seconds: Callable[[float], float] | None = None

    def measure(self, span: float = SPAN) -> float:
        """Seconds per unit of work, now."""
        own = self.seconds if self.seconds is not None else self._measure_here
        return own(span) / self.units

    def _measure_here(self, span: float) -> float:
        return seconds_per_call(lambda: jax.block_until_ready(self.call()), span)


@dataclass(frozen=True)
class Spread:
    """Median, lowest and highest of a quantity over the rounds."""

    median: float
    low: float
    high: float
    rounds: int

    def stored(self) -> dict[str, float]:
        """The fields as they stand in the results file."""
        return {
            "median": self.median,
            "low": self.low,
            "high": self.high,
            "rounds": self.rounds,
        }


def spread(values: list[float]) -> Spread:
    """Median and range.

    >>> spread([3.0, 1.0, 2.0]).median
    2.0
    """
    return Spread(statistics.median(values), min(values), max(values), len(values))


def interleave(contenders: list[Contender], rounds: int, span: float = SPAN) -> list[list[float]]:
    """Seconds per unit: one list per contender, one entry per round.

    Each contender must have run before (compilation is no part of the measurement). The order
    turns around from round to round.
    """
    table: list[list[float]] = [[] for _ in contenders]
    for turn in range(rounds):
        order = list(enumerate(contenders))
        for place, contender in order if turn % 2 == 0 else reversed(order):
            table[place].append(contender.measure(span))
    return table


def ratios(table: list[list[float]], names: list[str]) -> Mapping[str, Spread]:
    """How many times as long as the first contender each other one takes, round by round.

    >>> ratios([[1.0, 2.0], [4.0, 6.0]], ["ours", "loop"])["loop"].median
    3.5
    """
    ours, *others = table
    return {
        name: spread([theirs / own for own, theirs in zip(ours, other, strict=True)])
        for name, other in zip(names[1:], others, strict=True)
    }
