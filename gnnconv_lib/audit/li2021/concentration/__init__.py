"""Checks of the page `book/li2021/concentration`."""

from __future__ import annotations
