"""One step of Algorithm 1: Lemmas 1 and 2, and the mean directions (21) and (22).

Both lemmas say that there are constants. So they are true of any data, because a large enough constant
bounds everything; this is looked at first. With one hidden unit the constants can be named; that they
are not those of (13)-(17) is the subject of `theorem_2`.

Reference: li2021, Lemmas 1-2, Eqs. (18)-(22). Book page: book/li2021/convergence.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
import sympy

from gnnconv_lib import averaging_gnn as ag, graphs
from gnnconv_lib.activations import get
from gnnconv_lib.audit._averaging_paths import derivative_bound, mean_product
from gnnconv_lib.audit.li2021.convergence import lemmas
from gnnconv_lib.bounds import li2021 as bounds
from gnnconv_lib.claims import (
    SymbolicZero,
    at_most,
    choice,
    claim,
    domain,
    drawn,
    equal,
    fixed,
    integer,
    proved,
    real,
    sampled,
    symbolic_zero,
)
from gnnconv_lib.witnesses.averaging_network import averages

# Lemma 1.


def _columns(rows: list[tuple[float, ...]], *names: str) -> dict[str, np.ndarray]:
    return dict(zip(names, np.array(rows, float).T, strict=True))


FIXED_POINTS = domain(
    *(real("alpha", "(0, inf)", "α"), real("rho", "(0, inf)", "ρ"), real("eta", "[0, inf)", "η_W")),
    cases=lambda budget: _columns(
        [
            (alpha, rho, eta)
            for eta in (0.5, 0.0, 30.0)
            for alpha in (0.5, 1e-3, 20.0)
            for rho in (0.5, 1e-3, 20.0)
        ],
        *("alpha", "rho", "eta"),
    ),
)


@cache
def _fixed_point_proof() -> SymbolicZero:
    a, r, e = sympy.symbols("a r e", positive=True)
    root = sympy.sqrt(1 + a * r)
    printed = 4 * e * (1 + a * r + root) / r
    return symbolic_zero(printed - printed / root - 4 * a * e)


@claim("li2021:eq-18", FIXED_POINTS, each=True)
def constant_is_a_fixed_point(alpha: float, rho: float, eta: float) -> Any:
    """(18) says |W_{t+1} - W*| ≤ |W_t - W*|/√(1 + αρ) + 4αη_W: its constant k solves
    k = k/√(1 + αρ) + 4αη_W."""
    k = bounds.equation_18_constant(alpha, rho, eta)
    return proved(
        _fixed_point_proof(),
        sides=equal(k, k / math.sqrt(1 + alpha * rho) + 4 * alpha * eta, ("k", "its image")),
    )


DISTANCES = domain(
    real("alpha", "(0, inf)", "α"),
    real("rho", "(0, inf)", "ρ"),
    real("before", "[0, 2]", "|W_t - W*|"),
    real("after", "[0, 2]", "|W_{t+1} - W*|"),
    fixed("any distances of matrices of norm 1, whatever the step was; η_W = 1/(2α)"),
    cases=lambda budget: _columns(
        [
            (alpha, rho, before, after)
            for before in (0.0, 0.5, 2.0)
            for after in (2.0, 1.0, 0.0)
            for alpha in (0.5, 1e-3, 20.0)
            for rho in (0.5, 1e-3, 20.0)
        ],
        *("alpha", "rho", "before", "after"),
    ),
)


@claim("li2021:lemma-1/some-constant", DISTANCES, each=True)
def some_deviation_bounds_any_step(alpha: float, rho: float, before: float, after: float) -> Any:
    """There is η_W with (18)."""
    k = bounds.equation_18_constant(alpha, rho, 1 / (2 * alpha))
    right = (before - k) / math.sqrt(1 + alpha * rho)
    sides = at_most(after - k, right, ("left side of (18)", "right side of (18)"), k)
    return proved(lemmas.any_step_of_weights(), sides=sides)


def _one_unit(budget: str) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    size = 4000 if budget == "quick" else 20_000
    rows = {
        "angle": np.pi / 2 * rng.beta(0.4, 0.4, size),
        "v": np.exp(rng.normal(0, 2, size)),
        "target": np.exp(rng.normal(0, 2, size)),
        "share": 0.5 * rng.beta(0.5, 0.5, size),
        "eta": np.exp(rng.normal(-2, 2, size)) * (rng.random(size) < 0.8),
        "turn": rng.uniform(0, np.pi, size),
        "slack": rng.uniform(0, 1, size),
    }
    for name, values in (
        ("angle", (0.0, np.pi / 2)),
        ("share", (0.5, 1e-3)),
        ("turn", (0.0, np.pi)),
        ("slack", (1.0, 0.01)),
    ):
        rows[name][: len(values)] = values
    return rows


ONE_UNIT = domain(
    fixed("d_out = 1; Ξ in the mean reading; ρ = slack · v v*"),
    real("angle", "[0, pi / 2]", "angle of W and W*, c ≥ 0"),
    real("v", "(0, inf)", "v, of the sign of v*"),
    real("target", "(0, inf)", "v*"),
    real("share", "(0, 1 / 2]", "αv²"),
    real("slack", "(0, 1]", "slack"),
    real("eta", "[0, inf)", "η_W, the length of the deviation of G^W"),
    real("turn", "[0, pi]", "angle of the deviation from W*"),
    cases=_one_unit,
)


@claim("li2021:lemma-1/one-hidden-unit", ONE_UNIT)
def contraction_of_weights(
    angle: Any, v: Any, target: Any, share: Any, slack: Any, eta: Any, turn: Any
) -> Any:
    """With one hidden unit (18) holds in every step for the η_W that bounds the deviation of G^W."""
    alpha = share / v**2
    rho = slack * v * target
    # In the plane of W* and W; a deviation out of it has less effect.
    W = np.stack([np.cos(angle), np.sin(angle)])
    teacher = np.stack([np.ones_like(angle), np.zeros_like(angle)])
    off = eta * np.stack([np.cos(turn), np.sin(turn)])
    moved = W - alpha * ((W * v - teacher * target) * v + off)
    moved = moved / np.linalg.norm(moved, axis=0)
    before, after = (np.linalg.norm(M - teacher, axis=0) for M in (W, moved))
    grown = 1 + alpha * rho
    k = np.array(list(map(bounds.equation_18_constant, alpha, rho, eta)))
    return at_most(
        after - k, (before - k) / np.sqrt(grown), ("left side of (18)", "right side of (18)"), 1 + k
    )


# Lemma 2.


def _outputs(budget: str) -> list[dict[str, Any]]:
    rng = np.random.default_rng(2)
    rows = []
    for n, q in ((1, 1), (1, 3), (4, 2), (30, 5)):
        for alpha in (0.5, 1e-3, 20.0):
            for _ in range(3 if budget == "quick" else 100):
                F, teacher = rng.normal(size=(2, n, q)) * np.exp(rng.normal(0, 1, (2, 1, 1)))
                v, target = rng.normal(size=(2, q))
                rows.append(
                    {"n": n, "q": q, "alpha": alpha, "F": F, "teacher": teacher}
                    | {"v": v, "target": target, "noise": rng.normal(size=n)}
                )
    return rows


OUTPUTS = domain(
    integer("n", "[1, inf)", "number of labels n"),
    integer("q", "[1, inf)", "d_out"),
    real("alpha", "(0, inf)", "α"),
    drawn("F", "any hidden features of the student, here Gaussian matrices n x d_out"),
    drawn("teacher", "and of the teacher, for whatever graphs, activation and read-out"),
    drawn("v", "any v"),
    drawn("target", "any v*"),
    drawn("noise", "any noise"),
    cases=_outputs,
    words=lambda n, q, alpha: f"random outputs with n = {n}, d_out = {q}, α = {alpha:g}",
)


@claim("li2021:lemma-2/some-constants", OUTPUTS, each=True)
def some_constants_bound_any_step(
    n: int, q: int, alpha: float, F: Any, teacher: Any, v: Any, target: Any, noise: Any
) -> Any:
    """There are σ_m, σ_M, L and η_v with (19)-(20)."""
    y = teacher @ target + noise
    after = v + alpha / n * F.T @ (y - F @ v) - target
    # σ_m = L = 1; σ_M from the largest eigenvalue, η_v from the gradient at v = v*.
    top = float(np.linalg.norm(F, 2) ** 2 / n)
    largest = math.sqrt((2 * (1 + alpha * top) ** 2 - 1 + alpha / 2) / (3 * alpha**2))
    eta = float(np.linalg.norm(F.T @ (y - F @ target)) / n)
    setting = bounds.Setting(learning_rate=alpha, target=float(np.linalg.norm(target)))
    error = float(np.linalg.norm(v - target))
    right = bounds.equation_20(error, 0.0, setting, 1.0, largest, 1.0, eta)
    sides = at_most(float(after @ after), right, ("|v - v*|² after a step", "(19) + (20)"))
    return proved(lemmas.any_step_of_v(), sides=sides)


MEAN_ACTIVATIONS = ("relu", "leaky_relu(0.2)", "tanh", "sigmoid", "softplus", "identity")


def _states(budget: str) -> list[dict[str, Any]]:
    rng = np.random.default_rng(1)
    size = 300 if budget == "quick" else 2000
    rows = []
    for name in MEAN_ACTIVATIONS:
        for neighbours in (1, 5):
            star, eta = rng.normal(size=(2, size)) * np.exp(rng.normal(0, 2, size=(2, size)))
            share = rng.uniform(0, 1, size)
            share[:2] = 1.0, 1e-3
            cosine = np.cos(np.pi / 2 * rng.beta(0.4, 0.4, size))
            cosine[:2] = 0.0, 1.0
            error = rng.normal(size=size) * np.exp(rng.normal(0, 2, size))
            rows.append(
                {"activation": name, "size": neighbours, "share": share, "cosine": cosine}
                | {"error": error, "target": star, "eta": eta}
            )
    return rows


STATES = domain(
    fixed("d_out = 1; disjoint copies of K_m, averaged over H, plus any deviation η_v of g^v"),
    choice("activation", *MEAN_ACTIVATIONS),
    choice("size", 1, 5, words="m"),
    real("share", "(0, 1]", "αM(1)"),
    real("cosine", "[0, 1]", "cosine of W and W*"),
    real("error", "(-inf, inf)", "v - v*"),
    real("target", "(-inf, inf)", "v*"),
    real("eta", "(-inf, inf)", "deviation of g^v"),
    cases=_states,
    words=lambda activation, size: f"{activation}, copies of K_{size}, random states",
)


@claim(
    "li2021:lemma-2/one-hidden-unit",
    STATES,
    each=True,
    tolerance=1e-8,
    theorem="OneHiddenUnit.readout_contracts_with_deviation",
)
def contraction_of_v(
    activation: str, size: int, share: Any, cosine: Any, error: Any, target: Any, eta: Any
) -> Any:
    """With one hidden unit (19)-(20) hold for σ_m = σ_M = M(1), the mean square of a hidden feature,
    and L = Lip(σ)² times the mean of τ_i²."""
    M = mean_product(activation, size)
    top, steep = float(M(1.0)), derivative_bound(activation, size)
    alpha = share / top
    after = (1 - alpha * top) * error - alpha * target * (top - M(cosine)) - alpha * eta
    right = (1 - alpha * top / 2 + 3 * (top * alpha) ** 2) * error**2
    right += (alpha / top + 3 * alpha**2) * steep**2 * (2 - 2 * cosine) * target**2
    right += (2 * alpha / top + 3 * alpha**2) * eta**2
    return at_most(after**2, right, ("|v - v*|² after a step", "(19) + (20)"), 1 + right)


# The mean directions.

DIRECTIONS = domain(
    fixed("path of 3 nodes, noise (3, -1, 2) held fixed; d_out = 1, v = 0.7, v* = 1.3"),
    choice("activation", "relu", "tanh", "sigmoid"),
    choice("reading", "mean", "literal", words="reading of Ξ_N"),
    cases=lambda budget: [
        {"activation": name, "reading": reading, "draws": 4000 if budget == "quick" else 100_000}
        for name in ("relu", "tanh", "sigmoid")
        for reading in ("mean", "literal")
    ],
    derived=("draws",),
)
_PATH, _NOISE, _V, _TARGET = graphs.path(3), np.array([3.0, -1.0, 2.0]), 0.7, 1.3
_W, _W_STAR = np.array([0.6, 0.8]), np.array([1.0, 0.0])


def _draws(activation: str, number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Averaged features, residuals and hidden outputs of many data sets, with one noise."""
    H = np.random.default_rng(0).normal(size=(3, number, 2))
    X = averages(_PATH, H)
    sigma = get(activation).function
    hidden, teacher = (np.asarray(sigma(X @ w)) for w in (_W, _W_STAR))
    return X, teacher * _TARGET + _NOISE[:, None] - hidden * _V, hidden


