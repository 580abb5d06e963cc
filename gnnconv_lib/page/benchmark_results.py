"""Stored benchmark results as the book reads them: found, loaded, compared with what to reach.

`python -m benchmarks` writes `benchmarks/results/cpu.json`, `python -m benchmarks.gpu` one file per
device. The functions here only read.

Book page: `book/scale/how-far-it-scales`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from gnnconv_lib.page.finding import find_book
from gnnconv_lib.validation import InvalidInput

__all__ = ["SCHEMA", "exponent", "find_results", "load", "reached", "value_of"]

SCHEMA = 1


def find_results(folder: str = "") -> Path:
    """The folder with the results: the given one, or the one beside the book.

    Raises:
        InvalidInput: when the given folder does not exist.
    """
    if not folder:
        return find_book() / "benchmarks" / "results"
    path = Path(folder)
    if not path.is_dir():
        raise InvalidInput(f"results must be a folder with files of results, got {folder!r}.")
    return path


def load(path: Path) -> dict[str, Any] | None:
    """The content of a results file, None where there is none.

    Raises:
        InvalidInput: for a file of another form.
    """
    if not path.is_file():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as problem:
        raise InvalidInput(f"{path.name} must be JSON, but {problem}.") from None
    schema = content.get("schema") if isinstance(content, dict) else None
    if schema != SCHEMA:
        raise InvalidInput(f"schema of {path.name} must be {SCHEMA}, got {schema!r}.")
    return content


def value_of(result: dict[str, Any], quantity: str) -> float | None:
    """The number behind a target's quantity, None where it was not measured.

    Args:
        result: the stored result of one case.
        quantity: "ratio:PEER" for the median of a ratio, or the name of a fact.

    >>> value_of({"ratios": {"a loop": {"median": 3.0}}}, "ratio:a loop")
    3.0
    """
    kind, _, name = quantity.partition(":")
    if kind == "ratio":
        found = result.get("ratios", {}).get(name)
        return None if found is None else float(found["median"])
    value = result.get("facts", {}).get(quantity)
    return None if value is None else float(value)


def reached(result: dict[str, Any], target: dict[str, Any]) -> str:
    """Whether a target is "met" or "not met"; "not measured" where there is no number.

    >>> reached({"facts": {"error": 1e-14}}, {"quantity": "error", "relation": "<=", "bound": 1e-13})
    'met'
    """
    value = value_of(result, target["quantity"])
    if value is None:
        return "not measured"
    met = value >= target["bound"] if target["relation"] == ">=" else value <= target["bound"]
    return "met" if met else "not met"


def exponent(sizes: Any, costs: Any, decades: float = 2.0) -> float:
    """The exponent p of cost ~ size^p by least squares over the last `decades` of the sizes.

    >>> round(exponent([1, 10, 100, 1000], [5.0, 5.0, 50.0, 500.0]), 12)
    1.0
    """
    x, y = np.log10(np.asarray(sizes, float)), np.log10(np.asarray(costs, float))
    kept = x >= x[-1] - decades - 1e-9
    if kept.sum() < 2:
        raise InvalidInput("sizes must hold at least two in the decades that are fitted.")
    return float(np.polyfit(x[kept], y[kept], 1)[0])
