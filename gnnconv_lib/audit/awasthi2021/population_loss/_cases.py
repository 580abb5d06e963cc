"""Graphs with each of several values.

Book page: book/awasthi2021/population-loss.
"""

from __future__ import annotations

from typing import Any


def each_with(chosen: Any, name: str, values: Any) -> Any:
    return lambda budget: [
        {"graph": entry, name: value} for entry in chosen(budget) for value in values
    ]
