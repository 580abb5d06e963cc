"""Settings shared by all tests: repeatable Hypothesis runs and no windows."""

import os

from hypothesis import settings

os.environ.setdefault("MPLBACKEND", "Agg")

# Compilation makes the first example slow, so a deadline would measure the compiler.
settings.register_profile("project", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("project")
