"""Eqs. (11)-(12) and Algorithm 1 of li2021.

| module | what it checks |
|---|---|
| `auxiliary_matrix` | the closed form of Xi, its inverse, the pass over the data |
| `lines` | the algorithm line by line |
| `gradients` | automatic differentiation, the fixed point |

Book page: `book/li2021/algorithm-1`.
"""

from __future__ import annotations

__all__: list[str] = []
