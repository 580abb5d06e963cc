"""Eqs. (11)-(12) and Algorithm 1 of li2021.

| module | what it claims |
|---|---|
| `auxiliary_matrix` | the closed form of Xi, its inverse, the pass over the data |
| `lines` | the algorithm line by line, against loops |
| `directions` | the average direction for W, the exact gradients |

Book page: `book/li2021/algorithm-1`.
"""

from __future__ import annotations

__all__: list[str] = []
