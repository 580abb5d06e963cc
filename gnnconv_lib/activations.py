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
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import jax.scipy.special as special
import numpy as np
from numpy.typing import ArrayLike

from gnnconv_lib.precision import as_float_array
from gnnconv_lib.shapes import Numbers
from gnnconv_lib.validation import InvalidInput, require_choice, require_real

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = ["Activation", "Form", "custom", "get", "leaky_relu", "names"]

SQRT_TWO = math.sqrt(2.0)

# Swish has the derivative S(t) (1 + t S(-t)), S the sigmoid. It is largest where
# t tanh(t / 2) = 2, and vanishes at t = -1 - W(1/e), W the Lambert function, where
# swish = -W(1/e). The tests solve these equations again.
SWISH_STEEPEST_POINT = 2.3993572805154677
SWISH_LIPSCHITZ = 1.0998393201288669
SWISH_LOWEST_POINT = -1.2784645427610738
SWISH_MINIMUM = -0.2784645427610738


@dataclass(frozen=True)
class Form:
    """Which function an activation is, exactly; `dual` has a closed form for each.

    Fields:
        name: "scaled_relu", "step", "leaky_relu", "sign", "erf" or "gelu".
        function: the very function that it describes. An activation whose function was replaced no
            longer has the form, whatever it is called.
        slope: for the leaky ReLU, t for t >= 0 and slope t for t < 0.
    """

    name: str
    function: Callable[[Any], jax.Array]
    slope: float | None = None


