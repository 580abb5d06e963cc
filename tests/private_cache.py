"""A pytest plugin: each process compiles the same function for its notebooks and tests only once.

The cache of compiled functions is a new folder for every process and every run, so that nothing is
read that another process is writing, and nothing that an earlier version of the library left.
Who sets `JAX_COMPILATION_CACHE_DIR` or `JAX_ENABLE_COMPILATION_CACHE` decides alone.
"""

import os
import shutil
import tempfile

DECIDED_BY_USER = ("JAX_COMPILATION_CACHE_DIR", "JAX_ENABLE_COMPILATION_CACHE")


def pytest_configure(config):
    workers = getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput")
    if workers or any(name in os.environ for name in DECIDED_BY_USER):
        return
    folder = tempfile.mkdtemp(prefix="gnnconv-compiled-")
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    os.environ |= {
        "JAX_COMPILATION_CACHE_DIR": folder,
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_ENABLE_XLA_CACHES": "none",
    }
