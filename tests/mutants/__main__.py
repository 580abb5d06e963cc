"""`python -m tests.mutants`: every mutant, or one part in ten; 1 if one survives without a reason.

The table is the union of the lists MUTANTS in the modules of this folder.
"""

from __future__ import annotations

import argparse
import sys
import time

from tqdm import tqdm

from tests.mutants.mutant import Mutant, outcomes
from tests.mutants.table import mutants
from tests.mutants.workers import workers


def judge(mutants: list[Mutant], jobs: int = 1) -> tuple[list[str], list[str]]:
    """What became of each mutant ("killed", "survived", or what is wrong with its row), and the
    claims that raise without any mutant."""
    claims = sorted({claim for mutant in mutants for claim in mutant.claims})
    found = []
    with workers(jobs) as pool:
        before = pool.submit(outcomes, claims).result()
        tasks = [pool.submit(outcomes, list(mutant.claims), mutant, before) for mutant in mutants]
        shown = tqdm(tasks, unit="mutant", disable=not sys.stderr.isatty())
        for task in shown:
            try:
                after = task.result()
            except ValueError as error:
                found.append(f"no mutant: {error}")
                continue
            changed = any(after[claim] != before[claim] for claim in after)
            found.append("killed" if changed else "survived")
    return found, [f"{name}: {entry[1]}" for name, entry in before.items() if entry[0] == "error"]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--part", help="K/N: every N-th mutant, from the K-th on")
    parser.add_argument("--module", default="", help="only mutants of modules that contain this")
    parser.add_argument("--jobs", type=int, default=2, help="processes at once (2)")
    options = parser.parse_args()
    chosen = [mutant for mutant in mutants() if options.module in mutant.module]
    if options.part:
        first, parts = (int(number) for number in options.part.split("/"))
        chosen = chosen[first % parts :: parts]
    started = time.perf_counter()
    found, broken = judge(chosen, options.jobs)
    for line in broken:
        print(f"claim raises without any mutant: {line}")
    bad = 0
    for mutant, outcome in zip(chosen, found, strict=True):
        excused = outcome == "survived" and mutant.survives
        if outcome != "killed":
            print(f"{outcome}: {mutant} [{', '.join(mutant.claims)}] {mutant.survives}")
        bad += outcome != "killed" and not excused
    killed = found.count("killed")
    seconds = time.perf_counter() - started
    print(
        f"{len(chosen)} mutants, {killed} killed, {bad} survived without a reason ({seconds:.0f} s)"
    )
    return 1 if bad or broken else 0


if __name__ == "__main__":
    sys.exit(main())
