"""What the signatures of the library say of the shapes of arrays, compared with the tests' values.

An import hook, with jaxtyping and beartype. A public function of `FLOORS` that returns has to have
been given what its signature asks for and to return what it promises, one length for each name of
an axis; so what a signature excludes must be refused by the function itself. The fields of a named
tuple or dataclass whose name stands in what it promises are compared with those of the class.
"""

import dataclasses
import importlib.machinery
import inspect
import sys
import typing
from functools import cache, wraps
from typing import Any

import jax.numpy as jnp
import numpy as np
from beartype.door import die_if_unbearable
from jaxtyping import AbstractArray, Bool, Float, Int, Real, jaxtyped

from gnnconv_lib.precision import as_numbers

FLOORS = (
    "activations", "averaging_gnn", "bounds", "descent", "dual", "estimates", "kernels",
    "linear_gnn", "monte_carlo", "relu_gnn", "summaries", "trajectory",
)  # fmt: skip


class _Readable(type):
    def __getitem__(cls, item: tuple[Any, str]) -> type:
        return _readable(item[1])

    def __instancecheck__(cls, value: Any) -> bool:
        return any(isinstance(_read(value), kind) for kind in cls.kinds)


class Numbers(metaclass=_Readable):
    """What `gnnconv_lib.shapes.Numbers` stands for, checked."""

    kinds = (Real[Any, "..."], Bool[Any, "..."])


@cache
def _readable(shape: str) -> type:
    kinds = (Real[Any, shape], Bool[Any, shape])
    return _Readable(
        f'Numbers["{shape}"]', (), {"kinds": kinds, "__module__": "gnnconv_lib.shapes"}
    )


def _read(value: Any) -> Any:
    """The value, or the array that is made of it where it is none."""
    if hasattr(value, "shape"):
        return value
    if hasattr(value, "__dlpack__"):
        return as_numbers(value)
    try:
        return np.asarray(value)
    except Exception:  # rows of traced numbers, which JAX alone can stack
        return jnp.asarray(value)


# What the library imports for type checkers alone.
NAMES = {"Float": Float, "Int": Int, "Numbers": Numbers}


def checked(function):
    """The function, its arguments and its result compared with its signature after each call."""
    signature = inspect.signature(function)

    @cache
    def hints():  # later than the imports, some of which go round in circles for types alone
        return _hints(function)

    @cache
    def promised():
        hints = typing.get_type_hints(function)
        return {part for part in _parts(hints.get("return")) if isinstance(part, type)}

    @wraps(function)
    def call(*args, **kwargs):
        result = function(*args, **kwargs)
        known = hints()
        given = signature.bind(*args, **kwargs).arguments
        with jaxtyped("context"):
            for name, value in (*given.items(), ("return", result)):
                if name in known:
                    _compare(value, known[name], f"{function.__qualname__}: {name}")
        for part in result if type(result) is tuple else (result,):
            if type(part) in promised():
                _compare_fields(part)
        return result

    return call


def check(module):
    """Put `checked` around the public functions of a module, and around those of its classes."""
    vars(module).update(NAMES)
    for name in getattr(module, "__all__", ()):
        value = getattr(module, name)
        if getattr(value, "__module__", None) != module.__name__:
            continue
        if inspect.isfunction(value):
            setattr(module, name, checked(value))
        elif inspect.isclass(value):
            for key, method in list(vars(value).items()):
                if inspect.isfunction(method) and key in public_methods(value):
                    setattr(value, key, checked(method))


def public_methods(kind):
    """The functions that a class defines itself; those of protocols have no body to run."""
    if getattr(kind, "_is_protocol", False):
        return ()
    return tuple(key for key in vars(kind) if not key.startswith("_"))


class Finder(importlib.machinery.PathFinder):
    """Finds the modules of `FLOORS`, each with a loader that checks it."""

    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        if not fullname.startswith(tuple(f"gnnconv_lib.{floor}" for floor in FLOORS)):
            return None
        spec = super().find_spec(fullname, path, target)
        if spec is not None and isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            spec.loader = Loader(spec.loader.name, spec.loader.path)
        return spec


class Loader(importlib.machinery.SourceFileLoader):
    def exec_module(self, module):
        super().exec_module(module)
        check(module)


def install():
    """From here on modules of the library are checked; those that are loaded already are not."""
    sys.meta_path.insert(0, Finder)


def _compare(value, hint, place):
    try:
        die_if_unbearable(value, hint)
    except Exception as error:
        raise AssertionError(f"{place} is not what the signature says.\n{error}") from None


def _compare_fields(value):
    kind = type(value)
    if (issubclass(kind, tuple) and hasattr(kind, "_fields")) or dataclasses.is_dataclass(kind):
        with jaxtyped("context"):
            for name, hint in _hints_of_class(kind).items():
                _compare(getattr(value, name), hint, f"{kind.__qualname__}: {name}")


@cache
def _hints_of_class(kind):
    return _hints(kind)


def _hints(annotated):
    """The annotations that speak of shapes; the others are left to mypy."""
    known = typing.get_type_hints(annotated)
    return {name: hint for name, hint in known.items() if _speaks_of_shapes(hint)}


def _speaks_of_shapes(hint):
    return any(
        isinstance(part, type) and (issubclass(part, AbstractArray) or type(part) is type(Numbers))
        for part in _parts(hint)
    )


def _parts(hint):
    """The annotation itself and what stands within it."""
    yield hint
    for part in typing.get_args(hint):
        yield from _parts(part)
