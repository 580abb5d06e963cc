"""Checks of awasthi2021, one module per chapter of the book.

Paper: Awasthi, Das, Gollapudi, *A Convergence Analysis of Gradient Descent on Graph Neural
Networks*, NeurIPS 2021.
"""

from __future__ import annotations

__all__: list[str] = []
