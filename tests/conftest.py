"""Settings shared by all tests: repeatable Hypothesis runs and no windows."""

import importlib.util
import os
import sys
from contextlib import contextmanager
from pathlib import Path

import matplotlib
import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]

# Before any module of a model is imported. A Python for a GPU may lack what compares shapes.
if all(map(importlib.util.find_spec, ("beartype", "jaxtyping"))):
    from tests import shapes

    shapes.install()
# This process draws to files. Kernels must not inherit a backend: notebooks have their own.
os.environ.pop("MPLBACKEND", None)
# Tests plant errors in the library of this process: what a claim found before says nothing of them.
os.environ.pop("GNNCONV_EVIDENCE", None)
matplotlib.use("Agg")

# Compilation makes the first example slow, so a deadline would measure the compiler.
settings.register_profile("project", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("project")

# Settings, not tests. Two files of this name cannot both be collected for doctests.
collect_ignore_glob = ["conftest.py", "*/conftest.py"]


@pytest.fixture(scope="session")
def quick_python():
    """The path of a Python whose processes have imported the libraries when they start."""
    from tests.warm_python import warm_python

    with warm_python() as program:
        yield program


@pytest.fixture(scope="module")
def started_quickly(quick_python):
    """What the tests of a module start as `sys.executable` is that Python."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "executable", quick_python)
        yield


@pytest.fixture
def plant_claims(monkeypatch):
    """A function that makes claims with the given ids all that the audit has."""
    from gnnconv_lib import audit, claims

    over = claims.domain(claims.integer("n", "[1, inf)"), cases=lambda budget: {"n": [1, 9]})

    def sentence(n):
        """A sentence."""

    def plant(*names):
        known = [claims.Claim(name, over, sentence) for name in names]
        monkeypatch.setattr(audit, "names", lambda: names)
        monkeypatch.setattr(
            audit, "claims_of", lambda item: tuple(claim for claim in known if claim.item == item)
        )

    return plant


@pytest.fixture(scope="session")
def stored_evidence():
    """A block in which what the chapters have found is read: they ran the claims with this library."""

    @contextmanager
    def reading():
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("GNNCONV_EVIDENCE", str(ROOT / "_build" / "evidence"))
            yield

    return reading


@pytest.fixture
def private_registry(monkeypatch):
    """Claims that a test makes are gone after it."""
    from gnnconv_lib.claims import registry

    monkeypatch.setattr(registry, "_CLAIMS", {})
