"""Eqs. (1)-(10) and Assumptions 1-2 of li2021.

| module | what it claims |
|---|---|
| `networks` | the two networks and their read-outs |
| `data` | the labels of both teachers |
| `assumptions` | which activations satisfy what, the norm of the true weights, noise, norms |

Book page: `book/li2021/models-and-assumptions`.
"""
