"""Settings shared by all tests: repeatable Hypothesis runs and no windows."""

import os

import matplotlib
from hypothesis import settings

# This process draws to files. Kernels must not inherit a backend: notebooks have their own.
os.environ.pop("MPLBACKEND", None)
matplotlib.use("Agg")

# Compilation makes the first example slow, so a deadline would measure the compiler.
settings.register_profile("project", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("project")

# Settings, not tests. Two files of this name cannot both be collected for doctests.
collect_ignore_glob = ["conftest.py", "*/conftest.py"]
