"""Checks of li2021, one module or package per chapter of the book.

Paper: Li, Zou, Zhong, *Learning Graph Neural Networks with Approximate Gradient Descent*, AAAI 2021.
"""

from __future__ import annotations

__all__: list[str] = []
