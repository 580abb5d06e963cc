"""One panel of li2021's figures, and its data as a table that can be stored and read again.

Book page `book/li2021/figures-1-and-2`.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gnnconv_lib import files
from gnnconv_lib.averaging_gnn.floors import Floors
from gnnconv_lib.validation import InvalidInput

if TYPE_CHECKING:
    from jaxtyping import Float, Int

__all__ = ["COLUMNS", "Panel", "panel_rows", "read_panels", "write_panels"]

#: The columns of a table: the reading, the seed, the epoch and both errors.
COLUMNS: tuple[str, ...] = ("activation", "xi", "noise", "seed", "epoch", "error_W", "error_v")

Row = tuple[str, str, str, int, int, float, float]


@dataclass(frozen=True, eq=False)
class Panel:
    """One activation: both error curves for every reading and seed.

    Fields:
        activation, normalization, noise: the reading.
        seeds: the seed of each of the S runs.
        steps: (K,) the recorded epochs.
        W, v: (S, K) errors |W_t - W*| and |v_t - v*|.
        losses: (S, K). status: (S,) "converged", "diverged" or "budget".
        floor: Cramer-Rao floors. fit: least-squares errors, or `None` unless d = 2 and q = 1.
        second_moment: (S,) M(1), the mean square of the output at v = 1.
        v_star: (S, q) the teachers' v*.
    """

    activation: str
    normalization: str
    noise: str | float
    seeds: tuple[int, ...]
    steps: Int[np.ndarray, " records"]
    W: Float[np.ndarray, "batch records"]
    v: Float[np.ndarray, "batch records"]
    losses: Float[np.ndarray, "batch records"]
    status: np.ndarray
    floor: Floors
    fit: Floors | None
    second_moment: Float[np.ndarray, " batch"]
    v_star: Float[np.ndarray, "batch outputs"]


def panel_rows(panels: Iterable[Panel]) -> list[Row]:
    """The curves of all panels, one row per seed and recorded epoch.

    >>> from gnnconv_lib.averaging_gnn import figure_1
    >>> panels = figure_1(["tanh"], readings=[("mean", 0.0)], nodes=9, steps=1, seeds=[7])
    >>> [row[:5] for row in panel_rows(panels)]
    [('tanh', 'mean', '0.0', 7, 0), ('tanh', 'mean', '0.0', 7, 1)]
    """
    return [
        (
            panel.activation,
            panel.normalization,
            str(panel.noise),
            seed,
            int(step),
            float(panel.W[run, record]),
            float(panel.v[run, record]),
        )
        for panel in panels
        for run, seed in enumerate(panel.seeds)
        for record, step in enumerate(panel.steps)
    ]


def write_panels(panels: Iterable[Panel], path: str | os.PathLike[str], digits: int = 6) -> None:
    """Store the `panel_rows` as CSV; errors are rounded to significant digits.

    The file appears under its name when it is complete.
    """
    rows = [[*row[:5], *(f"{value:.{digits}g}" for value in row[5:])] for row in panel_rows(panels)]
    table = io.StringIO()
    csv.writer(table, lineterminator="\n").writerows([COLUMNS, *rows])
    files.write(path, table.getvalue())


def read_panels(path: str | os.PathLike[str]) -> list[Row]:
    """The rows of a stored table.

    Raises:
        InvalidInput: if the file is not such a table.
    """
    with open(path, newline="", encoding="utf-8") as stream:
        header, *lines = csv.reader(stream)
    if tuple(header) != COLUMNS:
        raise InvalidInput(f"path must be a table with the columns {COLUMNS}, got {header}.")
    return [_row(line) for line in lines]


def _row(line: Sequence[str]) -> Row:
    activation, xi, noise, seed, epoch, first, second = line
    return activation, xi, noise, int(seed), int(epoch), float(first), float(second)
