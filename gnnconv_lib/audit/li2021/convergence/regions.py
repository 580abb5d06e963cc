"""Theorem 3: do W and v stay in the regions (50) and (51)?

Averages over the data decide, in which all deviations vanish and (41) holds.

Reference: li2021, Theorem 3, Eqs. (50)-(52). Book page: book/li2021/convergence.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gnnconv_lib.audit._exact_constants import ExactConstants
from gnnconv_lib.audit._one_unit_starts import ONE_UNIT, TARGET, gather
from gnnconv_lib.audit._two_unit_paths import STARTS, paths
from gnnconv_lib.bounds import li2021 as bounds
from gnnconv_lib.certificates import flint_settings
from gnnconv_lib.claims import at_most, both, choice, claim, domain, drawn, fixed, readings

POPULATION, FINITE = "li2021:theorem-2/population", "li2021:theorem-2/finite-samples"
_PRODUCT, _TRACE = ("rho of (17)", "v_t v*"), ("half of Tr(W*'W_0)", "Tr(W*'W_t)")


@claim("li2021:theorem-3/trace-with-one-unit", ONE_UNIT)
def trace_of_one_unit(activation: Any, n: Any, place: Any, cosine: Any) -> Any:
    """Tr(W*'W_t) is at least Tr(W*'W_0)/2 for all t."""
    found = gather(activation, n, place, lambda entry, run, k: np.cos(run.angle[:, k]))
    half = cosine[:, None] / 2
    return readings(
        literal=at_most(half, found["literal"], _TRACE), mean=at_most(half, found["mean"], _TRACE)
    )


@claim("li2021:theorem-3/product-with-one-unit", ONE_UNIT, tolerance=1e-9, corrected_by=POPULATION)
def product_of_one_unit(activation: Any, n: Any, place: Any) -> Any:
    """v_t v* is at least ρ of (17) for all t."""
    found = gather(activation, n, place, lambda entry, run, k: run.v[:, k] * TARGET)
    rho = gather(activation, n, place, lambda entry, run, k: [bounds.equation_17(entry)])
    return readings(
        literal=at_most(rho["literal"], found["literal"], _PRODUCT),
        mean=at_most(rho["mean"], found["mean"], _PRODUCT),
    )


@claim("li2021:theorem-3/ball", ONE_UNIT)
def ball_of_one_unit(activation: Any, n: Any, place: Any) -> Any:
    """|v_t - v*| is at most D of (16) for all t."""
    found = gather(activation, n, place, lambda entry, run, k: np.abs(run.v[:, k] - TARGET))
    D = gather(activation, n, place, lambda entry, run, k: [bounds.equation_16_printed(entry)])
    names = ("|v_t - v*|", "D")
    return readings(
        literal=at_most(found["literal"], D["literal"], names),
        mean=at_most(found["mean"], D["mean"], names),
    )


def _two(budget: str) -> list[dict[str, Any]]:
    keys = ("W", "v", "W_star", "v_star")
    rows = []
    for start in STARTS:
        row = dict(zip(keys, (np.array(x, float) for x in start), strict=True))
        row["W"] = row["W"] / np.linalg.norm(row["W"])
        row["W_star"] = row["W_star"] / np.linalg.norm(row["W_star"])
        rows += [{**row, "n": n} for n in (4, 10)]
    return rows


TWO_UNITS = domain(
    fixed("ReLU, n isolated nodes, d = d_out = 2, averaged over the data (no deviations)"),
    choice("n", 4, 10, words="n in the literal reading of Ξ_N"),
    drawn("W", "W_0 and W* of norm 1, up to the order of their columns those of the first start"),
    drawn("v", "v_0 with v_0'v* > 0"),
    drawn("W_star", "Tr(W*'W_0) > 0"),
    drawn("v_star", "v* with small whole entries"),
    fixed("α just below the limit of (40), 2000 steps"),
    cases=_two,
    words=lambda n, W, v, W_star, v_star: (
        f"ReLU, {n} isolated nodes, d = d_out = 2, W_0 ∝ {_whole(W)}, v_0 = {_list(v)}, "
        f"W* ∝ {_whole(W_star)}, v* = {_list(v_star)}"
    ),
)


def _list(vector: Any) -> str:
    return f"({', '.join(f'{x:g}' for x in vector)})"


def _whole(W: Any) -> str:
    scaled = np.round(W / np.max(np.abs(W)), 9)
    return f"({'; '.join(' '.join(f'{x:g}' for x in row) for row in scaled)})"


def _setting(W: Any, v: Any, W_star: Any, v_star: Any) -> bounds.Setting:
    base = bounds.Setting(
        features=2,
        outputs=2,
        distance=float(np.linalg.norm(v - v_star)),
        target=float(np.linalg.norm(v_star)),
        product=float(v @ v_star),
        trace=float(np.sum(W * W_star)),
    )
    return base.but(learning_rate=(1 - 1e-9) * bounds.equation_40(base))


def _followed(n: Any, W: Any, v: Any, W_star: Any, v_star: Any) -> dict[str, Any]:
    """Traces and products v_t'v* in both readings, with their bounds; recorded every 10 steps."""
    W, v, W_star, v_star = (np.stack(list(x)) for x in (W, v, W_star, v_star))
    made = [_setting(*start) for start in zip(W, v, W_star, v_star, strict=True)]
    rate = np.array([entry.learning_rate for entry in made])
    found: dict[str, Any] = {
        "half": np.array([entry.trace / 2 for entry in made])[:, None],
        "rho": np.array([bounds.equation_17(entry) for entry in made])[:, None],
    }
    for name, gain in (("mean", np.ones(len(made))), ("literal", 1 / np.asarray(n, float))):
        of_W, of_v = paths(W, v, W_star, v_star, rate, gain, 2000)
        found[f"trace {name}"] = np.einsum("btdq,bdq->bt", of_W, W_star)[:, ::10]
        found[f"product {name}"] = np.einsum("btq,bq->bt", of_v, v_star)[:, ::10]
    return found


