"""The panels of Figures 1 and 2: do both errors fall, by what the text leaves open?

Half of the first median is a mark of ours. It decides nothing against the paper: where it is missed,
the verdict names what is not stated.

Reference: li2021, Figures 1 and 2. Book page: `book/li2021/figures-1-and-2`.
"""

from __future__ import annotations

from typing import Any

from gnnconv_lib.audit._averaging_panels import (
    FORMS,
    GRAPH_EPOCHS,
    LONG,
    NODE_EPOCHS,
    NOISES,
    OPEN,
    PANELS,
    SEEDS,
    falls,
    graph_runs,
    long_runs,
    node_runs,
)
from gnnconv_lib.claims import Found, at_most, choice, claim, domain, fixed, unstated

_HALF = 0.5
_NAMES = ("larger of both median errors over its first value", "1/2")


def _panels(level: str, names: tuple[str, ...]) -> Any:
    stated = {
        "node": "one graph with 1000 nodes and edge probability 0.5, learning rate 0.1",
        "graph": "1000 graphs with 5 nodes and edge probability 0.5, learning rate 0.005",
    }[level]
    which = {"node": (0, 2), "graph": (1, 1)}[level]
    return domain(
        choice("activation", *names),
        fixed(f"{stated}; d = 2, q = 1"),
        fixed("start with the signs of Eq. (39); medians over the seeds"),
        *([fixed("read-out: the average")] if level == "graph" else []),
        cases=lambda budget: [
            {"activation": name, "seeds": tuple(SEEDS[budget][k] for k in which)} for name in names
        ],
        derived=("seeds",),
        words=lambda activation: activation,
    )


def node_panel(activation: str, seeds: tuple[int, int]) -> Any:
    """Trained as described, both errors fall to half of their first values."""
    outcomes, facts = {}, {}
    for (form, noise), panel in node_runs(activation, seeds[0]).items():
        if noise:
            name = f"{FORMS[form]}, deviation {noise}, {NODE_EPOCHS} epochs"
            outcomes[name] = facts[name] = falls(panel)[-1]
    for form, panel in long_runs(activation, seeds[1]).items():
        name = f"{FORMS[form]}, deviation {NOISES[1]}, {LONG} epochs"
        outcomes[name] = facts[name] = falls(panel)[-1]
    sides = {name: at_most(value, _HALF, _NAMES) for name, value in outcomes.items()}
    return Found(unstated(f"{OPEN}, which form of Xi was used", sides), facts=facts)


def node_panel_some(activation: str, seeds: tuple[int, int]) -> Any:
    """Both errors fall so far with Ξ_N/n, noise of deviation 0.04 and 20000 epochs."""
    return at_most(falls(long_runs(activation, seeds[1])["mean"])[-1], _HALF, _NAMES)


def graph_panel(activation: str, seeds: tuple[int, int]) -> Any:
    """Trained as described, both errors fall to half of their first values."""
    outcomes = {
        f"deviation {noise}, {GRAPH_EPOCHS} epochs": falls(panel)[-1]
        for noise, panel in graph_runs(activation, seeds[0]).items()
    }
    sides = {name: at_most(value, _HALF, _NAMES) for name, value in outcomes.items()}
    return Found(unstated(f"{OPEN}, the read-out", sides), facts=outcomes)


for _letter, _name in [*PANELS.items(), ("", "")]:
    _names = (_name,) if _name else tuple(PANELS.values())
    claim(f"li2021:figure-1{_letter}/as-described", _panels("node", _names), each=True)(node_panel)
    claim(f"li2021:figure-1{_letter}/completed", _panels("node", _names), each=True)(
        node_panel_some
    )
    claim(f"li2021:figure-2{_letter}", _panels("graph", _names), each=True)(graph_panel)
