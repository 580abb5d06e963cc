"""The activations of both papers, with the facts about them that theorems ask for.

`get("tanh")` gives an `Activation`: the function, its derivative, its Lipschitz constant, whether
it is nondecreasing, whether it is positively homogeneous, where it has kinks, its value at 0.
The facts are established by the tests, with ball arithmetic where an inequality must hold
everywhere. Values do not overflow at large |t| and keep the type of their input (float32 or
float64).

awasthi2021 uses `scaled_relu` (section 3); li2021 lists ReLU, leaky ReLU, sigmoid, softplus and
swish (Assumption 1). Book page: book/awasthi2021/dual-activations.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import jax.scipy.special as special

from gnnconv_lib.precision import as_float_array
from gnnconv_lib.validation import InvalidInput, require_choice, require_real

__all__ = ["Activation", "get", "leaky_relu", "names"]

SQRT_TWO = math.sqrt(2.0)

# Swish has the derivative S(t) (1 + t S(-t)), S the sigmoid. It is largest where
# t tanh(t / 2) = 2, and vanishes at t = -1 - W(1/e), W the Lambert function, where
# swish = -W(1/e). The tests solve these equations again.
SWISH_STEEPEST_POINT = 2.3993572805154677
SWISH_LIPSCHITZ = 1.0998393201288669
SWISH_LOWEST_POINT = -1.2784645427610738
SWISH_MINIMUM = -0.2784645427610738


@dataclass(frozen=True)
class Activation:
    """An activation sigma and what is known of it.

    Fields:
        name: as given to `get`.
        function: sigma, a JAX function on arrays.
        derivative: sigma', at a kink the value from the right.
        lipschitz: sup |sigma(t) - sigma(u)| / |t - u|; infinite where sigma jumps.
        monotone: whether sigma is nondecreasing.
        homogeneous: whether sigma(a t) = a sigma(t) for all a > 0.
        kinks: the points where sigma is not differentiable.
        value_at_zero: sigma(0).
        slope: sigma(t) = slope t for t < 0 and t for t >= 0, for the leaky ReLU family only.
    """

    name: str
    function: Callable[[Any], jax.Array]
    derivative: Callable[[Any], jax.Array]
    lipschitz: float
    monotone: bool
    homogeneous: bool
    kinks: tuple[float, ...]
    value_at_zero: float
    slope: float | None = None

    def __call__(self, t: Any) -> jax.Array:
        """sigma(t), same shape as t."""
        return self.function(t)


def names() -> tuple[str, ...]:
    """The names that `get` knows; `leaky_relu(a)` also works for every other number a.

    >>> names()[:3]
    ('scaled_relu', 'step', 'relu')
    """
    return (*_TABLE, "leaky_relu(0.2)", "leaky_relu(0.05)")


def get(name: str | Activation) -> Activation:
    """The activation called `name`; an `Activation` is handed back as it is.

    Raises:
        InvalidInput: for an unknown name, with the nearest known one.

    >>> get("scaled_relu").lipschitz == 2**0.5
    True
    >>> float(get("leaky_relu(0.2)")(-1.0))
    -0.2
    """
    if isinstance(name, Activation):
        return name
    match = re.fullmatch(r"leaky_relu\(\s*([^()]*?)\s*\)", name) if isinstance(name, str) else None
    if match:
        try:
            slope = float(match[1])
        except ValueError:
            raise InvalidInput(f"slope of leaky_relu must be a number, got {match[1]!r}.") from None
        return leaky_relu(slope)
    return _TABLE[require_choice("activation", name, names())]


@lru_cache(maxsize=256)
def leaky_relu(slope: float) -> Activation:
    """The leaky ReLU, sigma(t) = t for t >= 0 and slope t for t < 0.

    >>> leaky_relu(0.05).name, leaky_relu(0.05).lipschitz, leaky_relu(-2.0).monotone
    ('leaky_relu(0.05)', 1.0, False)
    """
    slope = require_real("slope of leaky_relu", slope)
    return Activation(
        name=f"leaky_relu({slope:g})" if float(f"{slope:g}") == slope else f"leaky_relu({slope!r})",
        function=_two_slopes(slope, 1.0),
        derivative=_two_values(slope, 1.0),
        lipschitz=max(1.0, abs(slope)),
        monotone=slope >= 0,
        homogeneous=True,
        kinks=() if slope == 1 else (0.0,),
        value_at_zero=0.0,
        slope=slope,
    )


def _on_arrays(function: Callable[[jax.Array], jax.Array]) -> Callable[[Any], jax.Array]:
    return lambda t: function(*as_float_array(t))


def _two_slopes(left: float, right: float) -> Callable[[Any], jax.Array]:
    return _on_arrays(lambda t: jnp.where(t < 0, left * t if left else 0.0, right * t))


def _two_values(left: float, right: float) -> Callable[[Any], jax.Array]:
    return _on_arrays(lambda t: jnp.where(t < 0, left, right) + 0 * t)


def _zero(t: jax.Array) -> jax.Array:
    return 0 * t


def _normal_density(t: jax.Array) -> jax.Array:
    return jnp.exp(-t * t / 2) / math.sqrt(2 * math.pi)


def _sigmoid_slope(t: jax.Array) -> jax.Array:
    return jax.nn.sigmoid(t) * jax.nn.sigmoid(-t)


def _swish_slope(t: jax.Array) -> jax.Array:
    return jax.nn.sigmoid(t) * (1 + t * jax.nn.sigmoid(-t))


def _activation(
    name: str,
    function: Callable[[jax.Array], jax.Array],
    derivative: Callable[[jax.Array], jax.Array],
    lipschitz: float,
    monotone: bool = True,
    homogeneous: bool = False,
    kinks: tuple[float, ...] = (),
    value_at_zero: float = 0.0,
    slope: float | None = None,
) -> Activation:
    return Activation(
        name,
        _on_arrays(function),
        _on_arrays(derivative),
        lipschitz,
        monotone,
        homogeneous,
        kinks,
        value_at_zero,
        slope,
    )


_TABLE: dict[str, Activation] = {
    entry.name: entry
    for entry in (
        _activation(
            "scaled_relu",
            _two_slopes(0.0, SQRT_TWO),
            _two_values(0.0, SQRT_TWO),
            SQRT_TWO,
            homogeneous=True,
            kinks=(0.0,),
        ),
        _activation(
            "step",
            _two_values(0.0, SQRT_TWO),
            _zero,
            math.inf,
            kinks=(0.0,),
            value_at_zero=SQRT_TWO,
        ),
        _activation(
            "relu",
            _two_slopes(0.0, 1.0),
            _two_values(0.0, 1.0),
            1.0,
            homogeneous=True,
            kinks=(0.0,),
            slope=0.0,
        ),
        _activation("sigmoid", jax.nn.sigmoid, _sigmoid_slope, lipschitz=0.25, value_at_zero=0.5),
        _activation("tanh", jnp.tanh, lambda t: 4 * _sigmoid_slope(2 * t), lipschitz=1.0),
        _activation(
            "swish",
            lambda t: t * jax.nn.sigmoid(t),
            _swish_slope,
            lipschitz=SWISH_LIPSCHITZ,
            monotone=False,
        ),
        _activation(
            "softplus",
            lambda t: jnp.logaddexp(t, 0.0),
            jax.nn.sigmoid,
            lipschitz=1.0,
            value_at_zero=math.log(2.0),
        ),
        _activation(
            "erf",
            special.erf,
            lambda t: 2 / math.sqrt(math.pi) * jnp.exp(-t * t),
            lipschitz=2 / math.sqrt(math.pi),
        ),
        # t Phi(t); the second derivative phi(t) (2 - t^2) puts the steepest point at sqrt 2.
        _activation(
            "gelu",
            lambda t: t * special.ndtr(t),
            lambda t: special.ndtr(t) + t * _normal_density(t),
            lipschitz=0.5 * math.erfc(-1.0) + math.exp(-1.0) / math.sqrt(math.pi),
            monotone=False,
        ),
        _activation(
            "identity",
            lambda t: t,
            lambda t: jnp.ones_like(t),
            lipschitz=1.0,
            homogeneous=True,
            slope=1.0,
        ),
        _activation("sign", jnp.sign, _zero, lipschitz=math.inf, kinks=(0.0,)),
    )
}