def _exact_start(W: Any, v: Any, W_star: Any, v_star: Any, ball: Any) -> dict[str, Any]:
    """The start with W_0 and W* of norm 1 themselves, |v*| and |v_0 - v*| without rounding."""
    found: dict[str, Any] = {}
    for name, matrix in (("W", W), ("W_star", W_star)):
        whole = np.round(matrix / np.max(np.abs(matrix))).astype(int).tolist()
        size = ball(sum(x * x for row in whole for x in row)).sqrt()
        found[name] = [[x / size for x in row] for row in whole]
    for name, vector in (("v", v), ("v_star", v_star)):
        found[name] = [ball(int(x)) for x in vector]
    away = [x - y for x, y in zip(found["v"], found["v_star"], strict=True)]
    e = ExactConstants(_setting(W, v, W_star, v_star), ball)
    e.x.trace = _inner(found["W_star"], found["W"])
    e.x.target = _dot(found["v_star"], found["v_star"]).sqrt()
    e.x.distance = _dot(away, away).sqrt()
    # The hypotheses of the theorem.
    assert e.x.learning_rate <= e.largest_step()
    assert e.x.trace > 0
    assert _dot(found["v"], found["v_star"]) > 0
    return found | {"e": e}


def _dot(x: Any, y: Any) -> Any:
    return sum((a * b for a, b in zip(x, y, strict=True)), 0 * x[0])


def _inner(A: Any, B: Any) -> Any:
    return sum((_dot(a, b) for a, b in zip(A, B, strict=True)), 0 * A[0][0])


def _products(A: Any, B: Any, pi: Any) -> list[list[Any]]:
    """E relu(x·a_k) relu(x·b_l) for the columns of A and B."""

    def product(a: Any, b: Any) -> Any:
        # In the plane: |a||b| sin and |a||b| cos of the angle, which may be 0.
        across, along = abs(a[0] * b[1] - a[1] * b[0]), _dot(a, b)
        return (across + along * (pi - type(along).atan2(across, along))) / (2 * pi)

    return [[product(a, b) for b in B] for a in A]


