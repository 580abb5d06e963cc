"""Checks of the page `book/li2021/hypotheses`."""

from __future__ import annotations
