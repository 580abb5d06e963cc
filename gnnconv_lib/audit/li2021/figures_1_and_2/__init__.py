"""Figures 1 and 2 of li2021. The pictures were not seen: only what the text says is judged.

| module | what it claims |
|---|---|
| `panels` | the panels of both figures: do both errors fall, by what the text leaves open |
| `statements` | each sentence of the text about them |

Book page: `book/li2021/figures-1-and-2`.
"""

from __future__ import annotations

__all__: list[str] = []