def _exact_path(start: dict[str, Any], gain: Any, steps: int, pi: Any) -> tuple[Any, Any]:
    """W_t and v_t in balls; matrices as lists of columns inside."""
    rate = start["e"].x.learning_rate
    W, goal = (list(zip(*start[name], strict=True)) for name in ("W", "W_star"))
    v, v_star = start["v"], start["v_star"]
    target = [_dot(row, v_star) for row in start["W_star"]]
    for _ in range(steps):
        pull = [_dot(row, v) - t for row, t in zip(zip(*W, strict=True), target, strict=True)]
        own, cross = _products(W, W, pi), _products(W, goal, pi)
        slope = [_dot(a, v) - _dot(b, v_star) for a, b in zip(own, cross, strict=True)]
        moved = [
            [w - rate * gain * p * y for w, p in zip(column, pull, strict=True)]
            for column, y in zip(W, v, strict=True)
        ]
        size = _inner(moved, moved).sqrt()
        W = [tuple(x / size for x in column) for column in moved]
        v = [y - rate * s for y, s in zip(v, slope, strict=True)]
    return list(zip(*W, strict=True)), v


def _exactly(part: str, reading: str) -> Any:
    """The bound, and the trace or product at the recorded step at which it is passed the most."""

    def sides(n: Any, W: Any, v: Any, W_star: Any, v_star: Any, ball: Any) -> tuple[Any, Any]:
        found = _followed([n], [W], [v], [W_star], [v_star])
        bound, seen = found["half" if part == "trace" else "rho"], found[f"{part} {reading}"]
        place = int(np.argmax((bound - seen)[0] / (np.abs(bound) + np.abs(seen))[0]))
        # Every step loses about one bit.
        with flint_settings(256 + 20 * place, 8):
            start = _exact_start(W, v, W_star, v_star, ball)
            gain = ball(1) if reading == "mean" else 1 / ball(int(n))
            of_W, of_v = _exact_path(start, gain, 10 * place, type(gain).pi())
            if part == "trace":
                return start["e"].x.trace / 2, _inner(start["W_star"], of_W)
            return start["e"].rho(), _dot(start["v_star"], of_v)

    return sides


def _compared(found: Any, part: str, reading: str) -> Any:
    key, names = ("half", _TRACE) if part == "trace" else ("rho", _PRODUCT)
    return at_most(found[key], found[f"{part} {reading}"], names, exactly=_exactly(part, reading))


def trace_of_two_units(n: Any, W: Any, v: Any, W_star: Any, v_star: Any) -> Any:
    """Tr(W*'W_t) is at least Tr(W*'W_0)/2 for all t."""
    found = _followed(n, W, v, W_star, v_star)
    return readings(
        literal=_compared(found, "trace", "literal"),
        mean=_compared(found, "trace", "mean"),
    )


def product_of_two_units(n: Any, W: Any, v: Any, W_star: Any, v_star: Any) -> Any:
    """v_t'v* is at least ρ of (17) for all t."""
    found = _followed(n, W, v, W_star, v_star)
    return readings(
        literal=_compared(found, "product", "literal"),
        mean=_compared(found, "product", "mean"),
    )


def both_of_two_units(n: Any, W: Any, v: Any, W_star: Any, v_star: Any) -> Any:
    """(W_t, v_t) stays in the regions (50) and (51) for all t."""
    found = _followed(n, W, v, W_star, v_star)
    return readings(
        **{
            name: both(
                _compared(found, "trace", name),
                _compared(found, "product", name),
            )
            for name in ("literal", "mean")
        }
    )


claim("li2021:theorem-3/trace", TWO_UNITS, repair="replacement", corrected_by=POPULATION)(
    trace_of_two_units
)
claim("li2021:theorem-3/product", TWO_UNITS, repair="replacement", corrected_by=POPULATION)(
    product_of_two_units
)
claim("li2021:theorem-3/both", TWO_UNITS, repair="replacement", corrected_by=FINITE)(
    both_of_two_units
)
