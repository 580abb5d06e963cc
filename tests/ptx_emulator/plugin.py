"""A pytest plugin: the tests of compiled kernels, and no others, run in the emulator.

    python -m pytest -p tests.ptx_emulator.plugin [--ptx sm_80] tests/test_kernels_*.py

`make kernels` calls it. The tests are those that need a GPU elsewhere.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from . import emulated


def pytest_addoption(parser: Any) -> None:
    parser.addoption("--ptx", default="sm_90a", help="the architecture that kernels are made for")


def pytest_configure(config: Any) -> None:
    emulated.install(config.getoption("--ptx"))


def pytest_collection_modifyitems(config: Any, items: list[Any]) -> None:
    compiled = [item for item in items if getattr(item, "callspec", None) is not None]
    compiled = [item for item in compiled if item.callspec.params.get("interpret") is False]
    config.hook.pytest_deselected(items=[item for item in items if item not in compiled])
    items[:] = compiled


def pytest_terminal_summary(terminalreporter: Any, config: Any) -> None:
    launches = Counter(run.kernel for run in emulated.RUNS)
    names = ", ".join(f"{name} {count}" for name, count in sorted(launches.items()))
    steps = sum(run.instructions for run in emulated.RUNS)
    terminalreporter.write_line(
        f"{config.getoption('--ptx')}: {len(emulated.RUNS)} launches ({names or 'none'}), "
        f"{steps:,} instructions emulated."
    )