@dataclass(frozen=True, repr=False)
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
        form: which function it is, for those whose dual is known in closed form.
    """

    name: str
    function: Callable[[Any], jax.Array]
    derivative: Callable[[Any], jax.Array]
    lipschitz: float
    monotone: bool
    homogeneous: bool
    kinks: tuple[float, ...]
    value_at_zero: float
    form: Form | None = None

    def __repr__(self) -> str:
        return f"Activation({self.name!r}, kinks={self.kinks}, lipschitz={self.lipschitz:.4g})"

    def __call__(self, t: Numbers[ArrayLike, "*points"]) -> Float[jax.Array, "*points"]:
        """sigma(t), same shape as t."""
        return self.function(t)


def names() -> tuple[str, ...]:
    """The names that `get` knows; `leaky_relu(a)` also works for every other number a.

    >>> names()[:3]
    ('scaled_relu', 'step', 'relu')
    """
    return (*_TABLE, "leaky_relu(0.2)", "leaky_relu(0.05)")


def get(name: str | Activation | Callable[[Any], Any]) -> Activation:
    """The activation called `name`; an `Activation` is handed back as it is.

    A callable goes through `custom`, which finds its kinks.

    Raises:
        InvalidInput: for an unknown name, with the nearest known one.

    >>> get("scaled_relu").lipschitz == 2**0.5
    True
    >>> float(get("leaky_relu(0.2)")(-1.0))
    -0.2
    """
    if isinstance(name, Activation):
        return name
    if callable(name):
        return _found(name)
    match = re.fullmatch(r"leaky_relu\(\s*([^()]*?)\s*\)", name) if isinstance(name, str) else None
    if match:
        try:
            slope = float(match[1])
        except ValueError:
            raise InvalidInput(f"slope of leaky_relu must be a number, got {match[1]!r}.") from None
        return leaky_relu(slope)
    return _TABLE[require_choice("activation", name, names())]


def custom(
    function: Callable[[Any], Any],
    kinks: Iterable[float] | None = None,
    derivative: Callable[[Any], Any] | None = None,
    name: str | None = None,
) -> Activation:
    """An activation of your own.

    Args:
        function: of one array, entry by entry, made of JAX operations.
        kinks: where it is not smooth. If None, they are looked for in [-8, 8]: points where the
            derivative jumps between neighbours of a grid of spacing 1/64, bisected. Bends of a
            higher derivative are not found, nor two kinks in one cell: give them.
        derivative: its derivative; by default the one of `jax.grad`, from the right at a kink.
        name: for messages; by default the name of the function.

    Lipschitz constant and monotonicity are read off the grid: they are estimates.

    Raises:
        InvalidInput: for a function that JAX cannot run or that changes the shape of its argument.

    >>> custom(lambda t: abs(t - 1), name="distance to 1")
    Activation('distance to 1', kinks=(1.0,), lipschitz=1)
    >>> custom(jax.nn.relu6).kinks
    (0.0, 6.0)
    """
    label = name or getattr(function, "__name__", type(function).__name__)
    on_arrays = _on_arrays(lambda t: jnp.asarray(function(t), t.dtype))
    if derivative is None:
        raw = _on_arrays(lambda t: jax.jvp(on_arrays, (t,), (jnp.ones_like(t),))[1])
    else:
        raw = _on_arrays(lambda t: jnp.asarray(derivative(t), t.dtype))
    grid = np.linspace(-8.0, 8.0, 1025) + 1 / 128
    try:
        values, slopes = np.asarray(on_arrays(grid)), np.asarray(raw(grid))
    except Exception as error:
        first = str(error).partition("\n")[0]
        raise InvalidInput(f"activation {label!r} must run on a JAX array, got {first}") from None
    if values.shape != grid.shape or slopes.shape != grid.shape:
        raise InvalidInput(f"activation {label!r} must keep the shape of its argument.")
    if not (np.isfinite(values).all() and np.isfinite(slopes).all()):
        raise InvalidInput(f"activation {label!r} must be finite with its derivative on [-8, 8].")
    if kinks is None:
        points = _jumps(on_arrays, raw, grid)
    else:
        points = tuple(sorted(require_real("kinks", kink) for kink in kinks))
    jumping = any(_gap(on_arrays, kink) > 1e-6 for kink in points)
    at_zero = float(on_arrays(0.0))
    doubled = np.asarray(on_arrays(2 * grid))
    return Activation(
        name=str(label),
        function=on_arrays,
        derivative=_from_the_right(raw, points) if derivative is None else raw,
        lipschitz=math.inf if jumping else float(np.abs(slopes).max()),
        monotone=bool(np.all(np.diff(values) >= 0)),
        homogeneous=bool(np.allclose(doubled, 2 * values, rtol=1e-14, atol=0)),
        kinks=points,
        value_at_zero=at_zero,
    )


@lru_cache(maxsize=256)
def _found(function: Callable[[Any], Any]) -> Activation:
    with jax.ensure_compile_time_eval():
        return custom(function)


def _gap(function: Callable[[Any], Any], point: float) -> float:
    step = 1e-9 * max(1.0, abs(point))
    return abs(float(function(point + step)) - float(function(point - step)))


def _jumps(function: Any, slope: Any, grid: np.ndarray) -> tuple[float, ...]:
    """Where function or slope jumps: a cell whose change stays when the cell is bisected."""
    found = []
    for of in (function, slope):
        low, high = grid[:-1], grid[1:]
        for _ in range(46):
            middle = (low + high) / 2
            at_low, at, at_high = (np.asarray(of(point)) for point in (low, middle, high))
            left = np.abs(at - at_low) >= np.abs(at_high - at)
            low, high = np.where(left, low, middle), np.where(left, middle, high)
        change = np.abs(np.asarray(of(high)) - np.asarray(of(low)))
        found += (np.where(change > 1e-6, high, np.nan)[change > 1e-6]).tolist()
    rounded = sorted(round(point, 11) + 0.0 for point in found)
    return tuple(p for k, p in enumerate(rounded) if k == 0 or p - rounded[k - 1] > 1e-9)


def _from_the_right(slope: Callable[[Any], jax.Array], kinks: tuple[float, ...]) -> Any:
    def derivative(t: jax.Array) -> jax.Array:
        for kink in kinks:
            nudge = 1e-6 * max(1.0, abs(kink))
            t = jnp.where(t == kink, kink + nudge, t)
        return slope(t)

    return _on_arrays(derivative)


@lru_cache(maxsize=256)
def leaky_relu(slope: float) -> Activation:
    """The leaky ReLU, sigma(t) = t for t >= 0 and slope t for t < 0.

    >>> leaky_relu(0.05).name, leaky_relu(0.05).lipschitz, leaky_relu(-2.0).monotone
    ('leaky_relu(0.05)', 1.0, False)
    """
    slope = require_real("slope of leaky_relu", slope)
    function = _two_slopes(slope, 1.0)
    return Activation(
        name=f"leaky_relu({slope:g})" if float(f"{slope:g}") == slope else f"leaky_relu({slope!r})",
        function=function,
        derivative=_two_values(slope, 1.0),
        lipschitz=max(1.0, abs(slope)),
        monotone=slope >= 0,
        homogeneous=True,
        kinks=() if slope == 1 else (0.0,),
        value_at_zero=0.0,
        form=Form("leaky_relu", function, slope),
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
    form: str | None = None,
    slope: float | None = None,
) -> Activation:
    on_arrays = _on_arrays(function)
    return Activation(
        name,
        on_arrays,
        _on_arrays(derivative),
        lipschitz,
        monotone,
        homogeneous,
        kinks,
        value_at_zero,
        None if form is None else Form(form, on_arrays, slope),
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
            form="scaled_relu",
        ),
        _activation(
            "step",
            _two_values(0.0, SQRT_TWO),
            _zero,
            math.inf,
            kinks=(0.0,),
            value_at_zero=SQRT_TWO,
            form="step",
        ),
        _activation(
            "relu",
            _two_slopes(0.0, 1.0),
            _two_values(0.0, 1.0),
            1.0,
            homogeneous=True,
            kinks=(0.0,),
            form="leaky_relu",
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
            form="erf",
        ),
        # t Phi(t); the second derivative phi(t) (2 - t^2) puts the steepest point at sqrt 2.
        _activation(
            "gelu",
            lambda t: t * special.ndtr(t),
            lambda t: special.ndtr(t) + t * _normal_density(t),
            lipschitz=0.5 * math.erfc(-1.0) + math.exp(-1.0) / math.sqrt(math.pi),
            monotone=False,
            form="gelu",
        ),
        _activation(
            "identity",
            lambda t: t,
            lambda t: jnp.ones_like(t),
            lipschitz=1.0,
            homogeneous=True,
            form="leaky_relu",
            slope=1.0,
        ),
        _activation("sign", jnp.sign, _zero, lipschitz=math.inf, kinks=(0.0,), form="sign"),
    )
}
