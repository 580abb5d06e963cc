"""What a cell of a chapter imports: what it prints, its parameters, what is stored for it.

| module | what it does |
|---|---|
| `report` | prints and displays rounded numbers, tables, verdicts, the data of figures |
| `results` | the same numbers unrounded, for sweeps |
| `rounding`, `series`, `figure_data`, `verdicts` | what `report` is made of |
| `declarations`, `ties`, `parameters` | the parameters of a chapter: their declaration, their check |
| `banner` | what a rerun says above the sentences of the page |
| `notices` | keeps what other programs say about the machine out of a chapter |
| `benchmark_results`, `operation_count` | stored measurements, and counts without a clock |
| `figures` | Figures 1 and 2 of li2021 from one command each |
| `errata` | the errata of one paper, entry by entry, with their programs |
| `ledger_pages`, `finding` | what the pages of the ledger need of the book, and where the book is |

Submodules load on first use.
"""

from __future__ import annotations

from gnnconv_lib.extras import lazy

_SUBMODULES = (
    "banner",
    "benchmark_results",
    "declarations",
    "errata",
    "figure_data",
    "figures",
    "finding",
    "ledger_pages",
    "notices",
    "operation_count",
    "parameters",
    "report",
    "results",
    "rounding",
    "series",
    "ties",
    "verdicts",
)

__all__ = list(_SUBMODULES)
__getattr__, __dir__ = lazy(__name__, _SUBMODULES)
