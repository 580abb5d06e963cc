"""The sentences of the text about Figures 1 and 2.

The draws of the teacher are not stated; a sentence on "the" curves is judged on most draws.

Reference: li2021, Experimental Results. Book page: `book/li2021/figures-1-and-2`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import erf

from gnnconv_lib import activations, averaging_gnn as ag
from gnnconv_lib.audit._averaging_panels import (
    FORMS,
    NODE_EPOCHS,
    NOISES,
    PANELS,
    SEEDS,
    graph_runs,
    node_runs,
    stays,
)
from gnnconv_lib.claims import (
    Found,
    at_most,
    both,
    choice,
    claim,
    correction,
    domain,
    fixed,
    less,
    readings,
)

_MOST = 0.5
SHARES = "shares of few seeds may be alike in all cases"
ACTIVATIONS = tuple(PANELS.values())


def _runs(level: str, names: tuple[str, ...] = ACTIVATIONS) -> Any:
    stated = {
        "node": f"1000 nodes, learning rate 0.1, the first {NODE_EPOCHS} epochs",
        "graph": "1000 graphs with 5 nodes, learning rate 0.005, read-out: the average",
    }[level]
    return domain(
        choice("activation", *names),
        choice("noise", *NOISES, words="deviation of the noise"),
        fixed(f"{stated}; d = 2, q = 1; start with the signs of Eq. (39)"),
        cases=lambda budget: [
            {"activation": name, "noise": noise, "seeds": SEEDS[budget][level == "graph"]}
            for name in names
            for noise in NOISES
        ],
        derived=("seeds",),
    )


def _by_form(activation: str, noise: float, seeds: int, sides: Any) -> Any:
    """The sides for Xi as printed and for Xi over n."""
    known = node_runs(activation, seeds)
    return {name.replace(" ", "_"): sides(known[form, noise]) for form, name in FORMS.items()}


def _slower(panel: ag.Panel) -> np.ndarray:
    """Per seed and record after the first, whether W is at the larger fraction of its first error."""
    W, v = (curve[:, 1:] / curve[:, :1] for curve in (panel.W, panel.v))
    return np.asarray(v < W)


@claim("li2021:remark-figure-1-stable", _runs("node"), each=True, exempt=SHARES)
def node_stable(activation: str, noise: float, seeds: int) -> Any:
    """In most draws training stays finite and in the set of Eq. (50), which the text calls stable."""

    def sides(panel: ag.Panel) -> Any:
        return at_most(_MOST, stays(panel), ("1/2", "share of seeds that stay"))

    return readings(**_by_form(activation, noise, seeds, sides))


@claim("li2021:remark-figure-1-order", _runs("node"), each=True, exempt=SHARES)
def node_order(activation: str, noise: float, seeds: int) -> Any:
    """In most draws, and from the first epoch on, W is further from its limit than v."""

    def sides(panel: ag.Panel) -> Any:
        found = np.mean(_slower(panel), axis=0)
        return at_most(_MOST, found, ("1/2", "share of seeds with a slower W"))

    return readings(**_by_form(activation, noise, seeds, sides))


@claim("li2021:remark-figure-1-sigmoid/fast", _runs("node", ACTIVATIONS), each=True)
def sigmoid_is_fast(activation: str, noise: float, seeds: int) -> Any:
    """After 100 epochs, and later, the median error of v has fallen furthest with the sigmoid."""
    names = ("sigmoid: v over its first error", "other activation: v over its first error")

    def after(panel: ag.Panel) -> np.ndarray:
        median = np.median(panel.v, axis=0)
        found: np.ndarray = (median / median[0])[panel.steps >= 100]
        return found

    def sides(panel: ag.Panel) -> Any:
        form = panel.normalization
        sigmoid = after(node_runs("sigmoid", seeds)[form, noise])
        others = after(panel) if activation != "sigmoid" else np.ones_like(sigmoid)
        return less(sigmoid, others, names)

    return readings(**_by_form(activation, noise, seeds, sides))


@claim("li2021:remark-figure-1-sigmoid/lingers", _runs("node", ("sigmoid",)), each=True)
def sigmoid_lingers(activation: str, noise: float, seeds: int) -> Any:
    """The median error of v falls in 200 epochs by more than it changes in the 800 that follow."""

    def sides(panel: ag.Panel) -> Any:
        median = np.median(panel.v, axis=0)
        at = int(np.flatnonzero(panel.steps == 200)[0])
        names = ("|log| of the later change", "log of the first fall")
        return less(abs(np.log(median[at] / median[-1])), np.log(median[0] / median[at]), names)

    return readings(**_by_form(activation, noise, seeds, sides))


@claim(
    "li2021:remark-figure-1-statistical-error/theorem-2",
    domain(fixed("sigmoid"), choice("x", 0.0), cases=lambda budget: {"x": np.zeros(1)}),
    corrected_by="li2021:remark-figure-1-statistical-error/level",
)
def covered_by_theorem_2(x: Any) -> Any:
    """The sigmoid has |σ(x)| ≤ L_σ |x|, as Theorem 2 assumes."""
    size = np.abs(np.asarray(activations.get("sigmoid").function(x)))
    return at_most(size, np.abs(x), ("|sigma(0)|", "L_sigma |0|"), 1.0)


def _forms(budget: str) -> list[dict[str, Any]]:
    return [{"form": form, "seeds": SEEDS[budget][0]} for form in FORMS]


@correction(
    "li2021:remark-figure-1-statistical-error/level",
    domain(
        choice("form", *FORMS, words="Xi_N"),
        fixed(f"sigmoid; set-up of Figure 1, {NODE_EPOCHS} epochs; deviation 0.04 against 0.2"),
        cases=_forms,
        derived=("seeds",),
    ),
    each=True,
)
def level_grows_with_the_noise(form: str, seeds: int) -> Any:
    """The median error of v ends below a tenth of its start, and higher with the larger noise."""
    known = node_runs("sigmoid", seeds)
    low, high = (float(np.median(known[form, noise].v[:, -1])) for noise in NOISES[::-1])
    start = float(np.median(known[form, NOISES[0]].v[:, 0]))
    return both(
        less(low, high, ("v at the end, deviation 0.04", "v at the end, deviation 0.2")),
        less(high, start / 10, ("v at the end, deviation 0.2", "a tenth of v at the start")),
    )


@claim("li2021:remark-figure-1-sublinear", _runs("node", ("sigmoid",)), each=True)
def slower_than_linear(activation: str, noise: float, seeds: int) -> Any:
    """With the sigmoid and Ξ_N/n the noise keeps v above the median that it reaches without noise."""
    known = node_runs(activation, seeds)
    clean, noisy = (np.median(known["mean", s].v, axis=0) for s in (0.0, noise))
    return Found(
        both(
            less(clean[-1], noisy[-1], ("v at the end without noise", "v at the end with noise")),
            less(noisy[-1], noisy[0], ("v at the end with noise", "v at the start")),
        ),
        facts={"v at the end without noise": clean[-1], "largest v at the end": noisy[-1]},
    )


@claim("li2021:remark-figure-2-smooth/stable", _runs("graph"), each=True, exempt=SHARES)
def graph_stable(activation: str, noise: float, seeds: int) -> Any:
    """In most draws training stays finite and in the set of Eq. (50), which the text calls stable."""
    found = stays(graph_runs(activation, seeds)[noise])
    return at_most(_MOST, found, ("1/2", "share of seeds that stay"))


@claim("li2021:remark-figure-2-smooth/smooth", _runs("graph"), each=True)
def graph_smooth(activation: str, noise: float, seeds: int) -> Any:
    """In every draw the loss falls from record to record: no curve turns back."""
    losses = graph_runs(activation, seeds)[noise].losses
    rise = float(np.max(np.diff(losses, axis=1)))
    return at_most(rise, 0.0, ("largest change of the loss", "0"), float(losses.max()))


@claim("li2021:remark-figure-2-order", _runs("graph"), each=True, exempt=SHARES)
def graph_order(activation: str, noise: float, seeds: int) -> Any:
    """In most draws W falls by the larger factor in the first 200 epochs."""
    # On average W contracts by 1 - alpha v*^2 and v by 1 - alpha M(1). Most draws: most runs come
    # out as v*^2 > M(1) says, and most Gaussian v* meet it.
    panel = graph_runs(activation, seeds)[noise]
    faster = ~_slower(panel)[:, :3]
    expected = panel.v_star[:, :1] ** 2 > panel.second_moment[:, None]
    likely = float(np.mean(1 - erf(np.sqrt(panel.second_moment / 2))))
    most = both(
        at_most(_MOST, np.mean(faster == expected, axis=0), ("1/2", "share as on average")),
        at_most(_MOST, likely, ("1/2", "probability of v*^2 > M(1)")),
    )
    facts = {"largest probability": likely, "smallest probability": likely}
    return Found(most, facts=facts)
