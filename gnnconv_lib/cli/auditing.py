"""`gnnconv audit`: which items, what their checks find, and whether the ledger agrees."""

from __future__ import annotations

import difflib
import sys
import time
from argparse import Namespace
from collections.abc import Mapping
from functools import cache

from gnnconv_lib import ledger as ledgers
from gnnconv_lib.page import finding
from gnnconv_lib.validation import InvalidInput, require_choice

__all__ = ["audit_command"]


def audit_command(options: Namespace) -> int:
    """The exit status of `gnnconv audit`: 1 if a check disagrees with its verdict in the ledger."""
    from tqdm import tqdm

    from gnnconv_lib import audit as registry, ledger
    from gnnconv_lib.page.verdicts import ledger_items

    known = ledger_items(finding.find_book(options.book))
    chosen = _chosen(options, known)
    if options.list:
        for item in chosen:
            print(f"{item.id}: {ledger.BADGES[item.verdict][0]}, {item.heading}")
        print(f"{len(chosen)} items")
        return 0
    budget = "full" if options.full else options.budget
    run = cache(registry.run)  # several items may rest on one check
    disagreements = 0
    decided = 0
    started = time.perf_counter()
    with tqdm(chosen, unit="item", disable=not sys.stderr.isatty()) as bar:
        for item in bar:
            bar.set_postfix_str(item.id)
            names = ledger.claim_names(item)
            if not names:
                continue
            decided += 1
            try:
                found = {name: run(name, budget) for name in names}
            except InvalidInput as error:
                # One check that cannot run says nothing of the others.
                disagreements += 1
                bar.write(f"{item.id}: not decided. {error}", file=sys.stdout)
                continue
            judged = ledger.judge(item, found)
            problems = list(judged.problems)
            if judged.verdict != item.verdict:
                problems.insert(0, f"the ledger says {item.verdict}")
            disagreements += bool(problems)
            remark = f" ({'; '.join(problems)})" if problems else ""
            badge = ledger.BADGES[judged.verdict][0]
            bar.write(f"{item.id}: {badge}{remark} [{judged.strength}]", file=sys.stdout)
            for name, entry in found.items() if options.item else ():
                bar.write(f"    {name}: {entry.summary}", file=sys.stdout)
                if entry.hypotheses:
                    bar.write(f"        for {entry.hypotheses}", file=sys.stdout)
    seconds = time.perf_counter() - started
    print(
        f"{len(chosen)} items, {decided} with checks, {disagreements} disagreements with the "
        f"ledger ({budget} budget, {seconds:.0f} s)"
    )
    return 1 if disagreements else 0


def _chosen(options: Namespace, known: Mapping[str, ledgers.Item]) -> list[ledgers.Item]:
    """The items that the options name, in the order in which they are named or listed.

    Raises:
        InvalidInput: for an unknown item, paper, kind or verdict, and where none is left.
    """
    papers = {name.split(":")[0] for name in known}
    for name, choices in (
        ("paper", sorted(papers)),
        ("kind", ledgers.KINDS),
        ("verdict", ledgers.VERDICTS),
    ):
        for value in getattr(options, name):
            require_choice(name, value, choices)
    for name in options.item:
        if name not in known:
            raise InvalidInput(
                f"item must be an id of the ledger, got {name!r}{_near(name, known)}."
            )
    found = [
        item
        for item in (known[name] for name in options.item or known)
        if (not options.paper or item.id.split(":")[0] in options.paper)
        and (not options.kind or item.kind in options.kind)
        and (not options.verdict or item.verdict in options.verdict)
    ]
    if not found:
        wanted = [
            f"{name} {' or '.join(getattr(options, name))}"
            for name in ("item", "paper", "kind", "verdict")
            if getattr(options, name)
        ]
        raise InvalidInput(f"the options must leave an item, got none for {', '.join(wanted)}.")
    return found


def _near(name: str, known: Mapping[str, ledgers.Item]) -> str:
    """The ids that may have been meant: those that end in the name, or those that resemble it."""
    near = [entry for entry in known if entry.endswith(f":{name}")]
    near += difflib.get_close_matches(name, [entry for entry in known if entry not in near], n=2)
    return f" (did you mean {' or '.join(map(repr, near[:3]))}?)" if near else ""
