"""Dual activations: the polynomial form against arccos, the series against Gauss-Hermite."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.agreement import Agreement, compare
from benchmarks.case import Case, Peer, Target
from benchmarks.peers import NOT_INSTALLED, Peers
from benchmarks.timing import Contender
from gnnconv_lib import activations, dual
from gnnconv_lib.witnesses import dual_activation
from gnnconv_lib.witnesses.relu_dual import relu_dual

__all__ = ["cases", "gauss_hermite", "textbook"]

# The dual of the ReLU as the papers write it.
textbook = partial(relu_dual, module=jnp)

SMOOTH = ("tanh", "sigmoid", "swish", "softplus", "erf", "gelu")
SCALES = (0.5, 1.0, 2.0, 3.0)


def gauss_hermite(activation: str, degree: int, rho: jax.Array) -> jax.Array:
    """E[sigma(X) sigma(Y)] with degree^2 Gauss-Hermite nodes for every entry of rho."""
    sigma = activations.get(activation)
    nodes, weights = np.polynomial.hermite_e.hermegauss(degree)
    weights = weights / weights.sum()
    mixed = rho[:, None, None] * nodes[:, None] + jnp.sqrt(1 - rho**2)[:, None, None] * nodes
    return sigma(mixed) @ weights @ (weights * sigma(nodes))


def cases(peers: Peers, quick: bool) -> Iterator[tuple[str, Callable[[], Case]]]:
    """The cases of this module, by name."""
    points = 10_000 if quick else 100_000
    yield "dual-relu-float32", partial(_relu, points, np.float32)
    yield "dual-relu-float64", partial(_relu, points, np.float64)
    yield "dual-series", partial(_series, peers, 200 if quick else 1000, quick)


def _relu(points: int, dtype: Any) -> Case:
    kind = np.dtype(dtype).name
    rho = jnp.asarray(np.random.default_rng(0).uniform(-1, 1, points).astype(dtype))
    ours, other = jax.jit(dual.scaled_relu), jax.jit(textbook)
    unit = float(np.finfo(dtype).eps)
    return Case(
        f"dual-relu-{kind}",
        f"dual of ReLU on {points:,} points, {kind}",
        Contender("ours", lambda: ours(rho), points),
        (Peer(Contender("arccos in jnp", lambda: other(rho), points), 64 * unit),),
        facts={
            "worst relative error / unit roundoff": lambda _: _worst(ours, dtype) / unit,
            "worst relative error of arccos in jnp": lambda _: _worst(other, dtype),
        },
        checks=(_ends,),
        targets=(
            Target("at least 4 times as fast", "ratio:arccos in jnp", ">=", 4.0),
            Target(
                "relative error of at most 4 units on [-1, 1]",
                "worst relative error / unit roundoff",
                "<=",
                4.0,
            ),
        ),
    )


def _worst(function: Any, dtype: Any) -> float:
    """The largest relative error over points that crowd at both ends, against 40 digits."""
    import mpmath

    near = np.geomspace(16 * float(np.finfo(dtype).eps), 1.0, 150)
    rho = np.unique(np.concatenate([near - 1, 1 - near, np.linspace(-0.9, 0.9, 37)]).astype(dtype))
    rho = rho[np.abs(rho) < 1]
    values = np.asarray(function(jnp.asarray(rho)))
    worst = 0.0
    with mpmath.workdps(40):
        for at, value in zip(rho, values, strict=True):
            x = mpmath.mpf(float(at))
            exact = (mpmath.sqrt(1 - x * x) + x * (mpmath.pi - mpmath.acos(x))) / mpmath.pi
            worst = max(worst, float(abs(mpmath.mpf(float(value)) / exact - 1)))
    return worst


def _ends(_: Any) -> Agreement:
    """Value and first derivative at -1 and 1."""
    ends = jnp.array([-1.0, 1.0])
    found = [dual.scaled_relu(ends), jax.vmap(jax.grad(dual.scaled_relu))(ends)]
    return compare("value and derivative at -1 and 1", found, [np.array([0.0, 1.0])] * 2, 0.0)


def _series(peers: Peers, points: int, quick: bool) -> Case:
    rho = jnp.asarray(np.random.default_rng(0).uniform(-1, 1, points))
    ours = jax.jit(lambda r: dual.dual("tanh", r))
    local = jax.jit(partial(gauss_hermite, "tanh", 100))
    found = [Peer(Contender("Gauss-Hermite in jnp, 100", lambda: local(rho), points), 1e-10)]
    skipped = {}
    for degree, tolerance in ((25, 1e-4), (100, 1e-10)):
        name = f"neural-tangents, degree {degree}"
        if peers.has("neural_tangents"):
            there = peers.contender(
                name, "gauss_hermite", points, rho=np.asarray(rho), **_tanh(degree)
            )
            found.append(Peer(there, tolerance, view=lambda value: [value]))
        else:
            skipped[name] = NOT_INSTALLED
    names, scales = (SMOOTH[:2], SCALES[2:]) if quick else (SMOOTH, SCALES)
    return Case(
        "dual-series",
        f"dual of tanh on {points:,} points",
        Contender("ours", lambda: ours(rho), points),
        tuple(found),
        facts={"worst error, scales up to 3": lambda _: _series_error(names, scales)},
        targets=(
            Target(
                "error of at most 1e-13 for all smooth activations, scales up to 3",
                "worst error, scales up to 3",
                "<=",
                1e-13,
            ),
        ),
        skipped=skipped,
    )


def _tanh(degree: int) -> dict[str, Any]:
    return {"name": "tanh", "scale": 1.0, "degree": degree}


def _series_error(names: tuple[str, ...], scales: tuple[float, ...]) -> float:
    """The largest error against a trapezoid rule in the plane, an independent route."""
    rho = np.array([-1.0, -0.999, -0.6, 0.0, 0.3, 0.8, 0.9999, 1.0])
    worst = 0.0
    for name in names:
        for k, p in enumerate(scales):
            for q in scales[k:]:
                exact = dual_activation.dual_activation(name, rho, p, q)
                worst = max(worst, float(np.max(np.abs(dual.dual(name, rho, p, q) - exact))))
    return worst
