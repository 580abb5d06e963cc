"""A pytest plugin: what JAX compiles for the tests is kept with what it compiled for the chapters.

Each process has a folder of links to the entries of `_build/jax-cache` and adds its own at its end,
as chapters do (`gnnconv_lib.chapters.compilation_cache`): nothing is read that another process is
writing, and an entry is found by the whole program that was compiled. Who sets
`JAX_COMPILATION_CACHE_DIR` or `JAX_ENABLE_COMPILATION_CACHE` decides alone.
"""

import os
from contextlib import ExitStack
from pathlib import Path

from gnnconv_lib.chapters.compilation_cache import compilation_cache

ROOT = Path(__file__).resolve().parents[1]


def pytest_configure(config):
    if getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput"):
        return
    stack = ExitStack()
    os.environ |= stack.enter_context(compilation_cache(ROOT))
    config.add_cleanup(stack.close)
