"""Checks of the page `book/li2021/convergence`."""

from __future__ import annotations
