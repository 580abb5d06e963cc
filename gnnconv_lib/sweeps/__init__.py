"""Parameter sweeps: every combination of a grid, over a chapter or over a function.

    gnnconv sweep figure-1 --grid degree=5,10,30 --grid steps=100:500:100
    gnnconv sweep figure-1 --grid learning_rate=1e-6:1e-3:x10

    outcome = gc.sweeps.sweep(my_module.my_function, {"nodes": [10, 20], "seed": range(5)}, "out")

The runs go to Dask distributed: to processes on this machine, or to an existing cluster by the
address of its scheduler. A run that has finished is never repeated, a half-written one never taken
for finished, and the tables at the end are the same files however often the sweep was interrupted.

| module | what it does |
|---|---|
| `driver` | `sweep` and `sweep_chapter` |
| `checks` | a function and its arguments |
| `grids` | grids as text and as values, their check, their combinations |
| `identity` | what a run's result depends on, as a digest |
| `records` | the stored results |
| `tasks` | one run, on a worker |
| `cluster` | workers and what comes back from them |
| `local_workers`, `worker` | processes on this machine |
| `table`, `progress` | the tables at the end, the bar meanwhile |

Only `cluster` and `worker` import Dask, when a sweep begins.
"""

from __future__ import annotations

from gnnconv_lib.sweeps.cluster import ConnectionLost
from gnnconv_lib.sweeps.driver import Run, Sweep, sweep, sweep_chapter

__all__ = ["ConnectionLost", "Run", "Sweep", "sweep", "sweep_chapter"]
