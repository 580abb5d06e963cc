"""One row of the table: contenders, their agreement, their ratios, and the targets to reach."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jax

from benchmarks.agreement import Agreement, compare
from benchmarks.timing import Contender, interleave, ratios, spread

__all__ = ["Case", "Peer", "Target", "run"]


@dataclass(frozen=True)
class Peer:
    """A contender that is compared with ours.

    Fields:
        contender: how it computes.
        tolerance: of the agreement, relative to the largest entry; None where there is nothing to
            compare (`agrees` says so elsewhere).
        view: of our result, what is compared with this peer's.
    """

    contender: Contender
    tolerance: float | None = None
    view: Callable[[Any], Any] = lambda result: result


@dataclass(frozen=True)
class Target:
    """A number to reach: `quantity` is "ratio:PEER" or the name of a fact.

    Fields:
        statement: in words, as the book quotes it.
        quantity: what is measured.
        relation: ">=" or "<=".
        bound: the number.
    """

    statement: str
    quantity: str
    relation: str
    bound: float


@dataclass(frozen=True)
class Case:
    """A row: ours against peers.

    Fields:
        name: short and unique, for `--only`.
        title: what is computed and at which size.
        ours: our contender. peers: the others.
        facts: named numbers that are measured besides (errors, memory), by functions of our result.
        checks: further agreements, with independent references.
        targets: what to reach.
        skipped: peers that could not run, with the reason.
        prepare: seconds of set-up, if it was measured.
    """

    name: str
    title: str
    ours: Contender
    peers: tuple[Peer, ...] = ()
    facts: Mapping[str, Callable[[Any], float]] = field(default_factory=dict)
    checks: tuple[Callable[[Any], Agreement], ...] = ()
    targets: tuple[Target, ...] = ()
    skipped: Mapping[str, str] = field(default_factory=dict)


def run(case: Case, rounds: int) -> dict[str, Any]:
    """The results of one case: agreement, then (only if that holds) ratios; then facts.

    Returns:
        What the results file stores of it. `agrees` is False when any agreement fails; then
        nothing is timed.
    """
    value = jax.block_until_ready(case.ours.call())
    agreements = [check(value) for check in case.checks]
    for peer in case.peers:
        theirs = jax.block_until_ready(peer.contender.call())
        if peer.tolerance is not None:
            agreements.append(
                compare(peer.contender.name, theirs, peer.view(value), peer.tolerance)
            )
    agrees = all(agreement.holds for agreement in agreements)
    result: dict[str, Any] = {
        "name": case.name,
        "title": case.title,
        "agrees": agrees,
        "agreement": [agreement.stored() for agreement in agreements],
        "skipped": dict(case.skipped),
        "targets": [vars(target) for target in case.targets],
    }
    if not agrees:
        return result
    contenders = [case.ours, *(peer.contender for peer in case.peers)]
    names = [contender.name for contender in contenders]
    table = interleave(contenders, rounds)
    result["seconds"] = {
        name: spread(times).stored() for name, times in zip(names, table, strict=True)
    }
    result["ratios"] = {name: found.stored() for name, found in ratios(table, names).items()}
    result["facts"] = {name: float(fact(value)) for name, fact in case.facts.items()}
    return result


def say(result: dict[str, Any]) -> None:
    """One paragraph about a result, on standard output."""
    print(f"\n{result['name']}: {result['title']}")
    for entry in result["agreement"]:
        word = "agrees" if entry["holds"] else "DISAGREES"
        error = "not finite" if entry["error"] is None else f"{entry['error']:.1e}"
        print(f"  {word} with {entry['peer']}: {error} (allowed {entry['tolerance']:.0e})")
    for name, found in result.get("ratios", {}).items():
        print(f"  {name}: {found['median']:.3g} x ({found['low']:.3g} to {found['high']:.3g})")
    for name, value in result.get("facts", {}).items():
        print(f"  {name}: {value:.4g}")
    for name, reason in result["skipped"].items():
        print(f"  {name}: {reason}")
    sys.stdout.flush()
