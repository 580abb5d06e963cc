"""The dual of sqrt(2) max(t, 0) and that of the step sqrt(2) 1(t >= 0), as textbooks write them.

Both lose digits: the first has none left next to rho = -1. They take any module with a square root
and an arc cosine: NumPy in every precision, also complex, `jax.numpy`, and mpmath.

Reference: awasthi2021, Definition 1 and the proof of Lemma 7.
Book page: book/awasthi2021/dual-activations.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["relu_dual", "step_dual"]


def relu_dual(rho: Any, module: Any = np) -> Any:
    """The textbook form (sqrt(1 - rho^2) + rho (pi - arccos rho)) / pi of the ReLU's dual s.

    Args:
        rho: correlations in [-1, 1], an array or number of `module`.
        module: where `sqrt` and `arccos` (or `acos`) come from.

    Returns:
        s(rho), of the kind of rho.

    >>> [float(relu_dual(rho)) for rho in (-1.0, 1.0)]
    [0.0, 1.0]
    >>> float(relu_dual(0.0)) == 1 / np.pi
    True
    """
    angle, half_turn = _angle(rho, module)
    return (module.sqrt(1 - rho * rho) + rho * (half_turn - angle)) / half_turn


def step_dual(rho: Any, module: Any = np) -> Any:
    """The textbook form 1 - arccos(rho) / pi of the step's dual, which is the derivative of s.

    Arguments as for `relu_dual`.

    >>> [float(step_dual(rho)) for rho in (-1.0, 0.0, 1.0)]
    [0.0, 0.5, 1.0]
    """
    angle, half_turn = _angle(rho, module)
    return 1 - angle / half_turn


def _angle(rho: Any, module: Any) -> tuple[Any, Any]:
    """arccos(rho), and the number pi in the precision of rho."""
    arccos = getattr(module, "arccos", None) or module.acos
    dtype = getattr(rho, "dtype", None)
    return arccos(rho), arccos(-1 if dtype is None else -module.ones((), dtype))
