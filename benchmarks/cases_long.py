"""Very long trajectories: block by block against step by step."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from benchmarks.agreement import Agreement
from benchmarks.case import Case, Peer, Target
from benchmarks.cases_descent import measure
from benchmarks.peers import Peers
from benchmarks.timing import Contender
from gnnconv_lib import descent, relu_gnn

__all__ = ["cases", "query"]

START, TEACHER = [0.1, 1.0], [1.0, 0.0]
LONG = 10**12


def cases(peers: Peers, quick: bool) -> Iterator[tuple[str, Callable[[], Case]]]:
    """The cases of this module, by name."""
    yield "trajectory-long", partial(_long, 10_000 if quick else 1_000_000)


def _rate(share: float) -> float:
    return share / float(relu_gnn.sums(measure(100), 1.0)[0])


def _by_blocks(steps: int, share: float) -> Any:
    return descent.run_long(START, TEACHER, measure(100), _rate(share), steps, records=[steps])


def _by_steps(steps: int, share: float) -> float:
    path = descent.run_relu(START, TEACHER, measure(100), _rate(share), steps, records=2)
    return float(np.log(path.losses[-1]))


def query(steps: int) -> Contender:
    """The loss after `steps` steps, from scratch."""
    return Contender("query", lambda: _by_blocks(steps, 1e-8).log_losses)


def _long(brute: int) -> Case:
    share = 2.0 / brute  # the loss falls by a few decades on the way
    few = brute // 10

    def agreement(_: Any) -> Agreement:
        exact = _by_steps(brute, share)
        found = _by_blocks(brute, share)
        gap = abs(float(found.log_losses[-1]) - exact) / max(1.0, abs(exact))
        return Agreement(f"step by step, log L after {brute:,} steps", gap, 1e-11)

    def seconds(_: Any) -> float:
        best = float("inf")
        for _turn in range(3):
            start = time.perf_counter()
            _by_blocks(LONG, 1e-8)
            best = min(best, time.perf_counter() - start)
        return best

    return Case(
        "trajectory-long",
        f"{LONG:.0e} steps, per step".replace("+", ""),
        Contender("ours", lambda: _by_blocks(LONG, 1e-8), LONG),
        (Peer(Contender("ours, step by step", lambda: _by_steps(few, share), few)),),
        facts={
            "seconds for 1e12 steps": seconds,
            "error a posteriori": lambda value: value.error,
        },
        checks=(agreement,),
        targets=(
            Target("1e12 steps in less than a second", "seconds for 1e12 steps", "<=", 1.0),
            Target("with an error bound of at most 1e-12", "error a posteriori", "<=", 1e-12),
        ),
    )
