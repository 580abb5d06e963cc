"""Figures 1 and 2 of li2021.

| module | what it checks |
|---|---|
| `node_panels`, `graph_panels` | the six panels of each figure |
| `statements` | each sentence of the text about them, as a statistic |

Book page: `book/li2021/figures-1-and-2`.
"""

from __future__ import annotations

__all__: list[str] = []
