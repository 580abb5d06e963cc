"""The command `python -m benchmarks`: every case and curve, with the results stored at the end."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gnnconv_lib  # noqa: F401  (turns on float64 before anything is traced)
from benchmarks import (
    case,
    cases_averaging,
    cases_descent,
    cases_duals,
    cases_long,
    cases_monte_carlo,
    cases_summaries,
    growth,
    machine,
    results,
)
from benchmarks.peers import Peers
from gnnconv_lib.page.benchmark_results import load

__all__ = ["main"]

MODULES = (
    cases_duals,
    cases_descent,
    cases_long,
    cases_summaries,
    cases_monte_carlo,
    cases_averaging,
)


def all_cases(peers: Peers, quick: bool) -> Iterator[tuple[str, Callable[[], case.Case]]]:
    """The cases of all modules with their names, in the order of the table; not yet built."""
    for module in MODULES:
        yield from module.cases(peers, quick)


def main(arguments: list[str] | None = None) -> int:
    """Run what was asked for; 1 if contenders disagree, 2 for a request that cannot be met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", default="", help="cases and curves whose name contains this")
    parser.add_argument("--quick", action="store_true", help="small sizes and few rounds")
    parser.add_argument("--rounds", type=int, default=None, help="rounds of each case")
    parser.add_argument("--output", type=Path, default=None, help="the results file to write")
    parser.add_argument("--list", action="store_true", help="names only")
    asked = parser.parse_args(arguments)
    rounds = asked.rounds if asked.rounds is not None else 3 if asked.quick else 9
    if rounds < 1:
        parser.error("--rounds must be at least 1.")
    peers = Peers()
    try:
        described = machine.describe(peers.versions())
        content = _measure(asked, peers, rounds)
    finally:
        peers.close()
    if content is None:
        return 0
    if not content["cases"] and not content["curves"]:
        print(f"No case or curve has {asked.only!r} in its name; --list shows them.")
        return 2
    content = {"schema": results.SCHEMA, "quick": asked.quick, "machine": described, **content}
    wrong = [entry["name"] for entry in content["cases"] if not entry["agrees"]]
    target = asked.output
    if target is None and not asked.quick:
        target = results.FOLDER / "cpu.json"
    if target is not None and not wrong:
        try:
            _store(target, content, partial=bool(asked.only))
        except ValueError as problem:
            print(problem)
            return 2
    if wrong:
        print(f"\nResults disagree, nothing is stored: {', '.join(wrong)}.")
        return 1
    return 0


def _measure(asked: Any, peers: Peers, rounds: int) -> dict[str, Any] | None:
    found: dict[str, Any] = {"cases": [], "curves": []}
    for name, build in all_cases(peers, asked.quick):
        if asked.only not in name:
            continue
        if asked.list:
            print(name)
            continue
        found["cases"].append(case.run(build(), rounds))
        case.say(found["cases"][-1])
    for curve in growth.curves(asked.quick):
        if asked.only not in curve.name:
            continue
        if asked.list:
            print(curve.name)
            continue
        found["curves"].append(growth.run(curve, rounds))
        points = found["curves"][-1]["points"]
        first = points[0]["seconds"]["median"]
        costs = ", ".join(f"{p['size']:g}: {p['seconds']['median'] / first:.3g}" for p in points)
        print(f"\n{curve.name}: {curve.title} against {curve.variable}\n  {costs}", flush=True)
    return None if asked.list else found


def _store(target: Path, content: dict[str, Any], partial: bool) -> None:
    """Write the results; part of them is put into a full set of the same machine and versions."""
    before = load(target) if partial else None
    if before is not None:
        for key in ("processor", "cores", "versions"):
            if before["machine"][key] != content["machine"][key]:
                raise ValueError(
                    f"{target.name} was measured elsewhere ({key} differ): run everything, or "
                    "name another file with --output."
                )
        content = results.merge(before, content)
    results.write(target, content)
    print(f"\nWritten: {target.name}")


if __name__ == "__main__":
    sys.exit(main())
