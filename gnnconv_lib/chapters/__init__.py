"""Chapters as files: their form, their execution, their reruns.

| module | what it does |
|---|---|
| `notebooks` | brings a notebook into its normal form |
| `hygiene` | checks that it keeps the rules of a chapter |
| `execute`, `running_cell` | executes chapters in parallel; which cell runs, the sentence for a failure |
| `executed`, `reuse`, `differences` | the chapters of a build: run or used again, and compared |
| `figures`, `figure_differences` | the data of figures: where they are kept, and compared point by point |
| `compilation_cache` | keeps what JAX compiled for them |
| `rerun` | reruns one chapter with other parameters |
| `readable`, `names` | a rerun for readers of notebooks: plain Markdown, numbers, words for labels |

Submodules load on first use.
"""

from __future__ import annotations

from gnnconv_lib.extras import lazy

_NEEDS = {
    "differences": "nbformat",
    "execute": "jupyter_client",
    "executed": "nbformat",
    "figure_differences": "nbformat",
    "hygiene": "nbformat",
    "readable": "nbformat",
    "notebooks": "nbformat",
    "rerun": "nbformat",
}

_SUBMODULES = (
    "compilation_cache",
    "differences",
    "execute",
    "figure_differences",
    "figures",
    "executed",
    "hygiene",
    "names",
    "notebooks",
    "readable",
    "rerun",
    "reuse",
    "running_cell",
)

__all__ = list(_SUBMODULES)
__getattr__, __dir__ = lazy(__name__, _SUBMODULES, _NEEDS)
