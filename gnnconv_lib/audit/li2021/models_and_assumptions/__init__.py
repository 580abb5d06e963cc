"""Eqs. (1)-(10) and Assumptions 1-2 of li2021.

| module | what it checks |
|---|---|
| `networks` | the two networks and their read-outs |
| `data` | the labels of both teachers |
| `assumptions` | which activations satisfy what, the norm of the true weights, noise, norms |

Book page: `book/li2021/models-and-assumptions`.
"""

from __future__ import annotations

__all__: list[str] = []
