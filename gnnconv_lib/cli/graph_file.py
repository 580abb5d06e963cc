"""`gnnconv graph FILE`: what was read, what had to be done for it, and what the papers ask of it."""

from __future__ import annotations

import json
import re
from argparse import Namespace
from dataclasses import asdict
from pathlib import Path
from typing import Any

from gnnconv_lib import graphs
from gnnconv_lib.graphs.path_options import NAMES
from gnnconv_lib.validation import InvalidInput

__all__ = ["IN_PYTHON", "done", "graph_command"]

IN_PYTHON = re.compile(rf"\b({'|'.join(NAMES)})='([\w-]+)'")


def graph_command(options: Namespace) -> int:
    """The exit status of `gnnconv graph`: 0, or an error for a file that is not read."""
    given = {name: getattr(options, name) for name in NAMES}
    chosen = {name: value for name, value in given.items() if value is not None}
    try:
        found = graphs.read_settled(options.file, **chosen)
    except InvalidInput as error:
        # The options as they are written here.
        raise InvalidInput(IN_PYTHON.sub(r"--\1 \2", str(error))) from None
    facts = graphs.facts(found.graph)
    dropped = done(found)
    if options.json:
        about: dict[str, Any] = {"file": str(options.file), **asdict(facts), "listed": found.listed}
        about |= {"done": dropped, "notes": list(found.notes)}
        print(json.dumps(about, indent=2, ensure_ascii=False))
        return 0
    print(Path(options.file).name)
    isolated = f", {facts.isolated} isolated" if facts.isolated else ""
    spread = f"{facts.smallest_degree} to {facts.largest_degree}, mean {facts.mean_degree:.4g}"
    if facts.smallest_degree == facts.largest_degree:
        spread = f"all {facts.smallest_degree}"
    share = f", the largest of {facts.largest_component} nodes" if facts.components > 1 else ""
    for name, words in (
        ("nodes", f"{facts.nodes}"),
        ("edges", f"{facts.edges}"),
        ("degrees", f"{spread}{isolated}"),
        ("components", f"{facts.components}{share}"),
        ("labels", _labels(found.graph.labels)),
    ):
        print(f"  {name:<12}{words}")
    for sentence in (*dropped, *found.notes):
        print(f"  - {sentence}")
    print("what the papers' theorems ask for")
    for entry in facts.hypotheses:
        print(f"  {'yes' if entry.met else 'no ':<4}{entry.name}: {entry.found} ({entry.where})")
    return 0


def done(found: Any) -> list[str]:
    """What was dropped or merged and by which option."""
    counts = (  # how many, and what became of them
        (found.symmetrised, "arcs without a reverse that became edges (--directed symmetrise)"),
        (found.unweighted, "weights other than 1 that were dropped (--weights ignore)"),
        (found.loops, "self loops that were dropped (--loops ignore)"),
        (
            found.merged,
            "further listings of an edge that were merged (--repeated merge, or reverse arcs)",
        ),
    )
    return [f"{words}: {count}" for count, words in counts if count]


def _labels(labels: Any) -> str:
    first = [str(label)[:20] for label in labels[:3]]
    first = [repr(label) if "," in label or label != label.strip() else label for label in first]
    return ", ".join(first) + (", ..." if len(labels) > 3 else "")
