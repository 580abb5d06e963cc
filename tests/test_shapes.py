"""Signatures that say something wrong about a shape are found; right ones are not in the way."""

import importlib
import re
import subprocess
import sys
import types
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gnnconv_lib import shapes as library
from tests import shapes

ROOT = Path(__file__).resolve().parents[1]
NAMES = """
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import ArrayLike
"""
LENGTHS = """
def lengths(W: Numbers[ArrayLike, "*units features"]) -> Float[jax.Array, "*units"]:
    return jnp.linalg.norm(jnp.asarray(W, dtype=jnp.result_type(float, jnp.asarray(W))), axis=-1)
"""


@pytest.fixture
def planted(monkeypatch):
    """The last function of a module with this text, checked."""

    def plant(text):
        module = types.ModuleType("planted")
        monkeypatch.setitem(sys.modules, "planted", module)  # where annotations are looked up
        exec(NAMES + text, vars(module))
        module.__all__ = [
            name
            for name, value in vars(module).items()
            if getattr(value, "__module__", None) == "planted"
        ]
        shapes.check(module)
        return getattr(module, module.__all__[-1])

    return plant


@pytest.mark.parametrize(
    "W",
    [
        [3.0, 4.0],
        [[3, 4], [0, 1]],
        np.ones((2, 3)),
        np.ones((2, 3), np.float32),
        jnp.ones((4, 2, 3)),
        np.ones((2, 3), bool),
    ],
    ids=["list", "integers", "numpy", "float32", "jax", "bool"],
)
def test_what_fits_is_let_through(planted, W):
    lengths = planted(LENGTHS)
    assert lengths(W).shape == np.shape(W)[:-1]


def test_jit_vmap_and_grad_pass(planted):
    lengths = planted(LENGTHS)
    W = jnp.ones((2, 3))
    assert jax.jit(lengths)(W).shape == (2,)
    assert jax.vmap(lengths)(W).shape == (2,)
    assert jax.grad(lambda w: lengths(w).sum())(W).shape == W.shape
    assert jax.jit(lambda w: lengths([w, 2 * w]))(W[0]).shape == (2,)


@pytest.mark.parametrize("W", [1.0, np.float64(1.0), "text", None, ["a", "b"]])
def test_what_is_no_array_is_found(planted, W):
    function = planted('def f(W: Numbers[ArrayLike, "*units features"]) -> None: ...')
    with pytest.raises(AssertionError, match="f: W is not what the signature says"):
        function(W)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (LENGTHS.replace('jax.Array, "*units"', 'jax.Array, "*units features"'), "return"),
        (LENGTHS.replace('jax.Array, "*units"', 'np.ndarray, "*units"'), "return"),
        (LENGTHS.replace('ArrayLike, "*units features"', 'ArrayLike, "units features 1"'), "W"),
        ('def f(W: Numbers[ArrayLike, "units units"]) -> None: ...', "W"),
    ],
)
def test_a_wrong_signature_is_found(planted, text, place):
    function = planted(text)
    with pytest.raises(AssertionError, match=f": {place} is not what the signature says"):
        function(np.ones((2, 3)))


def test_what_a_function_refuses_itself_stays_its_own_error(planted):
    function = planted(
        'def f(W: Numbers[ArrayLike, "units features"]) -> None:\n    raise ValueError("mine")'
    )
    with pytest.raises(ValueError, match="mine"):
        function(1.0)


@pytest.mark.parametrize("kind", ["class Pair(NamedTuple):", "@dataclass\nclass Pair:"])
def test_a_wrong_field_is_found(planted, kind):
    text = (
        f'{kind}\n    u: Float[np.ndarray, "*units"]\n    beta: Float[np.ndarray, "*units"]\n'
        "def f(u: Any, beta: Any) -> tuple[Pair, int]:\n    return Pair(u, beta), 0\n"
    )
    function = planted(text)
    assert function(np.ones(2), np.ones(2))[1] == 0
    with pytest.raises(AssertionError, match="Pair: beta is not what the signature says"):
        function(np.ones(2), np.ones(3))


def test_a_container_of_something_else_is_let_through(planted):
    """As `kernels.sharding.map_items` has them: fields stacked, nothing promised."""
    function = planted(
        'class Pair(NamedTuple):\n    u: Float[np.ndarray, " units"]\n'
        "def f(u: Any) -> Any:\n    return Pair(u)\n"
    )
    assert function(np.ones((2, 3))).u.shape == (2, 3)


@pytest.mark.parametrize("floor", shapes.FLOORS)
def test_the_functions_of_every_floor_are_checked(floor):
    """In this process, so that a hook that comes too late would be seen."""
    module = importlib.import_module(f"gnnconv_lib.{floor}")
    assert isinstance(module.__spec__.loader, shapes.Loader)


def test_a_planted_shape_in_the_library_is_found(monkeypatch):
    from gnnconv_lib import graphs, relu_gnn

    function = relu_gnn.loss.__wrapped__
    W, graph = [[2.0, 0.0]], graphs.complete(2)
    assert float(relu_gnn.loss(W, W, graph)) == 0
    wrong = 'Float[jax.Array, " units"]'
    monkeypatch.setattr(function, "__annotations__", function.__annotations__ | {"return": wrong})
    with pytest.raises(AssertionError, match="loss: return is not what the signature says"):
        shapes.checked(function)(W, W, graph)


def test_the_library_does_without_what_compares_shapes():
    program = (
        "import importlib, sys\n"
        "sys.modules |= {'jaxtyping': None, 'beartype': None}\n"
        f"for floor in {shapes.FLOORS}: importlib.import_module(f'gnnconv_lib.{{floor}}')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


AXES = re.compile(r'\[(?:[\w.| ]+), "([^"]*)"\]')


def test_every_axis_is_one_of_the_table():
    known = set(
        re.findall(r"`(\w+)`", "\n".join(re.findall(r"^\| `.*? \|", library.__doc__, re.M)))
    )
    used = {}
    for path in sorted((ROOT / "gnnconv_lib").rglob("*.py")):
        for axes in AXES.findall(path.read_text(encoding="utf-8")):
            for name in re.findall(r"[a-z_]+", axes):
                used.setdefault(name, path.name)
    assert {name: place for name, place in used.items() if name not in known} == {}
    assert known <= set(used)