def _mean(samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return samples.mean(axis=0), samples.std(axis=0) / math.sqrt(len(samples))


@claim("li2021:eq-21", DIRECTIONS, each=True)
def mean_direction(activation: str, reading: str, draws: int) -> Any:
    """The mean of G^W over H is (Wv - W*v*)v, divided by n in the literal reading, whatever the
    noise."""
    X, residual, _ = _draws(activation, draws)
    form = {"mean": "mean", "literal": "sum"}[reading]
    xi = float(ag.xi_node(_PATH, activation, form))
    samples = -np.einsum("nsd,ns->sd", X, residual) * _V / (3 * xi)
    wanted = (_W * _V - _W_STAR * _TARGET) * _V / (1 if reading == "mean" else 3)
    mean, error = _mean(samples)
    return sampled(mean, error, wanted, ("sample mean of G^W", "closed form"))


@claim("li2021:eq-22", DIRECTIONS, each=True)
def mean_gradient(activation: str, reading: str, draws: int) -> Any:
    """The mean of g^v over H alone is M(1)v - M(c)v* minus the mean of ε_i E σ(τ_i Z)."""
    _, residual, hidden = _draws(activation, draws)
    mean, error = _mean(-np.mean(hidden * residual, axis=0))
    sizes = _PATH.degrees + 1.0
    products = [mean_product(activation, float(size)) for size in sizes]
    wanted = np.mean([float(M(1.0)) * _V - float(M(_W[0])) * _TARGET for M in products])
    wanted -= np.mean(_NOISE * np.array([_mean_output(activation, s**-0.5) for s in sizes]))
    return sampled(mean, error, wanted, ("sample mean of g^v", "closed form"))


def _mean_output(activation: str, tau: float) -> float:
    """E σ(τZ) by a sum over a fine grid."""
    z, step = np.linspace(-12, 12, 48_001, retstep=True)
    values = np.asarray(get(activation).function(tau * z))
    return float(np.sum(values * np.exp(-z * z / 2)) * step / math.sqrt(2 * math.pi))
