"""The progress bar of a sweep; without it nothing of the book is needed."""

from __future__ import annotations

import sys
from typing import Any

__all__ = ["progress_bar"]


def progress_bar(total: int, done: int, shown: bool | None) -> Any:
    """A bar from `done` to `total`; by default shown only on a terminal."""
    if not (sys.stderr.isatty() if shown is None else shown):
        return _NoBar()
    try:
        from tqdm import tqdm
    except ImportError:  # It belongs to the book, and a sweep of functions runs without.
        return _NoBar()
    return tqdm(total=total, initial=done, desc="runs", unit="run")


class _NoBar:
    n = 0

    def update(self, number: int) -> None:
        """Nothing to show."""

    def close(self) -> None:
        """Nothing to close."""
