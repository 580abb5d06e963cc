"""Random arguments for the transcribed functions, by the names of their parameters."""

import inspect

import numpy as np


def relu_dual(rho):
    """Dual of sqrt(2) max(t, 0) in closed form (not printed in the paper)."""
    rho = np.clip(rho, -1, 1)
    return (np.sqrt(1 - rho**2) + (np.pi - np.arccos(rho)) * rho) / np.pi


def step_dual(rho):
    """Dual of the step function sqrt(2) 1(t >= 0)."""
    return 1 - np.arccos(np.clip(rho, -1, 1)) / np.pi


def _leaky(z):
    return np.where(z > 0, z, 0.2 * z)


def _positive_definite(rng, size):
    root = rng.normal(size=(size, size))
    return root @ root.T / size + 0.3 * np.eye(size)


def _ring(size):
    return np.roll(np.eye(size), 1, axis=1) + np.roll(np.eye(size), -1, axis=1)


def awasthi2021_arguments(rng):
    """A ring of six nodes, three inputs, four hidden units, depth three; five draws."""
    nodes, inputs, hidden, draws = 6, 3, 4, 5
    square = {
        name: _positive_definite(rng, inputs)
        for name in ("M", "M_star", "E", "W1", "W2", "W1_star", "W2_star", "grad", "derivative")
    }
    vectors = {
        name: rng.normal(size=inputs)
        for name in ("w_star", "w_perp", "step", "grad_w", "mu", "v", "embedding_sum")
    }
    triples = {
        name: rng.uniform(0.3, 0.9, size=inputs)
        for name in ("sigma_stars", "alpha_stars", "beta_stars", "sigmas", "us", "ells", "deltas")
    }
    per_node = {name: rng.uniform(0.1, 0.9, size=nodes) for name in ("g_values", "r_values")}
    return {
        **square,
        **vectors,
        **triples,
        **per_node,
        "n": nodes,
        "d": 2,
        "r": inputs,
        "h": hidden,
        "L": 3,
        "K": 4,
        "t": 2,
        "i": 0,
        "j": 1,
        "overlap": 2,
        "overlaps": np.linalg.matrix_power(_ring(nodes) + np.eye(nodes), 2),
        "degrees": np.array([2, 3, 2, 3, 2, 3]),
        "adjacency": _ring(nodes),
        "alpha": rng.uniform(0.1, 0.5),
        "ell": rng.uniform(1.0, 1.5),
        "w_norm": rng.uniform(1.2, 2.0),
        "w_star_norm": rng.uniform(1.2, 2.0),
        "rho": rng.uniform(-0.9, 0.9),
        "activation": lambda z: np.sqrt(2) * np.maximum(z, 0),
        "dual": relu_dual,
        "dual_prime": step_dual,
        "dual_step": step_dual,
        "basis": np.linalg.qr(rng.normal(size=(inputs, inputs)))[0],
        "gaussian": rng.normal(size=(inputs, inputs)),
        "W": rng.normal(size=(hidden, inputs)),
        "W_star": rng.normal(size=(hidden, inputs)),
        "grad_W": rng.normal(size=(hidden, inputs)),
        "x": rng.normal(size=(nodes, inputs)),
        "xbar": rng.normal(size=(nodes, inputs)),
        "aggregate": rng.normal(size=(nodes, inputs)),
        "x_draws": rng.normal(size=(draws, nodes, inputs)),
        "x_hat_draws": rng.normal(size=(draws, nodes, inputs)),
        "xbar_draws": rng.normal(size=(draws, nodes, inputs)),
        "mu_draws": rng.normal(size=(draws, inputs)),
        "y": rng.normal(size=(draws, hidden)),
        "y_hat": rng.normal(size=(draws, hidden)),
        "pre": rng.normal(size=(draws, nodes)),
        "pre_star": rng.normal(size=(draws, nodes)),
    }


def li2021_arguments(rng):
    """A ring of six nodes or six triangles, two features, two outputs; four draws."""
    nodes, features, outputs, draws, small = 6, 2, 2, 4, 3
    closed = _ring(nodes) + np.eye(nodes)
    weights = {
        name: rng.normal(size=(features, outputs))
        for name in ("W", "W_star", "W_0", "U", "G_W", "gaussian")
    }
    vectors = {name: rng.normal(size=outputs) for name in ("v", "v_star", "v_0", "g_v")}
    labels = {name: rng.normal(size=nodes) for name in ("y", "y_bar", "noise")}
    return {
        **weights,
        **vectors,
        **labels,
        "n": nodes,
        "d": features,
        "d_out": outputs,
        "d_bar": 2.5,
        "d_min": 2,
        "n_max": 3,
        "n_j": 4,
        "i": 1,
        "t": 3,
        "alpha": rng.uniform(5e-5, 1e-4),
        "delta": rng.uniform(0.05, 0.3),
        "gamma_1": rng.uniform(0.2, 0.8),
        "members": [0, 1, 5],
        "degrees": np.array([2, 3, 2, 3, 2, 3]),
        "node_counts": np.array([3, 5, 4]),
        "activation": _leaky,
        "H": rng.normal(size=(nodes, features)),
        "A": closed,
        "degree_matrix": np.diag(closed.sum(axis=1)),
        "a": rng.dirichlet(np.ones(nodes))[None, :],
        "c_matrix": rng.normal(size=(nodes, features)),
        "xi_inv": _positive_definite(rng, features),
        "z": rng.normal(size=nodes),
        "H_draws": rng.normal(size=(draws, nodes, features)),
        "H_graphs": rng.normal(size=(nodes, draws, small, features)),
        "A_graphs": np.ones((nodes, small, small)),
        "degree_graphs": np.broadcast_to(3 * np.eye(small), (nodes, small, small)),
        "a_graphs": rng.dirichlet(np.ones(small), size=(nodes, 1)),
        "c_graphs": rng.normal(size=(nodes, small, features)),
        "G_draws": rng.normal(size=(draws, features, outputs)),
        "g_draws": rng.normal(size=(draws, outputs)),
    }


def evaluate(function, table, rng):
    """Value of a function at the table's arguments; a name not in it is a scalar in [0.3, 1.4]."""
    scalars = {name: rng.uniform(0.3, 1.4) for name in inspect.signature(function).parameters}
    arguments = {name: table.get(name, value) for name, value in scalars.items()}
    result = function(**arguments)
    return np.concatenate([np.ravel(np.asarray(part, dtype=float)) for part in _parts(result)])


def _parts(result):
    return result if isinstance(result, tuple) else (result,)
