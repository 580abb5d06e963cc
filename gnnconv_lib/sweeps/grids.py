"""Grids: their text on a command line, their check, their combinations.

    degree=5,10,30     three values
    seed=0:20          the integers from 0 to 19
    seed=0:20:5,100    0, 5, 10, 15 and 100
    rate=0.1:0.5:0.1   0.1, 0.2, 0.3 and 0.4
    rate=1e-4:1:x10    0.0001, 0.001, 0.01 and 0.1; for integers too

No range holds its stop. Steps are added and multiplied in decimals, so that 0.3 is 0.3. A text that
holds a comma is quoted, as in CSV. Nothing is expanded before it is counted.
"""

from __future__ import annotations

import csv
import decimal
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from gnnconv_lib.page import declarations
from gnnconv_lib.page.declarations import Parameter
from gnnconv_lib.validation import InvalidInput, require_integer

__all__ = ["LARGEST", "combinations", "grid_from_texts", "plain", "require_grid"]

LARGEST = 10_000

_MORE_THAN_ANY = 10**18


def grid_from_texts(
    texts: Sequence[str], declared: Mapping[str, Parameter], limit: int = LARGEST
) -> dict[str, list[Any]]:
    """The values of each swept parameter, from texts `name=values`.

    Args:
        texts: one per parameter.
        declared: the parameters of the chapter.
        limit: the largest number of combinations.

    Raises:
        InvalidInput: for a text of another form, an unknown or repeated name, no values, a value
            twice, of the wrong type or out of range, and too many combinations.

    >>> declared = {p.name: p for p in declarations.parse("n: int = 4  # nodes [1, 99]")}
    >>> grid_from_texts(["n=1:8:3,50"], declared)
    {'n': [1, 4, 7, 50]}
    """
    parts: dict[str, list[tuple[int, Iterable[str]]]] = {}
    for text in texts:
        name, equals, values = text.partition("=")
        name = name.strip()
        if not equals or not name:
            raise InvalidInput(f"a grid must be given as name=values, got {text!r}.")
        parameter = declarations.require(declared, name)
        if name in parts:
            raise InvalidInput(f"the grid of {name} must be given once.")
        parts[name] = [_part(parameter, part) for part in _split(name, values)]
    _require_count([sum(count for count, _ in found) for found in parts.values()], limit)
    grid = {
        name: [declarations.from_text(declared[name], text) for _, texts in found for text in texts]
        for name, found in parts.items()
    }
    return require_grid(grid, limit, declared)


def require_grid(
    grid: Mapping[str, Iterable[Any]],
    limit: int = LARGEST,
    declared: Mapping[str, Parameter] | None = None,
) -> dict[str, list[Any]]:
    """The grid with its values as plain Python values, if every parameter has some and none twice.

    Raises:
        InvalidInput: as `grid_from_texts`.

    >>> require_grid({"n": range(3)})
    {'n': [0, 1, 2]}
    """
    require_integer("limit", limit, 1)
    if not isinstance(grid, Mapping) or not grid:
        raise InvalidInput("grid must name at least one parameter with its values.")
    for name, values in grid.items():
        if not isinstance(values, Iterable) or isinstance(values, str | bytes | Mapping):
            raise InvalidInput(f"the grid of {name} must be a list of values, got {values!r}.")
    held = {k: v if isinstance(v, Sequence) else list(v) for k, v in grid.items()}
    _require_count([len(values) for values in held.values()], limit)
    result: dict[str, list[Any]] = {}
    for name, values in held.items():
        if len(values) == 0:
            raise InvalidInput(f"the grid of {name} must hold at least one value.")
        accept = None if declared is None else declarations.require(declared, name).accept
        result[name] = [plain(name, v) if accept is None else accept(v) for v in values]
        seen = set()
        for value in result[name]:
            if repr(value) in seen:
                raise InvalidInput(f"the grid of {name} must hold each value once, got {value!r}.")
            seen.add(repr(value))
    return result


def combinations(grid: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """Every combination of the grid's values; the last parameter varies fastest.

    >>> list(combinations({"a": [1, 2], "b": [True]}))
    [{'a': 1, 'b': True}, {'a': 2, 'b': True}]
    """
    for values in itertools.product(*grid.values()):
        yield dict(zip(grid, values, strict=True))


def plain(name: str, value: Any) -> int | float | bool | str:
    """`value` as a Python `int`, `float`, `bool` or `str`; NumPy and JAX scalars count.

    Raises:
        InvalidInput: for anything else.
    """
    single = value.item() if hasattr(value, "item") and getattr(value, "ndim", 1) == 0 else value
    for kind in (bool, int, float, str):
        if isinstance(single, kind):
            return kind(single)
    raise InvalidInput(f"{name} must be a number, a bool or a string, got {value!r}.")


def _split(name: str, text: str) -> list[str]:
    rows = list(csv.reader([text], skipinitialspace=True))
    parts = [part.strip() for part in rows[0]] if rows else []
    if not any(parts):
        raise InvalidInput(f"the grid of {name} must hold at least one value.")
    return parts


def _part(parameter: Parameter, text: str) -> tuple[int, Iterable[str]]:
    """How many values `text` stands for, and their texts."""
    words = text.split(":")
    if parameter.type == "int" and len(words) == 2:
        words.append("1")
    if parameter.type not in ("int", "float") or len(words) != 3:
        return 1, [text]
    factor = words[2].startswith("x")
    try:
        start, stop, step = (Decimal(word) for word in (*words[:2], words[2].removeprefix("x")))
    except decimal.InvalidOperation:
        return 1, [text]
    try:
        # A power that misses the stop by the rounding of its factor is not below it.
        steps = (
            (stop / start).ln() / step.ln() - Decimal("1e-9") if factor else (stop - start) / step
        )
        count = int(min(steps.to_integral(decimal.ROUND_CEILING), Decimal(_MORE_THAN_ANY)))
    except (ArithmeticError, ValueError):
        count = 0
    if count < 1:
        raise InvalidInput(
            f"the grid of {parameter.name} must hold at least one value, got the empty range {text}."
        )
    values = (start * step**k if factor else start + k * step for k in range(count))
    return count, (format(value, "f") for value in values)


def _require_count(lengths: Iterable[int], limit: int) -> None:
    total = 1
    for length in lengths:
        total *= length
    if total > limit:
        raise InvalidInput(
            f"the grid must have at most {limit} combinations, got {total}; a larger limit allows "
            "more."
        )
